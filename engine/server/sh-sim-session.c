/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The common part of dialogues with simulators.
 */

#include "sh-sim-session.h"

#include <string.h>

#include "sh-error.h"

/* By ShExpect and by the wire's message type: they agree. */
static const char *const message_names[] = {
  "UNKNOWN",
  "REGISTER",
  "READY",
  "STATE",
};

G_STATIC_ASSERT ((int) SH_EXPECT_REGISTER ==
                 (int) SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__REGISTER);
G_STATIC_ASSERT ((int) SH_EXPECT_READY ==
                 (int) SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__READY);
G_STATIC_ASSERT ((int) SH_EXPECT_STATE ==
                 (int) SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__STATE);

static const char *
get_message_name (guint type)
{
  return type < G_N_ELEMENTS (message_names) ? message_names[type] : "UNKNOWN";
}

static void
expect (ShSimSession *session, ShExpect expected, int seconds)
{
  session->expected = expected;
  session->deadline =
      g_get_monotonic_time () + (gint64) seconds * G_TIME_SPAN_SECOND;
}

/* It goes into logs and pages. */
static gboolean
name_is_sane (const char *name)
{
  if (*name == '\0' || strlen (name) > SH_SESSION_MAX_NAME)
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return FALSE;
  return TRUE;
}

static void
handle_register (ShSimSession *session,
                 const ShWire__SimulatorToServer *message)
{
  const char *name = message->register_data != NULL
                         ? message->register_data->simulator_name
                         : "";

  if (!name_is_sane (name))
    {
      sh_websocket_close (session->socket, SH_CLOSE_POLICY,
                          "the name of a simulator has 1 to %u bytes, none of "
                          "them a control character",
                          SH_SESSION_MAX_NAME);
      return;
    }
  if (session->required != NULL && strcmp (name, session->required) != 0)
    {
      sh_websocket_close (session->socket, SH_CLOSE_NO_SIMULATOR,
                          "simulator %s does not exist", name);
      return;
    }

  session->name = g_strdup (name);
  sh_sim_log_add (session->log, session->number,
                  "simulator %s registered, with id %u", name, session->sim_id);
  sh_sim_session_send (
      session, sh_wire_codec_write_acknowledge (session->wire, session->sim_id),
      SH_EXPECT_NOTHING);
  session->funcs->registered (session);
}

static void
handle_message (ShSimSession *session, const ShWire__SimulatorToServer *message)
{
  guint type = (guint) message->message_type;
  ShExpect expected = session->expected;

  if (expected == SH_EXPECT_NOTHING || type != (guint) expected)
    {
      sh_websocket_close (
          session->socket, SH_CLOSE_POLICY, "%s came, expected was %s",
          get_message_name (type),
          expected == SH_EXPECT_NOTHING ? "nothing" : message_names[expected]);
      return;
    }

  session->expected = SH_EXPECT_NOTHING;
  if (expected == SH_EXPECT_REGISTER)
    handle_register (session, message);
  else
    session->funcs->answered (session, message);
}

static void
keep_step (ShSimSession *session,
           const ShWire__SimulatorToServer *message,
           const guint8 *data,
           gsize size)
{
  if (message->message_type !=
          SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__STATE ||
      message->n_state_data != 1)
    return;
  g_byte_array_set_size (session->step, 0);
  g_byte_array_append (session->step, data, (guint) size);
  session->n_steps++;
}

static void
on_message (ShWebsocket *socket, const guint8 *data, gsize size, gpointer user)
{
  ShSimSession *session = user;
  const ShWire__SimulatorToServer *message;
  g_autoptr (GError) error = NULL;

  /* An answer that crossed FINISHED on its way. */
  if (session->finished)
    return;
  message = sh_wire_codec_read (session->wire, data, size, &error);
  if (message == NULL)
    {
      sh_websocket_close (socket, SH_CLOSE_PROTOCOL, "%s", error->message);
      return;
    }
  if (session->step != NULL)
    keep_step (session, message, data, size);
  handle_message (session, message);
}

static void
on_closed (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  ShSimSession *session = user;

  g_debug ("session %08x: closed with %u", session->sim_id, end->code);
  sh_sim_log_add (
      session->log, session->number, "simulator %s closed by %s with %u%s%s",
      session->name != NULL ? session->name : "(not registered)",
      end->by_peer ? "itself" : "the engine", end->code,
      end->text != NULL ? ": " : "", end->text != NULL ? end->text : "");
  session->funcs->closed (session);
}

static const ShWebsocketFuncs websocket_funcs = { on_message, NULL, on_closed };

void
sh_sim_session_init (ShSimSession *session,
                     const ShSimSessionFuncs *funcs,
                     ShWireCodec *wire,
                     const char *required,
                     GIOStream *stream,
                     GSocket *socket,
                     guint32 sim_id)
{
  g_return_if_fail (session != NULL);

  session->funcs = funcs;
  session->wire = wire;
  session->required = required;
  session->sim_id = sim_id;
  session->socket = sh_websocket_new (SH_WEBSOCKET_SERVER, stream, socket,
                                      &websocket_funcs, session);
  expect (session, SH_EXPECT_REGISTER, SH_SESSION_REGISTER_DEADLINE);
  sh_websocket_start (session->socket, NULL, 0);
}

void
sh_sim_session_clear (ShSimSession *session)
{
  g_return_if_fail (session != NULL);

  g_clear_pointer (&session->socket, sh_websocket_free);
  g_clear_pointer (&session->name, g_free);
  g_clear_pointer (&session->step, g_byte_array_unref);
}

void
sh_sim_session_send (ShSimSession *session,
                     const GByteArray *message,
                     ShExpect expected)
{
  g_return_if_fail (session != NULL);
  g_return_if_fail (message != NULL);

  expect (session, expected, SH_SESSION_ANSWER_DEADLINE);
  sh_websocket_send (session->socket, message->data, message->len);
}

void
sh_sim_session_finish (ShSimSession *session)
{
  g_return_if_fail (session != NULL);

  if (session->finished)
    return;
  session->finished = TRUE;
  if (session->name == NULL)
    {
      sh_websocket_close (session->socket, SH_CLOSE_GOING_AWAY, "%s",
                          session->funcs->farewell);
      return;
    }
  sh_sim_session_send (
      session,
      sh_wire_codec_write (session->wire,
                           SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__FINISHED,
                           session->sim_id),
      SH_EXPECT_NOTHING);
  expect (session, SH_EXPECT_NOTHING, SH_SESSION_FINISH_DEADLINE);
}

const ShWire__SimulationSourceData *
sh_sim_session_get_step (ShSimSession *session)
{
  const ShWire__SimulatorToServer *message;

  g_return_val_if_fail (session != NULL, NULL);

  if (session->step == NULL)
    session->step = g_byte_array_new ();
  if (session->step->len == 0)
    return NULL;
  message = sh_wire_codec_read (session->wire, session->step->data,
                                session->step->len, NULL);
  return message != NULL ? message->state_data[0] : NULL;
}

void
sh_sim_session_tick (ShSimSession *session, gint64 now)
{
  g_return_if_fail (session != NULL);

  if (now >= session->deadline && session->finished)
    sh_websocket_close (session->socket, SH_CLOSE_GOING_AWAY, "%s",
                        session->funcs->farewell);
  else if (now >= session->deadline && session->expected != SH_EXPECT_NOTHING)
    sh_websocket_close (session->socket, SH_CLOSE_POLICY, "no %s in time",
                        message_names[session->expected]);
  sh_websocket_tick (session->socket, now);
}
