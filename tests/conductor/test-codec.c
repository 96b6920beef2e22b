/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a codec makes of the types of a program.
 */

#include <float.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-schema.h"

/* A codec and structs of its tables. */
typedef struct
{
  ShProgram *program;
  ShCodec *codec;
  const SimhostSchema *state_table, *action_table;
  gpointer state, action;
} Codec;

static void
codec_set_up (Codec *codec, const char *state, const char *action)
{
  g_autoptr (GError) error = NULL;

  codec->program = fixture_program (state, action, "{}", "");
  codec->codec = sh_codec_new (fixture_concept (codec->program), &error);
  g_assert_no_error (error);
  codec->state_table = sh_codec_get_state_table (codec->codec);
  codec->action_table = sh_codec_get_action_table (codec->codec);
  codec->state = g_malloc0 (codec->state_table->size);
  codec->action = g_malloc0 (codec->action_table->size);
}

static void
codec_tear_down (Codec *codec)
{
  sh_codec_unref (codec->codec);
  sh_program_unref (codec->program);
  g_free (codec->state);
  g_free (codec->action);
}

/* Tables */

typedef struct
{
  const char *inkling;
  guint32 type, size;
  ShWireType wire;
} Kind;

/* C types as plugin.h has them for a SIMHOST_TYPE; wire types as the platform
 * sends them for an Inkling type. */
static const Kind kinds[] = {
  { "number", SIMHOST_TYPE_DOUBLE, 8, SH_WIRE_DOUBLE },
  { "Number.Float64", SIMHOST_TYPE_DOUBLE, 8, SH_WIRE_DOUBLE },
  { "Number.Float32", SIMHOST_TYPE_FLOAT, 4, SH_WIRE_FLOAT },
  { "Number.Int8", SIMHOST_TYPE_INT8, 1, SH_WIRE_INT32 },
  { "Number.Int16", SIMHOST_TYPE_INT16, 2, SH_WIRE_INT32 },
  { "Number.Int32", SIMHOST_TYPE_INT32, 4, SH_WIRE_INT32 },
  { "Number.Int64", SIMHOST_TYPE_INT64, 8, SH_WIRE_INT64 },
  { "Number.UInt8", SIMHOST_TYPE_UINT8, 1, SH_WIRE_UINT32 },
  { "Number.UInt16", SIMHOST_TYPE_UINT16, 2, SH_WIRE_UINT32 },
  { "Number.UInt32", SIMHOST_TYPE_UINT32, 4, SH_WIRE_UINT32 },
  { "Number.UInt64", SIMHOST_TYPE_UINT64, 8, SH_WIRE_UINT64 },
  { "Number.Bool", SIMHOST_TYPE_BOOL, 1, SH_WIRE_BOOL },
  { "string<\"a\", \"b\">", SIMHOST_TYPE_STRING, 64, SH_WIRE_STRING },
};

/* One struct with a field f0, f1, ... of each kind, a bool between them so that
 * something must be aligned. */
static char *
make_struct_of_kinds (void)
{
  GString *text = g_string_new ("{ ");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_string_append_printf (text, "f%u: %s, b%u: Number.Bool, ", i,
                            kinds[i].inkling, i);
  return g_string_free (g_string_append (text, "}"), FALSE);
}

static void
test_tables_kinds (void)
{
  g_autofree char *types = make_struct_of_kinds ();
  g_autoptr (ShSchema) schema = NULL;
  Codec codec;
  guint32 end = 0;

  codec_set_up (&codec, types, types);
  g_assert_cmpstr (codec.state_table->name, ==, "State");
  g_assert_cmpstr (codec.action_table->name, ==, "Action");
  g_assert_cmpuint (codec.state_table->n_fields, ==, 2 * G_N_ELEMENTS (kinds));
  schema = sh_schema_new_from_table (codec.state_table);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      const SimhostField *row = &codec.state_table->fields[2 * i];
      g_autofree char *name = g_strdup_printf ("f%u", i);

      g_assert_cmpstr (row->name, ==, name);
      g_assert_cmpuint (row->type, ==, kinds[i].type);
      g_assert_cmpuint (row->size, ==, kinds[i].size);
      g_assert_cmpuint (row->count, ==, 1);
      g_assert_cmpuint (row->offset, >=, end);
      if (row->type != SIMHOST_TYPE_STRING)
        g_assert_cmpuint (row->offset % row->size, ==, 0);
      end = row->offset + row->size;
      g_assert_cmpuint (schema->fields[2 * i].type, ==, kinds[i].wire);
      g_assert_cmpuint (schema->fields[2 * i].number, ==, 2 * i + 1);
    }
  g_assert_cmpuint (codec.state_table->size, >=, end);
  g_assert_cmpuint (codec.state_table->size % 8, ==, 0);
  codec_tear_down (&codec);
}

