/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator that does as it is told.
 */

#include "told.h"

#include <string.h>

#include "logs.h"

Told told;
ShCallSlot told_slot;
const SimhostHost *told_host;

static gint32
note (ShCall call)
{
  g_string_append_printf (told.calls, "%s%s", told.calls->len > 0 ? " " : "",
                          sh_call_to_string (call));
  told.slot_call = (ShCall) (told_slot.word & 0xff);
  if (call != told.call)
    return SIMHOST_OK;
  if (told.text != NULL)
    told_host->set_error (told_host, told.text);
  if (told.deed != NULL)
    told.deed ();
  return told.status;
}

static gint32
create (const SimhostHost *host, void **self)
{
  gint32 status;

  told_host = host;
  status = note (SH_CALL_CREATE);
  if (status != SIMHOST_ERROR && status != SIMHOST_FATAL)
    told.n_live++;
  *self = &told;
  return status;
}

static void
destroy (void *self)
{
  g_assert_true (self == &told);
  note (SH_CALL_DESTROY);
  told.n_live--;
}

static gint32
set_properties (void *self, const void *config)
{
  told.config = *(const Config *) config;
  return note (SH_CALL_SET_PROPERTIES);
}

static gint32
reset (void *self, uint64_t seed)
{
  told.seed = seed;
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
  told.action = *(const Action *) action;
  return note (SH_CALL_ADVANCE);
}

static gint32
get_state (void *self, void *state, uint8_t *terminal)
{
  const State zero = { 0 };

  told.state_was_zero = memcmp (state, &zero, sizeof zero) == 0;
  *(State *) state = told.state;
  /* Far enough past the struct's end is past the compiler's warnings too. */
  if (told.overrun > 0)
    memset ((guint8 *) state + sizeof zero, 0, told.overrun);
  *terminal = told.terminal;
  return note (SH_CALL_GET_STATE);
}

static double
score (void *self)
{
  note (SH_CALL_REWARD);
  return told.reward;
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

const SimhostSimulator told_simulator = {
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
told_begin (void)
{
  if (told.calls != NULL)
    g_string_free (told.calls, TRUE);
  memset (&told, 0, sizeof told);
  told.calls = g_string_new (NULL);
  told.state.choice = 5;
  memset (&told_slot, 0, sizeof told_slot);
  logs_clear ();
}

void
told_expect_calls (const char *calls)
{
  g_assert_cmpstr (told.calls->str, ==, calls);
  g_string_truncate (told.calls, 0);
}

gboolean
told_call (ShInstance *instance, ShCall what, GError **error)
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
        g_assert_cmpmem (&state, sizeof state, &told.state, sizeof state);
      return good;
    case SH_CALL_REWARD:
      return sh_instance_evaluate (instance, &told_simulator.rewards[1],
                                   &reward, error);
    case SH_CALL_STOP:
      return sh_instance_stop (instance, error);
    default:
      g_assert_not_reached ();
    }
}

ShInstance *
told_reach (const ShCall *path)
{
  ShInstance *instance = sh_instance_new (&told_simulator, &told_slot, NULL);

  for (guint i = 0; path[i] != SH_CALL_NONE; i++)
    g_assert_true (told_call (instance, path[i], NULL));
  g_string_truncate (told.calls, 0);
  return instance;
}
