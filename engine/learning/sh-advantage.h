/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Generalised advantage estimation (J. Schulman et al., arXiv:1506.02438,
 * equation 16): how much better than expected each step of a fragment was.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * advantages [n] from rewards [n], the estimated returns of the observations
 * before each step, values [n], and that of the observation after the last
 * step: 0 when it was terminal, for then nothing follows.
 */
void sh_advantage_estimate (guint n,
                            const float *rewards,
                            const float *values,
                            double last_value,
                            double discount,
                            double lambda,
                            float *advantages);

G_END_DECLS