static void
test_tables_constraints (void)
{
  const SimhostField *row;
  Codec codec;

  codec_set_up (&codec,
                "{ plain: number, range: number<-1 .. 2>,"
                "  steps: number<0 .. 10 step 2.5>, list: number<1, 2, 5>,"
                "  named: number<Left = -1, Right = 1> }",
                "{ x: number }");
  row = fixture_row (codec.state_table, "plain");
  g_assert_cmpuint (row->flags, ==, 0);
  g_assert_cmpuint (row->n_values, ==, 0);
  row = fixture_row (codec.state_table, "range");
  g_assert_cmpuint (row->flags, ==,
                    SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX);
  g_assert_cmpfloat (row->min, ==, -1);
  g_assert_cmpfloat (row->max, ==, 2);
  row = fixture_row (codec.state_table, "steps");
  g_assert_cmpuint (row->flags, ==,
                    SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX |
                        SIMHOST_FIELD_HAS_STEP);
  g_assert_cmpfloat (row->step, ==, 2.5);
  row = fixture_row (codec.state_table, "list");
  g_assert_cmpuint (row->n_values, ==, 3);
  g_assert_null (row->values[2].name);
  g_assert_cmpfloat (row->values[2].value, ==, 5);
  row = fixture_row (codec.state_table, "named");
  g_assert_cmpuint (row->n_values, ==, 2);
  g_assert_cmpstr (row->values[0].name, ==, "Left");
  g_assert_cmpfloat (row->values[0].value, ==, -1);
  codec_tear_down (&codec);
}

static void
test_tables_no_config (void)
{
  Codec codec;
  const SimhostSchema *table;

  codec_set_up (&codec, "{ x: number }", "{ x: number }");
  table = sh_codec_get_config_table (codec.codec);
  g_assert_cmpuint (table->n_fields, ==, 0);
  g_assert_cmpuint (table->size, >, 0);
  codec_tear_down (&codec);
}

/* Spaces */

typedef struct
{
  const char *action; /* the type of one field */
  ShComponentKind kind;
  guint n_choices;
  double low, high;
} SpaceCase;

static const SpaceCase space_cases[] = {
  { "number", SH_COMPONENT_CONTINUOUS, 0, -INFINITY, INFINITY },
  { "number<-2 .. 2>", SH_COMPONENT_CONTINUOUS, 0, -2, 2 },
  { "Number.Int8", SH_COMPONENT_CONTINUOUS, 0, -INFINITY, INFINITY },
  { "Number.Int8<0 .. 5>", SH_COMPONENT_CONTINUOUS, 0, 0, 5 },
  { "Number.Bool", SH_COMPONENT_DISCRETE, 2, 0, 0 },
  { "number<Left = 0, Right = 1>", SH_COMPONENT_DISCRETE, 2, 0, 0 },
  { "number<1, 2, 5, 10>", SH_COMPONENT_DISCRETE, 4, 0, 0 },
  { "number<0 .. 1 step 0.25>", SH_COMPONENT_DISCRETE, 5, 0, 0 },
  { "number<0 .. 1 step 0.3>", SH_COMPONENT_DISCRETE, 4, 0, 0 },
  { "number<0 .. 4095 step 1>", SH_COMPONENT_DISCRETE, 4096, 0, 0 },
  { "string<\"up\", \"down\", \"stay\">", SH_COMPONENT_DISCRETE, 3, 0, 0 },
  { "number<7 .. 7>", SH_COMPONENT_DISCRETE, 1, 0, 0 },
};

