/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShPolicyLayout: a policy's numbers without padding.
 */

#include "sh-policy-layout.h"

#include "sh-policy-private.h"

static void
copy_layer (const ShLayer *layer, const float *parameters, ShPolicyLayer *to)
{
  *to = (ShPolicyLayer){
    .n_inputs = layer->n_inputs,
    .n_outputs = layer->n_outputs,
    .weights = g_new (float, (gsize) layer->n_outputs * layer->n_inputs),
    .bias =
        g_memdup2 (parameters + layer->bias, sizeof (float) * layer->n_outputs),
    .activation = layer->activation,
  };
  for (guint o = 0; o < layer->n_outputs; o++)
    for (guint i = 0; i < layer->n_inputs; i++)
      to->weights[(gsize) o * layer->n_inputs + i] =
          parameters[sh_layer_get_weight (layer, i, o)];
}

static ShPolicyAction
describe_head (const ShPolicy *policy, guint index)
{
  const ShHead *head = &policy->distribution.heads[index];

  if (head->kind == SH_COMPONENT_DISCRETE)
    return (ShPolicyAction){
      .rule = SH_POLICY_RULE_LARGEST,
      .output = head->output,
      .n_outputs = head->n_choices,
    };
  return (ShPolicyAction){
    .rule = policy->shape.kind == SH_POLICY_SQUASHED ? SH_POLICY_RULE_TANH
                                                     : SH_POLICY_RULE_CLIP,
    .output = head->output,
    .n_outputs = 1,
    .centre = head->centre,
    .unit = head->unit,
    .low = head->low,
    .high = head->high,
  };
}

ShPolicyLayout *
sh_policy_layout_new (const ShPolicy *policy)
{
  ShPolicyLayout *layout;
  guint n;

  g_return_val_if_fail (policy != NULL, NULL);

  n = policy->space->n_observations;
  layout = g_new0 (ShPolicyLayout, 1);
  layout->n_observations = n;
  layout->mean = g_memdup2 (policy->parameters + policy->observation_mean,
                            sizeof (float) * n);
  layout->scale = g_memdup2 (policy->parameters + policy->observation_scale,
                             sizeof (float) * n);
  layout->clip = SH_NORMALISER_CLIP;
  layout->n_layers = policy->actor.n_layers;
  layout->layers = g_new0 (ShPolicyLayer, layout->n_layers);
  for (guint l = 0; l < layout->n_layers; l++)
    copy_layer (&policy->actor.layers[l], policy->parameters,
                &layout->layers[l]);
  layout->n_actions = policy->space->n_actions;
  layout->actions = g_new0 (ShPolicyAction, layout->n_actions);
  for (guint a = 0; a < layout->n_actions; a++)
    layout->actions[a] = describe_head (policy, a);
  return layout;
}

void
sh_policy_layout_free (ShPolicyLayout *layout)
{
  if (layout == NULL)
    return;
  for (guint l = 0; l < layout->n_layers; l++)
    {
      g_free (layout->layers[l].weights);
      g_free (layout->layers[l].bias);
    }
  g_free (layout->layers);
  g_free (layout->actions);
  g_free (layout->mean);
  g_free (layout->scale);
  g_free (layout);
}
