/* SPDX-License-Identifier: MIT */

/*
 * Random numbers for simulators: small, fast, and the same on every machine, so
 * that an episode can be repeated from its seed.
 *
 * The generator is SplitMix64 (G. L. Steele, D. Lea, C. H. Flood: Fast
 * splittable pseudorandom number generators, OOPSLA 2014). Any seed is good.
 */

#ifndef SIMHOST_RANDOM_H
#define SIMHOST_RANDOM_H

#include <simhost/plugin.h>

SIMHOST_BEGIN_DECLS

typedef struct
{
  uint64_t state;
} SimhostRandom;

static inline void
simhost_random_seed (SimhostRandom *random, uint64_t seed)
{
  random->state = seed;
}

/* 64 random bits. */
static inline uint64_t
simhost_random_bits (SimhostRandom *random)
{
  uint64_t z = (random->state += 0x9e3779b97f4a7c15u);

  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Uniform in [0, 1), all 53 bits of a double's precision. */
static inline double
simhost_random_unit (SimhostRandom *random)
{
  return (double) (simhost_random_bits (random) >> 11) *
         (1.0 / 9007199254740992.0);
}

/* Uniform in [low, high). */
static inline double
simhost_random_uniform (SimhostRandom *random, double low, double high)
{
  return low + (high - low) * simhost_random_unit (random);
}

/* A whole number from 0 to n - 1, each as likely as the next; 0 when n is 0. */
static inline uint32_t
simhost_random_below (SimhostRandom *random, uint32_t n)
{
  return (uint32_t) (((simhost_random_bits (random) >> 32) * (uint64_t) n) >>
                     32);
}

SIMHOST_END_DECLS

#endif /* SIMHOST_RANDOM_H */
