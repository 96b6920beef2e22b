/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a policy works out, as data: for those who write it down in another
 * form. A layout holds all that the greedy action depends on, and nothing else.
 *
 * The action for an observation x [n_observations]:
 *
 *   x[i]  = 0 where it is not finite
 *   x[i]  = (x[i] - mean[i]) * scale[i], brought within -clip .. clip
 *   for each layer: x = unit (weights x + bias)
 *   for each component of the action, with z = x[output]:
 *     SH_POLICY_RULE_LARGEST  the index, from 0 to n_outputs - 1, of the
 *                             largest of x[output .. output + n_outputs - 1],
 *                             the first of them when some are equal
 *     SH_POLICY_RULE_CLIP     centre + unit * z, brought within low .. high
 *     SH_POLICY_RULE_TANH     centre + unit * tanh (z), within low .. high
 *
 * All learners' policies have this form. Outputs that no component names (the
 * dueling network's value, SAC's deviations) have no part in the greedy action.
 */

#pragma once

#include "sh-policy.h"
#include "sh-activation.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_inputs, n_outputs;
  float *weights; /* [n_outputs][n_inputs], no padding */
  float *bias; /* [n_outputs] */
  ShActivation activation; /* of the last layer SH_ACTIVATION_LINEAR */
} ShPolicyLayer;

typedef enum
{
  SH_POLICY_RULE_LARGEST, /* a discrete component */
  SH_POLICY_RULE_CLIP, /* a continuous one */
  SH_POLICY_RULE_TANH /* a continuous one with two bounds */
} ShPolicyRule;

typedef struct
{
  ShPolicyRule rule;
  guint output, n_outputs; /* the first one's index; 1 when continuous */
  double centre, unit; /* continuous */
  float low, high; /* continuous: finite, but perhaps ± the largest float */
} ShPolicyAction;

typedef struct
{
  guint n_observations;
  float *mean, *scale; /* [n_observations] */
  float clip;
  guint n_layers;
  ShPolicyLayer *layers;
  guint n_actions;
  ShPolicyAction *actions; /* one for each component of the space */
} ShPolicyLayout;

/* A copy of what `policy` is now; it does not need the policy any more. */
ShPolicyLayout *sh_policy_layout_new (const ShPolicy *policy);
void sh_policy_layout_free (ShPolicyLayout *layout);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPolicyLayout, sh_policy_layout_free)

G_END_DECLS
