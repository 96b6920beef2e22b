/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator with a loop of its own, the structs of `lift`, and an engine that
 * plays with it in this process: sessions, without sockets. The loop is a
 * function of the test, and may check what it likes.
 */

#pragma once

#include <simhost/event-driven.h>
#include <simhost/external.h>

#include "engine.h"
#include "lift.h"
#include "sh-external.h"

G_BEGIN_DECLS

/* One session, and the engine at its end. The engine starts an episode when the
 * simulator is ready, and answers a state with a prediction of its value plus
 * one; a step beyond `stop_after` with STOP. */
typedef struct LoopSeat
{
  ShDriver *driver;
  ShSession *session;
  gboolean predict;
  gboolean silent; /* it sends nothing any more */
  guint stop_after; /* steps; 0: never */
  guint n_steps;
  guint last_type; /* that the engine has sent */
  GString *log; /* "0/0 r0; 5/1 r2 T a0805" for each STATE; "ready" */
  GError *error;
  gboolean finished; /* the session is */
  const char *play_next; /* hexadecimal; sent in place of the next message */
  /* Called when the simulator has answered, before that is looked at; or NULL. */
  void (*answered) (struct LoopSeat *seat);
} LoopSeat;

typedef struct
{
  ShInstance *instance;
  ShExternal *external; /* or NULL */
  ShCallSlot slot;
  GPtrArray *seats; /* LoopSeat */
  /* For seats to come. */
  gboolean predict, silent;
  guint stop_after;
  gboolean changed;
  GError *error; /* of the end */
} LoopHost;

/* `run` is called with self NULL. */
void loop_host_init_events (LoopHost *host,
                            int32_t (*run) (void *self, SimhostEvents *events));
/* Seats are added as they are wanted. `deadline` in milliseconds. */
void loop_host_init_external (LoopHost *host,
                              int32_t (*run) (void *self,
                                              SimhostExternal *external),
                              guint max_concurrent,
                              guint deadline);
/* Serves until `over` holds. */
void loop_host_serve (LoopHost *host, gboolean (*over) (LoopHost *host));
/* Serves until the loop has returned; events: until one session has failed or
 * has finished, and the loop has returned then. */
void loop_host_play (LoopHost *host);
void loop_host_clear (LoopHost *host);

LoopSeat *loop_host_seat (LoopHost *host, guint index);
/* A new connection: as a client does it. */
void loop_seat_connect (LoopSeat *seat);
/* A message from the engine. Takes it. */
void loop_seat_tell (LoopSeat *seat, GBytes *message);

void loop_assert_error (const GError *error, int code, const char *says);

G_END_DECLS
