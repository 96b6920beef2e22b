/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For tests of plans: schemas as an engine would send them, and one line to
 * decode or to encode.
 */

#pragma once

#include <string.h>

#include "bytes.h"
#include "sh-error.h"
#include "sh-plan.h"

#define OK (-1)
#define ROW(NUMBER, NAME, TYPE)                                                \
  {                                                                            \
    NAME, NUMBER, SH_WIRE_##TYPE, FALSE                                        \
  }
#define REPEATED(NUMBER, NAME, TYPE)                                           \
  {                                                                            \
    NAME, NUMBER, SH_WIRE_##TYPE, TRUE                                         \
  }

typedef struct
{
  const char *name;
  gint32 number;
  ShWireType type;
  gboolean repeated;
} Row;

/* A schema as an engine sends it. */
static inline ShSchema *
make_schema (const Row *rows, guint n_rows)
{
  ShWire__DescriptorProto descriptor = SH_WIRE__DESCRIPTOR_PROTO__INIT;
  ShWire__FieldDescriptorProto fields[8], *pointers[8];
  ShSchema *schema;

  g_assert_cmpuint (n_rows, <=, G_N_ELEMENTS (fields));
  for (guint i = 0; i < n_rows; i++)
    {
      sh_wire__field_descriptor_proto__init (&fields[i]);
      fields[i].name = (char *) rows[i].name;
      fields[i].number = rows[i].number;
      fields[i].type = (gint32) rows[i].type;
      fields[i].label = rows[i].repeated ? 3 : 0;
      if (rows[i].type == SH_WIRE_MESSAGE)
        fields[i].type_name = (char *) SH_SCHEMA_LUMINANCE;
      pointers[i] = &fields[i];
    }
  descriptor.name = (char *) "Schema";
  descriptor.n_field = n_rows;
  descriptor.field = pointers;
  schema = sh_schema_new_from_descriptor (&descriptor, NULL);
  g_assert_nonnull (schema);
  return schema;
}

#define MAKE_SCHEMA(ROWS) make_schema (ROWS, G_N_ELEMENTS (ROWS))

static inline ShPlan *
make_decoder (ShSchema *schema, const SimhostSchema *table)
{
  g_autoptr (GError) error = NULL;
  ShPlan *plan = sh_plan_new_decoder (schema, table, "lift", NULL, &error);

  g_assert_no_error (error);
  return plan;
}

static inline ShPlan *
make_encoder (ShSchema *schema, const SimhostSchema *table)
{
  g_autoptr (GError) error = NULL;
  ShPlan *plan = sh_plan_new_encoder (schema, table, "lift", &error);

  g_assert_no_error (error);
  return plan;
}

/* OK or the error's code; the bytes are in memory of exactly their size. */
static inline int
decode (ShPlan *plan, const char *hex, gpointer values)
{
  g_autoptr (GByteArray) bytes = bytes_from_hex (hex);
  g_autofree guint8 *exact = g_memdup2 (bytes->data, bytes->len);
  g_autoptr (GError) error = NULL;

  if (sh_plan_decode (plan, exact, bytes->len, values, &error))
    {
      g_assert_no_error (error);
      return OK;
    }
  g_assert_nonnull (error);
  g_assert_cmpuint (error->domain, ==, SH_ERROR);
  g_test_message ("%s", error->message);
  return error->code;
}

static inline void
assert_encoded (ShPlan *plan, gconstpointer values, const char *hex)
{
  g_autoptr (GByteArray) expected = bytes_from_hex (hex);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autoptr (GError) error = NULL;

  sh_plan_encode (plan, values, out, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (out->data, out->len, expected->data, expected->len);
}
