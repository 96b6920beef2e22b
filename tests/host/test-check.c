/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The checks of a simulator's tables, one wrong thing at a time.
 */

#include <float.h>
#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-plugin-check.h"

typedef struct
{
  double a;
  gint32 b;
  float c;
  guint8 d;
  char e[8];
  SimhostLuminance f;
  gint16 g[3];
  gint64 h;
} Values;

/* Tables that may be written to. */
typedef struct
{
  SimhostField fields[8];
  SimhostValue values[3];
  SimhostReward rewards[3];
  SimhostSimulator simulator;
  Values defaults;
} Tables;

static const SimhostField good_fields[] = {
  SIMHOST_FIELD_RANGE (Values, a, DOUBLE, -1.0, 1.0, "m", "of it"),
  SIMHOST_FIELD (Values, b, INT32, "", ""),
  SIMHOST_FIELD (Values, c, FLOAT, NULL, NULL),
  SIMHOST_FIELD (Values, d, BOOL, "", ""),
  SIMHOST_FIELD (Values, e, STRING, "", ""),
  SIMHOST_FIELD (Values, f, LUMINANCE, "", ""),
  SIMHOST_FIELD (Values, g, INT16, "", ""),
  SIMHOST_FIELD (Values, h, INT64, "", ""),
};

static double
zero (void *self)
{
  return 0.0;
}

static gint32
create (const SimhostHost *host, void **self)
{
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
}

static gint32
set_properties (void *self, const void *config)
{
  return SIMHOST_OK;
}

static gint32
reset (void *self, uint64_t seed)
{
  return SIMHOST_OK;
}

static gint32
get_state (void *self, void *state, uint8_t *terminal)
{
  return SIMHOST_OK;
}

static void
fill (Tables *t)
{
  const SimhostSchema schema = { sizeof (SimhostSchema),
                                 sizeof (SimhostField),
                                 "Values",
                                 sizeof (Values),
                                 G_N_ELEMENTS (good_fields),
                                 t->fields,
                                 NULL };

  memset (t, 0, sizeof *t);
  memcpy (t->fields, good_fields, sizeof good_fields);
  t->rewards[0] = (SimhostReward){ "one", 0, NULL, zero };
  t->rewards[1] = (SimhostReward){ "two", SIMHOST_REWARD_DEFAULT, "", zero };
  t->rewards[2] = (SimhostReward){ "three", SIMHOST_REWARD_ALIAS, "", zero };
  t->simulator = (SimhostSimulator){
    .struct_size = sizeof (SimhostSimulator),
    .name = "lift",
    .description = "goes up and down",
    .config = schema,
    .action = schema,
    .state = schema,
    .reward_size = sizeof (SimhostReward),
    .n_rewards = G_N_ELEMENTS (t->rewards),
    .rewards = t->rewards,
    .create = create,
    .destroy = destroy,
    .set_properties = set_properties,
    .reset = reset,
    .advance = set_properties,
    .get_state = get_state,
  };
}

static char endless[SH_PLUGIN_MAX_TEXT + 2];
static SimhostValue many[SH_PLUGIN_MAX_VALUES + 1];

static void
set_range (SimhostField *field,
           guint flags,
           double min,
           double max,
           double step)
{
  field->flags = flags;
  field->min = min;
  field->max = max;
  field->step = step;
}

/* Three values, nominal if `name` is not NULL. */
static void
set_values (Tables *t,
            guint field,
            const char *name,
            double first,
            double second,
            double third)
{
  static const char *const names[] = { "x", "y", "z" };
  const double values[] = { first, second, third };

  t->fields[field].flags = 0;
  t->fields[field].n_values = 3;
  t->fields[field].values = t->values;
  for (guint i = 0; i < 3; i++)
    t->values[i] = (SimhostValue){ name != NULL ? names[i] : NULL, values[i] };
}

#define FIELD(NAME) "simulator 'lift', config: field '" NAME "': "

