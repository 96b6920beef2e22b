/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A policy from a layout: the way back from sh-policy-layout.h.
 */

#pragma once

#include "sh-policy-layout.h"

G_BEGIN_DECLS

/* "stochastic", "values", "squashed": the kind of a policy in a file. */
const char *sh_policy_get_kind_name (const ShPolicy *policy);

/*
 * A policy of that kind whose greedy action is the layout's; estimated values
 * and exploration are not in a layout, and are as good as random in it. Of
 * `layout` the mean, scale and layers are read; they must hold finite numbers.
 * Errors: SH_ERROR_CORRUPT when kind, layers and `space` do not fit each other.
 */
ShPolicy *sh_policy_restore (const ShSpace *space,
                             const char *kind,
                             const ShPolicyLayout *layout,
                             GError **error);

G_END_DECLS
