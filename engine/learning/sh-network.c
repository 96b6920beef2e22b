/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShNetwork: shape, random weights, forward and backward passes.
 */

#include "sh-network.h"

#include <math.h>
#include <string.h>

/* From this many outputs on, whole vectors of outputs are faster. */
#define BY_ROWS_LIMIT 7

void
sh_network_init (ShNetwork *network,
                 guint n_inputs,
                 const guint *hidden_layers,
                 const ShActivation *activations,
                 guint n_hidden_layers,
                 guint n_outputs)
{
  gsize offset = 0;
  guint width = n_inputs;

  g_return_if_fail (network != NULL && n_inputs > 0 && n_outputs > 0);
  g_return_if_fail (n_hidden_layers <= SH_NETWORK_MAX_HIDDEN);

  memset (network, 0, sizeof *network);
  network->n_layers = n_hidden_layers + 1;
  for (guint l = 0; l < network->n_layers; l++)
    {
      ShLayer *layer = &network->layers[l];

      layer->n_inputs = width;
      layer->n_outputs = l < n_hidden_layers ? hidden_layers[l] : n_outputs;
      layer->activation = l >= n_hidden_layers  ? SH_ACTIVATION_LINEAR
                          : activations != NULL ? activations[l]
                                                : SH_ACTIVATION_TANH;
      layer->n_padded = SH_KERNELS_PAD (layer->n_outputs);
      /* The first layer's inputs are the samples, which have no padding. */
      layer->by_rows = l > 0 && layer->n_outputs < BY_ROWS_LIMIT;
      layer->row = layer->by_rows ? SH_KERNELS_PAD (width) : layer->n_padded;
      layer->weights = offset;
      offset +=
          layer->row * (layer->by_rows ? layer->n_outputs : layer->n_inputs);
      layer->bias = offset;
      offset += layer->n_padded;
      width = layer->n_outputs;
    }
  network->n_parameters = offset;
}

/* `n_vectors` orthonormal vectors of `length`, n_vectors <= length, by the
 * modified Gram-Schmidt process on normal deviates. */
static void
make_orthonormal (double *vectors,
                  guint n_vectors,
                  guint length,
                  ShRandom *random)
{
  for (guint i = 0; i < n_vectors; i++)
    {
      double *v = vectors + (gsize) i * length;
      double norm = 0;

      for (guint k = 0; k < length; k++)
        v[k] = sh_random_normal (random);
      for (guint j = 0; j < i; j++)
        {
          const double *u = vectors + (gsize) j * length;
          double dot = 0;

          for (guint k = 0; k < length; k++)
            dot += u[k] * v[k];
          for (guint k = 0; k < length; k++)
            v[k] -= dot * u[k];
        }
      for (guint k = 0; k < length; k++)
        norm += v[k] * v[k];
      norm = sqrt (norm);
      for (guint k = 0; k < length; k++)
        v[k] = norm > 1e-12 ? v[k] / norm : 0;
    }
}

static void
randomize_layer (const ShLayer *layer,
                 float *parameters,
                 double gain,
                 ShRandom *random)
{
  const gboolean tall = layer->n_inputs >= layer->n_outputs;
  const guint n_vectors = tall ? layer->n_outputs : layer->n_inputs;
  const guint length = tall ? layer->n_inputs : layer->n_outputs;
  g_autofree double *vectors = g_new (double, (gsize) n_vectors *length);

  make_orthonormal (vectors, n_vectors, length, random);
  memset (parameters + layer->weights, 0,
          sizeof (float) * (layer->bias + layer->n_padded - layer->weights));
  for (guint i = 0; i < layer->n_inputs; i++)
    for (guint o = 0; o < layer->n_outputs; o++)
      {
        gsize at = tall ? (gsize) o * length + i : (gsize) i * length + o;

        parameters[sh_layer_get_weight (layer, i, o)] =
            (float) (gain * vectors[at]);
      }
}

void
sh_network_randomize (const ShNetwork *network,
                      float *parameters,
                      double output_gain,
                      ShRandom *random)
{
  g_return_if_fail (network != NULL && parameters != NULL && random != NULL);

  for (guint l = 0; l < network->n_layers; l++)
    randomize_layer (&network->layers[l], parameters,
                     l + 1 < network->n_layers ? G_SQRT2 : output_gain, random);
}

ShTape *
sh_tape_new (const ShNetwork *network, guint capacity, gboolean backward)
{
  ShTape *tape = g_new0 (ShTape, 1);
  gsize widest = 0;

  g_return_val_if_fail (network != NULL && capacity > 0, NULL);

  tape->capacity = capacity;
  for (guint l = 0; l < network->n_layers; l++)
    {
      gsize width = network->layers[l].n_padded;

      tape->activations[l] = sh_kernels_alloc (capacity * width);
      widest = MAX (widest, width);
    }
  if (backward)
    for (guint i = 0; i < 2; i++)
      tape->deltas[i] = sh_kernels_alloc (capacity * widest);
  return tape;
}

