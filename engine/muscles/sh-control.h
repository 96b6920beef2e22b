/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The door to a training that goes on in another process of the same user: a
 * socket by which it is looked at, changed and stopped.
 *
 * The socket is AF_UNIX, SOCK_SEQPACKET, with mode 0600, in the folder
 * $XDG_RUNTIME_DIR/simhost (0700; under the user's cache without that variable).
 * Its name is train-HASH-VERSION: HASH are the first 16 digits of the SHA-256, in
 * lower case, of the store's folder, a newline and the brain's name in lower case.
 * Who connects must be the same user, or root.
 *
 * A connection is for one request and its answer: each is one packet, a JSON
 * object in UTF-8 of at most SH_CONTROL_MAX_PACKET bytes.
 *
 *   {"do": "status"}
 *   {"do": "muscles", "count": 3}    so many
 *   {"do": "muscles", "change": -1}  so many more
 *   {"do": "stop"}                   save, and end as "interrupted"
 *
 *   {"ok": true, "brain": "lift", "version": 2, "concept": "Steer",
 *    "state": "running", "lesson": "one", "iterations": 90000,
 *    "episodes": 400, "mean_return": 91.5,
 *    "muscles": [{"muscle": 1, "pid": 4711, "state": "playing",
 *                 "simulations": 8}]}
 *   {"ok": false, "error": "..."}
 *
 * "state" is "pristine", "running", "stopping", "finished" or "error"; a
 * muscle's is "joining", "playing", "leaving" or "going"; "mean_return" may be
 * null. "muscles" is answered when all have joined or left that are to, or when
 * one cannot join; "stop" at once. Who is gone by then has made room for others.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "sh-conductor.h"

G_BEGIN_DECLS

#define SH_CONTROL_MAX_PACKET 16384u
/* Connections at a time; more are closed. */
#define SH_CONTROL_MAX_CLIENTS 8u
/* Seconds that a client has to say what it wants, and that muscles have to join
 * or leave until a client is told that they have not. */
#define SH_CONTROL_REQUEST_DEADLINE 10u
#define SH_CONTROL_CHANGE_DEADLINE 60u

typedef struct ShControl ShControl;

typedef struct
{
  ShRun *run;
  ShConductor *conductor; /* NULL: there are no muscles; borrowed */
  const char *folder; /* of the store */
  const char *brain;
  guint version; /* which this process alone trains */
} ShControlOptions;

/*
 * Opens the door; it is closed and its socket removed by sh_control_free, which
 * comes before sh_conductor_free. Thread: the run's. Errors: SH_ERROR_FAILED.
 */
ShControl *sh_control_new (const ShControlOptions *options, GError **error);
void sh_control_free (ShControl *control);

/*
 * Asks the training of a brain's version (0: the highest in training) and waits
 * for the answer, which the caller unrefs: one that is "ok". Errors:
 * SH_ERROR_NOT_FOUND: there is no such training; SH_ERROR_REFUSED with what the
 * training says; SH_ERROR_NETWORK.
 */
JsonObject *sh_control_ask (const char *folder,
                            const char *brain,
                            guint version,
                            const char *request,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShControl, sh_control_free)

G_END_DECLS
