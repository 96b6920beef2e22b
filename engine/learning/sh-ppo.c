/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Proximal policy optimisation (J. Schulman et al., arXiv:1707.06347) for
 * discrete and continuous actions.
 */

#include "sh-learner.h"

#include <math.h>
#include <string.h>

#include "sh-adam.h"
#include "sh-crew.h"
#include "sh-policy-private.h"
#include "sh-ppo-batch.h"
#include "sh-ppo-slice.h"

#define STREAM_ORDER 3

/*
 * A minibatch is split between this many workers, whether or not there is a
 * thread for each, so that sums are added up in the same order and the same
 * seed gives the same brain on a machine with any number of processors.
 */
#define N_LANES 2u

typedef struct
{
  ShLearner parent;
  ShLearnerOptions options;
  ShLearnerOptions current; /* those of this batch */
  ShPolicy *policy;
  ShAdam adam;
  ShRandom random; /* the order of samples */
  ShPpoBatch batch;
  GArray *parts; /* of the fragments, as the batch is made of */
  ShCrew *crew;
  ShPpoWorker workers[N_LANES];
  ShPpoTransposed transposed;
  guint32 *order; /* [order_size] */
  gsize order_size;
  double advantage_square; /* running variance of advantages */
  guint64 n_updates, n_steps;
} ShPpo;

static void
ppo_free (ShLearner *learner)
{
  ShPpo *self = (ShPpo *) learner;

  sh_policy_free (self->policy);
  sh_adam_clear (&self->adam);
  sh_ppo_batch_clear (&self->batch);
  g_array_unref (self->parts);
  sh_crew_free (self->crew);
  for (guint lane = 0; lane < N_LANES; lane++)
    sh_ppo_worker_clear (&self->workers[lane]);
  g_aligned_free (self->transposed.actor);
  g_aligned_free (self->transposed.critic);
  g_free (self->order);
  g_free (self);
}

static ShPolicy *
ppo_get_policy (ShLearner *learner)
{
  return ((ShPpo *) learner)->policy;
}

/* Early on many small updates learn fastest; the better the policy, the less a
 * step says about how to better it, and the more of them an update needs (S.
 * McCandlish et al., arXiv:1812.06162, on the noise of gradients). */
static guint
ppo_get_batch_size (ShLearner *learner)
{
  const ShPpo *self = (const ShPpo *) learner;
  const ShLearnerOptions *options = &self->options;
  const double wanted = MIN ((double) self->n_steps * options->batch_growth,
                             options->largest_batch_size);

  return MAX (options->batch_size, (guint) wanted);
}

static guint
ppo_get_largest_batch_size (ShLearner *learner)
{
  const ShLearnerOptions *options = &((ShPpo *) learner)->options;

  return options->batch_growth > 0
             ? MAX (options->batch_size, options->largest_batch_size)
             : options->batch_size;
}

/* A new random order of all samples. */
static void
shuffle (ShPpo *self)
{
  const gsize n = self->batch.n;

  if (n > self->order_size)
    {
      self->order = g_renew (guint32, self->order, n);
      self->order_size = n;
    }
  for (gsize i = 0; i < n; i++)
    {
      gsize j = sh_random_below (&self->random, (guint32) i + 1);

      self->order[i] = self->order[j];
      self->order[j] = (guint32) i;
    }
}

/* Takes in how large returns are, so that the critic learns numbers of
 * ordinary size (H. van Hasselt et al., arXiv:1602.07714). */
static void
update_value_scale (ShPpo *self)
{
  const ShPpoBatch *batch = &self->batch;
  const double weight = MAX (0.1, 1.0 / (double) (self->n_updates + 1));
  float *scale = self->policy->parameters + self->policy->value_scale;
  double mean = 0, square = 0, old_square, deviation;

  for (gsize i = 0; i < batch->n; i++)
    {
      mean += batch->returns[i];
      square += (double) batch->returns[i] * batch->returns[i];
    }
  mean /= (double) batch->n;
  square /= (double) batch->n;

  old_square = (double) scale[0] * scale[0] + (double) scale[1] * scale[1];
  mean = scale[0] + weight * (mean - scale[0]);
  square = old_square + weight * (square - old_square);
  deviation = sqrt (MAX (square - mean * mean, 0));
  deviation = MAX (deviation, MAX (1e-4 * fabs (mean), 1e-6));
  if (self->n_updates > 0)
    sh_policy_set_value_scale (self->policy, (float) mean, (float) deviation);
  else
    {
      /* Nothing is known yet that should stay: expect the mean. */
      scale[0] = (float) mean;
      scale[1] = (float) deviation;
    }
}

/* The log deviations may not run away: exploration would end or drown. */
static void
limit_deviations (ShPolicy *policy)
{
  float *s = policy->parameters + policy->log_deviations;

  for (guint i = 0; i < policy->distribution.n_log_deviations; i++)
    s[i] = CLAMP (s[i], SH_DISTRIBUTION_MIN_LOG_DEVIATION,
                  SH_DISTRIBUTION_MAX_LOG_DEVIATION);
}

