/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShPolicy: making one, and acting with it.
 */

#include "sh-policy-private.h"

#include <math.h>
#include <string.h>

/* Streams of the seed; the learners' are in their files. */
#define STREAM_WEIGHTS 1
#define STREAM_ACTIONS 2

/* The actor begins nearly indifferent and the critic without an opinion: what
 * they think is learnt, not drawn. */
#define ACTOR_GAIN 0.01
#define CRITIC_GAIN 0.0

ShPolicy *
sh_policy_new_empty (const ShSpace *space,
                     const guint *hidden_layers,
                     guint n_hidden_layers)
{
  ShPolicy *policy = g_new0 (ShPolicy, 1);
  const guint n_observations = space->n_observations;
  gsize offset;

  policy->space = sh_space_copy (space);
  policy->n_hidden_layers = n_hidden_layers;
  for (guint l = 0; l < n_hidden_layers; l++)
    policy->hidden_layers[l] = hidden_layers[l];
  policy->kernels = sh_kernels_get ();
  sh_distribution_init (&policy->distribution, space);
  sh_network_init (&policy->actor, n_observations, hidden_layers,
                   n_hidden_layers, policy->distribution.n_outputs);
  sh_network_init (&policy->critic, n_observations, hidden_layers,
                   n_hidden_layers, 1);

  offset = policy->actor.n_parameters;
  policy->log_deviations = offset;
  offset += SH_KERNELS_PAD (policy->distribution.n_log_deviations);
  policy->critic_parameters = offset;
  offset += policy->critic.n_parameters;
  policy->n_trained = offset;
  policy->observation_mean = offset;
  offset += SH_KERNELS_PAD (n_observations);
  policy->observation_scale = offset;
  offset += SH_KERNELS_PAD (n_observations);
  policy->value_scale = offset;
  policy->n_parameters = offset + SH_KERNELS_LANES;
  policy->parameters = sh_kernels_alloc (policy->n_parameters);
  policy->parameters[policy->value_scale + 1] = 1;

  sh_normaliser_init (&policy->normaliser, n_observations);
  sh_policy_apply_normaliser (policy);
  policy->actor_tape = sh_tape_new (&policy->actor, SH_POLICY_CHUNK, FALSE);
  policy->critic_tape = sh_tape_new (&policy->critic, SH_POLICY_CHUNK, FALSE);
  policy->chunk = sh_kernels_alloc ((gsize) SH_POLICY_CHUNK * n_observations);
  policy->scratch = sh_kernels_alloc (2 * policy->distribution.n_outputs);
  sh_policy_seed (policy, 0);
  return policy;
}

ShPolicy *
sh_policy_new (const ShSpace *space,
               const guint *hidden_layers,
               guint n_hidden_layers,
               guint64 seed)
{
  ShPolicy *policy;
  ShRandom random;

  g_return_val_if_fail (sh_space_is_valid (space), NULL);
  g_return_val_if_fail (n_hidden_layers <= SH_NETWORK_MAX_HIDDEN, NULL);
  for (guint l = 0; l < n_hidden_layers; l++)
    g_return_val_if_fail (
        hidden_layers[l] > 0 && hidden_layers[l] <= SH_POLICY_MAX_UNITS, NULL);

  policy = sh_policy_new_empty (space, hidden_layers, n_hidden_layers);
  sh_random_seed (&random, seed, STREAM_WEIGHTS);
  sh_network_randomize (&policy->actor, policy->parameters, ACTOR_GAIN,
                        &random);
  sh_network_randomize (&policy->critic,
                        policy->parameters + policy->critic_parameters,
                        CRITIC_GAIN, &random);
  sh_distribution_get_first_log_deviations (
      &policy->distribution, policy->parameters + policy->log_deviations);
  sh_policy_seed (policy, seed);
  return policy;
}

void
sh_policy_free (ShPolicy *policy)
{
  if (policy == NULL)
    return;
  sh_space_free (policy->space);
  sh_distribution_clear (&policy->distribution);
  sh_normaliser_clear (&policy->normaliser);
  sh_tape_free (policy->actor_tape);
  sh_tape_free (policy->critic_tape);
  g_aligned_free (policy->parameters);
  g_aligned_free (policy->chunk);
  g_aligned_free (policy->scratch);
  g_free (policy);
}

const ShSpace *
sh_policy_get_space (const ShPolicy *policy)
{
  g_return_val_if_fail (policy != NULL, NULL);

  return policy->space;
}

void
sh_policy_seed (ShPolicy *policy, guint64 seed)
{
  g_return_if_fail (policy != NULL);

  sh_random_seed (&policy->random, seed, STREAM_ACTIONS);
}

float *
sh_policy_get_parameters (ShPolicy *policy, gsize *n_floats)
{
  g_return_val_if_fail (policy != NULL && n_floats != NULL, NULL);

  *n_floats = policy->n_parameters;
  return policy->parameters;
}

