/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A rod on a motor that is too weak to lift it at once: swing it up and hold it
 * there. Never over by itself.
 *
 * Equations, numbers and reward are those of Gym's Pendulum-v1.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <simhost/snapshot.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_PICTURES
#include "pendulum-picture.h"
#endif

/* Of what Saved holds. */
#define SNAPSHOT_VERSION 1u

#define PI 3.14159265358979323846

#define GRAVITY 10.0 /* m/s2 */
#define MASS 1.0 /* kg */
#define LENGTH 1.0 /* m */
#define TIME_STEP 0.05 /* s */
#define SPEED_LIMIT 8.0 /* rad/s */
#define TORQUE_LIMIT 2.0 /* Nm */

typedef struct
{
  double torque;
} PendulumAction;

typedef struct
{
  double cos_theta, sin_theta, theta_dot;
} PendulumState;

typedef struct
{
  const SimhostHost *host;
  double angle; /* 0: upright, positive: to the left */
  double speed;
  double reward;
  double torque; /* the last one, to look at */
} Pendulum;

/* A snapshot. */
typedef struct
{
  SimhostSnapshotTag tag;
  double angle, speed, reward, torque;
} Saved;

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (PendulumAction,
                       torque,
                       DOUBLE,
                       -TORQUE_LIMIT,
                       TORQUE_LIMIT,
                       "Nm",
                       "of the motor; more than it has counts as its most"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (PendulumState,
                       cos_theta,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle of the rod; 0: upright"),
  SIMHOST_FIELD_RANGE (PendulumState,
                       sin_theta,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "angle of the rod; positive: to the left"),
  SIMHOST_FIELD_RANGE (PendulumState,
                       theta_dot,
                       DOUBLE,
                       -SPEED_LIMIT,
                       SPEED_LIMIT,
                       "rad/s",
                       "speed of the rod"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  Pendulum *pendulum = calloc (1, sizeof *pendulum);

  if (pendulum == NULL)
    return SIMHOST_ERROR;
  pendulum->host = host;
  *self = pendulum;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Pendulum *pendulum = self;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  pendulum->angle = simhost_random_uniform (&random, -PI, PI);
  pendulum->speed = simhost_random_uniform (&random, -1.0, 1.0);
  pendulum->torque = 0.0;
  return SIMHOST_OK;
}

static double
clip (double value, double limit)
{
  return fmin (fmax (value, -limit), limit);
}

static int32_t
advance (void *self, const void *action)
{
  Pendulum *pendulum = self;
  const double torque =
      clip (((const PendulumAction *) action)->torque, TORQUE_LIMIT);
  const double tilt = remainder (pendulum->angle, 2.0 * PI);

  pendulum->torque = torque;

  /* The reward is for the state in which the torque was chosen. */
  pendulum->reward = -(tilt * tilt + 0.1 * pendulum->speed * pendulum->speed +
                       0.001 * torque * torque);

  /* A rod's moment of inertia about its end is m l2 / 3. */
  const double acceleration = 1.5 * GRAVITY / LENGTH * sin (pendulum->angle) +
                              3.0 / (MASS * LENGTH * LENGTH) * torque;

  /* The new speed moves the angle: half-implicit Euler. */
  pendulum->speed =
      clip (pendulum->speed + TIME_STEP * acceleration, SPEED_LIMIT);
  pendulum->angle =
      remainder (pendulum->angle + TIME_STEP * pendulum->speed, 2.0 * PI);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Pendulum *pendulum = self;

  *(PendulumState *) state = (PendulumState){
    .cos_theta = cos (pendulum->angle),
    .sin_theta = sin (pendulum->angle),
    .theta_dot = pendulum->speed,
  };
  *terminal = 0;
  return SIMHOST_OK;
}

static double
upright (void *self)
{
  return ((const Pendulum *) self)->reward;
}

static const SimhostReward rewards[] = {
  { "upright", SIMHOST_REWARD_DEFAULT,
    "0 at rest upright, down to -16.3: tilt, speed and torque cost", upright },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, upright },
};

static uint64_t
get_snapshot_size (void *self)
{
  return sizeof (Saved);
}

static int32_t
save (void *self, void *data, uint64_t size)
{
  const Pendulum *pendulum = self;
  const Saved saved = {
    .tag = simhost_snapshot_tag (SNAPSHOT_VERSION),
    .angle = pendulum->angle,
    .speed = pendulum->speed,
    .reward = pendulum->reward,
    .torque = pendulum->torque,
  };

  memcpy (data, &saved, sizeof saved);
  return SIMHOST_OK;
}

/* The least reward is that of hanging down at full speed and torque. */
static int
is_sound (const Saved *saved)
{
  return fabs (saved->angle) <= PI && fabs (saved->speed) <= SPEED_LIMIT &&
         fabs (saved->torque) <= TORQUE_LIMIT && saved->reward <= 0.0 &&
         saved->reward >= -17.0;
}

static int32_t
restore (void *self, const void *data, uint64_t size)
{
  Pendulum *pendulum = self;
  Saved saved;

  if (!simhost_snapshot_read (data, size, SNAPSHOT_VERSION, &saved,
                              sizeof saved) ||
      !is_sound (&saved))
    {
      pendulum->host->set_error (pendulum->host,
                                 "this is no snapshot of a pendulum");
      return SIMHOST_DISCARD;
    }
  pendulum->angle = saved.angle;
  pendulum->speed = saved.speed;
  pendulum->reward = saved.reward;
  pendulum->torque = saved.torque;
  return SIMHOST_OK;
}

static const SimhostSnapshot snapshot = {
  .struct_size = sizeof (SimhostSnapshot),
  .version = SNAPSHOT_VERSION,
  .get_size = get_snapshot_size,
  .save = save,
  .restore = restore,
};

#ifdef WITH_PICTURES
static int32_t
render (void *self, const SimhostFrame *frame)
{
  const Pendulum *pendulum = self;

  return pendulum_draw (frame, &(PendulumLook){
                                   .angle = pendulum->angle,
                                   .torque = pendulum->torque / TORQUE_LIMIT,
                               });
}

static const SimhostRender picture = {
  .struct_size = sizeof (SimhostRender),
  .width = 300,
  .height = 300,
  .min_width = 30,
  .min_height = 30,
  .max_width = 2000,
  .max_height = 2000,
  .step_time = TIME_STEP,
  .render = render,
};
#endif

static const void *
get_extension (const char *id)
{
#ifdef WITH_PICTURES
  if (strcmp (id, SIMHOST_RENDER_ID) == 0)
    return &picture;
#endif
  return strcmp (id, SIMHOST_SNAPSHOT_ID) == 0 ? &snapshot : NULL;
}

static const SimhostSimulator pendulum = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "pendulum",
  .description = "Swings a rod up and holds it there with a weak motor.",
  .config = SIMHOST_SCHEMA_NONE,
  .action = SIMHOST_SCHEMA (PendulumAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (PendulumState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (pendulum,
                .id = "org.simhost.pendulum",
                .name = "Pendulum",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
