/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Running an instance: which calls are legal when, what a status does, and what
 * strict mode finds. The simulator is in this program and does as it is told.
 */

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "logs.h"
#include "sh-error.h"
#include "sh-instance.h"

typedef struct
{
  double speed;
} Config;

typedef struct
{
  gint32 push;
} Action;

typedef struct
{
  double value;
  float part;
  gint32 choice;
  guint8 flag;
  char label[7];
  SimhostLuminance image;
} State;

/* What the simulator does next, and what it has seen. */
static struct
{
  ShCall call; /* the one that is told to do something */
  gint32 status;
  const char *text; /* for set_error */
  void (*deed) (void);
  gboolean terminal;
  gsize overrun; /* bytes written behind the state */
  double reward;
  State state;

  GString *calls;
  guint64 seed;
  Config config;
  Action action;
  gboolean state_was_zero;
  ShCall slot_call;
  guint n_live;
} sim;

static ShCallSlot slot;
static const SimhostHost *sim_host;

static gint32
note (ShCall call)
{
  g_string_append_printf (sim.calls, "%s%s", sim.calls->len > 0 ? " " : "",
                          sh_call_to_string (call));
  sim.slot_call = (ShCall) (slot.word & 0xff);
  if (call != sim.call)
    return SIMHOST_OK;
  if (sim.text != NULL)
    sim_host->set_error (sim_host, sim.text);
  if (sim.deed != NULL)
    sim.deed ();
  return sim.status;
}

static gint32
create (const SimhostHost *host, void **self)
{
  gint32 status;

  sim_host = host;
  status = note (SH_CALL_CREATE);
  if (status != SIMHOST_ERROR && status != SIMHOST_FATAL)
    sim.n_live++;
  *self = &sim;
  return status;
}

static void
destroy (void *self)
{
  g_assert_true (self == &sim);
  note (SH_CALL_DESTROY);
  sim.n_live--;
}

static gint32
set_properties (void *self, const void *config)
{
  sim.config = *(const Config *) config;
  return note (SH_CALL_SET_PROPERTIES);
}

static gint32
reset (void *self, uint64_t seed)
{
  sim.seed = seed;
  return note (SH_CALL_RESET);
}

static gint32
start (void *self)
{
  return note (SH_CALL_START);
}

static gint32
advance (void *self, const void *action)
{
  sim.action = *(const Action *) action;
  return note (SH_CALL_ADVANCE);
}

static gint32
get_state (void *self, void *state, uint8_t *terminal)
{
  const State zero = { 0 };

  sim.state_was_zero = memcmp (state, &zero, sizeof zero) == 0;
  *(State *) state = sim.state;
  /* Far enough past the struct's end is past the compiler's warnings too. */
  if (sim.overrun > 0)
    memset ((guint8 *) state + sizeof zero, 0, sim.overrun);
  *terminal = sim.terminal;
  return note (SH_CALL_GET_STATE);
}

static double
score (void *self)
{
  note (SH_CALL_REWARD);
  return sim.reward;
}

static gint32
stop (void *self)
{
  return note (SH_CALL_STOP);
}

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (Config, speed, DOUBLE, "", ""),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (Action, push, INT32, "", ""),
};

static const SimhostValue choices[] = { { "low", -1 }, { "high", 5 } };

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (State, value, DOUBLE, -1.0, 1.0, "", ""),
  SIMHOST_FIELD_RANGE (State, part, FLOAT, 0.0, 0.1, "", ""),
  SIMHOST_FIELD_VALUES (State, choice, INT32, choices, "", ""),
  SIMHOST_FIELD (State, flag, BOOL, "", ""),
  SIMHOST_FIELD (State, label, STRING, "", ""),
  SIMHOST_FIELD (State, image, LUMINANCE, "", ""),
};

static const SimhostReward rewards[] = {
  { "other", 0, NULL, score },
  { "score", SIMHOST_REWARD_DEFAULT, NULL, score },
  { "alias", SIMHOST_REWARD_ALIAS, NULL, score },
};

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "lift",
  .config = SIMHOST_SCHEMA (Config, config_fields, NULL),
  .action = SIMHOST_SCHEMA (Action, action_fields, NULL),
  .state = SIMHOST_SCHEMA (State, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = G_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = destroy,
  .set_properties = set_properties,
  .reset = reset,
  .start = start,
  .advance = advance,
  .get_state = get_state,
  .stop = stop,
};

