/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The protocol as an engine sees it: what is answered to which message, and
 * what a simulator is called for it, byte for byte and call for call.
 */

#include <math.h>
#include <string.h>

#include "engine.h"
#include "lift.h"
#include "sh-driver.h"
#include "sh-error.h"
#include "sh-guard.h"

/* What serves the engine. */
typedef struct
{
  ShSession *session;
  ShInstance *instance;
  ShCallSlot slot;
  gboolean complete; /* an episode was, since the last message */
  gboolean finished;
  GError *error;
} Host;

static void
host_init_full (Host *host, const ShSessionOptions *options)
{
  *host = (Host){ 0 };
  g_free (lift_take_calls ());
  host->instance = sh_instance_new (options->simulator, NULL, &host->error);
  g_assert_no_error (host->error);
  host->session = sh_session_new (options);
}

static void
host_init (Host *host, gboolean predict)
{
  host_init_full (host, &(ShSessionOptions){ .simulator = &lift,
                                             .predict = predict,
                                             .seed = 7,
                                             .seed_step = 1 });
}

static void
host_clear (Host *host)
{
  sh_session_free (host->session);
  sh_instance_free (host->instance);
  g_clear_error (&host->error);
  g_free (lift_take_calls ());
}

/* Runs until it is the engine's turn. Returns what was sent, or NULL. */
static GBytes *
host_run (Host *host)
{
  GBytes *sent = NULL;
  ShEvent event;

  host->complete = FALSE;
  while (sh_driver_run (host->session, host->instance, &host->slot, &event,
                        &host->complete, &host->error))
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
static GBytes *
host_tell (Host *host, GBytes *message)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);
  gboolean received =
      sh_session_receive (host->session, data, size, &host->error);

  g_bytes_unref (message);
  return received ? host_run (host) : NULL;
}

static void
assert_calls (const char *expected)
{
  g_autofree char *calls = lift_take_calls ();

  g_assert_cmpstr (calls, ==, expected);
}

static void
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

static void
assert_states (Host *host, GBytes *message, const char *expected)
{
  g_autoptr (GBytes) reply = host_tell (host, message);
  g_autofree char *states = NULL;

  g_assert_no_error (host->error);
  g_assert_nonnull (reply);
  states = describe_states (reply);
  g_assert_cmpstr (states, ==, expected);
}

static void
assert_refused (Host *host, GBytes *message, int code, const char *says)
{
  g_autoptr (GBytes) reply = host_tell (host, message);

  g_assert_null (reply);
  g_assert_error (host->error, SH_ERROR, code);
  if (strstr (host->error->message, says) == NULL)
    g_error ("'%s' does not say '%s'", host->error->message, says);
  g_assert_null (strchr (host->error->message, '\n'));
}

static GBytes *
acknowledge (void)
{
  return engine_acknowledge (LIFT_CONFIG, LIFT_STATE, LIFT_ACTION, 21);
}

static GBytes *
set_properties (double limit, int start, const char *reward)
{
  guint8 config[LIFT_CONFIG_SIZE];
  gsize size = lift_pack_config (config, limit, start);

  return engine_set_properties (config, size, reward, LIFT_ACTION);
}

static void
host_connect (Host *host)
{
  g_autoptr (GBytes) hello = NULL;

  sh_session_connect (host->session);
  hello = host_run (host);
  g_assert_no_error (host->error);
  g_assert_nonnull (hello);
}

/* Connected and acknowledged, to train; no call has been made since. */
static void
host_init_ready (Host *host)
{
  host_init (host, FALSE);
  host_connect (host);
  assert_ready (host, acknowledge (), 21);
  assert_calls ("create");
}

/* In an episode that starts at 0 and ends at `limit`; calls are forgotten. */
static void
host_init_started (Host *host, double limit)
{
  host_init_ready (host);
  assert_ready (host, set_properties (limit, 0, ""), 21);
  assert_states (host, engine_plain (ENGINE (START)), "0/0 r0");
  g_free (lift_take_calls ());
}

/* ---- registering ---- */

static void
test_register (void)
{
  static const struct
  {
    const char *name, *hex;
  } cases[] = {
    { NULL, "08011206"
            "0a046c696674" },
    { "counter", "080112090a07636f756e746572" },
    { "", "080112020a00" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) expected = engine_from_hex (cases[i].hex);
      g_autoptr (GBytes) hello = NULL;
      Host host;

      host_init_full (&host, &(ShSessionOptions){ .simulator = &lift,
                                                  .name = cases[i].name });
      sh_session_connect (host.session);
      hello = host_run (&host);
      g_assert_no_error (host.error);
      g_assert_true (g_bytes_equal (hello, expected));
      host_clear (&host);
    }
}

