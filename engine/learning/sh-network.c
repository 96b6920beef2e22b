/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShNetwork: shape, random weights, forward and backward passes.
 */

#include "sh-network.h"

#include <math.h>
#include <string.h>

void
sh_network_init (ShNetwork *network,
                 guint n_inputs,
                 const guint *hidden_layers,
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
      layer->n_padded = SH_KERNELS_PAD (layer->n_outputs);
      layer->weights = offset;
      offset += (gsize) layer->n_inputs * layer->n_padded;
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
          sizeof (float) *
              ((gsize) layer->n_inputs * layer->n_padded + layer->n_padded));
  for (guint i = 0; i < layer->n_inputs; i++)
    for (guint o = 0; o < layer->n_outputs; o++)
      {
        gsize at = tall ? (gsize) o * length + i : (gsize) i * length + o;

        parameters[layer->weights + (gsize) i * layer->n_padded + o] =
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
      float *y = tape->activations[l];

      kernels->multiply (SH_KERNELS_ASSIGN, n, layer->n_padded, layer->n_inputs,
                         x, input_row (network, l), 1,
                         parameters + layer->weights, layer->n_padded,
                         parameters + layer->bias, y, layer->n_padded);
      if (l + 1 < network->n_layers)
        kernels->tanh ((gsize) n * layer->n_padded, y);
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

      kernels->transpose (layer->n_inputs, layer->n_outputs,
                          parameters + layer->weights, layer->n_padded,
                          transposed, row);
      transposed += layer->n_outputs * row;
    }
}

void
sh_network_backward (const ShNetwork *network,
                     const ShKernels *kernels,
                     const float *transposed,
                     guint n,
                     const float *x,
                     ShTape *tape,
                     float *gradient,
                     float *dx)
{
  const float *weights = transposed + sh_network_get_transposed_size (network);

  g_assert (n <= tape->capacity && tape->deltas[0] != NULL);

  for (guint l = network->n_layers; l-- > 0;)
    {
      const ShLayer *layer = &network->layers[l];
      const float *inputs = l > 0 ? tape->activations[l - 1] : x;
      const float *dy = tape->deltas[l % 2];
      const gsize row = SH_KERNELS_PAD (layer->n_inputs);
      float *below = l > 0 ? tape->deltas[(l - 1) % 2] : dx;

      kernels->multiply (SH_KERNELS_ACCUMULATE, layer->n_inputs,
                         layer->n_padded, n, inputs, 1, input_row (network, l),
                         dy, layer->n_padded, NULL, gradient + layer->weights,
                         layer->n_padded);
      kernels->add_rows (n, layer->n_padded, dy, layer->n_padded,
                         gradient + layer->bias);
      weights -= layer->n_outputs * row;
      if (below == NULL)
        continue;
      kernels->multiply (SH_KERNELS_ASSIGN, n, row, layer->n_outputs, dy,
                         layer->n_padded, 1, weights, row, NULL, below, row);
      if (l > 0)
        kernels->tanh_backward (n * row, inputs, below);
    }
}
