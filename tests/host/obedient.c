/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "obedient.h"

#include <string.h>

#include "logs.h"

Obedient sim;
ShCallSlot slot;
const SimhostHost *sim_host;

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

const SimhostReward rewards[3] = {
  { "other", 0, NULL, score },
  { "score", SIMHOST_REWARD_DEFAULT, NULL, score },
  { "alias", SIMHOST_REWARD_ALIAS, NULL, score },
};

const SimhostSimulator simulator = {
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

void
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

void
expect_calls (const char *calls)
{
  g_assert_cmpstr (sim.calls->str, ==, calls);
  g_string_truncate (sim.calls, 0);
}

gboolean
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

const LegalRow legal_rows[N_ROWS] = {
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

ShInstance *
reach (guint row)
{
  ShInstance *instance = sh_instance_new (&simulator, &slot, NULL);

  sim.terminal = legal_rows[row].terminal;
  for (guint i = 0; i < G_N_ELEMENTS (legal_rows[row].path); i++)
    if (legal_rows[row].path[i] != SH_CALL_NONE)
      g_assert_true (call (instance, legal_rows[row].path[i], NULL));
  g_assert_cmpint (sh_instance_get_state_id (instance), ==,
                   legal_rows[row].state);
  g_string_truncate (sim.calls, 0);
  return instance;
}
