/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator that a test compiles as it likes: LIFT_VERSION is a text,
 * LIFT_CRASH the number of the step in which each instance crashes, 0 for never,
 * LIFT_DEATH the statement by which it does, LIFT_NAME a text; with LIFT_DEAF it takes no signal from the first step on, and does not
 * return from it. Keep the lift in the middle of the shaft.
 */

#include <math.h>
#include <signal.h>
#include <simhost/plugin.h>
#include <stdlib.h>
#include <unistd.h>

#ifndef LIFT_DEATH
#define LIFT_DEATH raise (SIGSEGV)
#endif
#ifndef LIFT_NAME
#define LIFT_NAME "lift"
#endif

typedef struct
{
  double load;
} Config;

typedef struct
{
  double power;
} Action;

typedef struct
{
  double height;
} State;

typedef struct
{
  double height, load;
  unsigned n_steps, n_total;
} Lift;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_RANGE (Config, load, DOUBLE, 0.0, 1.0, "", "of the cabin"),
};
static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (Action, power, DOUBLE, -1.0, 1.0, "", "of the motor"),
};
static const SimhostField state_fields[] = {
  SIMHOST_FIELD (State, height, DOUBLE, "m", "above the middle"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = calloc (1, sizeof (Lift));
  return *self != NULL ? SIMHOST_OK : SIMHOST_ERROR;
}

static void
destroy (void *self)
{
  free (self);
}

static int32_t
set_properties (void *self, const void *config)
{
  ((Lift *) self)->load = ((const Config *) config)->load;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Lift *lift = self;

  lift->height = (double) (seed % 5) - 2.0;
  lift->n_steps = 0;
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  Lift *lift = self;

  if (LIFT_CRASH != 0 && ++lift->n_total == LIFT_CRASH)
    LIFT_DEATH;
  lift->height += ((const Action *) action)->power - 0.1 * lift->load;
  lift->n_steps++;
#ifdef LIFT_DEAF
  sigset_t all;

  sigfillset (&all);
  sigprocmask (SIG_SETMASK, &all, NULL);
  for (;;)
    pause ();
#endif
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Lift *lift = self;

  ((State *) state)->height = lift->height;
  *terminal = fabs (lift->height) > 10.0 || lift->n_steps >= 20;
  return SIMHOST_OK;
}

static double
evaluate (void *self)
{
  return -fabs (((const Lift *) self)->height);
}

static const SimhostReward rewards[] = {
  { "near", SIMHOST_REWARD_DEFAULT, "how near the middle it is", evaluate },
};

static const SimhostSimulator simulator = {
  .struct_size = sizeof (SimhostSimulator),
  .name = LIFT_NAME,
  .description = "A lift in its shaft.",
  .config = SIMHOST_SCHEMA (Config, config_fields, NULL),
  .action = SIMHOST_SCHEMA (Action, action_fields, NULL),
  .state = SIMHOST_SCHEMA (State, state_fields, NULL),
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
                .id = "org.simhost.test.lift",
                .name = "lift",
                .version = LIFT_VERSION,
                .license = "LGPL-2.1-or-later");
