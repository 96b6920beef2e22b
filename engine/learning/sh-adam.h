/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The optimiser Adam (D. P. Kingma, J. Ba: Adam: a method for stochastic
 * optimization, arXiv:1412.6980, algorithm 1).
 */

#pragma once

#include <glib.h>

#include "sh-bytes.h"
#include "sh-kernels.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n;
  guint64 n_steps;
  double beta1, beta2, epsilon;
  float *m, *v; /* [n] moments */
} ShAdam;

/* For `n` parameters, a padded number. beta1 0.9, beta2 0.999, epsilon 1e-8;
 * they may be changed before the first step. */
void sh_adam_init (ShAdam *adam, gsize n);
void sh_adam_clear (ShAdam *adam);

/* Its steps and moments as bytes, and back into one of the same length. */
void sh_adam_put (const ShAdam *adam, GByteArray *to);
void sh_adam_take (ShAdam *adam, ShBytesReader *reader);

/*
 * What to multiply a gradient of length `norm` by so that it is at most `limit`
 * long, 0: any length. A gradient whose squares a float does not hold, or that
 * is no number, cannot be learnt from: then 0, and nothing should be done.
 */
double sh_adam_clip (double norm, double limit);

/* Moves `parameters` [n] against `gradient` [n] times `scale`. */
void sh_adam_step (ShAdam *adam,
                   const ShKernels *kernels,
                   float *parameters,
                   const float *gradient,
                   double scale,
                   double learning_rate);

G_END_DECLS
