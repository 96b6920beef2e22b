/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Goals while an episode is played: runs what objectives look at, and where that
 * should be, and puts together what they earn.
 */

#include "sh-evaluator-private.h"

#include <string.h>

gboolean
sh_evaluator_bind_objective (ShEvaluator *self,
                             ShJudged *out,
                             const ShObjective *objective,
                             const ShEvaluatorTables *tables,
                             GError **error)
{
  gsize size = objective->size * sizeof (double);

  out->objective = *objective;
  if (!sh_evaluator_bind_call (self, &out->value, objective->function,
                               tables->state, tables->action, error))
    return FALSE;
  out->reads_action = out->value.second.n > 0;
  if (objective->n_bounds == 0)
    return TRUE;
  out->objective.low = g_memdup2 (objective->low, size);
  out->objective.high = g_memdup2 (objective->high, size);
  out->objective.centre = g_memdup2 (objective->centre, size);
  out->objective.scale = g_memdup2 (objective->scale, size);
  out->n_bounds = objective->n_bounds;
  out->bounds = g_new0 (ShCall, objective->n_bounds);
  for (guint i = 0; i < objective->n_bounds; i++)
    {
      if (!sh_evaluator_bind_call (self, &out->bounds[i], objective->bounds[i],
                                   tables->state, tables->action, error))
        return FALSE;
      out->reads_action |= out->bounds[i].second.n > 0;
    }
  return TRUE;
}

void
sh_evaluator_clear_objective (ShJudged *objective)
{
  sh_evaluator_clear_call (&objective->value);
  if (objective->n_bounds == 0)
    return;
  for (guint i = 0; i < objective->n_bounds; i++)
    sh_evaluator_clear_call (&objective->bounds[i]);
  g_free (objective->bounds);
  g_free (objective->objective.low);
  g_free (objective->objective.high);
  g_free (objective->objective.centre);
  g_free (objective->objective.scale);
}

gboolean
sh_evaluator_take_objectives (ShEvaluator *self,
                              gconstpointer action,
                              GError **error)
{
  for (guint i = 0; i < self->concept->n_objectives; i++)
    {
      ShJudged *objective = &self->objectives[i];

      if (!objective->reads_action)
        continue;
      if (!sh_evaluator_take (self, &objective->value, action, error))
        return FALSE;
      for (guint j = 0; j < objective->n_bounds; j++)
        if (!sh_evaluator_take (self, &objective->bounds[j], action, error))
          return FALSE;
    }
  return TRUE;
}

/* Works out what an objective looks at, `x` with room for its components, and
 * where that should be. */
static gboolean
look (ShEvaluator *self,
      ShJudged *objective,
      gconstpointer state,
      double *x,
      GError **error)
{
  double numbers[2 * SH_OBJECTIVE_MAX_SIZE];
  guint n = 0;

  if (!sh_evaluator_run (self, &objective->value, state, error))
    return FALSE;
  memcpy (x, sh_evaluator_get_result (self, &objective->value),
          objective->objective.size * sizeof (double));
  if (objective->n_bounds == 0)
    return TRUE;
  for (guint i = 0; i < objective->n_bounds; i++)
    {
      const ShCall *call = &objective->bounds[i];
      const ShType *type = self->code->functions[call->function].result;
      guint n_results = sh_bytecode_count_slots (type);

      if (!sh_evaluator_run (self, call, state, error))
        return FALSE;
      memcpy (numbers + n, sh_evaluator_get_result (self, call),
              n_results * sizeof (double));
      n += n_results;
    }
  g_assert (n == sh_objective_count_numbers (&objective->objective));
  sh_objective_set_region (&objective->objective, numbers);
  return TRUE;
}

gboolean
sh_evaluator_judge (ShEvaluator *self,
                    gconstpointer state,
                    ShEvaluation *evaluation,
                    GError **error)
{
  const ShConcept *concept = self->concept;
  guint n_reach = 0, n_reached = 0;
  gboolean is_over = evaluation->terminal;
  double earned = 0, closer = 0, away = 0, before;

  for (guint i = 0; i < concept->n_objectives; i++)
    {
      const ShObjective *objective = &self->objectives[i].objective;
      double weight = objective->weight / self->total_weight;
      ShGoalTrack *track = &self->objectives[i].track;
      double x[SH_OBJECTIVE_MAX_SIZE];

      if (!self->is_begun && self->objectives[i].reads_action)
        {
          *track = (ShGoalTrack){ 0 };
          continue;
        }
      if (!look (self, &self->objectives[i], state, x, error))
        return FALSE;
      if (!self->is_begun)
        {
          sh_goal_begin (objective, x, track);
          continue;
        }
      earned += weight *
                sh_goal_step (objective, x, self->iterations, track, &before);
      closer += weight * SH_GOAL_DISCOUNT * track->closeness;
      away += weight * before;
      is_over |= objective->kind == SH_OBJECTIVE_AVOID && track->is_settled;
      n_reach += objective->kind == SH_OBJECTIVE_REACH;
      n_reached += track->is_reached;
    }
  is_over |= n_reach > 0 && n_reached == n_reach;
  if (!self->is_begun)
    return TRUE;
  /* Where nothing follows there is no closeness: shaping must not pay for how
   * an episode ends (docs/goals.md). */
  evaluation->earned = SH_GOAL_WORTH * earned;
  evaluation->reward = SH_GOAL_WORTH * (earned + (is_over ? 0 : closer) - away);
  evaluation->terminal |= is_over;
  evaluation->over |= is_over;
  return TRUE;
}

gboolean
sh_evaluator_finish (ShEvaluator *self, ShOutcome *outcomes)
{
  const ShConcept *concept;
  gboolean success = TRUE;

  g_return_val_if_fail (self != NULL, FALSE);

  concept = self->concept;
  for (guint i = 0; i < concept->n_objectives; i++)
    {
      const ShJudged *objective = &self->objectives[i];
      ShOutcome outcome = sh_goal_finish (
          &objective->objective, &objective->track, self->iterations,
          self->lesson->training.episode_iteration_limit);

      success = success && outcome.success;
      if (outcomes != NULL)
        outcomes[i] = outcome;
    }
  return success && concept->n_objectives > 0;
}
