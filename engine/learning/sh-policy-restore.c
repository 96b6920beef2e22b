/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Puts a layout's numbers where a policy has them.
 */

#include "sh-policy-restore.h"

#include <string.h>

#include "sh-error.h"
#include "sh-policy-private.h"

static const char *const kind_names[] = {
  [SH_POLICY_STOCHASTIC] = "stochastic",
  [SH_POLICY_VALUES] = "values",
  [SH_POLICY_SQUASHED] = "squashed",
};

const char *
sh_policy_get_kind_name (const ShPolicy *policy)
{
  g_return_val_if_fail (policy != NULL, NULL);

  return kind_names[policy->shape.kind];
}

static gboolean
read_kind (const char *name, ShPolicyKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (strcmp (name, kind_names[i]) == 0)
      {
        *kind = (ShPolicyKind) i;
        return TRUE;
      }
  return FALSE;
}

/* FALSE: there can be no policy of this shape. */
static gboolean
read_shape (const ShPolicyLayout *layout, ShPolicyShape *shape)
{
  guint n_inputs = layout->n_observations;

  if (layout->n_layers < 1 || layout->n_layers > SH_POLICY_MAX_HIDDEN + 1)
    return FALSE;
  shape->n_hidden_layers = layout->n_layers - 1;
  for (guint l = 0; l < layout->n_layers; l++)
    {
      const ShPolicyLayer *layer = &layout->layers[l];
      const gboolean last = l == shape->n_hidden_layers;

      if (layer->n_inputs != n_inputs || layer->n_outputs < 1 ||
          (guint) layer->activation >= SH_N_ACTIVATIONS)
        return FALSE;
      n_inputs = layer->n_outputs;
      if (last)
        return layer->activation == SH_ACTIVATION_LINEAR;
      if (layer->n_outputs > SH_POLICY_MAX_UNITS)
        return FALSE;
      shape->hidden_layers[l] = layer->n_outputs;
      shape->activations[l] = layer->activation;
    }
  return FALSE;
}

static void
put_layer (const ShPolicyLayer *from, const ShLayer *layer, float *parameters)
{
  for (guint o = 0; o < layer->n_outputs; o++)
    {
      parameters[layer->bias + o] = from->bias[o];
      for (guint i = 0; i < layer->n_inputs; i++)
        parameters[sh_layer_get_weight (layer, i, o)] =
            from->weights[(gsize) o * layer->n_inputs + i];
    }
}

ShPolicy *
sh_policy_restore (const ShSpace *space,
                   const char *kind,
                   const ShPolicyLayout *layout,
                   GError **error)
{
  g_autoptr (ShPolicy) policy = NULL;
  ShPolicyShape shape = { .kind = SH_POLICY_STOCHASTIC };
  gsize n;

  g_return_val_if_fail (sh_space_is_valid (space) && kind != NULL, NULL);
  g_return_val_if_fail (layout != NULL, NULL);

  if (layout->n_observations == space->n_observations &&
      read_kind (kind, &shape.kind) &&
      sh_policy_kind_fits (shape.kind, space) && read_shape (layout, &shape))
    policy = sh_policy_new_empty (space, &shape);
  if (policy == NULL || policy->actor.layers[layout->n_layers - 1].n_outputs !=
                            layout->layers[layout->n_layers - 1].n_outputs)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "the policy's kind and layers do not fit its actions");
      return NULL;
    }
  for (guint l = 0; l < layout->n_layers; l++)
    put_layer (&layout->layers[l], &policy->actor.layers[l],
               policy->parameters);
  n = sizeof (float) * layout->n_observations;
  memcpy (policy->parameters + policy->observation_mean, layout->mean, n);
  memcpy (policy->parameters + policy->observation_scale, layout->scale, n);
  return g_steal_pointer (&policy);
}
