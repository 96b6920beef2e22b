/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Running an instance: which calls are legal when, and what a status does.
 */

#include <math.h>
#include <string.h>

#include "logs.h"
#include "sh-error.h"
#include "told.h"

#define ANY                                                                    \
  SH_CALL_SET_PROPERTIES, SH_CALL_RESET, SH_CALL_START, SH_CALL_ADVANCE,       \
      SH_CALL_GET_STATE, SH_CALL_REWARD, SH_CALL_STOP

static const ShCall every_call[] = { ANY };

/* The table of plugin.h, and what comes after. */
static const struct
{
  const char *name;
  ShInstanceState state;
  ShCall path[6]; /* the calls that lead there */
  gboolean terminal;
  struct
  {
    ShCall call;
    ShInstanceState after;
  } legal[4];
} table[] = {
  { "NEW",
    SH_INSTANCE_NEW,
    { 0 },
    FALSE,
    { { SH_CALL_SET_PROPERTIES, SH_INSTANCE_NEW },
      { SH_CALL_RESET, SH_INSTANCE_READY } } },
  { "READY",
    SH_INSTANCE_READY,
    { SH_CALL_RESET },
    FALSE,
    { { SH_CALL_START, SH_INSTANCE_STARTED } } },
  { "STARTED",
    SH_INSTANCE_STARTED,
    { SH_CALL_RESET, SH_CALL_START },
    FALSE,
    { { SH_CALL_GET_STATE, SH_INSTANCE_OBSERVED },
      { SH_CALL_STOP, SH_INSTANCE_STOPPED } } },
  { "OBSERVED",
    SH_INSTANCE_OBSERVED,
    { SH_CALL_RESET, SH_CALL_START, SH_CALL_GET_STATE },
    FALSE,
    { { SH_CALL_ADVANCE, SH_INSTANCE_STARTED },
      { SH_CALL_REWARD, SH_INSTANCE_OBSERVED },
      { SH_CALL_STOP, SH_INSTANCE_STOPPED } } },
  { "TERMINAL",
    SH_INSTANCE_TERMINAL,
    { SH_CALL_RESET, SH_CALL_START, SH_CALL_GET_STATE, SH_CALL_ADVANCE,
      SH_CALL_GET_STATE },
    TRUE,
    { { SH_CALL_REWARD, SH_INSTANCE_TERMINAL },
      { SH_CALL_STOP, SH_INSTANCE_STOPPED } } },
  { "STOPPED",
    SH_INSTANCE_STOPPED,
    { SH_CALL_RESET, SH_CALL_START, SH_CALL_STOP },
    FALSE,
    { { SH_CALL_SET_PROPERTIES, SH_INSTANCE_STOPPED },
      { SH_CALL_RESET, SH_INSTANCE_READY } } },
};

static ShInstance *
reach (guint row)
{
  ShInstance *instance;

  told.terminal = table[row].terminal;
  instance = told_reach (table[row].path);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, table[row].state);
  return instance;
}

static void
try_call (guint row, ShCall what)
{
  ShInstance *instance = reach (row);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (table[row].legal); i++)
    if (table[row].legal[i].call == what)
      {
        g_assert_true (told_call (instance, what, &error));
        g_assert_no_error (error);
        g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                         table[row].legal[i].after);
        g_assert_cmpint (told.slot_call, ==, what);
        g_assert_cmpuint (told_slot.word & 0xff, ==, SH_CALL_NONE);
        told_expect_calls (sh_call_to_string (what));
        sh_instance_free (instance);
        return;
      }
  g_assert_false (told_call (instance, what, &error));
  message = g_strdup_printf ("simulator 'lift': %s called in state %s",
                             sh_call_to_string (what), table[row].name);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, table[row].state);
  told_expect_calls ("");
  sh_instance_free (instance);
}

static void
test_legal_states (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (table); row++)
    for (guint i = 0; i < G_N_ELEMENTS (every_call); i++)
      {
        told_begin ();
        try_call (row, every_call[i]);
        g_assert_cmpuint (told.n_live, ==, 0);
      }
}

/* What is called to get from each state to the end. */
static void
test_free (void)
{
  static const char *const calls[] = {
    [SH_INSTANCE_NEW] = "destroy",
    [SH_INSTANCE_READY] = "start stop destroy",
    [SH_INSTANCE_STARTED] = "stop destroy",
    [SH_INSTANCE_OBSERVED] = "stop destroy",
    [SH_INSTANCE_TERMINAL] = "stop destroy",
    [SH_INSTANCE_STOPPED] = "destroy",
  };

  for (guint row = 0; row < G_N_ELEMENTS (table); row++)
    {
      told_begin ();
      sh_instance_free (reach (row));
      told_expect_calls (calls[table[row].state]);
      g_assert_cmpuint (told.n_live, ==, 0);
    }
}

