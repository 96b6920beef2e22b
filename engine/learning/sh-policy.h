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

/* A policy with random weights. */
ShPolicy *sh_policy_new (const ShSpace *space,
                         const guint *hidden_layers,
                         guint n_hidden_layers,
                         guint64 seed);
void sh_policy_free (ShPolicy *policy);

const ShSpace *sh_policy_get_space (const ShPolicy *policy);

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

/* The estimated return of `n` observations. */
void sh_policy_value (ShPolicy *policy,
                      guint n,
                      const float *observations,
                      float *values);

/*
 * The policy as bytes, layers and normaliser included, independent of the
 * machine; and back. Errors: SH_ERROR_CORRUPT. What is read is checked: sizes,
 * finite numbers, equality with `space`.
 */
GBytes *sh_policy_save (const ShPolicy *policy);
ShPolicy *sh_policy_load (const ShSpace *space, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPolicy, sh_policy_free)

G_END_DECLS
