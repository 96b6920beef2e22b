/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two links hang from a bar like a gymnast; only the joint between them has a
 * motor. Swing the tip one link's length above the bar.
 *
 * Equations, limits and the integration by one Runge-Kutta step of 0.2 s are
 * those of R. S. Sutton and A. G. Barto, "Reinforcement Learning" (1998),
 * section 11.3, as Gym's Acrobot-v1 has them.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>

#define PI 3.14159265358979323846

#define GRAVITY 9.8 /* m/s2 */
#define TIME_STEP 0.2 /* s */

/* Of both links, which are alike. */
#define MASS 1.0 /* kg */
#define LENGTH 1.0 /* m */
#define CENTER 0.5 /* m, from the link's upper end */
#define INERTIA 1.0 /* kg m2 */

#define SPEED_LIMIT0 (4.0 * PI) /* rad/s */
#define SPEED_LIMIT1 (9.0 * PI) /* rad/s */

#define START_SPREAD 0.1

typedef struct
{
  int32_t command;
} AcrobotAction;

typedef struct
{
  double cos_theta0, sin_theta0, cos_theta1, sin_theta1;
  double theta0_dot, theta1_dot;
} AcrobotState;

/* Angles are 0 where a link hangs straight down, and continues the other. */
typedef struct
{
  double angle[2], speed[2];
} Motion;

typedef struct
{
  const SimhostHost *host;
  Motion motion;
} Acrobot;

