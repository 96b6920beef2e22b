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
/* A muscle, as the replayer knows it. */
typedef struct ShReplayerSource ShReplayerSource;

/* `simulator` names it in messages. Episode k of instance i has the number
 * i + k * n_all. */
ShReplayer *sh_replayer_new (ShRun *run, const char *simulator, guint n_all);

/* Removes its sources, and their actors from the run. */
void sh_replayer_free (ShReplayer *replayer);

/* One more muscle, which comes after the others: where it writes, which
 * simulations it plays, and which episode of each is the first. Each of them
 * becomes an actor of the run. The source belongs to the replayer; the arrays of
 * `rows` must stay as long as it does. */
ShReplayerSource *sh_replayer_add (ShReplayer *replayer,
                                   const ShRolloutRows *rows,
                                   guint first_instance,
                                   guint n_instances,
                                   guint64 first_episode);

/* Unfinished episodes are dropped. */
void sh_replayer_remove (ShReplayer *replayer, ShReplayerSource *source);

/* It begins no more episodes; a round is for the others. */
void sh_replayer_source_leave (ShReplayerSource *source);

/* Whether it has no unfinished episode. */
gboolean sh_replayer_source_is_idle (const ShReplayerSource *source);

/* How many steps of each simulation that stays make, together, what the run wants to learn
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
void sh_replayer_drop (ShReplayer *replayer, ShReplayerSource *source);
void sh_replayer_drop_all (ShReplayer *replayer);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShReplayer, sh_replayer_free)

G_END_DECLS
