/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A training run and the simulators connected to it by websocket: each is an
 * actor of the run. The dialogue with one, after REGISTER:
 *
 *   ( [SET_PROPERTIES]  READY
 *     START             STATE
 *     PREDICTION        STATE     until terminal, a limit, or the run stops
 *     STOP              READY
 *     [RESET]           READY )*
 *   FINISHED
 *
 * Where the run's concept is learned and another one is to be learned next on the
 * same simulator there is no FINISHED: the connection is closed so that the simulator
 * connects again, and has its part in that one's run.
 *
 * SET_PROPERTIES is sent before the first episode and when the config differs
 * from the last one that was sent. RESET is sent only to simulators of the
 * oldest library, the only one that does anything on it. So an episode costs
 * one round trip beside its steps. A batch is one prediction: the next action
 * depends on the state.
 *
 * One thread: that of the run.
 */

#pragma once

#include <gio/gio.h>

#include "sh-run.h"
#include "sh-sim-session.h"
#include "sh-turn.h"

G_BEGIN_DECLS

/* Simulators of one brain at once. */
#define SH_TRAIN_HUB_MAX_SESSIONS 1024u
/* Milliseconds that a simulator has to end its episode when the run stops. */
#define SH_TRAIN_HUB_STOP_DEADLINE 1000

typedef struct ShTrainHub ShTrainHub;

/* Takes a reference to `run`; `turn` must outlive the hub, and its function
 * calls sh_train_hub_dispatch. Errors: SH_ERROR_SCHEMA. */
ShTrainHub *sh_train_hub_new (ShRun *run, ShTurn *turn, GError **error);
/* Drops all connections. */
void sh_train_hub_free (ShTrainHub *hub);

ShRun *sh_train_hub_get_run (ShTrainHub *hub);

/* FALSE: there are as many simulators as may be. */
gboolean sh_train_hub_has_room (const ShTrainHub *hub);

/*
 * A simulator has connected. `needs_reset`: see above. When the run is over it
 * is told so and closed with 1001.
 */
void sh_train_hub_connect (ShTrainHub *hub,
                           GIOStream *stream,
                           GSocket *socket,
                           guint32 sim_id,
                           gboolean needs_reset);

/* One inference for all that wait. */
void sh_train_hub_dispatch (ShTrainHub *hub);

void sh_train_hub_tick (ShTrainHub *hub, gint64 now);

/* Lets all simulators go, with a close after which they connect again: the
 * training goes on in another process. Their open episodes are dropped. Not from
 * within a signal of the run. */
void sh_train_hub_suspend (ShTrainHub *hub);

/* Ends all dialogues with FINISHED. Not from within a signal of the run. */
void sh_train_hub_finish (ShTrainHub *hub);

/* Connections, also those that are closing. */
guint sh_train_hub_get_n_sessions (const ShTrainHub *hub);

/* Calls `func` with each registered simulator that has not been finished. */
typedef void (*ShTrainHubFunc) (const char *name,
                                guint32 sim_id,
                                gpointer data);
void sh_train_hub_foreach (ShTrainHub *hub, ShTrainHubFunc func, gpointer data);

/* A simulator by its number: the lowest, from 1, that was free when it connected.
 * NULL: it is not there. The hub's. */
ShSimSession *sh_train_hub_get_session (ShTrainHub *hub, guint number);
/* What is said of the simulators, by their numbers. */
const ShSimLog *sh_train_hub_get_log (const ShTrainHub *hub);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTrainHub, sh_train_hub_free)

G_END_DECLS
