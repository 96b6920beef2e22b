/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulator `counter` as a program with episodes of its own, one after the
 * other. For the tests only; not installed.
 */

#include <stdlib.h>
#include <string.h>

#include <simhost/external.h>

#include "../counter/counter-model.h"

/* Plays an episode until it is over, for whatever reason. Returns the last
 * status of a call. */
static int32_t
play (Counter *counter, SimhostExternal *external)
{
  SimhostEpisode episode = { .struct_size = sizeof episode };
  CounterAction action;
  CounterState state;
  uint8_t terminal = 0;
  int32_t status = external->start_episode (external, NULL, 1, &episode);

  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  counter_begin (counter, episode.config);
  counter_observe (counter, &state);
  while (!terminal)
    {
      status = external->get_action (external, episode.id, &state, &action);
      if (status != SIMHOST_EXTERNAL_OK)
        return status;
      counter_add (counter, &action);
      terminal = counter_observe (counter, &state);
      external->log_returns (external, episode.id, counter_score (counter),
                             NULL);
    }
  return external->end_episode (external, episode.id, &state);
}

static int32_t
run (void *self, SimhostExternal *external)
{
  int32_t status;

  do
    status = play (self, external);
  while (status != SIMHOST_EXTERNAL_FINISHED &&
         status != SIMHOST_EXTERNAL_MISUSE);
  return status == SIMHOST_EXTERNAL_FINISHED ? SIMHOST_OK : SIMHOST_ERROR;
}

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = calloc (1, sizeof (Counter));
  return *self != NULL ? SIMHOST_OK : SIMHOST_ERROR;
}

static const SimhostReward rewards[] = {
  { "score", SIMHOST_REWARD_DEFAULT, "half the value", NULL },
};

static const SimhostExternalProgram program = {
  .struct_size = sizeof (SimhostExternalProgram),
  .run = run,
};

static const void *
get_extension (const char *id)
{
  return strcmp (id, SIMHOST_EXTERNAL) == 0 ? &program : NULL;
}

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .flags = SIMHOST_SIMULATOR_EXTERNAL,
  .name = "counter_external",
  .description = "Adds what it is told to, in episodes of its own: for tests "
                 "of the protocol.",
  COUNTER_SCHEMAS,
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (simulator,
                .id = "org.simhost.counter_external",
                .name = "Counter external",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
