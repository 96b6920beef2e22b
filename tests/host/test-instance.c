/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Running an instance: which calls are legal when, and what a status does.
 */

#include <locale.h>
#include <math.h>
#include <string.h>

#include "logs.h"
#include "obedient.h"
#include "sh-error.h"

#define ANY                                                                    \
  SH_CALL_SET_PROPERTIES, SH_CALL_RESET, SH_CALL_START, SH_CALL_ADVANCE,       \
      SH_CALL_GET_STATE, SH_CALL_REWARD, SH_CALL_STOP

static const ShCall every_call[] = { ANY };

static void
try_call (guint row, ShCall what)
{
  ShInstance *instance = reach (row);
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (legal_rows[row].legal); i++)
    if (legal_rows[row].legal[i].call == what)
      {
        g_assert_true (call (instance, what, &error));
        g_assert_no_error (error);
        g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                         legal_rows[row].legal[i].after);
        g_assert_cmpint (sim.slot_call, ==, what);
        g_assert_cmpuint (slot.word & 0xff, ==, SH_CALL_NONE);
        expect_calls (sh_call_to_string (what));
        sh_instance_free (instance);
        return;
      }
  g_assert_false (call (instance, what, &error));
  message = g_strdup_printf ("simulator 'lift': %s called in state %s",
                             sh_call_to_string (what), legal_rows[row].name);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                   legal_rows[row].state);
  expect_calls ("");
  sh_instance_free (instance);
}

static void
test_legal_states (void)
{
  for (guint row = 0; row < N_ROWS; row++)
    for (guint i = 0; i < G_N_ELEMENTS (every_call); i++)
      {
        begin_case ();
        try_call (row, every_call[i]);
        g_assert_cmpuint (sim.n_live, ==, 0);
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

  for (guint row = 0; row < N_ROWS; row++)
    {
      begin_case ();
      sh_instance_free (reach (row));
      expect_calls (calls[legal_rows[row].state]);
      g_assert_cmpuint (sim.n_live, ==, 0);
    }
}

static void
test_values (void)
{
  ShInstance *instance;
  gboolean terminal;
  double reward;
  State state;

  begin_case ();
  instance = sh_instance_new (&simulator, &slot, NULL);
  g_assert_true (sh_instance_get_simulator (instance) == &simulator);
  g_assert_true (call (instance, SH_CALL_SET_PROPERTIES, NULL));
  g_assert_cmpfloat (sim.config.speed, ==, 2.5);
  g_assert_true (call (instance, SH_CALL_RESET, NULL));
  g_assert_cmpuint (sim.seed, ==, 99);
  g_assert_true (call (instance, SH_CALL_START, NULL));

  sim.state.value = 0.5;
  sim.terminal = TRUE;
  memset (&state, 0xff, sizeof state);
  g_assert_true (sh_instance_observe (instance, &state, &terminal, NULL));
  g_assert_true (sim.state_was_zero);
  g_assert_cmpfloat (state.value, ==, 0.5);
  /* What start leaves behind is not the end. */
  g_assert_false (terminal);

  g_assert_true (call (instance, SH_CALL_ADVANCE, NULL));
  g_assert_cmpint (sim.action.push, ==, -3);
  g_assert_true (sh_instance_observe (instance, &state, &terminal, NULL));
  g_assert_true (sim.state_was_zero);
  g_assert_true (terminal);
  sim.reward = -7.25;
  g_assert_true (sh_instance_evaluate (instance, &rewards[1], &reward, NULL));
  g_assert_cmpfloat (reward, ==, -7.25);
  g_string_truncate (sim.calls, 0);
  g_assert_true (sh_instance_evaluate (instance, NULL, &reward, NULL));
  g_assert_cmpfloat (reward, ==, 0.0);
  expect_calls ("");
  sh_instance_free (instance);
}

/* Only what must be there. */
static void
test_optional_functions (void)
{
  SimhostSimulator bare = simulator;
  ShInstance *instance;

  begin_case ();
  bare.set_properties = NULL;
  bare.start = NULL;
  bare.stop = NULL;
  instance = sh_instance_new (&bare, NULL, NULL);
  for (guint i = 0; i < 3; i++)
    g_assert_true (call (instance, every_call[i], NULL));
  g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
  g_assert_true (call (instance, SH_CALL_STOP, NULL));
  sh_instance_free (instance);
  expect_calls ("create reset get_state destroy");
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

      begin_case ();
      instance = reach (steps[i].row);
      sim.call = steps[i].call;
      sim.status = SIMHOST_ERROR;
      sim.text = "cable\nbroke \xff";
      g_assert_false (call (instance, steps[i].call, &error));
      message = g_strdup_printf ("simulator 'lift': %s failed: cable broke �",
                                 sh_call_to_string (steps[i].call));
      g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
      g_assert_cmpstr (error->message, ==, message);
      g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                       steps[i].after_error);
      sim.call = SH_CALL_NONE;
      g_string_truncate (sim.calls, 0);
      sh_instance_free (instance);
      expect_calls (steps[i].then);
    }
}