static void
test_values (void)
{
  ShInstance *instance;
  gboolean terminal;
  double reward;
  State state;

  told_begin ();
  instance = sh_instance_new (&told_simulator, &told_slot, NULL);
  g_assert_true (sh_instance_get_simulator (instance) == &told_simulator);
  g_assert_true (told_call (instance, SH_CALL_SET_PROPERTIES, NULL));
  g_assert_cmpfloat (told.config.speed, ==, 2.5);
  g_assert_true (told_call (instance, SH_CALL_RESET, NULL));
  g_assert_cmpuint (told.seed, ==, 99);
  g_assert_true (told_call (instance, SH_CALL_START, NULL));

  told.state.value = 0.5;
  told.terminal = TRUE;
  memset (&state, 0xff, sizeof state);
  g_assert_true (sh_instance_observe (instance, &state, &terminal, NULL));
  g_assert_true (told.state_was_zero);
  g_assert_cmpfloat (state.value, ==, 0.5);
  /* What start leaves behind is not the end. */
  g_assert_false (terminal);

  g_assert_true (told_call (instance, SH_CALL_ADVANCE, NULL));
  g_assert_cmpint (told.action.push, ==, -3);
  g_assert_true (sh_instance_observe (instance, &state, &terminal, NULL));
  g_assert_true (told.state_was_zero);
  g_assert_true (terminal);
  told.reward = -7.25;
  g_assert_true (sh_instance_evaluate (instance, &told_simulator.rewards[1],
                                       &reward, NULL));
  g_assert_cmpfloat (reward, ==, -7.25);
  g_string_truncate (told.calls, 0);
  g_assert_true (sh_instance_evaluate (instance, NULL, &reward, NULL));
  g_assert_cmpfloat (reward, ==, 0.0);
  told_expect_calls ("");
  sh_instance_free (instance);
}

/* Only what must be there. */
static void
test_optional_functions (void)
{
  SimhostSimulator bare = told_simulator;
  ShInstance *instance;

  told_begin ();
  bare.set_properties = NULL;
  bare.start = NULL;
  bare.stop = NULL;
  instance = sh_instance_new (&bare, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_true (told_call (instance, every_call[i], NULL));
  g_assert_true (told_call (instance, SH_CALL_GET_STATE, NULL));
  g_assert_true (told_call (instance, SH_CALL_STOP, NULL));
  sh_instance_free (instance);
  told_expect_calls ("create reset get_state destroy");
}

/* The states from which each call is tried, and those after a failure. */
static const struct
{
  ShCall call;
  guint row;
  ShInstanceState after_error;
  const char *then; /* what is called when the instance is freed */
} steps[] = {
  { SH_CALL_SET_PROPERTIES, 0, SH_INSTANCE_NEW, "destroy" },
  { SH_CALL_SET_PROPERTIES, 5, SH_INSTANCE_STOPPED, "destroy" },
  { SH_CALL_RESET, 0, SH_INSTANCE_NEW, "destroy" },
  { SH_CALL_START, 1, SH_INSTANCE_STOPPED, "destroy" },
  { SH_CALL_GET_STATE, 2, SH_INSTANCE_LOST, "stop destroy" },
  { SH_CALL_ADVANCE, 3, SH_INSTANCE_LOST, "stop destroy" },
  { SH_CALL_STOP, 3, SH_INSTANCE_STOPPED, "destroy" },
};

static void
test_errors (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = NULL;
      ShInstance *instance;

      told_begin ();
      instance = reach (steps[i].row);
      told.call = steps[i].call;
      told.status = SIMHOST_ERROR;
      told.text = "cable\nbroke \xff";
      g_assert_false (told_call (instance, steps[i].call, &error));
      message = g_strdup_printf ("simulator 'lift': %s failed: cable broke �",
                                 sh_call_to_string (steps[i].call));
      g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
      g_assert_cmpstr (error->message, ==, message);
      g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                       steps[i].after_error);
      told.call = SH_CALL_NONE;
      g_string_truncate (told.calls, 0);
      sh_instance_free (instance);
      told_expect_calls (steps[i].then);
    }
}

