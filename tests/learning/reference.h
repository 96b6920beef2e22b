/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the learner works out, written once more in the most obvious way, in
 * doubles and without any of its code, to compare with.
 */

#pragma once

#include "sh-policy-private.h"

/* What `n` units of a layer make of their sums x. */
void reference_activation (ShActivation activation, guint n, double *x);

/* outputs [outputs of the last layer]. */
void reference_forward (const ShNetwork *network,
                        const double *parameters,
                        const double *x,
                        double *outputs);

/* The log-probability of `action`, and the entropy, of one head per component
 * of `space`. */
double reference_log_prob (const ShSpace *space,
                           const double *outputs,
                           const double *log_deviations,
                           const float *action,
                           double *entropy);

/* Whether a is b, but for `tolerance` times the larger of 1 and |b|. */
gboolean reference_is_near (double a, double b, double tolerance);

/* A space with a component of each kind: 3 choices, -2..2, 0.5 and more, up to
 * -3, without bounds, 2 choices. */
ShSpace *reference_mixed_space (guint n_observations);
