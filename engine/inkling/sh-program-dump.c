/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A program as text: one thing a line, indented by two, in the order of the
 * model.
 */

#include "sh-program.h"
#include "sh-type-private.h"

#include <math.h>
#include <string.h>

G_GNUC_PRINTF (3, 4)
static void
add_line (GString *out, guint depth, const char *format, ...)
{
  va_list arguments;

  for (guint i = 0; i < depth; i++)
    g_string_append (out, "  ");
  va_start (arguments, format);
  g_string_append_vprintf (out, format, arguments);
  va_end (arguments);
  g_string_append_c (out, '\n');
}

static void
add_number (GString *out, guint depth, const char *name, double number)
{
  g_autofree char *text = sh_number_to_string (number);

  add_line (out, depth, "%s %s", name, text);
}

/* `what`, and the name of it, if it has one. */
static void
add_named (GString *out, guint depth, const char *what, const char *name)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (name != NULL)
    {
      g_string_append_c (text, ' ');
      sh_type_append_name (text, name);
    }
  add_line (out, depth, "%s%s", what, text->str);
}

static void
add_struct (GString *out, guint depth, const char *what, const ShType *type)
{
  add_named (out, depth, what, type->name);
  for (guint i = 0; i < type->n_fields; i++)
    {
      g_autoptr (GString) name = g_string_new (NULL);
      g_autofree char *text = sh_type_to_string (type->fields[i].type);

      sh_type_append_name (name, type->fields[i].name);
      add_line (out, depth + 1, "%s: %s", name->str, text);
    }
}

static void
add_source (GString *out, const ShSource *source)
{
  add_named (out, 1, "simulator", source->name);
  if (source->package != NULL)
    add_line (out, 2, "package \"%s\"", source->package);
  add_struct (out, 2, "state", source->state);
  add_struct (out, 2, "action", source->action);
  add_struct (out, 2, "config", source->config);
}

static void
add_layers (GString *out,
            const char *what,
            guint n_layers,
            const guint *sizes,
            const char *const *activations)
{
  g_autoptr (GString) line = NULL;

  if (n_layers == 0)
    return;
  line = g_string_new (what);
  for (guint i = 0; i < n_layers; i++)
    g_string_append_printf (line, "%s%u %s", i > 0 ? ", " : " ", sizes[i],
                            activations[i]);
  add_line (out, 2, "%s", line->str);
}

static void
add_algorithm (GString *out, const ShConcept *concept)
{
  add_line (out, 1, "algorithm %s",
            concept->algorithm != NULL ? concept->algorithm
                                       : "(chosen by the action)");
  for (guint i = 0; i < concept->n_settings; i++)
    {
      const ShSetting *setting = &concept->settings[i];

      if (setting->text != NULL)
        add_line (out, 2, "%s \"%s\"", setting->name, setting->text);
      else
        add_number (out, 2, setting->name, setting->number);
    }
  add_layers (out, "hidden layers", concept->n_hidden_layers,
              concept->hidden_layers, concept->hidden_activations);
  add_layers (out, "hidden layers of Q", concept->n_q_hidden_layers,
              concept->q_hidden_layers, concept->q_hidden_activations);
}

static void
add_lesson (GString *out, const ShLesson *lesson, gboolean has_goal)
{
  const ShTraining *training = &lesson->training;

  add_named (out, 1, "lesson", lesson->name);
  if (lesson->scenario != NULL)
    add_struct (out, 2, "scenario", lesson->scenario);
  add_line (out, 2, "EpisodeIterationLimit %" G_GUINT64_FORMAT,
            training->episode_iteration_limit);
  add_line (out, 2, "TotalIterationLimit %" G_GUINT64_FORMAT,
            training->total_iteration_limit);
  add_line (out, 2, "NoProgressIterationLimit %" G_GUINT64_FORMAT,
            training->no_progress_iteration_limit);
  add_line (out, 2, "LessonAssessmentWindow %u",
            training->lesson_assessment_window);
  if (lesson->reward != NULL)
    add_named (out, 2, lesson->minimizes ? "minimize" : "maximize",
               lesson->reward);
  if (has_goal)
    add_number (out, 2, "LessonSuccessThreshold",
                training->lesson_success_threshold);
  if (!isnan (training->lesson_reward_threshold))
    add_number (out, 2, "LessonRewardThreshold",
                training->lesson_reward_threshold);
}

static void
add_function (GString *out,
              const ShConcept *concept,
              const char *what,
              guint function)
{
  if (function == SH_NO_FUNCTION)
    return;
  if (strcmp (concept->code->functions[function].label, SH_GRAPH_LABEL) == 0)
    add_line (out, 1, "%s (with the graph)", what);
  else if (concept->code->functions[function].name != NULL)
    add_named (out, 1, what, concept->code->functions[function].name);
  else
    add_line (out, 1, "%s (inline)", what);
}

