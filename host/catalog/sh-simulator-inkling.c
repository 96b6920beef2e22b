/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a simulator's tables to an Inkling program.
 */

#include "sh-simulator-inkling.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-field-type.h"
#include "sh-text.h"

#define EPISODE_ITERATION_LIMIT 1000

/* Words that mean something where a name of ours may stand. */
static const char *const words[] = {
  "Goal",       "Image",      "Math",   "Number",  "String",     "action",
  "algorithm",  "and",        "avoid",  "concept", "config",     "const",
  "constraint", "curriculum", "drive",  "else",    "experiment", "extends",
  "false",      "function",   "goal",   "graph",   "if",         "import",
  "in",         "inkling",    "input",  "lesson",  "mask",       "maximize",
  "minimize",   "not",        "number", "or",      "output",     "package",
  "programmed", "reach",      "return", "reward",  "scenario",   "select",
  "simulator",  "source",     "state",  "step",    "string",     "terminal",
  "training",   "true",       "type",   "using",   "var",        "weight",
  "within",
};

static gboolean
is_word (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i], name) == 0)
      return TRUE;
  return FALSE;
}

static void
add_name (GString *text, const char *name)
{
  g_string_append_printf (text, is_word (name) ? "`%s`" : "%s", name);
}

static void
add_number (GString *text, double value)
{
  g_autofree char *number = sh_text_from_number (value);

  g_string_append (text, number);
}

/* Single numbers only. */
static gboolean
is_learnable (const SimhostField *field)
{
  return field->count == 1 &&
         sh_field_type_is_number (sh_field_type_get (field->type));
}

static guint
count_learnable (const SimhostSchema *schema)
{
  guint n = 0;

  for (guint i = 0; i < schema->n_fields; i++)
    n += is_learnable (&schema->fields[i]);
  return n;
}

/* The part in angle brackets. A range with one end only cannot be said. */
static void
add_constraint (GString *text, const SimhostField *field)
{
  const guint both = SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX;

  if (field->n_values > 0)
    for (guint i = 0; i < field->n_values; i++)
      {
        g_string_append (text, i == 0 ? "<" : ", ");
        if (field->values[i].name != NULL)
          {
            add_name (text, field->values[i].name);
            g_string_append (text, " = ");
          }
        add_number (text, field->values[i].value);
      }
  else if ((field->flags & both) == both)
    {
      g_string_append_c (text, '<');
      add_number (text, field->min);
      g_string_append (text, " .. ");
      add_number (text, field->max);
      if (field->flags & SIMHOST_FIELD_HAS_STEP)
        {
          g_string_append (text, " step ");
          add_number (text, field->step);
        }
    }
  else
    return;
  g_string_append_c (text, '>');
}

static void
add_comment (GString *text, const SimhostField *field)
{
  g_autofree char *description = sh_text_to_line (field->description, -1);
  g_autofree char *unit = sh_text_to_line (field->unit, -1);

  if (description[0] == '\0' && unit[0] == '\0')
    return;
  g_string_append_printf (
      text, "    # %s%s%s\n", description,
      description[0] != '\0' && unit[0] != '\0' ? ", in " : "", unit);
}

static void
add_type (GString *text, const char *name, const SimhostSchema *schema)
{
  guint left = count_learnable (schema);

  g_string_append (text, "\ntype ");
  add_name (text, name);
  g_string_append (text, " {\n");
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const SimhostField *field = &schema->fields[i];
      const ShFieldType *type = sh_field_type_get (field->type);

      if (!is_learnable (field))
        {
          g_string_append_printf (
              text, "    # '%s', %s %s, is left out: it is not learnt from\n",
              field->name, field->count > 1 ? "an array of" : "a", type->name);
          continue;
        }
      add_comment (text, field);
      g_string_append (text, "    ");
      add_name (text, field->name);
      g_string_append_printf (text, ": %s", type->inkling);
      add_constraint (text, field);
      g_string_append (text, --left > 0 ? ",\n" : "\n");
    }
  g_string_append (text, "}\n");
}

static double
get_default (const SimhostSchema *config, const SimhostField *field)
{
  return config->defaults != NULL ? sh_field_read (field, config->defaults, 0)
                                  : 0.0;
}

/* The language's numbers are doubles: a larger integer would not be the same,
 * or not even fit. What the scenario leaves out has its default anyway. */
static gboolean
can_say_default (const SimhostSchema *config, const SimhostField *field)
{
  return is_learnable (field) &&
         (sh_field_type_get (field->type)->kind == SH_FIELD_FLOATING ||
          fabs (get_default (config, field)) < 0x1p53);
}

