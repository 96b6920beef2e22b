/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * PPO: its gradient, what it does with odd input, and that the same seed gives
 * the same brain.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-learner.h"
#include "sh-ppo-slice.h"

#define N_OBSERVATIONS 4u

/* Fragments of random steps, with actions by `policy`. */
static ShFragment *
make_fragment (ShPolicy *policy, guint n_steps, ShFragmentEnd end, guint64 seed)
{
  const ShSpace *space = sh_policy_get_space (policy);
  ShFragment *fragment = sh_fragment_new (space, n_steps);
  ShRandom random;

  sh_random_seed (&random, seed, 0);
  for (guint i = 0; i < (n_steps + 1) * space->n_observations; i++)
    fragment->observations[i] = sh_random_normal (&random) * 2 + 1;
  for (guint i = 0; i < n_steps; i++)
    fragment->rewards[i] = sh_random_normal (&random);
  sh_policy_act (policy, SH_ACT_EXPLORE, n_steps, fragment->observations,
                 fragment->actions, fragment->log_probs, fragment->values);
  fragment->n_steps = n_steps;
  fragment->end = end;
  return fragment;
}

/* The loss of all samples as its description says, in doubles. */
static double
get_loss (const ShPolicy *policy,
          const double *parameters,
          const ShPpoBatch *batch,
          const ShLearnerOptions *options)
{
  const double mean = policy->parameters[policy->value_scale];
  const double deviation = policy->parameters[policy->value_scale + 1];
  double loss = 0;

  for (gsize i = 0; i < batch->n; i++)
    {
      double x[N_OBSERVATIONS], outputs[16], value, entropy, ratio, clipped;
      double advantage = batch->advantages[i];

      for (guint o = 0; o < N_OBSERVATIONS; o++)
        x[o] = batch->observations[i * N_OBSERVATIONS + o];
      reference_forward (&policy->actor, parameters, x, outputs);
      reference_forward (&policy->critic,
                         parameters + policy->critic_parameters, x, &value);
      ratio =
          exp (reference_log_prob (
                   policy->space, outputs, parameters + policy->log_deviations,
                   batch->actions + i * policy->space->n_actions, &entropy) -
               batch->log_probs[i]);
      clipped =
          fmax (1 - options->clip_range, fmin (1 + options->clip_range, ratio));
      value -= (batch->returns[i] - mean) / deviation;
      loss += -fmin (ratio * advantage, clipped * advantage) +
              options->value_weight * value * value -
              options->entropy_weight * entropy;
    }
  return loss;
}

static void
check_gradient (const ShPolicy *policy,
                const ShPpoBatch *batch,
                const ShLearnerOptions *options,
                const float *gradient)
{
  const double step = 1e-5;
  g_autofree double *x = g_new (double, policy->n_trained);
  guint n_checked = 0;
  ShRandom random;

  sh_random_seed (&random, 1, 0);
  for (gsize i = 0; i < policy->n_trained; i++)
    x[i] = policy->parameters[i];
  for (guint trial = 0; trial < 400; trial++)
    {
      gsize at = trial < 16
                     ? policy->log_deviations + trial
                     : sh_random_below (&random, (guint32) policy->n_trained);
      double middle = x[at], above, below;

      x[at] = middle + step;
      above = get_loss (policy, x, batch, options);
      x[at] = middle - step;
      below = get_loss (policy, x, batch, options);
      x[at] = middle;
      /* Padding has no part in the loss. */
      n_checked += above != below;
      g_assert_true (
          reference_is_near (gradient[at], (above - below) / (2 * step), 2e-3));
    }
  g_assert_cmpuint (n_checked, >, 50);
}

static ShSpace *
make_space (guint kind)
{
  ShSpace *space;

  if (kind == 2)
    return reference_mixed_space (N_OBSERVATIONS);
  space = sh_space_new (N_OBSERVATIONS, 1);
  space->actions[0] = kind == 0
                          ? (ShComponent){ SH_COMPONENT_DISCRETE, 3, 0, 0 }
                          : (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 1 };
  return space;
}