/* Name, what is done to good tables, and the error; NULL: still good. */
#define CASES(CASE)                                                            \
  CASE (good, (void) t, NULL)                                                  \
  CASE (no_config, t->simulator.config.n_fields = 0;                           \
        t->simulator.set_properties = NULL, NULL)                              \
  CASE (no_rewards, t->simulator.n_rewards = 0;                                \
        t->simulator.rewards = NULL, NULL)                                     \
  CASE (only_min, set_range (&t->fields[0], 1, -1.0, (double) NAN, 0.0), NULL) \
  CASE (only_max, set_range (&t->fields[0], 2, (double) NAN, 1.0, 0.0), NULL)  \
  CASE (one_value, set_range (&t->fields[0], 3, 1.0, 1.0, 0.0), NULL)          \
  CASE (steps, set_range (&t->fields[1], 7, 0.0, 10.0, 3.0), NULL)             \
  CASE (ordinal, set_values (t, 0, NULL, -1.0, 0.5, 2.0), NULL)                \
  CASE (nominal, set_values (t, 1, "x", 7.0, -1.0, 2.0), NULL)                 \
  CASE (bool_values, set_range (&t->fields[3], 3, 0.0, 1.0, 0.0), NULL)        \
  CASE (whole_int64, set_range (&t->fields[7], 3, -0x1p63, 0x1p62, 0.0), NULL) \
                                                                               \
  CASE (unknown_field_flags, t->fields[0].flags = 11,                          \
        FIELD ("a") "unknown flags 0x8")                                       \
  CASE (no_type, t->fields[0].type = 0, FIELD ("a") "unknown type 0")          \
  CASE (later_type, t->fields[0].type = 14, FIELD ("a") "unknown type 14")     \
  CASE (infinite, set_range (&t->fields[0], 3, 0.0, HUGE_VAL, 0.0),            \
        FIELD ("a") "max is not a finite number")                              \
  CASE (step_alone, set_range (&t->fields[0], 5, 0.0, 0.0, 1.0),               \
        FIELD ("a") "a step needs min and max")                                \
  CASE (negative_step, set_range (&t->fields[0], 7, 0.0, 1.0, -1.0),           \
        FIELD ("a") "step -1 is not positive")                                 \
  CASE (half_step, set_range (&t->fields[1], 7, 0.0, 1.0, 0.5),                \
        FIELD ("b") "step 0.5 is no whole number, as int32 needs")             \
  CASE (half_min, set_range (&t->fields[1], 3, 0.5, 1.0, 0.0),                 \
        FIELD ("b") "min 0.5 is no whole number, as int32 needs")              \
  CASE (min_too_small, set_range (&t->fields[1], 1, -3e9, 0.0, 0.0),           \
        FIELD ("b") "min -3000000000 does not fit in int32")                   \
  CASE (max_too_large, set_range (&t->fields[2], 2, 0.0, 1e300, 0.0),          \
        FIELD ("c") "max 1e+300 does not fit in float")                        \
  CASE (bool_too_large, set_range (&t->fields[3], 2, 0.0, 2.0, 0.0),           \
        FIELD ("d") "max 2 does not fit in bool")                              \
  CASE (text_range, set_range (&t->fields[4], 3, 0.0, 1.0, 0.0),               \
        FIELD ("e") "a string has no range")                                   \
  CASE (image_range, set_range (&t->fields[5], 3, 0.0, 1.0, 0.0),              \
        FIELD ("f") "a luminance has no range")                                \
                                                                               \
  CASE (values_and_range, set_values (t, 0, NULL, 0.0, 1.0, 2.0);              \
        t->fields[0].flags = 1, FIELD ("a") "has both values and a range")     \
  CASE (values_of_text, set_values (t, 4, NULL, 0.0, 1.0, 2.0),                \
        FIELD ("e") "a string has no enumerated values")                       \
  CASE (half_value, set_values (t, 1, NULL, 0.0, 0.5, 2.0),                    \
        FIELD ("b") "value 1: the value 0.5 is no whole number, as int32 "     \
                    "needs")                                                   \
  CASE (value_not_finite, set_values (t, 0, "x", 0.0, (double) NAN, 2.0),      \
        FIELD ("a") "value 1: the value is not a finite number")               \
  CASE (same_ordinal, set_values (t, 0, NULL, 0.0, 1.0, 1.0),                  \
        FIELD ("a") "values without names must increase, and 1 follows 1")     \
  CASE (same_nominal, set_values (t, 0, "x", 1.0, 2.0, 1.0),                   \
        FIELD ("a") "two values are 1")                                        \
  CASE (some_named, set_values (t, 0, "x", 0.0, 1.0, 2.0);                     \
        t->values[1].name = NULL,                                              \
        FIELD ("a") "value 1: all values have names, or none has")             \
  CASE (value_name, set_values (t, 0, "x", 0.0, 1.0, 2.0);                     \
        t->values[2].name = "to go",                                           \
        FIELD ("a") "value 2: 'to go' is no name: it takes *")                 \
  CASE (too_many_values, t->fields[0].flags = 0; t->fields[0].values = many;   \
        t->fields[0].n_values = G_N_ELEMENTS (many),                           \
        FIELD ("a") "4097 values, more than 4096")                             \
                                                                               \
  CASE (text_array, t->fields[4].count = 2;                                    \
        t->fields[4].size = 8,                                                 \
        FIELD ("e") "an array of strings cannot be sent")                      \
  CASE (text_without_room, t->fields[4].size = 0,                              \
        FIELD ("e") "a string of 0 bytes has no room for its end")             \
  CASE (misaligned, t->fields[1].offset += 2,                                  \
        FIELD ("b") "int32 cannot lie at byte 10")                             \
  CASE (long_name, t->fields[0].name = endless,                                \
        "simulator 'lift', config: field 0: 'x*' is no name: *")               \
  CASE (escaped_name, t->fields[0].name = "a\n\x1b\xff",                       \
        "simulator 'lift', config: field 0: 'a\\n\\033*' is no name: *")       \
  CASE (long_unit, t->fields[0].unit = endless,                                \
        FIELD ("a") "its unit is longer than 4096 bytes")                      \
  CASE (unit_not_utf8, t->fields[0].unit = "m\xff",                            \
        FIELD ("a") "its unit is not UTF-8")                                   \
  CASE (long_description, t->fields[0].description = endless,                  \
        FIELD ("a") "its description is longer than 4096 bytes")               \
  CASE (large_struct, t->simulator.state.size = 16777217,                      \
        "simulator 'lift', state: a struct of 16777217 bytes, more than "      \
        "16777216")                                                            \
  CASE (later_schema, t->simulator.state.struct_size += 8,                     \
        "simulator 'lift', state: 48 bytes for a schema, which takes 40")      \
  CASE (odd_rows, t->simulator.action.field_size += 4,                         \
        "simulator 'lift', action: 84 bytes for a field, which takes 80")      \
                                                                               \
  CASE (defaults, t->simulator.config.defaults = &t->defaults;                 \
        t->defaults.a = -1.0, NULL)                                            \
  CASE (default_too_large, t->simulator.config.defaults = &t->defaults;        \
        t->defaults.a = 1.5,                                                   \
        FIELD ("a") "its default is 1.5, above its max 1")                     \
  CASE (default_not_finite, t->simulator.config.defaults = &t->defaults;       \
        t->defaults.c = NAN, FIELD ("c") "its default is not a finite number") \
  CASE (default_bool, t->simulator.config.defaults = &t->defaults;             \
        t->defaults.d = 2,                                                     \
        FIELD ("d") "its default is 2, and a bool is 0 or 1")                  \
  CASE (default_text, t->simulator.config.defaults = &t->defaults;             \
        memset (t->defaults.e, 'x', 8),                                        \
        FIELD ("e") "its default does not end in NUL")                         \
  CASE (default_value, t->simulator.config.defaults = &t->defaults;            \
        set_values (t, 1, NULL, 1.0, 2.0, 3.0),                                \
        FIELD ("b") "its default is 0, none of its values")                    \
  CASE (default_element, t->simulator.config.defaults = &t->defaults;          \
        set_range (&t->fields[6], 2, 0.0, 5.0, 0.0);                           \
        t->defaults.g[2] = 6, FIELD ("g") "its default is 6, above its max 5") \
                                                                               \
  CASE (unknown_reward_flags, t->rewards[0].flags = 4,                         \
        "simulator 'lift': reward 'one': unknown flags 0x4")                   \
  CASE (alias_of_nothing, t->rewards[0].flags = SIMHOST_REWARD_ALIAS,          \
        "simulator 'lift': reward 'one': is an alias, but there is no "        \
        "earlier reward")                                                      \
  CASE (unknown_flags, t->simulator.flags = 16,                                \
        "simulator 'lift': unknown flags 0x10")                                \
  CASE (long_text, t->simulator.description = endless,                         \
        "simulator 'lift': its description is longer than 4096 bytes")

