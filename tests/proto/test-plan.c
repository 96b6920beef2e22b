/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plans as a whole: which fields are read and written, in which order they may
 * come, what is left alone, limits; and the bytes captured from the original
 * service. How single values convert is in test-values.c.
 */

#include <string.h>

#include "plans.h"
#include "sh-guard.h"

typedef struct
{
  gint32 episode_length;
  guint32 deque_size;
} CartPoleConfig;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CartPoleConfig, episode_length, INT32, NULL, NULL),
  SIMHOST_FIELD (CartPoleConfig, deque_size, UINT32, NULL, NULL),
};
static const CartPoleConfig config_defaults = { 200, 7 };
static const SimhostSchema config_table =
    SIMHOST_SCHEMA (CartPoleConfig, config_fields, &config_defaults);

typedef struct
{
  gint32 command;
} Action;

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (Action, command, INT32, NULL, NULL),
};
static const SimhostSchema action_table =
    SIMHOST_SCHEMA (Action, action_fields, NULL);

typedef struct
{
  float position, velocity, angle, rotation;
} GameState;

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (GameState, position, FLOAT, NULL, NULL),
  SIMHOST_FIELD (GameState, velocity, FLOAT, NULL, NULL),
  SIMHOST_FIELD (GameState, angle, FLOAT, NULL, NULL),
  SIMHOST_FIELD (GameState, rotation, FLOAT, NULL, NULL),
};
static const SimhostSchema state_table =
    SIMHOST_SCHEMA (GameState, state_fields, NULL);

static void
test_captured_config (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&config_table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &config_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &config_table);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree char *text = NULL;
  g_autofree guint8 *bytes = NULL;
  CartPoleConfig config;
  gsize size;

  bytes = g_base64_decode ("CP///////////wEQAQ==", &size);
  g_assert_true (sh_plan_decode (decoder, bytes, size, &config, NULL));
  g_assert_cmpint (config.episode_length, ==, -1);
  g_assert_cmpuint (config.deque_size, ==, 1);

  g_assert_true (sh_plan_encode (encoder, &config, out, NULL));
  text = g_base64_encode (out->data, out->len);
  g_assert_cmpstr (text, ==, "CP///////////wEQAQ==");
}

static void
test_captured_actions (void)
{
  static const struct
  {
    const char *text;
    gint32 command;
  } actions[] = { { "CAA=", 0 }, { "CAE=", 1 } };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&action_table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &action_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &action_table);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autofree char *text = NULL;
      g_autofree guint8 *bytes = NULL;
      Action action = { -7 };
      gsize size;

      bytes = g_base64_decode (actions[i].text, &size);
      g_assert_true (sh_plan_decode (decoder, bytes, size, &action, NULL));
      g_assert_cmpint (action.command, ==, actions[i].command);
      g_assert_true (sh_plan_encode (encoder, &action, out, NULL));
      text = g_base64_encode (out->data, out->len);
      g_assert_cmpstr (text, ==, actions[i].text);
    }
}

/* What is not on the wire, in the message or in the schema, has the table's
 * default; an explicit zero is zero. */
static void
test_absent (void)
{
  static const Row rows[] = { ROW (1, "deque_size", UINT32) };
  g_autoptr (ShSchema) whole = sh_schema_new_from_table (&config_table);
  g_autoptr (ShSchema) part = MAKE_SCHEMA (rows);
  g_autoptr (ShSchema) none = sh_schema_new_from_descriptor (NULL, NULL);
  const struct
  {
    ShSchema *schema;
    const char *hex;
    CartPoleConfig expected;
  } cases[] = {
    { whole, "", { 200, 7 } },     { whole, "0800 1000", { 0, 0 } },
    { whole, "1005", { 200, 5 } }, { part, "", { 200, 7 } },
    { part, "0805", { 200, 5 } },  { none, "", { 200, 7 } },
    { none, "0801", { 200, 7 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShPlan) plan = make_decoder (cases[i].schema, &config_table);
      CartPoleConfig config = { 99, 99 };

      g_assert_cmpint (decode (plan, cases[i].hex, &config), ==, OK);
      g_assert_cmpint (config.episode_length, ==,
                       cases[i].expected.episode_length);
      g_assert_cmpuint (config.deque_size, ==, cases[i].expected.deque_size);
    }
}

static void
test_no_fields_at_all (void)
{
  static const SimhostSchema table = SIMHOST_SCHEMA_NONE;
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&table);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &table);

  g_assert_cmpint (decode (decoder, "", NULL), ==, OK);
  g_assert_cmpint (decode (decoder, "0801", NULL), ==, OK);
  assert_encoded (encoder, NULL, "");
}