/* Discrete, continuous and mixed actions; ratios near and beyond the clip. */
static void
test_gradient (gconstpointer data)
{
  static const guint hidden[] = { 12, 7 };
  g_autoptr (ShSpace) space = make_space (GPOINTER_TO_UINT (data));
  g_autoptr (ShPolicy) policy = sh_policy_new (space, hidden, 2, 1);
  g_autoptr (ShFragment) fragment = NULL;
  ShPpoTransposed transposed;
  ShLearnerOptions options;
  ShPpoWorker worker = { 0 };
  ShPpoBatch batch = { 0 };
  guint32 order[100];
  ShRandom random;

  sh_learner_options_init (&options, space);
  options.entropy_weight = 0.03;
  options.clip_range = 0.15;
  sh_random_seed (&random, 9, 0);
  sh_network_randomize (&policy->actor, policy->parameters, 0.5, &random);
  sh_policy_set_value_scale (policy, 0.5f, 3);
  fragment = make_fragment (policy, G_N_ELEMENTS (order), SH_FRAGMENT_OPEN, 2);
  sh_ppo_batch_fill (&batch, policy, FALSE, fragment, 1);
  sh_ppo_batch_estimate (&batch, policy, fragment, 1, 0.9, 0.8);
  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    {
      order[i] = (i * 37) % G_N_ELEMENTS (order);
      batch.log_probs[i] += 0.3f * (float) ((int) (i % 3) - 1);
    }

  transposed.actor =
      sh_kernels_alloc (sh_network_get_transposed_size (&policy->actor));
  transposed.critic =
      sh_kernels_alloc (sh_network_get_transposed_size (&policy->critic));
  sh_network_transpose (&policy->actor, policy->kernels, policy->parameters,
                        transposed.actor);
  sh_network_transpose (&policy->critic, policy->kernels,
                        policy->parameters + policy->critic_parameters,
                        transposed.critic);
  sh_ppo_worker_init (&worker, policy);
  sh_ppo_worker_run (&worker, policy, &transposed, &options, &batch, order,
                     G_N_ELEMENTS (order));
  g_assert_cmpfloat (worker.sums.clipped, >, 30);
  check_gradient (policy, &batch, &options, worker.gradient);

  sh_ppo_worker_clear (&worker);
  sh_ppo_batch_clear (&batch);
  g_aligned_free (transposed.actor);
  g_aligned_free (transposed.critic);
}

/* Terminal: 0; truncated and open: the value of the last observation. */
static void
test_bootstrap (void)
{
  static const ShFragmentEnd ends[] = { SH_FRAGMENT_TERMINAL,
                                        SH_FRAGMENT_TRUNCATED,
                                        SH_FRAGMENT_OPEN };
  static const guint hidden[] = { 8 };
  g_autoptr (ShSpace) space = make_space (0);
  g_autoptr (ShPolicy) policy = sh_policy_new (space, hidden, 1, 5);
  ShFragment *whole[G_N_ELEMENTS (ends)];
  ShFragment fragments[G_N_ELEMENTS (ends)];
  ShPpoBatch batch = { 0 };
  gsize at = 0;

  for (guint f = 0; f < G_N_ELEMENTS (ends); f++)
    {
      whole[f] = make_fragment (policy, 5 + f, ends[f], f);
      fragments[f] = *whole[f];
    }
  sh_ppo_batch_fill (&batch, policy, FALSE, fragments, G_N_ELEMENTS (ends));
  sh_ppo_batch_estimate (&batch, policy, fragments, G_N_ELEMENTS (ends), 0.9,
                         1);
  for (guint f = 0; f < G_N_ELEMENTS (ends); f++)
    {
      const guint n = fragments[f].n_steps;
      float value;
      double expected;

      sh_policy_value (policy, 1,
                       fragments[f].observations + n * N_OBSERVATIONS, &value);
      expected = ends[f] == SH_FRAGMENT_TERMINAL ? 0 : value;
      for (guint i = n; i-- > 0;)
        expected = fragments[f].rewards[i] + 0.9 * expected;
      g_assert_cmpfloat_with_epsilon (batch.returns[at], expected, 1e-5);
      at += n;
      sh_fragment_free (whole[f]);
    }
  g_assert_cmpuint (at, ==, batch.n);
  sh_ppo_batch_clear (&batch);
}

