/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Schemas that an engine may send, and those that are refused; schemas made
 * from tables.
 */

#include <string.h>

#include "bytes.h"
#include "sh-error.h"
#include "sh-guard.h"
#include "sh-schema.h"
#include "sh-table.h"

#define IMAGE SH_SCHEMA_LUMINANCE
#define MAX_FIELDS 4

typedef struct
{
  const char *name;
  gint32 number, label, type;
  const char *type_name;
} Row;

#define ROW(NAME, NUMBER, LABEL, TYPE)                                         \
  {                                                                            \
    NAME, NUMBER, LABEL, TYPE, NULL                                            \
  }

typedef struct
{
  const char *path;
  Row rows[MAX_FIELDS];
  const char *fault; /* a part of the message; NULL: the schema is good */
} Case;

static const Case cases[] = {
  { "no-fields", { ROW (NULL, 0, 0, 0) }, NULL },
  { "label/absent", { ROW ("a", 1, 0, 2) }, NULL },
  { "label/optional", { ROW ("a", 1, 1, 2) }, NULL },
  { "label/required", { ROW ("a", 1, 2, 2) }, NULL },
  { "label/repeated", { ROW ("a", 1, 3, 2) }, NULL },
  { "label/4", { ROW ("a", 1, 4, 2) }, "label" },
  { "label/negative", { ROW ("a", 1, -1, 2) }, "label" },

  { "numbers/not-sequential",
    { ROW ("a", 7, 0, 2), ROW ("b", 300, 0, 1) },
    NULL },
  { "numbers/descending", { ROW ("a", 3, 0, 2), ROW ("b", 2, 0, 2) }, NULL },
  { "numbers/largest", { ROW ("a", 536870911, 0, 2) }, NULL },
  { "numbers/0", { ROW ("a", 0, 0, 2) }, "'a' (number 0" },
  { "numbers/negative", { ROW ("a", -1, 0, 2) }, "number -1" },
  { "numbers/too-large", { ROW ("a", 536870912, 0, 2) }, "number 536870912" },
  { "numbers/before-reserved", { ROW ("a", 18999, 0, 2) }, NULL },
  { "numbers/first-reserved", { ROW ("a", 19000, 0, 2) }, "number 19000" },
  { "numbers/last-reserved", { ROW ("a", 19999, 0, 2) }, "number 19999" },
  { "numbers/after-reserved", { ROW ("a", 20000, 0, 2) }, NULL },
  { "numbers/twice", { ROW ("a", 5, 0, 2), ROW ("b", 5, 0, 2) }, "'b'" },

  { "names/twice", { ROW ("a", 1, 0, 2), ROW ("a", 2, 0, 2) }, "'a'" },
  { "names/differ-in-case", { ROW ("a", 1, 0, 2), ROW ("A", 2, 0, 2) }, NULL },
  { "names/empty",
    { ROW ("a", 1, 0, 2), ROW ("", 2, 0, 2) },
    "field 2 is empty" },
  { "names/utf-8", { ROW ("wünsche_π", 1, 0, 2) }, NULL },
  { "names/not-utf-8", { ROW ("w\xff", 1, 0, 2) }, "UTF-8" },
  { "names/control", { ROW ("a\nb", 1, 0, 2) }, "control" },

  { "types/0", { ROW ("a", 1, 0, 0) }, "type 0" },
  { "types/negative", { ROW ("a", 1, 0, -5) }, "type -5" },
  { "types/19", { ROW ("a", 1, 0, 19) }, "type 19" },
  { "types/group", { ROW ("a", 1, 0, 10) }, "group" },
  { "types/luminance", { { "a", 1, 0, 11, IMAGE } }, NULL },
  { "types/luminance-with-dot", { { "a", 1, 0, 11, "." IMAGE } }, NULL },
  { "types/luminance-with-two-dots", { { "a", 1, 0, 11, ".." IMAGE } }, "'a'" },
  { "types/message-without-name", { ROW ("a", 1, 0, 11) }, "'a'" },
  { "types/other-message", { { "a", 1, 0, 11, "Luminance" } }, IMAGE },
  { "types/type-name-of-a-number", { { "a", 1, 0, 2, "whatever" } }, NULL },
};