/* Numbers come from the schema, in whatever order they are. */
static void
test_numbers (void)
{
  static const Row rows[] = {
    ROW (536870911, "position", FLOAT),
    ROW (300, "velocity", FLOAT),
    ROW (16, "angle", FLOAT),
    ROW (2, "rotation", FLOAT),
  };
  static const char *const orders[] = {
    "fdffffff0f 0000803f e512 00000040 850100004040 1500008040",
    "1500008040 850100004040 e512 00000040 fdffffff0f 0000803f",
    "e512 00000040 1500008040 fdffffff0f 0000803f 850100004040",
    /* the last of several */
    "15000080bf e512 00000040 1500008040 fdffffff0f 0000803f 850100004040",
    /* unknown ones between */
    "0801 1500008040 1a03010203 850100004040 e51200000040 fdffffff0f0000803f",
    "8d0101020304 fdffffff0f0000803f e51200000040 850100004040 1500008040",
  };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) decoder = make_decoder (schema, &state_table);
  g_autoptr (ShPlan) encoder = make_encoder (schema, &state_table);
  const GameState expected = { 1, 2, 3, 4 };

  for (guint i = 0; i < G_N_ELEMENTS (orders); i++)
    {
      GameState state;

      g_assert_cmpint (decode (decoder, orders[i], &state), ==, OK);
      g_assert_cmpmem (&state, sizeof state, &expected, sizeof expected);
    }
  assert_encoded (encoder, &expected, orders[0]);
}

/* protobuf's rule: a known number with another wire type is unknown. */
static void
test_other_wire_type (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&action_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &action_table);
  static const char *const messages[] = {
    "0d 01020304 0805",
    "09 0102030405060708 0805",
    "0a 03 010203 0805",
    "0805 0d 01020304",
  };

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      Action action;

      g_assert_cmpint (decode (plan, messages[i], &action), ==, OK);
      g_assert_cmpint (action.command, ==, 5);
    }
}

static void
test_malformed (void)
{
  static const char *const messages[] = {
    "08", /* a key and nothing behind it */
    "80", /* half a key */
    "0001", /* number 0 */
    "0b 0c", /* a group under a known number */
    "fb06 fc06", /* and under an unknown one */
    "0e00", /* wire types that do not exist */
    "0f00",
    "ffffffff0f",
    "0805 ffffffff0f 00000000",
    "888080808000 05", /* a key of six bytes */
    "f806 80", /* unknown and cut */
    "fa06 05 01020304",
    "f906 01020304050607",
    "fd06 010203",
    "0805 88",
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&action_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &action_table);

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      Action action;

      g_assert_cmpint (decode (plan, messages[i], &action), ==,
                       SH_ERROR_PROTOCOL);
    }
}

static void
test_ignored (void)
{
  static const Row rows[] = {
    ROW (1, "wind", FLOAT),
    ROW (2, "command", INT32),
    ROW (3, "picture", MESSAGE),
  };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) plan = NULL;
  g_auto (GStrv) ignored = NULL;
  Action action;

  plan = sh_plan_new_decoder (schema, &action_table, "lift", &ignored, NULL);
  g_assert_nonnull (plan);
  g_assert_cmpuint (g_strv_length (ignored), ==, 2);
  g_assert_cmpstr (ignored[0], ==, "wind");
  g_assert_cmpstr (ignored[1], ==, "picture");
  g_assert_cmpint (decode (plan, "0d0000803f 1003 1a00", &action), ==, OK);
  g_assert_cmpint (action.command, ==, 3);
}

static void
test_none_ignored (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&action_table);
  char *unset[] = { NULL }, **ignored = unset;
  g_autoptr (ShPlan) plan =
      sh_plan_new_decoder (schema, &action_table, "lift", &ignored, NULL);

  g_assert_nonnull (plan);
  g_assert_null (ignored);
}

