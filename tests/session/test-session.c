/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The protocol as an engine sees it, message by message: registering, schemas,
 * rewards, seeds, and what is no message.
 */

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sh-error.h"
#include "sh-guard.h"

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
      if (sh_session_answer (host.session,
                             &(ShOutcome){ .reward = cases[i].reward },
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
    { "bad/unknown-types", test_unknown_types },
    { "bad/out-of-order", test_out_of_order },
    { "bad/unknown-fields", test_unknown_fields },
    { "bad/too-much", test_too_much },
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
