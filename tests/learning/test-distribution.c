/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Heads: what is drawn, how likely it is said to have been, and the gradients.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

#define N_OUTPUTS 9
#define N_DEVIATIONS 4

static const float outputs[N_OUTPUTS] = { 0.3f,  -1.1f, 0.8f, 0.4f, -0.2f,
                                          0.35f, 1.5f,  2.0f, -0.5f };
static const float log_deviations[N_DEVIATIONS] = { -0.3f, 0.2f, -0.8f, 0.1f };

/* Actions inside the bounds, on them, and far from the mean. */
static const float actions[][6] = {
  { 0, 0.5f, 2.0f, -4.5f, 1.0f, 0 },   { 1, -2.0f, 0.5f, -3.0f, -2.5f, 1 },
  { 2, 2.0f, 0.75f, -3.25f, 9.0f, 0 }, { 1, 1.99f, 6.0f, -12.0f, 0.0f, 1 },
  { 0, -1.5f, 0.5f, -3.0f, 1.5f, 1 },
};

static double
evaluate_reference (const ShSpace *space,
                    const double *o,
                    const double *s,
                    const float *action,
                    double log_prob_weight,
                    double entropy_weight)
{
  double entropy;
  double log_prob = reference_log_prob (space, o, s, action, &entropy);

  return log_prob_weight * log_prob + entropy_weight * entropy;
}

static void
test_log_prob (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (1);
  ShDistribution distribution;
  double o[N_OUTPUTS], s[N_DEVIATIONS];

  sh_distribution_init (&distribution, space);
  g_assert_cmpuint (distribution.n_outputs, ==, N_OUTPUTS);
  g_assert_cmpuint (distribution.n_log_deviations, ==, N_DEVIATIONS);
  for (guint i = 0; i < N_OUTPUTS; i++)
    o[i] = outputs[i];
  for (guint i = 0; i < N_DEVIATIONS; i++)
    s[i] = log_deviations[i];
  for (guint a = 0; a < G_N_ELEMENTS (actions); a++)
    {
      float scratch[2 * N_OUTPUTS], entropy;
      double expected_entropy;
      double expected =
          reference_log_prob (space, o, s, actions[a], &expected_entropy);
      float found =
          sh_distribution_evaluate (&distribution, outputs, log_deviations,
                                    actions[a], scratch, &entropy);

      g_assert_true (reference_is_near (found, expected, 1e-5));
      g_assert_true (reference_is_near (entropy, expected_entropy, 1e-5));
    }
  sh_distribution_clear (&distribution);
}

/* Central differences of the reference against the gradient. */
static void
test_gradient (void)
{
  const double step = 1e-5;
  g_autoptr (ShSpace) space = reference_mixed_space (1);
  ShDistribution distribution;

  sh_distribution_init (&distribution, space);
  for (guint a = 0; a < G_N_ELEMENTS (actions); a++)
    for (guint w = 0; w < 3; w++)
      {
        const float log_prob_weight = w == 1 ? 0 : -1.7f;
        const float entropy_weight = w == 0 ? 0 : 0.6f;
        float scratch[2 * N_OUTPUTS], entropy;
        float d[N_OUTPUTS + N_DEVIATIONS] = { 0 };
        double x[N_OUTPUTS + N_DEVIATIONS];

        sh_distribution_evaluate (&distribution, outputs, log_deviations,
                                  actions[a], scratch, &entropy);
        sh_distribution_backward (&distribution, outputs, log_deviations,
                                  actions[a], scratch, log_prob_weight,
                                  entropy_weight, d, d + N_OUTPUTS);
        for (guint i = 0; i < N_OUTPUTS; i++)
          x[i] = outputs[i];
        for (guint i = 0; i < N_DEVIATIONS; i++)
          x[N_OUTPUTS + i] = log_deviations[i];
        for (guint i = 0; i < G_N_ELEMENTS (x); i++)
          {
            double at = x[i], above, below;

            x[i] = at + step;
            above = evaluate_reference (space, x, x + N_OUTPUTS, actions[a],
                                        log_prob_weight, entropy_weight);
            x[i] = at - step;
            below = evaluate_reference (space, x, x + N_OUTPUTS, actions[a],
                                        log_prob_weight, entropy_weight);
            x[i] = at;
            g_assert_true (
                reference_is_near (d[i], (above - below) / (2 * step), 2e-4));
          }
      }
  sh_distribution_clear (&distribution);
}