static void
test_long_name (void)
{
  g_autofree char *name = g_strnfill (300, 'x');
  g_autoptr (ShWire__SimulatorToServer) read = NULL;
  g_autoptr (GBytes) hello = NULL;
  Host host;

  host_init_full (&host,
                  &(ShSessionOptions){ .simulator = &lift, .name = name });
  sh_session_connect (host.session);
  hello = host_run (&host);
  read = engine_read (hello);
  g_assert_cmpint (read->message_type, ==, SIMULATOR (REGISTER));
  g_assert_cmpstr (read->register_data->simulator_name, ==, name);
  host_clear (&host);
}

static void
test_sim_id (void)
{
  static const guint32 ids[] = { 0, 1, 0x12345678, 0xffffffff };
  Host host;

  host_init (&host, FALSE);
  host_connect (&host);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      assert_ready (
          &host,
          engine_acknowledge (LIFT_CONFIG, LIFT_STATE, LIFT_ACTION, ids[i]),
          ids[i]);
      assert_ready (&host, engine_plain (ENGINE (RESET)), ids[i]);
    }
  host_clear (&host);
}

/* ---- schemas ---- */

static void
test_state_lacks_field (void)
{
  Host host;

  host_init (&host, FALSE);
  host_connect (&host);
  assert_refused (&host,
                  engine_acknowledge (LIFT_CONFIG, "value:double height:float",
                                      LIFT_ACTION, 1),
                  SH_ERROR_SCHEMA, "height");
  g_assert_nonnull (strstr (host.error->message, "lift"));
  g_assert_nonnull (strstr (host.error->message, "step"));
  host_clear (&host);
}

