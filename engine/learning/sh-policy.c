/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShPolicy: making one, and acting with it.
 */

#include "sh-policy-private.h"

#include <math.h>
#include <string.h>

#include "sh-squash.h"
#include "sh-dueling.h"

/* Streams of the seed; the learners' are in their files. */
#define STREAM_WEIGHTS 1
#define STREAM_ACTIONS 2

/* The actor begins nearly indifferent and the critic without an opinion: what
 * they think is learnt, not drawn. */
#define ACTOR_GAIN 0.01
#define CRITIC_GAIN 0.0

gboolean
sh_policy_shape_equal (const ShPolicyShape *a, const ShPolicyShape *b)
{
  if (a->kind != b->kind || a->n_hidden_layers != b->n_hidden_layers)
    return FALSE;
  for (guint l = 0; l < a->n_hidden_layers; l++)
    if (a->hidden_layers[l] != b->hidden_layers[l] ||
        a->activations[l] != b->activations[l])
      return FALSE;
  return TRUE;
}

gboolean
sh_policy_kind_decides (ShPolicyKind kind, const ShComponent *component)
{
  const gboolean discrete = component->kind == SH_COMPONENT_DISCRETE;

  switch (kind)
    {
    case SH_POLICY_VALUES:
      return discrete;
    case SH_POLICY_SQUASHED:
      return !discrete && component->low > -G_MAXFLOAT &&
             component->high < G_MAXFLOAT;
    case SH_POLICY_STOCHASTIC:
    default:
      return TRUE;
    }
}

gboolean
sh_policy_kind_fits (ShPolicyKind kind, const ShSpace *space)
{
  for (guint i = 0; i < space->n_actions; i++)
    if (!sh_policy_kind_decides (kind, &space->actions[i]))
      return FALSE;
  return TRUE;
}

static guint
get_n_outputs (ShPolicyKind kind, const ShDistribution *distribution)
{
  switch (kind)
    {
    case SH_POLICY_VALUES:
      return SH_DUELING_N_OUTPUTS (distribution);
    case SH_POLICY_SQUASHED:
      return SH_SQUASH_N_OUTPUTS (distribution);
    case SH_POLICY_STOCHASTIC:
    default:
      return distribution->n_outputs;
    }
}

ShPolicy *
sh_policy_new_empty (const ShSpace *space, const ShPolicyShape *shape)
{
  const gboolean stochastic = shape->kind == SH_POLICY_STOCHASTIC;
  ShPolicy *policy = g_new0 (ShPolicy, 1);
  const guint n_observations = space->n_observations;
  gsize offset;

  policy->space = sh_space_copy (space);
  policy->n_choices = sh_space_get_n_choices (space);
  policy->shape = *shape;
  policy->kernels = sh_kernels_get ();
  sh_distribution_init (&policy->distribution, space);
  sh_network_init (&policy->actor, n_observations, shape->hidden_layers,
                   shape->activations, shape->n_hidden_layers,
                   get_n_outputs (shape->kind, &policy->distribution));
  if (stochastic)
    sh_network_init (&policy->critic, n_observations, shape->hidden_layers,
                     shape->activations, shape->n_hidden_layers, 1);

  offset = policy->actor.n_parameters;
  policy->log_deviations = offset;
  if (stochastic)
    offset += SH_KERNELS_PAD (policy->distribution.n_log_deviations);
  policy->critic_parameters = offset;
  offset += policy->critic.n_parameters;
  policy->n_trained = offset;
  policy->observation_mean = offset;
  offset += SH_KERNELS_PAD (n_observations);
  policy->observation_scale = offset;
  offset += SH_KERNELS_PAD (n_observations);
  policy->value_scale = offset;
  offset += SH_KERNELS_LANES;
  policy->exploration = offset;
  policy->n_parameters = offset + SH_KERNELS_LANES;
  policy->parameters = sh_kernels_alloc (policy->n_parameters);
  policy->parameters[policy->value_scale + 1] = 1;

  sh_normaliser_init (&policy->normaliser, n_observations);
  sh_policy_apply_normaliser (policy);
  policy->actor_tape = sh_tape_new (&policy->actor, SH_POLICY_CHUNK, FALSE);
  if (stochastic)
    policy->critic_tape = sh_tape_new (&policy->critic, SH_POLICY_CHUNK, FALSE);
  policy->chunk = sh_kernels_alloc ((gsize) SH_POLICY_CHUNK * n_observations);
  policy->scratch = sh_kernels_alloc (2 * policy->distribution.n_outputs);
  sh_policy_seed (policy, 0);
  return policy;
}

/* What is not random weights, as each kind begins. */
static void
begin (ShPolicy *policy)
{
  const ShLayer *last = &policy->actor.layers[policy->actor.n_layers - 1];

  switch (policy->shape.kind)
    {
    case SH_POLICY_VALUES:
      policy->parameters[policy->exploration] = 1;
      break;
    case SH_POLICY_SQUASHED:
      policy->parameters[policy->exploration] = 1;
      for (guint i = 0; i < policy->distribution.n_heads; i++)
        policy->parameters[last->bias + policy->distribution.n_heads + i] =
            SH_SQUASH_FIRST_OUTPUT;
      break;
    case SH_POLICY_STOCHASTIC:
    default:
      sh_distribution_get_first_log_deviations (
          &policy->distribution, policy->parameters + policy->log_deviations);
      break;
    }
}

