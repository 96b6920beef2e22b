/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Networks against a network in doubles: outputs, and gradients by central
 * differences, with each instruction set.
 */

#include "reference.h"

#include <math.h>
#include <string.h>

typedef struct
{
  guint n_inputs, n_hidden, hidden[SH_NETWORK_MAX_HIDDEN], n_outputs;
  ShActivation activations[SH_NETWORK_MAX_HIDDEN];
} Shape;

static const Shape shapes[] = {
  { 4, 2, { 64, 64 }, 2, { 0 } },
  { 1, 0, { 0 }, 1, { 0 } },
  { 17, 1, { 1 }, 5, { 0 } },
  { 3, 3, { 7, 19, 33 }, 4, { 0 } },
  { 130, 2, { 65, 100 }, 18, { 0 } },
  { 5, 8, { 3, 4, 5, 6, 7, 8, 9, 10 }, 2, { 0 } },
  { 5, 2, { 20, 9 }, 3, { SH_ACTIVATION_RELU, SH_ACTIVATION_RELU } },
  { 5, 2, { 20, 9 }, 3, { SH_ACTIVATION_ELU, SH_ACTIVATION_ELU } },
  { 5, 2, { 20, 9 }, 3, { SH_ACTIVATION_LOGISTIC, SH_ACTIVATION_LOGISTIC } },
  { 5, 2, { 20, 9 }, 3, { SH_ACTIVATION_SOFTMAX, SH_ACTIVATION_SOFTMAX } },
  { 5,
    3,
    { 20, 9, 17 },
    3,
    { SH_ACTIVATION_LINEAR, SH_ACTIVATION_TANH, SH_ACTIVATION_RELU } },
};

#define N_SAMPLES 13u

typedef struct
{
  ShNetwork network;
  float *parameters;
  double *exact; /* the parameters as doubles */
  float *x; /* [N_SAMPLES][n_inputs] */
  double *weights; /* of the outputs in the loss, [N_SAMPLES][n_outputs] */
} Case;

static void
case_init (Case *c, const Shape *shape, guint64 seed)
{
  ShRandom random;

  sh_random_seed (&random, seed, 0);
  sh_network_init (&c->network, shape->n_inputs, shape->hidden,
                   shape->activations, shape->n_hidden, shape->n_outputs);
  c->parameters = sh_kernels_alloc (c->network.n_parameters);
  sh_network_randomize (&c->network, c->parameters, 1, &random);
  for (guint l = 0; l < c->network.n_layers; l++)
    for (guint o = 0; o < c->network.layers[l].n_outputs; o++)
      c->parameters[c->network.layers[l].bias + o] =
          0.1f * sh_random_normal (&random);
  c->exact = g_new (double, c->network.n_parameters);
  for (gsize i = 0; i < c->network.n_parameters; i++)
    c->exact[i] = c->parameters[i];
  c->x = g_new (float, N_SAMPLES * shape->n_inputs);
  for (guint i = 0; i < N_SAMPLES * shape->n_inputs; i++)
    c->x[i] = sh_random_normal (&random);
  c->weights = g_new (double, N_SAMPLES * shape->n_outputs);
  for (guint i = 0; i < N_SAMPLES * shape->n_outputs; i++)
    c->weights[i] = (float) sh_random_normal (&random);
}

static void
case_clear (Case *c)
{
  g_aligned_free (c->parameters);
  g_free (c->exact);
  g_free (c->x);
  g_free (c->weights);
}

/* Outputs of one sample in doubles. */
static void
forward_exact (const Case *c, guint sample, double *outputs)
{
  const guint n_inputs = c->network.layers[0].n_inputs;
  g_autofree double *x = g_new (double, n_inputs);

  for (guint i = 0; i < n_inputs; i++)
    x[i] = c->x[sample * n_inputs + i];
  reference_forward (&c->network, c->exact, x, outputs);
}

static double
get_loss (const Case *c)
{
  const guint n = c->network.layers[c->network.n_layers - 1].n_outputs;
  g_autofree double *outputs = g_new (double, n);
  double loss = 0;

  for (guint s = 0; s < N_SAMPLES; s++)
    {
      forward_exact (c, s, outputs);
      for (guint o = 0; o < n; o++)
        loss += c->weights[s * n + o] * outputs[o];
    }
  return loss;
}

static double
get_difference (Case *c, double *at)
{
  const double step = 1e-5, middle = *at;
  double above, below;

  *at = middle + step;
  above = get_loss (c);
  *at = middle - step;
  below = get_loss (c);
  *at = middle;
  return (above - below) / (2 * step);
}

static void
check_forward (const Case *c, const ShKernels *kernels, ShTape *tape)
{
  const ShLayer *last = &c->network.layers[c->network.n_layers - 1];
  const float *outputs = sh_network_forward (
      &c->network, kernels, c->parameters, N_SAMPLES, c->x, tape);
  g_autofree double *expected = g_new (double, last->n_outputs);

  for (guint s = 0; s < N_SAMPLES; s++)
    {
      forward_exact (c, s, expected);
      for (guint o = 0; o < last->n_outputs; o++)
        g_assert_true (reference_is_near (outputs[s * last->n_padded + o],
                                          expected[o], 2e-5));
      for (guint o = last->n_outputs; o < last->n_padded; o++)
        g_assert_cmpfloat (outputs[s * last->n_padded + o], ==, 0);
    }
}

