/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Replays what muscles have written down into a run, and believes none of it:
 * each value is copied before it is looked at, and what cannot be is refused.
 */

#pragma once

#include <glib.h>

#include "sh-rollout.h"
#include "sh-run-replay.h"

G_BEGIN_DECLS

typedef struct ShReplayer ShReplayer;

/* `simulator` names it in messages. Adds `n_instances` actors to the run. */
ShReplayer *
sh_replayer_new (ShRun *run, const char *simulator, guint n_instances);

/* Removes its actors from the run. */
void sh_replayer_free (ShReplayer *replayer);

/* The next muscle: where it writes, and which simulations it plays. `rows` must
 * outlive the replayer. */
void sh_replayer_add (ShReplayer *replayer,
                      const ShRolloutRows *rows,
                      guint first_instance,
                      guint n_instances);

/* How many steps of each simulation make, together, what the run wants to learn
 * from next; no more than any muscle has rows. */
guint sh_replayer_get_n_steps (const ShReplayer *replayer);

/*
 * Takes in `n_steps` rows of all muscles, whose episodes begin under `lesson`.
 * Stops when the run is ending. Errors: SH_ERROR_PROTOCOL when what is there
 * cannot have happened.
 */
gboolean sh_replayer_take (ShReplayer *replayer,
                           guint n_steps,
                           guint lesson,
                           GError **error);

/* The unfinished episodes of one muscle, or of all, do not go on. */
void sh_replayer_drop (ShReplayer *replayer, guint muscle);
void sh_replayer_drop_all (ShReplayer *replayer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShReplayer, sh_replayer_free)

G_END_DECLS
