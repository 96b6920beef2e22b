/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The shape of observations and actions as a learner sees them: vectors of
 * floats, with a note on what each action component may be.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_COMPONENT_CONTINUOUS, /* any number from low to high */
  SH_COMPONENT_DISCRETE /* one of n_choices; the vector holds its index */
} ShComponentKind;

typedef struct
{
  ShComponentKind kind;
  guint n_choices; /* discrete */
  double low, high; /* continuous; infinite where there is no bound */
} ShComponent;

/* What a policy is shaped by. */
typedef struct
{
  guint n_observations; /* floats in an observation */
  guint n_actions; /* components, one float each in an action */
  ShComponent *actions;
} ShSpace;

/* Components start as continuous without bounds; the caller fills them in. */
ShSpace *sh_space_new (guint n_observations, guint n_actions);
ShSpace *sh_space_copy (const ShSpace *space);
void sh_space_free (ShSpace *space);
gboolean sh_space_equal (const ShSpace *a, const ShSpace *b);

/* The choices of all discrete components together: the length of a mask. */
guint sh_space_get_n_choices (const ShSpace *space);

/*
 * Whether a policy can be made for it: at least one observation (at most 2^20)
 * and one action component (at most 2^12), 1 to 2^16 choices, low <= high.
 */
gboolean sh_space_is_valid (const ShSpace *space);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSpace, sh_space_free)

G_END_DECLS
