/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A car in a valley, too weak to drive straight up: it has to rock to and fro.
 * Two simulators of one model: mountain_car, with three commands, and
 * mountain_car_continuous, with any force and a price for it.
 *
 * The model is A. W. Moore's ("Efficient memory-based learning for robot
 * control", 1990); numbers and limits are those of Gym's MountainCar-v0 and
 * MountainCarContinuous-v0, and so is the start if the config does not say
 * otherwise: a curriculum may begin with easier ones.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>

#define LEFT_END (-1.2)
#define RIGHT_END 0.6
#define SPEED_LIMIT 0.07
#define SLOPE 0.0025 /* of the valley: cos (3 x) times this, a step */

#define COMMAND_POWER 0.001
#define COMMAND_GOAL 0.5

#define FORCE_POWER 0.0015
#define FORCE_GOAL 0.45
#define FORCE_PRIZE 100.0

typedef struct
{
  double start_left, start_right;
  double effort_price; /* mountain_car_continuous only */
} MountainCarConfig;

typedef struct
{
  int32_t command;
} MountainCarAction;

typedef struct
{
  double command;
} MountainCarForce;

typedef struct
{
  double x_position, x_velocity;
} MountainCarState;

typedef struct
{
  const SimhostHost *host;
  MountainCarConfig config;
  MountainCarState state;
  double goal, reward;
} MountainCar;

static const MountainCarConfig defaults = {
  .start_left = -0.6,
  .start_right = -0.4,
  .effort_price = 0.1,
};

#define START_FIELDS                                                           \
  SIMHOST_FIELD_RANGE (MountainCarConfig, start_left, DOUBLE, LEFT_END,        \
                       RIGHT_END, "", "where episodes start, from here ..."),  \
      SIMHOST_FIELD_RANGE (MountainCarConfig, start_right, DOUBLE, LEFT_END,   \
                           RIGHT_END, "", "... to here")

static const SimhostField config_fields[] = { START_FIELDS };

static const SimhostField continuous_config_fields[] = {
  START_FIELDS,
  SIMHOST_FIELD_RANGE (MountainCarConfig,
                       effort_price,
                       DOUBLE,
                       0.0,
                       1.0,
                       "",
                       "what the square of a push costs"),
};

static const SimhostValue commands[] = { { "left", 0 },
                                         { "coast", 1 },
                                         { "right", 2 } };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (MountainCarAction,
                        command,
                        INT32,
                        commands,
                        "",
                        "which way to push"),
};