static void
begin_case (void)
{
  if (sim.calls != NULL)
    g_string_free (sim.calls, TRUE);
  memset (&sim, 0, sizeof sim);
  sim.calls = g_string_new (NULL);
  sim.state.choice = 5;
  memset (&slot, 0, sizeof slot);
  logs_clear ();
}

static void
expect_calls (const char *calls)
{
  g_assert_cmpstr (sim.calls->str, ==, calls);
  g_string_truncate (sim.calls, 0);
}

/* One call by number; the struct that is observed is checked against what the
 * simulator gave. */
static gboolean
call (ShInstance *instance, ShCall what, GError **error)
{
  const Config config = { 2.5 };
  const Action action = { -3 };
  State state;
  gboolean terminal, good;
  double reward;

  switch (what)
    {
    case SH_CALL_SET_PROPERTIES:
      return sh_instance_set_properties (instance, &config, error);
    case SH_CALL_RESET:
      return sh_instance_reset (instance, 99, error);
    case SH_CALL_START:
      return sh_instance_start (instance, error);
    case SH_CALL_ADVANCE:
      return sh_instance_advance (instance, &action, error);
    case SH_CALL_GET_STATE:
      good = sh_instance_observe (instance, &state, &terminal, error);
      if (good)
        g_assert_cmpmem (&state, sizeof state, &sim.state, sizeof state);
      return good;
    case SH_CALL_REWARD:
      return sh_instance_evaluate (instance, &rewards[1], &reward, error);
    case SH_CALL_STOP:
      return sh_instance_stop (instance, error);
    default:
      g_assert_not_reached ();
    }
}

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
  ShInstance *instance = sh_instance_new (&simulator, &slot, NULL);

  sim.terminal = table[row].terminal;
  for (guint i = 0; i < G_N_ELEMENTS (table[row].path); i++)
    if (table[row].path[i] != SH_CALL_NONE)
      g_assert_true (call (instance, table[row].path[i], NULL));
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, table[row].state);
  g_string_truncate (sim.calls, 0);
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
        g_assert_true (call (instance, what, &error));
        g_assert_no_error (error);
        g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                         table[row].legal[i].after);
        g_assert_cmpint (sim.slot_call, ==, what);
        g_assert_cmpuint (slot.word & 0xff, ==, SH_CALL_NONE);
        expect_calls (sh_call_to_string (what));
        sh_instance_free (instance);
        return;
      }
  g_assert_false (call (instance, what, &error));
  message = g_strdup_printf ("simulator 'lift': %s called in state %s",
                             sh_call_to_string (what), table[row].name);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, message);
  g_assert_cmpint (sh_instance_get_state_id (instance), ==, table[row].state);
  expect_calls ("");
  sh_instance_free (instance);
}

