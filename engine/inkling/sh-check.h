/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The rules between two types: what one part of a program hands to another.
 */

#pragma once

#include "sh-scope.h"

G_BEGIN_DECLS

/* Who hands a value over, and who gets it, in messages. */
typedef struct
{
  const char *source,
      *source_s; /* "the simulator's state", "the simulator's" */
  const char *target, *target_s; /* "the concept's input", "the concept's" */
} ShCheckParties;

/*
 * One struct is to become another: each of the target's fields is in the source,
 * and its values are. A wider range is a warning, for simulators often don't say
 * theirs. All errors are at `span`.
 */
gboolean sh_check_cast (ShScope *scope,
                        const ShType *source,
                        const ShType *target,
                        const ShCheckParties *parties,
                        ShSpan span);

/* The same for the simulator's state and the concept's input. */
gboolean sh_check_state (ShScope *scope,
                         const ShType *state,
                         const ShType *input,
                         ShSpan span);

/* Both say the same, or an error at `span` names the first difference; `ours`
 * and `theirs` say whose types they are, as in "the simulator's action". */
gboolean sh_check_equivalent (ShScope *scope,
                              const ShType *type,
                              const char *ours,
                              const ShType *other,
                              const char *theirs,
                              ShSpan span);

/*
 * What a lesson draws the config from: `scenario`, which may be NULL, within the
 * limits of `config`. Errors are at the fields of `node`, if it lists them.
 * Returns FALSE after an error; *drawn is NULL when nothing is to be drawn.
 */
gboolean sh_check_scenario (ShScope *scope,
                            const ShType *config,
                            const ShType *scenario,
                            const ShTypeNode *node,
                            ShType **drawn);

G_END_DECLS