#define CHANGE(NAME, CHANGE, MESSAGE)                                          \
  static void change_##NAME (Tables *t) { CHANGE; }
CASES (CHANGE)

static const struct
{
  const char *name;
  void (*change) (Tables *t);
  const char *pattern;
} cases[] = {
#define ROW(NAME, CHANGE, MESSAGE) { #NAME, change_##NAME, MESSAGE },
  CASES (ROW)
};

static void
test_tables (gconstpointer data)
{
  guint index = GPOINTER_TO_UINT (data);
  const char *pattern = cases[index].pattern;
  g_autoptr (GError) error = NULL;
  Tables tables;
  gboolean good;

  fill (&tables);
  cases[index].change (&tables);
  good = sh_plugin_check_simulator (&tables.simulator, TRUE, &error);
  if (pattern == NULL)
    {
      g_assert_no_error (error);
      g_assert_true (good);
      return;
    }
  g_assert_false (good);
  g_assert_error (error, SH_ERROR, SH_ERROR_PLUGIN);
  if (!g_pattern_match_simple (pattern, error->message))
    g_error ("'%s' is not '%s'", error->message, pattern);
}

/* A description from elsewhere has no functions. */
static void
test_without_functions (void)
{
  g_autoptr (GError) error = NULL;
  Tables tables;

  fill (&tables);
  tables.simulator.create = NULL;
  tables.rewards[0].evaluate = NULL;
  g_assert_true (sh_plugin_check_simulator (&tables.simulator, FALSE, &error));
  g_assert_no_error (error);
  g_assert_false (sh_plugin_check_simulator (&tables.simulator, TRUE, &error));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  memset (endless, 'x', sizeof endless - 1);
  for (guint i = 0; i < G_N_ELEMENTS (many); i++)
    many[i].value = i;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdelimit (g_strconcat ("/check/", cases[i].name, NULL), "_", '-');

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_tables);
    }
  g_test_add_func ("/check/without-functions", test_without_functions);
  return g_test_run ();
}
