/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A water tank above a village: open the valve so that the tank neither runs
 * dry nor spills, whatever the village takes.
 *
 * It is an example of a simulator that runs by itself: `run` is a loop, such as
 * that of a program with a window or of a machine with a clock, which asks for
 * what is to be done and goes on with its own work when there is nothing.
 *
 * The level h obeys  A dh/dt = inflow - demand, with an area A of 1 m2 and so
 * metres and cubic metres alike. The demand wanders: each minute it moves a
 * tenth of the way to its mean, and by chance.
 */

#include <math.h>
#include <simhost/event-driven.h>
#include <simhost/random.h>
#include <stdlib.h>
#include <string.h>

#define HEIGHT 4.0 /* m */
#define WANTED 2.0 /* m */
#define MOST 0.4 /* m3 a minute, both in and out */
#define CHANCE 0.03 /* m3 a minute: the deviation of the demand's moves */
/* How long the loop sleeps when nothing is to be done, in milliseconds. */
#define NAP 100

typedef struct
{
  float level, demand;
} WaterTankConfig;

typedef struct
{
  float inflow;
} WaterTankAction;

typedef struct
{
  float level, demand;
} WaterTankState;

typedef struct
{
  const SimhostHost *host;
  SimhostRandom random;
  double level, demand, mean_demand;
} WaterTank;

static const WaterTankConfig defaults = { .level = 2.0f, .demand = 0.2f };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_RANGE (WaterTankConfig,
                       level,
                       FLOAT,
                       0.5,
                       3.5,
                       "m",
                       "at the start"),
  SIMHOST_FIELD_RANGE (WaterTankConfig,
                       demand,
                       FLOAT,
                       0.1,
                       0.3,
                       "m3/min",
                       "that the village takes in the mean"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (WaterTankAction,
                       inflow,
                       FLOAT,
                       0.0,
                       MOST,
                       "m3/min",
                       "through the valve"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (WaterTankState, level, FLOAT, "m", "of the water"),
  SIMHOST_FIELD_RANGE (WaterTankState,
                       demand,
                       FLOAT,
                       0.0,
                       MOST,
                       "m3/min",
                       "that the village takes now"),
};

/* The loop answers with the reward: here are the names only. */
static const SimhostReward rewards[] = {
  { "steady", SIMHOST_REWARD_DEFAULT, "1 at the level wanted, 0 at an end",
    NULL },
};

static void
begin (WaterTank *tank, const SimhostEvent *event)
{
  const WaterTankConfig *config = event->config;

  simhost_random_seed (&tank->random, event->seed);
  tank->level = (double) config->level;
  tank->demand = tank->mean_demand = (double) config->demand;
}

/* A minute. The valve gives what it can. */
static void
step (WaterTank *tank, const WaterTankAction *action)
{
  double inflow = fmin (fmax ((double) action->inflow, 0.0), MOST);
  double move = simhost_random_uniform (&tank->random, -1.0, 1.0);

  tank->level += inflow - tank->demand;
  tank->demand +=
      0.1 * (tank->mean_demand - tank->demand) + CHANCE * sqrt (3.0) * move;
  tank->demand = fmin (fmax (tank->demand, 0.0), MOST);
}

static void
answer (WaterTank *tank, SimhostEvents *events)
{
  WaterTankState state = { (float) tank->level, (float) tank->demand };
  uint8_t over = tank->level <= 0.0 || tank->level >= HEIGHT;
  double reward = fmax (1.0 - fabs (tank->level - WANTED) / WANTED, 0.0);

  events->answer (events, &state, reward, over);
}

static int32_t
run (void *self, SimhostEvents *events)
{
  WaterTank *tank = self;

  for (;;)
    {
      const SimhostEvent *event = events->next_event (events, NAP);

      switch (event->type)
        {
        case SIMHOST_EVENT_EPISODE_START:
          begin (tank, event);
          answer (tank, events);
          break;
        case SIMHOST_EVENT_SIMULATE:
          step (tank, event->action);
          answer (tank, events);
          break;
        case SIMHOST_EVENT_FINISHED:
          return SIMHOST_OK;
        case SIMHOST_EVENT_EPISODE_FINISH:
        case SIMHOST_EVENT_IDLE:
        default:
          /* Here a program with a window would draw it. */
          break;
        }
    }
}

static int32_t
create (const SimhostHost *host, void **self)
{
  WaterTank *tank = calloc (1, sizeof *tank);

  if (tank == NULL)
    return SIMHOST_ERROR;
  tank->host = host;
  *self = tank;
  return SIMHOST_OK;
}

static const SimhostEventDriven event_driven = {
  .struct_size = sizeof (SimhostEventDriven),
  .run = run,
};

static const void *
get_extension (const char *id)
{
  return strcmp (id, SIMHOST_EVENT_DRIVEN) == 0 ? &event_driven : NULL;
}

static const SimhostSimulator water_tank = {
  .struct_size = sizeof (SimhostSimulator),
  .flags = SIMHOST_SIMULATOR_EVENT_DRIVEN,
  .name = "water_tank",
  .description = "Keeps a tank from running dry; asks for its events.",
  .config = SIMHOST_SCHEMA (WaterTankConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (WaterTankAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (WaterTankState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (water_tank,
                .id = "org.simhost.water_tank",
                .name = "Water tank",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