static const SimhostValue commands[] = { { "left", 0 },
                                         { "none", 1 },
                                         { "right", 2 } };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (AcrobotAction,
                        command,
                        INT32,
                        commands,
                        "",
                        "torque of 1 Nm between the links"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (AcrobotState,
                       cos_theta0,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle of the upper link; 0: hangs down"),
  SIMHOST_FIELD_RANGE (AcrobotState,
                       sin_theta0,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle of the upper link"),
  SIMHOST_FIELD_RANGE (AcrobotState,
                       cos_theta1,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle between the links; 0: in one line"),
  SIMHOST_FIELD_RANGE (AcrobotState,
                       sin_theta1,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle between the links"),
  SIMHOST_FIELD_RANGE (AcrobotState,
                       theta0_dot,
                       DOUBLE,
                       -SPEED_LIMIT0,
                       SPEED_LIMIT0,
                       "rad/s",
                       "speed of the upper link"),
  SIMHOST_FIELD_RANGE (AcrobotState,
                       theta1_dot,
                       DOUBLE,
                       -SPEED_LIMIT1,
                       SPEED_LIMIT1,
                       "rad/s",
                       "speed of the lower link against the upper"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  Acrobot *acrobot = calloc (1, sizeof *acrobot);

  if (acrobot == NULL)
    return SIMHOST_ERROR;
  acrobot->host = host;
  *self = acrobot;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Motion *motion = &((Acrobot *) self)->motion;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  motion->angle[0] =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  motion->angle[1] =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  motion->speed[0] =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  motion->speed[1] =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  return SIMHOST_OK;
}

/* How angles and speeds change in a second; names as in the book. */
static Motion
derive (const Motion *motion, double torque)
{
  const double theta0 = motion->angle[0], theta1 = motion->angle[1];
  const double dot0 = motion->speed[0], dot1 = motion->speed[1];

  const double d0 = MASS * CENTER * CENTER +
                    MASS * (LENGTH * LENGTH + CENTER * CENTER +
                            2.0 * LENGTH * CENTER * cos (theta1)) +
                    2.0 * INERTIA;
  const double d1 =
      MASS * (CENTER * CENTER + LENGTH * CENTER * cos (theta1)) + INERTIA;
  const double phi1 = MASS * CENTER * GRAVITY * sin (theta0 + theta1);
  const double phi0 =
      -MASS * LENGTH * CENTER * dot1 * (dot1 + 2.0 * dot0) * sin (theta1) +
      (MASS * CENTER + MASS * LENGTH) * GRAVITY * sin (theta0) + phi1;

  const double rate1 =
      (torque + d1 / d0 * phi0 -
       MASS * LENGTH * CENTER * dot0 * dot0 * sin (theta1) - phi1) /
      (MASS * CENTER * CENTER + INERTIA - d1 * d1 / d0);
  const double rate0 = -(d1 * rate1 + phi0) / d0;

  return (Motion){ { dot0, dot1 }, { rate0, rate1 } };
}

/* base + factor * slope */
static Motion
step_along (const Motion *base, double factor, const Motion *slope)
{
  Motion sum = *base;

  for (int i = 0; i < 2; i++)
    {
      sum.angle[i] += factor * slope->angle[i];
      sum.speed[i] += factor * slope->speed[i];
    }
  return sum;
}

/* The classic Runge-Kutta method of fourth order. */
static Motion
integrate (const Motion *from, double torque)
{
  Motion slope, probe, sum = *from;

  slope = derive (from, torque);
  sum = step_along (&sum, TIME_STEP / 6.0, &slope);
  probe = step_along (from, TIME_STEP / 2.0, &slope);
  slope = derive (&probe, torque);
  sum = step_along (&sum, TIME_STEP / 3.0, &slope);
  probe = step_along (from, TIME_STEP / 2.0, &slope);
  slope = derive (&probe, torque);
  sum = step_along (&sum, TIME_STEP / 3.0, &slope);
  probe = step_along (from, TIME_STEP, &slope);
  slope = derive (&probe, torque);
  return step_along (&sum, TIME_STEP / 6.0, &slope);
}

static int32_t
advance (void *self, const void *action)
{
  Acrobot *acrobot = self;
  Motion *motion = &acrobot->motion;
  int32_t command = ((const AcrobotAction *) action)->command;

  if (command < 0 || command > 2)
    {
      acrobot->host->set_error (acrobot->host,
                                "command is none of 0 (left), 1 (none), "
                                "2 (right)");
      return SIMHOST_ERROR;
    }
  *motion = integrate (motion, command - 1);
  for (int i = 0; i < 2; i++)
    motion->angle[i] = remainder (motion->angle[i], 2.0 * PI);
  motion->speed[0] =
      fmin (fmax (motion->speed[0], -SPEED_LIMIT0), SPEED_LIMIT0);
  motion->speed[1] =
      fmin (fmax (motion->speed[1], -SPEED_LIMIT1), SPEED_LIMIT1);
  return SIMHOST_OK;
}

static int
is_up (const Motion *motion)
{
  return -cos (motion->angle[0]) - cos (motion->angle[0] + motion->angle[1]) >
         1.0;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Motion *motion = &((const Acrobot *) self)->motion;

  *(AcrobotState *) state = (AcrobotState){
    .cos_theta0 = cos (motion->angle[0]),
    .sin_theta0 = sin (motion->angle[0]),
    .cos_theta1 = cos (motion->angle[1]),
    .sin_theta1 = sin (motion->angle[1]),
    .theta0_dot = motion->speed[0],
    .theta1_dot = motion->speed[1],
  };
  *terminal = (uint8_t) is_up (motion);
  return SIMHOST_OK;
}

static double
swing_up (void *self)
{
  return is_up (&((const Acrobot *) self)->motion) ? 0.0 : -1.0;
}

static const SimhostReward rewards[] = {
  { "swing_up", SIMHOST_REWARD_DEFAULT, "-1 for each step until the tip is up",
    swing_up },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, swing_up },
};

static const SimhostSimulator acrobot = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "acrobot",
  .description = "Swings up two links with a motor between them.",
  .config = SIMHOST_SCHEMA_NONE,
  .action = SIMHOST_SCHEMA (AcrobotAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (AcrobotState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

SIMHOST_PLUGIN (acrobot,
                .id = "org.simhost.acrobot",
                .name = "Acrobot",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