static void
test_legal_states (void)
{
  for (guint row = 0; row < G_N_ELEMENTS (table); row++)
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

  for (guint row = 0; row < G_N_ELEMENTS (table); row++)
    {
      begin_case ();
      sh_instance_free (reach (row));
      expect_calls (calls[table[row].state]);
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
  instance = reach (3);
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
      instance = reach (3);
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
  instance = reach (0);
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
  instance = reach (3);
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
      instance = reach (0);
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
      instance = reach (2);
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
      instance = reach (3);
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

/* ---- strict ---- */

static const float pixels[4];

static const struct
{
  const char *name;
  State state;
  const char *problem; /* NULL: none */
} states[] = {
  { "all good", { .value = 1.0, .part = 0.1f, .choice = -1, .flag = 1 }, NULL },
  { "full text", { .choice = 5, .label = "123456" }, NULL },
  { "image",
    { .choice = 5, .image = { .width = 2, .height = 2, .pixels = pixels } },
    NULL },
  { "nan",
    { .value = (double) NAN, .choice = 5 },
    "state field 'value' is not a finite number" },
  { "infinite",
    { .value = (double) INFINITY, .choice = 5 },
    "state field 'value' is not a finite number" },
  { "below",
    { .value = -1.5, .choice = 5 },
    "state field 'value' is -1.5, below its min -1" },
  { "above",
    { .part = 0.11f, .choice = 5 },
    "state field 'part' is 0.10999999940395355, above its max 0.1" },
  { "no value",
    { .choice = 2 },
    "state field 'choice' is 2, none of its values" },
  { "bool",
    { .choice = 5, .flag = 2 },
    "state field 'flag' is 2, and a bool is 0 or 1" },
  { "endless text",
    { .choice = 5, .label = { '1', '2', '3', '4', '5', '6', '7' } },
    "state field 'label' does not end within its 7 bytes" },
  { "not utf-8",
    { .choice = 5, .label = "\xff" },
    "state field 'label' is not UTF-8" },
  { "no pixels",
    { .choice = 5, .image = { .width = 2, .height = 2 } },
    "state field 'image' is an image of 2 x 2 without pixels" },
};

static void
test_strict_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = g_strdup_printf (
          "simulator 'lift': get_state failed: %s", states[i].problem);
      ShInstance *instance;

      g_test_message ("%s", states[i].name);
      /* Otherwise values pass as they are. */
      begin_case ();
      instance = reach (2);
      sim.state = states[i].state;
      g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
      sh_instance_free (instance);

      begin_case ();
      instance = reach (2);
      sim.state = states[i].state;
      sh_instance_set_strict (instance, TRUE);
      if (states[i].problem == NULL)
        g_assert_true (call (instance, SH_CALL_GET_STATE, NULL));
      else
        {
          g_assert_false (call (instance, SH_CALL_GET_STATE, &error));
          g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
          g_assert_cmpstr (error->message, ==, message);
        }
      sh_instance_free (instance);
    }
}

static void
change_locale (void)
{
  setlocale (LC_ALL, "C");
}

static void
change_thread_locale (void)
{
  static locale_t locale;

  if (locale == (locale_t) 0)
    locale = newlocale (LC_ALL_MASK, "C", (locale_t) 0);
  uselocale (locale);
}

static void
change_rounding (void)
{
  fesetround (FE_UPWARD);
}

static void
change_traps (void)
{
  feenableexcept (FE_OVERFLOW);
}

static void
raise_exception (void)
{
  feraiseexcept (FE_DIVBYZERO | FE_INEXACT);
}

#ifdef __SSE2__
static void
flush_denormals (void)
{
  __builtin_ia32_ldmxcsr (__builtin_ia32_stmxcsr () | 0x8040);
}
#endif

static const struct
{
  void (*deed) (void);
  const char *problem;
} deeds[] = {
  { change_locale, "it changed the locale from C.UTF-8 to C" },
  { change_thread_locale, "it changed the thread's locale" },
  { change_rounding, "it changed the rounding of floating-point numbers" },
  { change_traps, "it changed the trapping of floating-point exceptions" },
#ifdef __SSE2__
  { flush_denormals, "it changed the treatment of denormal numbers" },
#endif
  { raise_exception, NULL },
};

static void
test_strict_process (void)
{
  volatile double smallest = DBL_MIN;

  for (guint i = 0; i < G_N_ELEMENTS (deeds); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message = g_strdup_printf (
          "simulator 'lift': advance failed: %s", deeds[i].problem);
      ShInstance *instance;

      begin_case ();
      instance = reach (3);
      sh_instance_set_strict (instance, TRUE);
      sim.call = SH_CALL_ADVANCE;
      sim.deed = deeds[i].deed;
      if (deeds[i].problem == NULL)
        g_assert_true (call (instance, SH_CALL_ADVANCE, NULL));
      else
        {
          g_assert_false (call (instance, SH_CALL_ADVANCE, &error));
          g_assert_error (error, SH_ERROR, SH_ERROR_SIMULATOR);
          g_assert_cmpstr (error->message, ==, message);
        }
      sh_instance_free (instance);

      /* All is as it was. */
      g_assert_cmpstr (setlocale (LC_ALL, NULL), ==, "C.UTF-8");
      g_assert_true (uselocale ((locale_t) 0) == LC_GLOBAL_LOCALE);
      g_assert_cmpint (fegetround (), ==, FE_TONEAREST);
      g_assert_cmpint (fegetexcept (), ==, 0);
      g_assert_true (smallest / 2.0 != 0.0);
    }
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
  g_test_add_func ("/instance/strict/values", test_strict_values);
  g_test_add_func ("/instance/strict/process", test_strict_process);
  return g_test_run ();
}