static void
test_advantages_normalised (void)
{
  static const guint hidden[] = { 8 };
  g_autoptr (ShSpace) space = make_space (0);
  g_autoptr (ShPolicy) policy = sh_policy_new (space, hidden, 1, 5);
  g_autoptr (ShFragment) fragment =
      make_fragment (policy, 50, SH_FRAGMENT_TERMINAL, 1);
  double mean = 0, squares = 0, running = 0;
  ShPpoBatch batch = { 0 };

  sh_ppo_batch_fill (&batch, policy, FALSE, fragment, 1);
  sh_ppo_batch_estimate (&batch, policy, fragment, 1, 0.9, 0.9);
  sh_ppo_batch_normalise_advantages (&batch, &running);
  for (guint i = 0; i < 50; i++)
    {
      mean += batch.advantages[i] / 50;
      squares += batch.advantages[i] * batch.advantages[i] / 50;
    }
  g_assert_cmpfloat_with_epsilon (mean, 0, 1e-6);
  g_assert_cmpfloat_with_epsilon (squares, 1, 1e-5);
  /* A dull batch stays dull. */
  for (guint i = 0; i < 50; i++)
    batch.advantages[i] = (float) i * 1e-4f;
  sh_ppo_batch_normalise_advantages (&batch, &running);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpfloat (fabsf (batch.advantages[i]), <, 0.01);
  running = 0;
  for (guint i = 0; i < 50; i++)
    batch.advantages[i] = 0.1f;
  sh_ppo_batch_normalise_advantages (&batch, &running);
  for (guint i = 0; i < 50; i++)
    g_assert_cmpfloat (batch.advantages[i], ==, 0);
  sh_ppo_batch_clear (&batch);
}

static ShLearner *
make_learner (const ShSpace *space, guint64 seed, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;
  ShLearner *learner;

  sh_learner_options_init (&options, space);
  options.seed = seed;
  options.n_threads = n_threads;
  learner = sh_learner_new ("ppo", space, &options, &error);
  g_assert_no_error (error);
  return learner;
}

/* Learns from some batches of random steps; the policy as bytes. */
static GBytes *
learn_something (ShLearner *learner, guint n_updates)
{
  ShPolicy *policy = sh_learner_get_policy (learner);

  for (guint u = 0; u < n_updates; u++)
    {
      ShFragment *fragments[4];

      for (guint f = 0; f < G_N_ELEMENTS (fragments); f++)
        fragments[f] = make_fragment (policy, 30 + f * 31,
                                      (ShFragmentEnd) (f % 3), u * 10 + f);
      sh_learner_learn (learner, fragments, G_N_ELEMENTS (fragments), NULL);
      for (guint f = 0; f < G_N_ELEMENTS (fragments); f++)
        sh_fragment_free (fragments[f]);
    }
  return sh_policy_save (policy);
}

/* Whatever the number of threads. */
static void
test_deterministic (gconstpointer data)
{
  g_autoptr (ShSpace) space = make_space (GPOINTER_TO_UINT (data));
  g_autoptr (ShLearner) a = make_learner (space, 11, 1);
  g_autoptr (ShLearner) b = make_learner (space, 11, 2);
  g_autoptr (ShLearner) c = make_learner (space, 12, 0);
  g_autoptr (GBytes) first = learn_something (a, 3);
  g_autoptr (GBytes) second = learn_something (b, 3);
  g_autoptr (GBytes) third = learn_something (c, 3);

  g_assert_true (g_bytes_equal (first, second));
  g_assert_false (g_bytes_equal (first, third));
}

/* Nothing, one step, and other numbers of steps than asked for. */
static void
test_batch_sizes (void)
{
  static const guint sizes[] = { 0, 1, 2, 63, 64, 65, 129, 2000 };
  g_autoptr (ShSpace) space = make_space (2);
  g_autoptr (ShLearner) learner = make_learner (space, 1, 0);
  ShPolicy *policy = sh_learner_get_policy (learner);
  guint64 n_updates = 0;
  ShLearnerStats stats;

  sh_learner_learn (learner, NULL, 0, &stats);
  g_assert_cmpuint (stats.n_updates, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (ShFragment) fragment =
          make_fragment (policy, sizes[i], SH_FRAGMENT_TRUNCATED, i);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (ShPolicy) loaded = NULL;

      sh_learner_learn (learner, &fragment, 1, &stats);
      n_updates += sizes[i] > 0;
      g_assert_cmpuint (stats.n_updates, ==, n_updates);
      bytes = sh_policy_save (policy);
      loaded = sh_policy_load (space, bytes, NULL);
      g_assert_nonnull (loaded);
    }
}

/* Whatever a fragment holds, the weights stay finite: they still load. */
static void
test_not_finite (void)
{
  static const float strange[] = { NAN, INFINITY, -INFINITY, 3e38f, -3e38f };
  g_autoptr (ShSpace) space = make_space (2);
  g_autoptr (ShLearner) learner = make_learner (space, 1, 0);
  ShPolicy *policy = sh_learner_get_policy (learner);

  for (guint where = 0; where < 5; where++)
    for (guint s = 0; s < G_N_ELEMENTS (strange); s++)
      {
        g_autoptr (ShFragment) fragment =
            make_fragment (policy, 40, SH_FRAGMENT_OPEN, s);
        float *arrays[] = { fragment->observations, fragment->actions,
                            fragment->log_probs, fragment->values,
                            fragment->rewards };
        g_autoptr (GBytes) bytes = NULL;
        g_autoptr (ShPolicy) loaded = NULL;

        for (guint i = 0; i < 40; i += 3)
          arrays[where][i] = strange[s];
        sh_learner_learn (learner, &fragment, 1, NULL);
        bytes = sh_policy_save (policy);
        loaded = sh_policy_load (space, bytes, NULL);
        g_assert_nonnull (loaded);
      }
}