/* Far out in the tail, where the distribution function underflows. */
static void
test_far_tail (void)
{
  g_autoptr (ShSpace) space = sh_space_new (1, 1);
  const float s = -2;
  ShDistribution distribution;
  double last = 0;

  space->actions[0] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 1 };
  sh_distribution_init (&distribution, space);
  for (float mean = -1; mean < 100; mean += 0.25f)
    {
      const float action = -1;
      float scratch, d = 0, ds = 0;
      float log_prob = sh_distribution_evaluate (&distribution, &mean, &s,
                                                 &action, &scratch, NULL);

      sh_distribution_backward (&distribution, &mean, &s, &action, &scratch, 1,
                                0, &d, &ds);
      g_assert_true (isfinite (log_prob) && isfinite (d) && isfinite (ds));
      g_assert_cmpfloat (log_prob, <, last);
      g_assert_cmpfloat (d, <, 0);
      last = log_prob;
    }
  sh_distribution_clear (&distribution);
}

static void
test_frequencies (void)
{
  enum
  {
    N = 200000
  };
  g_autoptr (ShSpace) space = reference_mixed_space (1);
  ShDistribution distribution;
  ShRandom random;
  double choices[3] = { 0 }, at_low = 0, at_high = 0, sum = 0, squares = 0;
  const double total = exp (0.3) + exp (-1.1) + exp (0.8);

  sh_distribution_init (&distribution, space);
  sh_random_seed (&random, 5, 0);
  for (guint i = 0; i < N; i++)
    {
      float action[6];

      sh_distribution_sample (&distribution, outputs, log_deviations, &random,
                              action);
      choices[(guint) action[0]]++;
      at_low += action[1] == -2;
      at_high += action[1] == 2;
      sum += action[4];
      squares += (action[4] - 1.5) * (action[4] - 1.5);
      g_assert_true (action[1] >= -2 && action[1] <= 2);
      g_assert_true (action[2] >= 0.5f && action[3] <= -3);
    }
  g_assert_cmpfloat_with_epsilon (choices[0] / N, exp (0.3) / total, 0.005);
  g_assert_cmpfloat_with_epsilon (choices[1] / N, exp (-1.1) / total, 0.005);
  g_assert_cmpfloat_with_epsilon (choices[2] / N, exp (0.8) / total, 0.005);
  /* Component 1: mean 0.4, deviation e^-0.3, bounds at -1 and 1. */
  g_assert_cmpfloat_with_epsilon (
      at_low / N, erfc (1.4 / exp (-0.3) / sqrt (2)) / 2, 0.005);
  g_assert_cmpfloat_with_epsilon (
      at_high / N, erfc (0.6 / exp (-0.3) / sqrt (2)) / 2, 0.005);
  g_assert_cmpfloat_with_epsilon (sum / N, 1.5, 0.01);
  g_assert_cmpfloat_with_epsilon (squares / N, exp (0.2), 0.02);
  sh_distribution_clear (&distribution);
}

/* A sum of many small probabilities is rounded up at each of them, so that a draw
 * now and then goes beyond the last one: not to a choice that is masked. */
static void
test_masked_draws (void)
{
  enum
  {
    N_CHOICES = 1024
  };
  g_autoptr (ShSpace) space = sh_space_new (1, 1);
  float logits[N_CHOICES] = { 0 }, log_deviation = 0;
  guint8 mask[N_CHOICES];
  ShDistribution distribution;
  ShRandom random;

  space->actions[0] =
      (ShComponent){ .kind = SH_COMPONENT_DISCRETE, .n_choices = N_CHOICES };
  sh_distribution_init (&distribution, space);
  for (guint c = 0; c < N_CHOICES; c++)
    {
      mask[c] = c < N_CHOICES - 1;
      /* A little more than half of what can be added to 1. */
      logits[c] = c == 0 ? 0 : logf (1.02f) - 24 * logf (2);
    }
  sh_distribution_mask (&distribution, mask, logits);
  sh_random_seed (&random, 5, 0);
  for (guint i = 0; i < 200000; i++)
    {
      float action;

      sh_distribution_sample (&distribution, logits, &log_deviation, &random,
                              &action);
      g_assert_cmpfloat (action, <, N_CHOICES - 1);
    }
  sh_distribution_clear (&distribution);
}

