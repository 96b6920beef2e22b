/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Goals while an episode is played: what each objective has seen, the reward of
 * a step, and whether it succeeded. The formulas, and where their ideas come
 * from, are in docs/goals.md.
 */

#pragma once

#include "sh-evaluator.h"

G_BEGIN_DECLS

/* What an objective is worth when it is met as well as can be. */
#define SH_GOAL_WORTH 10.0
/* Of the shaping: the discount with which learners work unless told otherwise. */
#define SH_GOAL_DISCOUNT 0.99

/* What one objective has seen of an episode; zeroed at its start. */
typedef struct
{
  gboolean is_inside; /* at the last state */
  gboolean is_settled; /* reached, or avoided no more: nothing more to gain */
  gboolean is_reached;
  double closeness; /* 0 .. 1, at the last state */
  double best; /* the highest closeness so far */
  guint64 n_inside; /* iterations after which it was inside */
  guint64 outside, longest; /* in a row, now and at most */
  /* To be averaged: X, and of a region that depends on the state its ends. */
  double sum, low, high, scale;
} ShGoalTrack;

/* Numbers that make the region: its arguments, one behind the other. */
guint sh_objective_count_numbers (const ShObjective *objective);

/* Sets the region, and what counts as a distance of 1, from them. */
void sh_objective_set_region (ShObjective *objective, const double *numbers);

/* How far `x` [size] is from the region, in its scale; 0 inside. */
double sh_objective_distance (const ShObjective *objective, const double *x);

/* The first state of an episode. */
void sh_goal_begin (const ShObjective *objective,
                    const double *x,
                    ShGoalTrack *track);

/*
 * The state after iteration `iteration`, from 1. What the objective earns for
 * it, without shaping, in units of its worth; the closeness before it is stored
 * in *before.
 */
double sh_goal_step (const ShObjective *objective,
                     const double *x,
                     guint64 iteration,
                     ShGoalTrack *track,
                     double *before);

/* How it came out after `length` iterations of an episode of at most `limit`. */
ShOutcome sh_goal_finish (const ShObjective *objective,
                          const ShGoalTrack *track,
                          guint64 length,
                          guint64 limit);

G_END_DECLS