/* In a lost episode nothing but stop is left; after it all is well again. */
static void
test_error_recovers (void)
{
  ShInstance *instance;

  begin_case ();
  instance = reach (ROW_OBSERVED);
  sim.call = SH_CALL_ADVANCE;
  sim.status = SIMHOST_ERROR;
  g_assert_false (call (instance, SH_CALL_ADVANCE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (every_call); i++)
    if (every_call[i] != SH_CALL_STOP)
      {
        g_autoptr (GError) error = NULL;

        g_assert_false (call (instance, every_call[i], &error));
        g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
      }
  sim.call = SH_CALL_NONE;
  g_assert_true (call (instance, SH_CALL_STOP, NULL));
  g_assert_true (call (instance, SH_CALL_RESET, NULL));
  g_assert_true (call (instance, SH_CALL_START, NULL));
  g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
  g_assert_true (call (instance, SH_CALL_ADVANCE, NULL));
  sh_instance_free (instance);
}

static void
test_fatal (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GError) error = NULL;
      ShInstance *instance;

      begin_case ();
      instance = reach (steps[i].row);
      sim.call = steps[i].call;
      sim.status = SIMHOST_FATAL;
      g_assert_false (call (instance, steps[i].call, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_FATAL);
      g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                       SH_INSTANCE_FAILED);
      g_string_truncate (sim.calls, 0);
      for (guint j = 0; j < G_N_ELEMENTS (every_call); j++)
        g_assert_false (call (instance, every_call[j], NULL));
      sh_instance_free (instance);
      expect_calls ("");
      /* Its host is still there for threads that it left behind. */
      sim_host->log (sim_host, SIMHOST_LOG_INFO, "still here");
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

      begin_case ();
      sim.call = SH_CALL_CREATE;
      sim.status = statuses[i];
      sim.text = "no room";
      g_assert_null (sh_instance_new (&simulator, &slot, &error));
      g_assert_error (error, SH_ERROR, (int) codes[i]);
      g_assert_cmpuint (slot.word & 0xff, ==, SH_CALL_NONE);
      expect_calls ("create");
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

      begin_case ();
      instance = reach (ROW_OBSERVED);
      sim.call = SH_CALL_ADVANCE;
      sim.status = statuses[i];
      g_assert_false (call (instance, SH_CALL_ADVANCE, &error));
      message = g_strdup_printf ("simulator 'lift': advance failed: it "
                                 "returned %d, which it may not",
                                 statuses[i]);
      g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
      g_assert_cmpstr (error->message, ==, message);
      sh_instance_free (instance);
    }

  /* Only advance can refuse what it is given. */
  begin_case ();
  instance = reach (ROW_NEW);
  sim.call = SH_CALL_RESET;
  sim.status = SIMHOST_DISCARD;
  g_assert_false (call (instance, SH_CALL_RESET, &discard));
  g_assert_error (discard, SH_ERROR, SH_ERROR_SIMULATOR);
  sh_instance_free (instance);
}

static void
test_warnings (void)
{
  ShInstance *instance;

  begin_case ();
  instance = reach (ROW_OBSERVED);
  sim.call = SH_CALL_ADVANCE;
  sim.status = SIMHOST_DISCARD;
  sim.text = "too fast";
  for (guint i = 0; i < 50; i++)
    {
      g_assert_true (call (instance, SH_CALL_ADVANCE, NULL));
      g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
    }
  /* A simulator that warns at each step does not fill the log. */
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "lift: advance: too fast"),
                    ==, 9);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING,
                                "lift: advance: too fast (no more of these *"),
                    ==, 1);
  sim.text = NULL;
  sim.call = SH_CALL_STOP;
  sim.status = SIMHOST_WARNING;
  g_assert_true (call (instance, SH_CALL_STOP, NULL));
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
      begin_case ();
      instance = reach (ROW_NEW);
      sim_host->log (sim_host, levels[i].level, "hello\t\x1b[31mworld\n");
      g_assert_cmpuint (logs_count (levels[i].logged, "lift: hello  [31mworld"),
                        ==, 1);
      sim_host->log (sim_host, levels[i].level, endless);
      sim_host->log (sim_host, levels[i].level, NULL);
      g_assert_null (sim_host->get_extension (sim_host, "simhost.none/1"));
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

      begin_case ();
      instance = reach (ROW_STARTED);
      sim.overrun = sizes[i];
      g_assert_false (call (instance, SH_CALL_GET_STATE, &error));
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

      begin_case ();
      instance = reach (ROW_OBSERVED);
      sim.reward = values[i];
      g_assert_false (call (instance, SH_CALL_REWARD, &error));
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
  SimhostSimulator none = simulator;

  g_assert_true (sh_simulator_find_reward (&simulator, "alias", &reward, NULL));
  g_assert_true (reward == &rewards[2]);
  g_assert_true (sh_simulator_find_reward (&simulator, "", &reward, NULL));
  g_assert_true (reward == &rewards[1]);
  g_assert_false (
      sh_simulator_find_reward (&simulator, "Score", &reward, &error));
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
  setlocale (LC_ALL, "C.UTF-8");
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
