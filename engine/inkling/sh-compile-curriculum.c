/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Curricula: which simulator, which algorithm, which lessons. Clauses may come
 * in any order, so each kind is looked for in turn.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-resolve.h"
#include "sh-type-private.h"

#include <math.h>
#include <string.h>

void
sh_compile_experiment (ShScope *scope, ShSpan span)
{
  sh_diagnostics_warning (scope->diagnostics, span,
                          "'experiment' has no effect here");
}

/* Simulators -------------------------------------------------------------- */

/* A struct type, or NULL after an error; `what` names its use. */
static ShType *
resolve_struct (ShScope *scope, const ShTypeNode *node, const char *what)
{
  g_autoptr (ShType) type = sh_resolve_type (scope, node);
  g_autofree char *found = NULL;

  if (type == NULL || type->kind == SH_TYPE_STRUCT)
    return g_steal_pointer (&type);
  found = sh_resolve_describe (type);
  sh_diagnostics_error (scope->diagnostics, node->span,
                        "%s is a struct, not %s", what, found);
  return NULL;
}

gboolean
sh_compile_simulator (ShScope *scope,
                      const ShSimulatorNode *node,
                      ShSource *source)
{
  const ShFieldNode *action = node->parameters;
  const ShFieldNode *config = action != NULL ? action->next : NULL;

  source->name = g_strdup (node->name.text);
  source->package = g_strdup (node->package.text);
  if (action == NULL || (config != NULL && config->next != NULL))
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "a simulator takes an action and perhaps a config");
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in simulator Name(action: Action, "
                           "config: Config): State");
      return FALSE;
    }
  source->action =
      resolve_struct (scope, action->type, "the action of a simulator");
  source->config = config != NULL ? resolve_struct (scope, config->type,
                                                    "the config of a simulator")
                                  : sh_type_new (SH_TYPE_STRUCT);
  source->state =
      resolve_struct (scope, node->state, "the state of a simulator");
  return source->action != NULL && source->config != NULL &&
         source->state != NULL;
}

const ShClauseNode *
sh_compile_find_clause (ShScope *scope,
                        const ShClauseNode *clauses,
                        ShClauseKind kind,
                        const char *what)
{
  const ShClauseNode *found = NULL;

  for (const ShClauseNode *clause = clauses; clause != NULL;
       clause = clause->next)
    {
      if (clause->kind != kind)
        continue;
      if (found == NULL)
        found = clause;
      else if (!scope->lacks_parts)
        sh_diagnostics_error (scope->diagnostics, clause->span,
                              "there can be only one '%s' here", what);
    }
  return found;
}

static const ShSimulatorNode *
find_simulator (ShScope *scope, const ShClauseNode *source)
{
  const ShSymbol *symbol;

  if (source->simulator != NULL)
    return source->simulator;
  symbol = sh_scope_find (scope, source->name.text);
  if (symbol != NULL && symbol->item->kind == SH_ITEM_SIMULATOR)
    return symbol->item->simulator;
  sh_scope_refuse (scope, &source->name, SH_ITEM_SIMULATOR);
  return NULL;
}

static gboolean
has_clause (const ShClauseNode *curriculum, ShClauseKind kind)
{
  for (const ShClauseNode *clause = curriculum->clauses; clause != NULL;
       clause = clause->next)
    if (clause->kind == kind)
      return TRUE;
  return FALSE;
}

static void
compile_source (ShScope *scope,
                const ShClauseNode *curriculum,
                ShConcept *concept)
{
  const ShClauseNode *clause = sh_compile_find_clause (
      scope, curriculum->clauses, SH_CLAUSE_SOURCE, "source");
  const ShSimulatorNode *node;
  ShSpan span;

  if (clause == NULL && scope->lacks_parts)
    return;
  if (clause == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, curriculum->span,
                            "the curriculum has no source");
      sh_diagnostics_hint (scope->diagnostics,
                           "name a simulator, as in source MySimulator");
      return;
    }
  node = find_simulator (scope, clause);
  if (node == NULL)
    return;
  span = clause->simulator != NULL ? node->span : clause->name.span;
  if (!sh_compile_simulator (scope, node, &concept->source))
    return;
  /* A function that converts them may be lacking. */
  if (scope->lacks_parts)
    return;
  if (concept->output != NULL && !has_clause (curriculum, SH_CLAUSE_ACTION))
    sh_check_equivalent (scope, concept->source.action,
                         "the simulator's action", concept->output,
                         "the concept's output", span);
  if (concept->input != NULL && !has_clause (curriculum, SH_CLAUSE_STATE))
    sh_check_state (scope, concept->source.state, concept->input, span);
}

