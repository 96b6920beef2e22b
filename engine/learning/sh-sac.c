/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Soft actor-critic (T. Haarnoja et al.: Soft actor-critic algorithms and
 * applications, arXiv:1812.05905) with two critics and a temperature that
 * adjusts itself.
 *
 * With actions a in -1 .. 1 drawn as sh-squash.h says, the temperature t and
 * the critics' q in units of the value scale, and the target critics q':
 *   y = R / scale + discount^n (min q' (s', a') - t log p (a' | s'))
 *   critics:     mean of (q (s, a) - y)^2, for each
 *   policy:      mean of t log p (a | s) - min q (s, a)
 *   temperature: mean of - log t (log p (a | s) + entropy wanted)
 * where the entropy wanted is - the number of components (section 5 and
 * appendix D).
 */

#include <math.h>
#include <string.h>

#include "sh-sac-private.h"
#include "sh-squash.h"

#define FIRST_TEMPERATURE 0.1
#define LEAST_LOG_TEMPERATURE -12.0f
#define GREATEST_LOG_TEMPERATURE 4.0f
#define HALF_LOG_2_PI 0.91893853320467274178
static void
sac_free (ShLearner *learner)
{
  ShSac *self = (ShSac *) learner;

  for (guint i = 0; i < SH_OFF_POLICY_LANES; i++)
    {
      ShSacLane *lane = &self->lanes[i];

      g_aligned_free (lane->actor_gradient);
      g_aligned_free (lane->critic_gradient);
      sh_tape_free (lane->actor_tape);
      for (guint c = 0; c < SH_SAC_CRITICS; c++)
        sh_tape_free (lane->critic_tapes[c]);
      g_aligned_free (lane->inputs);
      g_aligned_free (lane->by_inputs);
      g_free (lane->u);
      g_free (lane->squashed);
      g_free (lane->log_probs);
      g_free (lane->targets);
    }
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    g_aligned_free (self->critic_transposed[c]);
  g_aligned_free (self->actor_transposed);
  g_aligned_free (self->critics);
  g_aligned_free (self->targets);
  g_aligned_free (self->log_temperature);
  sh_adam_clear (&self->actor_adam);
  sh_adam_clear (&self->critic_adam);
  sh_adam_clear (&self->temperature_adam);
  g_free (self->noise);
  g_free (self->next_noise);
  sh_off_policy_clear (&self->common);
  g_free (self);
}

/* Draws actions for the observations x with the noise given: u, squashed and
 * log_probs of the lane. */
static const float *
draw_actions (ShSac *self,
              ShSacLane *lane,
              guint n,
              const float *x,
              const float *noise)
{
  const ShPolicy *policy = self->common.policy;
  const guint n_actions = policy->space->n_actions;
  const gsize row = SH_KERNELS_PAD (2 * n_actions);
  const float *outputs =
      sh_network_forward (&policy->actor, policy->kernels, policy->parameters,
                          n, x, lane->actor_tape);

  for (guint i = 0; i < n; i++)
    {
      double log_prob = 0;

      for (guint a = 0; a < n_actions; a++)
        {
          const gsize at = (gsize) i * n_actions + a;
          const float *output = outputs + i * row + a;
          const float s = sh_squash_get_log_deviation (output[n_actions], NULL);
          const float u = *output + expf (s) * noise[at];

          lane->u[at] = u;
          lane->squashed[at] = tanhf (u);
          log_prob -= noise[at] * noise[at] / 2 + s + HALF_LOG_2_PI +
                      sh_squash_get_log_slope (u);
        }
      lane->log_probs[i] = (float) log_prob;
    }
  return outputs;
}

/* Observations and actions, -1 .. 1, side by side. */
static void
join_inputs (const ShSac *self,
             ShSacLane *lane,
             guint n,
             const float *observations,
             const float *squashed)
{
  const ShSpace *space = self->common.policy->space;
  const gsize width = space->n_observations, n_actions = space->n_actions;

  for (guint i = 0; i < n; i++)
    {
      float *to = lane->inputs + i * (width + n_actions);

      memcpy (to, observations + i * width, sizeof (float) * width);
      memcpy (to + width, squashed + i * n_actions, sizeof (float) * n_actions);
    }
}

static const float *
forward_critic (ShSac *self,
                ShSacLane *lane,
                const float *critics,
                guint c,
                guint n)
{
  return sh_network_forward (&self->critic, self->common.policy->kernels,
                             critics + c * self->n_critic, n, lane->inputs,
                             lane->critic_tapes[c]);
}

static void
find_targets (ShSac *self, ShSacLane *lane, guint first, guint n)
{
  const ShPolicy *policy = self->common.policy;
  const ShSpace *space = policy->space;
  const float scale = policy->parameters[policy->value_scale + 1];
  const float temperature = expf (*self->log_temperature);
  const float *x =
      self->common.next_observations + (gsize) first * space->n_observations;
  const ShTransition *transitions = self->common.transitions + first;
  const gsize row = SH_KERNELS_PAD (1);
  const float *q[SH_SAC_CRITICS];

  draw_actions (self, lane, n, x,
                self->next_noise + (gsize) first * space->n_actions);
  join_inputs (self, lane, n, x, lane->squashed);
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    q[c] = forward_critic (self, lane, self->targets, c, n);
  for (guint i = 0; i < n; i++)
    {
      const float soft =
          MIN (q[0][i * row], q[1][i * row]) - temperature * lane->log_probs[i];
      const double target =
          transitions[i].reward / scale + transitions[i].discount * soft;

      lane->targets[i] = (float) target;
      lane->squares += target * target * scale * scale;
    }
}

static void
learn_critics (ShSac *self, ShSacLane *lane, guint first, guint n)
{
  const ShPolicy *policy = self->common.policy;
  const ShSpace *space = policy->space;
  const ShTransition *transitions = self->common.transitions + first;
  const gsize row = SH_KERNELS_PAD (1);

  find_targets (self, lane, first, n);
  for (guint i = 0; i < n; i++)
    for (guint a = 0; a < space->n_actions; a++)
      lane->squashed[(gsize) i * space->n_actions + a] = sh_squash_from_action (
          &policy->distribution.heads[a], transitions[i].action[a]);
  join_inputs (self, lane, n,
               self->common.observations +
                   (gsize) first * space->n_observations,
               lane->squashed);
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    {
      const float *q = forward_critic (self, lane, self->critics, c, n);
      float *delta =
          sh_network_get_output_delta (&self->critic, lane->critic_tapes[c]);

      memset (delta, 0, sizeof (float) * n * row);
      for (guint i = 0; i < n; i++)
        {
          const float error = q[i * row] - lane->targets[i];

          lane->value_loss += error * error / SH_SAC_CRITICS;
          delta[i * row] = 2 * error;
        }
      sh_network_backward (
          &self->critic, policy->kernels, self->critics + c * self->n_critic,
          self->critic_transposed[c], n, lane->inputs, lane->critic_tapes[c],
          lane->critic_gradient + c * self->n_critic, NULL);
    }
}

/* The gradient of - min q by the actions, into by_actions [n][A]. */
static void
follow_critics (ShSac *self, ShSacLane *lane, guint n, float *by_actions)
{
  const ShSpace *space = self->common.policy->space;
  const gsize row = SH_KERNELS_PAD (1);
  const gsize width = SH_KERNELS_PAD (space->n_observations + space->n_actions);
  const float *q[SH_SAC_CRITICS];

  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    q[c] = forward_critic (self, lane, self->critics, c, n);
  memset (by_actions, 0, sizeof (float) * n * space->n_actions);
  for (guint i = 0; i < n; i++)
    lane->policy_loss -= MIN (q[0][i * row], q[1][i * row]);
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    {
      float *delta =
          sh_network_get_output_delta (&self->critic, lane->critic_tapes[c]);

      memset (delta, 0, sizeof (float) * n * row);
      for (guint i = 0; i < n; i++)
        delta[i * row] =
            (q[0][i * row] <= q[1][i * row]) == (c == 0) ? -1.0f : 0.0f;
      sh_network_backward (&self->critic, self->common.policy->kernels,
                           self->critics + c * self->n_critic,
                           self->critic_transposed[c], n, lane->inputs,
                           lane->critic_tapes[c], NULL, lane->by_inputs);
      for (guint i = 0; i < n; i++)
        for (guint a = 0; a < space->n_actions; a++)
          by_actions[(gsize) i * space->n_actions + a] +=
              lane->by_inputs[i * width + space->n_observations + a];
    }
}

static void
learn_policy (ShSac *self, ShSacLane *lane, guint first, guint n)
{
  const ShPolicy *policy = self->common.policy;
  const guint n_actions = policy->space->n_actions;
  const gsize row = SH_KERNELS_PAD (2 * n_actions);
  const float temperature = expf (*self->log_temperature);
  const float *x =
      self->common.observations + (gsize) first * policy->space->n_observations;
  const float *noise = self->noise + (gsize) first * n_actions;
  const float *outputs = draw_actions (self, lane, n, x, noise);
  float *delta = sh_network_get_output_delta (&policy->actor, lane->actor_tape);
  float *by_actions = lane->u; /* not needed any more */

  join_inputs (self, lane, n, x, lane->squashed);
  follow_critics (self, lane, n, by_actions);
  memset (delta, 0, sizeof (float) * n * row);
  for (guint i = 0; i < n; i++)
    {
      lane->policy_loss += temperature * lane->log_probs[i];
      lane->log_prob += lane->log_probs[i];
      for (guint a = 0; a < n_actions; a++)
        {
          const gsize at = (gsize) i * n_actions + a;
          const float t = lane->squashed[at];
          float slope, s, by_u;

          s = sh_squash_get_log_deviation (outputs[i * row + n_actions + a],
                                           &slope);
          by_u = by_actions[at] * (1 - t * t) + temperature * 2 * t;
          delta[i * row + a] = by_u;
          delta[i * row + n_actions + a] =
              (by_u * expf (s) * noise[at] - temperature) * slope;
        }
    }
  sh_network_backward (&policy->actor, policy->kernels, policy->parameters,
                       self->actor_transposed, n, x, lane->actor_tape,
                       lane->actor_gradient, NULL);
}

static void
run_critics_lane (guint index, gpointer data)
{
  ShSac *self = data;
  ShSacLane *lane = &self->lanes[index];
  const guint end = sh_off_policy_get_lane (&self->common, index + 1);

  memset (lane->critic_gradient, 0,
          sizeof (float) * SH_SAC_CRITICS * self->n_critic);
  lane->value_loss = lane->squares = 0;
  for (guint first = sh_off_policy_get_lane (&self->common, index); first < end;
       first += SH_OFF_POLICY_SLICE)
    learn_critics (self, lane, first, MIN (end - first, SH_OFF_POLICY_SLICE));
}

static void
run_policy_lane (guint index, gpointer data)
{
  ShSac *self = data;
  ShSacLane *lane = &self->lanes[index];
  const guint end = sh_off_policy_get_lane (&self->common, index + 1);

  memset (lane->actor_gradient, 0,
          sizeof (float) * self->common.policy->n_trained);
  lane->policy_loss = lane->log_prob = 0;
  for (guint first = sh_off_policy_get_lane (&self->common, index); first < end;
       first += SH_OFF_POLICY_SLICE)
    learn_policy (self, lane, first, MIN (end - first, SH_OFF_POLICY_SLICE));
}

/* One step of `adam` by the lanes' gradients; nothing when they are not finite. */
static void
step (ShSac *self, ShAdam *adam, float *parameters, float *first, float *second)
{
  const ShLearnerOptions *options = &self->common.options;
  const ShKernels *kernels = self->common.policy->kernels;
  const double scale = 1.0 / options->minibatch_size;
  const double clip =
      sh_adam_clip (scale * sqrt (kernels->add (adam->n, second, first)),
                    options->max_gradient_norm);

  if (clip == 0)
    return;
  sh_adam_step (adam, kernels, parameters, first, clip * scale,
                options->learning_rate);
}

static void
transpose_critics (ShSac *self)
{
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    sh_network_transpose (&self->critic, self->common.policy->kernels,
                          self->critics + c * self->n_critic,
                          self->critic_transposed[c]);
}

static void
step_temperature (ShSac *self)
{
  const ShLearnerOptions *options = &self->common.options;
  const double wanted = -(double) self->common.policy->space->n_actions;
  const double log_prob = (self->lanes[0].log_prob + self->lanes[1].log_prob) /
                          options->minibatch_size;
  float gradient[SH_KERNELS_LANES] = { 0 };

  if (!isfinite (log_prob))
    return;
  gradient[0] = (float) -(log_prob + wanted);
  sh_adam_step (&self->temperature_adam, self->common.policy->kernels,
                self->log_temperature, gradient, 1, options->learning_rate);
  *self->log_temperature = CLAMP (*self->log_temperature, LEAST_LOG_TEMPERATURE,
                                  GREATEST_LOG_TEMPERATURE);
}

static void
rescale_critics (ShSac *self)
{
  const double ratio = sh_off_policy_scale (
      &self->common, self->lanes[0].squares + self->lanes[1].squares);

  if (ratio == 1)
    return;
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    {
      sh_off_policy_rescale (&self->critic, self->critics + c * self->n_critic,
                             ratio);
      sh_off_policy_rescale (&self->critic, self->targets + c * self->n_critic,
                             ratio);
    }
  *self->log_temperature += (float) log (ratio);
}

void
sh_sac_find_critic_gradient (ShSac *self)
{
  transpose_critics (self);
  sh_off_policy_run (&self->common, run_critics_lane, self);
}

void
sh_sac_find_policy_gradient (ShSac *self)
{
  const ShPolicy *policy = self->common.policy;

  transpose_critics (self);
  sh_network_transpose (&policy->actor, policy->kernels, policy->parameters,
                        self->actor_transposed);
  sh_off_policy_run (&self->common, run_policy_lane, self);
}

static void
draw (ShSac *self)
{
  const gsize n = (gsize) self->common.options.minibatch_size *
                  self->common.policy->space->n_actions;

  sh_off_policy_draw (&self->common, 1, 0);
  for (gsize i = 0; i < n; i++)
    {
      self->next_noise[i] = sh_random_normal (&self->common.random);
      self->noise[i] = sh_random_normal (&self->common.random);
    }
}

static void
update (ShSac *self)
{
  const ShLearnerOptions *options = &self->common.options;
  ShPolicy *policy = self->common.policy;

  draw (self);
  sh_sac_find_critic_gradient (self);
  step (self, &self->critic_adam, self->critics, self->lanes[0].critic_gradient,
        self->lanes[1].critic_gradient);

  sh_sac_find_policy_gradient (self);
  step (self, &self->actor_adam, policy->parameters,
        self->lanes[0].actor_gradient, self->lanes[1].actor_gradient);

  step_temperature (self);
  policy->kernels->follow (SH_SAC_CRITICS * self->n_critic, self->critics,
                           (float) options->target_rate, self->targets);
  rescale_critics (self);
  self->common.n_updates++;
}

static void
sac_learn (ShLearner *learner,
           ShFragment *const *fragments,
           guint n_fragments,
           ShLearnerStats *stats)
{
  ShSac *self = (ShSac *) learner;
  ShPolicy *policy = self->common.policy;
  const double size = self->common.options.minibatch_size;
  const guint64 n = sh_off_policy_take (&self->common, fragments, n_fragments);

  memset (stats, 0, sizeof *stats);
  if (n > 0)
    sh_crew_wake (self->common.crew);
  for (guint64 i = 0; i < n; i++)
    {
      update (self);
      stats->value_loss +=
          (self->lanes[0].value_loss + self->lanes[1].value_loss) / size /
          (double) n;
      stats->policy_loss +=
          (self->lanes[0].policy_loss + self->lanes[1].policy_loss) / size /
          (double) n;
      stats->entropy -= (self->lanes[0].log_prob + self->lanes[1].log_prob) /
                        size / (double) n;
    }
  stats->exploration =
      self->common.n_steps < self->common.options.n_first_steps;
  policy->parameters[policy->exploration] = (float) stats->exploration;
  stats->n_updates = self->common.n_updates;
  stats->temperature = exp (*self->log_temperature);
  stats->n_replayed = sh_replay_get_n_steps (self->common.replay);
}

static void
sac_put_state (ShLearner *learner, GByteArray *to)
{
  const ShSac *self = (const ShSac *) learner;

  sh_bytes_put_u64 (to, self->n_critic);
  sh_bytes_put_floats (to, self->critics, SH_SAC_CRITICS * self->n_critic);
  sh_bytes_put_floats (to, self->targets, SH_SAC_CRITICS * self->n_critic);
  sh_bytes_put_floats (to, self->log_temperature, 1);
  sh_adam_put (&self->actor_adam, to);
  sh_adam_put (&self->critic_adam, to);
  sh_adam_put (&self->temperature_adam, to);
  sh_off_policy_put (&self->common, to);
}

static void
sac_take_state (ShLearner *learner, ShBytesReader *reader)
{
  ShSac *self = (ShSac *) learner;

  if (sh_bytes_take_u64 (reader) != self->n_critic)
    reader->failed = TRUE;
  sh_bytes_take_floats (reader, self->critics, SH_SAC_CRITICS * self->n_critic);
  sh_bytes_take_floats (reader, self->targets, SH_SAC_CRITICS * self->n_critic);
  sh_bytes_take_floats (reader, self->log_temperature, 1);
  if (fabsf (*self->log_temperature) > -LEAST_LOG_TEMPERATURE + 100)
    reader->failed = TRUE;
  sh_adam_take (&self->actor_adam, reader);
  sh_adam_take (&self->critic_adam, reader);
  sh_adam_take (&self->temperature_adam, reader);
  sh_off_policy_take_state (&self->common, reader);
}

static const ShLearnerClass sac_class = {
  .name = "SAC",
  .free = sac_free,
  .get_policy = sh_off_policy_get_policy,
  .get_batch_size = sh_off_policy_get_batch_size,
  .learn = sac_learn,
  .put_state = sac_put_state,
  .take_state = sac_take_state,
};

static void
init_critics (ShSac *self, const ShSpace *space)
{
  const ShLearnerOptions *options = &self->common.options;
  ShRandom random;

  sh_network_init (&self->critic, space->n_observations + space->n_actions,
                   options->q_hidden_layers, options->q_activations,
                   options->n_q_hidden_layers, 1);
  self->n_critic = self->critic.n_parameters;
  self->critics = sh_kernels_alloc (SH_SAC_CRITICS * self->n_critic);
  self->targets = sh_kernels_alloc (SH_SAC_CRITICS * self->n_critic);
  sh_random_seed (&random, options->seed, SH_OFF_POLICY_WEIGHTS_STREAM);
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    {
      sh_network_randomize (&self->critic, self->critics + c * self->n_critic,
                            0.1, &random);
      self->critic_transposed[c] =
          sh_kernels_alloc (sh_network_get_transposed_size (&self->critic));
    }
  memcpy (self->targets, self->critics,
          sizeof (float) * SH_SAC_CRITICS * self->n_critic);
  sh_adam_init (&self->critic_adam, SH_SAC_CRITICS * self->n_critic);
}

static void
init_lane (const ShSac *self, ShSacLane *lane)
{
  const ShPolicy *policy = self->common.policy;
  const guint n = SH_OFF_POLICY_SLICE;
  const gsize n_inputs = self->critic.layers[0].n_inputs;
  const gsize n_actions = policy->space->n_actions;

  lane->actor_gradient = sh_kernels_alloc (policy->n_trained);
  lane->critic_gradient = sh_kernels_alloc (SH_SAC_CRITICS * self->n_critic);
  lane->actor_tape = sh_tape_new (&policy->actor, n, TRUE);
  for (guint c = 0; c < SH_SAC_CRITICS; c++)
    lane->critic_tapes[c] = sh_tape_new (&self->critic, n, TRUE);
  lane->inputs = sh_kernels_alloc (n * n_inputs);
  lane->by_inputs = sh_kernels_alloc (n * SH_KERNELS_PAD (n_inputs));
  lane->u = g_new0 (float, n *n_actions);
  lane->squashed = g_new0 (float, n *n_actions);
  lane->log_probs = g_new0 (float, n);
  lane->targets = g_new0 (float, n);
}

ShLearner *
sh_sac_new (const ShSpace *space, const ShLearnerOptions *options)
{
  ShSac *self;
  ShPolicy *policy;
  gsize n_noise;

  g_return_val_if_fail (sh_space_is_valid (space), NULL);
  g_return_val_if_fail (sh_policy_kind_fits (SH_POLICY_SQUASHED, space), NULL);
  g_return_val_if_fail (sh_learner_options_check (options, NULL), NULL);

  self = g_new0 (ShSac, 1);
  sh_off_policy_init (&self->common, &sac_class, SH_POLICY_SQUASHED, space,
                      options, 0);
  policy = self->common.policy;
  n_noise = (gsize) options->minibatch_size * space->n_actions;
  init_critics (self, space);
  sh_adam_init (&self->actor_adam, policy->n_trained);
  sh_adam_init (&self->temperature_adam, SH_KERNELS_LANES);
  self->log_temperature = sh_kernels_alloc (SH_KERNELS_LANES);
  *self->log_temperature = (float) log (FIRST_TEMPERATURE);
  self->actor_transposed =
      sh_kernels_alloc (sh_network_get_transposed_size (&policy->actor));
  self->noise = g_new0 (float, n_noise);
  self->next_noise = g_new0 (float, n_noise);
  for (guint i = 0; i < SH_OFF_POLICY_LANES; i++)
    init_lane (self, &self->lanes[i]);
  return &self->common.parent;
}
