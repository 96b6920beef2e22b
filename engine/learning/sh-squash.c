/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Squashed normal deviates.
 */

#include "sh-squash.h"

#include <math.h>

#define RANGE (SH_SQUASH_MAX_LOG_DEVIATION - SH_SQUASH_MIN_LOG_DEVIATION)

float
sh_squash_get_log_deviation (float o, float *slope)
{
  const float t = tanhf (o);

  if (slope != NULL)
    *slope = RANGE / 2 * (1 - t * t);
  return SH_SQUASH_MIN_LOG_DEVIATION + RANGE / 2 * (1 + t);
}

void
sh_squash_draw (guint n_heads,
                const float *outputs,
                ShRandom *random,
                float *u,
                float *e)
{
  for (guint i = 0; i < n_heads; i++)
    {
      const float s = sh_squash_get_log_deviation (outputs[n_heads + i], NULL);
      const float noise = sh_random_normal (random);

      u[i] = outputs[i] + expf (s) * noise;
      if (e != NULL)
        e[i] = noise;
    }
}

/* 1 - tanh (u)^2 = 4 / (e^u + e^-u)^2. */
float
sh_squash_get_log_slope (float u)
{
  const float a = fabsf (u);

  return 2 * ((float) G_LN2 - a - log1pf (expf (-2 * a)));
}

float
sh_squash_from_action (const ShHead *head, float action)
{
  const double z = ((double) action - head->centre) / head->unit;

  return isfinite (z) ? (float) CLAMP (z, -1.0, 1.0) : 0;
}
