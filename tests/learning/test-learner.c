/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What every learner must do, whatever its algorithm: go on from what was
 * saved, be the same on any number of threads, bear odd input, keep to masks,
 * and know which steps are its own.
 */

#include <math.h>
#include <string.h>

#include "reference.h"
#include "sh-error.h"
#include "sh-learner.h"

#define N_OBSERVATIONS 3u

typedef struct
{
  const char *name, *algorithm;
  guint n_discrete, n_continuous;
} Case;

static const Case cases[] = {
  { "ppo-discrete", "PPO", 2, 0 },
  { "ppo-mixed", "PPO", 1, 2 },
  { "apex", "APEX", 2, 0 },
  { "sac", "SAC", 0, 2 },
};

static ShSpace *
make_space (const Case *c)
{
  ShSpace *space =
      sh_space_new (N_OBSERVATIONS, c->n_discrete + c->n_continuous);

  for (guint a = 0; a < space->n_actions; a++)
    space->actions[a] =
        a < c->n_discrete
            ? (ShComponent){ SH_COMPONENT_DISCRETE, 3 + a, 0, 0 }
            : (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 1 + a };
  return space;
}

static void
set_options (const Case *c, const ShSpace *space, ShLearnerOptions *options)
{
  sh_learner_options_init_for (options, c->algorithm, space);
  options->n_hidden_layers = options->n_q_hidden_layers = 2;
  options->hidden_layers[0] = options->q_hidden_layers[0] = 12;
  options->hidden_layers[1] = options->q_hidden_layers[1] = 9;
  options->minibatch_size = 32;
  options->n_epochs = 2;
  options->replay_size = 600;
  options->n_first_steps = 100;
  options->updates_per_step = 0.13;
  options->seed = 3;
}

