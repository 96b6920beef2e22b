/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulator `counter` with a loop of its own that asks for events. For the
 * tests only; not installed.
 */

#include <stdlib.h>
#include <string.h>

#include <simhost/event-driven.h>

#include "../counter/counter-model.h"

/* How long it sleeps at most when nothing is to be done, in milliseconds. */
#define PATIENCE 1000

static int32_t
run (void *self, SimhostEvents *events)
{
  Counter *counter = self;
  const SimhostEvent *event;
  CounterState state;
  uint8_t terminal;

  while ((event = events->next_event (events, PATIENCE))->type !=
         SIMHOST_EVENT_FINISHED)
    switch (event->type)
      {
      case SIMHOST_EVENT_EPISODE_START:
        counter_begin (counter, event->config);
        counter_observe (counter, &state);
        events->answer (events, &state, 0.0, 0);
        break;
      case SIMHOST_EVENT_SIMULATE:
        counter_add (counter, event->action);
        terminal = counter_observe (counter, &state);
        events->answer (events, &state, counter_score (counter), terminal);
        break;
      default:
        break;
      }
  return SIMHOST_OK;
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

static const SimhostEventDriven event_driven = {
  .struct_size = sizeof (SimhostEventDriven),
  .run = run,
};

static const void *
get_extension (const char *id)
{
  return strcmp (id, SIMHOST_EVENT_DRIVEN) == 0 ? &event_driven : NULL;
}

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .flags = SIMHOST_SIMULATOR_EVENT_DRIVEN,
  .name = "counter_events",
  .description =
      "Adds what it is told to, in a loop: for tests of the protocol.",
  COUNTER_SCHEMAS,
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (simulator,
                .id = "org.simhost.counter_events",
                .name = "Counter events",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
