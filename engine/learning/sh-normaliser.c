/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShNormaliser: running mean and variance, and their use.
 */

#include "sh-normaliser.h"

#include <math.h>
#include <string.h>

void
sh_normaliser_init (ShNormaliser *normaliser, guint n)
{
  g_return_if_fail (normaliser != NULL);

  normaliser->n = n;
  normaliser->count = 0;
  normaliser->mean = g_new0 (double, n);
  normaliser->squares = g_new0 (double, n);
}

void
sh_normaliser_clear (ShNormaliser *normaliser)
{
  g_clear_pointer (&normaliser->mean, g_free);
  g_clear_pointer (&normaliser->squares, g_free);
  normaliser->n = 0;
}

static inline float
read_finite (float x)
{
  return isfinite (x) ? x : 0.0f;
}

void
sh_normaliser_update (ShNormaliser *normaliser, gsize n_vectors, const float *x)
{
  const guint n = normaliser->n;
  const double count = normaliser->count + (double) n_vectors;

  if (n_vectors == 0)
    return;
  for (guint i = 0; i < n; i++)
    {
      double mean = 0, squares = 0, difference;

      for (gsize v = 0; v < n_vectors; v++)
        mean += read_finite (x[v * n + i]);
      mean /= (double) n_vectors;
      for (gsize v = 0; v < n_vectors; v++)
        {
          double d = read_finite (x[v * n + i]) - mean;

          squares += d * d;
        }
      difference = mean - normaliser->mean[i];
      normaliser->mean[i] += difference * (double) n_vectors / count;
      normaliser->squares[i] += squares + difference * difference *
                                              normaliser->count *
                                              ((double) n_vectors / count);
    }
  normaliser->count = count;
}

void
sh_normaliser_get (const ShNormaliser *normaliser, float *mean, float *scale)
{
  for (guint i = 0; i < normaliser->n; i++)
    {
      double centre = normaliser->mean[i];
      double deviation = normaliser->count > 0
                             ? sqrt (normaliser->squares[i] / normaliser->count)
                             : 0;
      /* Below that it is rounding, not a signal. */
      gboolean varies = deviation > 1e-6 * fabs (centre) && deviation > 1e-12;

      mean[i] = (float) centre;
      scale[i] = varies ? (float) (1 / deviation) : 1.0f;
    }
}

void
sh_normaliser_apply (guint n,
                     const float *mean,
                     const float *scale,
                     gsize n_vectors,
                     const float *x,
                     float *y)
{
  for (gsize v = 0; v < n_vectors; v++)
    for (guint i = 0; i < n; i++)
      {
        float z = (read_finite (x[v * n + i]) - mean[i]) * scale[i];

        z = z < SH_NORMALISER_CLIP ? z : SH_NORMALISER_CLIP;
        y[v * n + i] = z > -SH_NORMALISER_CLIP ? z : -SH_NORMALISER_CLIP;
      }
}
