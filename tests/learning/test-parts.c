/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The small parts of a learner: spaces, random numbers, advantages, squashing,
 * the normaliser and the optimiser.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

#include "sh-adam.h"
#include "sh-advantage.h"
#include "sh-squash.h"

static void
test_space_equal (void)
{
  g_autoptr (ShSpace) space = reference_mixed_space (7);
  g_autoptr (ShSpace) copy = sh_space_copy (space);

  g_assert_true (sh_space_equal (space, copy));
  copy->actions[1].high = 3;
  g_assert_false (sh_space_equal (space, copy));
  copy->actions[1].high = 2;
  copy->actions[0].n_choices = 4;
  g_assert_false (sh_space_equal (space, copy));
  copy->actions[0].n_choices = 3;
  copy->n_observations = 8;
  g_assert_false (sh_space_equal (space, copy));
}

static void
test_space_valid (void)
{
  static const struct
  {
    guint n_observations;
    ShComponent component;
    gboolean valid;
  } cases[] = {
    { 1, { SH_COMPONENT_DISCRETE, 1, 0, 0 }, TRUE },
    { 1, { SH_COMPONENT_DISCRETE, 0, 0, 0 }, FALSE },
    { 0, { SH_COMPONENT_DISCRETE, 2, 0, 0 }, FALSE },
    { G_MAXUINT, { SH_COMPONENT_DISCRETE, 2, 0, 0 }, FALSE },
    { 1, { SH_COMPONENT_DISCRETE, G_MAXUINT, 0, 0 }, FALSE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, -1, 1 }, TRUE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, 1, 1 }, TRUE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, 1, -1 }, FALSE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, NAN, 1 }, FALSE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, -1, NAN }, FALSE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, -INFINITY, INFINITY }, TRUE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, INFINITY, INFINITY }, FALSE },
    { 1, { SH_COMPONENT_CONTINUOUS, 0, -INFINITY, -INFINITY }, FALSE },
    { 1, { (ShComponentKind) 7, 2, -1, 1 }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShSpace) space = sh_space_new (cases[i].n_observations, 1);

      space->actions[0] = cases[i].component;
      g_assert_cmpint (sh_space_is_valid (space), ==, cases[i].valid);
    }
}

/* The first numbers of xoshiro256++ from the state 1, 2, 3, 4, worked out by
 * its authors' definition with Python's integers. */
static void
test_random_sequence (void)
{
  static const guint64 expected[] = {
    41943041,
    58720359,
    G_GUINT64_CONSTANT (3588806011781223),
    G_GUINT64_CONSTANT (3591011842654386),
    G_GUINT64_CONSTANT (9228616714210784205),
  };
  ShRandom random = { { 1, 2, 3, 4 } };

  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_cmpuint (sh_random_bits (&random), ==, expected[i]);
}

static void
test_random_seeds (void)
{
  ShRandom a, b;

  sh_random_seed (&a, 3, 1);
  sh_random_seed (&b, 3, 1);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (sh_random_bits (&a), ==, sh_random_bits (&b));
  sh_random_seed (&a, 1, 0);
  sh_random_seed (&b, 0, 1);
  g_assert_cmpuint (sh_random_bits (&a), !=, sh_random_bits (&b));
}

static void
test_random_distributions (void)
{
  enum
  {
    N = 400000
  };
  double sum = 0, squares = 0, fourths = 0, mean = 0, counts[7] = { 0 };
  ShRandom random;

  sh_random_seed (&random, 0, 0);
  for (guint i = 0; i < N; i++)
    {
      double z = sh_random_normal (&random);
      float u = sh_random_unit (&random);

      g_assert_true (u >= 0 && u < 1);
      mean += u;
      sum += z;
      squares += z * z;
      fourths += z * z * z * z;
      counts[sh_random_below (&random, 7)]++;
    }
  g_assert_cmpfloat_with_epsilon (mean / N, 0.5, 0.002);
  g_assert_cmpfloat_with_epsilon (sum / N, 0, 0.007);
  g_assert_cmpfloat_with_epsilon (squares / N, 1, 0.01);
  g_assert_cmpfloat_with_epsilon (fourths / N, 3, 0.08);
  for (guint i = 0; i < 7; i++)
    g_assert_cmpfloat_with_epsilon (counts[i] / N, 1.0 / 7, 0.003);
}

