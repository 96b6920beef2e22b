/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy as bytes. Everything is little-endian, floats as IEEE 754 says:
 *
 *   8 bytes  "shpolicy"
 *   u32      version, 2
 *   u32      observations O, u32 action components A
 *   A times  u32 kind (0 continuous, 1 discrete), u32 choices, f64 low, high
 *   u32      kind (ShPolicyKind)
 *   u32      hidden layers, of each u32 units, u32 their kind (ShUnit)
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

#include "sh-error.h"

#define MAGIC "shpolicy"
#define MAGIC_SIZE 8
#define VERSION 2

static guint64
checksum (const guint8 *bytes, gsize size)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

static void
put_u32 (GByteArray *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (to, (const guint8 *) &value, sizeof value);
}

static void
put_u64 (GByteArray *to, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (to, (const guint8 *) &value, sizeof value);
}

static void
put_double (GByteArray *to, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  put_u64 (to, bits);
}

static void
put_floats (GByteArray *to, const float *values, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &values[i], sizeof bits);
      put_u32 (to, bits);
    }
}

static void
put_network (GByteArray *to, const ShNetwork *network, const float *parameters)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];

      for (guint i = 0; i < layer->n_inputs; i++)
        for (guint o = 0; o < layer->n_outputs; o++)
          put_floats (to, parameters + sh_layer_get_weight (layer, i, o), 1);
      put_floats (to, parameters + layer->bias, layer->n_outputs);
    }
}

static void
put_space (GByteArray *to, const ShSpace *space)
{
  put_u32 (to, space->n_observations);
  put_u32 (to, space->n_actions);
  for (guint i = 0; i < space->n_actions; i++)
    {
      const ShComponent *component = &space->actions[i];
      gboolean discrete = component->kind == SH_COMPONENT_DISCRETE;

      put_u32 (to, discrete);
      put_u32 (to, discrete ? component->n_choices : 0);
      put_double (to, discrete ? 0 : component->low);
      put_double (to, discrete ? 0 : component->high);
    }
}

static void
put_shape (GByteArray *to, const ShPolicyShape *shape)
{
  put_u32 (to, shape->kind);
  put_u32 (to, shape->n_hidden_layers);
  for (guint l = 0; l < shape->n_hidden_layers; l++)
    {
      put_u32 (to, shape->hidden_layers[l]);
      put_u32 (to, shape->units[l]);
    }
}

GBytes *
sh_policy_save (const ShPolicy *policy)
{
  GByteArray *to;

  g_return_val_if_fail (policy != NULL, NULL);

  to = g_byte_array_new ();
  g_byte_array_append (to, (const guint8 *) MAGIC, MAGIC_SIZE);
  put_u32 (to, VERSION);
  put_space (to, policy->space);
  put_shape (to, &policy->shape);
  put_double (to, policy->normaliser.count);
  for (guint i = 0; i < policy->normaliser.n; i++)
    {
      put_double (to, policy->normaliser.mean[i]);
      put_double (to, policy->normaliser.squares[i]);
    }
  put_floats (to, policy->parameters + policy->value_scale, 2);
  put_floats (to, policy->parameters + policy->exploration, 1);
  put_network (to, &policy->actor, policy->parameters);
  if (policy->shape.kind == SH_POLICY_STOCHASTIC)
    {
      put_floats (to, policy->parameters + policy->log_deviations,
                  policy->distribution.n_log_deviations);
      put_network (to, &policy->critic,
                   policy->parameters + policy->critic_parameters);
    }
  put_u64 (to, checksum (to->data, to->len));
  return g_byte_array_free_to_bytes (to);
}

/* Reads on; past the end it gives 0 and remembers. */
typedef struct
{
  const guint8 *at;
  gsize left;
  gboolean failed;
} Reader;

static guint64
take (Reader *reader, gsize size)
{
  guint64 value = 0;

  if (reader->failed || reader->left < size)
    {
      reader->failed = TRUE;
      return 0;
    }
  for (gsize i = 0; i < size; i++)
    value |= (guint64) reader->at[i] << (8 * i);
  reader->at += size;
  reader->left -= size;
  return value;
}

static guint32
take_u32 (Reader *reader)
{
  return (guint32) take (reader, 4);
}

