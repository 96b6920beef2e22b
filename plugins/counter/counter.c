/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulator of the recorded dialogues with which the protocol is tested:
 * a sum with one field of each common type. It starts where its configuration
 * says, whatever the seed. For the tests only; not installed.
 */

#include <stdlib.h>

#include "counter-model.h"

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
  const CounterConfig config = counter->config;

  counter_begin (counter, &config);
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  counter_add (self, action);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  *terminal = counter_observe (self, state);
  return SIMHOST_OK;
}

static double
score (void *self)
{
  return counter_score (self);
}

static const SimhostReward rewards[] = {
  { "score", SIMHOST_REWARD_DEFAULT, "half the value", score },
};

static const SimhostSimulator counter = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "counter",
  .description = "Adds what it is told to: for tests of the protocol.",
  COUNTER_SCHEMAS,
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

SIMHOST_PLUGIN (counter,
                .id = "org.simhost.counter",
                .name = "Counter",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