static void
test_bad_schemas (void)
{
  static const struct
  {
    const char *schema, *says;
  } bad[] = {
    { "value:group", "value" },
    { "value:double value:int32", "value" },
    { "value:double step:int32@1", "step" },
    { "value:double@0", "value" },
    { "value:double@19500", "value" },
    { "value:double@536870912", "value" },
    { "value:image step:int32", "value" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      Host host;

      host_init (&host, FALSE);
      host_connect (&host);
      assert_refused (
          &host,
          engine_acknowledge (LIFT_CONFIG, bad[i].schema, LIFT_ACTION, 1),
          SH_ERROR_SCHEMA, bad[i].says);
      host_clear (&host);
    }
}

/* The engine may know fewer config and action fields, more of them, in another
 * order and with other numbers. */
static void
test_other_fields (void)
{
  static const guint8 config[] = { 0xa0, 0x06, 9, 0x08, 44 };
  static const guint8 push[] = { 0xa8, 0x06, 3, 0x08, 77 };
  g_autoptr (GBytes) action = g_bytes_new (push, sizeof push);
  Host host;

  host_init_full (&host,
                  &(ShSessionOptions){ .simulator = &lift, .quiet = TRUE });
  host_connect (&host);
  assert_ready (&host,
                engine_acknowledge ("colour:int32 start:int32@100",
                                    "step:int32@2 value:double@1",
                                    "speed:int32 delta:int32@101", 1),
                1);
  /* limit is not known to the engine: its default, 100, is used. */
  assert_ready (&host,
                engine_set_properties (config, sizeof config, "",
                                       "speed:int32 delta:int32@101"),
                1);
  g_free (lift_take_calls ());
  assert_ready (&host, engine_plain (ENGINE (RESET)), 1);
  {
    g_autoptr (GBytes) reply = host_tell (&host, engine_plain (ENGINE (START)));

    g_assert_nonnull (reply);
    assert_calls ("set_properties(100,9) reset(0) start get_state");
  }
  {
    g_autoptr (GBytes) reply =
        host_tell (&host, engine_predict_bytes (1, &action));

    g_assert_nonnull (reply);
    assert_calls ("advance(3) get_state value");
  }
  host_clear (&host);
}

/* The action's schema comes anew with each SET_PROPERTIES, and is gone when
 * that has none. */
static void
test_action_schema_replaced (void)
{
  static const guint8 as_5[] = { 0x28, 4 }; /* field 5 */
  g_autoptr (GBytes) action = g_bytes_new (as_5, sizeof as_5);
  Host host;

  host_init_ready (&host);
  assert_ready (&host, engine_set_properties (NULL, 0, "", "delta:int32@5"),
                21);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_states (&host, engine_predict_bytes (1, &action), "9/1 r9 a2804");
  assert_ready (&host, engine_set_properties (NULL, 0, "", NULL), 21);
  assert_states (&host, engine_predict_bytes (1, &action), "9/2 r9 a2804");
  host_clear (&host);
}

static void
test_no_schemas (void)
{
  g_autoptr (GBytes) reply = NULL;
  g_autoptr (ShWire__SimulatorToServer) read = NULL;
  Host host;

  host_init (&host, FALSE);
  host_connect (&host);
  assert_ready (&host, engine_acknowledge (NULL, NULL, NULL, 3), 3);
  reply = host_tell (&host, engine_plain (ENGINE (START)));
  read = engine_read (reply);
  g_assert_cmpuint (read->n_state_data, ==, 1);
  g_assert_cmpuint (read->state_data[0]->state.len, ==, 0);
  host_clear (&host);
}

/* ---- rewards ---- */

static void
test_reward_missing (void)
{
  Host host;

  host_init_ready (&host);
  assert_refused (&host, set_properties (10, 0, "speed"), SH_ERROR_NOT_FOUND,
                  "speed");
  g_assert_nonnull (strstr (host.error->message, "minus"));
  g_assert_nonnull (strstr (host.error->message, "value"));
  host_clear (&host);
}

static void
test_reward_by_lesson (void)
{
  Host host;

  host_init_ready (&host);
  /* None named: the default. */
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_states (&host, engine_predict (1, 2), "7/1 r7 a0802");
  assert_ready (&host, set_properties (0, 1, "minus"), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "1/0 r0");
  assert_states (&host, engine_predict (1, 2), "3/1 r-3 a0802");
  assert_ready (&host, set_properties (0, 1, "value"), 21);
  assert_states (&host, engine_predict (1, 2), "5/2 r5 a0802");
  assert_ready (&host, set_properties (0, 1, ""), 21);
  assert_states (&host, engine_predict (1, 2), "7/3 r7 a0802");
  host_clear (&host);
}

static void
test_no_rewards (void)
{
  SimhostSimulator without = lift;
  Host host;

  without.n_rewards = 0;
  without.rewards = NULL;
  host_init_full (&host, &(ShSessionOptions){ .simulator = &without });
  host_connect (&host);
  assert_ready (&host, acknowledge (), 21);
  assert_ready (&host, set_properties (0, 1, ""), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "1/0 r0");
  assert_states (&host, engine_predict (1, 2), "3/1 r0 a0802");
  host_clear (&host);
}

/* What travels is 32 bits. */
static void
test_reward_range (void)
{
  static const struct
  {
    double reward;
    gboolean good;
  } cases[] = {
    { -0.0, TRUE },      { 1e-300, TRUE },     { 3.4028234663852886e38, TRUE },
    { -3.4e38, TRUE },   { 3.5e38, FALSE },    { 1e300, FALSE },
    { INFINITY, FALSE }, { -INFINITY, FALSE }, { NAN, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) message = engine_predict (1, 2);
      gsize size;
      const guint8 *data = g_bytes_get_data (message, &size);
      ShEvent event;
      Host host;

      host_init_started (&host, 0);
      g_assert_true (
          sh_session_receive (host.session, data, size, &host.error));
      g_assert_true (sh_session_next (host.session, &event, &host.error));
      g_assert_cmpint (event.type, ==, SH_EVENT_SIMULATE);
      if (sh_session_simulated (host.session, cases[i].reward, FALSE,
                                &host.error))
        {
          g_autoptr (GBytes) reply = host_run (&host);
          g_autoptr (ShWire__SimulatorToServer) read = engine_read (reply);
          float reward = (float) cases[i].reward;

          g_assert_cmpmem (&read->state_data[0]->reward, sizeof reward, &reward,
                           sizeof reward);
          g_assert_true (cases[i].good);
        }
      else
        {
          g_assert_error (host.error, SH_ERROR, SH_ERROR_SIMULATOR);
          g_assert_nonnull (strstr (host.error->message, "reward"));
          g_assert_false (cases[i].good);
        }
      host_clear (&host);
    }
}

/* ---- sequences ---- */

static void
test_start_entry (void)
{
  Host host;

  host_init_ready (&host);
  assert_ready (&host, set_properties (3, 3, ""), 21);
  /* It starts at its limit: that is not terminal yet. */
  assert_states (&host, engine_plain (ENGINE (START)), "3/0 r0");
  assert_calls ("set_properties(3,3) reset(7) start get_state");
  host_clear (&host);
}

static void
test_start_without_properties (void)
{
  Host host;

  host_init_ready (&host);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("set_properties(100,5) reset(7) start get_state");
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("stop reset(8) start get_state");
  host_clear (&host);
}

static void
test_set_properties_twice (void)
{
  Host host;

  host_init_ready (&host);
  assert_ready (&host, set_properties (3, 1, ""), 21);
  assert_ready (&host, set_properties (4, 2, "minus"), 21);
  assert_calls ("");
  assert_states (&host, engine_plain (ENGINE (START)), "2/0 r0");
  assert_calls ("set_properties(4,2) reset(7) start get_state");
  host_clear (&host);
}

/* What an engine does not say of the config has its default: one field, the
 * whole of it, or all that a message may hold. A field that is 0 is said. */
static void
test_empty_properties (void)
{
  static const guint8 start_0[] = { 0x10, 0 };
  static const char no_data[] = "0802";
  Host host;

  host_init_ready (&host);
  assert_ready (&host, engine_set_properties (NULL, 0, "", LIFT_ACTION), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("set_properties(100,5) reset(7) start get_state");
  assert_ready (
      &host, engine_set_properties (start_0, sizeof start_0, "", LIFT_ACTION),
      21);
  assert_states (&host, engine_plain (ENGINE (START)), "0/0 r0");
  assert_calls ("stop set_properties(100,0) reset(8) start get_state");
  assert_ready (&host, engine_from_hex (no_data), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("stop set_properties(100,5) reset(9) start get_state");
  host_clear (&host);
}

static void
test_start_twice (void)
{
  Host host;

  host_init_started (&host, 0);
  assert_states (&host, engine_predict (1, 2), "2/1 r2 a0802");
  assert_calls ("advance(2) get_state value");
  assert_states (&host, engine_plain (ENGINE (START)), "0/0 r0");
  assert_calls ("stop reset(8) start get_state");
  g_assert_false (host.complete);
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("stop");
  g_assert_true (host.complete);
  host_clear (&host);
}

static void
test_stop (void)
{
  Host host;

  /* Before anything. */
  host_init_ready (&host);
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("");
  /* Straight after START; then once more. */
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  g_free (lift_take_calls ());
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("stop");
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("");
  host_clear (&host);
}

static void
test_reset (void)
{
  Host host;

  host_init_started (&host, 0);
  for (guint i = 0; i < 3; i++)
    assert_ready (&host, engine_plain (ENGINE (RESET)), 21);
  assert_calls ("");
  /* It has not ended the episode. */
  assert_states (&host, engine_predict (1, 2), "2/1 r2 a0802");
  host_clear (&host);
}

/* A limit of 1 makes each step terminal. */
static void
test_always_terminal (void)
{
  Host host;

  host_init_started (&host, 1);
  assert_states (&host, engine_predict (1, 1), "1/1 r1 T a0801");
  assert_calls ("advance(1) get_state value stop");

  host_clear (&host);
  host_init_started (&host, 1);
  assert_states (&host, engine_predict (2, 1, 2),
                 "1/1 r1 T a0801; 0/0 r0 a0802");
  assert_calls ("advance(1) get_state value stop reset(8) start get_state");

  host_clear (&host);
  host_init_started (&host, 1);
  assert_states (&host, engine_predict (3, 1, 2, 3),
                 "1/1 r1 T a0801; 0/0 r0 a0802; 3/1 r3 T a0803");
  assert_calls ("advance(1) get_state value stop reset(8) start get_state "
                "advance(3) get_state value stop");
  host_clear (&host);
}

static void
test_terminal_then_stop (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (2, 1, 2),
                 "1/1 r1 a0801; 3/2 r3 T a0802");
  assert_calls ("advance(1) get_state value advance(2) get_state value stop");
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("");
  assert_states (&host, engine_plain (ENGINE (START)), "0/0 r0");
  assert_calls ("reset(8) start get_state");
  assert_states (&host, engine_predict (1, 1), "1/1 r1 a0801");
  host_clear (&host);
}

static void
test_terminal_then_prediction (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (1, 3), "3/1 r3 T a0803");
  assert_calls ("advance(3) get_state value stop");
  /* The first entry is used up by the beginning, with its own action. */
  assert_states (&host, engine_predict (2, 9, 1), "0/0 r0 a0809; 1/1 r1 a0801");
  assert_calls ("reset(8) start get_state advance(1) get_state value");
  host_clear (&host);
}

/* RESET and SET_PROPERTIES between do not change that; the properties of the
 * last SET_PROPERTIES count. */
static void
test_terminal_then_properties (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (1, 3), "3/1 r3 T a0803");
  assert_ready (&host, engine_plain (ENGINE (RESET)), 21);
  assert_ready (&host, set_properties (9, 4, "minus"), 21);
  g_free (lift_take_calls ());
  assert_states (&host, engine_predict (2, 9, 1),
                 "4/0 r0 a0809; 5/1 r-5 a0801");
  assert_calls ("set_properties(9,4) reset(8) start get_state advance(1) "
                "get_state minus");
  host_clear (&host);
}

