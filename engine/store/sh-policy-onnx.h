/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy as an ONNX model (https://onnx.ai): its greedy action as a graph
 * that other programs can run, and back.
 *
 *   observation  float [batch][O]: the fields of the concept's input in their
 *                order; a nominal one is a float for each of its values, 1 for
 *                the one that it has
 *   action       float [batch][A]: a field of the concept's output each; of one
 *                that is a choice, the index, from 0, in the values of its type
 *
 * The graph is that of sh-policy-layout.h, in operator set 13: the observation
 * normalised and clipped, then a Gemm a layer (weights [outputs][inputs],
 * `layer0.weight`), then for each component of the action ArgMax, or a linear
 * map, with or without Tanh, within bounds. What else only learning needs is
 * not in it.
 */

#pragma once

#include <glib.h>

#include "sh-policy-layout.h"

G_BEGIN_DECLS

/* Bytes of a policy in a file. */
#define SH_POLICY_ONNX_MAX_BYTES (256u * 1024 * 1024)

/* What the model tells about itself; all of it text. */
typedef struct
{
  const char *simulator, *concept, *algorithm;
  /* Types of Inkling: what the simulator reports, what the policy observes, what
   * it decides, what the simulator is given. */
  const char *state, *input, *output, *action;
} ShPolicyOnnxTexts;

GBytes *sh_policy_to_onnx (const ShPolicy *policy,
                           const ShPolicyOnnxTexts *texts);

/*
 * A policy that acts (SH_ACT_GREEDY) as the one that was written; it knows
 * nothing of values and exploration. `bytes` may be anything: a model is taken
 * only if its graph is, byte for byte, what sh_policy_to_onnx writes for the
 * weights in it. Errors: SH_ERROR_CORRUPT.
 */
ShPolicy *
sh_policy_from_onnx (const ShSpace *space, GBytes *bytes, GError **error);

G_END_DECLS
