/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A number starts in the inner half of a range, and each step adds to it: bring
 * it to the middle and keep it there. About the smallest simulator with
 * continuous values.
 *
 * It starts away from the ends, and the range should be wide beside the 1 that a
 * step can add: then the middle is nearer than the way out, and a brain does not
 * learn to leave in order to be done with the distance.
 */

#include <math.h>
#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>

typedef struct
{
  double min, max;
} CenterConfig;

typedef struct
{
  double delta;
} CenterAction;

typedef struct
{
  double value, min, max;
} CenterState;

typedef struct
{
  const SimhostHost *host;
  CenterState state;
} FindCenter;

static const CenterConfig defaults = { .min = -10.0, .max = 10.0 };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CenterConfig, min, DOUBLE, "", "lower end of the range"),
  SIMHOST_FIELD (CenterConfig, max, DOUBLE, "", "upper end, above min"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_RANGE (CenterAction,
                       delta,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "what is added to the value"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (CenterState, value, DOUBLE, "", "to be brought to the middle"),
  SIMHOST_FIELD (CenterState, min, DOUBLE, "", "lower end of the range"),
  SIMHOST_FIELD (CenterState, max, DOUBLE, "", "upper end of the range"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  FindCenter *center = calloc (1, sizeof *center);

  if (center == NULL)
    return SIMHOST_ERROR;
  center->host = host;
  center->state.min = defaults.min;
  center->state.max = defaults.max;
  *self = center;
  return SIMHOST_OK;
}

static int32_t
set_properties (void *self, const void *config)
{
  FindCenter *center = self;
  const CenterConfig *range = config;

  if (!(range->min < range->max) || !isfinite (range->max - range->min))
    {
      center->host->set_error (center->host,
                               "min and max are no range: min must be less "
                               "than max, and both must be finite");
      return SIMHOST_ERROR;
    }
  center->state.min = range->min;
  center->state.max = range->max;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  FindCenter *center = self;
  CenterState *now = &center->state;
  const double quarter = (now->max - now->min) / 4.0;
  SimhostRandom random;

  simhost_random_seed (&random, seed);
  now->value =
      simhost_random_uniform (&random, now->min + quarter, now->max - quarter);
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  FindCenter *center = self;

  center->state.value += ((const CenterAction *) action)->delta;
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const FindCenter *center = self;
  const CenterState *now = &center->state;

  *(CenterState *) state = *now;
  *terminal = !(now->value >= now->min && now->value <= now->max);
  return SIMHOST_OK;
}

static double
distance_to_goal (void *self)
{
  const CenterState *now = &((const FindCenter *) self)->state;

  return fabs (now->value - (now->min + now->max) / 2.0);
}

static double
closeness_to_goal (void *self)
{
  return -distance_to_goal (self);
}

/* A brain makes its reward as large as it can: closeness is the one to use. */
static const SimhostReward rewards[] = {
  { "closeness_to_goal", SIMHOST_REWARD_DEFAULT,
    "how far the value is from the middle, negated", closeness_to_goal },
  { "distance_to_goal", 0, "how far the value is from the middle",
    distance_to_goal },
};

static const SimhostSimulator find_center = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "find_center",
  .description = "Brings a number to the middle of a range.",
  .config = SIMHOST_SCHEMA (CenterConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (CenterAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (CenterState, state_fields, NULL),
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

SIMHOST_PLUGIN (find_center,
                .id = "org.simhost.find_center",
                .name = "Find the center",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
