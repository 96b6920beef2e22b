/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Squashed normal deviates (T. Haarnoja et al., arXiv:1812.05905, appendix C).
 *
 * Of H components the outputs are H means m, then H numbers o that stand for
 * the logarithms s of the deviations:
 *   s = low + (high - low) (1 + tanh o) / 2, with the bounds below.
 * An action in units of its head, -1 .. 1, is tanh (u) with u = m + e^s e and e
 * a standard normal deviate, so that its log-density is
 *   - e^2 / 2 - s - log (2 pi) / 2 - log (1 - tanh (u)^2).
 */

#pragma once

#include <glib.h>

#include "sh-distribution.h"

G_BEGIN_DECLS

#define SH_SQUASH_MIN_LOG_DEVIATION -5.0f
#define SH_SQUASH_MAX_LOG_DEVIATION 2.0f

/* What o has to be for a deviation of 1: where learning begins. */
#define SH_SQUASH_FIRST_OUTPUT 0.45814537f

#define SH_SQUASH_N_OUTPUTS(distribution) (2 * (distribution)->n_heads)

/* s, and its slope by o when that is not NULL. */
float sh_squash_get_log_deviation (float o, float *slope);

/* Draws u [H]; e [H] may be NULL. */
void sh_squash_draw (guint n_heads,
                     const float *outputs,
                     ShRandom *random,
                     float *u,
                     float *e);

/* log (1 - tanh (u)^2), without losing it where tanh is nearly 1. */
float sh_squash_get_log_slope (float u);

/* What sh_head_to_action made an action of, within -1 .. 1. */
float sh_squash_from_action (const ShHead *head, float action);

G_END_DECLS