void
sh_policy_apply_normaliser (ShPolicy *policy)
{
  sh_normaliser_get (&policy->normaliser,
                     policy->parameters + policy->observation_mean,
                     policy->parameters + policy->observation_scale);
}

void
sh_policy_update_normaliser (ShPolicy *policy,
                             gsize n,
                             const float *observations)
{
  sh_normaliser_update (&policy->normaliser, n, observations);
  sh_policy_apply_normaliser (policy);
}

void
sh_policy_normalise (const ShPolicy *policy,
                     gsize n,
                     const float *observations,
                     float *normalised)
{
  sh_normaliser_apply (policy->space->n_observations,
                       policy->parameters + policy->observation_mean,
                       policy->parameters + policy->observation_scale, n,
                       observations, normalised);
}

void
sh_policy_set_value_scale (ShPolicy *policy, float mean, float deviation)
{
  const ShLayer *layer = &policy->critic.layers[policy->critic.n_layers - 1];
  float *parameters = policy->parameters + policy->critic_parameters;
  float *scale = policy->parameters + policy->value_scale;
  float *bias = parameters + layer->bias;
  const float ratio = scale[1] / deviation;

  for (guint i = 0; i < layer->n_inputs; i++)
    parameters[sh_layer_get_weight (layer, i, 0)] *= ratio;
  *bias = (scale[0] - mean) / deviation + *bias * ratio;
  scale[0] = mean;
  scale[1] = deviation;
}

/* The values of a chunk that is normalised already. */
static void
value_chunk (ShPolicy *policy, guint n, float *values)
{
  const float *scale = policy->parameters + policy->value_scale;
  const gsize row = SH_KERNELS_PAD (1);
  const float *outputs =
      sh_network_forward (&policy->critic, policy->kernels,
                          policy->parameters + policy->critic_parameters, n,
                          policy->chunk, policy->critic_tape);

  for (guint i = 0; i < n; i++)
    values[i] = scale[0] + scale[1] * outputs[i * row];
}

/* The network's outputs for a chunk that is normalised already. */
static const float *
forward_chunk (ShPolicy *policy, guint n)
{
  return sh_network_forward (&policy->actor, policy->kernels,
                             policy->parameters, n, policy->chunk,
                             policy->actor_tape);
}

/* Reads a chunk of observations from `done` on; its size is the result. */
static guint
take_chunk (ShPolicy *policy, guint done, guint n, const float *observations)
{
  const guint chunk = MIN (n - done, SH_POLICY_CHUNK);

  sh_policy_normalise (policy, chunk,
                       observations +
                           (gsize) done * policy->space->n_observations,
                       policy->chunk);
  return chunk;
}

/* The actions of a chunk that is normalised already. */
static void
act_chunk (ShPolicy *policy,
           ShActMode mode,
           guint n,
           float *actions,
           float *log_probs)
{
  const ShDistribution *distribution = &policy->distribution;
  const gsize row = SH_KERNELS_PAD (distribution->n_outputs);
  const float *log_deviations = policy->parameters + policy->log_deviations;
  const float *outputs = forward_chunk (policy, n);

  for (guint i = 0; i < n; i++)
    {
      float *action = actions + (gsize) i * policy->space->n_actions;

      if (mode == SH_ACT_GREEDY)
        sh_distribution_get_mode (distribution, outputs + i * row, action);
      else
        sh_distribution_sample (distribution, outputs + i * row, log_deviations,
                                &policy->random, action);
      if (log_probs != NULL)
        log_probs[i] = sh_distribution_evaluate (
            distribution, outputs + i * row, log_deviations, action,
            policy->scratch, NULL);
    }
}

void
sh_policy_act (ShPolicy *policy,
               ShActMode mode,
               guint n,
               const float *observations,
               float *actions,
               float *log_probs,
               float *values)
{
  g_return_if_fail (policy != NULL);
  g_return_if_fail (n == 0 || (observations != NULL && actions != NULL));

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);

      act_chunk (policy, mode, chunk,
                 actions + (gsize) done * policy->space->n_actions,
                 log_probs != NULL ? log_probs + done : NULL);
      if (values != NULL)
        value_chunk (policy, chunk, values + done);
    }
}

void
sh_policy_evaluate (ShPolicy *policy,
                    guint n,
                    const float *observations,
                    const float *actions,
                    float *log_probs)
{
  const gsize row = SH_KERNELS_PAD (policy->distribution.n_outputs);

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);
      const float *outputs = forward_chunk (policy, chunk);

      for (guint i = 0; i < chunk; i++)
        log_probs[done + i] = sh_distribution_evaluate (
            &policy->distribution, outputs + i * row,
            policy->parameters + policy->log_deviations,
            actions + (gsize) (done + i) * policy->space->n_actions,
            policy->scratch, NULL);
    }
}

void
sh_policy_value (ShPolicy *policy,
                 guint n,
                 const float *observations,
                 float *values)
{
  g_return_if_fail (policy != NULL);
  g_return_if_fail (n == 0 || (observations != NULL && values != NULL));

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);

      value_chunk (policy, chunk, values + done);
    }
}
