/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Policies: acting, copying, saving and loading, and bytes that were damaged.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

#define N_OBSERVATIONS 5u
#define N_ACTIONS 6u
#define N 150u

static const guint hidden[] = { 9, 20 };

/* A policy with everything in it different from what a new one has. */
static ShPolicy *
make_policy (const ShSpace *space, guint64 seed)
{
  ShPolicy *policy = sh_policy_new (space, hidden, 2, seed);
  float observations[20 * N_OBSERVATIONS];
  ShRandom random;

  sh_random_seed (&random, seed, 77);
  for (guint i = 0; i < G_N_ELEMENTS (observations); i++)
    observations[i] = 3 * sh_random_normal (&random) + 1;
  sh_policy_update_normaliser (policy, 20, observations);
  sh_network_randomize (&policy->actor, policy->parameters, 1, &random);
  for (guint i = 0; i < policy->distribution.n_log_deviations; i++)
    policy->parameters[policy->log_deviations + i] = -0.1f * (float) (i + 1);
  sh_policy_set_value_scale (policy, 4, 2.5f);
  return policy;
}

static void
draw_observations (float *observations, guint n, guint64 seed)
{
  ShRandom random;

  sh_random_seed (&random, seed, 3);
  for (guint i = 0; i < n * N_OBSERVATIONS; i++)
    observations[i] = 4 * sh_random_normal (&random);
}

typedef struct
{
  float actions[N * N_ACTIONS], log_probs[N], values[N];
} Answers;

static void
answer (ShPolicy *policy,
        ShActMode mode,
        const float *observations,
        Answers *to)
{
  memset (to, 0, sizeof *to);
  sh_policy_act (policy, mode, N, observations, to->actions, to->log_probs,
                 to->values);
}

/* The whole path in doubles: normalise, networks, scale of values. */
static void
test_act_matches_reference (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 1);
  g_autofree double *exact = g_new (double, policy->n_parameters);
  float observations[N * N_OBSERVATIONS], values[N];
  Answers answers;

  for (gsize i = 0; i < policy->n_parameters; i++)
    exact[i] = policy->parameters[i];
  draw_observations (observations, N, 1);
  observations[7] = NAN;
  observations[8] = 1e30f;
  answer (policy, SH_ACT_EXPLORE, observations, &answers);
  sh_policy_value (policy, N, observations, values);
  for (guint i = 0; i < N; i++)
    {
      double x[N_OBSERVATIONS], outputs[9], value, entropy, log_prob;

      for (guint o = 0; o < N_OBSERVATIONS; o++)
        {
          float raw = observations[i * N_OBSERVATIONS + o];
          const ShNormaliser *normaliser = &policy->normaliser;

          x[o] = ((isfinite (raw) ? raw : 0) - normaliser->mean[o]) /
                 sqrt (normaliser->squares[o] / normaliser->count);
          x[o] = CLAMP (x[o], -10, 10);
        }
      reference_forward (&policy->actor, exact, x, outputs);
      reference_forward (&policy->critic, exact + policy->critic_parameters, x,
                         &value);
      log_prob =
          reference_log_prob (space, outputs, exact + policy->log_deviations,
                              answers.actions + i * N_ACTIONS, &entropy);
      g_assert_true (reference_is_near (answers.log_probs[i], log_prob, 2e-4));
      g_assert_true (
          reference_is_near (answers.values[i], 4 + 2.5 * value, 1e-4));
      g_assert_cmpfloat (values[i], ==, answers.values[i]);
    }
}

/* How many are asked at a time makes no difference to greedy answers. */
static void
test_one_at_a_time (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 2);
  float observations[N * N_OBSERVATIONS];
  Answers answers;

  draw_observations (observations, N, 2);
  answer (policy, SH_ACT_GREEDY, observations, &answers);
  for (guint i = 0; i < N; i++)
    {
      float action[N_ACTIONS], value;

      sh_policy_act (policy, SH_ACT_GREEDY, 1,
                     observations + i * N_OBSERVATIONS, action, NULL, &value);
      for (guint a = 0; a < N_ACTIONS; a++)
        g_assert_cmpfloat_with_epsilon (
            action[a], answers.actions[i * N_ACTIONS + a], 1e-5);
      g_assert_cmpfloat_with_epsilon (value, answers.values[i], 1e-4);
    }
}