static void
test_space (gconstpointer data)
{
  const SpaceCase *test = data;
  g_autofree char *action = g_strdup_printf ("{ x: %s }", test->action);
  const ShSpace *space;
  Codec codec;

  codec_set_up (&codec, "{ x: number }", action);
  space = sh_codec_get_space (codec.codec);
  g_assert_cmpuint (space->n_observations, ==, 1);
  g_assert_cmpuint (space->n_actions, ==, 1);
  g_assert_cmpint (space->actions[0].kind, ==, test->kind);
  if (test->kind == SH_COMPONENT_DISCRETE)
    g_assert_cmpuint (space->actions[0].n_choices, ==, test->n_choices);
  else
    {
      g_assert_cmpfloat (space->actions[0].low, ==, test->low);
      g_assert_cmpfloat (space->actions[0].high, ==, test->high);
    }
  g_assert_true (sh_space_is_valid (space));
  codec_tear_down (&codec);
}

/* Actions */

typedef struct
{
  const char *type;
  float action;
  double value;
  const char *text; /* NULL: a number */
} ActCase;

static const ActCase act_cases[] = {
  { "number<Left = -1, Right = 1>", 0, -1, NULL },
  { "number<Left = -1, Right = 1>", 1, 1, NULL },
  { "number<1, 2, 5, 10>", 3, 10, NULL },
  { "number<1, 2, 5, 10>", 9, 10, NULL }, /* no such choice: the last */
  { "number<1, 2, 5, 10>", -1, 1, NULL },
  { "number<1, 2, 5, 10>", NAN, 1, NULL },
  { "number<0 .. 1 step 0.25>", 3, 0.75, NULL },
  { "Number.Bool", 1, 1, NULL },
  { "string<\"up\", \"down\">", 1, 0, "down" },
  { "number<7 .. 7>", 0, 7, NULL },
  { "number", 1.5f, 1.5, NULL },
  { "number<-2 .. 2>", 3, 2, NULL },
  { "number<-2 .. 2>", -3, -2, NULL },
  { "number<1 .. 2>", NAN, 1, NULL },
  { "number", INFINITY, DBL_MAX, NULL },
  { "Number.Float32", INFINITY, FLT_MAX, NULL },
  { "Number.Int8<-3 .. 3>", 1.5f, 2, NULL },
  { "Number.Int8<-3 .. 3>", -1.4f, -1, NULL },
  { "Number.Int8", 1000, 127, NULL },
  { "Number.Int8", -1000, -128, NULL },
  { "Number.UInt8", 1000, 255, NULL },
  { "Number.UInt8", -1, 0, NULL },
  { "Number.Int16", 1e6f, 32767, NULL },
  { "Number.UInt16", 1e6f, 65535, NULL },
  { "Number.Int32", 1e12f, 2147483647, NULL },
  { "Number.Int32", -1e12f, -2147483648.0, NULL },
  { "Number.UInt32", 1e12f, 4294967295.0, NULL },
  { "Number.Int64", -1e30f, -0x1p63, NULL },
  { "Number.Int64", 1e30f, 0x1.fffffffffffffp62, NULL },
  { "Number.UInt64", 1e30f, 0x1.fffffffffffffp63, NULL },
  { "Number.UInt64", -5, 0, NULL },
};

/* Reads a member by its C type, as a plugin's author would. */
static double
read_number (const SimhostField *row, gconstpointer member)
{
  switch (row->type)
    {
    case SIMHOST_TYPE_DOUBLE:
      return *(const double *) member;
    case SIMHOST_TYPE_FLOAT:
      return (double) *(const float *) member;
    case SIMHOST_TYPE_INT8:
      return *(const int8_t *) member;
    case SIMHOST_TYPE_INT16:
      return *(const int16_t *) member;
    case SIMHOST_TYPE_INT32:
      return *(const int32_t *) member;
    case SIMHOST_TYPE_INT64:
      return (double) *(const int64_t *) member;
    case SIMHOST_TYPE_UINT16:
      return *(const uint16_t *) member;
    case SIMHOST_TYPE_UINT32:
      return *(const uint32_t *) member;
    case SIMHOST_TYPE_UINT64:
      return (double) *(const uint64_t *) member;
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
      return *(const uint8_t *) member;
    default:
      g_assert_not_reached ();
    }
}

