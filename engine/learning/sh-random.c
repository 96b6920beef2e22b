/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShRandom: seeding, and normal deviates by the polar method of G. Marsaglia
 * and T. A. Bray (SIAM Review 6, 1964). The second deviate of each pair is
 * thrown away, so that the state is the four words and nothing else.
 */

#include "sh-random.h"

#include <math.h>

static guint64
split_mix (guint64 *state)
{
  guint64 z = (*state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

void
sh_random_seed (ShRandom *random, guint64 seed, guint64 stream)
{
  guint64 state = stream;
  guint64 mixed;

  g_return_if_fail (random != NULL);

  /* The stream is mixed before it meets the seed: seed 1, stream 0 and seed 0,
   * stream 1 must have nothing in common. */
  mixed = split_mix (&state);
  state = seed ^ mixed;
  for (guint i = 0; i < 4; i++)
    random->state[i] = split_mix (&state);
}

float
sh_random_normal (ShRandom *random)
{
  double u, v, s;

  do
    {
      u = (double) (sh_random_bits (random) >> 11) * 0x1p-52 - 1;
      v = (double) (sh_random_bits (random) >> 11) * 0x1p-52 - 1;
      s = u * u + v * v;
    }
  while (s >= 1 || s == 0);
  return (float) (u * sqrt (-2 * log (s) / s));
}