static void
test_seeds (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) a = make_policy (space, 3);
  g_autoptr (ShPolicy) b = make_policy (space, 3);
  float observations[N * N_OBSERVATIONS];
  Answers first, second;

  draw_observations (observations, N, 3);
  answer (a, SH_ACT_EXPLORE, observations, &first);
  answer (b, SH_ACT_EXPLORE, observations, &second);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
  answer (a, SH_ACT_EXPLORE, observations, &second);
  g_assert_true (memcmp (&first, &second, sizeof first) != 0);
  sh_policy_seed (a, 3);
  answer (a, SH_ACT_EXPLORE, observations, &second);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
  sh_policy_seed (a, 4);
  answer (a, SH_ACT_EXPLORE, observations, &second);
  g_assert_true (memcmp (&first, &second, sizeof first) != 0);
}

/* The block of floats is all that two policies differ in. */
static void
test_copy_block (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) a = make_policy (space, 4);
  g_autoptr (ShPolicy) b = sh_policy_new (space, hidden, 2, 99);
  float observations[N * N_OBSERVATIONS];
  Answers first, second;
  gsize n, m;
  float *from = sh_policy_get_parameters (a, &n);
  float *to = sh_policy_get_parameters (b, &m);

  g_assert_cmpuint (n, ==, m);
  memcpy (to, from, sizeof (float) * n);
  sh_policy_seed (a, 1);
  sh_policy_seed (b, 1);
  draw_observations (observations, N, 4);
  answer (a, SH_ACT_EXPLORE, observations, &first);
  answer (b, SH_ACT_EXPLORE, observations, &second);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
}

static void
test_value_scale (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 5);
  float observations[N * N_OBSERVATIONS], before[N], after[N];

  draw_observations (observations, N, 5);
  sh_policy_value (policy, N, observations, before);
  sh_policy_set_value_scale (policy, -1000, 77);
  sh_policy_value (policy, N, observations, after);
  for (guint i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon (before[i], after[i], 1e-3);
}

static void
test_not_finite (void)
{
  static const float strange[] = { NAN,   INFINITY, -INFINITY,
                                   3e38f, -3e38f,   1e-45f };
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 6);
  float observations[N * N_OBSERVATIONS];
  Answers answers;

  for (guint mode = 0; mode < 2; mode++)
    {
      for (guint i = 0; i < N * N_OBSERVATIONS; i++)
        observations[i] = strange[(i * 7 + i / 11) % G_N_ELEMENTS (strange)];
      answer (policy, mode == 0 ? SH_ACT_EXPLORE : SH_ACT_GREEDY, observations,
              &answers);
      for (guint i = 0; i < N * N_ACTIONS; i++)
        g_assert_true (isfinite (answers.actions[i]));
      for (guint i = 0; i < N; i++)
        g_assert_true (isfinite (answers.log_probs[i]) &&
                       isfinite (answers.values[i]));
      /* The same when the normaliser has seen such things. */
      sh_policy_update_normaliser (policy, N, observations);
    }
}

static void
test_save_load (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 7);
  g_autoptr (GBytes) bytes = sh_policy_save (policy);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPolicy) loaded = sh_policy_load (space, bytes, &error);
  g_autoptr (GBytes) again = NULL;
  float observations[N * N_OBSERVATIONS];
  Answers first, second;

  g_assert_no_error (error);
  g_assert_true (sh_space_equal (space, sh_policy_get_space (loaded)));
  again = sh_policy_save (loaded);
  g_assert_true (g_bytes_equal (bytes, again));
  sh_policy_seed (policy, 0);
  draw_observations (observations, N, 7);
  answer (policy, SH_ACT_EXPLORE, observations, &first);
  answer (loaded, SH_ACT_EXPLORE, observations, &second);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
}

/* The file as its description says, byte by byte. */
static void
test_save_format (void)
{
  static const guint8 start[] = {
    's', 'h', 'p', 'o', 'l', 'i', 'c',  'y',  2, 0, 0, 0, /* version */
    2,   0,   0,   0,   1,   0,   0,    0, /* observations, actions */
    0,   0,   0,   0,   0,   0,   0,    0, /* continuous */
    0,   0,   0,   0,   0,   0,   0xf0, 0xbf, /* -1.0 */
    0,   0,   0,   0,   0,   0,   0,    0x40, /* 2.0 */
    0,   0,   0,   0, /* stochastic */
    1,   0,   0,   0,   3,   0,   0,    0, /* one hidden layer of 3 */
    0,   0,   0,   0, /* tanh */
    0,   0,   0,   0,   0,   0,   0xf0, 0x3f, /* one observation seen */
    0,   0,   0,   0,   0,   0,   0x14, 0x40, /* its mean 5.0 */
  };
  static const float seen[] = { 5, -3 };
  const guint width = 3;
  g_autoptr (ShSpace) space = sh_space_new (2, 1);
  g_autoptr (ShPolicy) policy = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize size;
  const guint8 *data;

  space->actions[0] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 2 };
  policy = sh_policy_new (space, &width, 1, 1);
  sh_policy_update_normaliser (policy, 1, seen);
  bytes = sh_policy_save (policy);
  data = g_bytes_get_data (bytes, &size);
  g_assert_cmpmem (data, sizeof start, start, sizeof start);
  /* Then three doubles, value scale, exploration, two networks of 2-3-1, a
   * deviation and the checksum. */
  g_assert_cmpuint (size, ==,
                    sizeof start + 3 * 8 + 3 * 4 +
                        2 * 4 * (2 * 3 + 3 + 3 * 1 + 1) + 4 + 8);
}