/* The fields are in `storage`. */
static ShWire__DescriptorProto
make_descriptor (const char *name,
                 const Row *rows,
                 guint n_rows,
                 ShWire__FieldDescriptorProto *storage,
                 ShWire__FieldDescriptorProto **pointers)
{
  ShWire__DescriptorProto descriptor = SH_WIRE__DESCRIPTOR_PROTO__INIT;

  for (guint i = 0; i < n_rows; i++)
    {
      sh_wire__field_descriptor_proto__init (&storage[i]);
      storage[i].name = (char *) rows[i].name;
      storage[i].number = rows[i].number;
      storage[i].label = rows[i].label;
      storage[i].type = rows[i].type;
      if (rows[i].type_name != NULL)
        storage[i].type_name = (char *) rows[i].type_name;
      pointers[i] = &storage[i];
    }
  descriptor.name = (char *) name;
  descriptor.n_field = n_rows;
  descriptor.field = pointers;
  return descriptor;
}

static ShSchema *
make_schema (const char *name, const Row *rows, guint n_rows, GError **error)
{
  ShWire__FieldDescriptorProto storage[MAX_FIELDS], *pointers[MAX_FIELDS];
  ShWire__DescriptorProto descriptor =
      make_descriptor (name, rows, n_rows, storage, pointers);

  return sh_schema_new_from_descriptor (&descriptor, error);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (ShSchema) schema = NULL;
  g_autoptr (GError) error = NULL;
  guint n_rows = 0;

  while (n_rows < MAX_FIELDS && test->rows[n_rows].name != NULL)
    n_rows++;
  schema = make_schema ("S", test->rows, n_rows, &error);
  if (test->fault != NULL)
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
      g_assert_nonnull (strstr (error->message, test->fault));
      g_assert_null (strchr (error->message, '\n'));
      return;
    }
  g_assert_no_error (error);
  g_assert_cmpuint (schema->n_fields, ==, n_rows);
  for (guint i = 0; i < n_rows; i++)
    {
      const Row *row = &test->rows[i];

      g_assert_cmpstr (schema->fields[i].name, ==, row->name);
      g_assert_cmpuint (schema->fields[i].number, ==, row->number);
      g_assert_cmpint (schema->fields[i].type, ==, row->type);
      g_assert_cmpint (schema->fields[i].repeated, ==, row->label == 3);
      g_assert_true (sh_schema_find (schema, row->name) == &schema->fields[i]);
    }
  g_assert_null (sh_schema_find (schema, "absent"));
}

static void
test_every_type (void)
{
  /* By protobuf's descriptor.proto. */
  static const char *const names[] = {
    NULL,       "double",    "float",   "int64",  "uint64",
    "int32",    "fixed64",   "fixed32", "bool",   "string",
    NULL,       "Luminance", "bytes",   "uint32", "enum",
    "sfixed32", "sfixed64",  "sint32",  "sint64",
  };

  for (int type = 1; type <= 18; type++)
    {
      Row row = { "a", 1, 0, type, type == 11 ? IMAGE : NULL };
      g_autoptr (ShSchema) schema = NULL;

      if (names[type] == NULL)
        continue;
      schema = make_schema ("S", &row, 1, NULL);
      g_assert_nonnull (schema);
      g_assert_cmpint (schema->fields[0].type, ==, type);
      g_assert_cmpstr (sh_wire_type_to_string (schema->fields[0].type), ==,
                       names[type]);
    }
}

static void
test_none (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_descriptor (NULL, NULL);
  g_autoptr (ShSchema) empty = make_schema ("", NULL, 0, NULL);

  g_assert_cmpuint (schema->n_fields, ==, 0);
  g_assert_cmpstr (schema->name, ==, "__INTERNAL_ANONYMOUS__");
  g_assert_true (sh_schema_equal (schema, empty));
}

static void
test_names (void)
{
  static const Row row = ROW ("a", 1, 0, 2);
  static const struct
  {
    const char *sent, *name;
  } names[] = {
    { "", "__INTERNAL_ANONYMOUS__" },
    { "GameState", "GameState" },
    { "Zustände", "Zustände" },
    { "two words", "two words" },
    { "a\tb", NULL },
    { "\xc3", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ShSchema) schema =
          make_schema (names[i].sent, &row, 1, &error);

      if (names[i].name != NULL)
        g_assert_cmpstr (schema->name, ==, names[i].name);
      else
        g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
    }
}