static void
test_stop_after_restart_in_batch (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (2, 3, 1),
                 "3/1 r3 T a0803; 0/0 r0 a0801");
  g_free (lift_take_calls ());
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_calls ("stop");
  host_clear (&host);
}

static void
test_empty_batch (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (0), "");
  assert_calls ("");
  assert_states (&host, engine_predict (1, 3), "3/1 r3 T a0803");
  assert_states (&host, engine_predict (0), "");
  assert_states (&host, engine_predict (1, 3), "0/0 r0 a0803");
  host_clear (&host);
}

static void
test_finished (void)
{
  Host host;

  /* Straight after ACKNOWLEDGE_REGISTER; even before. */
  for (guint acknowledged = 0; acknowledged < 2; acknowledged++)
    {
      host_init (&host, FALSE);
      host_connect (&host);
      if (acknowledged)
        assert_ready (&host, acknowledge (), 21);
      g_assert_null (host_tell (&host, engine_plain (ENGINE (FINISHED))));
      g_assert_no_error (host.error);
      g_assert_true (host.finished);
      assert_calls ("create");
      host_clear (&host);
    }

  /* In the middle of an episode: what is open is stopped when it is freed. */
  host_init_started (&host, 0);
  g_assert_null (host_tell (&host, engine_plain (ENGINE (FINISHED))));
  g_assert_true (host.finished);
  assert_calls ("");
  sh_instance_free (g_steal_pointer (&host.instance));
  assert_calls ("stop destroy");
  host_clear (&host);
}

