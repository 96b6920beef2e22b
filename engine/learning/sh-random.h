/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The learner's random numbers: small, fast, the same on every machine for the
 * same seed. Plain data: a copy goes on where the original was.
 *
 * xoshiro256++ (D. Blackman, S. Vigna: Scrambled linear pseudorandom number
 * generators, ACM TOMS 47, 2021), its state filled by SplitMix64.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 state[4];
} ShRandom;

/* Any seed is good, 0 too. `stream` sets apart users of one seed. */
void sh_random_seed (ShRandom *random, guint64 seed, guint64 stream);

/* 64 random bits. */
static inline guint64
sh_random_bits (ShRandom *random)
{
  guint64 *s = random->state;
  guint64 sum = s[0] + s[3];
  guint64 result = ((sum << 23) | (sum >> 41)) + s[0];
  guint64 shifted = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = (s[3] << 45) | (s[3] >> 19);
  return result;
}

/* Uniform in [0, 1). */
static inline float
sh_random_unit (ShRandom *random)
{
  return (float) (sh_random_bits (random) >> 40) * 0x1p-24f;
}

/* A whole number from 0 to n - 1, n > 0; its bias is below n / 2^32. */
static inline guint32
sh_random_below (ShRandom *random, guint32 n)
{
  return (guint32) (((sh_random_bits (random) >> 32) * (guint64) n) >> 32);
}

/* A standard normal deviate. */
float sh_random_normal (ShRandom *random);

G_END_DECLS