/*
 * The definition, forward: the advantage of step t is the sum over the steps
 * from t on of (discount lambda)^(s - t) times the surprise at s.
 */
static void
test_advantage_definition (void)
{
  static const struct
  {
    guint n;
    double last_value, discount, lambda;
  } cases[] = {
    { 1, 0, 0.99, 0.95 }, { 1, 3.5, 0.99, 0.95 },   { 20, 0, 0.9, 0.8 },
    { 20, -7, 0.9, 0.8 }, { 33, 2, 1, 1 },          { 33, 2, 0.98, 0 },
    { 10, 100, 0, 0.5 },  { 500, 12, 0.999, 0.97 },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      const guint n = cases[c].n;
      g_autofree float *rewards = g_new (float, n);
      g_autofree float *values = g_new (float, n);
      g_autofree float *advantages = g_new (float, n);
      ShRandom random;

      sh_random_seed (&random, c, 0);
      for (guint i = 0; i < n; i++)
        {
          rewards[i] = sh_random_normal (&random);
          values[i] = sh_random_normal (&random);
        }
      sh_advantage_estimate (n, rewards, values, cases[c].last_value,
                             cases[c].discount, cases[c].lambda, advantages);
      for (guint t = 0; t < n; t++)
        {
          double expected = 0;

          for (guint s = t; s < n; s++)
            {
              double next = s + 1 < n ? values[s + 1] : cases[c].last_value;

              expected += pow (cases[c].discount * cases[c].lambda, s - t) *
                          (rewards[s] + cases[c].discount * next - values[s]);
            }
          g_assert_true (reference_is_near (advantages[t], expected, 1e-5));
        }
    }
}

/* lambda 1 and no estimates: plain discounted returns. */
static void
test_advantage_returns (void)
{
  const float rewards[] = { 1, 2, 4 };
  const float values[] = { 0, 0, 0 };
  float advantages[3];

  sh_advantage_estimate (3, rewards, values, 0, 0.5, 1, advantages);
  g_assert_cmpfloat (advantages[0], ==, 3);
  g_assert_cmpfloat (advantages[1], ==, 4);
  g_assert_cmpfloat (advantages[2], ==, 4);
  sh_advantage_estimate (3, rewards, values, 8, 0.5, 1, advantages);
  g_assert_cmpfloat (advantages[0], ==, 4);
}

static void
test_advantage_not_finite (void)
{
  const float rewards[] = { 1, NAN, INFINITY, 3e38f };
  const float values[] = { 0, 0, -INFINITY, NAN };
  float advantages[4];

  sh_advantage_estimate (4, rewards, values, 0, 1, 1, advantages);
  for (guint i = 0; i < 4; i++)
    g_assert_true (isfinite (advantages[i]));
}