static ShLearner *
make_learner (const Case *c, guint n_threads)
{
  g_autoptr (ShSpace) space = make_space (c);
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;
  ShLearner *learner;

  set_options (c, space, &options);
  options.n_threads = n_threads;
  learner = sh_learner_new (c->algorithm, space, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (sh_learner_get_name (learner), ==, c->algorithm);
  return learner;
}

/* Steps by the policy as it is; every third has masks, if there are choices. */
static ShFragment *
make_fragment (ShLearner *learner, guint number, guint n_steps)
{
  ShPolicy *policy = sh_learner_get_policy (learner);
  const ShSpace *space = sh_policy_get_space (policy);
  const guint n_choices = sh_space_get_n_choices (space);
  ShFragment *fragment = sh_fragment_new (space, n_steps);
  ShRandom random;

  sh_random_seed (&random, number, 7);
  for (guint i = 0; i < (n_steps + 1) * N_OBSERVATIONS; i++)
    fragment->observations[i] = 2 * sh_random_normal (&random) + 1;
  for (guint i = 0; i < n_steps; i++)
    fragment->rewards[i] = sh_random_normal (&random) + 1;
  if (number % 3 == 2)
    sh_fragment_need_masks (fragment, space);
  for (guint i = 0; fragment->masks != NULL && i < (n_steps + 1) * n_choices;
       i++)
    fragment->masks[i] = sh_random_below (&random, 4) > 0;
  sh_policy_act_masked (policy, SH_ACT_EXPLORE, n_steps, fragment->observations,
                        fragment->masks, fragment->actions, fragment->log_probs,
                        fragment->values);
  fragment->n_steps = n_steps;
  fragment->end = (ShFragmentEnd) (number % 3);
  return fragment;
}

static void
teach (ShLearner *learner, guint first, guint n)
{
  for (guint batch = first; batch < first + n; batch++)
    {
      ShFragment *fragments[3];

      for (guint f = 0; f < G_N_ELEMENTS (fragments); f++)
        fragments[f] = make_fragment (learner, 3 * batch + f, 20 + 23 * f);
      sh_learner_learn (learner, fragments, G_N_ELEMENTS (fragments), NULL);
      for (guint f = 0; f < G_N_ELEMENTS (fragments); f++)
        sh_fragment_free (fragments[f]);
    }
}

/* Ten batches at once, and five, saved, loaded, five. */
static void
test_resume (gconstpointer data)
{
  g_autoptr (ShLearner) whole = make_learner (data, 1);
  g_autoptr (ShLearner) first = make_learner (data, 1);
  g_autoptr (ShLearner) second = make_learner (data, 2);
  g_autoptr (GBytes) saved = NULL, expected = NULL, got = NULL;
  g_autoptr (GError) error = NULL;

  teach (whole, 0, 10);
  teach (first, 0, 5);
  saved = sh_learner_save (first);
  g_assert_true (sh_learner_load (second, saved, &error));
  g_assert_no_error (error);
  teach (second, 5, 5);
  expected = sh_learner_save (whole);
  got = sh_learner_save (second);
  g_assert_true (g_bytes_equal (expected, got));
  g_assert_false (g_bytes_equal (saved, got));
}

/* A policy in another process acts and explores like the learner's as soon as
 * the block is copied, whatever a schedule has changed by then. */
static void
test_explores_elsewhere (gconstpointer data)
{
  g_autoptr (ShLearner) learner = make_learner (data, 1);
  ShPolicy *policy = sh_learner_get_policy (learner);
  g_autoptr (GBytes) bytes = sh_policy_save (policy);
  g_autoptr (ShPolicy) copy =
      sh_policy_load (sh_policy_get_space (policy), bytes, NULL);
  g_autoptr (ShPolicy) other = sh_policy_copy (policy);
  float observations[40 * N_OBSERVATIONS], first[40 * 4], second[40 * 4];
  float *from, *to;
  gsize n_from, n_to;
  ShRandom random;

  teach (learner, 0, 5);
  from = sh_policy_get_parameters (policy, &n_from);
  to = sh_policy_get_parameters (copy, &n_to);
  g_assert_cmpuint (n_from, ==, n_to);
  memcpy (to, from, sizeof (float) * n_from);
  sh_random_seed (&random, 2, 0);
  for (guint i = 0; i < G_N_ELEMENTS (observations); i++)
    observations[i] = 2 * sh_random_normal (&random);
  memset (first, 0, sizeof first);
  memset (second, 0, sizeof second);
  sh_policy_seed (policy, 9);
  sh_policy_seed (copy, 9);
  sh_policy_seed (other, 9);
  sh_policy_act (policy, SH_ACT_EXPLORE, 40, observations, first, NULL, NULL);
  sh_policy_act (copy, SH_ACT_EXPLORE, 40, observations, second, NULL, NULL);
  g_assert_cmpmem (first, sizeof first, second, sizeof second);
  sh_policy_act (other, SH_ACT_EXPLORE, 40, observations, second, NULL, NULL);
  g_assert_true (memcmp (first, second, sizeof first) != 0);
}

/* Before anything was learnt there is something to save, too. */
static void
test_resume_new (gconstpointer data)
{
  g_autoptr (ShLearner) first = make_learner (data, 1);
  g_autoptr (ShLearner) second = make_learner (data, 1);
  g_autoptr (GBytes) saved = sh_learner_save (first);
  g_autoptr (GBytes) one = NULL, two = NULL;

  g_assert_true (sh_learner_load (second, saved, NULL));
  teach (first, 0, 2);
  teach (second, 0, 2);
  one = sh_learner_save (first);
  two = sh_learner_save (second);
  g_assert_true (g_bytes_equal (one, two));
}

static void
test_threads (gconstpointer data)
{
  g_autoptr (ShLearner) one = make_learner (data, 1);
  g_autoptr (ShLearner) two = make_learner (data, 2);
  g_autoptr (GBytes) first = NULL, second = NULL;

  teach (one, 0, 6);
  teach (two, 0, 6);
  first = sh_learner_save (one);
  second = sh_learner_save (two);
  g_assert_true (g_bytes_equal (first, second));
}

/* Replaces the checksum, as somebody would who means harm. */
static GBytes *
seal (guint8 *bytes, gsize size)
{
  guint64 hash = G_GUINT64_CONSTANT (14695981039346656037);

  for (gsize i = 0; i + 8 < size; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (1099511628211);
  for (guint i = 0; i < 8 && size >= 8; i++)
    bytes[size - 8 + i] = (guint8) (hash >> (8 * i));
  return g_bytes_new (bytes, size);
}

static void
check_refused (const Case *c, GBytes *bytes)
{
  g_autoptr (ShLearner) learner = make_learner (c, 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (sh_learner_load (learner, bytes, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
}

/* What is taken in spite of a change must be able to go on. */
static void
check_harmless (const Case *c, GBytes *bytes)
{
  g_autoptr (ShLearner) learner = make_learner (c, 1);
  g_autoptr (GError) error = NULL;

  if (!sh_learner_load (learner, bytes, &error))
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
      return;
    }
  teach (learner, 0, 1);
}

static void
test_damage (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (ShLearner) learner = make_learner (c, 1);
  g_autoptr (GBytes) saved = NULL;
  const guint8 *bytes;
  gsize size, stride;

  teach (learner, 0, 2);
  saved = sh_learner_save (learner);
  bytes = g_bytes_get_data (saved, &size);
  stride = MAX (size / 500, 1);
  for (gsize i = 0; i < size; i += i < 200 || i + 200 > size ? 1 : stride)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, size);
      g_autoptr (GBytes) damaged = NULL, sealed = NULL, cut = NULL;

      copy[i] ^= i % 2 == 0 ? 0xff : 0x40;
      damaged = g_bytes_new (copy, size);
      check_refused (c, damaged);
      sealed = seal (copy, size);
      check_harmless (c, sealed);
      memcpy (copy, bytes, i);
      cut = seal (copy, i);
      check_refused (c, cut);
    }
}

/* Of another algorithm, another space, other networks. */
static void
test_others (void)
{
  g_autoptr (ShLearner) ppo = make_learner (&cases[0], 1);
  g_autoptr (ShLearner) apex = make_learner (&cases[2], 1);
  g_autoptr (GBytes) saved = sh_learner_save (ppo);
  g_autoptr (ShSpace) space = make_space (&cases[0]);
  g_autoptr (ShLearner) larger = NULL;
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;

  g_assert_false (sh_learner_load (apex, saved, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "not one of APEX"));
  g_clear_error (&error);
  check_refused (&cases[1], saved);
  set_options (&cases[0], space, &options);
  options.hidden_layers[1] = 10;
  larger = sh_ppo_new (space, &options);
  g_assert_false (sh_learner_load (larger, saved, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, "shape"));
}

/* Whatever a fragment holds, what is learnt stays finite. */
static void
test_not_finite (gconstpointer data)
{
  static const float strange[] = { NAN, INFINITY, -INFINITY, 3e38f, -3e38f };
  const Case *c = data;
  g_autoptr (ShLearner) learner = make_learner (c, 1);
  g_autoptr (ShLearner) other = make_learner (c, 1);
  g_autoptr (GBytes) saved = NULL;

  for (guint where = 0; where < 5; where++)
    for (guint s = 0; s < G_N_ELEMENTS (strange); s++)
      {
        g_autoptr (ShFragment) fragment = make_fragment (learner, s, 60);
        float *arrays[] = { fragment->observations, fragment->actions,
                            fragment->log_probs, fragment->values,
                            fragment->rewards };

        for (guint i = 0; i < 60; i += 7)
          arrays[where][i] = strange[s];
        sh_learner_learn (learner, &fragment, 1, NULL);
      }
  saved = sh_learner_save (learner);
  g_assert_true (sh_learner_load (other, saved, NULL));
}

/* No, one and many steps; and what the figures say. */
static void
test_sizes (gconstpointer data)
{
  static const guint sizes[] = { 0, 1, 2, 63, 700, 1 };
  g_autoptr (ShLearner) learner = make_learner (data, 1);
  ShLearnerStats stats;

  sh_learner_learn (learner, NULL, 0, &stats);
  g_assert_cmpuint (stats.n_updates, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (ShFragment) fragment = make_fragment (learner, i, sizes[i]);
      const guint64 before = stats.n_updates;

      sh_learner_learn (learner, &fragment, 1, &stats);
      g_assert_cmpuint (stats.n_updates, >=, before);
    }
  g_assert_cmpuint (stats.n_updates, >, 0);
  g_assert_cmpuint (sh_learner_get_batch_size (learner), >, 0);
}

/* ---- external steps and masks ---- */

/* PPO learns from fragments with external steps as from the parts between. */
static void
test_ppo_leaves_out (void)
{
  g_autoptr (ShLearner) a = make_learner (&cases[1], 1);
  g_autoptr (ShLearner) b = make_learner (&cases[1], 1);
  const ShSpace *space = sh_policy_get_space (sh_learner_get_policy (a));
  g_autoptr (ShFragment) whole = make_fragment (a, 4, 30);
  ShFragment parts[2] = { *whole, *whole };
  ShFragment *const pointers[] = { &parts[0], &parts[1] };
  g_autoptr (GBytes) first = NULL, second = NULL;

  sh_policy_seed (sh_learner_get_policy (b), 3);
  whole->external[0] = whole->external[11] = whole->external[12] = 1;
  parts[0].observations += space->n_observations;
  parts[0].actions += space->n_actions;
  parts[0].log_probs++;
  parts[0].values++;
  parts[0].rewards++;
  parts[0].external = NULL;
  parts[0].n_steps = 10;
  parts[0].end = SH_FRAGMENT_OPEN;
  parts[1].observations += 13 * space->n_observations;
  parts[1].actions += 13 * space->n_actions;
  parts[1].log_probs += 13;
  parts[1].values += 13;
  parts[1].rewards += 13;
  parts[1].external = NULL;
  parts[1].n_steps = 17;
  sh_learner_learn (a, &whole, 1, NULL);
  sh_learner_learn (b, pointers, 2, NULL);
  first = sh_policy_save (sh_learner_get_policy (a));
  second = sh_policy_save (sh_learner_get_policy (b));
  g_assert_true (g_bytes_equal (first, second));

  /* Nothing of its own: nothing to learn from. */
  memset (whole->external, 1, 30);
  sh_learner_learn (a, &whole, 1, NULL);
  g_clear_pointer (&second, g_bytes_unref);
  second = sh_policy_save (sh_learner_get_policy (a));
  g_assert_true (g_bytes_equal (first, second));
}

static void
test_off_policy_uses (gconstpointer data)
{
  g_autoptr (ShLearner) learner = make_learner (data, 1);
  g_autoptr (ShFragment) fragment = make_fragment (learner, 4, 30);
  ShLearnerStats stats;

  memset (fragment->external, 1, 30);
  sh_learner_learn (learner, &fragment, 1, &stats);
  g_assert_cmpuint (stats.n_replayed, ==, 30);
}

/* Neither tried nor chosen when it is not allowed; all of a component masked
 * is as if none were. */
static void
test_masks (gconstpointer data)
{
  g_autoptr (ShLearner) learner = make_learner (data, 1);
  ShPolicy *policy = sh_learner_get_policy (learner);
  const ShSpace *space = sh_policy_get_space (policy);
  const guint n_choices = sh_space_get_n_choices (space);
  guint seen[16] = { 0 };
  ShRandom random;

  teach (learner, 0, 4);
  sh_random_seed (&random, 1, 0);
  for (guint trial = 0; trial < 2000; trial++)
    {
      const ShActMode mode = trial % 2 ? SH_ACT_EXPLORE : SH_ACT_GREEDY;
      float observation[N_OBSERVATIONS], action[4];
      guint8 mask[16];
      guint at = 0;

      for (guint o = 0; o < N_OBSERVATIONS; o++)
        observation[o] = 3 * sh_random_normal (&random);
      for (guint i = 0; i < n_choices; i++)
        mask[i] = trial % 10 == 0 ? 0 : sh_random_below (&random, 2);
      sh_policy_act_masked (policy, mode, 1, observation, mask, action, NULL,
                            NULL);
      for (guint a = 0; a < space->n_actions; a++)
        {
          const guint n = space->actions[a].n_choices;
          guint n_allowed = 0;

          if (space->actions[a].kind != SH_COMPONENT_DISCRETE)
            continue;
          for (guint i = 0; i < n; i++)
            n_allowed += mask[at + i];
          if (n_allowed > 0)
            g_assert_cmpuint (mask[at + (guint) action[a]], ==, 1);
          seen[at + (guint) action[a]]++;
          at += n;
        }
    }
  for (guint i = 0; i < n_choices; i++)
    g_assert_cmpuint (seen[i], >, 50);
}

/* Log-probabilities of a masked choice are those among the allowed. */
static void
test_masked_log_probs (void)
{
  g_autoptr (ShLearner) learner = make_learner (&cases[0], 1);
  ShPolicy *policy = sh_learner_get_policy (learner);
  const float observation[N_OBSERVATIONS] = { 1, 2, -1 };
  const guint8 mask[] = { 1, 0, 1, 0, 0, 1, 0 };
  double probs[3] = { 0 }, total;

  teach (learner, 0, 3);
  /* Each choice's probability when it is free to choose. */
  for (guint trial = 0; trial < 200; trial++)
    {
      float action[2], log_prob;
      guint8 second_fixed[] = { 1, 1, 1, 0, 0, 1, 0 };

      sh_policy_act_masked (policy, SH_ACT_EXPLORE, 1, observation,
                            second_fixed, action, &log_prob, NULL);
      probs[(guint) action[0]] = exp (log_prob);
    }
  g_assert_cmpfloat_with_epsilon (probs[0] + probs[1] + probs[2], 1, 1e-5);
  total = probs[0] + probs[2];
  for (guint trial = 0; trial < 50; trial++)
    {
      float action[2], log_prob;

      sh_policy_act_masked (policy, SH_ACT_EXPLORE, 1, observation, mask,
                            action, &log_prob, NULL);
      g_assert_cmpfloat_with_epsilon (exp (log_prob),
                                      probs[(guint) action[0]] / total, 1e-5);
    }
}

/* ---- fragments ---- */

static void
test_fragment_grows (void)
{
  g_autoptr (ShSpace) space = make_space (&cases[1]);
  g_autoptr (ShFragment) fragment = sh_fragment_new (space, 1);
  const guint n_choices = sh_space_get_n_choices (space);

  fragment->observations[N_OBSERVATIONS] = 7;
  fragment->external[0] = 1;
  sh_fragment_need_masks (fragment, space);
  fragment->masks[0] = 0;
  sh_fragment_reserve (fragment, space, 100);
  g_assert_cmpuint (fragment->capacity, ==, 100);
  g_assert_cmpfloat (fragment->observations[N_OBSERVATIONS], ==, 7);
  g_assert_cmpfloat (fragment->observations[100 * N_OBSERVATIONS], ==, 0);
  g_assert_cmpuint (fragment->external[0], ==, 1);
  g_assert_cmpuint (fragment->external[99], ==, 0);
  g_assert_cmpuint (fragment->masks[0], ==, 0);
  g_assert_cmpuint (fragment->masks[101 * n_choices - 1], ==, 1);
  sh_fragment_clear (fragment);
  g_assert_cmpuint (fragment->external[0], ==, 0);
  g_assert_null (fragment->masks);
}

/* ---- choosing ---- */

static void
check_usage_error (const char *algorithm,
                   const ShSpace *space,
                   const char *expected)
{
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;

  sh_learner_options_init_for (&options, algorithm, space);
  g_assert_null (sh_learner_new (algorithm, space, &options, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, expected));
}

static void
test_choice (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShLearner) learner = NULL;
  ShLearnerOptions options;

  check_usage_error ("APEX", space, "APEX needs");
  check_usage_error ("sac", space, "SAC needs");
  check_usage_error ("TRPO2", space, "PPO, APEX, SAC");
  space->n_actions = 1;
  check_usage_error ("SAC", space, "between two bounds");
  /* The limits of a kind of numbers are no bounds. */
  space->actions[0] =
      (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -G_MAXDOUBLE, G_MAXDOUBLE };
  check_usage_error ("SAC", space, "between two bounds");
  space->n_actions = 6;
  sh_learner_options_init (&options, space);
  options.activations[0] = (ShActivation) 77;
  g_assert_false (sh_learner_options_check (&options, NULL));
  options.activations[0] = SH_ACTIVATION_SOFTMAX;
  learner = sh_learner_new (NULL, space, &options, NULL);
  g_assert_cmpstr (sh_learner_get_name (learner), ==,
                   sh_learner_get_default ());
}

typedef struct
{
  const char *name;
  void (*func) (gconstpointer data);
  gboolean discrete, off_policy; /* only those */
} EachTest;

static const EachTest each[] = {
  { "resume/bit-for-bit", test_resume, FALSE, FALSE },
  { "resume/before-learning", test_resume_new, FALSE, FALSE },
  { "explores-elsewhere", test_explores_elsewhere, FALSE, FALSE },
  { "resume/damage", test_damage, FALSE, FALSE },
  { "threads-make-no-difference", test_threads, FALSE, FALSE },
  { "not-finite-fragments", test_not_finite, FALSE, FALSE },
  { "batch-of-any-size", test_sizes, FALSE, FALSE },
  { "masks-are-kept-to", test_masks, TRUE, FALSE },
  { "learns-from-external-steps", test_off_policy_uses, FALSE, TRUE },
};

/* What a program asks for has limits, so that there is memory for it. */
static void
test_limits (void)
{
  static const guint large[] = { 4096, 4096, 4096 };
  g_autoptr (ShSpace) space = reference_mixed_space (N_OBSERVATIONS);
  g_autoptr (ShSpace) wide = sh_space_new (65536, 1);
  g_autoptr (ShLearner) ordinary = NULL;
  g_autoptr (ShLearner) much = NULL;
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;

  sh_learner_options_init (&options, space);
  options.n_hidden_layers = G_N_ELEMENTS (large);
  memcpy (options.hidden_layers, large, sizeof large);
  g_assert_null (sh_learner_new ("PPO", space, &options, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, "make its layers smaller"));
  g_clear_error (&error);

  options.n_hidden_layers = 1;
  options.hidden_layers[0] = 8;
  options.n_q_hidden_layers = G_N_ELEMENTS (large);
  memcpy (options.q_hidden_layers, large, sizeof large);
  g_assert_null (sh_learner_new ("PPO", space, &options, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
  g_clear_error (&error);

  options.n_q_hidden_layers = 0;
  options.batch_size = 2000000;
  options.minibatch_size = 500000;
  options.batch_growth = 0;
  ordinary = sh_learner_new ("PPO", space, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sh_learner_get_batch_size (ordinary), ==, 2000000);

  wide->actions[0] = (ShComponent){ SH_COMPONENT_DISCRETE, 2, 0, 0 };
  much = sh_learner_new ("PPO", wide, &options, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sh_learner_get_batch_size (much), ==,
                    SH_LEARNER_MAX_BATCH / (65536 + 1 + 5));
  g_assert_cmpuint (sh_learner_get_largest_batch_size (much), ==,
                    sh_learner_get_batch_size (much));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint t = 0; t < G_N_ELEMENTS (each); t++)
      {
        g_autofree char *path =
            g_strdup_printf ("/learner/%s/%s", cases[i].name, each[t].name);

        if ((each[t].discrete && cases[i].n_discrete == 0) ||
            (each[t].off_policy && strcmp (cases[i].algorithm, "PPO") == 0))
          continue;
        g_test_add_data_func (path, &cases[i], each[t].func);
      }
  g_test_add_func ("/learner/resume/of-another-kind", test_others);
  g_test_add_func ("/learner/ppo-leaves-external-steps-out",
                   test_ppo_leaves_out);
  g_test_add_func ("/learner/masked-log-probabilities", test_masked_log_probs);
  g_test_add_func ("/learner/choice", test_choice);
  g_test_add_func ("/learner/limits-of-what-is-asked-for", test_limits);
  g_test_add_func ("/fragment/grows-and-keeps", test_fragment_grows);
  return g_test_run ();
}
