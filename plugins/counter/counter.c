/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulator of the recorded dialogues with which the protocol is tested:
 * a sum with one field of each common type. It starts where its configuration
 * says, whatever the seed. For the tests only; not installed.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct
{
  double limit;
  float start;
  uint64_t seed;
} CounterConfig;

typedef struct
{
  int32_t delta;
  float gain;
} CounterAction;

typedef struct
{
  double value;
  int32_t step;
  int64_t big;
  uint8_t over;
  char label[16];
} CounterState;

typedef struct
{
  CounterConfig config;
  double value;
  int32_t step;
} Counter;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CounterConfig,
                 limit,
                 DOUBLE,
                 "",
                 "the episode is over when |value| reaches it"),
  SIMHOST_FIELD (CounterConfig, start, FLOAT, "", "the first value"),
  SIMHOST_FIELD (CounterConfig, seed, UINT64, "", "without effect"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (CounterAction, delta, INT32, "", "added, times gain"),
  SIMHOST_FIELD (CounterAction, gain, FLOAT, "", "how much delta counts"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (CounterState, value, DOUBLE, "", "the sum so far"),
  SIMHOST_FIELD (CounterState, step, INT32, "", "steps so far"),
  SIMHOST_FIELD (CounterState, big, INT64, "", "step * 10^10"),
  SIMHOST_FIELD (CounterState, over, BOOL, "", "value >= limit / 2"),
  SIMHOST_FIELD (CounterState, label, STRING, "", "\"s\" and the step"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = calloc (1, sizeof (Counter));
  return *self != NULL ? SIMHOST_OK : SIMHOST_ERROR;
}

static int32_t
set_properties (void *self, const void *config)
{
  Counter *counter = self;

  counter->config = *(const CounterConfig *) config;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Counter *counter = self;

  counter->value = (double) counter->config.start;
  counter->step = 0;
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  Counter *counter = self;
  const CounterAction *add = action;

  counter->value += (double) add->delta * (double) add->gain;
  counter->step++;
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Counter *counter = self;
  CounterState *out = state;

  out->value = counter->value;
  out->step = counter->step;
  out->big = counter->step * INT64_C (10000000000);
  out->over = counter->value >= counter->config.limit / 2.0;
  snprintf (out->label, sizeof out->label, "s%d", (int) counter->step);
  *terminal = fabs (counter->value) >= counter->config.limit;
  return SIMHOST_OK;
}

static double
score (void *self)
{
  return ((const Counter *) self)->value / 2.0;
}

static const SimhostReward rewards[] = {
  { "score", SIMHOST_REWARD_DEFAULT, "half the value", score },
};

static const SimhostSimulator counter = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "counter",
  .description = "Adds what it is told to: for tests of the protocol.",
  .config = SIMHOST_SCHEMA (CounterConfig, config_fields, NULL),
  .action = SIMHOST_SCHEMA (CounterAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (CounterState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .set_properties = set_properties,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

static uint32_t
get_n_simulators (void)
{
  return 1;
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return index == 0 ? &counter : NULL;
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.counter",
  .name = "Counter",
  .version = "1.0.0",
  .vendor = "Simhost",
  .license = "LGPL-2.1-or-later",
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