/* Batches of all sizes against two passes over everything. */
static void
test_normaliser_variance (void)
{
  enum
  {
    N = 1000,
    WIDTH = 3
  };
  static const guint batches[] = { 1, 2, 0, 7, 90, 400, 500 };
  g_autofree float *x = g_new (float, N *WIDTH);
  ShNormaliser normaliser;
  ShRandom random;
  guint done = 0;

  sh_random_seed (&random, 1, 0);
  for (guint i = 0; i < N; i++)
    {
      x[i * WIDTH] = sh_random_normal (&random);
      x[i * WIDTH + 1] = 10000 + 0.01f * (float) i + sh_random_unit (&random);
      x[i * WIDTH + 2] = 1e20f * sh_random_normal (&random);
    }
  sh_normaliser_init (&normaliser, WIDTH);
  for (guint b = 0; b < G_N_ELEMENTS (batches); b++)
    {
      sh_normaliser_update (&normaliser, batches[b], x + done * WIDTH);
      done += batches[b];
    }
  g_assert_cmpuint (done, ==, N);
  g_assert_cmpfloat (normaliser.count, ==, N);
  for (guint w = 0; w < WIDTH; w++)
    {
      double mean = 0, squares = 0;

      for (guint i = 0; i < N; i++)
        mean += (double) x[i * WIDTH + w] / N;
      for (guint i = 0; i < N; i++)
        squares += (x[i * WIDTH + w] - mean) * (x[i * WIDTH + w] - mean);
      g_assert_cmpfloat_with_epsilon (normaliser.mean[w] / mean, 1, 1e-9);
      g_assert_cmpfloat_with_epsilon (normaliser.squares[w] / squares, 1, 1e-9);
    }
  sh_normaliser_clear (&normaliser);
}

static void
test_normaliser_apply (void)
{
  const float x[] = { 3, NAN, 1e30f, -INFINITY, 5 };
  const float mean[] = { 1, 2, 0, 0, 5 };
  const float scale[] = { 0.5f, 2, 1, 1, 3 };
  float y[5];

  sh_normaliser_apply (5, mean, scale, 1, x, y);
  g_assert_cmpfloat (y[0], ==, 1);
  g_assert_cmpfloat (y[1], ==, -4);
  g_assert_cmpfloat (y[2], ==, SH_NORMALISER_CLIP);
  g_assert_cmpfloat (y[3], ==, 0);
  g_assert_cmpfloat (y[4], ==, 0);
}

/* What never changes gets no huge factor. */
static void
test_normaliser_constant (void)
{
  const float x[] = { 1e8f, 0.1f, 1e8f, 0.1f, 1e8f, 0.1f };
  ShNormaliser normaliser;
  float mean[2], scale[2];

  sh_normaliser_init (&normaliser, 2);
  sh_normaliser_get (&normaliser, mean, scale);
  g_assert_cmpfloat (mean[0], ==, 0);
  g_assert_cmpfloat (scale[0], ==, 1);
  sh_normaliser_update (&normaliser, 3, x);
  sh_normaliser_get (&normaliser, mean, scale);
  g_assert_cmpfloat (mean[0], ==, 1e8f);
  g_assert_cmpfloat (scale[0], ==, 1);
  g_assert_cmpfloat (scale[1], ==, 1);
  sh_normaliser_clear (&normaliser);
}

/* The published algorithm, step by step, in doubles. */
static void
test_adam (gconstpointer data)
{
  enum
  {
    N = 48
  };
  const ShKernels *kernels = data;
  const double rate = 0.01, scale = 0.5;
  double x[N], m[N] = { 0 }, v[N] = { 0 };
  float *parameters = sh_kernels_alloc (N);
  float *gradient = sh_kernels_alloc (N);
  ShRandom random;
  ShAdam adam;

  sh_adam_init (&adam, N);
  sh_random_seed (&random, 2, 0);
  for (guint i = 0; i < N; i++)
    x[i] = parameters[i] = sh_random_normal (&random);
  for (guint t = 1; t <= 200; t++)
    {
      for (guint i = 0; i < N; i++)
        {
          double g, m_hat, v_hat;

          gradient[i] = i % 7 == 0 ? 0 : sh_random_normal (&random) + (float) i;
          g = gradient[i] * scale;
          m[i] = 0.9 * m[i] + 0.1 * g;
          v[i] = 0.999 * v[i] + 0.001 * g * g;
          m_hat = m[i] / (1 - pow (0.9, t));
          v_hat = v[i] / (1 - pow (0.999, t));
          x[i] -= rate * m_hat / (sqrt (v_hat) + 1e-8);
        }
      sh_adam_step (&adam, kernels, parameters, gradient, scale, rate);
      for (guint i = 0; i < N; i++)
        g_assert_cmpfloat_with_epsilon (parameters[i], x[i], 2e-6 * t);
    }
  sh_adam_clear (&adam);
  g_aligned_free (parameters);
  g_aligned_free (gradient);
}

