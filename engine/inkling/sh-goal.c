/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The formulas of docs/goals.md.
 */

#include "sh-goal.h"

#include <math.h>
#include <string.h>

/* What counts as a distance of 1: the region's own measures. */
static void
set_scale (ShObjective *objective)
{
  for (guint i = 0; i < objective->size; i++)
    {
      double low = objective->low[i], high = objective->high[i];
      double scale = high - low;

      if (objective->region == SH_REGION_SPHERE)
        scale = objective->radius;
      else if (!isfinite (scale))
        scale = isfinite (low) ? fabs (low) : fabs (high);
      else if (scale == 0)
        scale = fabs (low);
      objective->scale[i] = scale > 0 && isfinite (scale) ? scale : 1;
    }
}

guint
sh_objective_count_numbers (const ShObjective *objective)
{
  switch (objective->region)
    {
    case SH_REGION_ABOVE:
    case SH_REGION_BELOW:
      return 1;
    case SH_REGION_SPHERE:
      return objective->size + 1;
    case SH_REGION_RANGE:
    case SH_REGION_BOX:
    default:
      return 2 * objective->size;
    }
}

void
sh_objective_set_region (ShObjective *objective, const double *numbers)
{
  for (guint i = 0; i < objective->size; i++)
    {
      objective->low[i] = -INFINITY;
      objective->high[i] = INFINITY;
    }
  switch (objective->region)
    {
    case SH_REGION_ABOVE:
      objective->low[0] = numbers[0];
      break;
    case SH_REGION_BELOW:
      objective->high[0] = numbers[0];
      break;
    case SH_REGION_SPHERE:
      memcpy (objective->centre, numbers, objective->size * sizeof (double));
      objective->radius = numbers[objective->size];
      break;
    case SH_REGION_RANGE:
    case SH_REGION_BOX:
    default:
      for (guint i = 0; i < objective->size; i++)
        {
          objective->low[i] = numbers[2 * i];
          objective->high[i] = numbers[2 * i + 1];
        }
      break;
    }
  set_scale (objective);
}

double
sh_objective_distance (const ShObjective *objective, const double *x)
{
  double sum = 0;

  for (guint i = 0; i < objective->size; i++)
    {
      double away;

      if (objective->region == SH_REGION_SPHERE)
        away = x[i] - objective->centre[i];
      else
        away = fmax (fmax (objective->low[i] - x[i], x[i] - objective->high[i]),
                     0) /
               objective->scale[i];
      sum += away * away;
    }
  if (objective->region == SH_REGION_SPHERE)
    return fmax (sqrt (sum) - objective->radius, 0) / objective->scale[0];
  return sqrt (sum);
}

static double
get_closeness (const ShObjective *objective, double distance)
{
  if (!isfinite (distance))
    return objective->kind == SH_OBJECTIVE_AVOID ? 1 : 0;
  return objective->kind == SH_OBJECTIVE_AVOID ? distance / (1 + distance)
                                               : 1 / (1 + distance);
}

/* How well a number that is to be small or large does: 0 .. 1, 1/2 at the
 * region's bound. */
static double
get_merit (const ShObjective *objective, double x)
{
  double u = objective->kind == SH_OBJECTIVE_MINIMIZE
                 ? (objective->high[0] - x) / objective->scale[0]
                 : (x - objective->low[0]) / objective->scale[0];

  return isfinite (u) ? (1 + u / (1 + fabs (u))) / 2 : u > 0;
}

static gboolean
is_extreme (const ShObjective *objective)
{
  return objective->kind == SH_OBJECTIVE_MINIMIZE ||
         objective->kind == SH_OBJECTIVE_MAXIMIZE;
}

void
sh_goal_begin (const ShObjective *objective,
               const double *x,
               ShGoalTrack *track)
{
  double distance = sh_objective_distance (objective, x);

  *track = (ShGoalTrack){ .is_inside = distance == 0 };
  if (!is_extreme (objective))
    track->closeness = get_closeness (objective, distance);
}

static double
earn (const ShObjective *objective,
      const double *x,
      guint64 iteration,
      ShGoalTrack *track)
{
  switch (objective->kind)
    {
    case SH_OBJECTIVE_AVOID:
      if (!track->is_inside || track->is_settled)
        return 0;
      track->is_settled = TRUE;
      return -1;
    case SH_OBJECTIVE_REACH:
      if (track->is_settled)
        return 0;
      track->is_reached = track->is_inside && iteration <= objective->within;
      track->is_settled = track->is_reached || iteration >= objective->within;
      return track->is_reached ? 1 : 0;
    case SH_OBJECTIVE_DRIVE:
      return track->is_inside ? 1 - SH_GOAL_DISCOUNT : 0;
    case SH_OBJECTIVE_MINIMIZE:
    case SH_OBJECTIVE_MAXIMIZE:
    default:
      return (1 - SH_GOAL_DISCOUNT) * get_merit (objective, x[0]);
    }
}

double
sh_goal_step (const ShObjective *objective,
              const double *x,
              guint64 iteration,
              ShGoalTrack *track,
              double *before)
{
  double distance = sh_objective_distance (objective, x);
  double earned;

  *before = track->closeness;
  track->is_inside = distance == 0;
  track->n_inside += track->is_inside;
  track->outside = track->is_inside ? 0 : track->outside + 1;
  track->longest = MAX (track->longest, track->outside);
  earned = earn (objective, x, iteration, track);
  if (is_extreme (objective))
    {
      track->sum += x[0];
      track->low += objective->low[0];
      track->high += objective->high[0];
      track->scale += objective->scale[0];
      return earned;
    }
  track->closeness = get_closeness (objective, distance);
  track->best = fmax (track->best, track->closeness);
  if (track->is_settled)
    track->closeness = 0;
  return earned;
}

/* How far the mean of X is from the region; from the mean of one that depends on
 * the state. */
static double
get_mean_distance (const ShObjective *objective,
                   const ShGoalTrack *track,
                   double length)
{
  double mean = track->sum / length;
  double low = track->low / length, high = track->high / length;

  if (objective->n_bounds == 0)
    return sh_objective_distance (objective, &mean);
  return fmax (fmax (low - mean, mean - high), 0) / (track->scale / length);
}

ShOutcome
sh_goal_finish (const ShObjective *objective,
                const ShGoalTrack *track,
                guint64 length,
                guint64 limit)
{
  ShOutcome outcome = { 0 };
  double distance;

  switch (objective->kind)
    {
    case SH_OBJECTIVE_AVOID:
      outcome.success = !track->is_settled;
      outcome.satisfaction = (double) length / (double) MAX (limit, 1);
      break;
    case SH_OBJECTIVE_REACH:
      outcome.success = track->is_reached;
      outcome.satisfaction = track->best;
      break;
    case SH_OBJECTIVE_DRIVE:
      outcome.success = objective->within == G_MAXUINT64
                            ? track->is_inside
                            : track->longest <= objective->within;
      outcome.satisfaction =
          length > 0 ? (double) track->n_inside / (double) length : 0;
      return outcome;
    case SH_OBJECTIVE_MINIMIZE:
    case SH_OBJECTIVE_MAXIMIZE:
    default:
      if (length == 0)
        return outcome;
      distance = get_mean_distance (objective, track, (double) length);
      outcome.success = distance == 0;
      outcome.satisfaction = isfinite (distance) ? 1 / (1 + distance) : 0;
      break;
    }
  outcome.satisfaction =
      outcome.success ? 1 : CLAMP (outcome.satisfaction, 0, 1);
  return outcome;
}
