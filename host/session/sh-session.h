/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulator's side of the protocol, without I/O: it is given the bytes of
 * each message that an engine sends, and says what happens next. It is the
 * only place that knows the order of things; whatever drives it, the bytes on
 * the wire are the same.
 *
 *   sh_session_connect ()
 *   loop:
 *     sh_session_next () gives an event:
 *       SEND            send its bytes
 *       IDLE            wait for a message; then sh_session_receive ()
 *       EPISODE_START   begin an episode, fill the state;
 *                       then sh_session_answer ()
 *       SIMULATE        take one step, fill the state;
 *                       then sh_session_answer ()
 *       EPISODE_FINISH  the episode is over
 *       FINISHED        close the connection with code 1000
 *
 * Between two EPISODE_FINISH there is always one EPISODE_START, and the other
 * way round, whatever order an engine uses.
 *
 * An error from any of these ends the connection: nothing is called after it
 * but sh_session_connect or sh_session_free. One thread at a time. In the
 * steady state nothing is allocated.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-override.h"
#include "sh-recording.h"

G_BEGIN_DECLS

typedef struct ShSession ShSession;

typedef struct
{
  /* Its schemas and rewards; lives longer than the session. */
  const SimhostSimulator *simulator;
  const char *name; /* to register under; NULL: the simulator's */
  gboolean predict;
  /* The first episode's seed, and what lies between one and the next. Run seed
   * plus i, and N, for instance i of N. */
  guint64 seed, seed_step;
  /* Do not warn of fields that the simulator lacks: another session does. */
  gboolean quiet;
  /* Config fields with values of the user's, whatever the engine sends; NULL:
   * none. Not copied. */
  const ShOverrides *overrides;
  /* Where first states and steps are put on record; NULL: nowhere. Not
   * copied. */
  ShRecording *recording;
} ShSessionOptions;

typedef enum
{
  SH_EVENT_SEND,
  SH_EVENT_IDLE,
  SH_EVENT_EPISODE_START,
  SH_EVENT_SIMULATE,
  SH_EVENT_EPISODE_FINISH,
  SH_EVENT_FINISHED
} ShEventType;

/* Everything it points to belongs to the session and is valid until the next
 * call. */
typedef struct
{
  ShEventType type;

  /* SEND */
  const guint8 *data;
  gsize size;

  /* EPISODE_START: the config schema's struct, every field filled; whether it
   * is new since the last episode started; the episode's seed. */
  gconstpointer config;
  gboolean config_is_new;
  guint64 seed;

  /* SIMULATE: the action schema's struct. */
  gconstpointer action;

  /* EPISODE_START, SIMULATE: the state schema's struct, to be filled. */
  gpointer state;
  /* EPISODE_START, SIMULATE: the reward that the engine wants; NULL: it is 0. */
  const SimhostReward *reward;

  /* EPISODE_FINISH: FALSE when the episode was cut off, by a new one or by a
   * lost connection, rather than played to its end. */
  gboolean complete;
} ShEvent;

/* What came of an EPISODE_START or a SIMULATE, besides the state. */
typedef struct
{
  /* SIMULATE */
  double reward;
  gboolean terminal;
  /* SIMULATE: what was done instead of the event's action, a struct of the
   * action schema; NULL: the event's action. */
  gconstpointer action;

  /* The engine is not to learn from this episode. In every answer of one. */
  gboolean do_not_learn;
  const char *info; /* a JSON object for the engine; NULL: none */
} ShOutcome;

ShSession *sh_session_new (const ShSessionOptions *options);
void sh_session_free (ShSession *session);

/* There is a new connection: everything learnt on an earlier one is forgotten.
 * An episode left open is finished before the next one starts. */
void sh_session_connect (ShSession *session);

/*
 * A message has come. Errors: SH_ERROR_PROTOCOL (no message at all, unknown, or
 * out of order), SH_ERROR_LIMIT, SH_ERROR_SCHEMA (the engine wants a state
 * field that the simulator lacks), SH_ERROR_NOT_FOUND (a reward that it lacks),
 * SH_ERROR_VALUE (a config that cannot be converted). `data` is not kept.
 */
gboolean sh_session_receive (ShSession *session,
                             const guint8 *data,
                             gsize size,
                             GError **error);

/* What happens next. Errors: SH_ERROR_VALUE (an action that cannot be
 * converted), SH_ERROR_PROTOCOL, SH_ERROR_LIMIT. */
gboolean sh_session_next (ShSession *session, ShEvent *event, GError **error);

/*
 * An EPISODE_START or a SIMULATE is done, its state filled. Errors:
 * SH_ERROR_VALUE (a state or an action that cannot be converted),
 * SH_ERROR_SCHEMA (an action of the simulator's own, of which the engine's
 * schema has a field that the simulator lacks), SH_ERROR_FAILED (a record that
 * cannot be written), SH_ERROR_SIMULATOR (a reward that is no finite 32-bit
 * number).
 */
gboolean sh_session_answer (ShSession *session,
                            const ShOutcome *outcome,
                            GError **error);

/* Whether an engine has registered this session on the present connection; if
 * so, what it calls it, and the reward that it wants, which may be NULL. */
gboolean sh_session_get_registration (const ShSession *session,
                                      guint32 *sim_id,
                                      const SimhostReward **reward);

/* Whether an episode has begun on the present connection, and is not over. */
gboolean sh_session_is_open (const ShSession *session);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSession, sh_session_free)

G_END_DECLS