/* A field that the engine wants and the simulator lacks. */
static void
test_missing (void)
{
  static const Row rows[] = {
    ROW (1, "position", FLOAT),
    ROW (2, "altitude", FLOAT),
  };
  static const Row unset[] = { ROW (1, "altitude", FIXED32) };
  ShSchema *schemas[] = { MAKE_SCHEMA (rows), MAKE_SCHEMA (unset) };

  for (guint i = 0; i < G_N_ELEMENTS (schemas); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (
          sh_plan_new_encoder (schemas[i], &state_table, "lift", &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
      g_assert_cmpstr (
          error->message, ==,
          "lift: the engine's schema Schema names a field 'altitude' that the "
          "simulator's GameState lacks; it has position, velocity, angle, "
          "rotation");
      sh_schema_unref (schemas[i]);
    }
}

/* What the engine does not want is not sent. */
static void
test_extra (void)
{
  static const Row rows[] = { ROW (1, "angle", FLOAT) };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) plan = make_encoder (schema, &state_table);
  const GameState state = { 1, 2, 3, 4 };

  assert_encoded (plan, &state, "0d00004040");
}

static void
test_utf8_names (void)
{
  static const SimhostField fields[] = {
    { .name = "größe", .type = SIMHOST_TYPE_INT32, .size = 4, .count = 1 },
  };
  static const SimhostSchema table = { .struct_size = sizeof (SimhostSchema),
                                       .field_size = sizeof (SimhostField),
                                       .name = "Maße",
                                       .size = 4,
                                       .n_fields = 1,
                                       .fields = fields };
  static const Row rows[] = { ROW (1, "größe", INT32) };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) plan = make_decoder (schema, &table);
  gint32 value;

  g_assert_cmpint (decode (plan, "0809", &value), ==, OK);
  g_assert_cmpint (value, ==, 9);
}

/* Rows and schemas of a later plugin interface are longer. */
static void
test_longer_rows (void)
{
  static const struct
  {
    SimhostField field;
    guint8 later[40];
  } fields[] = {
    { SIMHOST_FIELD (CartPoleConfig, episode_length, INT32, NULL, NULL),
      { 0xff } },
    { SIMHOST_FIELD (CartPoleConfig, deque_size, UINT32, NULL, NULL),
      { 0xff } },
  };
  SimhostSchema table = config_table;
  g_autoptr (ShSchema) schema = NULL;
  g_autoptr (ShPlan) plan = NULL;
  const CartPoleConfig config = { 3, 4 };

  table.field_size = sizeof fields[0];
  table.fields = &fields[0].field;
  schema = sh_schema_new_from_table (&table);
  plan = make_encoder (schema, &table);
  assert_encoded (plan, &config, "0803 1004");
}

static void
test_bad_rows (void)
{
  static const struct
  {
    SimhostField field;
    const char *part;
  } cases[] = {
    { { .name = "x", .type = 2, .size = 4, .count = 0 }, "count" },
    { { .name = "x", .type = 2, .size = 8, .count = 1 }, "size" },
    { { .name = "x", .type = 2, .size = 0, .count = 1 }, "size" },
    { { .name = "x", .type = 2, .size = 10, .count = 3 }, "size" },
    { { .name = "x", .type = 12, .size = 0, .count = 1 }, "size" },
    { { .name = "x", .type = 0, .size = 4, .count = 1 }, "type" },
    { { .name = "x", .type = 14, .size = 4, .count = 1 }, "type" },
    { { .name = "x", .type = 2, .offset = 13, .size = 4, .count = 1 },
      "beyond" },
    { { .name = "x", .type = 2, .offset = G_MAXUINT32, .size = 4, .count = 1 },
      "beyond" },
  };
  static const Row rows[] = { ROW (1, "x", FLOAT) };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SimhostSchema table = { .struct_size = sizeof (SimhostSchema),
                              .field_size = sizeof (SimhostField),
                              .name = "Table",
                              .size = 16,
                              .n_fields = 1,
                              .fields = &cases[i].field };
      g_autoptr (GError) error = NULL;

      g_assert_null (
          sh_plan_new_decoder (schema, &table, "lift", NULL, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_PLUGIN);
      g_assert_nonnull (strstr (error->message, "lift: field 'x' of Table"));
      g_assert_nonnull (strstr (error->message, cases[i].part));
      g_clear_error (&error);
      g_assert_null (sh_plan_new_encoder (schema, &table, "lift", &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_PLUGIN);
    }
}

typedef struct
{
  char label[4];
} Labelled;

static const SimhostField label_fields[] = {
  SIMHOST_FIELD (Labelled, label, STRING, NULL, NULL),
};
static const SimhostSchema label_table =
    SIMHOST_SCHEMA (Labelled, label_fields, NULL);

static void
test_bad_text (void)
{
  static const Labelled cases[] = {
    { { 'a', 'b', 'c', 'd' } },
    { { 'a', (char) 0xff, 0 } },
    { { (char) 0xc3, 0 } },
  };
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&label_table);
  g_autoptr (ShPlan) plan = make_encoder (schema, &label_table);
  const Labelled good = { "abc" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GByteArray) out = g_byte_array_new ();
      g_autoptr (GError) error = NULL;

      g_assert_false (sh_plan_encode (plan, &cases[i], out, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_VALUE);
      g_assert_nonnull (strstr (error->message, "'label'"));
      g_assert_cmpuint (out->len, ==, 0);
    }
  assert_encoded (plan, &good, "0a03 616263");
}