static double
take_double (Reader *reader)
{
  guint64 bits = take (reader, 8);
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* Numbers of a policy are finite; what is not counts as failure. */
static double
take_finite_double (Reader *reader)
{
  double value = take_double (reader);

  if (!isfinite (value))
    reader->failed = TRUE;
  return reader->failed ? 0 : value;
}

static void
take_floats (Reader *reader, float *values, gsize n)
{
  for (gsize i = 0; i < n && !reader->failed; i++)
    {
      guint32 bits = take_u32 (reader);

      memcpy (&values[i], &bits, sizeof bits);
      if (!isfinite (values[i]))
        reader->failed = TRUE;
    }
}

static void
take_network (Reader *reader, const ShNetwork *network, float *parameters)
{
  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];

      for (guint i = 0; i < layer->n_inputs; i++)
        for (guint o = 0; o < layer->n_outputs; o++)
          take_floats (reader, parameters + sh_layer_get_weight (layer, i, o),
                       1);
      take_floats (reader, parameters + layer->bias, layer->n_outputs);
    }
}

static gboolean
check_frame (const guint8 *data, gsize size, GError **error)
{
  Reader end = { data, size, FALSE };

  if (size < MAGIC_SIZE + 12 || memcmp (data, MAGIC, MAGIC_SIZE) != 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "These are not the bytes of a policy");
      return FALSE;
    }
  end.at += size - 8;
  end.left = 8;
  if (take (&end, 8) != checksum (data, size - 8))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "The policy is damaged: its checksum does not match");
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_version (Reader *reader, GError **error)
{
  guint32 version = take_u32 (reader);

  if (version == VERSION)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "The policy is of version %u, this program reads version %u",
               version, VERSION);
  return FALSE;
}

static gboolean
check_space (Reader *reader, const ShSpace *space, GError **error)
{
  guint32 n_observations = take_u32 (reader);
  guint32 n_actions = take_u32 (reader);
  gboolean equal =
      n_observations == space->n_observations && n_actions == space->n_actions;

  for (guint i = 0; equal && i < n_actions; i++)
    {
      const ShComponent *ours = &space->actions[i];
      gboolean discrete = take_u32 (reader) == 1;
      guint32 n_choices = take_u32 (reader);
      double low = take_double (reader);
      double high = take_double (reader);

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
take_shape (Reader *reader,
            ShPolicyShape *shape,
            const ShSpace *space,
            GError **error)
{
  /* The bytes must hold at least the weights between the hidden layers: a
   * size is believed only as far as there are bytes for it. */
  gsize expected = 0;
  gsize width = space->n_observations;

  guint32 kind = take_u32 (reader);

  *shape = (ShPolicyShape){ .kind = (ShPolicyKind) kind };
  shape->n_hidden_layers = take_u32 (reader);
  if (kind > SH_POLICY_SQUASHED ||
      shape->n_hidden_layers > SH_POLICY_MAX_HIDDEN ||
      !sh_policy_kind_fits (shape->kind, space))
    reader->failed = TRUE;
  for (guint l = 0; l < shape->n_hidden_layers && !reader->failed; l++)
    {
      guint32 unit;

      shape->hidden_layers[l] = take_u32 (reader);
      unit = take_u32 (reader);
      shape->units[l] = (ShUnit) unit;
      expected += 4 * width * shape->hidden_layers[l];
      width = shape->hidden_layers[l];
      if (width == 0 || width > SH_POLICY_MAX_UNITS || unit >= SH_N_UNITS ||
          expected > reader->left)
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
take_normaliser (Reader *reader, ShNormaliser *normaliser)
{
  normaliser->count = take_finite_double (reader);
  if (normaliser->count < 0)
    reader->failed = TRUE;
  for (guint i = 0; i < normaliser->n && !reader->failed; i++)
    {
      normaliser->mean[i] = take_finite_double (reader);
      normaliser->squares[i] = take_finite_double (reader);
      if (fabs (normaliser->mean[i]) > G_MAXFLOAT || normaliser->squares[i] < 0)
        reader->failed = TRUE;
    }
}

ShPolicy *
sh_policy_load (const ShSpace *space, GBytes *bytes, GError **error)
{
  g_autoptr (ShPolicy) policy = NULL;
  ShPolicyShape shape;
  gsize size;
  const guint8 *data;
  Reader reader;

  g_return_val_if_fail (sh_space_is_valid (space) && bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &size);
  if (!check_frame (data, size, error))
    return NULL;
  reader = (Reader){ data + MAGIC_SIZE, size - MAGIC_SIZE - sizeof (guint64),
                     FALSE };
  if (!check_version (&reader, error) || !check_space (&reader, space, error) ||
      !take_shape (&reader, &shape, space, error))
    return NULL;

  policy = sh_policy_new_empty (space, &shape);
  take_normaliser (&reader, &policy->normaliser);
  take_floats (&reader, policy->parameters + policy->value_scale, 2);
  take_floats (&reader, policy->parameters + policy->exploration, 1);
  take_network (&reader, &policy->actor, policy->parameters);
  if (shape.kind == SH_POLICY_STOCHASTIC)
    {
      take_floats (&reader, policy->parameters + policy->log_deviations,
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