/* log (1 - tanh (u)^2) also where tanh is 1, actions there and back, and
 * deviations within their bounds. */
static void
test_squash (void)
{
  const ShHead head = { .centre = 3, .unit = 2, .low = 1, .high = 5 };
  float slope;

  for (double u = -8; u <= 8; u += 0.25)
    g_assert_cmpfloat_with_epsilon (sh_squash_get_log_slope ((float) u),
                                    log (4 / (exp (2 * u) + 2 + exp (-2 * u))),
                                    1e-5);
  g_assert_cmpfloat_with_epsilon (sh_squash_get_log_slope (1000),
                                  2 * log (2) - 2000, 1e-3);
  for (double z = -1; z <= 1; z += 0.125)
    g_assert_cmpfloat_with_epsilon (
        sh_squash_from_action (&head, sh_head_to_action (&head, z)), z, 1e-6);
  g_assert_cmpfloat (sh_head_to_action (&head, NAN), ==, 5);
  g_assert_cmpfloat (sh_squash_from_action (&head, 100), ==, 1);
  g_assert_cmpfloat (sh_squash_from_action (&head, NAN), ==, 0);
  g_assert_cmpfloat (sh_squash_get_log_deviation (100, &slope), ==,
                     SH_SQUASH_MAX_LOG_DEVIATION);
  g_assert_cmpfloat (sh_squash_get_log_deviation (-100, &slope), ==,
                     SH_SQUASH_MIN_LOG_DEVIATION);
  g_assert_cmpfloat_with_epsilon (
      sh_squash_get_log_deviation (SH_SQUASH_FIRST_OUTPUT, &slope), 0, 1e-5);
}

/* A gradient too long is made short; what is no gradient does nothing. */
static void
test_clip (void)
{
  g_assert_cmpfloat (sh_adam_clip (2, 0.5), ==, 0.25);
  g_assert_cmpfloat (sh_adam_clip (0.3, 0.5), ==, 1);
  g_assert_cmpfloat (sh_adam_clip (3, 0), ==, 1);
  g_assert_cmpfloat (sh_adam_clip (1e20, 0), ==, 0);
  g_assert_cmpfloat (sh_adam_clip (NAN, 1), ==, 0);
  g_assert_cmpfloat (sh_adam_clip (INFINITY, 1), ==, 0);
}

int
main (int argc, char *argv[])
{
  const ShKernels *kernels;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/space/equal", test_space_equal);
  g_test_add_func ("/space/valid", test_space_valid);
  g_test_add_func ("/random/sequence", test_random_sequence);
  g_test_add_func ("/random/seeds", test_random_seeds);
  g_test_add_func ("/random/distributions", test_random_distributions);
  g_test_add_func ("/advantage/definition", test_advantage_definition);
  g_test_add_func ("/advantage/discounted-returns", test_advantage_returns);
  g_test_add_func ("/advantage/not-finite", test_advantage_not_finite);
  g_test_add_func ("/normaliser/two-pass-variance", test_normaliser_variance);
  g_test_add_func ("/normaliser/apply", test_normaliser_apply);
  g_test_add_func ("/normaliser/constant-element", test_normaliser_constant);
  for (guint i = 0; (kernels = sh_kernels_get_nth (i)) != NULL; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/adam/%s/published-formula", kernels->name);

      g_test_add_data_func (path, kernels, test_adam);
    }
  g_test_add_func ("/squash/bounds-and-slopes", test_squash);
  g_test_add_func ("/adam/clip", test_clip);
  return g_test_run ();
}
