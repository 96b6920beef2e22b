/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One version of a brain and the simulators, or other programs, that ask it for
 * actions by websocket. The dialogue with one, after REGISTER:
 *
 *   ( STATE  PREDICTION )*
 *
 * A STATE is answered with one action, for the last of its entries. Episodes
 * are the simulator's own affair.
 *
 * One thread.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brain.h"
#include "sh-turn.h"

G_BEGIN_DECLS

/* Connections to one version of a brain at once. */
#define SH_PREDICT_HUB_MAX_SESSIONS 1024u

/* A handshake that is under way takes no longer than a connection may: see
 * SH_CONNECTIONS_DEADLINE. */
#define SH_PREDICT_HUB_IDLE 10

typedef struct ShPredictHub ShPredictHub;

/* Takes a reference to `brain`; `turn` must outlive the hub, and its function
 * calls sh_predict_hub_dispatch. Errors: SH_ERROR_SCHEMA. */
ShPredictHub *sh_predict_hub_new (ShBrain *brain, ShTurn *turn, GError **error);
/* Drops all connections. */
void sh_predict_hub_free (ShPredictHub *hub);

/* FALSE: there are as many connections as may be. */
gboolean sh_predict_hub_has_room (const ShPredictHub *hub);

/* Somebody is about to connect: the hub is not idle. */
void sh_predict_hub_expect (ShPredictHub *hub);

void sh_predict_hub_connect (ShPredictHub *hub,
                             GIOStream *stream,
                             GSocket *socket,
                             guint32 sim_id);

/* One inference for all that wait. */
void sh_predict_hub_dispatch (ShPredictHub *hub);

void sh_predict_hub_tick (ShPredictHub *hub, gint64 now);

/* Ends all dialogues with FINISHED. */
void sh_predict_hub_finish (ShPredictHub *hub);

/* Actions that were asked for so far. */
guint64 sh_predict_hub_get_n_predictions (const ShPredictHub *hub);

/* Connections, also those that are closing. */
guint sh_predict_hub_get_n_sessions (const ShPredictHub *hub);

/* Whether there has been no connection for SH_PREDICT_HUB_IDLE seconds; `now`:
 * monotonic time. */
gboolean sh_predict_hub_is_idle (const ShPredictHub *hub, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPredictHub, sh_predict_hub_free)

G_END_DECLS
