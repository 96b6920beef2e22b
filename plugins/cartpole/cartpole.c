/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A pole stands on a cart that can only be pushed left or right: keep it up.
 *
 * The equations are those of A. G. Barto, R. S. Sutton and C. W. Anderson,
 * "Neuronlike adaptive elements that can solve difficult learning control
 * problems" (1983), without friction; numbers, limits and the order of
 * integration are those of Gym's CartPole-v1, so that returns compare.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <simhost/snapshot.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_PICTURES
#include "cartpole-picture.h"
#endif

/* Of what Saved holds. */
#define SNAPSHOT_VERSION 1u

#define GRAVITY 9.8 /* m/s2 */
#define CART_MASS 1.0 /* kg */
#define POLE_MASS 0.1 /* kg */
#define POLE_HALF_LENGTH 0.5 /* m */
#define FORCE 10.0 /* N, of a push */
#define TIME_STEP 0.02 /* s */

/* Beyond these the episode is over. */
#define POSITION_LIMIT 2.4 /* m */
#define ANGLE_LIMIT (12.0 * 3.14159265358979323846 / 180.0) /* rad */

#define START_SPREAD 0.05

/* No episode gets faster: m/s, rad/s. */
#define SPEED_MOST 1000.0

typedef struct
{
  int32_t episode_length;
  uint32_t deque_size;
} CartPoleConfig;

typedef struct
{
  int32_t command;
} Action;

typedef struct
{
  float position, velocity, angle, rotation;
} GameState;

typedef struct
{
  const SimhostHost *host;
  CartPoleConfig config;
  double position, velocity, angle, rotation;
  int32_t step;
  int32_t push; /* -1, 1: the last one, to look at; 0: none yet */
} CartPole;

/* A snapshot. */
typedef struct
{
  SimhostSnapshotTag tag;
  CartPoleConfig config;
  double position, velocity, angle, rotation;
  int32_t step, push;
} Saved;

static const CartPoleConfig defaults = { .episode_length = -1,
                                         .deque_size = 1 };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CartPoleConfig,
                 episode_length,
                 INT32,
                 "steps",
                 "longest episode; 0 or less: no limit"),
  SIMHOST_FIELD (CartPoleConfig,
                 deque_size,
                 UINT32,
                 "",
                 "part of the classic interface; without effect"),
};

static const SimhostValue commands[] = { { "left", 0 }, { "right", 1 } };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (Action,
                        command,
                        INT32,
                        commands,
                        "",
                        "which way to push"),
};

/* Twice the limits: the last state of an episode lies beyond them. */
static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (GameState,
                       position,
                       FLOAT,
                       -2.0 * POSITION_LIMIT,
                       2.0 * POSITION_LIMIT,
                       "m",
                       "of the cart; 0: the middle"),
  SIMHOST_FIELD (GameState, velocity, FLOAT, "m/s", "of the cart"),
  SIMHOST_FIELD_RANGE (GameState,
                       angle,
                       FLOAT,
                       -2.0 * ANGLE_LIMIT,
                       2.0 * ANGLE_LIMIT,
                       "rad",
                       "of the pole; 0: upright, positive: to the right"),
  SIMHOST_FIELD (GameState, rotation, FLOAT, "rad/s", "of the pole"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  CartPole *pole = calloc (1, sizeof *pole);

  if (pole == NULL)
    return SIMHOST_ERROR;
  pole->host = host;
  pole->config = defaults;
  *self = pole;
  return SIMHOST_OK;
}