static void
add_sums (ShPpoSums *to, const ShPpoSums *from)
{
  to->n += from->n;
  to->policy_loss += from->policy_loss;
  to->value_loss += from->value_loss;
  to->entropy += from->entropy;
  to->kl += from->kl;
  to->clipped += from->clipped;
}

/* What the lanes of one minibatch share. */
typedef struct
{
  ShPpo *self;
  const guint32 *order;
  gsize n;
} Minibatch;

static void
run_lane (guint lane, gpointer data)
{
  const Minibatch *minibatch = data;
  ShPpo *self = minibatch->self;
  gsize from = lane * minibatch->n / N_LANES;
  gsize to = (lane + 1) * minibatch->n / N_LANES;

  sh_ppo_worker_run (&self->workers[lane], self->policy, &self->transposed,
                     &self->current, &self->batch, minibatch->order + from,
                     to - from);
}

/* Adds all workers' gradients and sums to the first's; the result is the
 * gradient's square. */
static double
merge_workers (ShPpo *self)
{
  ShPpoWorker *first = &self->workers[0];
  double square = 0;

  for (guint lane = 1; lane < N_LANES; lane++)
    {
      square = self->policy->kernels->add (self->policy->n_trained,
                                           self->workers[lane].gradient,
                                           first->gradient);
      add_sums (&first->sums, &self->workers[lane].sums);
    }
  return square;
}

/* One step of the optimiser on the samples order[0 .. n - 1]. */
static void
learn_minibatch (ShPpo *self, const guint32 *order, gsize n)
{
  ShPolicy *policy = self->policy;
  Minibatch minibatch = { self, order, n };
  double norm, clip, scale = 1 / (double) n;

  sh_network_transpose (&policy->actor, policy->kernels, policy->parameters,
                        self->transposed.actor);
  sh_network_transpose (&policy->critic, policy->kernels,
                        policy->parameters + policy->critic_parameters,
                        self->transposed.critic);
  sh_crew_run (self->crew, N_LANES, run_lane, &minibatch);

  norm = scale * sqrt (merge_workers (self));
  clip = sh_adam_clip (norm, self->options.max_gradient_norm);
  if (clip == 0)
    return;
  sh_adam_step (&self->adam, policy->kernels, policy->parameters,
                self->workers[0].gradient, clip * scale,
                self->options.learning_rate);
  limit_deviations (policy);
}

/* All samples once, in minibatches of nearly equal size. */
static void
learn_epoch (ShPpo *self, ShPpoSums *sums)
{
  const gsize n = self->batch.n;
  const gsize size =
      MAX ((guint64) self->options.minibatch_size *
               ppo_get_batch_size (&self->parent) / self->options.batch_size,
           1);
  const gsize n_minibatches = MAX ((n + size / 2) / size, 1);

  memset (sums, 0, sizeof *sums);
  shuffle (self);
  for (gsize i = 0; i < n_minibatches; i++)
    {
      gsize from = i * n / n_minibatches;
      gsize to = (i + 1) * n / n_minibatches;

      learn_minibatch (self, self->order + from, to - from);
      add_sums (sums, &self->workers[0].sums);
    }
}

/* How much of the returns' variance the estimated returns explained. */
static double
get_explained_variance (const ShPpoBatch *batch)
{
  const double n = (double) batch->n;
  double mean = 0, mean_error = 0, variance = 0, error_variance = 0;

  for (gsize i = 0; i < batch->n; i++)
    {
      mean += batch->returns[i] / n;
      mean_error += (batch->returns[i] - batch->values[i]) / n;
    }
  for (gsize i = 0; i < batch->n; i++)
    {
      double d = batch->returns[i] - mean;
      double e = batch->returns[i] - batch->values[i] - mean_error;

      variance += d * d;
      error_variance += e * e;
    }
  return variance > 0 ? 1 - error_variance / variance : 0;
}

static void
learn_batch (ShPpo *self, ShLearnerStats *stats)
{
  ShPpoSums sums = { 0 };
  const double steps = (double) MAX (self->n_steps, 1);

  /* What is certain in the end is certain for good reasons. */
  self->current = self->options;
  self->current.entropy_weight *=
      MIN (1, (double) self->options.entropy_steps / steps);

  stats->explained_variance = get_explained_variance (&self->batch);
  sh_ppo_batch_normalise_advantages (&self->batch, &self->advantage_square);
  for (guint epoch = 0; epoch < self->options.n_epochs; epoch++)
    {
      learn_epoch (self, &sums);
      if (self->options.target_kl > 0 &&
          sums.kl > 1.5 * self->options.target_kl * sums.n)
        break;
    }
  stats->policy_loss = sums.policy_loss / sums.n;
  stats->value_loss = sums.value_loss / sums.n;
  stats->entropy = sums.entropy / sums.n;
  stats->kl = sums.kl / sums.n;
  stats->clip_fraction = sums.clipped / sums.n;
}

/* Takes the parts' observations into the normaliser. */
static void
update_normaliser (ShPpo *self)
{
  for (guint p = 0; p < self->parts->len; p++)
    {
      const ShFragment *part = &g_array_index (self->parts, ShFragment, p);

      sh_policy_update_normaliser (self->policy, part->n_steps,
                                   part->observations);
    }
}

