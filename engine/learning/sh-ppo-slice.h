/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The gradient of PPO's loss over some samples. A worker has all that it
 * writes; several can go over disjoint samples of one minibatch at the same
 * time, and their gradients are added up.
 *
 * The loss of a sample with probability ratio r, advantage A, value V (in units
 * of the value scale), return R and entropy H is
 *   - min (r A, clip (r) A) + value_weight (V - R)^2 - entropy_weight H
 * (arXiv:1707.06347, equations 7 and 9).
 */

#pragma once

#include "sh-policy-private.h"
#include "sh-ppo-batch.h"

G_BEGIN_DECLS

#define SH_PPO_SLICE 64u

/* Sums over samples. */
typedef struct
{
  double n, policy_loss, value_loss, entropy, kl, clipped;
} ShPpoSums;

typedef struct
{
  float *gradient; /* laid out as the policy's trained parameters */
  ShPpoSums sums;
  ShTape *actor_tape, *critic_tape;
  float *observations; /* [SH_PPO_SLICE][O] */
  float *scratch; /* [2 outputs] */
} ShPpoWorker;

/* The weights as passes backward need them; the same for all workers. */
typedef struct
{
  float *actor, *critic;
} ShPpoTransposed;

void sh_ppo_worker_init (ShPpoWorker *worker, const ShPolicy *policy);
void sh_ppo_worker_clear (ShPpoWorker *worker);

/* Sets gradient and sums to those of the samples order[0 .. n - 1]. */
void sh_ppo_worker_run (ShPpoWorker *worker,
                        const ShPolicy *policy,
                        const ShPpoTransposed *transposed,
                        const ShLearnerOptions *options,
                        const ShPpoBatch *batch,
                        const guint32 *order,
                        gsize n);

G_END_DECLS
