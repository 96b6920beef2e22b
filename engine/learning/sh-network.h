/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A network of fully connected layers; the last one is linear.
 * The network is only a shape; its parameters are a part of somebody's block of
 * floats, so that a whole policy is copied by one memcpy. Nothing here locks:
 * threads that share parameters and have a tape each do not meet.
 */

#pragma once

#include <glib.h>

#include "sh-kernels.h"
#include "sh-random.h"
#include "sh-activation.h"

G_BEGIN_DECLS

#define SH_NETWORK_MAX_HIDDEN 8
#define SH_NETWORK_MAX_LAYERS (SH_NETWORK_MAX_HIDDEN + 1)

/*
 * A layer's weights are [n_inputs][padded n_outputs]. Where the outputs are few
 * that would be mostly padding, and they are [n_outputs][padded n_inputs]:
 * `by_rows`. weights and bias [padded n_outputs] are offsets into the network's
 * parameters. All padding is always 0.
 */
typedef struct
{
  guint n_inputs, n_outputs;
  guint n_padded; /* n_outputs, padded */
  gboolean by_rows;
  gsize row; /* length of a row of weights */
  gsize weights, bias;
  ShActivation
      activation; /* what it does with its sums; of the last layer LINEAR */
} ShLayer;

/* The offset of the weight from an input to an output. */
static inline gsize
sh_layer_get_weight (const ShLayer *layer, guint input, guint output)
{
  return layer->weights + (layer->by_rows
                               ? (gsize) output * layer->row + input
                               : (gsize) input * layer->row + output);
}

typedef struct
{
  guint n_layers;
  ShLayer layers[SH_NETWORK_MAX_LAYERS];
  gsize n_parameters; /* with padding */
} ShNetwork;

/* At most SH_NETWORK_MAX_HIDDEN hidden layers, each of at least one unit;
 * `activations` [n_hidden_layers], NULL: all tanh. */
void sh_network_init (ShNetwork *network,
                      guint n_inputs,
                      const guint *hidden_layers,
                      const ShActivation *activations,
                      guint n_hidden_layers,
                      guint n_outputs);

/*
 * Random weights with orthogonal columns or rows (A. M. Saxe et al.,
 * arXiv:1312.6120), of length sqrt 2 and, in the last layer, `output_gain`;
 * biases 0.
 */
void sh_network_randomize (const ShNetwork *network,
                           float *parameters,
                           double output_gain,
                           ShRandom *random);

/* What a pass over up to `capacity` samples leaves behind. */
typedef struct
{
  guint capacity;
  float *activations[SH_NETWORK_MAX_LAYERS]; /* [capacity][n_padded] */
  float *deltas[2]; /* [capacity][widest layer] */
} ShTape;

/* `capacity` samples. Without `backward` there is room for forward only. */
ShTape *
sh_tape_new (const ShNetwork *network, guint capacity, gboolean backward);
void sh_tape_free (ShTape *tape);

/*
 * Outputs of `n` samples x [n][n_inputs]: [n][n_padded of the last layer], in
 * the tape until its next use.
 */
float *sh_network_forward (const ShNetwork *network,
                           const ShKernels *kernels,
                           const float *parameters,
                           guint n,
                           const float *x,
                           ShTape *tape);

/*
 * Where the caller puts the gradient by the outputs, [n][n_padded], before
 * sh_network_backward. The caller sets its padding to 0.
 */
float *sh_network_get_output_delta (const ShNetwork *network, ShTape *tape);

/*
 * Adds to `gradient`, laid out as the parameters, that of the samples of the
 * last forward pass; not when it is NULL. `transposed` is what sh_network_transpose made of
 * `parameters`. When `dx` is not NULL it gets the gradient by the inputs,
 * [n][padded n_inputs].
 */
void sh_network_backward (const ShNetwork *network,
                          const ShKernels *kernels,
                          const float *parameters,
                          const float *transposed,
                          guint n,
                          const float *x,
                          ShTape *tape,
                          float *gradient,
                          float *dx);

/*
 * The weights once more as [n_outputs][padded n_inputs], for passes backward:
 * those of the layers that are not so already, one after the other. Floats
 * needed: sh_network_get_transposed_size.
 */
gsize sh_network_get_transposed_size (const ShNetwork *network);
void sh_network_transpose (const ShNetwork *network,
                           const ShKernels *kernels,
                           const float *parameters,
                           float *transposed);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTape, sh_tape_free)

G_END_DECLS