ShPolicy *
sh_policy_new_shaped (const ShSpace *space,
                      const ShPolicyShape *shape,
                      guint64 seed)
{
  ShPolicy *policy;
  ShRandom random;

  g_return_val_if_fail (sh_space_is_valid (space) && shape != NULL, NULL);
  g_return_val_if_fail (sh_policy_kind_fits (shape->kind, space), NULL);
  g_return_val_if_fail (shape->n_hidden_layers <= SH_POLICY_MAX_HIDDEN, NULL);
  for (guint l = 0; l < shape->n_hidden_layers; l++)
    g_return_val_if_fail (shape->hidden_layers[l] > 0 &&
                              shape->hidden_layers[l] <= SH_POLICY_MAX_UNITS,
                          NULL);

  policy = sh_policy_new_empty (space, shape);
  sh_random_seed (&random, seed, STREAM_WEIGHTS);
  sh_network_randomize (&policy->actor, policy->parameters, ACTOR_GAIN,
                        &random);
  if (shape->kind == SH_POLICY_STOCHASTIC)
    sh_network_randomize (&policy->critic,
                          policy->parameters + policy->critic_parameters,
                          CRITIC_GAIN, &random);
  begin (policy);
  sh_policy_seed (policy, seed);
  return policy;
}

ShPolicy *
sh_policy_new (const ShSpace *space,
               const guint *hidden_layers,
               guint n_hidden_layers,
               guint64 seed)
{
  ShPolicyShape shape = { .kind = SH_POLICY_STOCHASTIC,
                          .n_hidden_layers = n_hidden_layers };

  g_return_val_if_fail (n_hidden_layers <= SH_POLICY_MAX_HIDDEN, NULL);
  g_return_val_if_fail (n_hidden_layers == 0 || hidden_layers != NULL, NULL);

  for (guint l = 0; l < n_hidden_layers; l++)
    shape.hidden_layers[l] = hidden_layers[l];
  return sh_policy_new_shaped (space, &shape, seed);
}

void
sh_policy_assign (ShPolicy *to, const ShPolicy *from)
{
  g_assert (to->n_parameters == from->n_parameters);

  memcpy (to->parameters, from->parameters,
          sizeof (float) * from->n_parameters);
  to->normaliser.count = from->normaliser.count;
  memcpy (to->normaliser.mean, from->normaliser.mean,
          sizeof (double) * from->normaliser.n);
  memcpy (to->normaliser.squares, from->normaliser.squares,
          sizeof (double) * from->normaliser.n);
}

ShPolicy *
sh_policy_copy (const ShPolicy *policy)
{
  ShPolicy *copy;

  g_return_val_if_fail (policy != NULL, NULL);

  copy = sh_policy_new_empty (policy->space, &policy->shape);
  sh_policy_assign (copy, policy);
  return copy;
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

/* The actor's outputs for a chunk that is normalised already. */
static float *
forward_chunk (ShPolicy *policy, guint n)
{
  return sh_network_forward (&policy->actor, policy->kernels,
                             policy->parameters, n, policy->chunk,
                             policy->actor_tape);
}

/* The critic's values of such a chunk. */
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

/* One observation's answer out of the actor's outputs. */
static void
act_by_distribution (ShPolicy *policy,
                     ShActMode mode,
                     const guint8 *mask,
                     float *outputs,
                     float *action,
                     float *log_prob)
{
  const ShDistribution *distribution = &policy->distribution;
  const float *log_deviations = policy->parameters + policy->log_deviations;

  sh_distribution_mask (distribution, mask, outputs);
  if (mode == SH_ACT_GREEDY)
    sh_distribution_get_mode (distribution, outputs, action);
  else
    sh_distribution_sample (distribution, outputs, log_deviations,
                            &policy->random, action);
  if (log_prob != NULL)
    *log_prob = sh_distribution_evaluate (distribution, outputs, log_deviations,
                                          action, policy->scratch, NULL);
}

static gboolean
draw_exploration (ShPolicy *policy, ShActMode mode)
{
  return mode == SH_ACT_EXPLORE && sh_random_unit (&policy->random) <
                                       policy->parameters[policy->exploration];
}

static void
act_by_values (ShPolicy *policy,
               ShActMode mode,
               const guint8 *mask,
               const float *outputs,
               float *action,
               float *value)
{
  const ShDistribution *distribution = &policy->distribution;
  float *q = policy->scratch;

  sh_dueling_get (distribution, outputs,
                  policy->parameters[policy->value_scale + 1], q);
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];

      if (draw_exploration (policy, mode))
        action[i] = (float) sh_dueling_draw (head, mask, &policy->random);
      else
        action[i] = (float) sh_dueling_get_best (head, q, mask);
    }
  if (value != NULL)
    *value = (float) sh_dueling_get_state (distribution, q, mask);
}

