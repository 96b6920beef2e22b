/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The curricula that `simhost inspect --inkling` writes: the engine's compiler
 * takes them without a warning, and finds in them what the tables say.
 *
 *   test-host-inkling EVERYTHING SIMULATOR.so...
 */

#include <math.h>

#include "sh-error.h"
#include "sh-field-type.h"
#include "sh-plugin.h"
#include "sh-program.h"
#include "sh-simulator-inkling.h"

static const char *everything;

static ShProgram *
compile (const char *text)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *diagnostics = NULL;
  ShProgram *program =
      sh_program_compile (text, -1, "x.ink", &diagnostics, &error);

  if (diagnostics != NULL && diagnostics->len > 0)
    {
      g_autofree char *shown =
          sh_diagnostic_format (diagnostics->pdata[0], "x.ink", text);

      g_error ("%s\nin\n%s", shown, text);
    }
  g_assert_no_error (error);
  g_ptr_array_unref (diagnostics);
  return program;
}

static ShNumberKind
expected_kind (guint32 type)
{
  static const ShNumberKind kinds[] = {
    [SIMHOST_TYPE_DOUBLE] = SH_NUMBER_FLOAT64,
    [SIMHOST_TYPE_FLOAT] = SH_NUMBER_FLOAT32,
    [SIMHOST_TYPE_INT8] = SH_NUMBER_INT8,
    [SIMHOST_TYPE_INT16] = SH_NUMBER_INT16,
    [SIMHOST_TYPE_INT32] = SH_NUMBER_INT32,
    [SIMHOST_TYPE_INT64] = SH_NUMBER_INT64,
    [SIMHOST_TYPE_UINT8] = SH_NUMBER_UINT8,
    [SIMHOST_TYPE_UINT16] = SH_NUMBER_UINT16,
    [SIMHOST_TYPE_UINT32] = SH_NUMBER_UINT32,
    [SIMHOST_TYPE_UINT64] = SH_NUMBER_UINT64,
    [SIMHOST_TYPE_BOOL] = SH_NUMBER_BOOL,
  };

  return kinds[type];
}

static gboolean
is_single_number (const SimhostField *field)
{
  return field->count == 1 && field->type != SIMHOST_TYPE_STRING &&
         field->type != SIMHOST_TYPE_LUMINANCE;
}

static void
expect_field (const ShTypeField *found, const SimhostField *field)
{
  const ShType *type = found->type;
  const guint both = SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX;

  g_assert_cmpstr (found->name, ==, field->name);
  g_assert_cmpint (type->kind, ==, SH_TYPE_NUMBER);
  g_assert_cmpint (type->number, ==, expected_kind (field->type));
  if (field->n_values > 0)
    {
      g_assert_cmpint (type->constraint, ==,
                       field->values[0].name != NULL ? SH_CONSTRAINT_NOMINAL
                                                     : SH_CONSTRAINT_ORDINAL);
      g_assert_cmpuint (type->n_values, ==, field->n_values);
      for (guint i = 0; i < field->n_values; i++)
        {
          g_assert_cmpstr (type->values[i].name, ==, field->values[i].name);
          g_assert_cmpfloat (type->values[i].value, ==, field->values[i].value);
        }
    }
  else if ((field->flags & both) == both)
    {
      g_assert_cmpint (type->constraint, ==,
                       field->flags & SIMHOST_FIELD_HAS_STEP
                           ? SH_CONSTRAINT_STEPS
                           : SH_CONSTRAINT_RANGE);
      g_assert_cmpfloat (type->min, ==, field->min);
      g_assert_cmpfloat (type->max, ==, field->max);
      if (field->flags & SIMHOST_FIELD_HAS_STEP)
        g_assert_cmpfloat (type->step, ==, field->step);
    }
  else
    g_assert_cmpint (type->constraint, ==, SH_CONSTRAINT_NONE);
}

static void
expect_schema (const ShType *type, const SimhostSchema *schema)
{
  guint n = 0;

  g_assert_cmpint (type->kind, ==, SH_TYPE_STRUCT);
  for (guint i = 0; i < schema->n_fields; i++)
    if (is_single_number (&schema->fields[i]))
      {
        g_assert_cmpuint (n, <, type->n_fields);
        expect_field (&type->fields[n++], &schema->fields[i]);
      }
  g_assert_cmpuint (type->n_fields, ==, n);
}