/* Some of each layer's weights and biases, and zeros in the padding. */
static void
check_gradient (Case *c, const float *gradient, ShRandom *random)
{
  for (guint l = 0; l < c->network.n_layers; l++)
    {
      const ShLayer *layer = &c->network.layers[l];

      for (guint trial = 0; trial < 12; trial++)
        {
          guint o = sh_random_below (random, layer->n_outputs);
          guint i = sh_random_below (random, layer->n_inputs);
          gsize at = trial % 3 == 0 ? layer->bias + o
                                    : sh_layer_get_weight (layer, i, o);

          g_assert_true (reference_is_near (
              gradient[at], get_difference (c, &c->exact[at]), 2e-4));
        }
      for (gsize at = layer->weights; at < layer->bias; at++)
        if ((at - layer->weights) % layer->row >=
            (layer->by_rows ? layer->n_inputs : layer->n_outputs))
          g_assert_cmpfloat (gradient[at], ==, 0);
      for (guint o = layer->n_outputs; o < layer->n_padded; o++)
        g_assert_cmpfloat (gradient[layer->bias + o], ==, 0);
    }
}

static void
check_input_gradient (Case *c, const float *dx)
{
  const guint n = c->network.layers[0].n_inputs;
  const gsize row = SH_KERNELS_PAD (n);

  for (guint s = 0; s < N_SAMPLES; s += 3)
    for (guint i = 0; i < n; i += 1 + n / 4)
      {
        const float step = 0x1p-9f, middle = c->x[s * n + i];
        double above, below;

        c->x[s * n + i] = middle + step;
        above = get_loss (c);
        c->x[s * n + i] = middle - step;
        below = get_loss (c);
        c->x[s * n + i] = middle;
        g_assert_true (reference_is_near (
            dx[s * row + i], (above - below) / (2 * (double) step), 2e-3));
      }
}

static void
check_shape (const Shape *shape, const ShKernels *kernels)
{
  g_autoptr (ShTape) tape = NULL;
  float *transposed, *gradient, *dx, *delta;
  const ShLayer *last;
  ShRandom random;
  Case c;

  case_init (&c, shape, 3);
  sh_random_seed (&random, 4, 0);
  last = &c.network.layers[c.network.n_layers - 1];
  tape = sh_tape_new (&c.network, N_SAMPLES + 3, TRUE);
  check_forward (&c, kernels, tape);

  transposed = sh_kernels_alloc (sh_network_get_transposed_size (&c.network));
  gradient = sh_kernels_alloc (c.network.n_parameters);
  dx = sh_kernels_alloc (N_SAMPLES * SH_KERNELS_PAD (shape->n_inputs));
  sh_network_transpose (&c.network, kernels, c.parameters, transposed);
  delta = sh_network_get_output_delta (&c.network, tape);
  memset (delta, 0, sizeof (float) * N_SAMPLES * last->n_padded);
  for (guint s = 0; s < N_SAMPLES; s++)
    for (guint o = 0; o < last->n_outputs; o++)
      delta[s * last->n_padded + o] =
          (float) c.weights[s * last->n_outputs + o];
  sh_network_backward (&c.network, kernels, c.parameters, transposed, N_SAMPLES,
                       c.x, tape, gradient, dx);
  check_gradient (&c, gradient, &random);
  check_input_gradient (&c, dx);

  g_aligned_free (transposed);
  g_aligned_free (gradient);
  g_aligned_free (dx);
  case_clear (&c);
}

static void
test_gradient (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    check_shape (&shapes[i], data);
}

/* Columns or rows at right angles, and of the length asked for. */
static void
test_orthogonal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      Case c;

      case_init (&c, &shapes[i], 8);
      for (guint l = 0; l < c.network.n_layers; l++)
        {
          const ShLayer *layer = &c.network.layers[l];
          const gboolean tall = layer->n_inputs >= layer->n_outputs;
          const guint n = tall ? layer->n_outputs : layer->n_inputs;
          const guint length = tall ? layer->n_inputs : layer->n_outputs;
          const double square = l + 1 < c.network.n_layers ? 2 : 1;

          for (guint a = 0; a < n; a++)
            for (guint b = 0; b <= a; b++)
              {
                double dot = 0;

                for (guint k = 0; k < length; k++)
                  dot += c.exact[tall ? sh_layer_get_weight (layer, k, a)
                                      : sh_layer_get_weight (layer, a, k)] *
                         c.exact[tall ? sh_layer_get_weight (layer, k, b)
                                      : sh_layer_get_weight (layer, b, k)];
                g_assert_cmpfloat_with_epsilon (dot, a == b ? square : 0, 1e-5);
              }
        }
      case_clear (&c);
    }
}

int
main (int argc, char *argv[])
{
  const ShKernels *kernels;

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; (kernels = sh_kernels_get_nth (i)) != NULL; i++)
    {
      g_autofree char *path = g_strdup_printf (
          "/network/%s/matches-doubles-and-finite-differences", kernels->name);

      g_test_add_data_func (path, kernels, test_gradient);
    }
  g_test_add_func ("/network/random-weights-are-orthogonal", test_orthogonal);
  return g_test_run ();
}
