/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShAdam: moments and bias correction; the loop is a kernel.
 */

#include "sh-adam.h"

#include <math.h>

/* Its square, summed up, is far from what a float does not hold. */
#define LONGEST 1e15

void
sh_adam_init (ShAdam *adam, gsize n)
{
  g_return_if_fail (adam != NULL && n % SH_KERNELS_LANES == 0);

  adam->n = n;
  adam->n_steps = 0;
  adam->beta1 = 0.9;
  adam->beta2 = 0.999;
  adam->epsilon = 1e-8;
  adam->m = sh_kernels_alloc (n);
  adam->v = sh_kernels_alloc (n);
}

void
sh_adam_clear (ShAdam *adam)
{
  g_clear_pointer (&adam->m, g_aligned_free);
  g_clear_pointer (&adam->v, g_aligned_free);
  adam->n = 0;
}

void
sh_adam_put (const ShAdam *adam, GByteArray *to)
{
  sh_bytes_put_u64 (to, adam->n_steps);
  sh_bytes_put_floats (to, adam->m, adam->n);
  sh_bytes_put_floats (to, adam->v, adam->n);
}

void
sh_adam_take (ShAdam *adam, ShBytesReader *reader)
{
  adam->n_steps = sh_bytes_take_u64 (reader);
  sh_bytes_take_floats (reader, adam->m, adam->n);
  sh_bytes_take_floats (reader, adam->v, adam->n);
  /* Means of squares. */
  for (gsize i = 0; i < adam->n; i++)
    if (adam->v[i] < 0)
      reader->failed = TRUE;
}

double
sh_adam_clip (double norm, double limit)
{
  if (!isfinite (norm))
    return 0;
  if (limit > 0 && norm > limit)
    return limit / norm;
  return norm < LONGEST ? 1 : 0;
}

void
sh_adam_step (ShAdam *adam,
              const ShKernels *kernels,
              float *parameters,
              const float *gradient,
              double scale,
              double learning_rate)
{
  const double t = (double) ++adam->n_steps;
  const double correction1 = 1 - pow (adam->beta1, t);
  const double correction2 = sqrt (1 - pow (adam->beta2, t));

  /* m' / (sqrt (v') + e) with m' = m / c1, v' = v / c2^2 is
   * m c2 / c1 / (sqrt (v) + e c2). */
  kernels->adam (adam->n, parameters, gradient, adam->m, adam->v, (float) scale,
                 (float) (learning_rate * correction2 / correction1),
                 (float) adam->beta1, (float) adam->beta2,
                 (float) (adam->epsilon * correction2));
}
