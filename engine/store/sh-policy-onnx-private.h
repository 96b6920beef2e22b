/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the writer and the reader of ONNX policies agree on.
 */

#pragma once

#include "sh-policy-onnx.h"

G_BEGIN_DECLS

/* Of the graph's shape: other numbers are refused. */
#define SH_POLICY_ONNX_FORMAT "1"

/* Keys of texts. */
#define SH_POLICY_ONNX_FORMAT_KEY "simhost.format"
#define SH_POLICY_ONNX_KIND_KEY "simhost.policy"

#define SH_POLICY_ONNX_MEAN "observation.mean"
#define SH_POLICY_ONNX_SCALE "observation.scale"
/* How the name of the node that squashes components ends. */
#define SH_POLICY_ONNX_TANH ".tanh"

/* Operators; NULL: none. */
extern const char *const sh_policy_onnx_activations[SH_N_ACTIVATIONS];

char *sh_policy_onnx_weight_name (guint layer);
char *sh_policy_onnx_bias_name (guint layer);
char *sh_policy_onnx_activation_name (guint layer);

/* The model; without `texts` its graph alone. */
GBytes *sh_policy_onnx_write (const ShPolicyLayout *layout,
                              const char *kind,
                              const ShPolicyOnnxTexts *texts);

G_END_DECLS