/* "-1 .. 1" of each dimension, or "around 1, 2 by 3"; what depends on the state
 * as it is written. */
static char *
format_region (const ShObjective *objective)
{
  gboolean is_sphere = objective->region == SH_REGION_SPHERE;
  GString *out;

  if (objective->region_text != NULL)
    return g_strdup (objective->region_text);
  out = g_string_new (is_sphere ? "around " : "");
  for (guint i = 0; i < objective->size; i++)
    {
      g_autofree char *low = sh_number_to_string (
          is_sphere ? objective->centre[i] : objective->low[i]);
      g_autofree char *high = sh_number_to_string (objective->high[i]);

      g_string_append_printf (out, "%s%s", i > 0 ? ", " : "", low);
      if (!is_sphere)
        g_string_append_printf (out, " .. %s", high);
    }
  if (is_sphere)
    {
      g_autofree char *radius = sh_number_to_string (objective->radius);

      g_string_append_printf (out, " by %s", radius);
    }
  return g_string_free (out, FALSE);
}

static void
add_objective (GString *out, const ShObjective *objective)
{
  g_autoptr (GString) name = g_string_new (NULL);
  g_autofree char *region = format_region (objective);
  g_autofree char *weight = sh_number_to_string (objective->weight);
  g_autofree char *within = NULL;

  sh_type_append_name (name, objective->name);
  if (objective->within != G_MAXUINT64)
    within = g_strdup_printf (" within %" G_GUINT64_FORMAT, objective->within);
  add_line (out, 1, "%s %s weight %s in %s%s",
            sh_objective_kind_to_string (objective->kind), name->str, weight,
            region, within != NULL ? within : "");
}

static void
add_functions (GString *out, const ShConcept *concept)
{
  add_function (out, concept, "state function", concept->state);
  add_function (out, concept, "action function", concept->action);
  add_function (out, concept, "reward function", concept->reward);
  add_function (out, concept, "terminal function", concept->terminal);
  add_function (out, concept, "mask function", concept->mask);
  for (guint i = 0; i < concept->n_objectives; i++)
    add_objective (out, &concept->objectives[i]);
}

static void
add_graph_concept (GString *out,
                   const ShProgram *program,
                   const ShGraphConcept *concept)
{
  static const char *const kinds[] = {
    [SH_CONCEPT_LEARNED] = "learned",
    [SH_CONCEPT_PROGRAMMED] = "programmed",
    [SH_CONCEPT_SELECTS] = "selects",
  };
  g_autofree char *inputs = g_strjoinv (", ", concept->inputs);
  g_autoptr (GString) line = g_string_new (NULL);

  sh_type_append_name (line, concept->name);
  g_string_append_printf (line, "(%s)", inputs);
  if (concept->output->name != NULL)
    g_string_append_printf (line, ": %s", concept->output->name);
  g_string_append_printf (line, " %s", kinds[concept->kind]);
  for (guint i = 0; concept->choices != NULL && concept->choices[i] != NULL;
       i++)
    {
      const gboolean masked = g_strv_contains (
          (const char *const *) concept->masked, concept->choices[i]);

      g_string_append_printf (line, "%s%s%s", i > 0 ? ", " : " ",
                              concept->choices[i], masked ? " (masked)" : "");
    }
  if (concept->kind == SH_CONCEPT_PROGRAMMED)
    g_string_append_printf (line, " %s",
                            concept->function != NULL ? concept->function
                                                      : "(inline)");
  if (concept->order > 0 && program->n_concepts > 1)
    g_string_append_printf (line, ", trained %u of %u", concept->order,
                            program->n_concepts);
  add_line (out, 1, "%s", line->str);
}

char *
sh_program_dump (const ShProgram *program)
{
  GString *out;

  g_return_val_if_fail (program != NULL, NULL);

  out = g_string_new (NULL);
  if (program->n_graph > 0)
    add_line (out, 0, "graph");
  for (guint i = 0; i < program->n_graph; i++)
    add_graph_concept (out, program, &program->graph[i]);
  for (guint i = 0; i < program->n_concepts; i++)
    {
      const ShConcept *concept = &program->concepts[i];

      add_named (out, 0, i == program->output ? "output concept" : "concept",
                 concept->name);
      add_struct (out, 1, "input", concept->input);
      add_struct (out, 1, "output", concept->output);
      add_source (out, &concept->source);
      add_functions (out, concept);
      add_algorithm (out, concept);
      for (guint j = 0; j < concept->n_lessons; j++)
        add_lesson (out, &concept->lessons[j], concept->n_objectives > 0);
    }
  return g_string_free (out, FALSE);
}
