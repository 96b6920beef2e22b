/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Run-time schemas. What an engine sends is checked field by field, so that
 * whoever holds a ShSchema can rely on its names, numbers and types.
 */

#include "sh-schema.h"

#include <string.h>

#include "sh-error.h"
#include "sh-table.h"
#include "sh-wire.h"

#define ANONYMOUS "__INTERNAL_ANONYMOUS__"
/* protobuf keeps these numbers to itself. */
#define FIRST_RESERVED 19000u
#define LAST_RESERVED 19999u

enum
{
  LABEL_ABSENT,
  LABEL_OPTIONAL,
  LABEL_REQUIRED,
  LABEL_REPEATED
};

static const char *const type_names[] = {
  [SH_WIRE_DOUBLE] = "double",     [SH_WIRE_FLOAT] = "float",
  [SH_WIRE_INT64] = "int64",       [SH_WIRE_UINT64] = "uint64",
  [SH_WIRE_INT32] = "int32",       [SH_WIRE_FIXED64] = "fixed64",
  [SH_WIRE_FIXED32] = "fixed32",   [SH_WIRE_BOOL] = "bool",
  [SH_WIRE_STRING] = "string",     [SH_WIRE_GROUP] = "group",
  [SH_WIRE_MESSAGE] = "Luminance", [SH_WIRE_BYTES] = "bytes",
  [SH_WIRE_UINT32] = "uint32",     [SH_WIRE_ENUM] = "enum",
  [SH_WIRE_SFIXED32] = "sfixed32", [SH_WIRE_SFIXED64] = "sfixed64",
  [SH_WIRE_SINT32] = "sint32",     [SH_WIRE_SINT64] = "sint64",
};

static const ShWireType table_types[] = {
  [SIMHOST_TYPE_DOUBLE] = SH_WIRE_DOUBLE,
  [SIMHOST_TYPE_FLOAT] = SH_WIRE_FLOAT,
  [SIMHOST_TYPE_INT8] = SH_WIRE_INT32,
  [SIMHOST_TYPE_INT16] = SH_WIRE_INT32,
  [SIMHOST_TYPE_INT32] = SH_WIRE_INT32,
  [SIMHOST_TYPE_INT64] = SH_WIRE_INT64,
  [SIMHOST_TYPE_UINT8] = SH_WIRE_UINT32,
  [SIMHOST_TYPE_UINT16] = SH_WIRE_UINT32,
  [SIMHOST_TYPE_UINT32] = SH_WIRE_UINT32,
  [SIMHOST_TYPE_UINT64] = SH_WIRE_UINT64,
  [SIMHOST_TYPE_BOOL] = SH_WIRE_BOOL,
  [SIMHOST_TYPE_STRING] = SH_WIRE_STRING,
  [SIMHOST_TYPE_LUMINANCE] = SH_WIRE_MESSAGE,
};

static void
schema_clear (gpointer data)
{
  ShSchema *schema = data;

  for (guint i = 0; i < schema->n_fields; i++)
    g_free (schema->fields[i].name);
  g_free (schema->fields);
  g_free (schema->name);
}

static ShSchema *
schema_new (const char *name, guint n_fields)
{
  ShSchema *schema = g_atomic_rc_box_new0 (ShSchema);

  schema->name = g_strdup (name != NULL && *name != '\0' ? name : ANONYMOUS);
  schema->n_fields = n_fields;
  schema->fields = g_new0 (ShSchemaField, n_fields);
  return schema;
}

/* What keeps a name from being used and printed; NULL if nothing does. */
static const char *
find_fault_in_name (const char *name)
{
  gsize length = strlen (name);

  if (length > SH_SCHEMA_MAX_NAME)
    return "is too long";
  if (!g_utf8_validate (name, (gssize) length, NULL))
    return "is not UTF-8";
  for (const char *p = name; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return "holds a control character";
  return NULL;
}

static gboolean
is_luminance (const char *type_name)
{
  if (*type_name == '.')
    type_name++;
  return strcmp (type_name, SH_SCHEMA_LUMINANCE) == 0;
}

/* What makes a field unusable; NULL if nothing does. */
static const char *
find_fault (const ShWire__FieldDescriptorProto *field)
{
  if (field->number < 1 || (guint32) field->number > SH_WIRE_MAX_NUMBER ||
      ((guint32) field->number >= FIRST_RESERVED &&
       (guint32) field->number <= LAST_RESERVED))
    return "has a number that protobuf does not allow";
  if (field->type < SH_WIRE_DOUBLE || field->type > SH_WIRE_SINT64)
    return "has an unknown type";
  if (field->type == SH_WIRE_GROUP)
    return "is a group, which is not supported";
  if (field->type == SH_WIRE_MESSAGE && !is_luminance (field->type_name))
    return "is a message of an unknown type; only " SH_SCHEMA_LUMINANCE
           " is supported";
  if (field->label < LABEL_ABSENT || field->label > LABEL_REPEATED)
    return "has an unknown label";
  return NULL;
}

static gboolean
read_field (ShSchema *schema,
            guint index,
            const ShWire__FieldDescriptorProto *descriptor,
            GHashTable *names,
            GHashTable *numbers,
            GError **error)
{
  ShSchemaField *field = &schema->fields[index];
  const char *fault = find_fault_in_name (descriptor->name);

  if (fault != NULL || *descriptor->name == '\0')
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "schema '%s': the name of field %u %s", schema->name,
                   index + 1, fault != NULL ? fault : "is empty");
      return FALSE;
    }
  field->name = g_strdup (descriptor->name);
  field->number = (guint32) descriptor->number;
  field->type = (ShWireType) descriptor->type;
  field->repeated = descriptor->label == LABEL_REPEATED;

  fault = find_fault (descriptor);
  if (fault == NULL && !g_hash_table_add (names, field->name))
    fault = "is there twice";
  if (fault == NULL &&
      !g_hash_table_add (numbers, GUINT_TO_POINTER (field->number)))
    fault = "has the number of another field";
  if (fault == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
               "schema '%s': field '%s' (number %d, type %d) %s", schema->name,
               field->name, descriptor->number, descriptor->type, fault);
  return FALSE;
}

