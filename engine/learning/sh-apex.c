/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Q-learning in the manner of Ape-X (D. Horgan et al., arXiv:1803.00933):
 * prioritised replay, rewards of several steps, double Q-learning (H. van
 * Hasselt, A. Guez, D. Silver, arXiv:1509.06461), a dueling network with a
 * branch for each component of the action (see sh-values.h), and a target
 * network that follows slowly.
 *
 * Of a step with the rewards R of n steps, the state s' after them and the best
 * choices a' there by the network that is learnt,
 *   y = R + discount^n * mean over components d of Q'_d (s', a'_d)
 * with Q' the target network, and the loss is the mean over components of
 * huber ((Q_d (s, a_d) - y) / scale) (A. Tavakoli et al., arXiv:1711.08946,
 * equations 5 and 6, with Huber's loss for the square).
 */

#include <math.h>
#include <string.h>

#include "sh-apex-private.h"
#include "sh-values.h"

static void
apex_free (ShLearner *learner)
{
  ShApex *self = (ShApex *) learner;

  for (guint i = 0; i < SH_OFF_POLICY_LANES; i++)
    {
      g_aligned_free (self->lanes[i].gradient);
      sh_tape_free (self->lanes[i].tape);
      sh_tape_free (self->lanes[i].next_tape);
      g_free (self->lanes[i].q);
      g_free (self->lanes[i].best);
      g_free (self->lanes[i].targets);
    }
  sh_adam_clear (&self->adam);
  g_aligned_free (self->target);
  g_aligned_free (self->transposed);
  g_free (self->errors);
  sh_off_policy_clear (&self->common);
  g_free (self);
}

/* What the samples from `first` on should be worth. */
static void
find_targets (ShApex *self, ShApexLane *lane, guint first, guint n)
{
  const ShPolicy *policy = self->common.policy;
  const ShDistribution *distribution = &policy->distribution;
  const guint n_heads = distribution->n_heads;
  const gsize row = SH_KERNELS_PAD (SH_VALUES_N_OUTPUTS (distribution));
  const float scale = policy->parameters[policy->value_scale + 1];
  const float *x = self->common.next_observations +
                   (gsize) first * policy->space->n_observations;
  const ShTransition *transitions = self->common.transitions + first;
  const float *outputs =
      sh_network_forward (&policy->actor, policy->kernels, policy->parameters,
                          n, x, lane->next_tape);

  for (guint i = 0; i < n; i++)
    {
      sh_values_get (distribution, outputs + i * row, scale, lane->q);
      for (guint d = 0; d < n_heads; d++)
        lane->best[i * n_heads + d] = sh_values_get_best (
            &distribution->heads[d], lane->q, transitions[i].next_mask);
    }
  outputs = sh_network_forward (&policy->actor, policy->kernels, self->target,
                                n, x, lane->next_tape);
  for (guint i = 0; i < n; i++)
    {
      double sum = 0;

      sh_values_get (distribution, outputs + i * row, scale, lane->q);
      for (guint d = 0; d < n_heads; d++)
        sum += lane->q[distribution->heads[d].output +
                       lane->best[i * n_heads + d]];
      lane->targets[i] = transitions[i].reward +
                         transitions[i].discount * (float) (sum / n_heads);
      lane->squares += (double) lane->targets[i] * lane->targets[i];
    }
}

/* The loss of one sample; its gradient by the outputs, which begins as 0, and
 * its mean absolute error are set. */
static double
learn_sample (const ShDistribution *distribution,
              const float *q,
              const float *action,
              float target,
              float scale,
              float weight,
              float *delta,
              float *error)
{
  const float share = 1 / (float) distribution->n_heads;
  double loss = 0;

  *error = 0;
  for (guint d = 0; d < distribution->n_heads; d++)
    {
      const ShHead *head = &distribution->heads[d];
      const guint choice =
          (guint) CLAMP (action[d], 0, (float) (head->n_choices - 1));
      const float e = (q[head->output + choice] - target) / scale;
      const float slope = weight * share * CLAMP (e, -1.0f, 1.0f);
      const float size = fabsf (e);

      loss += share * (size < 1 ? e * e / 2 : size - 0.5f);
      *error += share * size;
      for (guint c = 0; c < head->n_choices; c++)
        delta[head->output + c] -= slope / (float) head->n_choices;
      delta[head->output + choice] += slope;
      delta[SH_VALUES_STATE (distribution)] += slope;
    }
  return loss;
}

static void
run_slice (ShApex *self, ShApexLane *lane, guint first, guint n)
{
  const ShPolicy *policy = self->common.policy;
  const ShDistribution *distribution = &policy->distribution;
  const gsize row = SH_KERNELS_PAD (SH_VALUES_N_OUTPUTS (distribution));
  const float scale = policy->parameters[policy->value_scale + 1];
  const float *x =
      self->common.observations + (gsize) first * policy->space->n_observations;
  float *delta = sh_network_get_output_delta (&policy->actor, lane->tape);
  const float *outputs;

  find_targets (self, lane, first, n);
  outputs = sh_network_forward (&policy->actor, policy->kernels,
                                policy->parameters, n, x, lane->tape);
  memset (delta, 0, sizeof (float) * n * row);
  for (guint i = 0; i < n; i++)
    {
      sh_values_get (distribution, outputs + i * row, scale, lane->q);
      lane->loss += learn_sample (
          distribution, lane->q, self->common.transitions[first + i].action,
          lane->targets[i], scale, self->common.weights[first + i],
          delta + i * row, &self->errors[first + i]);
    }
  sh_network_backward (&policy->actor, policy->kernels, policy->parameters,
                       self->transposed, n, x, lane->tape, lane->gradient,
                       NULL);
}

static void
run_lane (guint index, gpointer data)
{
  ShApex *self = data;
  ShApexLane *lane = &self->lanes[index];
  const guint end = sh_off_policy_get_lane (&self->common, index + 1);

  memset (lane->gradient, 0, sizeof (float) * self->common.policy->n_trained);
  lane->loss = lane->squares = 0;
  for (guint first = sh_off_policy_get_lane (&self->common, index); first < end;
       first += SH_OFF_POLICY_SLICE)
    run_slice (self, lane, first, MIN (end - first, SH_OFF_POLICY_SLICE));
}

/* Moves the networks by the lanes' gradients. */
static void
step_networks (ShApex *self)
{
  const ShLearnerOptions *options = &self->common.options;
  ShPolicy *policy = self->common.policy;
  double norm, clip, ratio, scale = 1.0 / options->minibatch_size;

  norm = scale *
         sqrt (policy->kernels->add (policy->n_trained, self->lanes[1].gradient,
                                     self->lanes[0].gradient));
  clip = sh_adam_clip (norm, options->max_gradient_norm);
  if (clip == 0)
    return;
  sh_adam_step (&self->adam, policy->kernels, policy->parameters,
                self->lanes[0].gradient, clip * scale, options->learning_rate);
  policy->kernels->follow (policy->n_trained, policy->parameters,
                           (float) options->target_rate, self->target);
  ratio = sh_off_policy_scale (&self->common,
                               self->lanes[0].squares + self->lanes[1].squares);
  if (ratio != 1)
    {
      sh_off_policy_rescale (&policy->actor, policy->parameters, ratio);
      sh_off_policy_rescale (&policy->actor, self->target, ratio);
    }
}

void
sh_apex_find_gradient (ShApex *self)
{
  const ShPolicy *policy = self->common.policy;

  sh_network_transpose (&policy->actor, policy->kernels, policy->parameters,
                        self->transposed);
  sh_off_policy_run (&self->common, run_lane, self);
}

static double
update (ShApex *self)
{
  const ShLearnerOptions *options = &self->common.options;

  sh_off_policy_draw (&self->common, options->n_step,
                      options->priority_correction);
  sh_apex_find_gradient (self);
  for (guint i = 0; i < options->minibatch_size; i++)
    sh_replay_set_priority (self->common.replay, self->common.slots[i],
                            self->errors[i]);
  step_networks (self);
  self->common.n_updates++;
  return (self->lanes[0].loss + self->lanes[1].loss) / options->minibatch_size;
}

/* How much is tried at random: a factor every 1000 steps. */
static double
get_exploration (const ShApex *self)
{
  const ShLearnerOptions *options = &self->common.options;
  const double n =
      (double) self->common.n_steps - (double) options->n_first_steps;

  if (n < 0)
    return 1;
  return MAX (pow (options->exploration_decay, n / 1000),
              options->exploration_end);
}

static void
apex_learn (ShLearner *learner,
            ShFragment *const *fragments,
            guint n_fragments,
            ShLearnerStats *stats)
{
  ShApex *self = (ShApex *) learner;
  ShPolicy *policy = self->common.policy;
  const guint64 n = sh_off_policy_take (&self->common, fragments, n_fragments);
  double loss = 0;

  memset (stats, 0, sizeof *stats);
  if (n > 0)
    sh_crew_wake (self->common.crew);
  for (guint64 i = 0; i < n; i++)
    loss += update (self);
  policy->parameters[policy->exploration] = (float) get_exploration (self);
  stats->n_updates = self->common.n_updates;
  stats->value_loss = n > 0 ? loss / (double) n : 0;
  stats->exploration = get_exploration (self);
  stats->n_replayed = sh_replay_get_n_steps (self->common.replay);
}

static void
apex_put_state (ShLearner *learner, GByteArray *to)
{
  const ShApex *self = (const ShApex *) learner;

  sh_adam_put (&self->adam, to);
  sh_bytes_put_floats (to, self->target, self->common.policy->n_trained);
  sh_off_policy_put (&self->common, to);
}

static void
apex_take_state (ShLearner *learner, ShBytesReader *reader)
{
  ShApex *self = (ShApex *) learner;

  sh_adam_take (&self->adam, reader);
  sh_bytes_take_floats (reader, self->target, self->common.policy->n_trained);
  sh_off_policy_take_state (&self->common, reader);
}

static const ShLearnerClass apex_class = {
  .name = "APEX",
  .free = apex_free,
  .get_policy = sh_off_policy_get_policy,
  .get_batch_size = sh_off_policy_get_batch_size,
  .learn = apex_learn,
  .put_state = apex_put_state,
  .take_state = apex_take_state,
};

ShLearner *
sh_apex_new (const ShSpace *space, const ShLearnerOptions *options)
{
  ShApex *self;
  ShPolicy *policy;

  g_return_val_if_fail (sh_space_is_valid (space), NULL);
  g_return_val_if_fail (sh_policy_kind_fits (SH_POLICY_VALUES, space), NULL);
  g_return_val_if_fail (sh_learner_options_check (options, NULL), NULL);

  self = g_new0 (ShApex, 1);
  sh_off_policy_init (&self->common, &apex_class, SH_POLICY_VALUES, space,
                      options, options->priority_exponent);
  policy = self->common.policy;
  sh_adam_init (&self->adam, policy->n_trained);
  self->adam.epsilon = 1e-5;
  self->target = sh_kernels_alloc (policy->n_trained);
  memcpy (self->target, policy->parameters, sizeof (float) * policy->n_trained);
  self->transposed =
      sh_kernels_alloc (sh_network_get_transposed_size (&policy->actor));
  self->errors = g_new0 (float, options->minibatch_size);
  for (guint i = 0; i < SH_OFF_POLICY_LANES; i++)
    self->lanes[i] = (ShApexLane){
      .gradient = sh_kernels_alloc (policy->n_trained),
      .tape = sh_tape_new (&policy->actor, SH_OFF_POLICY_SLICE, TRUE),
      .next_tape = sh_tape_new (&policy->actor, SH_OFF_POLICY_SLICE, FALSE),
      .q = g_new0 (float, policy->n_choices),
      .best = g_new0 (guint, (gsize) SH_OFF_POLICY_SLICE * space->n_actions),
      .targets = g_new0 (float, SH_OFF_POLICY_SLICE),
    };
  return &self->common.parent;
}