/* The bytes of an action come back as they were, however odd. */
static void
test_action_verbatim (void)
{
  static const struct
  {
    const char *hex, *states;
  } cases[] = {
    { "0803", "3/1 r3 a0803" },
    { "", "0/1 r0" },
    { "0883808000", "3/1 r3 a0883808000" },
    { "08080803", "3/1 r3 a08080803" },
    { "08ffffffffffffffffff01", "-1/1 r-1 a08ffffffffffffffffff01" },
    { "08ffffffff0f", "-1/1 r-1 a08ffffffff0f" },
    { "0803100b1a036162632500000000290000000000000000",
      "3/1 r3 a0803100b1a036162632500000000290000000000000000" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) action = engine_from_hex (cases[i].hex);
      Host host;

      host_init_started (&host, 0);
      assert_states (&host, engine_predict_bytes (1, &action), cases[i].states);
      host_clear (&host);
    }
}

static void
test_bad_actions (void)
{
  static const struct
  {
    const char *hex;
    int code;
  } cases[] = {
    { "08", SH_ERROR_PROTOCOL },
    { "08ffffffffffffffffffffff01", SH_ERROR_PROTOCOL },
    { "0a05616263", SH_ERROR_PROTOCOL },
    { "0b", SH_ERROR_PROTOCOL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) action = engine_from_hex (cases[i].hex);
      Host host;

      host_init_started (&host, 0);
      assert_refused (&host, engine_predict_bytes (1, &action), cases[i].code,
                      "lift");
      assert_calls ("");
      host_clear (&host);
    }
}

/* ---- prediction ---- */

static void
test_predict (void)
{
  Host host;

  host_init (&host, TRUE);
  host_connect (&host);
  assert_states (&host, acknowledge (), "5/0 r0");
  assert_calls ("create set_properties(100,5) reset(7) start get_state");
  assert_states (&host, engine_predict (1, 95), "100/1 r100 T a085f");
  assert_calls ("advance(95) get_state value stop");
  assert_states (&host, engine_predict (2, 1, 2), "5/0 r0 a0801; 7/1 r7 a0802");
  assert_calls ("reset(8) start get_state advance(2) get_state value");
  g_assert_null (host_tell (&host, engine_plain (ENGINE (FINISHED))));
  g_assert_true (host.finished);
  host_clear (&host);
}