void
sh_tape_free (ShTape *tape)
{
  if (tape == NULL)
    return;
  for (guint l = 0; l < SH_NETWORK_MAX_LAYERS; l++)
    g_aligned_free (tape->activations[l]);
  for (guint i = 0; i < 2; i++)
    g_aligned_free (tape->deltas[i]);
  g_free (tape);
}

/* The row length of what goes into layer `l`: the samples' own, or padded. */
static gsize
input_row (const ShNetwork *network, guint l)
{
  return l == 0 ? network->layers[0].n_inputs : network->layers[l - 1].n_padded;
}

float *
sh_network_forward (const ShNetwork *network,
                    const ShKernels *kernels,
                    const float *parameters,
                    guint n,
                    const float *x,
                    ShTape *tape)
{
  g_assert (n <= tape->capacity);

  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];
      const float *weights = parameters + layer->weights;
      const float *bias = parameters + layer->bias;
      float *y = tape->activations[l];

      if (layer->by_rows)
        kernels->multiply_by_rows (n, layer->n_outputs, layer->row, x,
                                   layer->row, weights, layer->row, bias, y,
                                   layer->n_padded);
      else
        kernels->multiply (SH_KERNELS_ASSIGN, n, layer->n_padded,
                           layer->n_inputs, x, input_row (network, l), 1,
                           weights, layer->row, bias, y, layer->n_padded);
      if (l + 1 < network->n_layers)
        sh_activation_forward (layer->activation, kernels, n, layer->n_outputs,
                               layer->n_padded, y);
      x = y;
    }
  return tape->activations[network->n_layers - 1];
}

float *
sh_network_get_output_delta (const ShNetwork *network, ShTape *tape)
{
  return tape->deltas[(network->n_layers - 1) % 2];
}

gsize
sh_network_get_transposed_size (const ShNetwork *network)
{
  gsize size = 0;

  for (guint l = 0; l < network->n_layers; l++)
    if (!network->layers[l].by_rows)
      size += (gsize) network->layers[l].n_outputs *
              SH_KERNELS_PAD (network->layers[l].n_inputs);
  return size;
}

void
sh_network_transpose (const ShNetwork *network,
                      const ShKernels *kernels,
                      const float *parameters,
                      float *transposed)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];
      const gsize row = SH_KERNELS_PAD (layer->n_inputs);

      if (layer->by_rows)
        continue;
      kernels->transpose (layer->n_inputs, layer->n_outputs,
                          parameters + layer->weights, layer->row, transposed,
                          row);
      transposed += layer->n_outputs * row;
    }
}

/* Adds one layer's gradient. */
static void
backward_weights (const ShLayer *layer,
                  const ShKernels *kernels,
                  guint n,
                  const float *x,
                  gsize x_row,
                  const float *dy,
                  float *gradient)
{
  float *weights = gradient + layer->weights;

  if (layer->by_rows)
    kernels->multiply (SH_KERNELS_ACCUMULATE, layer->n_outputs, layer->row, n,
                       dy, 1, layer->n_padded, x, x_row, NULL, weights,
                       layer->row);
  else
    kernels->multiply (SH_KERNELS_ACCUMULATE, layer->n_inputs, layer->n_padded,
                       n, x, 1, x_row, dy, layer->n_padded, NULL, weights,
                       layer->row);
  kernels->add_rows (n, layer->n_padded, dy, layer->n_padded,
                     gradient + layer->bias);
}

void
sh_network_backward (const ShNetwork *network,
                     const ShKernels *kernels,
                     const float *parameters,
                     const float *transposed,
                     guint n,
                     const float *x,
                     ShTape *tape,
                     float *gradient,
                     float *dx)
{
  const float *end = transposed + sh_network_get_transposed_size (network);

  g_assert (n <= tape->capacity && tape->deltas[0] != NULL);

  for (guint l = network->n_layers; l-- > 0;)
    {
      const ShLayer *layer = &network->layers[l];
      const gsize row = SH_KERNELS_PAD (layer->n_inputs);
      const float *inputs = l > 0 ? tape->activations[l - 1] : x;
      const float *dy = tape->deltas[l % 2];
      const float *weights = parameters + layer->weights;
      float *below = l > 0 ? tape->deltas[(l - 1) % 2] : dx;

      if (gradient != NULL)
        backward_weights (layer, kernels, n, inputs, input_row (network, l), dy,
                          gradient);
      if (!layer->by_rows)
        weights = end -= layer->n_outputs * row;
      if (below == NULL)
        continue;
      kernels->multiply (SH_KERNELS_ASSIGN, n, row, layer->n_outputs, dy,
                         layer->n_padded, 1, weights, row, NULL, below, row);
      if (l > 0)
        sh_activation_backward (network->layers[l - 1].activation, kernels, n,
                                layer->n_inputs, row, inputs, below);
    }
}