static void
act_by_squashing (ShPolicy *policy,
                  ShActMode mode,
                  const float *outputs,
                  float *action)
{
  const ShDistribution *distribution = &policy->distribution;
  const guint n = distribution->n_heads;
  const gboolean random = draw_exploration (policy, mode);
  float *u = policy->scratch;

  if (mode == SH_ACT_GREEDY)
    memcpy (u, outputs, sizeof (float) * n);
  else if (!random)
    sh_squash_draw (n, outputs, &policy->random, u, NULL);
  for (guint i = 0; i < n; i++)
    action[i] = sh_head_to_action (
        &distribution->heads[i],
        random ? 2.0 * sh_random_unit (&policy->random) - 1 : tanh (u[i]));
}

/* Where a chunk's answers go; log_probs and values may be NULL. */
typedef struct
{
  float *actions, *log_probs, *values;
} Answers;

/* The answers of a chunk that is normalised already. */
static void
act_chunk (ShPolicy *policy,
           ShActMode mode,
           guint n,
           const guint8 *masks,
           const Answers *to)
{
  const guint n_actions = policy->space->n_actions;
  const gsize row = policy->actor.layers[policy->actor.n_layers - 1].n_padded;
  float *outputs = forward_chunk (policy, n);

  for (guint i = 0; i < n; i++, outputs += row)
    {
      float *action = to->actions + (gsize) i * n_actions;
      float *log_prob = to->log_probs != NULL ? to->log_probs + i : NULL;
      float *value = to->values != NULL ? to->values + i : NULL;
      const guint8 *mask =
          masks != NULL ? masks + (gsize) i * policy->n_choices : NULL;

      if (policy->shape.kind == SH_POLICY_STOCHASTIC)
        {
          act_by_distribution (policy, mode, mask, outputs, action, log_prob);
          continue;
        }
      if (log_prob != NULL)
        *log_prob = 0;
      if (policy->shape.kind == SH_POLICY_VALUES)
        act_by_values (policy, mode, mask, outputs, action, value);
      else
        act_by_squashing (policy, mode, outputs, action);
      if (value != NULL && policy->shape.kind == SH_POLICY_SQUASHED)
        *value = 0;
    }
  if (to->values != NULL && policy->shape.kind == SH_POLICY_STOCHASTIC)
    value_chunk (policy, n, to->values);
}

void
sh_policy_act_masked (ShPolicy *policy,
                      ShActMode mode,
                      guint n,
                      const float *observations,
                      const guint8 *masks,
                      float *actions,
                      float *log_probs,
                      float *values)
{
  g_return_if_fail (policy != NULL);
  g_return_if_fail (n == 0 || (observations != NULL && actions != NULL));

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);
      const Answers to = {
        .actions = actions + (gsize) done * policy->space->n_actions,
        .log_probs = log_probs != NULL ? log_probs + done : NULL,
        .values = values != NULL ? values + done : NULL,
      };

      act_chunk (
          policy, mode, chunk,
          masks != NULL ? masks + (gsize) done * policy->n_choices : NULL, &to);
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
  sh_policy_act_masked (policy, mode, n, observations, NULL, actions, log_probs,
                        values);
}

void
sh_policy_evaluate (ShPolicy *policy,
                    guint n,
                    const float *observations,
                    const guint8 *masks,
                    const float *actions,
                    float *log_probs)
{
  const gsize row = SH_KERNELS_PAD (policy->distribution.n_outputs);

  g_assert (policy->shape.kind == SH_POLICY_STOCHASTIC);

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);
      float *outputs = forward_chunk (policy, chunk);

      for (guint i = 0; i < chunk; i++, outputs += row)
        {
          if (masks != NULL)
            sh_distribution_mask (
                &policy->distribution,
                masks + (gsize) (done + i) * policy->n_choices, outputs);
          log_probs[done + i] = sh_distribution_evaluate (
              &policy->distribution, outputs,
              policy->parameters + policy->log_deviations,
              actions + (gsize) (done + i) * policy->space->n_actions,
              policy->scratch, NULL);
        }
    }
}

void
sh_policy_value (ShPolicy *policy,
                 guint n,
                 const float *observations,
                 float *values)
{
  const float scale = policy->parameters[policy->value_scale + 1];

  g_return_if_fail (n == 0 || (observations != NULL && values != NULL));

  for (guint done = 0; done < n; done += SH_POLICY_CHUNK)
    {
      const guint chunk = take_chunk (policy, done, n, observations);
      const float *outputs;

      if (policy->shape.kind == SH_POLICY_STOCHASTIC)
        {
          value_chunk (policy, chunk, values + done);
          continue;
        }
      outputs = forward_chunk (policy, chunk);
      for (guint i = 0; i < chunk; i++)
        {
          values[done + i] = 0;
          if (policy->shape.kind != SH_POLICY_VALUES)
            continue;
          sh_dueling_get (&policy->distribution,
                          outputs +
                              (gsize) i * SH_KERNELS_PAD (SH_DUELING_N_OUTPUTS (
                                              &policy->distribution)),
                          scale, policy->scratch);
          values[done + i] = (float) sh_dueling_get_state (
              &policy->distribution, policy->scratch, NULL);
        }
    }
}
