/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bytes to everything between a websocket and a struct: the guard and
 * protobuf-c with the fixed messages; and a plan whose schema is in the input
 * too.
 *
 * An input is the length of a DescriptorProto (2 bytes, little-endian), that
 * DescriptorProto, and a message of it. The table's types are taken from the
 * input as well, so that every pair of types occurs. What was decoded must
 * encode to something that decodes and encodes to itself.
 */

#include <string.h>

#include "sh-guard.h"
#include "sh-plan.h"
#include "simulator.pb-c.h"

#define MAX_ROWS 32u

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

typedef struct
{
  SimhostField rows[MAX_ROWS];
  SimhostSchema table;
} Table;

/* A row for each field, of a type that goes with it in some way. */
static void
make_table (Table *table,
            const ShSchema *schema,
            const guint8 *data,
            gsize size)
{
  memset (table, 0, sizeof *table);
  for (guint i = 0; i < MIN (schema->n_fields, MAX_ROWS); i++)
    {
      const ShSchemaField *field = &schema->fields[i];
      SimhostField *row = &table->rows[i];
      guint choice = size > 0 ? data[i % size] : 0;
      guint32 element;

      row->name = field->name;
      row->type = SIMHOST_TYPE_DOUBLE + choice % SIMHOST_TYPE_STRING;
      if (field->type == SH_WIRE_MESSAGE)
        row->type = SIMHOST_TYPE_LUMINANCE;
      /* As text false is "False", which is true. */
      if (field->type == SH_WIRE_BOOL && row->type == SIMHOST_TYPE_STRING)
        row->type = SIMHOST_TYPE_BOOL;
      if (field->type == SH_WIRE_STRING && row->type == SIMHOST_TYPE_BOOL)
        row->type = SIMHOST_TYPE_STRING;
      row->count = field->repeated ? 1 + choice % 4 : 1;
      element = row->type == SIMHOST_TYPE_STRING
                    ? 1 + choice
                    : (guint32) sh_table_element_size (row->type);
      row->size = row->count * element;
      row->offset = table->table.size;
      table->table.size += row->size;
      table->table.n_fields++;
    }
  table->table.struct_size = sizeof table->table;
  table->table.field_size = sizeof (SimhostField);
  table->table.name = "Table";
  table->table.fields = table->rows;
}

/* Decodes and encodes; NULL when either is refused. */
static GByteArray *
pass (ShPlan *decoder,
      ShPlan *encoder,
      gpointer values,
      const guint8 *data,
      gsize size)
{
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  gboolean good = sh_plan_decode (decoder, data, size, values, &error);

  g_assert (good == (error == NULL));
  if (!good || encoder == NULL)
    return NULL;
  good = sh_plan_encode (encoder, values, out, &error);
  g_assert (good == (error == NULL));
  g_assert (good || out->len == 0);
  return good ? g_steal_pointer (&out) : NULL;
}

static void
try_plan (ShSchema *schema, const guint8 *data, gsize size)
{
  g_autoptr (ShPlan) decoder = NULL;
  g_autoptr (ShPlan) encoder = NULL;
  g_autoptr (GByteArray) first = NULL;
  g_autoptr (GByteArray) second = NULL;
  g_autofree gpointer values = NULL;
  Table table;

  make_table (&table, schema, data, size);
  decoder = sh_plan_new_decoder (schema, &table.table, "fuzz", NULL, NULL);
  encoder = sh_plan_new_encoder (schema, &table.table, "fuzz", NULL);
  g_assert (decoder != NULL);
  values = g_malloc (table.table.size);
  first = pass (decoder, encoder, values, data, size);
  if (first == NULL)
    return;
  second = pass (decoder, encoder, values, first->data, first->len);
  /* The largest int64 becomes 2^63 as a double, which is no int64. */
  g_assert (second == NULL ||
            (first->len == second->len &&
             memcmp (first->data, second->data, first->len) == 0));
}

static ProtobufCMessage *
unpack (const ProtobufCMessageDescriptor *descriptor,
        ShArena *arena,
        const guint8 *data,
        gsize size)
{
  g_autoptr (GError) error = NULL;
  ProtobufCMessage *message =
      sh_guard_unpack (descriptor, arena, data, size, &error);

  g_assert ((message == NULL) == (error != NULL));
  return message;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (ShSchema) schema = NULL;
  ProtobufCMessage *message;
  gsize schema_size;

  if (size < 2)
    return 0;
  schema_size = MIN ((gsize) (data[0] | data[1] << 8), size - 2);
  data += 2;
  size -= 2 + schema_size;
  unpack (&sh_wire__simulator_to_server__descriptor, arena, data + schema_size,
          size);
  unpack (&sh_wire__server_to_simulator__descriptor, arena, data + schema_size,
          size);
  message =
      unpack (&sh_wire__descriptor_proto__descriptor, arena, data, schema_size);
  if (message != NULL)
    schema = sh_schema_new_from_descriptor ((ShWire__DescriptorProto *) message,
                                            NULL);
  if (schema != NULL)
    try_plan (schema, data + schema_size, size);
  return 0;
}
