/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a policy, for the learners and for saving.
 */

#pragma once

#include "sh-distribution.h"
#include "sh-network.h"
#include "sh-normaliser.h"
#include "sh-policy.h"

G_BEGIN_DECLS

/* Observations are worked on this many at a time. */
#define SH_POLICY_CHUNK 64u

/*
 * `parameters` is one block:
 *   actor network | log deviations | critic network    what is trained
 *   observation mean | observation scale | value scale what is measured
 *   exploration                                        what a schedule says
 * Each part has a padded length. The estimated return of an observation is
 * value_scale[0] + value_scale[1] * the critic's output. Only a stochastic
 * policy has a critic and log deviations; the actor of one by values gives what
 * sh-dueling.h says, that of a squashed one what sh-squash.h says. These two act
 * at random with the probability exploration[0].
 */
struct ShPolicy
{
  ShSpace *space;
  guint n_choices; /* the length of a mask */
  ShPolicyShape shape;
  const ShKernels *kernels;
  ShDistribution distribution;
  ShNetwork actor, critic;

  float *parameters;
  gsize n_parameters;
  gsize n_trained;
  gsize log_deviations, critic_parameters; /* offsets */
  gsize observation_mean, observation_scale, value_scale; /* offsets */
  gsize exploration; /* an offset */

  ShNormaliser normaliser;
  ShRandom random;
  ShTape *actor_tape, *critic_tape;
  float *chunk; /* [SH_POLICY_CHUNK][O] */
  float *scratch; /* [2 outputs of the distribution] */
};

/* All weights 0. */
ShPolicy *sh_policy_new_empty (const ShSpace *space,
                               const ShPolicyShape *shape);

/* Makes `to`, of the same space and shape, what `from` is, but for its random
 * numbers. */
void sh_policy_assign (ShPolicy *to, const ShPolicy *from);

gboolean sh_policy_shape_equal (const ShPolicyShape *a, const ShPolicyShape *b);

/* Whether a policy of that kind can act in `space`, or decide one component. */
gboolean sh_policy_kind_fits (ShPolicyKind kind, const ShSpace *space);
gboolean sh_policy_kind_decides (ShPolicyKind kind,
                                 const ShComponent *component);

/* Takes observations into the normaliser and puts it to use. */
void sh_policy_update_normaliser (ShPolicy *policy,
                                  gsize n,
                                  const float *observations);

/* Writes what the normaliser has measured into the parameters. */
void sh_policy_apply_normaliser (ShPolicy *policy);

/* Observations [n][O] as the networks see them. */
void sh_policy_normalise (const ShPolicy *policy,
                          gsize n,
                          const float *observations,
                          float *normalised);

/* The log-probabilities [n] of actions [n][A] under observations [n][O] and
 * masks [n][C] or NULL; of a stochastic policy. */
void sh_policy_evaluate (ShPolicy *policy,
                         guint n,
                         const float *observations,
                         const guint8 *masks,
                         const float *actions,
                         float *log_probs);

/* Changes the value scale and, with it, the critic's last layer, so that all
 * estimated returns stay as they are. */
void sh_policy_set_value_scale (ShPolicy *policy, float mean, float deviation);

G_END_DECLS