static void
check_usage_error (const char *algorithm,
                   const ShSpace *space,
                   const ShLearnerOptions *options,
                   const char *expected)
{
  g_autoptr (GError) error = NULL;
  ShLearner *learner = sh_learner_new (algorithm, space, options, &error);

  g_assert_null (learner);
  g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
  g_assert_nonnull (strstr (error->message, expected));
}

/* What a new learner tries varies as it was told, in halves of the range where
 * there are two bounds, and by 1 where there are none. */
static void
test_first_deviation (void)
{
  static const double low[] = { -4, -INFINITY }, high[] = { 8, INFINITY };
  static const double expected[] = { 0.1 * 6, 1 };
  enum
  {
    N = 4096
  };
  g_autoptr (ShSpace) space = sh_space_new (N_OBSERVATIONS, 2);
  g_autofree float *observations = g_new0 (float, N *N_OBSERVATIONS);
  g_autofree float *actions = g_new0 (float, N * 2);
  g_autoptr (ShLearner) learner = NULL;
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;

  for (guint a = 0; a < 2; a++)
    space->actions[a] =
        (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, low[a], high[a] };
  sh_learner_options_init_for (&options, "PPO", space);
  options.first_deviation = 0.1;
  options.seed = 5;
  learner = sh_learner_new ("PPO", space, &options, &error);
  g_assert_no_error (error);
  sh_policy_act (sh_learner_get_policy (learner), SH_ACT_EXPLORE, N,
                 observations, actions, NULL, NULL);
  for (guint a = 0; a < 2; a++)
    {
      double mean = 0, square = 0;

      for (guint i = 0; i < N; i++)
        mean += actions[i * 2 + a] / (double) N;
      for (guint i = 0; i < N; i++)
        square += pow (actions[i * 2 + a] - mean, 2) / N;
      /* Four standard errors of a deviation. */
      g_assert_cmpfloat_with_epsilon (sqrt (square), expected[a],
                                      4 * expected[a] / sqrt (2.0 * N));
    }
}

static void
test_options (void)
{
  g_autoptr (ShSpace) space = make_space (0);
  g_autoptr (ShSpace) empty = sh_space_new (0, 1);
  ShLearnerOptions good, bad;

  sh_learner_options_init (&good, space);
  g_assert_true (sh_learner_options_check (&good, NULL));
  check_usage_error ("TRPO2", space, &good, "PPO");
  check_usage_error ("PPO", empty, &good, "0 numbers");
  bad = good;
  bad.batch_size = 0;
  check_usage_error ("PPO", space, &bad, "batch_size");
  bad = good;
  bad.n_hidden_layers = 9;
  check_usage_error ("PPO", space, &bad, "hidden layers");
  bad = good;
  bad.hidden_layers[1] = 0;
  check_usage_error ("PPO", space, &bad, "hidden_layers");
  bad = good;
  bad.discount = 1.01;
  check_usage_error ("PPO", space, &bad, "discount is 1.01");
  bad = good;
  bad.learning_rate = NAN;
  check_usage_error ("PPO", space, &bad, "learning_rate");
}

int
main (int argc, char *argv[])
{
  static const char *const kinds[] = { "discrete", "continuous", "mixed" };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *gradient =
          g_strdup_printf ("/ppo/gradient/%s", kinds[i]);
      g_autofree char *same =
          g_strdup_printf ("/ppo/same-seed-same-bytes/%s", kinds[i]);

      g_test_add_data_func (gradient, GUINT_TO_POINTER (i), test_gradient);
      g_test_add_data_func (same, GUINT_TO_POINTER (i), test_deterministic);
    }
  g_test_add_func ("/ppo/bootstrap", test_bootstrap);
  g_test_add_func ("/ppo/advantages-normalised", test_advantages_normalised);
  g_test_add_func ("/ppo/batch-of-any-size", test_batch_sizes);
  g_test_add_func ("/ppo/not-finite-fragments", test_not_finite);
  g_test_add_func ("/ppo/first-deviation", test_first_deviation);
  g_test_add_func ("/learner/options", test_options);
  return g_test_run ();
}