ShSchema *
sh_schema_new_from_descriptor (const ShWire__DescriptorProto *descriptor,
                               GError **error)
{
  g_autoptr (ShSchema) schema = NULL;
  g_autoptr (GHashTable) names = NULL;
  g_autoptr (GHashTable) numbers = NULL;
  const char *fault;

  if (descriptor == NULL)
    return schema_new (NULL, 0);

  fault = find_fault_in_name (descriptor->name);
  if (fault != NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA, "the name of a schema %s",
                   fault);
      return NULL;
    }
  if (descriptor->n_field > SH_SCHEMA_MAX_FIELDS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "schema '%s': %" G_GSIZE_FORMAT
                   " fields are more than the %u allowed",
                   descriptor->name, descriptor->n_field, SH_SCHEMA_MAX_FIELDS);
      return NULL;
    }

  schema = schema_new (descriptor->name, (guint) descriptor->n_field);
  names = g_hash_table_new (g_str_hash, g_str_equal);
  numbers = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < schema->n_fields; i++)
    if (!read_field (schema, i, descriptor->field[i], names, numbers, error))
      return NULL;
  return g_steal_pointer (&schema);
}

ShSchema *
sh_schema_new_from_table (const SimhostSchema *table)
{
  ShSchema *schema;

  g_return_val_if_fail (table != NULL, NULL);

  schema = schema_new (table->name, table->n_fields);
  for (guint i = 0; i < table->n_fields; i++)
    {
      const SimhostField *row = sh_table_field (table, i);
      ShSchemaField *field = &schema->fields[i];

      field->name = g_strdup (row->name);
      field->number = i + 1;
      field->type = sh_wire_type_for (row->type);
      field->repeated = row->count > 1;
    }
  return schema;
}

ShWireType
sh_wire_type_for (guint32 simhost_type)
{
  g_return_val_if_fail (simhost_type >= SIMHOST_TYPE_DOUBLE &&
                            simhost_type < G_N_ELEMENTS (table_types),
                        SH_WIRE_DOUBLE);

  return table_types[simhost_type];
}

const char *
sh_wire_type_to_string (ShWireType type)
{
  if ((guint) type >= G_N_ELEMENTS (type_names) || type_names[type] == NULL)
    return "?";
  return type_names[type];
}

/* The descriptor and its fields are one allocation, the pointers another. */
ShWire__DescriptorProto *
sh_schema_to_descriptor (const ShSchema *schema)
{
  struct
  {
    ShWire__DescriptorProto descriptor;
    ShWire__FieldDescriptorProto fields[];
  } * all;

  g_return_val_if_fail (schema != NULL, NULL);

  all = g_malloc0 (sizeof *all + schema->n_fields * sizeof all->fields[0]);
  sh_wire__descriptor_proto__init (&all->descriptor);
  if (strcmp (schema->name, ANONYMOUS) != 0)
    all->descriptor.name = schema->name;
  all->descriptor.n_field = schema->n_fields;
  all->descriptor.field =
      g_new (ShWire__FieldDescriptorProto *, schema->n_fields);
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const ShSchemaField *from = &schema->fields[i];
      ShWire__FieldDescriptorProto *to = &all->fields[i];

      sh_wire__field_descriptor_proto__init (to);
      to->name = from->name;
      to->number = (gint32) from->number;
      to->label = from->repeated ? LABEL_REPEATED : LABEL_ABSENT;
      to->type = (gint32) from->type;
      if (from->type == SH_WIRE_MESSAGE)
        to->type_name = (char *) SH_SCHEMA_LUMINANCE;
      all->descriptor.field[i] = to;
    }
  return &all->descriptor;
}

void
sh_schema_descriptor_free (ShWire__DescriptorProto *descriptor)
{
  if (descriptor == NULL)
    return;
  g_free (descriptor->field);
  g_free (descriptor);
}

ShSchema *
sh_schema_ref (ShSchema *schema)
{
  g_return_val_if_fail (schema != NULL, NULL);

  return g_atomic_rc_box_acquire (schema);
}

void
sh_schema_unref (ShSchema *schema)
{
  g_return_if_fail (schema != NULL);

  g_atomic_rc_box_release_full (schema, schema_clear);
}

gboolean
sh_schema_equal (const ShSchema *a, const ShSchema *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (strcmp (a->name, b->name) != 0 || a->n_fields != b->n_fields)
    return FALSE;
  for (guint i = 0; i < a->n_fields; i++)
    {
      const ShSchemaField *x = &a->fields[i], *y = &b->fields[i];

      if (strcmp (x->name, y->name) != 0 || x->number != y->number ||
          x->type != y->type || x->repeated != y->repeated)
        return FALSE;
    }
  return TRUE;
}

const ShSchemaField *
sh_schema_find (const ShSchema *schema, const char *name)
{
  g_return_val_if_fail (schema != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < schema->n_fields; i++)
    if (strcmp (schema->fields[i].name, name) == 0)
      return &schema->fields[i];
  return NULL;
}
