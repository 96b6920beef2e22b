/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The order of things: what is answered to which message, and what a simulator
 * is called for it, call for call, whatever order an engine uses.
 */

#include <string.h>

#include "fixture.h"
#include "sh-error.h"

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
    { "train/bad-actions", test_bad_actions },
    { "train/any-order", test_any_order },
    { "predict/episodes", test_predict },
    { "predict/forbidden", test_predict_forbidden },
    { "reconnect/in-an-episode", test_reconnect },
    { "reconnect/after-terminal", test_reconnect_after_terminal },
    { "reconnect/to-predict", test_reconnect_to_predict },
    { "simulator/fails", test_simulator_fails },
    { "simulator/fails-for-good", test_simulator_fails_for_good },
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/session/", tests[i].path, NULL);

      g_test_add_func (path, tests[i].test);
    }
  return g_test_run ();
}