static int32_t
set_properties (void *self, const void *config)
{
  CartPole *pole = self;

  pole->config = *(const CartPoleConfig *) config;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  CartPole *pole = self;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  pole->position =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  pole->velocity =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  pole->angle = simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  pole->rotation =
      simhost_random_uniform (&random, -START_SPREAD, START_SPREAD);
  pole->step = 0;
  pole->push = 0;
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  CartPole *pole = self;
  int32_t command = ((const Action *) action)->command;

  if (command != 0 && command != 1)
    {
      pole->host->set_error (pole->host,
                             "command is neither 0 (left) nor 1 (right)");
      return SIMHOST_ERROR;
    }

  const double mass = CART_MASS + POLE_MASS;
  const double pole_moment = POLE_MASS * POLE_HALF_LENGTH;
  const double force = command == 1 ? FORCE : -FORCE;
  const double sine = sin (pole->angle), cosine = cos (pole->angle);

  const double push =
      (force + pole_moment * pole->rotation * pole->rotation * sine) / mass;
  const double rotation_rate =
      (GRAVITY * sine - cosine * push) /
      (POLE_HALF_LENGTH * (4.0 / 3.0 - POLE_MASS * cosine * cosine / mass));
  const double acceleration =
      push - pole_moment * rotation_rate * cosine / mass;

  /* Euler's method: everything moves by the rates before this step. */
  pole->position += TIME_STEP * pole->velocity;
  pole->velocity += TIME_STEP * acceleration;
  pole->angle += TIME_STEP * pole->rotation;
  pole->rotation += TIME_STEP * rotation_rate;
  pole->step++;
  pole->push = command == 1 ? 1 : -1;
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const CartPole *pole = self;
  GameState *out = state;

  out->position = (float) pole->position;
  out->velocity = (float) pole->velocity;
  out->angle = (float) pole->angle;
  out->rotation = (float) pole->rotation;
  *terminal = fabs (pole->position) > POSITION_LIMIT ||
              fabs (pole->angle) > ANGLE_LIMIT ||
              (pole->config.episode_length > 0 &&
               pole->step >= pole->config.episode_length);
  return SIMHOST_OK;
}

/* One for each step, the last one too. */
static double
balance (void *self)
{
  return 1.0;
}

static const SimhostReward rewards[] = {
  { "balance", SIMHOST_REWARD_DEFAULT, "1 for each step", balance },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, balance },
};

static uint64_t
get_snapshot_size (void *self)
{
  return sizeof (Saved);
}

static int32_t
save (void *self, void *data, uint64_t size)
{
  const CartPole *pole = self;
  const Saved saved = {
    .tag = simhost_snapshot_tag (SNAPSHOT_VERSION),
    .config = pole->config,
    .position = pole->position,
    .velocity = pole->velocity,
    .angle = pole->angle,
    .rotation = pole->rotation,
    .step = pole->step,
    .push = pole->push,
  };

  memcpy (data, &saved, sizeof saved);
  return SIMHOST_OK;
}

static int
is_sound (const Saved *saved)
{
  return fabs (saved->position) <= 2.0 * POSITION_LIMIT &&
         fabs (saved->angle) <= 2.0 * ANGLE_LIMIT &&
         fabs (saved->velocity) <= SPEED_MOST &&
         fabs (saved->rotation) <= SPEED_MOST && saved->step >= 0 &&
         saved->push >= -1 && saved->push <= 1;
}

static int32_t
restore (void *self, const void *data, uint64_t size)
{
  CartPole *pole = self;
  Saved saved;

  if (!simhost_snapshot_read (data, size, SNAPSHOT_VERSION, &saved,
                              sizeof saved) ||
      !is_sound (&saved))
    {
      pole->host->set_error (pole->host, "this is no snapshot of a cartpole");
      return SIMHOST_DISCARD;
    }
  pole->config = saved.config;
  pole->position = saved.position;
  pole->velocity = saved.velocity;
  pole->angle = saved.angle;
  pole->rotation = saved.rotation;
  pole->step = saved.step;
  pole->push = saved.push;
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
  const CartPole *pole = self;

  return cartpole_draw (frame, &(CartPoleLook){
                                   .position = pole->position,
                                   .position_limit = POSITION_LIMIT,
                                   .angle = pole->angle,
                                   .angle_limit = ANGLE_LIMIT,
                                   .length = 2.0 * POLE_HALF_LENGTH,
                                   .push = pole->push,
                               });
}

static const SimhostRender picture = {
  .struct_size = sizeof (SimhostRender),
  .width = 400,
  .height = 160,
  .min_width = 60,
  .min_height = 24,
  .max_width = 2400,
  .max_height = 960,
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

static const SimhostSimulator cartpole = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "cartpole",
  .description = "Balances a pole on a cart by pushing the cart.",
  .config = SIMHOST_SCHEMA (CartPoleConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (Action, action_fields, NULL),
  .state = SIMHOST_SCHEMA (GameState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = free,
  .set_properties = set_properties,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (cartpole,
                .id = "org.simhost.cartpole",
                .name = "Cart and pole",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