/* In a lost episode nothing but stop is left; after it all is well again. */
static void
test_error_recovers (void)
{
  ShInstance *instance;

  told_begin ();
  instance = reach (3);
  told.call = SH_CALL_ADVANCE;
  told.status = SIMHOST_ERROR;
  g_assert_false (told_call (instance, SH_CALL_ADVANCE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (every_call); i++)
    if (every_call[i] != SH_CALL_STOP)
      {
        g_autoptr (GError) error = NULL;

        g_assert_false (told_call (instance, every_call[i], &error));
        g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
      }
  told.call = SH_CALL_NONE;
  g_assert_true (told_call (instance, SH_CALL_STOP, NULL));
  g_assert_true (told_call (instance, SH_CALL_RESET, NULL));
  g_assert_true (told_call (instance, SH_CALL_START, NULL));
  g_assert_true (told_call (instance, SH_CALL_GET_STATE, NULL));
  g_assert_true (told_call (instance, SH_CALL_ADVANCE, NULL));
  sh_instance_free (instance);
}

static void
test_fatal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      ShInstance *instance;

      told_begin ();
      instance = reach (steps[i].row);
      told.call = steps[i].call;
      told.status = SIMHOST_FATAL;
      g_assert_false (told_call (instance, steps[i].call, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_FATAL);
      g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                       SH_INSTANCE_FAILED);
      g_string_truncate (told.calls, 0);
      for (guint j = 0; j < G_N_ELEMENTS (every_call); j++)
        g_assert_false (told_call (instance, every_call[j], NULL));
      sh_instance_free (instance);
      told_expect_calls ("");
      /* Its host is still there for threads that it left behind. */
      told_host->log (told_host, SIMHOST_LOG_INFO, "still here");
      g_assert_cmpuint (logs_count (G_LOG_LEVEL_INFO, "lift: still here"), ==,
                        1);
    }
}

static void
test_create_fails (void)
{
  const gint32 statuses[] = { SIMHOST_ERROR, SIMHOST_FATAL, SIMHOST_DISCARD,
                              -1 };
  const ShError codes[] = { SH_ERROR_SIMULATOR, SH_ERROR_FATAL,
                            SH_ERROR_SIMULATOR, SH_ERROR_SIMULATOR };

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;

      told_begin ();
      told.call = SH_CALL_CREATE;
      told.status = statuses[i];
      told.text = "no room";
      g_assert_null (sh_instance_new (&told_simulator, &told_slot, &error));
      g_assert_error (error, SH_ERROR, (int) codes[i]);
      g_assert_cmpuint (told_slot.word & 0xff, ==, SH_CALL_NONE);
      told_expect_calls ("create");
    }
}

static void
test_unknown_status (void)
{
  const gint32 statuses[] = { 5, -1, G_MAXINT32, G_MININT32 };
  g_autoptr (GError) discard = NULL;
  ShInstance *instance;

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = NULL;

      told_begin ();
      instance = reach (3);
      told.call = SH_CALL_ADVANCE;
      told.status = statuses[i];
      g_assert_false (told_call (instance, SH_CALL_ADVANCE, &error));
      message = g_strdup_printf ("simulator 'lift': advance failed: it "
                                 "returned %d, which it may not",
                                 statuses[i]);
      g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
      g_assert_cmpstr (error->message, ==, message);
      sh_instance_free (instance);
    }

  /* Only advance can refuse what it is given. */
  told_begin ();
  instance = reach (0);
  told.call = SH_CALL_RESET;
  told.status = SIMHOST_DISCARD;
  g_assert_false (told_call (instance, SH_CALL_RESET, &discard));
  g_assert_error (discard, SH_ERROR, SH_ERROR_SIMULATOR);
  sh_instance_free (instance);
}

static void
test_warnings (void)
{
  ShInstance *instance;

  told_begin ();
  instance = reach (3);
  told.call = SH_CALL_ADVANCE;
  told.status = SIMHOST_DISCARD;
  told.text = "too fast";
  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (told_call (instance, SH_CALL_ADVANCE, NULL));
      g_assert_true (told_call (instance, SH_CALL_GET_STATE, NULL));
    }
  /* A simulator that warns at each step does not fill the log. */
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "lift: advance: too fast"),
                    ==, 9);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING,
                                "lift: advance: too fast (no more of these *"),
                    ==, 1);
  told.text = NULL;
  told.call = SH_CALL_STOP;
  told.status = SIMHOST_WARNING;
  g_assert_true (told_call (instance, SH_CALL_STOP, NULL));
  /* The text of an earlier call is not this one's. */
  g_assert_cmpuint (
      logs_count (G_LOG_LEVEL_WARNING, "lift: stop: a warning without a text"),
      ==, 1);
  sh_instance_free (instance);
}

