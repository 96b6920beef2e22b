/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of APEX, for its tests.
 */

#pragma once

#include "sh-adam.h"
#include "sh-off-policy.h"

G_BEGIN_DECLS

typedef struct
{
  float *gradient;
  ShTape *tape; /* of the samples */
  ShTape *next_tape; /* of what came after them */
  float *q; /* [choices] */
  guint *best; /* [SH_OFF_POLICY_SLICE][components] */
  float *targets; /* [SH_OFF_POLICY_SLICE] */
  double loss, squares; /* sums over samples */
} ShApexLane;

typedef struct
{
  ShOffPolicy common;
  ShAdam adam;
  float *target; /* parameters of the target network */
  float *transposed;
  float *errors; /* [minibatch_size] */
  ShApexLane lanes[SH_OFF_POLICY_LANES];
} ShApex;

/* Leaves in the lanes the gradient of the sum of the losses of the minibatch
 * that was drawn, each with its weight, and in `errors` their mean absolute
 * errors. */
void sh_apex_find_gradient (ShApex *self);

G_END_DECLS
