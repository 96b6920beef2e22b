/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShPpoWorker: PPO's loss and its gradient, a slice of samples at a time so
 * that what is worked on stays in the nearest cache.
 */

#include "sh-ppo-slice.h"

#include <math.h>
#include <string.h>

/* A ratio beyond e^ this is as good as clipped. */
#define MAX_LOG_RATIO 20.0f

void
sh_ppo_worker_init (ShPpoWorker *worker, const ShPolicy *policy)
{
  worker->gradient = sh_kernels_alloc (policy->n_trained);
  worker->actor_tape = sh_tape_new (&policy->actor, SH_PPO_SLICE, TRUE);
  worker->critic_tape = sh_tape_new (&policy->critic, SH_PPO_SLICE, TRUE);
  worker->observations =
      sh_kernels_alloc ((gsize) SH_PPO_SLICE * policy->space->n_observations);
  worker->scratch = sh_kernels_alloc (2 * policy->distribution.n_outputs);
}

void
sh_ppo_worker_clear (ShPpoWorker *worker)
{
  g_clear_pointer (&worker->gradient, g_aligned_free);
  g_clear_pointer (&worker->actor_tape, sh_tape_free);
  g_clear_pointer (&worker->critic_tape, sh_tape_free);
  g_clear_pointer (&worker->observations, g_aligned_free);
  g_clear_pointer (&worker->scratch, g_aligned_free);
}

static void
gather (ShPpoWorker *worker,
        const ShPpoBatch *batch,
        guint width,
        const guint32 *order,
        guint n)
{
  for (guint i = 0; i < n; i++)
    memcpy (worker->observations + (gsize) i * width,
            batch->observations + (gsize) order[i] * width,
            sizeof (float) * width);
}

/* The slope of the surrogate by the log-probability; 0 where it is clipped. */
static float
take_policy_loss (ShPpoSums *sums,
                  float log_prob,
                  float old_log_prob,
                  float advantage,
                  float clip_range)
{
  const float log_ratio =
      CLAMP (log_prob - old_log_prob, -MAX_LOG_RATIO, MAX_LOG_RATIO);
  const float ratio = expf (log_ratio);
  const float clipped = CLAMP (ratio, 1 - clip_range, 1 + clip_range);
  const gboolean is_clipped = ratio * advantage > clipped * advantage;

  /* The estimate of the divergence that is never negative:
   * J. Schulman, "Approximating KL divergence", 2020. */
  sums->kl += ratio - 1 - log_ratio;
  sums->policy_loss -= is_clipped ? clipped * advantage : ratio * advantage;
  sums->clipped += ratio != clipped;
  return is_clipped ? 0 : -ratio * advantage;
}

static void
run_actor (ShPpoWorker *worker,
           const ShPolicy *policy,
           const ShPpoTransposed *transposed,
           const ShLearnerOptions *options,
           const ShPpoBatch *batch,
           const guint32 *order,
           guint n)
{
  const ShDistribution *distribution = &policy->distribution;
  const guint n_actions = policy->space->n_actions;
  const gsize row = SH_KERNELS_PAD (distribution->n_outputs);
  const float *log_deviations = policy->parameters + policy->log_deviations;
  float *outputs =
      sh_network_forward (&policy->actor, policy->kernels, policy->parameters,
                          n, worker->observations, worker->actor_tape);
  float *delta =
      sh_network_get_output_delta (&policy->actor, worker->actor_tape);

  memset (delta, 0, sizeof (float) * n * row);
  for (guint i = 0; i < n; i++)
    {
      const guint32 sample = order[i];
      const float *action = batch->actions + (gsize) sample * n_actions;
      float entropy, slope, log_prob;

      if (batch->masks != NULL)
        sh_distribution_mask (distribution,
                              batch->masks + (gsize) sample * policy->n_choices,
                              outputs + i * row);
      log_prob = sh_distribution_evaluate (distribution, outputs + i * row,
                                           log_deviations, action,
                                           worker->scratch, &entropy);

      slope = take_policy_loss (
          &worker->sums, log_prob, batch->log_probs[sample],
          batch->advantages[sample], (float) options->clip_range);
      worker->sums.entropy += entropy;
      sh_distribution_backward (
          distribution, outputs + i * row, log_deviations, action,
          worker->scratch, slope, -(float) options->entropy_weight,
          delta + i * row, worker->gradient + policy->log_deviations);
    }
  sh_network_backward (&policy->actor, policy->kernels, policy->parameters,
                       transposed->actor, n, worker->observations,
                       worker->actor_tape, worker->gradient, NULL);
}

static void
run_critic (ShPpoWorker *worker,
            const ShPolicy *policy,
            const ShPpoTransposed *transposed,
            const ShLearnerOptions *options,
            const ShPpoBatch *batch,
            const guint32 *order,
            guint n)
{
  const gsize row = SH_KERNELS_PAD (1);
  const float *scale = policy->parameters + policy->value_scale;
  const float inverse = 1 / scale[1];
  const float *outputs =
      sh_network_forward (&policy->critic, policy->kernels,
                          policy->parameters + policy->critic_parameters, n,
                          worker->observations, worker->critic_tape);
  float *delta =
      sh_network_get_output_delta (&policy->critic, worker->critic_tape);

  memset (delta, 0, sizeof (float) * n * row);
  for (guint i = 0; i < n; i++)
    {
      float error =
          outputs[i * row] - (batch->returns[order[i]] - scale[0]) * inverse;

      worker->sums.value_loss += error * error;
      delta[i * row] = 2 * (float) options->value_weight * error;
    }
  sh_network_backward (&policy->critic, policy->kernels,
                       policy->parameters + policy->critic_parameters,
                       transposed->critic, n, worker->observations,
                       worker->critic_tape,
                       worker->gradient + policy->critic_parameters, NULL);
}

void
sh_ppo_worker_run (ShPpoWorker *worker,
                   const ShPolicy *policy,
                   const ShPpoTransposed *transposed,
                   const ShLearnerOptions *options,
                   const ShPpoBatch *batch,
                   const guint32 *order,
                   gsize n)
{
  memset (worker->gradient, 0, sizeof (float) * policy->n_trained);
  memset (&worker->sums, 0, sizeof worker->sums);
  worker->sums.n = (double) n;
  for (gsize done = 0; done < n; done += SH_PPO_SLICE)
    {
      const guint slice = (guint) MIN (n - done, SH_PPO_SLICE);

      gather (worker, batch, policy->space->n_observations, order + done,
              slice);
      run_actor (worker, policy, transposed, options, batch, order + done,
                 slice);
      run_critic (worker, policy, transposed, options, batch, order + done,
                  slice);
    }
}
