/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShOffPolicy: the common part of APEX and SAC.
 */

#include "sh-off-policy.h"

#include <math.h>
#include <string.h>

/* The share of a minibatch in the running mean square of targets. */
#define RUNNING_WEIGHT 0.01
/* The value scale is left alone until it is off by this much. */
#define SCALE_TOLERANCE 0.05
/* It is at least this part of the largest reward: while nearly all targets are
 * 0, one that is not must not be a giant. */
#define SCALE_LEAST 0.3

void
sh_off_policy_init (ShOffPolicy *self,
                    const ShLearnerClass *klass,
                    ShPolicyKind kind,
                    const ShSpace *space,
                    const ShLearnerOptions *options,
                    double exponent)
{
  const gsize n = options->minibatch_size;

  self->parent.klass = klass;
  self->options = *options;
  self->policy = sh_learner_make_policy (kind, space, options);
  self->replay = sh_replay_new (space, options->replay_size, exponent);
  sh_random_seed (&self->random, options->seed, SH_OFF_POLICY_STREAM);
  self->crew = sh_crew_new (
      sh_learner_options_get_n_threads (options, SH_OFF_POLICY_LANES) - 1);
  self->slots = g_new0 (guint32, n);
  self->weights = g_new0 (float, n);
  self->transitions = g_new0 (ShTransition, n);
  self->observations = sh_kernels_alloc (n * space->n_observations);
  self->next_observations = sh_kernels_alloc (n * space->n_observations);
}

void
sh_off_policy_clear (ShOffPolicy *self)
{
  sh_policy_free (self->policy);
  sh_replay_free (self->replay);
  sh_crew_free (self->crew);
  g_free (self->slots);
  g_free (self->weights);
  g_free (self->transitions);
  g_aligned_free (self->observations);
  g_aligned_free (self->next_observations);
}

guint64
sh_off_policy_take (ShOffPolicy *self,
                    ShFragment *const *fragments,
                    guint n_fragments)
{
  guint64 n = 0, n_due;

  for (guint f = 0; f < n_fragments; f++)
    {
      sh_policy_update_normaliser (self->policy, fragments[f]->n_steps,
                                   fragments[f]->observations);
      sh_replay_add (self->replay, fragments[f]);
      n += fragments[f]->n_steps;
    }
  self->n_steps += n;
  if (self->n_steps < self->options.n_first_steps ||
      sh_replay_get_n_steps (self->replay) == 0)
    return 0;
  self->due += (double) n * self->options.updates_per_step;
  n_due = (guint64) self->due;
  self->due -= (double) n_due;
  return n_due;
}

void
sh_off_policy_draw (ShOffPolicy *self, guint n_step, double correction)
{
  const guint n = self->options.minibatch_size;
  const gsize width = self->policy->space->n_observations;

  sh_replay_draw (self->replay, &self->random, n, correction, self->slots,
                  self->weights);
  for (guint i = 0; i < n; i++)
    {
      ShTransition *transition = &self->transitions[i];

      sh_replay_get (self->replay, self->slots[i], n_step,
                     self->options.discount, transition);
      self->largest = MAX (self->largest, fabs ((double) transition->reward));
      sh_policy_normalise (self->policy, 1, transition->observation,
                           self->observations + i * width);
      sh_policy_normalise (self->policy, 1, transition->next_observation,
                           self->next_observations + i * width);
    }
}

double
sh_off_policy_scale (ShOffPolicy *self, double squares)
{
  float *scale = self->policy->parameters + self->policy->value_scale + 1;
  const double square = squares / self->options.minibatch_size;
  double wanted, ratio;

  if (!isfinite (square))
    return 1;
  if (self->square > 0)
    self->square += RUNNING_WEIGHT * (square - self->square);
  else
    self->square = square;
  wanted = MAX (sqrt (self->square), SCALE_LEAST * self->largest);
  wanted = CLAMP (wanted, 1e-20, 1e20);
  ratio = *scale / wanted;
  if (self->square == 0 || fabs (ratio - 1) < SCALE_TOLERANCE)
    return 1;
  *scale = (float) wanted;
  return ratio;
}

void
sh_off_policy_rescale (const ShNetwork *network,
                       float *parameters,
                       double ratio)
{
  const ShLayer *last = &network->layers[network->n_layers - 1];

  for (gsize i = last->weights; i < last->bias + last->n_padded; i++)
    parameters[i] *= (float) ratio;
}

void
sh_off_policy_run (ShOffPolicy *self, ShCrewFunc func, gpointer data)
{
  sh_crew_run (self->crew, SH_OFF_POLICY_LANES, func, data);
}

guint
sh_off_policy_get_lane (const ShOffPolicy *self, guint lane)
{
  return (guint) ((guint64) lane * self->options.minibatch_size /
                  SH_OFF_POLICY_LANES);
}

ShPolicy *
sh_off_policy_get_policy (ShLearner *learner)
{
  return ((ShOffPolicy *) learner)->policy;
}

guint
sh_off_policy_get_batch_size (ShLearner *learner)
{
  return ((ShOffPolicy *) learner)->options.batch_size;
}

void
sh_off_policy_put (const ShOffPolicy *self, GByteArray *to)
{
  sh_bytes_put_random (to, &self->random);
  sh_bytes_put_u64 (to, self->n_steps);
  sh_bytes_put_u64 (to, self->n_updates);
  sh_bytes_put_double (to, self->due);
  sh_bytes_put_double (to, self->square);
  sh_bytes_put_double (to, self->largest);
  sh_replay_put (self->replay, to);
}

void
sh_off_policy_take_state (ShOffPolicy *self, ShBytesReader *reader)
{
  sh_bytes_take_random (reader, &self->random);
  self->n_steps = sh_bytes_take_u64 (reader);
  self->n_updates = sh_bytes_take_u64 (reader);
  self->due = sh_bytes_take_finite (reader);
  self->square = sh_bytes_take_finite (reader);
  self->largest = sh_bytes_take_finite (reader);
  if (!(self->due >= 0 && self->due < 1 && self->square >= 0 &&
        self->largest >= 0))
    reader->failed = TRUE;
  sh_replay_take (self->replay, reader);
}
