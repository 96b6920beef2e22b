/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The replay memory: what a step is remembered as, what is forgotten, how often
 * what is drawn.
 */

#include <math.h>
#include <string.h>

#include "sh-replay.h"

/* One number observed, which counts the steps; one action of two choices. */
static ShSpace *
make_space (void)
{
  ShSpace *space = sh_space_new (1, 1);

  space->actions[0] = (ShComponent){ SH_COMPONENT_DISCRETE, 2, 0, 0 };
  return space;
}

static ShFragment *
make_fragment (const ShSpace *space, guint first, guint n, ShFragmentEnd end)
{
  ShFragment *fragment = sh_fragment_new (space, n);

  for (guint i = 0; i <= n; i++)
    fragment->observations[i] = (float) (first + i);
  for (guint i = 0; i < n; i++)
    {
      fragment->actions[i] = (float) ((first + i) % 2);
      fragment->rewards[i] = (float) (first + i) / 100;
    }
  fragment->n_steps = n;
  fragment->end = end;
  return fragment;
}

/* Some steps of rewards, and where the estimate is taken. */
static void
test_transitions (void)
{
  static const ShFragmentEnd ends[] = { SH_FRAGMENT_OPEN, SH_FRAGMENT_TERMINAL,
                                        SH_FRAGMENT_TRUNCATED };
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (ShReplay) replay = sh_replay_new (space, 1000, 0);
  const double gamma = 0.9;

  for (guint e = 0; e < G_N_ELEMENTS (ends); e++)
    {
      g_autoptr (ShFragment) fragment =
          make_fragment (space, 10 * e, 5, ends[e]);

      sh_replay_add (replay, fragment);
    }
  g_assert_cmpuint (sh_replay_get_n_steps (replay), ==, 15);
  for (guint e = 0; e < G_N_ELEMENTS (ends); e++)
    for (guint i = 0; i < 5; i++)
      for (guint n = 1; n <= 7; n++)
        {
          const guint step = 10 * e + i, used = MIN (n, 5 - i);
          double reward = 0;
          ShTransition t;

          for (guint k = 0; k < used; k++)
            reward += pow (gamma, k) * (step + k) / 100;
          sh_replay_get (replay, 6 * e + i, n, gamma, &t);
          g_assert_cmpfloat (*t.observation, ==, step);
          g_assert_cmpfloat (*t.action, ==, step % 2);
          g_assert_cmpfloat (*t.next_observation, ==, step + used);
          g_assert_cmpfloat_with_epsilon (t.reward, reward, 1e-6);
          if (used == 5 - i && ends[e] == SH_FRAGMENT_TERMINAL)
            g_assert_cmpfloat (t.discount, ==, 0);
          else
            g_assert_cmpfloat_with_epsilon (t.discount, pow (gamma, used),
                                            1e-6);
          g_assert_null (t.mask);
        }
}

/* Each step that is drawn is one of the last, and whole. */
static void
check_latest (ShReplay *replay, ShRandom *random, guint last)
{
  guint32 slots[64];
  float weights[64];

  sh_replay_draw (replay, random, G_N_ELEMENTS (slots), 0.5, slots, weights);
  for (guint i = 0; i < G_N_ELEMENTS (slots); i++)
    {
      ShTransition t;

      sh_replay_get (replay, slots[i], 1, 1, &t);
      g_assert_cmpfloat (*t.observation, <, last);
      g_assert_cmpfloat (*t.observation + SH_REPLAY_MIN_SLOTS, >=, last);
      g_assert_cmpfloat (*t.next_observation, ==, *t.observation + 1);
      g_assert_cmpfloat_with_epsilon (t.reward, *t.observation / 100, 1e-3);
    }
}

/* Fragments of all lengths, longer than the memory too. */
static void
test_ring (void)
{
  static const guint lengths[] = { 1,   2, 100, 511, 512, 513,
                                   700, 1, 3,   9,   50,  2000 };
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (ShReplay) replay = sh_replay_new (space, 1, 0.6);
  ShRandom random;
  guint n = 0;

  sh_random_seed (&random, 1, 0);
  for (guint round = 0; round < 40; round++)
    {
      const guint length = lengths[round % G_N_ELEMENTS (lengths)];
      g_autoptr (ShFragment) fragment =
          make_fragment (space, n, length, (ShFragmentEnd) (round % 3));

      sh_replay_add (replay, fragment);
      n += length;
      g_assert_cmpuint (sh_replay_get_n_steps (replay), <, SH_REPLAY_MIN_SLOTS);
      check_latest (replay, &random, n);
    }
}