static void
test_host_log (void)
{
  const struct
  {
    guint32 level;
    GLogLevelFlags logged;
  } levels[] = {
    { SIMHOST_LOG_DEBUG, G_LOG_LEVEL_DEBUG },
    { SIMHOST_LOG_INFO, G_LOG_LEVEL_INFO },
    { SIMHOST_LOG_WARNING, G_LOG_LEVEL_WARNING },
    { SIMHOST_LOG_ERROR, G_LOG_LEVEL_WARNING },
    { 77, G_LOG_LEVEL_WARNING },
  };
  ShInstance *instance;
  g_autofree char *endless = g_strnfill (100000, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      told_begin ();
      instance = reach (0);
      told_host->log (told_host, levels[i].level, "hello\t\x1b[31mworld\n");
      g_assert_cmpuint (logs_count (levels[i].logged, "lift: hello  [31mworld"),
                        ==, 1);
      told_host->log (told_host, levels[i].level, endless);
      told_host->log (told_host, levels[i].level, NULL);
      g_assert_null (told_host->get_extension (told_host, "simhost.none/1"));
      sh_instance_free (instance);
    }
}

static void
test_overrun (void)
{
  const gsize sizes[] = { 1, 8, 64 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      ShInstance *instance;

      told_begin ();
      instance = reach (2);
      told.overrun = sizes[i];
      g_assert_false (told_call (instance, SH_CALL_GET_STATE, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_FATAL);
      g_assert_cmpstr (error->message, ==,
                       "simulator 'lift': get_state failed: it wrote beyond "
                       "its state struct of 40 bytes");
      sh_instance_free (instance);
    }
}

static void
test_reward_not_finite (void)
{
  const double values[] = { (double) NAN, HUGE_VAL, -HUGE_VAL };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      ShInstance *instance;

      told_begin ();
      instance = reach (3);
      told.reward = values[i];
      g_assert_false (told_call (instance, SH_CALL_REWARD, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
      g_assert_cmpstr (error->message, ==,
                       "simulator 'lift': reward failed: 'score' is not a "
                       "finite number");
      sh_instance_free (instance);
    }
}

static void
test_find_reward (void)
{
  const SimhostReward *reward;
  g_autoptr (GError) error = NULL;
  SimhostSimulator none = told_simulator;

  g_assert_true (
      sh_simulator_find_reward (&told_simulator, "alias", &reward, NULL));
  g_assert_true (reward == &told_simulator.rewards[2]);
  g_assert_true (sh_simulator_find_reward (&told_simulator, "", &reward, NULL));
  g_assert_true (reward == &told_simulator.rewards[1]);
  g_assert_false (
      sh_simulator_find_reward (&told_simulator, "Score", &reward, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "simulator 'lift' has no reward 'Score'; it has 'other', "
                   "'score', 'alias'");
  none.n_rewards = 0;
  g_clear_error (&error);
  g_assert_true (sh_simulator_find_reward (&none, "", &reward, NULL));
  g_assert_null (reward);
  g_assert_false (sh_simulator_find_reward (&none, "score", &reward, &error));
  g_assert_cmpstr (error->message, ==,
                   "simulator 'lift' has no reward 'score'; it has none");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();

  g_test_add_func ("/instance/legal-states", test_legal_states);
  g_test_add_func ("/instance/free", test_free);
  g_test_add_func ("/instance/values", test_values);
  g_test_add_func ("/instance/optional-functions", test_optional_functions);
  g_test_add_func ("/instance/errors", test_errors);
  g_test_add_func ("/instance/error-recovers", test_error_recovers);
  g_test_add_func ("/instance/fatal", test_fatal);
  g_test_add_func ("/instance/create-fails", test_create_fails);
  g_test_add_func ("/instance/unknown-status", test_unknown_status);
  g_test_add_func ("/instance/warnings", test_warnings);
  g_test_add_func ("/instance/host-log", test_host_log);
  g_test_add_func ("/instance/overrun", test_overrun);
  g_test_add_func ("/instance/reward-not-finite", test_reward_not_finite);
  g_test_add_func ("/instance/find-reward", test_find_reward);
  return g_test_run ();
}
