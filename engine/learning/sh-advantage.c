/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Generalised advantage estimation, from the last step to the first.
 */

#include "sh-advantage.h"

#include <math.h>

/* Keeps sums of millions of rewards within what a float holds. */
#define LARGEST 1e30

static double
read_number (float x)
{
  return isfinite (x) ? CLAMP (x, -LARGEST, LARGEST) : 0;
}

void
sh_advantage_estimate (guint n,
                       const float *rewards,
                       const float *values,
                       double last_value,
                       double discount,
                       double lambda,
                       float *advantages)
{
  double next_value = last_value;
  double advantage = 0;

  for (guint i = n; i-- > 0;)
    {
      double reward = read_number (rewards[i]);
      double value = read_number (values[i]);
      double surprise = reward + discount * next_value - value;

      advantage = surprise + discount * lambda * advantage;
      advantages[i] = (float) advantage;
      next_value = value;
    }
}
