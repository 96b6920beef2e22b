/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The steps of one update of PPO, out of their fragments and side by side.
 */

#pragma once

#include "sh-learner.h"

G_BEGIN_DECLS

typedef struct
{
  gsize n, capacity; /* steps */
  float *observations; /* [n][O], normalised */
  float *actions; /* [n][A] */
  float *log_probs; /* [n], when they were taken */
  float *values; /* [n], estimated returns when they were taken */
  float *advantages; /* [n] */
  float *returns; /* [n], value + advantage */
  guint8 *masks; /* [n][C], or NULL: everything is allowed */
} ShPpoBatch;

/*
 * The parts of fragments that PPO learns from: those between the steps whose
 * action the policy did not draw. Where such a step follows, the episode goes
 * on as far as the part is concerned. `parts` is an empty array of ShFragment;
 * they share the fragments' arrays.
 */
void sh_ppo_batch_split (const ShSpace *space,
                         ShFragment *const *fragments,
                         guint n_fragments,
                         GArray *parts);

void sh_ppo_batch_clear (ShPpoBatch *batch);

/*
 * Fills the batch from fragments: observations normalised as `policy` does it
 * now, the rest as it is. When `anew`, log_probs and values are those that the
 * policy gives now.
 */
void sh_ppo_batch_fill (ShPpoBatch *batch,
                        ShPolicy *policy,
                        gboolean anew,
                        const ShFragment *fragments,
                        guint n_fragments);

/* Works out advantages and returns; the policy must be as it was for
 * sh_ppo_batch_fill. */
void sh_ppo_batch_estimate (ShPpoBatch *batch,
                            ShPolicy *policy,
                            const ShFragment *fragments,
                            guint n_fragments,
                            double discount,
                            double lambda);

/*
 * Makes advantages have mean 0 and, at the most, deviation 1. `running_square`
 * is the running mean of their variances over the batches, 0 before the first.
 * A batch whose advantages vary less than usual, because all is going as
 * expected, keeps that: blown up to deviation 1 they would be mostly noise, and
 * unlearn what is known already.
 */
void sh_ppo_batch_normalise_advantages (ShPpoBatch *batch,
                                        double *running_square);

G_END_DECLS
