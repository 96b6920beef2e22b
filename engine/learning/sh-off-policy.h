/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What learners that learn from a replay memory have in common: remembering,
 * when to learn how much, minibatches split between threads, and how large the
 * numbers are that their critics learn.
 */

#pragma once

#include "sh-crew.h"
#include "sh-learner.h"
#include "sh-policy-private.h"
#include "sh-replay.h"

G_BEGIN_DECLS

/* A minibatch is split between so many lanes whatever the threads, so that
 * what is learnt does not depend on these. */
#define SH_OFF_POLICY_LANES 2u

/* A lane goes over so many samples at a time. */
#define SH_OFF_POLICY_SLICE 64u

/* Streams of the seed; the policy's are 1 and 2. */
#define SH_OFF_POLICY_STREAM 3
#define SH_OFF_POLICY_WEIGHTS_STREAM 4

typedef struct
{
  ShLearner parent;
  ShLearnerOptions options;
  ShPolicy *policy;
  ShReplay *replay;
  ShRandom random; /* all that learning draws */
  ShCrew *crew;

  guint64 n_steps; /* collected */
  guint64 n_updates; /* steps of the optimiser */
  double due; /* those not yet taken */
  double square, largest; /* of targets: running mean square; of rewards */

  /* The minibatch, of options.minibatch_size samples. */
  guint32 *slots;
  float *weights;
  ShTransition *transitions;
  float *observations, *next_observations; /* [n][O], normalised */
} ShOffPolicy;

/* `n_step` rewards are summed up. `exponent` is that of the priorities. */
void sh_off_policy_init (ShOffPolicy *self,
                         const ShLearnerClass *klass,
                         ShPolicyKind kind,
                         const ShSpace *space,
                         const ShLearnerOptions *options,
                         double exponent);
void sh_off_policy_clear (ShOffPolicy *self);

/* Remembers the fragments; the number of steps of the optimiser that are due
 * now. */
guint64 sh_off_policy_take (ShOffPolicy *self,
                            ShFragment *const *fragments,
                            guint n_fragments);

/* Draws a minibatch. */
void sh_off_policy_draw (ShOffPolicy *self, guint n_step, double correction);

/*
 * Takes in the sums of the squares of a minibatch's targets. The value scale
 * becomes about the root of their mean; what everything that was learnt must be
 * multiplied by for that is the result, 1 nearly always. (H. van Hasselt et al.,
 * arXiv:1602.07714, without the shift.)
 */
double sh_off_policy_scale (ShOffPolicy *self, double squares);

/* Multiplies what a network gives by `ratio`. */
void sh_off_policy_rescale (const ShNetwork *network,
                            float *parameters,
                            double ratio);

/* Calls `func` for each lane; samples sh_off_policy_get_lane. */
void sh_off_policy_run (ShOffPolicy *self, ShCrewFunc func, gpointer data);

/* The first sample of a lane; that of lane SH_OFF_POLICY_LANES is the end. */
guint sh_off_policy_get_lane (const ShOffPolicy *self, guint lane);

ShPolicy *sh_off_policy_get_policy (ShLearner *learner);
guint sh_off_policy_get_batch_size (ShLearner *learner);
void sh_off_policy_put (const ShOffPolicy *self, GByteArray *to);
void sh_off_policy_take_state (ShOffPolicy *self, ShBytesReader *reader);

G_END_DECLS