static void
test_long_names (void)
{
  g_autofree char *longest = g_strnfill (SH_SCHEMA_MAX_NAME, 'n');
  g_autofree char *longer = g_strnfill (SH_SCHEMA_MAX_NAME + 1, 'n');
  const Row good = ROW (longest, 1, 0, 2), bad = ROW (longer, 1, 0, 2);
  g_autoptr (ShSchema) schema = make_schema (longest, &good, 1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (schema);
  g_assert_null (make_schema ("S", &bad, 1, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
  g_clear_error (&error);
  g_assert_null (make_schema (longer, &good, 1, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
}

static void
test_many_fields (void)
{
  g_autofree ShWire__FieldDescriptorProto *fields =
      g_new (ShWire__FieldDescriptorProto, SH_SCHEMA_MAX_FIELDS + 1);
  g_autofree ShWire__FieldDescriptorProto **pointers =
      g_new (ShWire__FieldDescriptorProto *, SH_SCHEMA_MAX_FIELDS + 1);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  ShWire__DescriptorProto descriptor = SH_WIRE__DESCRIPTOR_PROTO__INIT;
  g_autoptr (ShSchema) schema = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= SH_SCHEMA_MAX_FIELDS; i++)
    {
      g_ptr_array_add (names, g_strdup_printf ("f%u", i));
      sh_wire__field_descriptor_proto__init (&fields[i]);
      fields[i].name = g_ptr_array_index (names, i);
      fields[i].number = (gint32) i + 1;
      fields[i].type = 2;
      pointers[i] = &fields[i];
    }
  descriptor.field = pointers;
  descriptor.n_field = SH_SCHEMA_MAX_FIELDS;
  schema = sh_schema_new_from_descriptor (&descriptor, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (schema->n_fields, ==, SH_SCHEMA_MAX_FIELDS);

  descriptor.n_field = SH_SCHEMA_MAX_FIELDS + 1;
  g_assert_null (sh_schema_new_from_descriptor (&descriptor, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
}

static void
test_equal (void)
{
  static const Row base[] = { ROW ("a", 1, 0, 2), ROW ("b", 2, 0, 5) };
  static const struct
  {
    const char *name;
    Row rows[2];
    guint n_rows;
    gboolean equal;
  } others[] = {
    { "S", { ROW ("a", 1, 0, 2), ROW ("b", 2, 0, 5) }, 2, TRUE },
    { "S", { ROW ("a", 1, 1, 2), ROW ("b", 2, 2, 5) }, 2, TRUE },
    { "T", { ROW ("a", 1, 0, 2), ROW ("b", 2, 0, 5) }, 2, FALSE },
    { "S", { ROW ("a", 1, 0, 2) }, 1, FALSE },
    { "S", { ROW ("b", 2, 0, 5), ROW ("a", 1, 0, 2) }, 2, FALSE },
    { "S", { ROW ("a", 1, 0, 2), ROW ("c", 2, 0, 5) }, 2, FALSE },
    { "S", { ROW ("a", 1, 0, 2), ROW ("b", 3, 0, 5) }, 2, FALSE },
    { "S", { ROW ("a", 1, 0, 2), ROW ("b", 2, 0, 13) }, 2, FALSE },
    { "S", { ROW ("a", 1, 0, 2), ROW ("b", 2, 3, 5) }, 2, FALSE },
  };
  /* Two schemas with one name may both be there. */
  g_autoptr (ShSchema) schema = make_schema ("S", base, 2, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (ShSchema) other =
          make_schema (others[i].name, others[i].rows, others[i].n_rows, NULL);

      g_assert_cmpint (sh_schema_equal (schema, other), ==, others[i].equal);
      g_assert_cmpint (sh_schema_equal (other, schema), ==, others[i].equal);
    }
}

static void
test_outlives_descriptor (void)
{
  char name[] = "a", schema_name[] = "S";
  Row row = ROW (name, 1, 0, 2);
  g_autoptr (ShSchema) schema = make_schema (schema_name, &row, 1, NULL);
  g_autoptr (ShSchema) again = sh_schema_ref (schema);

  name[0] = schema_name[0] = 'x';
  sh_schema_unref (sh_schema_ref (again));
  g_assert_cmpstr (again->name, ==, "S");
  g_assert_cmpstr (again->fields[0].name, ==, "a");
}

typedef struct
{
  gint32 episode_length;
  guint32 deque_size;
} CartPoleConfig;

typedef struct
{
  double d;
  float f;
  gint8 i8;
  gint16 i16;
  gint32 i32;
  gint64 i64;
  guint8 u8;
  guint16 u16;
  guint32 u32;
  guint64 u64;
  guint8 b;
  char s[4];
  SimhostLuminance l;
  float array[3];
} Everything;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CartPoleConfig, episode_length, INT32, NULL, NULL),
  SIMHOST_FIELD (CartPoleConfig, deque_size, UINT32, NULL, NULL),
};

static const SimhostField everything_fields[] = {
  SIMHOST_FIELD (Everything, d, DOUBLE, NULL, NULL),
  SIMHOST_FIELD (Everything, f, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Everything, i8, INT8, NULL, NULL),
  SIMHOST_FIELD (Everything, i16, INT16, NULL, NULL),
  SIMHOST_FIELD (Everything, i32, INT32, NULL, NULL),
  SIMHOST_FIELD (Everything, i64, INT64, NULL, NULL),
  SIMHOST_FIELD (Everything, u8, UINT8, NULL, NULL),
  SIMHOST_FIELD (Everything, u16, UINT16, NULL, NULL),
  SIMHOST_FIELD (Everything, u32, UINT32, NULL, NULL),
  SIMHOST_FIELD (Everything, u64, UINT64, NULL, NULL),
  SIMHOST_FIELD (Everything, b, BOOL, NULL, NULL),
  SIMHOST_FIELD (Everything, s, STRING, NULL, NULL),
  SIMHOST_FIELD (Everything, l, LUMINANCE, NULL, NULL),
  SIMHOST_FIELD (Everything, array, FLOAT, NULL, NULL),
};

static void
test_from_table (void)
{
  static const SimhostSchema table =
      SIMHOST_SCHEMA (Everything, everything_fields, NULL);
  static const ShWireType types[] = {
    SH_WIRE_DOUBLE,  SH_WIRE_FLOAT,  SH_WIRE_INT32,  SH_WIRE_INT32,
    SH_WIRE_INT32,   SH_WIRE_INT64,  SH_WIRE_UINT32, SH_WIRE_UINT32,
    SH_WIRE_UINT32,  SH_WIRE_UINT64, SH_WIRE_BOOL,   SH_WIRE_STRING,
    SH_WIRE_MESSAGE, SH_WIRE_FLOAT,
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&table);

  g_assert_cmpstr (schema->name, ==, "Everything");
  g_assert_cmpuint (schema->n_fields, ==, G_N_ELEMENTS (types));
  for (guint i = 0; i < schema->n_fields; i++)
    {
      g_assert_cmpstr (schema->fields[i].name, ==, everything_fields[i].name);
      g_assert_cmpuint (schema->fields[i].number, ==, i + 1);
      g_assert_cmpint (schema->fields[i].type, ==, types[i]);
      g_assert_cmpint (schema->fields[i].repeated, ==,
                       everything_fields[i].count > 1);
    }
}

/* The service's own description of CartPoleConfig. */
static void
test_to_descriptor (void)
{
  static const SimhostSchema table =
      SIMHOST_SCHEMA (CartPoleConfig, config_fields, NULL);
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&table);
  g_autoptr (GByteArray) expected =
      bytes_from_hex ("0a0e 43617274506f6c65436f6e666967"
                      "1214 0a0e 657069736f64655f6c656e677468 1801 2805"
                      "1210 0a0a 64657175655f73697a65 1802 280d");
  ShWire__DescriptorProto *descriptor = sh_schema_to_descriptor (schema);
  guint8 bytes[128];
  gsize size = sh_wire__descriptor_proto__pack (descriptor, bytes);

  g_assert_cmpmem (bytes, size, expected->data, expected->len);
  sh_schema_descriptor_free (descriptor);
  sh_schema_descriptor_free (NULL);
}

static void
test_there_and_back (void)
{
  static const SimhostSchema tables[] = {
    SIMHOST_SCHEMA (Everything, everything_fields, NULL),
    SIMHOST_SCHEMA_NONE,
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autoptr (ShSchema) schema = sh_schema_new_from_table (&tables[i]);
      ShWire__DescriptorProto *descriptor = sh_schema_to_descriptor (schema);
      g_autoptr (ShSchema) again =
          sh_schema_new_from_descriptor (descriptor, NULL);

      g_assert_true (sh_schema_equal (schema, again));
      sh_schema_descriptor_free (descriptor);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strconcat ("/proto/schema/", cases[i].path, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/proto/schema/every-type", test_every_type);
  g_test_add_func ("/proto/schema/none", test_none);
  g_test_add_func ("/proto/schema/names", test_names);
  g_test_add_func ("/proto/schema/long-names", test_long_names);
  g_test_add_func ("/proto/schema/many-fields", test_many_fields);
  g_test_add_func ("/proto/schema/equal", test_equal);
  g_test_add_func ("/proto/schema/outlives-descriptor",
                   test_outlives_descriptor);
  g_test_add_func ("/proto/schema/from-table", test_from_table);
  g_test_add_func ("/proto/schema/to-descriptor", test_to_descriptor);
  g_test_add_func ("/proto/schema/there-and-back", test_there_and_back);
  return g_test_run ();
}