/* Each field a single value: the default. */
static void
expect_scenario (const ShType *scenario, const SimhostSchema *config)
{
  for (guint i = 0; i < config->n_fields; i++)
    {
      const SimhostField *field = &config->fields[i];
      const ShTypeField *found;
      double value = config->defaults != NULL && is_single_number (field)
                         ? sh_field_read (field, config->defaults, 0)
                         : 0.0;

      /* Integers that the language cannot say are left out. */
      if (!is_single_number (field) || fabs (value) > 9e15)
        continue;
      found = sh_type_find_field (scenario, field->name);
      g_assert_nonnull (found);
      g_assert_cmpuint (sh_type_get_n_choices (found->type), ==, 1);
      g_assert_cmpfloat (sh_type_get_choice (found->type, 0), ==, value);
    }
}

static void
expect_program (const SimhostSimulator *simulator)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sh_simulator_to_inkling (simulator, &error);
  g_autoptr (ShProgram) program = NULL;
  const ShConcept *concept;

  g_assert_no_error (error);
  program = compile (text);
  g_assert_cmpuint (program->n_concepts, ==, 1);
  concept = &program->concepts[0];
  g_assert_cmpstr (concept->source.name, ==, simulator->name);
  expect_schema (concept->source.state, &simulator->state);
  expect_schema (concept->source.action, &simulator->action);
  expect_schema (concept->source.config, &simulator->config);
  expect_schema (concept->input, &simulator->state);
  expect_schema (concept->output, &simulator->action);
  g_assert_cmpuint (concept->n_lessons, ==, 1);
  g_assert_cmpuint (concept->lessons[0].training.episode_iteration_limit, ==,
                    1000);
  if (simulator->config.n_fields > 0)
    expect_scenario (concept->lessons[0].scenario, &simulator->config);
}

static void
test_shipped (gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin = sh_plugin_load (data, &error);

  g_assert_no_error (error);
  for (guint i = 0; i < sh_plugin_get_n_simulators (plugin); i++)
    expect_program (sh_plugin_get_simulator (plugin, i));
  sh_plugin_close (plugin);
}

