/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy: observation normaliser, networks, and how an action is drawn from
 * their outputs. What a brain is made of, and what a rollout needs a copy of.
 */

#pragma once

#include <glib.h>

#include "sh-space.h"

G_BEGIN_DECLS

typedef struct ShPolicy ShPolicy;

typedef enum
{
  SH_ACT_EXPLORE, /* draw from the distribution */
  SH_ACT_GREEDY /* its most likely action */
} ShActMode;

/*
 * A policy with random weights: one network for the actions, one for the value,
 * each with `hidden_layers`, at most 8 of 1 to 65536 tanh units. `space` must
 * be valid (sh_space_is_valid). The same arguments give the same policy.
 */
ShPolicy *sh_policy_new (const ShSpace *space,
                         const guint *hidden_layers,
                         guint n_hidden_layers,
                         guint64 seed);
void sh_policy_free (ShPolicy *policy);

const ShSpace *sh_policy_get_space (const ShPolicy *policy);

/*
 * Starts the random numbers of SH_ACT_EXPLORE anew: copies of a policy that
 * explore at the same time need different seeds.
 */
void sh_policy_seed (ShPolicy *policy, guint64 seed);

/*
 * All that sh_policy_act depends on but the random numbers, as one block of
 * `n_floats`: weights and normaliser. Policies made with the same space and
 * hidden layers have the same layout, so that copying the block with memcpy
 * makes one act as the other. The block stays where it is; it is changed by
 * learning.
 */
float *sh_policy_get_parameters (ShPolicy *policy, gsize *n_floats);

/*
 * Answers `n` observations, [n][O], with actions [n][A]: indices for discrete
 * components, numbers within low..high for continuous ones. log_probs and
 * values, [n] each, are for SH_ACT_EXPLORE; both may be NULL. An observation
 * that is not finite is read as 0. One call at a time.
 */
void sh_policy_act (ShPolicy *policy,
                    ShActMode mode,
                    guint n,
                    const float *observations,
                    float *actions,
                    float *log_probs,
                    float *values);

/* The log-probabilities [n] of actions [n][A], whoever chose them, under
 * observations [n][O]. */
void sh_policy_evaluate (ShPolicy *policy,
                         guint n,
                         const float *observations,
                         const float *actions,
                         float *log_probs);

/* The estimated return of `n` observations. */
void sh_policy_value (ShPolicy *policy,
                      guint n,
                      const float *observations,
                      float *values);

/*
 * The policy as bytes, layers and normaliser included, independent of the
 * machine; and back. Errors: SH_ERROR_CORRUPT. What is read is checked: sizes,
 * finite numbers, equality with `space`. A policy that was loaded explores with
 * the random numbers of seed 0 until it is seeded.
 */
GBytes *sh_policy_save (const ShPolicy *policy);
ShPolicy *sh_policy_load (const ShSpace *space, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPolicy, sh_policy_free)

G_END_DECLS
