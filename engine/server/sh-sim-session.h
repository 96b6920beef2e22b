/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What dialogues with simulators have in common, whether they train or ask for
 * predictions: a websocket, REGISTER and the schemas, one expected answer at a
 * time, and an end. A hub (ShTrainHub, ShPredictHub) holds the sessions of one
 * brain and decides how they go on.
 *
 *   REGISTER            the simulator's name is checked    ACKNOWLEDGE_REGISTER
 *   ...                 the hub's
 *                       FINISHED, then close 1001
 *
 * A simulator that sends what was not asked for is closed with 1008, one whose
 * bytes are no message with 1002, one whose values cannot be used with 4022;
 * always with a reason. Sim ids in its messages are not looked at: older
 * simulators send none, and the connection says who it is.
 *
 * One thread.
 */

#pragma once

#include <gio/gio.h>

#include "sh-sim-log.h"
#include "sh-websocket.h"
#include "sh-wire-codec.h"

G_BEGIN_DECLS

/* Bytes in the name of a simulator. */
#define SH_SESSION_MAX_NAME 256u
/* Seconds from the handshake to REGISTER. */
#define SH_SESSION_REGISTER_DEADLINE 60
/* Seconds that a simulator may take for an answer. */
#define SH_SESSION_ANSWER_DEADLINE 3600
/* Seconds from FINISHED to close 1001. */
#define SH_SESSION_FINISH_DEADLINE 2

/* What a simulator has to send next. */
typedef enum
{
  SH_EXPECT_NOTHING,
  SH_EXPECT_REGISTER,
  SH_EXPECT_READY,
  SH_EXPECT_STATE
} ShExpect;

typedef struct ShSimSession ShSimSession;

typedef struct
{
  /* The schemas have been sent. */
  void (*registered) (ShSimSession *session);
  /* What was expected has come; `message` is valid until the wire codec is
   * used to read the next one. Nothing is expected until a send. */
  void (*answered) (ShSimSession *session,
                    const ShWire__SimulatorToServer *message);
  /* The last call: clear it. */
  void (*closed) (ShSimSession *session);
  /* The reason that goes with 1001. */
  const char *farewell;
} ShSimSessionFuncs;

/* The first member of a hub's own struct; the rest is the hub's. */
struct ShSimSession
{
  const ShSimSessionFuncs *funcs;
  ShWireCodec *wire;
  const char *required; /* the name to be registered; NULL: any */
  ShWebsocket *socket;
  guint32 sim_id;
  char *name; /* NULL before REGISTER */
  ShExpect expected;
  gboolean finished; /* FINISHED was sent */
  gint64 deadline; /* monotonic time of the answer, or of the close */
  ShSimLog *log; /* what is said of it; the hub's, NULL: nobody keeps it */
  guint number; /* its number there */
  GByteArray *step; /* the last STATE; NULL until somebody asks */
  guint64 n_steps; /* STATEs since somebody asked */
};

/* Begins a dialogue over `stream`. `wire` and `required` must outlive it. */
void sh_sim_session_init (ShSimSession *session,
                          const ShSimSessionFuncs *funcs,
                          ShWireCodec *wire,
                          const char *required,
                          GIOStream *stream,
                          GSocket *socket,
                          guint32 sim_id);
void sh_sim_session_clear (ShSimSession *session);

/* Sends a message that wire codec wrote; `expected` is what answers it. */
void sh_sim_session_send (ShSimSession *session,
                          const GByteArray *message,
                          ShExpect expected);

/* Sends FINISHED; what the simulator still sends is not looked at. A
 * simulator that is not registered yet is closed at once. May be repeated. */
void sh_sim_session_finish (ShSimSession *session);

/* What the simulator did last, for those that look on; it lies in the wire codec.
 * NULL: nothing since this was called first. */
const ShWire__SimulationSourceData *
sh_sim_session_get_step (ShSimSession *session);

/* Deadlines; may call `closed`. */
void sh_sim_session_tick (ShSimSession *session, gint64 now);

G_END_DECLS
