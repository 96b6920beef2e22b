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

#define SH_POLICY_MAX_UNITS 65536u

/* Observations are worked on this many at a time. */
#define SH_POLICY_CHUNK 64u

/*
 * `parameters` is one block:
 *   actor network | log deviations | critic network    what is trained
 *   observation mean | observation scale | value scale what is measured
 * Each part has a padded length. The estimated return of an observation is
 * value_scale[0] + value_scale[1] * the critic's output.
 */
struct ShPolicy
{
  ShSpace *space;
  guint n_hidden_layers;
  guint hidden_layers[SH_NETWORK_MAX_HIDDEN];
  const ShKernels *kernels;
  ShDistribution distribution;
  ShNetwork actor, critic;

  float *parameters;
  gsize n_parameters;
  gsize n_trained;
  gsize log_deviations, critic_parameters; /* offsets */
  gsize observation_mean, observation_scale, value_scale; /* offsets */

  ShNormaliser normaliser;
  ShRandom random;
  ShTape *actor_tape, *critic_tape;
  float *chunk; /* [SH_POLICY_CHUNK][O] */
  float *scratch; /* [2 outputs] */
};

/* All weights 0. */
ShPolicy *sh_policy_new_empty (const ShSpace *space,
                               const guint *hidden_layers,
                               guint n_hidden_layers);

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

/* Changes the value scale and, with it, the critic's last layer, so that all
 * estimated returns stay as they are. */
void sh_policy_set_value_scale (ShPolicy *policy, float mean, float deviation);

G_END_DECLS
