/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Constraints: what stands in angle brackets behind a type, and the rules about
 * it.
 */

#pragma once

#include "sh-scope.h"

G_BEGIN_DECLS

/* `base` narrowed by one constraint: a new type, or NULL after an error. */
ShType *sh_constraint_apply (ShScope *scope,
                             const ShType *base,
                             const ShSuffixNode *suffix);

G_END_DECLS