/* Each config field as the simulator would have it without an engine. */
static void
add_scenario (GString *text, const SimhostSchema *config)
{
  const char *before = "                scenario {\n";

  for (guint i = 0; i < config->n_fields; i++)
    {
      const SimhostField *field = &config->fields[i];

      if (!can_say_default (config, field))
        continue;
      g_string_append_printf (text, "%s                    ", before);
      add_name (text, field->name);
      g_string_append (text, ": ");
      add_number (text, get_default (config, field));
      before = ",\n";
    }
  if (before[0] == ',')
    g_string_append (text, "\n                }\n");
}

static gboolean
check (const SimhostSimulator *simulator,
       const SimhostReward **reward,
       GError **error)
{
  *reward = NULL;
  for (guint i = 0; i < simulator->action.n_fields; i++)
    if (!is_learnable (&simulator->action.fields[i]))
      {
        g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                     "simulator '%s': no brain can give the action '%s': only "
                     "single numbers are learnt",
                     simulator->name, simulator->action.fields[i].name);
        return FALSE;
      }
  if (count_learnable (&simulator->state) == 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "simulator '%s': no brain can learn from its state: it has "
                   "no field that is a single number",
                   simulator->name);
      return FALSE;
    }
  for (guint i = 0; i < simulator->n_rewards; i++)
    if (simulator->rewards[i].flags & SIMHOST_REWARD_DEFAULT)
      *reward = &simulator->rewards[i];
  if (*reward != NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
               "simulator '%s' has no default reward, so there is nothing to "
               "train for; give one of its rewards SIMHOST_REWARD_DEFAULT",
               simulator->name);
  return FALSE;
}

static void
add_head (GString *text,
          const SimhostSimulator *simulator,
          const SimhostReward *reward)
{
  g_autofree char *description = sh_text_to_line (simulator->description, -1);
  g_autofree char *meaning = sh_text_to_line (reward->description, -1);

  g_string_append (text, "inkling \"2.0\"\n\n");
  if (description[0] != '\0')
    g_string_append_printf (text, "# %s\n#\n", description);
  g_string_append_printf (text,
                          "# Save this as %s.ink; 'simhost train %s.ink' "
                          "trains it.\n# The reward is the simulator's own, "
                          "'%s'%s%s.\n",
                          simulator->name, simulator->name, reward->name,
                          meaning[0] != '\0' ? ": " : "", meaning);
}

static void
add_graph (GString *text,
           const SimhostSimulator *simulator,
           const char *state,
           const char *action)
{
  g_string_append (text, "\ngraph (input: ");
  add_name (text, state);
  g_string_append (text, "): ");
  add_name (text, action);
  g_string_append (text, " {\n    concept learned (input): ");
  add_name (text, action);
  g_string_append (text, " {\n        curriculum {\n            source ");
  add_name (text, simulator->name);
  g_string_append_printf (text,
                          "\n            training {\n"
                          "                EpisodeIterationLimit: %d\n"
                          "            }\n"
                          "            lesson first {\n",
                          EPISODE_ITERATION_LIMIT);
  add_scenario (text, &simulator->config);
  g_string_append (text, "            }\n        }\n    }\n}\n");
}

/* Whether the schemas' own names cannot stand side by side as types. */
static gboolean
has_clash (const SimhostSimulator *simulator)
{
  const char *names[] = { simulator->name, simulator->state.name,
                          simulator->action.name, simulator->config.name };
  gsize n = simulator->config.n_fields > 0 ? 4 : 3;

  for (gsize i = 1; i < n; i++)
    {
      if (is_word (names[i]))
        return TRUE;
      for (gsize j = 0; j < i; j++)
        if (strcmp (names[i], names[j]) == 0)
          return TRUE;
    }
  return FALSE;
}

char *
sh_simulator_to_inkling (const SimhostSimulator *simulator, GError **error)
{
  gboolean clash = has_clash (simulator);
  const char *state = clash ? "SimulatorState" : simulator->state.name;
  const char *action = clash ? "SimulatorAction" : simulator->action.name;
  const char *config = clash ? "SimulatorConfig" : simulator->config.name;
  gboolean has_config = count_learnable (&simulator->config) > 0;
  const SimhostReward *reward;
  GString *text;

  if (!check (simulator, &reward, error))
    return NULL;
  text = g_string_new (NULL);
  add_head (text, simulator, reward);
  add_type (text, state, &simulator->state);
  add_type (text, action, &simulator->action);
  if (has_config)
    add_type (text, config, &simulator->config);
  g_string_append (text, "\nsimulator ");
  add_name (text, simulator->name);
  g_string_append (text, " (action: ");
  add_name (text, action);
  if (has_config)
    {
      g_string_append (text, ", config: ");
      add_name (text, config);
    }
  g_string_append (text, "): ");
  add_name (text, state);
  g_string_append (text, " {\n}\n");
  add_graph (text, simulator, state, action);
  return g_string_free (text, FALSE);
}