/* Replaces the checksum, as somebody would who means harm. */
static GBytes *
seal (guint8 *data, gsize size)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (gsize i = 0; i + 8 < size; i++)
    hash = (hash ^ data[i]) * G_GUINT64_CONSTANT (1099511628211);
  for (guint i = 0; i < 8 && size >= 8; i++)
    data[size - 8 + i] = (guint8) (hash >> (8 * i));
  return g_bytes_new (data, size);
}

static void
check_refused (const ShSpace *space, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPolicy) policy = sh_policy_load (space, bytes, &error);

  g_assert_null (policy);
  g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
}

/* What loads in spite of a change must be a policy that works. */
static void
check_harmless (const ShSpace *space, GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPolicy) policy = sh_policy_load (space, bytes, &error);
  float observation[N_OBSERVATIONS] = { 1, -2, 3, 0, 0.5f };
  float action[N_ACTIONS];

  if (policy == NULL)
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
      return;
    }
  sh_policy_act (policy, SH_ACT_GREEDY, 1, observation, action, NULL, NULL);
  for (guint a = 0; a < N_ACTIONS; a++)
    g_assert_true (isfinite (action[a]));
  sh_policy_act (policy, SH_ACT_EXPLORE, 1, observation, action, NULL, NULL);
  for (guint a = 0; a < N_ACTIONS; a++)
    g_assert_true (isfinite (action[a]));
}

static void
test_damage (void)
{
  static const guint8 changes[] = { 0x01, 0x80, 0xff };
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 8);
  g_autoptr (GBytes) bytes = sh_policy_save (policy);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize i = 0; i < size; i++)
    for (guint c = 0; c < G_N_ELEMENTS (changes); c++)
      {
        g_autofree guint8 *copy = g_memdup2 (data, size);
        g_autoptr (GBytes) damaged = NULL, sealed = NULL;

        copy[i] ^= changes[c];
        damaged = g_bytes_new (copy, size);
        check_refused (space, damaged);
        sealed = seal (copy, size);
        check_harmless (space, sealed);
      }
}

static void
test_truncation (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 9);
  g_autoptr (GBytes) bytes = sh_policy_save (policy);
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);

  for (gsize length = 0; length < size; length++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, MAX (length, 1));
      g_autoptr (GBytes) cut = g_bytes_new (copy, length);
      g_autoptr (GBytes) sealed = NULL;

      check_refused (space, cut);
      sealed = seal (copy, length);
      check_refused (space, sealed);
    }
}

static void
test_other_space (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShPolicy) policy = make_policy (space, 10);
  g_autoptr (GBytes) bytes = sh_policy_save (policy);

  for (guint change = 0; change < 5; change++)
    {
      g_autoptr (ShSpace) other = sh_space_copy (space);

      if (change == 0)
        other->n_observations++;
      else if (change == 1)
        other->actions[0].n_choices++;
      else if (change == 2)
        other->actions[1].high = 3;
      else if (change == 3)
        other->n_actions--;
      else
        other->actions[5] = other->actions[4];
      check_refused (other, bytes);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/act/matches-reference", test_act_matches_reference);
  g_test_add_func ("/policy/act/one-at-a-time", test_one_at_a_time);
  g_test_add_func ("/policy/act/seeds", test_seeds);
  g_test_add_func ("/policy/act/not-finite", test_not_finite);
  g_test_add_func ("/policy/parameters/copy-acts-the-same", test_copy_block);
  g_test_add_func ("/policy/value-scale/values-stay", test_value_scale);
  g_test_add_func ("/policy/file/round-trip", test_save_load);
  g_test_add_func ("/policy/file/format", test_save_format);
  g_test_add_func ("/policy/file/damage-anywhere", test_damage);
  g_test_add_func ("/policy/file/cut-anywhere", test_truncation);
  g_test_add_func ("/policy/file/other-space", test_other_space);
  return g_test_run ();
}
