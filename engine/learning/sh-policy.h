/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy: observation normaliser, networks, and how an action is drawn from
 * their outputs. What a brain is made of, and what a rollout needs a copy of.
 */

#pragma once

#include <glib.h>

#include "sh-space.h"
#include "sh-activation.h"

G_BEGIN_DECLS

#define SH_POLICY_MAX_HIDDEN 8
#define SH_POLICY_MAX_UNITS 65536u

typedef struct ShPolicy ShPolicy;

/* How a policy finds an action. The numbers are saved: they stay. */
typedef enum
{
  SH_POLICY_STOCHASTIC, /* draws from a distribution: PPO */
  SH_POLICY_VALUES, /* takes the choice of the highest value: APEX */
  SH_POLICY_SQUASHED /* draws a normal deviate and squashes it: SAC */
} ShPolicyKind;

/* What its networks look like. */
typedef struct
{
  ShPolicyKind kind;
  guint n_hidden_layers;
  guint hidden_layers[SH_POLICY_MAX_HIDDEN]; /* 1 to SH_POLICY_MAX_UNITS */
  ShActivation activations[SH_POLICY_MAX_HIDDEN];
} ShPolicyShape;

typedef enum
{
  SH_ACT_EXPLORE, /* draw from the distribution */
  SH_ACT_GREEDY /* its most likely action */
} ShActMode;

/*
 * A policy with random weights. `space` must be valid (sh_space_is_valid) and
 * such that the kind can act in it: values want discrete components only,
 * squashed continuous ones with two bounds. The same arguments give the same
 * policy. A stochastic policy has one network for the actions and one of the
 * same shape for the value.
 */
ShPolicy *sh_policy_new_shaped (const ShSpace *space,
                                const ShPolicyShape *shape,
                                guint64 seed);

/* The same for a stochastic policy of tanh units. */
ShPolicy *sh_policy_new (const ShSpace *space,
                         const guint *hidden_layers,
                         guint n_hidden_layers,
                         guint64 seed);
void sh_policy_free (ShPolicy *policy);

/* Another policy with the same parameters; its random numbers are those of seed
 * 0 until it is seeded. */
ShPolicy *sh_policy_copy (const ShPolicy *policy);

const ShSpace *sh_policy_get_space (const ShPolicy *policy);

/*
 * Starts the random numbers of SH_ACT_EXPLORE anew: copies of a policy that
 * explore at the same time need different seeds.
 */
void sh_policy_seed (ShPolicy *policy, guint64 seed);

/*
 * All that sh_policy_act depends on but the random numbers, as one block of
 * `n_floats`: weights, normaliser, and how much is explored at present.
 * Policies made with the same space and shape (by sh_policy_copy or, in another
 * process, sh_policy_save and sh_policy_load) have the same layout, so that
 * copying the block with memcpy makes one act, and explore, as the other. The
 * block stays where it is; it is changed by learning.
 */
float *sh_policy_get_parameters (ShPolicy *policy, gsize *n_floats);

/*
 * Answers `n` observations, [n][O], with actions [n][A]: indices for discrete
 * components, numbers within low..high for continuous ones. log_probs and
 * values, [n] each, are for SH_ACT_EXPLORE; both may be NULL. log_probs are 0
 * and of no use but for stochastic policies; values are the estimated returns,
 * 0 of a squashed policy, which has no estimate. An observation that is not
 * finite is read as 0. One call at a time.
 */
void sh_policy_act (ShPolicy *policy,
                    ShActMode mode,
                    guint n,
                    const float *observations,
                    float *actions,
                    float *log_probs,
                    float *values);

/*
 * The same where not every choice is allowed: masks [n][C] has a byte for each
 * choice of each discrete component (sh_space_get_n_choices in all), in their
 * order; a choice of 0 is not taken. NULL: all are allowed. Where a component
 * is left with no choice, its mask is as if it were all 1.
 */
void sh_policy_act_masked (ShPolicy *policy,
                           ShActMode mode,
                           guint n,
                           const float *observations,
                           const guint8 *masks,
                           float *actions,
                           float *log_probs,
                           float *values);

/* The estimated return of `n` observations; see sh_policy_act. */
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
