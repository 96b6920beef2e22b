/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of SAC, for its tests.
 */

#pragma once

#include "sh-adam.h"
#include "sh-off-policy.h"

G_BEGIN_DECLS

#define SH_SAC_CRITICS 2u

typedef struct
{
  float *actor_gradient, *critic_gradient;
  ShTape *actor_tape, *critic_tapes[SH_SAC_CRITICS];
  float *inputs; /* [slice][O + A], of the critics */
  float *by_inputs; /* [slice][padded O + A], gradients */
  float *u, *squashed; /* [slice][A] */
  float *log_probs; /* [slice] */
  float *targets; /* [slice] */
  double value_loss, policy_loss, squares, log_prob; /* sums over samples */
} ShSacLane;

typedef struct
{
  ShOffPolicy common;
  ShNetwork critic;
  gsize n_critic; /* parameters of one */
  float *critics, *targets; /* [SH_SAC_CRITICS][n_critic] */
  float *log_temperature; /* one number in a padded row */
  ShAdam actor_adam, critic_adam, temperature_adam;
  float *actor_transposed, *critic_transposed[SH_SAC_CRITICS];
  float *noise, *next_noise; /* [minibatch_size][A] */
  ShSacLane lanes[SH_OFF_POLICY_LANES];
} ShSac;

/* Leave in the lanes the gradients of the sums of the losses of the minibatch
 * and the noise that were drawn: by the critics, and by the policy. */
void sh_sac_find_critic_gradient (ShSac *self);
void sh_sac_find_policy_gradient (ShSac *self);

G_END_DECLS