static void
test_mode (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (1);
  const float far[N_OUTPUTS] = { 1, 2, 3, 5, -5, 5, -7, 4, 4.5f };
  ShDistribution distribution;
  float action[6];

  sh_distribution_init (&distribution, space);
  sh_distribution_get_mode (&distribution, outputs, action);
  g_assert_cmpfloat (action[0], ==, 2);
  g_assert_cmpfloat_with_epsilon (action[1], 0.8, 1e-6);
  g_assert_cmpfloat_with_epsilon (action[2], 0.5 + 1 - 0.2, 1e-6);
  g_assert_cmpfloat_with_epsilon (action[3], -3 - 3 + 3 * 0.35, 1e-6);
  g_assert_cmpfloat_with_epsilon (action[4], 1.5, 1e-6);
  g_assert_cmpfloat (action[5], ==, 0);
  sh_distribution_get_mode (&distribution, far, action);
  g_assert_cmpfloat (action[1], ==, 2);
  g_assert_cmpfloat (action[2], ==, 0.5f);
  g_assert_cmpfloat (action[3], ==, -3);
  g_assert_cmpfloat (action[4], ==, -7);
  g_assert_cmpfloat (action[5], ==, 1);
  sh_distribution_clear (&distribution);
}

/* Bounds that floats do not hit, huge, or equal: never outside. */
static void
test_bounds (void)
{
  static const double bounds[][2] = {
    { -0.1, 0.1 },      { 0.1, 0.3 },
    { 1e-40, 2e-40 },   { -G_MAXFLOAT, G_MAXFLOAT },
    { 1e30, INFINITY }, { -INFINITY, -1e30 },
    { 0.1, 0.1 },       { 16777217, 16777219 },
    { -1e300, 1e300 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bounds); i++)
    {
      g_autoptr (ShSpace) space = sh_space_new (1, 1);
      const gboolean equal = bounds[i][0] == bounds[i][1];
      ShDistribution distribution;
      ShRandom random;

      space->actions[0] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0,
                                         bounds[i][0], bounds[i][1] };
      g_assert_true (sh_space_is_valid (space));
      sh_distribution_init (&distribution, space);
      sh_random_seed (&random, i, 0);
      for (guint draw = 0; draw < 1000; draw++)
        {
          const float mean = (float) draw / 100 - 5, s = 0.5f;
          float action, scratch, d = 0, ds = 0;

          sh_distribution_sample (&distribution, &mean, &s, &random, &action);
          g_assert_true (equal ||
                         (action >= bounds[i][0] && action <= bounds[i][1]));
          g_assert_true (isfinite (sh_distribution_evaluate (
              &distribution, &mean, &s, &action, &scratch, NULL)));
          sh_distribution_backward (&distribution, &mean, &s, &action, &scratch,
                                    1, 0, &d, &ds);
          g_assert_true (isfinite (d) && isfinite (ds));
        }
      sh_distribution_clear (&distribution);
    }
}

/* Action vectors come from outside too. */
static void
test_strange_actions (void)
{
  static const float strange[] = { -1,  3,        1e30f,     -1e30f,
                                   NAN, INFINITY, -INFINITY, 0.5f };
  g_autoptr (ShSpace) space = reference_mixed_space (1);
  ShDistribution distribution;

  sh_distribution_init (&distribution, space);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      float action[6], scratch[2 * N_OUTPUTS], d[N_OUTPUTS],
          ds[N_DEVIATIONS] = { 0 };

      for (guint c = 0; c < 6; c++)
        action[c] = strange[i];
      sh_distribution_evaluate (&distribution, outputs, log_deviations, action,
                                scratch, NULL);
      sh_distribution_backward (&distribution, outputs, log_deviations, action,
                                scratch, 1, 0, d, ds);
    }
  sh_distribution_clear (&distribution);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/distribution/log-prob-is-closed-form", test_log_prob);
  g_test_add_func ("/distribution/gradient-is-finite-difference",
                   test_gradient);
  g_test_add_func ("/distribution/far-tail-stays-finite", test_far_tail);
  g_test_add_func ("/distribution/frequencies", test_frequencies);
  g_test_add_func ("/distribution/masked-is-never-drawn", test_masked_draws);
  g_test_add_func ("/distribution/mode", test_mode);
  g_test_add_func ("/distribution/bounds-hold", test_bounds);
  g_test_add_func ("/distribution/strange-actions", test_strange_actions);
  return g_test_run ();
}
