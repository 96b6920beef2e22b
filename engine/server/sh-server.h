/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The engine as a server: pages about brains, and websockets on which
 * simulators train them or ask them for actions.
 *
 *   GET /v1/{user}                                     the brains
 *   GET /v1/{user}/{brain}, .../status, .../sims       one brain
 *   WS  /v1/{user}/{brain}/sims/ws                     training
 *   WS  /v1/{user}/{brain}/{version}/predictions/ws    predictions
 *
 * and all else that docs/rest.md lists.
 *
 * Every request carries an access key, raw, in the header Authorization.
 * {user} is not looked at: the keys are all the same. Whatever a peer sends,
 * the others are not harmed by it: see sh-websocket.h, sh-sim-session.h and
 * sh-connections.h for the limits and deadlines.
 *
 * One thread: that whose default main context was current when it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-keeper.h"

G_BEGIN_DECLS

#define SH_SERVER_DEFAULT_PORT 8010
#define SH_SERVER_DEFAULT_ADDRESS "127.0.0.1:8010"
/* Bytes in the body of a request. */
#define SH_SERVER_MAX_BODY (700u * 1024)
/* Seconds that sh_server_stop_async waits for peers. */
#define SH_SERVER_STOP_DEADLINE 3

typedef struct ShServer ShServer;

/* Serves the brains in `store`, which is borrowed. */
ShServer *sh_server_new (ShStore *store);
/* Drops all connections. */
void sh_server_free (ShServer *server);

/* One more access key. Errors: SH_ERROR_USAGE. */
gboolean sh_server_add_key (ShServer *server, const char *key, GError **error);

/*
 * Listens on "HOST:PORT", "HOST" (then on port 8010) or "[IPV6]:PORT"; port 0
 * takes any that is free. There must be a key. Errors: SH_ERROR_USAGE for the
 * address, else SH_ERROR_NETWORK.
 */
gboolean
sh_server_listen (ShServer *server, const char *address, GError **error);

/* "http://127.0.0.1:8010", by which this machine reaches the server; valid
 * after sh_server_listen. */
const char *sh_server_get_url (ShServer *server);

/*
 * Lets simulators train brain `name` in `run`; `version` is the one that it
 * will be stored under. The brain stays when the run is over: simulators are
 * told so, and its stored versions are served. A later training of the same
 * brain takes its place. Errors: SH_ERROR_USAGE for the name, or when the brain
 * is in training; SH_ERROR_SCHEMA.
 */
gboolean sh_server_add_training (ShServer *server,
                                 const char *name,
                                 guint version,
                                 ShRun *run,
                                 GError **error);

/*
 * Trains a new version of brain `name`, which is checked, until the server is
 * stopped: unlike what clients have begun it does not go on after that. The keeper
 * is the server's until its run has emitted "finished". Errors: SH_ERROR_USAGE when
 * the brain is in training; those of sh_keeper_new.
 */
ShKeeper *sh_server_train (ShServer *server,
                           const char *name,
                           ShProgram *program,
                           guint64 seed,
                           GError **error);

/* The seed of trainings that clients begin; 1 at first. */
void sh_server_set_seed (ShServer *server, guint64 seed);

/* Trainings that begin from now on, on simulators that are installed here, have so
 * many muscles of their own besides what connects; 0, as at first: none. */
void sh_server_set_muscles (ShServer *server, guint n_muscles);

/* A training of the server's, or of a next concept in one, has begun and not
 * played yet. The keeper is the server's until its run has emitted "finished". */
typedef void (*ShServerTrainingFunc) (ShKeeper *keeper, gpointer data);
/* At most one; for those that begin from then on. */
void sh_server_set_training_func (ShServer *server,
                                  ShServerTrainingFunc func,
                                  gpointer data);

/* Goes on with the trainings that clients had begun when the server, or an
 * earlier process that served this store, came to its end. */
void sh_server_resume (ShServer *server);

/*
 * Ends the trainings of sh_server_train. Once they are over and saved, it saves
 * those that clients have begun, so that they can be gone on with (their simulators
 * are closed with 1012, after which they connect again), takes no more requests and
 * ends all dialogues with FINISHED and close 1001.
 * Ready when all is saved, and the last of them is gone or the deadline has passed. To
 * be called once, also from a signal of a run; the callback may not free the server.
 */
void sh_server_stop_async (ShServer *server,
                           GAsyncReadyCallback callback,
                           gpointer data);
void sh_server_stop_finish (ShServer *server, GAsyncResult *result);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShServer, sh_server_free)

G_END_DECLS