static void
test_predict_forbidden (void)
{
  static const struct
  {
    int type;
    const char *says;
  } cases[] = {
    { ENGINE (SET_PROPERTIES),
      "unexpected message during prediction: SET_PROPERTIES" },
    { ENGINE (START), "unexpected message during prediction: START" },
    { ENGINE (STOP), "unexpected message during prediction: STOP" },
    { ENGINE (RESET), "unexpected message during prediction: RESET" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Host host;

      host_init (&host, TRUE);
      host_connect (&host);
      assert_states (&host, acknowledge (), "5/0 r0");
      g_free (lift_take_calls ());
      assert_refused (&host, engine_plain (cases[i].type), SH_ERROR_PROTOCOL,
                      cases[i].says);
      assert_calls ("");
      host_clear (&host);
    }
}

/* ---- messages that are none ---- */

static void
test_unknown_types (void)
{
  static const struct
  {
    int type;
    const char *says;
  } cases[] = {
    { 0, "received unknown message (0) from the engine" },
    { 8, "received unknown message (8) from the engine" },
    { 255, "received unknown message (255) from the engine" },
    { G_MAXINT, "received unknown message (2147483647) from the engine" },
    { -1, "received unknown message (-1) from the engine" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Host host;

      host_init_ready (&host);
      assert_refused (&host, engine_plain (cases[i].type), SH_ERROR_PROTOCOL,
                      cases[i].says);
      host_clear (&host);
    }
}

static void
test_out_of_order (void)
{
  static const struct
  {
    int type;
    const char *says;
  } cases[] = {
    { ENGINE (SET_PROPERTIES), "SET_PROPERTIES before ACKNOWLEDGE_REGISTER" },
    { ENGINE (START), "START before ACKNOWLEDGE_REGISTER" },
    { ENGINE (STOP), "STOP before ACKNOWLEDGE_REGISTER" },
    { ENGINE (PREDICTION), "PREDICTION before ACKNOWLEDGE_REGISTER" },
    { ENGINE (RESET), "RESET before ACKNOWLEDGE_REGISTER" },
    { ENGINE (ACKNOWLEDGE_REGISTER), "without its data" },
  };
  Host host;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      host_init (&host, FALSE);
      host_connect (&host);
      assert_refused (&host, engine_plain (cases[i].type), SH_ERROR_PROTOCOL,
                      cases[i].says);
      host_clear (&host);
    }

  host_init_ready (&host);
  assert_refused (&host, engine_predict (1, 1), SH_ERROR_PROTOCOL,
                  "has not started an episode");
  host_clear (&host);
  host_init_started (&host, 0);
  assert_ready (&host, engine_plain (ENGINE (STOP)), 21);
  assert_refused (&host, engine_predict (1, 1), SH_ERROR_PROTOCOL,
                  "has not started an episode");
  host_clear (&host);
}

/* Behind a START, 0803. */
static const struct
{
  const char *name, *hex;
  int code;
} garbage[] = {
  { "nothing", "", SH_ERROR_PROTOCOL },
  { "text", "48656c6c6f2c20776f726c6421", SH_ERROR_PROTOCOL },
  { "tag-cut", "080380", SH_ERROR_PROTOCOL },
  { "varint-cut", "08", SH_ERROR_PROTOCOL },
  { "varint-too-long", "08ffffffffffffffffffff01", SH_ERROR_PROTOCOL },
  { "length-past-end", "08032205", SH_ERROR_PROTOCOL },
  { "length-huge", "080322ffffffff07", SH_ERROR_PROTOCOL },
  { "length-negative", "080322ffffffffffffffffff01", SH_ERROR_PROTOCOL },
  { "fixed-cut", "08032d7856", SH_ERROR_PROTOCOL },
  { "group", "08030b0c", SH_ERROR_PROTOCOL },
  { "field-0", "08030001", SH_ERROR_PROTOCOL },
  { "wrong-wire-type", "0d03000000", SH_ERROR_PROTOCOL },
  { "name-not-utf8", "08021a041202c328", SH_ERROR_PROTOCOL },
  { "name-with-nul", "08021a0412020061", SH_ERROR_PROTOCOL },
};

static void
test_garbage (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  Host host;

  host_init_ready (&host);
  assert_refused (&host, engine_from_hex (garbage[i].hex), garbage[i].code,
                  "engine");
  assert_calls ("");
  host_clear (&host);
}

static void
test_unknown_fields (void)
{
  Host host;

  host_init_ready (&host);
  /* One of each wire type, before and after. */
  assert_states (
      &host,
      engine_from_hex ("f80601f1060000000000000000fa0603616263fd0600000000"
                       "0803f80601f1060000000000000000fa0603616263"),
      "5/0 r0");
  host_clear (&host);
}

static void
test_too_much (void)
{
  gsize size = SH_MESSAGE_MAX_BYTES + 1;
  g_autofree guint8 *data = g_malloc0 (size);
  Host host;

  host_init_ready (&host);
  assert_refused (&host, g_bytes_new (data, size), SH_ERROR_LIMIT, "bytes");
  host_clear (&host);

  /* A million empty predictions. */
  for (gsize i = 0; i + 1 < size; i += 2)
    data[i] = 0x22;
  host_init_started (&host, 0);
  assert_refused (&host, g_bytes_new (data, size - 1), SH_ERROR_LIMIT,
                  "engine");
  host_clear (&host);
}

/* ---- errors of the simulator, lost connections ---- */

static void
test_reconnect (void)
{
  Host host;

  host_init_started (&host, 0);
  assert_states (&host, engine_predict (1, 2), "2/1 r2 a0802");
  g_free (lift_take_calls ());
  /* Lost. Nothing is called. */
  host_connect (&host);
  assert_calls ("");
  assert_refused (&host, engine_plain (ENGINE (START)), SH_ERROR_PROTOCOL,
                  "before ACKNOWLEDGE_REGISTER");
  g_clear_error (&host.error);
  host_connect (&host);
  assert_ready (
      &host, engine_acknowledge (LIFT_CONFIG, LIFT_STATE, LIFT_ACTION, 22), 22);
  assert_calls ("");
  /* The episode left open is stopped, and the properties are forgotten. */
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("stop set_properties(100,5) reset(8) start get_state");
  g_assert_false (host.complete);
  host_clear (&host);
}

static void
test_reconnect_after_terminal (void)
{
  Host host;

  host_init_started (&host, 3);
  assert_states (&host, engine_predict (1, 3), "3/1 r3 T a0803");
  host_connect (&host);
  assert_ready (&host, acknowledge (), 21);
  /* The flag that a prediction is to be used up is gone. */
  assert_refused (&host, engine_predict (1, 1), SH_ERROR_PROTOCOL,
                  "has not started an episode");
  host_clear (&host);
}

static void
test_reconnect_to_predict (void)
{
  Host host;

  host_init (&host, TRUE);
  host_connect (&host);
  assert_states (&host, acknowledge (), "5/0 r0");
  assert_states (&host, engine_predict (1, 2), "7/1 r7 a0802");
  g_free (lift_take_calls ());
  host_connect (&host);
  assert_states (&host, acknowledge (), "5/0 r0");
  assert_calls ("stop set_properties(100,5) reset(8) start get_state");
  host_clear (&host);
}

static void
test_simulator_fails (void)
{
  Host host;

  host_init_started (&host, 0);
  assert_refused (&host, engine_predict (3, 1, 666, 2), SH_ERROR_SIMULATOR,
                  "simulator 'lift': advance failed: the cable broke");
  assert_calls ("advance(1) get_state value advance(666)");
  g_clear_error (&host.error);
  host_connect (&host);
  assert_ready (&host, acknowledge (), 21);
  assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
  assert_calls ("stop set_properties(100,5) reset(8) start get_state");
  g_assert_false (host.complete);
  host_clear (&host);
}

static void
test_simulator_fails_for_good (void)
{
  Host host;

  host_init_started (&host, 0);
  assert_refused (&host, engine_predict (1, 667), SH_ERROR_FATAL,
                  "simulator 'lift': advance failed: the cable broke");
  host_clear (&host);
}

/* ---- seeds and counts ---- */

static void
test_seeds (void)
{
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *expected = g_strdup_printf (
          "reset(%u) start get_state stop reset(%u) start get_state stop "
          "reset(%u) start get_state",
          40 + i, 43 + i, 46 + i);
      g_autofree char *calls = NULL;
      Host host;

      host_init_full (&host, &(ShSessionOptions){ .simulator = &lift,
                                                  .seed = 40 + i,
                                                  .seed_step = 3 });
      host_connect (&host);
      assert_ready (&host, acknowledge (), 21);
      g_free (lift_take_calls ());
      for (guint episode = 0; episode < 3; episode++)
        assert_states (&host, engine_plain (ENGINE (START)), "5/0 r0");
      calls = lift_take_calls ();
      g_assert_true (g_str_has_prefix (calls, "set_properties(100,5) "));
      g_assert_cmpstr (strchr (calls, ' ') + 1, ==, expected);
      host_clear (&host);
    }
}