/* Lessons ----------------------------------------------------------------- */

static void
compile_lesson (ShScope *scope,
                const ShClauseNode *clause,
                const ShType *config,
                gboolean has_goal,
                const ShTraining *defaults,
                ShLesson *lesson)
{
  const ShClauseNode *scenario = NULL, *training = NULL;
  g_autoptr (ShType) type = NULL;

  lesson->name = g_strdup (clause != NULL ? clause->name.text : "default");
  lesson->training = *defaults;
  if (clause != NULL)
    {
      scenario = sh_compile_find_clause (scope, clause->clauses,
                                         SH_CLAUSE_SCENARIO, "scenario");
      training = sh_compile_find_clause (scope, clause->clauses,
                                         SH_CLAUSE_TRAINING, "training");
    }
  if (training != NULL)
    sh_compile_training (scope, training->record, has_goal, &lesson->training);
  for (const ShClauseNode *part = clause != NULL ? clause->clauses : NULL;
       part != NULL; part = part->next)
    if (part->kind == SH_CLAUSE_OBJECTIVE)
      {
        lesson->reward = g_strdup (part->name.text);
        lesson->minimizes = part->is_minimum;
      }
  if (scenario != NULL)
    type = sh_resolve_type (scope, scenario->type);
  if (config != NULL && (scenario == NULL || type != NULL))
    sh_check_scenario (scope, config, type,
                       scenario != NULL ? scenario->type : NULL,
                       &lesson->scenario);
}

/* FALSE when there are too many. */
static gboolean
count_lessons (ShScope *scope, const ShClauseNode *curriculum, guint *n)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  *n = 0;
  for (const ShClauseNode *clause = curriculum->clauses; clause != NULL;
       clause = clause->next)
    {
      if (clause->kind != SH_CLAUSE_LESSON)
        continue;
      if (!g_hash_table_add (names, (gpointer) clause->name.text))
        sh_diagnostics_error (scope->diagnostics, clause->name.span,
                              "there are two lessons '%s'", clause->name.text);
      if (++*n > SH_COMPILE_MAX_LESSONS)
        {
          sh_diagnostics_error (scope->diagnostics, clause->span,
                                "more than %u lessons", SH_COMPILE_MAX_LESSONS);
          return FALSE;
        }
    }
  return TRUE;
}

static void
compile_lessons (ShScope *scope,
                 const ShClauseNode *curriculum,
                 const ShType *config,
                 ShConcept *concept)
{
  ShTraining training = {
    .episode_iteration_limit = 1000,
    .total_iteration_limit = 50000000,
    .no_progress_iteration_limit = 250000,
    .lesson_assessment_window = 30,
    .lesson_reward_threshold = NAN,
    .lesson_success_threshold = 0.9,
  };
  const ShClauseNode *clause = sh_compile_find_clause (
      scope, curriculum->clauses, SH_CLAUSE_TRAINING, "training");
  gboolean has_goal = has_clause (curriculum, SH_CLAUSE_GOAL);
  guint n, i = 0;

  if (clause != NULL)
    sh_compile_training (scope, clause->record, has_goal, &training);
  if (!count_lessons (scope, curriculum, &n))
    return;
  concept->n_lessons = MAX (n, 1);
  concept->lessons = g_new0 (ShLesson, concept->n_lessons);
  for (clause = curriculum->clauses; clause != NULL; clause = clause->next)
    if (clause->kind == SH_CLAUSE_LESSON)
      compile_lesson (scope, clause, config, has_goal, &training,
                      &concept->lessons[i++]);
  if (n == 0)
    compile_lesson (scope, NULL, config, has_goal, &training,
                    &concept->lessons[0]);
}

void
sh_compile_curriculum (ShScope *scope,
                       const ShClauseNode *curriculum,
                       ShConcept *concept)
{
  const ShClauseNode *algorithm;

  for (const ShClauseNode *clause = curriculum->clauses; clause != NULL;
       clause = clause->next)
    if (clause->kind == SH_CLAUSE_EXPERIMENT)
      sh_compile_experiment (scope, clause->span);
  compile_source (scope, curriculum, concept);
  sh_compile_functions (scope, curriculum, concept);
  algorithm = sh_compile_find_clause (scope, curriculum->clauses,
                                      SH_CLAUSE_ALGORITHM, "algorithm");
  if (algorithm != NULL)
    sh_compile_algorithm (scope, algorithm->record, concept);
  compile_lessons (scope, curriculum, concept->source.config, concept);
}
