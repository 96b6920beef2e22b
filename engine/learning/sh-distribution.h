/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How an action is drawn from a network's outputs, and how likely it was.
 *
 * Each component of an action has a head:
 *
 * Discrete, of n choices: n outputs, the logits of a categorical distribution.
 *
 * Continuous: one output, the mean m of a normal distribution whose deviation
 * e^s does not depend on the observation. Both are in units of the head, in
 * which a component with two bounds runs from -1 to 1, one with one bound
 * begins or ends at -1 or 1 and has a unit of max (1, |bound|), and one without
 * bounds has a unit of 1. What falls outside the bounds is moved onto the
 * bound, and that is the action: a bound has the whole probability of the tail
 * behind it (Y. Fujita, S. Maeda: Clipped action policy gradient,
 * arXiv:1802.07564). So the log-probability always is that of the action that a
 * fragment holds, whoever chose it; no sample from before the clipping is kept.
 * Inside the bounds it is the logarithm of a density by the head's unit.
 *
 * The log-probability of an action is the sum over its components.
 */

#pragma once

#include <glib.h>

#include "sh-random.h"
#include "sh-space.h"

G_BEGIN_DECLS

/* Deviations are kept within e^ these. */
#define SH_DISTRIBUTION_MIN_LOG_DEVIATION -6.0f
#define SH_DISTRIBUTION_MAX_LOG_DEVIATION 2.0f

/* What they begin with, as exponents: a component with two bounds is tried out
 * mostly at its ends, for nothing is learnt about what is never tried. */
#define SH_DISTRIBUTION_FIRST_BOUNDED_LOG_DEVIATION 1.0f
#define SH_DISTRIBUTION_FIRST_LOG_DEVIATION 0.0f

typedef struct
{
  ShComponentKind kind;
  guint output; /* index of its first output */
  guint n_choices; /* discrete */
  guint log_deviation; /* continuous: index of its s */
  float low, high; /* bounds as finite floats, not outside the true ones */
  gboolean bounded; /* on both sides */
  double centre, unit; /* action = centre + unit * (number in head's units) */
} ShHead;

typedef struct
{
  guint n_heads;
  ShHead *heads;
  guint n_outputs;
  guint n_log_deviations;
} ShDistribution;

/* `space` must be valid. */
void sh_distribution_init (ShDistribution *distribution, const ShSpace *space);
void sh_distribution_clear (ShDistribution *distribution);

/* What the log deviations [n_log_deviations] begin with. */
void
sh_distribution_get_first_log_deviations (const ShDistribution *distribution,
                                          float *log_deviations);

/* An action from a number in the units of a continuous head; within its bounds,
 * whatever the number. */
float sh_head_to_action (const ShHead *head, double z);

/*
 * Makes the outputs of choices that `mask` does not allow so low that their
 * probability, and with it their gradient, is 0. `mask` has a byte for each
 * choice of the discrete heads in their order. A head left with no choice stays
 * as it is. NULL: nothing happens.
 */
void sh_distribution_mask (const ShDistribution *distribution,
                           const guint8 *mask,
                           float *outputs);

/* Draws an action [n_heads] from outputs [n_outputs] and log_deviations. */
void sh_distribution_sample (const ShDistribution *distribution,
                             const float *outputs,
                             const float *log_deviations,
                             ShRandom *random,
                             float *action);

/* The most likely choice, and the mean within its bounds. */
void sh_distribution_get_mode (const ShDistribution *distribution,
                               const float *outputs,
                               float *action);

/*
 * The log-probability of `action`. When `entropy` is not NULL it gets the
 * entropy; that of a continuous head is the normal distribution's before the
 * clipping. `scratch` [2 n_outputs] is for sh_distribution_backward.
 */
float sh_distribution_evaluate (const ShDistribution *distribution,
                                const float *outputs,
                                const float *log_deviations,
                                const float *action,
                                float *scratch,
                                float *entropy);

/*
 * With L = log_prob_weight * log-probability + entropy_weight * entropy: sets
 * d_outputs [n_outputs] to the gradient of L by the outputs and adds to
 * d_log_deviations that by the log deviations. `scratch` as left by
 * sh_distribution_evaluate with the same arguments.
 */
void sh_distribution_backward (const ShDistribution *distribution,
                               const float *outputs,
                               const float *log_deviations,
                               const float *action,
                               const float *scratch,
                               float log_prob_weight,
                               float entropy_weight,
                               float *d_outputs,
                               float *d_log_deviations);

G_END_DECLS