static void
test_counts (void)
{
  Host host;

  host_init_started (&host, 2);
  g_bytes_unref (host_tell (&host, engine_predict (5, 1, 1, 0, 1, 1)));
  g_bytes_unref (host_tell (&host, engine_predict (2, 0, 1)));
  g_assert_cmpuint (host.slot.iterations, ==, 5);
  g_assert_cmpuint (host.slot.episodes, ==, 2);
  host_clear (&host);
}

/* ---- whatever an engine sends ---- */

typedef struct
{
  gboolean open;
} Calls;

/* Starts and stops take turns; advance only between them. */
static void
check_calls (Calls *seen)
{
  g_autofree char *text = lift_take_calls ();
  g_auto (GStrv) calls = g_strsplit (text, " ", -1);

  for (char **call = calls; *call != NULL; call++)
    if (strcmp (*call, "start") == 0)
      {
        g_assert_false (seen->open);
        seen->open = TRUE;
      }
    else if (strcmp (*call, "stop") == 0)
      {
        g_assert_true (seen->open);
        seen->open = FALSE;
      }
    else if (g_str_has_prefix (*call, "advance") ||
             strcmp (*call, "get_state") == 0)
      g_assert_true (seen->open);
    else if (g_str_has_prefix (*call, "reset") ||
             g_str_has_prefix (*call, "set_properties"))
      g_assert_false (seen->open);
}

