/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Gathers fragments until there are enough steps to learn from. It does not
 * know who fills them: an actor borrows a fragment, and gives it back when an
 * episode ends or a batch is complete.
 */

#pragma once

#include <glib.h>

#include "sh-learner.h"

G_BEGIN_DECLS

typedef struct ShExperience ShExperience;

/* `space` is copied. */
ShExperience *sh_experience_new (const ShSpace *space);
void sh_experience_free (ShExperience *experience);

/* An empty fragment with room for one step at least, to be given back by one of
 * the next three. */
ShFragment *sh_experience_borrow (ShExperience *experience);

/* Room for `n_steps` + 1 steps; the fragment may move. */
ShFragment *sh_experience_grow (ShExperience *experience, ShFragment *fragment);

/* Adds what the fragment holds to the batch; one without steps is forgotten. */
void sh_experience_add (ShExperience *experience,
                        ShFragment *fragment,
                        ShFragmentEnd end);

/* Forgets what the fragment holds. */
void sh_experience_drop (ShExperience *experience, ShFragment *fragment);

/* The batch; its fragments stay until sh_experience_clear. */
ShFragment *const *sh_experience_get_batch (const ShExperience *experience,
                                            guint *n_fragments);
void sh_experience_clear (ShExperience *experience);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShExperience, sh_experience_free)

G_END_DECLS
