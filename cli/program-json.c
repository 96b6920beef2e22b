/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Compiled programs as JSON, for scripts. Types are given as the language has
 * them, and numbers' limits and values beside.
 */

#include "program-file.h"

#include <math.h>

#include "sh-json.h"

/* Infinite: null. */
static void
add_number (GString *json, const char *name, double value)
{
  sh_json_member (json, name);
  if (isfinite (value))
    sh_json_number (json, value);
  else
    sh_json_string (json, NULL);
}

static void
add_text (GString *json, const char *name, const char *text)
{
  sh_json_member (json, name);
  sh_json_string (json, text);
}

static void
add_count (GString *json, const char *name, guint64 value)
{
  sh_json_member (json, name);
  sh_json_number (json, (double) value);
}

static void
add_values (GString *json, const ShType *type)
{
  sh_json_member (json, "values");
  sh_json_open (json, '[');
  for (guint i = 0; i < type->n_values; i++)
    {
      sh_json_open (json, '{');
      if (type->values[i].name != NULL)
        add_text (json, "name", type->values[i].name);
      if (type->kind == SH_TYPE_STRING)
        add_text (json, "value", type->values[i].text);
      else
        add_number (json, "value", type->values[i].value);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
}

static void
add_field (GString *json, const ShTypeField *field)
{
  const ShType *type = field->type;
  g_autofree char *text = sh_type_to_string (type);

  sh_json_open (json, '{');
  add_text (json, "name", field->name);
  add_text (json, "type", text);
  if (type->constraint == SH_CONSTRAINT_RANGE ||
      type->constraint == SH_CONSTRAINT_STEPS)
    {
      add_number (json, "min", type->min);
      add_number (json, "max", type->max);
    }
  if (type->constraint == SH_CONSTRAINT_STEPS)
    add_number (json, "step", type->step);
  if (type->n_values > 0)
    add_values (json, type);
  sh_json_close (json, '}');
}

/* NULL: null. */
static void
add_struct (GString *json, const char *name, const ShType *type)
{
  sh_json_member (json, name);
  if (type == NULL)
    {
      sh_json_string (json, NULL);
      return;
    }
  sh_json_open (json, '[');
  for (guint i = 0; i < type->n_fields; i++)
    add_field (json, &type->fields[i]);
  sh_json_close (json, ']');
}

static void
add_source (GString *json, const ShSource *source)
{
  sh_json_member (json, "simulator");
  sh_json_open (json, '{');
  add_text (json, "name", source->name);
  add_text (json, "package", source->package);
  add_struct (json, "state", source->state);
  add_struct (json, "action", source->action);
  add_struct (json, "config", source->config);
  sh_json_close (json, '}');
}

static void
add_layers (GString *json,
            const char *name,
            guint n,
            const guint *sizes,
            const char *const *activations)
{
  if (n == 0)
    return;
  sh_json_member (json, name);
  sh_json_open (json, '[');
  for (guint i = 0; i < n; i++)
    {
      sh_json_open (json, '{');
      add_count (json, "size", sizes[i]);
      add_text (json, "activation", activations[i]);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
}

static void
add_algorithm (GString *json, const ShConcept *concept)
{
  sh_json_member (json, "algorithm");
  sh_json_open (json, '{');
  add_text (json, "name", concept->algorithm);
  for (guint i = 0; i < concept->n_settings; i++)
    {
      const ShSetting *setting = &concept->settings[i];

      if (setting->text != NULL)
        add_text (json, setting->name, setting->text);
      else
        add_number (json, setting->name, setting->number);
    }
  add_layers (json, "hidden_layers", concept->n_hidden_layers,
              concept->hidden_layers, concept->hidden_activations);
  add_layers (json, "q_hidden_layers", concept->n_q_hidden_layers,
              concept->q_hidden_layers, concept->q_hidden_activations);
  sh_json_close (json, '}');
}

/* Where there is one: its name, null when it has none. */
static void
add_function (GString *json,
              const ShConcept *concept,
              const char *name,
              guint function)
{
  if (function != SH_NO_FUNCTION)
    add_text (json, name, concept->code->functions[function].name);
}

static void
add_numbers (GString *json, const char *name, guint n, const double *numbers)
{
  sh_json_member (json, name);
  sh_json_open (json, '[');
  for (guint i = 0; i < n; i++)
    if (isfinite (numbers[i]))
      sh_json_number (json, numbers[i]);
    else
      sh_json_string (json, NULL);
  sh_json_close (json, ']');
}

static void
add_objective (GString *json, const ShObjective *objective)
{
  sh_json_open (json, '{');
  add_text (json, "name", objective->name);
  add_text (json, "kind", sh_objective_kind_to_string (objective->kind));
  add_number (json, "weight", objective->weight);
  if (objective->region_text != NULL)
    add_text (json, "region", objective->region_text);
  else if (objective->region == SH_REGION_SPHERE)
    {
      add_numbers (json, "centre", objective->size, objective->centre);
      add_number (json, "radius", objective->radius);
    }
  else
    {
      add_numbers (json, "min", objective->size, objective->low);
      add_numbers (json, "max", objective->size, objective->high);
    }
  sh_json_member (json, "within");
  if (objective->within != G_MAXUINT64)
    sh_json_number (json, (double) objective->within);
  else
    sh_json_string (json, NULL);
  sh_json_close (json, '}');
}

static void
add_lesson (GString *json, const ShConcept *concept, const ShLesson *lesson)
{
  const ShTraining *training = &lesson->training;

  sh_json_open (json, '{');
  add_text (json, "name", lesson->name);
  add_struct (json, "scenario", lesson->scenario);
  add_count (json, "EpisodeIterationLimit", training->episode_iteration_limit);
  add_count (json, "TotalIterationLimit", training->total_iteration_limit);
  add_count (json, "NoProgressIterationLimit",
             training->no_progress_iteration_limit);
  add_count (json, "LessonAssessmentWindow",
             training->lesson_assessment_window);
  if (concept->n_objectives > 0)
    add_number (json, "LessonSuccessThreshold",
                training->lesson_success_threshold);
  else
    add_number (json, "LessonRewardThreshold",
                training->lesson_reward_threshold);
  sh_json_close (json, '}');
}

static void
add_names (GString *json, const char *name, char *const *names)
{
  sh_json_member (json, name);
  sh_json_open (json, '[');
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    sh_json_string (json, names[i]);
  sh_json_close (json, ']');
}

static void
add_graph (GString *json, const ShProgram *program)
{
  static const char *const kinds[] = {
    [SH_CONCEPT_LEARNED] = "learned",
    [SH_CONCEPT_PROGRAMMED] = "programmed",
    [SH_CONCEPT_SELECTS] = "selects",
  };

  sh_json_member (json, "graph");
  sh_json_open (json, '[');
  for (guint i = 0; i < program->n_graph; i++)
    {
      const ShGraphConcept *concept = &program->graph[i];

      sh_json_open (json, '{');
      add_text (json, "name", concept->name);
      add_text (json, "kind", kinds[concept->kind]);
      add_names (json, "inputs", concept->inputs);
      if (concept->kind == SH_CONCEPT_SELECTS)
        {
          add_names (json, "selects", concept->choices);
          add_names (json, "masked", concept->masked);
        }
      if (concept->kind == SH_CONCEPT_PROGRAMMED)
        add_text (json, "function", concept->function);
      if (concept->order > 0 && program->n_concepts > 1)
        add_count (json, "order", concept->order);
      add_struct (json, "output", concept->output);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
}

static void
add_concept (GString *json, const ShConcept *concept)
{
  add_text (json, "concept", concept->name);
  add_struct (json, "input", concept->input);
  add_struct (json, "output", concept->output);
  add_source (json, &concept->source);
  sh_json_member (json, "functions");
  sh_json_open (json, '{');
  add_function (json, concept, "state", concept->state);
  add_function (json, concept, "action", concept->action);
  add_function (json, concept, "reward", concept->reward);
  add_function (json, concept, "terminal", concept->terminal);
  add_function (json, concept, "mask", concept->mask);
  sh_json_close (json, '}');
  sh_json_member (json, "objectives");
  sh_json_open (json, '[');
  for (guint i = 0; i < concept->n_objectives; i++)
    add_objective (json, &concept->objectives[i]);
  sh_json_close (json, ']');
  add_algorithm (json, concept);
  sh_json_member (json, "lessons");
  sh_json_open (json, '[');
  for (guint i = 0; i < concept->n_lessons; i++)
    add_lesson (json, concept, &concept->lessons[i]);
  sh_json_close (json, ']');
}

void
sh_program_add_json (const ShProgram *program, GString *json)
{
  g_return_if_fail (program != NULL && json != NULL);

  sh_json_open (json, '{');
  add_concept (json, &program->concepts[program->output]);
  if (program->n_graph > 0)
    add_graph (json, program);
  if (program->n_concepts > 1)
    {
      sh_json_member (json, "concepts");
      sh_json_open (json, '[');
      for (guint i = 0; i < program->n_concepts; i++)
        {
          sh_json_open (json, '{');
          add_concept (json, &program->concepts[i]);
          sh_json_close (json, '}');
        }
      sh_json_close (json, ']');
    }
  sh_json_close (json, '}');
}