static GBytes *
random_message (guint *n_entries)
{
  *n_entries = 0;
  switch (g_test_rand_int_range (0, 8))
    {
    case 0:
      return acknowledge ();
    case 1:
      return set_properties (g_test_rand_int_range (0, 4), 0, "");
    case 2:
      *n_entries = 1;
      return engine_plain (ENGINE (START));
    case 3:
      return engine_plain (ENGINE (STOP));
    case 4:
      return engine_plain (ENGINE (RESET));
    default:
      *n_entries = (guint) g_test_rand_int_range (0, 5);
      return engine_predict (*n_entries, 1, 1, g_test_rand_int_range (0, 2), 1,
                             1);
    }
}

/* One answer to each message, of as many entries as it asks for, and an author
 * sees one order of calls. */
static void
test_any_order (void)
{
  Calls seen = { 0 };
  Host host;

  host_init_ready (&host);
  for (guint i = 0; i < 20000; i++)
    {
      guint n_entries;
      g_autoptr (GBytes) message = random_message (&n_entries);
      g_autoptr (GBytes) reply = host_tell (&host, g_bytes_ref (message));

      check_calls (&seen);
      if (reply != NULL)
        {
          g_autoptr (ShWire__SimulatorToServer) read = engine_read (reply);

          g_assert_cmpuint (read->n_state_data, ==, n_entries);
          continue;
        }
      g_assert_error (host.error, SH_ERROR, SH_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (host.error->message, "has not started"));
      g_clear_error (&host.error);
      host_connect (&host);
      assert_ready (&host, acknowledge (), 21);
    }
  host_clear (&host);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    GTestFunc test;
  } tests[] = {
    { "register/bytes", test_register },
    { "register/long-name", test_long_name },
    { "register/sim-id", test_sim_id },
    { "schema/state-lacks-field", test_state_lacks_field },
    { "schema/bad", test_bad_schemas },
    { "schema/other-fields", test_other_fields },
    { "schema/action-replaced", test_action_schema_replaced },
    { "schema/none", test_no_schemas },
    { "reward/missing", test_reward_missing },
    { "reward/by-lesson", test_reward_by_lesson },
    { "reward/none", test_no_rewards },
    { "reward/range", test_reward_range },
    { "train/start-entry", test_start_entry },
    { "train/start-without-properties", test_start_without_properties },
    { "train/set-properties-twice", test_set_properties_twice },
    { "train/empty-properties", test_empty_properties },
    { "train/start-twice", test_start_twice },
    { "train/stop", test_stop },
    { "train/reset", test_reset },
    { "train/always-terminal", test_always_terminal },
    { "train/terminal-then-stop", test_terminal_then_stop },
    { "train/terminal-then-prediction", test_terminal_then_prediction },
    { "train/terminal-then-properties", test_terminal_then_properties },
    { "train/stop-after-restart-in-batch", test_stop_after_restart_in_batch },
    { "train/empty-batch", test_empty_batch },
    { "train/finished", test_finished },
    { "train/action-verbatim", test_action_verbatim },
    { "train/any-order", test_any_order },
    { "predict/episodes", test_predict },
    { "predict/forbidden", test_predict_forbidden },
    { "bad/actions", test_bad_actions },
    { "bad/unknown-types", test_unknown_types },
    { "bad/out-of-order", test_out_of_order },
    { "bad/unknown-fields", test_unknown_fields },
    { "bad/too-much", test_too_much },
    { "reconnect/in-an-episode", test_reconnect },
    { "reconnect/after-terminal", test_reconnect_after_terminal },
    { "reconnect/to-predict", test_reconnect_to_predict },
    { "simulator/fails", test_simulator_fails },
    { "simulator/fails-for-good", test_simulator_fails_for_good },
    { "seeds", test_seeds },
    { "counts", test_counts },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/session/", tests[i].path, NULL);

      g_test_add_func (path, tests[i].test);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (garbage); i++)
    {
      g_autofree char *path =
          g_strconcat ("/session/bad/garbage/", garbage[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_garbage);
    }
  return g_test_run ();
}