static void
test_act (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (act_cases); i++)
    {
      const ActCase *test = &act_cases[i];
      g_autofree char *action =
          g_strdup_printf ("{ first: number, x: %s }", test->type);
      const SimhostField *row;
      const float vector[] = { 0.5f, test->action };
      gconstpointer member;
      Codec codec;

      codec_set_up (&codec, "{ x: number }", action);
      row = fixture_row (codec.action_table, "x");
      memset (codec.action, 0xa5, codec.action_table->size);
      sh_codec_act (codec.codec, vector, codec.action);
      member = fixture_member (codec.action_table, codec.action, "x");
      if (test->text != NULL)
        g_assert_cmpstr (member, ==, test->text);
      else
        g_assert_cmpfloat (read_number (row, member), ==, test->value);
      g_assert_cmpfloat (*(double *) codec.action, ==, 0.5);
      codec_tear_down (&codec);
    }
}

/* Observations */

static void
test_observe_kinds (void)
{
  float observation[6];
  g_autoptr (GError) error = NULL;
  Codec codec;

  codec_set_up (&codec,
                "{ a: number, b: Number.Int8, c: Number.UInt64,"
                "  d: Number.Bool, e: number<1, 2, 5>, f: Number.Float32 }",
                "{ x: number }");
  *(double *) fixture_member (codec.state_table, codec.state, "a") = 1e300;
  *(int8_t *) fixture_member (codec.state_table, codec.state, "b") = -7;
  *(uint64_t *) fixture_member (codec.state_table, codec.state, "c") =
      G_MAXUINT64;
  *(uint8_t *) fixture_member (codec.state_table, codec.state, "d") = 1;
  *(double *) fixture_member (codec.state_table, codec.state, "e") = 5;
  *(float *) fixture_member (codec.state_table, codec.state, "f") = 0.25f;
  g_assert_cmpuint (sh_codec_get_space (codec.codec)->n_observations, ==, 6);
  g_assert_true (
      sh_codec_observe (codec.codec, codec.state, observation, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (observation[0], ==, FLT_MAX);
  g_assert_cmpfloat (observation[1], ==, -7);
  g_assert_cmpfloat (observation[2], ==, 0x1p64f);
  g_assert_cmpfloat (observation[3], ==, 1);
  g_assert_cmpfloat (observation[4], ==, 5);
  g_assert_cmpfloat (observation[5], ==, 0.25);
  codec_tear_down (&codec);
}

static void
test_observe_one_hot (void)
{
  float observation[8];
  const float expected[] = { 9, 0, 0, 1, 0, 1, 0, 8 };
  g_autoptr (GError) error = NULL;
  Codec codec;

  /* 0.1 is another number in a float than in a double. */
  codec_set_up (&codec,
                "{ a: number, b: Number.Float32<X = 3, Y = -1, Z = 0.1>,"
                "  c: string<\"up\", \"down\", \"stay\">, d: number }",
                "{ x: number }");
  *(double *) fixture_member (codec.state_table, codec.state, "a") = 9;
  *(float *) fixture_member (codec.state_table, codec.state, "b") = 0.1f;
  strcpy (fixture_member (codec.state_table, codec.state, "c"), "down");
  *(double *) fixture_member (codec.state_table, codec.state, "d") = 8;
  g_assert_cmpuint (sh_codec_get_space (codec.codec)->n_observations, ==, 8);
  g_assert_true (
      sh_codec_observe (codec.codec, codec.state, observation, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpfloat (observation[i], ==, expected[i]);
  codec_tear_down (&codec);
}

static void
check_not_observed (Codec *codec, const char *message)
{
  float observation[8];
  g_autoptr (GError) error = NULL;

  g_assert_false (
      sh_codec_observe (codec->codec, codec->state, observation, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_VALUE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_observe_bad (void)
{
  double *x;
  float *angle;
  Codec codec;

  codec_set_up (&codec,
                "{ angle: Number.Float32, x: number<A = 1, B = 2>,"
                "  word: string<\"up\"> }",
                "{ x: number }");
  x = fixture_member (codec.state_table, codec.state, "x");
  angle = fixture_member (codec.state_table, codec.state, "angle");
  *x = 1;
  *angle = NAN;
  check_not_observed (&codec, "simulator 'Sim': state field 'angle' is nan, "
                              "which is not a finite number");
  *angle = -INFINITY;
  check_not_observed (&codec, "simulator 'Sim': state field 'angle' is -inf, "
                              "which is not a finite number");
  *angle = 0;
  *x = 1.5;
  check_not_observed (&codec, "simulator 'Sim': state field 'x' is 1.5, which "
                              "is none of the values that the program gives "
                              "it");
  *x = 2;
  strcpy (fixture_member (codec.state_table, codec.state, "word"), "upper");
  check_not_observed (&codec, "simulator 'Sim': state field 'word' is "
                              "\"upper\", which is none of the values that "
                              "the program gives it");
  codec_tear_down (&codec);
}

static const char subset_program[] =
    "inkling \"2.0\"\n"
    "type Full { picture: Image.Gray<4, 4>, a: number, note: string,\n"
    "            b: number, c: Number.Int8 }\n"
    "type Part { c: Number.Int8, a: number }\n"
    "type Action { x: number }\n"
    "simulator Sim (action: Action): Full { }\n"
    "graph (input: Part): Action {\n"
    "  concept Walk (input): Action { curriculum { source Sim } }\n"
    "  output Walk\n"
    "}\n";

static void
test_subset (void)
{
  g_autoptr (ShProgram) program = fixture_compile (subset_program);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShCodec) codec = sh_codec_new (fixture_concept (program), &error);
  g_autofree char *state = NULL;
  const SimhostSchema *table;
  float observation[2];

  g_assert_no_error (error);
  /* What cannot be sent and is not needed is not asked for. */
  table = sh_codec_get_state_table (codec);
  g_assert_cmpuint (table->n_fields, ==, 3);
  state = g_malloc0 (table->size);
  *(double *) fixture_member (table, state, "a") = 1;
  *(double *) fixture_member (table, state, "b") = NAN; /* nobody looks */
  *(int8_t *) fixture_member (table, state, "c") = 3;
  g_assert_cmpuint (sh_codec_get_space (codec)->n_observations, ==, 2);
  g_assert_true (sh_codec_observe (codec, state, observation, &error));
  g_assert_cmpfloat (observation[0], ==, 3);
  g_assert_cmpfloat (observation[1], ==, 1);
}

/* What cannot be */

typedef struct
{
  const char *state, *action, *config, *curriculum;
  int code;
  const char *message; /* a part of it */
} RefusedCase;

#define X "{ x: number }"
#define SIXTY_FOUR                                                             \
  "0123456789012345678901234567890123456789012345678901234567890123"

static const RefusedCase refused_cases[] = {
  { "{ x: number, map: number[9] }", X, "{}", "", SH_ERROR_SCHEMA,
    "concept 'Walk': state field 'map' is an array" },
  { "{ x: number, eye: Image.Gray<8, 8> }", X, "{}", "", SH_ERROR_SCHEMA,
    "state field 'eye' is an image" },
  { "{ arm: { x: number } }", X, "{}", "", SH_ERROR_SCHEMA,
    "state field 'arm' is a struct" },
  { "{ word: string }", X, "{}", "", SH_ERROR_SCHEMA,
    "state field 'word' is text" },
  { X, "{ x: number[2] }", "{}", "", SH_ERROR_SCHEMA,
    "action field 'x' is an array" },
  { X, "{ x: string }", "{}", "", SH_ERROR_SCHEMA, "action field 'x' is text" },
  { X, X, "{ map: number[2], y: number }",
    "lesson a { scenario { map: number<0 .. 1>[2] } }", SH_ERROR_SCHEMA,
    "config field 'map' is an array" },
  { "{ word: string<\"" SIXTY_FOUR "\"> }", X, "{}", "", SH_ERROR_SCHEMA,
    "is longer than 63 bytes" },
  { X, "{ x: number<0 .. 4096 step 1> }", "{}", "", SH_ERROR_LIMIT,
    "action field 'x' has 4097 values; there may be 4096" },
  { X, "{ x: number<0 .. 1e15 step 1> }", "{}", "", SH_ERROR_LIMIT,
    "action field 'x' has over " },
};

static void
test_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (refused_cases); i++)
    {
      const RefusedCase *test = &refused_cases[i];
      g_autoptr (ShProgram) program = fixture_program (
          test->state, test->action, test->config, test->curriculum);
      g_autoptr (GError) error = NULL;
      g_autoptr (ShCodec) codec =
          sh_codec_new (fixture_concept (program), &error);

      if (codec != NULL)
        g_error ("accepted: %s %s %s", test->state, test->action,
                 test->message);
      g_assert_error (error, SH_ERROR, test->code);
      if (strstr (error->message, test->message) == NULL)
        g_error ("'%s' lacks '%s'", error->message, test->message);
    }
}

static void
test_refused_observation_too_large (void)
{
  g_autoptr (GString) state = g_string_new ("{ ");
  g_autoptr (GString) values = g_string_new (NULL);
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 1000; i++)
    g_string_append_printf (values, "%sv%u = %u", i > 0 ? ", " : "", i, i);
  for (guint i = 0; i < 66; i++)
    g_string_append_printf (state, "f%u: number<%s>, ", i, values->str);
  g_string_append (state, "}");
  program = fixture_program (state->str, X, "{}", "");
  codec = sh_codec_new (fixture_concept (program), &error);
  g_assert_null (codec);
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
  g_assert_nonnull (strstr (error->message, "66000"));
}

/* JSON */

#define JSON_STATE                                                             \
  "{ d: number, f: Number.Float32, i: Number.Int8, u: Number.UInt32,"          \
  "  b: Number.Bool, n: number<Low = 1, High = 2>,"                            \
  "  t: string<\"up\", \"down\"> }"

#define GOOD_STATE                                                             \
  "{\"d\": 1.5, \"f\": 0.1, \"i\": -5, \"u\": 3e2, \"b\": true, "              \
  "\"n\": \"High\", \"t\": \"down\", \"other\": [1]}"

static gboolean
read_state (Codec *codec, const char *text, GError **error)
{
  g_autoptr (JsonObject) object =
      sh_json_text_parse_object (text, strlen (text), error);

  g_assert_nonnull (object);
  return sh_codec_state_from_json (codec->codec, object, codec->state, error);
}

static void
test_state_from_json (void)
{
  g_autoptr (GError) error = NULL;
  Codec codec;

  codec_set_up (&codec, JSON_STATE, X);
  g_assert_true (read_state (&codec, GOOD_STATE, &error));
  g_assert_no_error (error);
#define MEMBER(CTYPE, NAME)                                                    \
  (*(CTYPE *) fixture_member (codec.state_table, codec.state, NAME))
  g_assert_cmpfloat (MEMBER (double, "d"), ==, 1.5);
  g_assert_cmpfloat (MEMBER (float, "f"), ==, 0.1f);
  g_assert_cmpint (MEMBER (int8_t, "i"), ==, -5);
  g_assert_cmpuint (MEMBER (uint32_t, "u"), ==, 300);
  g_assert_cmpuint (MEMBER (uint8_t, "b"), ==, 1);
  g_assert_cmpfloat (MEMBER (double, "n"), ==, 2);
  g_assert_cmpstr (&MEMBER (char, "t"), ==, "down");
  codec_tear_down (&codec);
}

typedef struct
{
  const char *field, *value; /* instead of that in the good state; NULL: none */
  const char *message;
} JsonCase;

static const JsonCase bad_states[] = {
  { "d", NULL, "state field 'd' is missing" },
  { "t", NULL, "state field 't' is missing" },
  { "d", "\"1\"", "state field 'd' is text, but must be a number" },
  { "d", "null", "state field 'd' is null, but must be a number" },
  { "d", "[1]", "state field 'd' is an array, but must be a number" },
  { "d", "{}", "state field 'd' is an object, but must be a number" },
  { "d", "true", "state field 'd' is true or false, but must be a number" },
  { "d", "1e999",
    "state field 'd' is inf, but must be a number from "
    "-1.79769313e+308 to 1.79769313e+308" },
  { "f", "1e39",
    "state field 'f' is 1e+39, but must be a number from "
    "-3.40282347e+38 to 3.40282347e+38" },
  { "i", "128",
    "state field 'i' is 128, but must be a number from -128 to "
    "127" },
  { "i", "1.5", "state field 'i' is 1.5, but must be a whole number" },
  { "u", "-1",
    "state field 'u' is -1, but must be a number from 0 to "
    "4.2949673e+09" },
  { "b", "2", "state field 'b' is 2, but must be a number from 0 to 1" },
  { "b", "\"true\"", "state field 'b' is text, but must be true or false" },
  { "n", "\"Middle\"",
    "state field 'n' is \"Middle\", but must be a number or "
    "one of \"Low\", \"High\"" },
  { "n", "null", "state field 'n' is null, but must be a number" },
  { "t", "\"left\"",
    "state field 't' is \"left\", but must be one of \"up\", "
    "\"down\"" },
  { "t", "1", "state field 't' is a number, but must be text" },
};

static void
test_state_from_bad_json (void)
{
  Codec codec;

  codec_set_up (&codec, JSON_STATE, X);
  for (guint i = 0; i < G_N_ELEMENTS (bad_states); i++)
    {
      const JsonCase *test = &bad_states[i];
      g_autoptr (JsonObject) object =
          sh_json_text_parse_object (GOOD_STATE, strlen (GOOD_STATE), NULL);
      g_autoptr (GError) error = NULL;

      if (test->value == NULL)
        json_object_remove_member (object, test->field);
      else
        {
          g_autofree char *text = g_strdup_printf ("{\"x\": %s}", test->value);
          g_autoptr (JsonObject) value =
              sh_json_text_parse_object (text, strlen (text), &error);

          g_assert_no_error (error);
          json_object_set_member (object, test->field,
                                  json_object_dup_member (value, "x"));
        }
      g_assert_false (
          sh_codec_state_from_json (codec.codec, object, codec.state, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_VALUE);
      g_assert_cmpstr (error->message, ==, test->message);
    }
  codec_tear_down (&codec);
}

static void
test_action_to_json (void)
{
  const float action[] = { 0.1f, 0.1f, 2.6f, -1e30f, 1e30f, 1, 1, 1e20f };
  g_autoptr (GString) text = g_string_new (NULL);
  Codec codec;

  codec_set_up (&codec, X,
                "{ d: number, f: Number.Float32, i: Number.Int16,"
                "  l: Number.Int64, u: Number.UInt64, b: Number.Bool,"
                "  t: string<\"up\", \"d\\\"own\">, e: Number.Float32 }");
  sh_codec_act (codec.codec, action, codec.action);
  sh_codec_action_to_json (codec.codec, codec.action, text);
  g_assert_cmpstr (text->str, ==,
                   "{\"d\":0.10000000149011612,\"f\":0.1,\"i\":3,"
                   "\"l\":-9223372036854775808,\"u\":18446744073709549568,"
                   "\"b\":true,\"t\":\"d\\\"own\",\"e\":1e+20}");
  codec_tear_down (&codec);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/codec/tables/kinds", test_tables_kinds);
  g_test_add_func ("/codec/tables/constraints", test_tables_constraints);
  g_test_add_func ("/codec/tables/no-config", test_tables_no_config);
  for (guint i = 0; i < G_N_ELEMENTS (space_cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/codec/space/%s", space_cases[i].action);

      g_test_add_data_func (path, &space_cases[i], test_space);
    }
  g_test_add_func ("/codec/act", test_act);
  g_test_add_func ("/codec/observe/kinds", test_observe_kinds);
  g_test_add_func ("/codec/observe/one-hot", test_observe_one_hot);
  g_test_add_func ("/codec/observe/bad", test_observe_bad);
  g_test_add_func ("/codec/subset", test_subset);
  g_test_add_func ("/codec/refused", test_refused);
  g_test_add_func ("/codec/refused/observation-too-large",
                   test_refused_observation_too_large);
  g_test_add_func ("/codec/json/state", test_state_from_json);
  g_test_add_func ("/codec/json/bad-state", test_state_from_bad_json);
  g_test_add_func ("/codec/json/action", test_action_to_json);
  return g_test_run ();
}
