/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy as bytes. Everything is little-endian, floats as IEEE 754 says:
 *
 *   8 bytes  "shpolicy"
 *   u32      version, 2
 *   u32      observations O, u32 action components A
 *   A times  u32 kind (0 continuous, 1 discrete), u32 choices, f64 low, high
 *   u32      kind (ShPolicyKind)
 *   u32      hidden layers, of each u32 units, u32 ShActivation
 *   f64      observations counted; O times f64 mean, f64 squares
 *   f32 × 3  value scale, exploration
 *   f32 ...  actor and, of a stochastic policy, log deviations, critic: each
 *            layer's weights [inputs][outputs], then its bias; no padding
 *   u64      FNV-1a of all bytes before
 *
 * The sum at the end finds damage; the checks besides are for bytes that were
 * made to do harm.
 */

#include "sh-policy-private.h"

#include <math.h>
#include <string.h>

#include "sh-bytes.h"
#include "sh-error.h"

#define MAGIC "shpolicy"
#define VERSION 2

static void
put_network (GByteArray *to, const ShNetwork *network, const float *parameters)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];

      for (guint i = 0; i < layer->n_inputs; i++)
        for (guint o = 0; o < layer->n_outputs; o++)
          sh_bytes_put_floats (
              to, parameters + sh_layer_get_weight (layer, i, o), 1);
      sh_bytes_put_floats (to, parameters + layer->bias, layer->n_outputs);
    }
}

static void
put_space (GByteArray *to, const ShSpace *space)
{
  sh_bytes_put_u32 (to, space->n_observations);
  sh_bytes_put_u32 (to, space->n_actions);
  for (guint i = 0; i < space->n_actions; i++)
    {
      const ShComponent *component = &space->actions[i];
      gboolean discrete = component->kind == SH_COMPONENT_DISCRETE;

      sh_bytes_put_u32 (to, discrete);
      sh_bytes_put_u32 (to, discrete ? component->n_choices : 0);
      sh_bytes_put_double (to, discrete ? 0 : component->low);
      sh_bytes_put_double (to, discrete ? 0 : component->high);
    }
}

static void
put_shape (GByteArray *to, const ShPolicyShape *shape)
{
  sh_bytes_put_u32 (to, shape->kind);
  sh_bytes_put_u32 (to, shape->n_hidden_layers);
  for (guint l = 0; l < shape->n_hidden_layers; l++)
    {
      sh_bytes_put_u32 (to, shape->hidden_layers[l]);
      sh_bytes_put_u32 (to, shape->activations[l]);
    }
}

GBytes *
sh_policy_save (const ShPolicy *policy)
{
  GByteArray *to;

  g_return_val_if_fail (policy != NULL, NULL);

  to = sh_bytes_begin (MAGIC);
  sh_bytes_put_u32 (to, VERSION);
  put_space (to, policy->space);
  put_shape (to, &policy->shape);
  sh_bytes_put_double (to, policy->normaliser.count);
  for (guint i = 0; i < policy->normaliser.n; i++)
    {
      sh_bytes_put_double (to, policy->normaliser.mean[i]);
      sh_bytes_put_double (to, policy->normaliser.squares[i]);
    }
  sh_bytes_put_floats (to, policy->parameters + policy->value_scale, 2);
  sh_bytes_put_floats (to, policy->parameters + policy->exploration, 1);
  put_network (to, &policy->actor, policy->parameters);
  if (policy->shape.kind == SH_POLICY_STOCHASTIC)
    {
      sh_bytes_put_floats (to, policy->parameters + policy->log_deviations,
                           policy->distribution.n_log_deviations);
      put_network (to, &policy->critic,
                   policy->parameters + policy->critic_parameters);
    }
  return sh_bytes_end (to);
}

static void
take_network (ShBytesReader *reader,
              const ShNetwork *network,
              float *parameters)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];

      for (guint i = 0; i < layer->n_inputs; i++)
        for (guint o = 0; o < layer->n_outputs; o++)
          sh_bytes_take_floats (
              reader, parameters + sh_layer_get_weight (layer, i, o), 1);
      sh_bytes_take_floats (reader, parameters + layer->bias, layer->n_outputs);
    }
}

static gboolean
check_version (ShBytesReader *reader, GError **error)
{
  guint32 version = sh_bytes_take_u32 (reader);

  if (version == VERSION)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "The policy is of version %u, this program reads version %u",
               version, VERSION);
  return FALSE;
}