static void
test_everything (void)
{
  ShPlugin *plugin = sh_plugin_load (everything, NULL);
  const SimhostSimulator *something = sh_plugin_get_simulator (plugin, 1);
  g_autoptr (GError) error = NULL;

  expect_program (sh_plugin_get_simulator (plugin, 0));
  g_assert_null (sh_simulator_to_inkling (something, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
  g_assert_cmpstr (error->message, ==,
                   "simulator 'something' has no default reward, so there is "
                   "nothing to train for; give one of its rewards "
                   "SIMHOST_REWARD_DEFAULT");
  sh_plugin_close (plugin);
}

/* ---- tables of this test's own ---- */

static const SimhostReward reward[] = {
  { "reward", SIMHOST_REWARD_DEFAULT, "of a step\nin two lines", NULL },
};

/* `n` fields of that type, which bear the given names. */
static SimhostSchema
make_schema (const char *name,
             const char *const *names,
             guint n,
             guint32 type,
             SimhostField *fields)
{
  for (guint i = 0; i < n; i++)
    fields[i] = (SimhostField){ .name = names[i],
                                .type = type,
                                .offset = 8 * i,
                                .size = 8,
                                .count = 1,
                                .description = names[i] };
  return (SimhostSchema){
    sizeof (SimhostSchema), sizeof (SimhostField), name, 8 * n, n, fields, NULL
  };
}

/* Words of the language are names like others to an author. */
static void
test_reserved_words (void)
{
  static const char *const names[] = {
    "inkling", "type",     "const",      "simulator",  "graph",    "concept",
    "state",   "action",   "config",     "curriculum", "source",   "training",
    "lesson",  "scenario", "reward",     "terminal",   "goal",     "function",
    "var",     "if",       "else",       "return",     "output",   "input",
    "number",  "string",   "using",      "extends",    "mask",     "and",
    "or",      "not",      "in",         "true",       "false",    "algorithm",
    "select",  "package",  "constraint", "programmed", "within",   "weight",
    "import",  "avoid",    "reach",      "drive",      "minimize", "maximize",
    "Number",  "String",   "Image",      "Goal",       "Math",     "step",
  };
  SimhostField fields[3][G_N_ELEMENTS (names)];

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const SimhostSimulator simulator = {
        /* A library's name cannot be a simulator's too. */
        .name = g_ascii_islower (names[i][0]) ? names[i] : "lift",
        .description = "Is called as the language calls things.",
        .config = make_schema ("Config", names, G_N_ELEMENTS (names),
                               SIMHOST_TYPE_DOUBLE, fields[0]),
        .action =
            make_schema ("Action", names, 1, SIMHOST_TYPE_INT64, fields[1]),
        .state = make_schema ("State", names, G_N_ELEMENTS (names),
                              SIMHOST_TYPE_UINT64, fields[2]),
        .n_rewards = 1,
        .rewards = reward,
      };

      expect_program (&simulator);
    }
}

/* Schemas may have the same name, or the simulator's. */
static void
test_clashes (void)
{
  static const char *const names[] = { "x" };
  static const struct
  {
    const char *simulator, *config, *action, *state;
  } cases[] = {
    { "lift", "Values", "Values", "Values" },
    { "lift", "lift", "Action", "State" },
    { "State", "Config", "Action", "State" },
    { "lift", "Config", "number", "string" },
    { "lift", "Number", "Math", "Goal" },
    { "learned", "Config", "Action", "State" },
    { "lift", "learned", "first", "input" },
  };
  SimhostField fields[3][1];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint n_config = 0; n_config < 2; n_config++)
      {
        const SimhostSimulator simulator = {
          .name = cases[i].simulator,
          .config = make_schema (cases[i].config, names, n_config,
                                 SIMHOST_TYPE_DOUBLE, fields[0]),
          .action = make_schema (cases[i].action, names, 1, SIMHOST_TYPE_DOUBLE,
                                 fields[1]),
          .state = make_schema (cases[i].state, names, 1, SIMHOST_TYPE_DOUBLE,
                                fields[2]),
          .n_rewards = 1,
          .rewards = reward,
        };

        expect_program (&simulator);
      }
}

static void
test_not_learnable (void)
{
  static const char *const names[] = { "x" };
  const guint32 types[] = { SIMHOST_TYPE_STRING, SIMHOST_TYPE_LUMINANCE };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      SimhostField number[1], other[1];
      SimhostSimulator simulator = {
        .name = "lift",
        .config = make_schema ("Config", names, 1, types[i], other),
        .action = make_schema ("Action", names, 1, SIMHOST_TYPE_DOUBLE, number),
        .state = make_schema ("State", names, 1, types[i], other),
        .n_rewards = 1,
        .rewards = reward,
      };
      g_autoptr (GError) state = NULL;
      g_autoptr (GError) action = NULL;

      g_assert_null (sh_simulator_to_inkling (&simulator, &state));
      g_assert_error (state, SH_ERROR, SH_ERROR_SCHEMA);
      g_assert_true (g_str_has_prefix (
          state->message, "simulator 'lift': no brain can learn from"));

      simulator.state = simulator.action;
      expect_program (&simulator);

      simulator.action = make_schema ("Action", names, 1, types[i], other);
      g_assert_null (sh_simulator_to_inkling (&simulator, &action));
      g_assert_error (action, SH_ERROR, SH_ERROR_SCHEMA);
      g_assert_true (g_str_has_prefix (
          action->message, "simulator 'lift': no brain can give the action "
                           "'x'"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, >, 2);
  everything = argv[1];

  g_test_add_func ("/inkling/everything", test_everything);
  g_test_add_func ("/inkling/reserved-words", test_reserved_words);
  g_test_add_func ("/inkling/clashes", test_clashes);
  g_test_add_func ("/inkling/not-learnable", test_not_learnable);
  for (int i = 2; i < argc; i++)
    {
      g_autofree char *name = g_path_get_basename (argv[i]);
      g_autofree char *path = g_strconcat ("/inkling/shipped/", name, NULL);

      g_test_add_data_func (path, argv[i], test_shipped);
    }
  return g_test_run ();
}
