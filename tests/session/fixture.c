/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include <string.h>

#include "sh-driver.h"
#include "sh-error.h"

void
host_init_full (Host *host, const ShSessionOptions *options)
{
  *host = (Host){ 0 };
  g_free (lift_take_calls ());
  host->instance = sh_instance_new (options->simulator, NULL, &host->error);
  g_assert_no_error (host->error);
  host->driver = sh_driver_new (host->instance, &host->slot);
  host->session = sh_session_new (options);
}

void
host_init (Host *host, gboolean predict)
{
  host_init_full (host, &(ShSessionOptions){ .simulator = &lift,
                                             .predict = predict,
                                             .seed = 7,
                                             .seed_step = 1 });
}

void
host_clear (Host *host)
{
  sh_driver_free (host->driver);
  sh_session_free (host->session);
  sh_instance_free (host->instance);
  g_clear_error (&host->error);
  g_free (lift_take_calls ());
}

/* Runs until it is the engine's turn. Returns what was sent, or NULL. */
GBytes *
host_run (Host *host)
{
  GBytes *sent = NULL;
  ShEvent event;

  host->complete = FALSE;
  while (sh_driver_run (host->driver, host->session, &event, &host->complete,
                        &host->error) == SH_DRIVER_DONE)
    {
      if (event.type == SH_EVENT_FINISHED)
        host->finished = TRUE;
      if (event.type != SH_EVENT_SEND)
        return sent;
      g_assert_null (sent);
      sent = g_bytes_new (event.data, event.size);
    }
  g_assert_nonnull (host->error);
  g_assert_null (sent);
  return NULL;
}

/* Takes the message. */
GBytes *
host_tell (Host *host, GBytes *message)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  gboolean received =
      sh_session_receive (host->session, data, size, &host->error);

  g_bytes_unref (message);
  return received ? host_run (host) : NULL;
}

void
assert_calls (const char *expected)
{
  g_autofree char *calls = lift_take_calls ();

  g_assert_cmpstr (calls, ==, expected);
}

void
assert_ready (Host *host, GBytes *message, guint32 sim_id)
{
  g_autoptr (GBytes) reply = host_tell (host, message);
  g_autoptr (ShWire__SimulatorToServer) read = NULL;

  g_assert_no_error (host->error);
  read = engine_read (reply);
  g_assert_cmpint (read->message_type, ==, SIMULATOR (READY));
  g_assert_cmpuint (read->sim_id, ==, sim_id);
  g_assert_null (read->register_data);
  g_assert_cmpuint (read->n_state_data, ==, 0);
}

/* A state as LIFT_STATE travels: a double and a varint, both always there. */
static void
append_state (GString *text, const ProtobufCBinaryData *state)
{
  double value;

  g_assert_cmpuint (state->len, >=, 11);
  g_assert_cmpuint (state->data[0], ==, 0x09);
  memcpy (&value, state->data + 1, sizeof value);
  g_assert_cmpuint (state->data[9], ==, 0x10);
  g_assert_cmpuint (state->len, ==, 11);
  g_string_append_printf (text, "%g/%u", value, state->data[10]);
}

/* "0/0 r0; 8/1 r8 T a0808": value/step, reward, terminal, action taken. */
static char *
describe_states (GBytes *reply)
{
  g_autoptr (ShWire__SimulatorToServer) read = engine_read (reply);
  GString *text = g_string_new (NULL);

  g_assert_cmpint (read->message_type, ==, SIMULATOR (STATE));
  for (gsize i = 0; i < read->n_state_data; i++)
    {
      const ShWire__SimulationSourceData *entry = read->state_data[i];

      if (i > 0)
        g_string_append (text, "; ");
      append_state (text, &entry->state);
      g_string_append_printf (text, " r%g", (double) entry->reward);
      if (entry->terminal)
        g_string_append (text, " T");
      if (entry->action_taken.len > 0)
        g_string_append (text, " a");
      for (gsize k = 0; k < entry->action_taken.len; k++)
        g_string_append_printf (text, "%02x", entry->action_taken.data[k]);
    }
  return g_string_free (text, FALSE);
}

void
assert_states (Host *host, GBytes *message, const char *expected)
{
  g_autoptr (GBytes) reply = host_tell (host, message);
  g_autofree char *states = NULL;

  g_assert_no_error (host->error);
  g_assert_nonnull (reply);
  states = describe_states (reply);
  g_assert_cmpstr (states, ==, expected);
}

void
assert_refused (Host *host, GBytes *message, int code, const char *says)
{
  g_autoptr (GBytes) reply = host_tell (host, message);

  g_assert_null (reply);
  g_assert_error (host->error, SH_ERROR, code);
  if (strstr (host->error->message, says) == NULL)
    g_error ("'%s' does not say '%s'", host->error->message, says);
  g_assert_null (strchr (host->error->message, '\n'));
}

GBytes *
acknowledge (void)
{
  return engine_acknowledge (LIFT_CONFIG, LIFT_STATE, LIFT_ACTION, 21);
}

GBytes *
set_properties (double limit, int start, const char *reward)
{
  guint8 config[LIFT_CONFIG_SIZE];
  gsize size = lift_pack_config (config, limit, start);

  return engine_set_properties (config, size, reward, LIFT_ACTION);
}

void
host_connect (Host *host)
{
  g_autoptr (GBytes) hello = NULL;

  sh_session_connect (host->session);
  hello = host_run (host);
  g_assert_no_error (host->error);
  g_assert_nonnull (hello);
}

/* Connected and acknowledged, to train; no call has been made since. */
void
host_init_ready (Host *host)
{
  host_init (host, FALSE);
  host_connect (host);
  assert_ready (host, acknowledge (), 21);
  assert_calls ("create");
}

/* In an episode that starts at 0 and ends at `limit`; calls are forgotten. */
void
host_init_started (Host *host, double limit)
{
  host_init_ready (host);
  assert_ready (host, set_properties (limit, 0, ""), 21);
  assert_states (host, engine_plain (ENGINE (START)), "0/0 r0");
  g_free (lift_take_calls ());
}