/* The rest of a char[n] behind a text is zero, so structs can be compared. */
static void
test_text_is_padded (void)
{
  g_autoptr (ShSchema) schema = sh_schema_new_from_table (&label_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &label_table);
  Labelled label;

  g_assert_cmpint (decode (plan, "0a03 616263 0a01 64", &label), ==, OK);
  g_assert_cmpmem (label.label, 4, "d\0\0\0", 4);
}

static void
test_size_limits (void)
{
  SimhostField field = { .name = "x",
                         .type = SIMHOST_TYPE_STRING,
                         .size = SH_MESSAGE_MAX_BYTES + 1,
                         .count = 1 };
  SimhostSchema table = { .struct_size = sizeof (SimhostSchema),
                          .field_size = sizeof (SimhostField),
                          .name = "Table",
                          .size = SH_MESSAGE_MAX_BYTES + 1,
                          .n_fields = 1,
                          .fields = &field };
  static const Row rows[] = { ROW (1, "x", STRING) };
  g_autoptr (ShSchema) schema = MAKE_SCHEMA (rows);
  g_autoptr (ShPlan) plan = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *values = g_malloc0 (table.size);

  g_assert_null (sh_plan_new_decoder (schema, &table, "lift", NULL, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (sh_plan_new_encoder (schema, &table, "lift", &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
  g_clear_error (&error);

  table.size = field.size = SH_MESSAGE_MAX_BYTES;
  plan = make_encoder (schema, &table);
  memset (values, 'x', SH_MESSAGE_MAX_BYTES - 1);
  g_assert_false (sh_plan_encode (plan, values, bytes, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
  g_assert_cmpuint (bytes->len, ==, 0);
  g_clear_error (&error);
  values[SH_MESSAGE_MAX_BYTES - 6] = '\0';
  g_assert_true (sh_plan_encode (plan, values, bytes, &error));
  g_assert_cmpuint (bytes->len, <=, SH_MESSAGE_MAX_BYTES);

  g_byte_array_set_size (bytes, SH_MESSAGE_MAX_BYTES + 1);
  sh_plan_free (plan);
  plan = make_decoder (schema, &table);
  g_assert_false (
      sh_plan_decode (plan, bytes->data, bytes->len, values, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
}

/* A plan keeps its schema. */
static void
test_outlives_schema (void)
{
  ShSchema *schema = sh_schema_new_from_table (&action_table);
  g_autoptr (ShPlan) plan = make_decoder (schema, &action_table);
  Action action;

  sh_schema_unref (schema);
  g_assert_cmpint (decode (plan, "0802", &action), ==, OK);
  g_assert_cmpint (action.command, ==, 2);
}

static void
test_defaults (void)
{
  CartPoleConfig config = { 0 };
  Action action = { 5 };

  sh_table_fill_defaults (&config_table, &config);
  g_assert_cmpint (config.episode_length, ==, 200);
  g_assert_cmpuint (config.deque_size, ==, 7);
  sh_table_fill_defaults (&action_table, &action);
  g_assert_cmpint (action.command, ==, 0);
  g_assert_true (sh_table_find (&config_table, "deque_size") ==
                 &config_fields[1]);
  g_assert_null (sh_table_find (&config_table, "command"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/proto/plan/captured/config", test_captured_config);
  g_test_add_func ("/proto/plan/captured/actions", test_captured_actions);
  g_test_add_func ("/proto/plan/absent-is-default", test_absent);
  g_test_add_func ("/proto/plan/no-fields-at-all", test_no_fields_at_all);
  g_test_add_func ("/proto/plan/numbers-in-any-order", test_numbers);
  g_test_add_func ("/proto/plan/other-wire-type-is-unknown",
                   test_other_wire_type);
  g_test_add_func ("/proto/plan/malformed", test_malformed);
  g_test_add_func ("/proto/plan/ignored-are-named", test_ignored);
  g_test_add_func ("/proto/plan/none-ignored", test_none_ignored);
  g_test_add_func ("/proto/plan/missing-is-named", test_missing);
  g_test_add_func ("/proto/plan/extra-is-not-written", test_extra);
  g_test_add_func ("/proto/plan/utf-8-names", test_utf8_names);
  g_test_add_func ("/proto/plan/longer-rows", test_longer_rows);
  g_test_add_func ("/proto/plan/bad-rows", test_bad_rows);
  g_test_add_func ("/proto/plan/text/bad-when-encoded", test_bad_text);
  g_test_add_func ("/proto/plan/text/is-padded", test_text_is_padded);
  g_test_add_func ("/proto/plan/size-limits", test_size_limits);
  g_test_add_func ("/proto/plan/outlives-schema", test_outlives_schema);
  g_test_add_func ("/proto/table/defaults", test_defaults);
  return g_test_run ();
}