static const SimhostField force_fields[] = {
  SIMHOST_FIELD_RANGE (MountainCarForce,
                       command,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "push: -1 full to the left, 1 full to the right"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (MountainCarState,
                       x_position,
                       DOUBLE,
                       LEFT_END,
                       RIGHT_END,
                       "",
                       "of the car; the valley's bottom is at -pi / 6"),
  SIMHOST_FIELD_RANGE (MountainCarState,
                       x_velocity,
                       DOUBLE,
                       -SPEED_LIMIT,
                       SPEED_LIMIT,
                       "",
                       "a step; positive: to the right"),
};

static int32_t
create_with_goal (const SimhostHost *host, double goal, void **self)
{
  MountainCar *car = calloc (1, sizeof *car);

  if (car == NULL)
    return SIMHOST_ERROR;
  car->host = host;
  car->config = defaults;
  car->goal = goal;
  *self = car;
  return SIMHOST_OK;
}

static int32_t
create (const SimhostHost *host, void **self)
{
  return create_with_goal (host, COMMAND_GOAL, self);
}

static int32_t
create_continuous (const SimhostHost *host, void **self)
{
  return create_with_goal (host, FORCE_GOAL, self);
}

static int32_t
set_properties (void *self, const void *config)
{
  MountainCar *car = self;
  const MountainCarConfig *wanted = config;

  if (!(wanted->start_left >= LEFT_END &&
        wanted->start_left <= wanted->start_right &&
        wanted->start_right <= RIGHT_END))
    {
      car->host->set_error (car->host, "start_left to start_right is no range "
                                       "within -1.2 to 0.6");
      return SIMHOST_ERROR;
    }
  if (!(wanted->effort_price >= 0.0 && wanted->effort_price <= 1.0))
    {
      car->host->set_error (car->host, "effort_price is not between 0 and 1");
      return SIMHOST_ERROR;
    }
  car->config = *wanted;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  MountainCar *car = self;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  car->state.x_position = simhost_random_uniform (
      &random, car->config.start_left, car->config.start_right);
  car->state.x_velocity = 0.0;
  return SIMHOST_OK;
}

static double
clip (double value, double low, double high)
{
  return fmin (fmax (value, low), high);
}

/* The position is the cosine's angle, not the way along the slope. */
static void
move (MountainCar *car, double push)
{
  MountainCarState *now = &car->state;

  now->x_velocity =
      clip (now->x_velocity + push - SLOPE * cos (3.0 * now->x_position),
            -SPEED_LIMIT, SPEED_LIMIT);
  now->x_position =
      clip (now->x_position + now->x_velocity, LEFT_END, RIGHT_END);
  /* The left end is a wall. */
  if (now->x_position == LEFT_END && now->x_velocity < 0.0)
    now->x_velocity = 0.0;
}

static int
is_at_goal (const MountainCar *car)
{
  return car->state.x_position >= car->goal && car->state.x_velocity >= 0.0;
}

static int32_t
advance (void *self, const void *action)
{
  MountainCar *car = self;
  int32_t command = ((const MountainCarAction *) action)->command;

  if (command < 0 || command > 2)
    {
      car->host->set_error (car->host,
                            "command is none of 0 (left), 1 (coast), "
                            "2 (right)");
      return SIMHOST_ERROR;
    }
  move (car, COMMAND_POWER * (command - 1));
  car->reward = -1.0;
  return SIMHOST_OK;
}

static int32_t
advance_continuous (void *self, const void *action)
{
  MountainCar *car = self;
  double command = ((const MountainCarForce *) action)->command;

  move (car, FORCE_POWER * clip (command, -1.0, 1.0));
  car->reward = (is_at_goal (car) ? FORCE_PRIZE : 0.0) -
                car->config.effort_price * command * command;
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const MountainCar *car = self;

  *(MountainCarState *) state = car->state;
  *terminal = (uint8_t) is_at_goal (car);
  return SIMHOST_OK;
}

static double
reach_goal (void *self)
{
  return ((const MountainCar *) self)->reward;
}

static const SimhostReward rewards[] = {
  { "reach_goal", SIMHOST_REWARD_DEFAULT,
    "-1 for each step: the sooner, the better", reach_goal },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, reach_goal },
};

static const SimhostReward continuous_rewards[] = {
  { "reach_goal", SIMHOST_REWARD_DEFAULT,
    "100 at the goal, less a tenth of the squares of all pushes", reach_goal },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, reach_goal },
};

static const SimhostSimulator simulators[] = {
  {
      .struct_size = sizeof (SimhostSimulator),
      .name = "mountain_car",
      .description = "Drives a weak car out of a valley, with three commands.",
      .config = SIMHOST_SCHEMA (MountainCarConfig, config_fields, &defaults),
      .action = SIMHOST_SCHEMA (MountainCarAction, action_fields, NULL),
      .state = SIMHOST_SCHEMA (MountainCarState, state_fields, NULL),
      .reward_size = sizeof (SimhostReward),
      .n_rewards = SIMHOST_N_ELEMENTS (rewards),
      .rewards = rewards,
      .create = create,
      .destroy = free,
      .set_properties = set_properties,
      .reset = reset,
      .advance = advance,
      .get_state = get_state,
  },
  {
      .struct_size = sizeof (SimhostSimulator),
      .name = "mountain_car_continuous",
      .description = "Drives a weak car out of a valley, with any force.",
      .config = SIMHOST_SCHEMA (MountainCarConfig,
                                continuous_config_fields,
                                &defaults),
      .action = SIMHOST_SCHEMA (MountainCarForce, force_fields, NULL),
      .state = SIMHOST_SCHEMA (MountainCarState, state_fields, NULL),
      .reward_size = sizeof (SimhostReward),
      .n_rewards = SIMHOST_N_ELEMENTS (continuous_rewards),
      .rewards = continuous_rewards,
      .create = create_continuous,
      .destroy = free,
      .set_properties = set_properties,
      .reset = reset,
      .advance = advance_continuous,
      .get_state = get_state,
  },
};

static uint32_t
get_n_simulators (void)
{
  return SIMHOST_N_ELEMENTS (simulators);
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return index < SIMHOST_N_ELEMENTS (simulators) ? &simulators[index] : NULL;
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.mountain_car",
  .name = "Mountain car",
  .version = "1.0.0",
  .vendor = "Simhost",
  .license = "LGPL-2.1-or-later",
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