static gboolean
check_space (ShBytesReader *reader, const ShSpace *space, GError **error)
{
  guint32 n_observations = sh_bytes_take_u32 (reader);
  guint32 n_actions = sh_bytes_take_u32 (reader);
  gboolean equal =
      n_observations == space->n_observations && n_actions == space->n_actions;

  for (guint i = 0; equal && i < n_actions; i++)
    {
      const ShComponent *ours = &space->actions[i];
      gboolean discrete = sh_bytes_take_u32 (reader) == 1;
      guint32 n_choices = sh_bytes_take_u32 (reader);
      double low = sh_bytes_take_double (reader);
      double high = sh_bytes_take_double (reader);

      if (discrete != (ours->kind == SH_COMPONENT_DISCRETE))
        equal = FALSE;
      else if (discrete)
        equal = n_choices == ours->n_choices;
      else
        equal = low == ours->low && high == ours->high;
    }
  if (equal && !reader->failed)
    return TRUE;
  g_set_error (
      error, SH_ERROR, SH_ERROR_CORRUPT,
      "The policy is for other observations or actions: %u numbers "
      "observed and %u acted with, where %u and %u are expected%s",
      n_observations, n_actions, space->n_observations, space->n_actions,
      n_observations == space->n_observations && n_actions == space->n_actions
          ? ", of other kinds or ranges"
          : "");
  return FALSE;
}

static gboolean
take_shape (ShBytesReader *reader,
            ShPolicyShape *shape,
            const ShSpace *space,
            GError **error)
{
  /* The bytes must hold at least the weights between the hidden layers: a
   * size is believed only as far as there are bytes for it. */
  gsize expected = 0;
  gsize width = space->n_observations;

  guint32 kind = sh_bytes_take_u32 (reader);

  *shape = (ShPolicyShape){ .kind = (ShPolicyKind) kind };
  shape->n_hidden_layers = sh_bytes_take_u32 (reader);
  if (kind > SH_POLICY_SQUASHED ||
      shape->n_hidden_layers > SH_POLICY_MAX_HIDDEN ||
      !sh_policy_kind_fits (shape->kind, space))
    reader->failed = TRUE;
  for (guint l = 0; l < shape->n_hidden_layers && !reader->failed; l++)
    {
      guint32 activation;

      shape->hidden_layers[l] = sh_bytes_take_u32 (reader);
      activation = sh_bytes_take_u32 (reader);
      shape->activations[l] = (ShActivation) activation;
      expected += 4 * width * shape->hidden_layers[l];
      width = shape->hidden_layers[l];
      if (width == 0 || width > SH_POLICY_MAX_UNITS ||
          activation >= SH_N_ACTIVATIONS || expected > reader->left)
        reader->failed = TRUE;
    }
  if (!reader->failed)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "The policy is damaged: its kind and layers do not fit its "
               "size and actions");
  return FALSE;
}

static void
take_normaliser (ShBytesReader *reader, ShNormaliser *normaliser)
{
  normaliser->count = sh_bytes_take_finite (reader);
  if (normaliser->count < 0)
    reader->failed = TRUE;
  for (guint i = 0; i < normaliser->n && !reader->failed; i++)
    {
      normaliser->mean[i] = sh_bytes_take_finite (reader);
      normaliser->squares[i] = sh_bytes_take_finite (reader);
      if (fabs (normaliser->mean[i]) > G_MAXFLOAT || normaliser->squares[i] < 0)
        reader->failed = TRUE;
    }
}

ShPolicy *
sh_policy_load (const ShSpace *space, GBytes *bytes, GError **error)
{
  g_autoptr (ShPolicy) policy = NULL;
  ShPolicyShape shape;
  ShBytesReader reader;

  g_return_val_if_fail (sh_space_is_valid (space) && bytes != NULL, NULL);

  if (!sh_bytes_open (bytes, MAGIC, "policy", &reader, error))
    return NULL;
  if (!check_version (&reader, error) || !check_space (&reader, space, error) ||
      !take_shape (&reader, &shape, space, error))
    return NULL;

  policy = sh_policy_new_empty (space, &shape);
  take_normaliser (&reader, &policy->normaliser);
  sh_bytes_take_floats (&reader, policy->parameters + policy->value_scale, 2);
  sh_bytes_take_floats (&reader, policy->parameters + policy->exploration, 1);
  take_network (&reader, &policy->actor, policy->parameters);
  if (shape.kind == SH_POLICY_STOCHASTIC)
    {
      sh_bytes_take_floats (&reader,
                            policy->parameters + policy->log_deviations,
                            policy->distribution.n_log_deviations);
      take_network (&reader, &policy->critic,
                    policy->parameters + policy->critic_parameters);
    }
  if (reader.failed || reader.left > 0 ||
      !(policy->parameters[policy->value_scale + 1] > 0))
    {
      g_set_error (
          error, SH_ERROR, SH_ERROR_CORRUPT,
          "The policy is damaged: a number in it is not finite, or its "
          "length is wrong");
      return NULL;
    }
  sh_policy_apply_normaliser (policy);
  return g_steal_pointer (&policy);
}