/* Drawn as often as priorities say, with weights that make up for it. */
static void
test_priorities (void)
{
  enum
  {
    N = 10,
    DRAWS = 40000
  };
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (ShReplay) replay = sh_replay_new (space, 1000, 0.5);
  g_autoptr (ShFragment) fragment =
      make_fragment (space, 0, N, SH_FRAGMENT_TERMINAL);
  double counts[N + 1] = { 0 }, total = 0, weight[N];
  ShRandom random;

  sh_replay_add (replay, fragment);
  for (guint i = 0; i < N; i++)
    {
      sh_replay_set_priority (replay, i, i * i);
      total += sqrt (i * i + 0.01);
    }
  /* That of what is no step, or no number, changes nothing. */
  sh_replay_set_priority (replay, N, 1e9);
  sh_replay_set_priority (replay, 3, NAN);
  sh_random_seed (&random, 2, 0);
  for (guint d = 0; d < DRAWS; d++)
    {
      guint32 slots[4];
      float weights[4];

      sh_replay_draw (replay, &random, 4, 1, slots, weights);
      for (guint i = 0; i < 4; i++)
        {
          g_assert_cmpuint (slots[i], <, N);
          counts[slots[i]] += 1.0 / (4 * DRAWS);
          weight[slots[i]] = weights[i] / weights[0] *
                             sqrt (slots[i] * slots[i] + 0.01) /
                             sqrt (slots[0] * slots[0] + 0.01);
          g_assert_cmpfloat_with_epsilon (weight[slots[i]], 1, 1e-4);
          g_assert_true (weights[i] > 0 && weights[i] <= 1);
        }
    }
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (counts[i], sqrt (i * i + 0.01) / total,
                                    0.01);
}

static void
test_masks (void)
{
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (ShReplay) replay = sh_replay_new (space, 1000, 0);
  g_autoptr (ShFragment) plain = make_fragment (space, 0, 3, SH_FRAGMENT_OPEN);
  g_autoptr (ShFragment) masked =
      make_fragment (space, 10, 3, SH_FRAGMENT_OPEN);
  ShTransition t;

  sh_fragment_need_masks (masked, space);
  memcpy (masked->masks, ((guint8[]){ 0, 1, 1, 0, 1, 1, 1, 0 }), 8);
  sh_replay_add (replay, plain);
  sh_replay_add (replay, masked);
  sh_replay_add (replay, plain);
  sh_replay_get (replay, 1, 1, 1, &t);
  g_assert_cmpmem (t.mask, 2, ((guint8[]){ 1, 1 }), 2);
  sh_replay_get (replay, 5, 2, 1, &t);
  g_assert_cmpmem (t.mask, 2, ((guint8[]){ 1, 0 }), 2);
  g_assert_cmpmem (t.next_mask, 2, ((guint8[]){ 1, 0 }), 2);
  sh_replay_get (replay, 8, 1, 1, &t);
  g_assert_cmpmem (t.mask, 2, ((guint8[]){ 1, 1 }), 2);
}

/* What is not a number is 0 from then on. */
static void
test_not_finite (void)
{
  g_autoptr (ShSpace) space = make_space ();
  g_autoptr (ShReplay) replay = sh_replay_new (space, 1000, 0);
  g_autoptr (ShFragment) fragment =
      make_fragment (space, 1, 2, SH_FRAGMENT_OPEN);
  ShTransition t;

  fragment->observations[0] = NAN;
  fragment->actions[0] = INFINITY;
  fragment->rewards[0] = -INFINITY;
  sh_replay_add (replay, fragment);
  sh_replay_get (replay, 0, 1, 1, &t);
  g_assert_cmpfloat (*t.observation, ==, 0);
  g_assert_cmpfloat (*t.action, ==, 0);
  g_assert_cmpfloat (t.reward, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay/sums-rewards-up-to-the-end", test_transitions);
  g_test_add_func ("/replay/forgets-the-oldest", test_ring);
  g_test_add_func ("/replay/draws-by-priority", test_priorities);
  g_test_add_func ("/replay/keeps-masks", test_masks);
  g_test_add_func ("/replay/not-finite", test_not_finite);
  return g_test_run ();
}