static void
fill_batch (ShPpo *self, gboolean anew)
{
  const ShFragment *parts = (const ShFragment *) (gpointer) self->parts->data;

  sh_ppo_batch_fill (&self->batch, self->policy, anew, parts, self->parts->len);
  sh_ppo_batch_estimate (&self->batch, self->policy, parts, self->parts->len,
                         self->options.discount, self->options.gae_lambda);
}

static void
ppo_learn (ShLearner *learner,
           ShFragment *const *fragments,
           guint n_fragments,
           ShLearnerStats *stats)
{
  ShPpo *self = (ShPpo *) learner;
  const gboolean first = self->n_updates == 0;

  memset (stats, 0, sizeof *stats);
  stats->n_updates = self->n_updates;
  g_array_set_size (self->parts, 0);
  sh_ppo_batch_split (self->policy->space, fragments, n_fragments, self->parts);
  if (self->parts->len == 0)
    return;

  sh_crew_wake (self->crew);
  /* The first batch is what the normaliser and the value scale know first; the
   * policy that took its actions saw the observations as they are, and had no
   * idea of returns. Later the normaliser moves little, and does so after
   * learning. */
  if (first)
    update_normaliser (self);
  fill_batch (self, first);
  update_value_scale (self);
  if (first)
    fill_batch (self, TRUE);
  learn_batch (self, stats);
  if (!first)
    update_normaliser (self);
  self->n_steps += self->batch.n;
  stats->n_updates = ++self->n_updates;
}

static void
ppo_put_state (ShLearner *learner, GByteArray *to)
{
  const ShPpo *self = (const ShPpo *) learner;

  sh_adam_put (&self->adam, to);
  sh_bytes_put_random (to, &self->random);
  sh_bytes_put_double (to, self->advantage_square);
  sh_bytes_put_u64 (to, self->n_updates);
  sh_bytes_put_u64 (to, self->n_steps);
}

static void
ppo_take_state (ShLearner *learner, ShBytesReader *reader)
{
  ShPpo *self = (ShPpo *) learner;

  sh_adam_take (&self->adam, reader);
  sh_bytes_take_random (reader, &self->random);
  self->advantage_square = sh_bytes_take_finite (reader);
  self->n_updates = sh_bytes_take_u64 (reader);
  self->n_steps = sh_bytes_take_u64 (reader);
  if (self->advantage_square < 0)
    reader->failed = TRUE;
}

static const ShLearnerClass ppo_class = {
  .name = "PPO",
  .free = ppo_free,
  .get_policy = ppo_get_policy,
  .get_batch_size = ppo_get_batch_size,
  .get_largest_batch_size = ppo_get_largest_batch_size,
  .learn = ppo_learn,
  .put_state = ppo_put_state,
  .take_state = ppo_take_state,
};

static void
set_first_deviations (ShPolicy *policy, double deviation)
{
  const ShDistribution *distribution = &policy->distribution;

  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];

      if (head->kind == SH_COMPONENT_CONTINUOUS && head->bounded)
        policy->parameters[policy->log_deviations + head->log_deviation] =
            (float) log (deviation);
    }
}

/* A batch holds observations, actions and five numbers besides of each step. */
static void
limit_batches (ShLearnerOptions *options, const ShSpace *space)
{
  const guint limit =
      SH_LEARNER_MAX_BATCH / (space->n_observations + space->n_actions + 5);
  const guint n_parts = options->batch_size / options->minibatch_size;

  options->largest_batch_size = MIN (options->largest_batch_size, limit);
  if (options->batch_size <= limit)
    return;
  options->batch_size = limit;
  options->minibatch_size = MAX (limit / MAX (n_parts, 1), 1);
}

ShLearner *
sh_ppo_new (const ShSpace *space, const ShLearnerOptions *options)
{
  ShPpo *self;

  g_return_val_if_fail (sh_space_is_valid (space), NULL);
  g_return_val_if_fail (sh_learner_options_check (options, NULL), NULL);

  self = g_new0 (ShPpo, 1);
  self->parent.klass = &ppo_class;
  self->options = *options;
  limit_batches (&self->options, space);
  self->policy = sh_learner_make_policy (SH_POLICY_STOCHASTIC, space, options);
  set_first_deviations (self->policy, options->first_deviation);
  self->parts = g_array_new (FALSE, FALSE, sizeof (ShFragment));
  sh_adam_init (&self->adam, self->policy->n_trained);
  self->adam.epsilon = 1e-5;
  sh_random_seed (&self->random, options->seed, STREAM_ORDER);
  for (guint lane = 0; lane < N_LANES; lane++)
    sh_ppo_worker_init (&self->workers[lane], self->policy);
  self->crew =
      sh_crew_new (sh_learner_options_get_n_threads (options, N_LANES) - 1);
  self->transposed.actor =
      sh_kernels_alloc (sh_network_get_transposed_size (&self->policy->actor));
  self->transposed.critic =
      sh_kernels_alloc (sh_network_get_transposed_size (&self->policy->critic));
  return &self->parent;
}
