/* SPDX-License-Identifier: MIT */

/*
 * my_simulator: a room with a heater. Keep it at the temperature that is
 * wanted, whatever the weather.
 *
 * It is here to be replaced by your own simulation, from top to bottom: the
 * numbers of your world, the structs that an engine sees, a row for each of
 * their members, the functions, the rewards, the tables at the end.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>

#define TIME_STEP (5.0 / 60.0) /* h */
#define HEATING_RATE 10.0 /* degrees an hour, at full power */
#define LEAK_TIME 4.0 /* h: how slowly the room takes the outside's warmth */

/* Beyond these the episode is over. */
#define COLDEST 5.0
#define HOTTEST 35.0

/* What an engine sees: a struct for each schema, and a row for each member. */

typedef struct
{
  float outside, wanted;
} MySimulatorConfig;

typedef struct
{
  float power;
} MySimulatorAction;

typedef struct
{
  float temperature, outside, wanted;
} MySimulatorState;

/* For what an engine does not send. */
static const MySimulatorConfig defaults = { .outside = 5.0f, .wanted = 20.0f };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_RANGE (MySimulatorConfig,
                       outside,
                       FLOAT,
                       -10.0,
                       15.0,
                       "°C",
                       "temperature outside"),
  SIMHOST_FIELD_RANGE (MySimulatorConfig,
                       wanted,
                       FLOAT,
                       15.0,
                       25.0,
                       "°C",
                       "temperature to keep"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (MySimulatorAction,
                       power,
                       FLOAT,
                       0.0,
                       1.0,
                       "",
                       "of the heater: 0 off, 1 full"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (MySimulatorState,
                 temperature,
                 FLOAT,
                 "°C",
                 "temperature of the room"),
  SIMHOST_FIELD (MySimulatorState, outside, FLOAT, "°C", "temperature outside"),
  SIMHOST_FIELD (MySimulatorState, wanted, FLOAT, "°C", "temperature to keep"),
};

/* One running simulation. There may be many at once: no global variables. */
typedef struct
{
  const SimhostHost *host;
  MySimulatorConfig config;
  double temperature;
} MySimulator;

static int32_t
create (const SimhostHost *host, void **self)
{
  MySimulator *room = calloc (1, sizeof *room);

  if (room == NULL)
    return SIMHOST_ERROR;
  room->host = host;
  room->config = defaults;
  *self = room;
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
  free (self);
}

/* The properties of the episodes to come. */
static int32_t
set_properties (void *self, const void *config)
{
  MySimulator *room = self;

  room->config = *(const MySimulatorConfig *) config;
  return SIMHOST_OK;
}

/* An initial state: the same for the same seed. */
static int32_t
reset (void *self, uint64_t seed)
{
  MySimulator *room = self;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  room->temperature = simhost_random_uniform (&random, 10.0, 25.0);
  return SIMHOST_OK;
}

/* One step. */
static int32_t
advance (void *self, const void *action)
{
  MySimulator *room = self;
  double power = (double) ((const MySimulatorAction *) action)->power;

  if (!(power >= 0.0 && power <= 1.0))
    {
      room->host->set_error (room->host, "power is not between 0 and 1");
      return SIMHOST_ERROR;
    }

  double gain = HEATING_RATE * power;
  double loss = (room->temperature - (double) room->config.outside) / LEAK_TIME;

  room->temperature += TIME_STEP * (gain - loss);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const MySimulator *room = self;
  MySimulatorState *out = state;

  out->temperature = (float) room->temperature;
  out->outside = room->config.outside;
  out->wanted = room->config.wanted;
  *terminal = room->temperature < COLDEST || room->temperature > HOTTEST;
  return SIMHOST_OK;
}

/* What a brain makes as large as it can, added up over an episode. */

/* 1 at the temperature that is wanted, 1/2 a degree from it, 1/3 two degrees. */
static double
comfort (void *self)
{
  const MySimulator *room = self;

  return 1.0 / (1.0 + fabs (room->temperature - (double) room->config.wanted));
}

static const SimhostReward rewards[] = {
  { "comfort", SIMHOST_REWARD_DEFAULT,
    "how near the room is to the temperature that is wanted", comfort },
};

/* The tables from which the host knows all of this. */

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "my_simulator",
  .description = "Keeps a room warm.",
  .config = SIMHOST_SCHEMA (MySimulatorConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (MySimulatorAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (MySimulatorState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = destroy,
  .set_properties = set_properties,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

SIMHOST_PLUGIN (simulator,
                .id = "org.example.my_simulator",
                .name = "my_simulator",
                .version = "0.1.0",
                .license = "MIT");
