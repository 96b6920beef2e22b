/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The values of choices, out of what a dueling network gives (Z. Wang et al.,
 * arXiv:1511.06581), one branch for each component of the action (A. Tavakoli,
 * F. Pardo, P. Kormushev, arXiv:1711.08946).
 *
 * The outputs are an advantage for each choice of each component, in the order
 * of the distribution's heads, and one value V. Choice c of component d has
 *   Q_d (c) = scale (V + A_d (c) - mean of A_d).
 * With one component this is the dueling network.
 */

#pragma once

#include <glib.h>

#include "sh-distribution.h"

G_BEGIN_DECLS

/* The index of V, which is also the number of choices. */
#define SH_VALUES_STATE(distribution) ((distribution)->n_outputs)
#define SH_VALUES_N_OUTPUTS(distribution) ((distribution)->n_outputs + 1)

/* q [n_outputs of the distribution] from outputs [that + 1]. */
void sh_values_get (const ShDistribution *distribution,
                    const float *outputs,
                    float scale,
                    float *q);

/* The best of the choices of `head` in q that `mask` allows; both are those of
 * all heads. NULL, or nothing allowed: all are. */
guint
sh_values_get_best (const ShHead *head, const float *q, const guint8 *mask);

/* The mean over the components of their best choice's value in q. */
double sh_values_get_state (const ShDistribution *distribution,
                            const float *q,
                            const guint8 *mask);

/* A random one of the choices that `mask` allows. */
guint sh_values_draw (const ShHead *head, const guint8 *mask, ShRandom *random);

G_END_DECLS
