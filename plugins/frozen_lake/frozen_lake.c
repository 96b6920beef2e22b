/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Walk over a frozen lake to the goal and do not fall into a hole. Where the
 * ice is slippery, one step in three goes where it was meant to, one to either
 * side of that.
 *
 * Maps and chances are those of Gym's FrozenLake-v1 and FrozenLake8x8-v1.
 */

#include <simhost/plugin.h>
#include <simhost/random.h>
#include <stdlib.h>

/* S start, F frozen, H hole, G goal; rows from the top. */
static const char small_lake[] = "SFFF"
                                 "FHFH"
                                 "FFFH"
                                 "HFFG";
static const char large_lake[] = "SFFFFFFF"
                                 "FFFFFFFF"
                                 "FFFHFFFF"
                                 "FFFFFHFF"
                                 "FFFHFFFF"
                                 "FHHFFFHF"
                                 "FHFFHFHF"
                                 "FFFHFFFG";

typedef struct
{
  int32_t size;
  uint8_t slippery;
} FrozenLakeConfig;

typedef struct
{
  int32_t command;
} FrozenLakeAction;

typedef struct
{
  int32_t current_pos;
} FrozenLakeState;

typedef struct
{
  const SimhostHost *host;
  FrozenLakeConfig config;
  SimhostRandom random;
  int32_t row, column;
} FrozenLake;

static const FrozenLakeConfig defaults = { .size = 4, .slippery = 1 };

static const SimhostValue sizes[] = { { NULL, 4 }, { NULL, 8 } };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD_VALUES (FrozenLakeConfig,
                        size,
                        INT32,
                        sizes,
                        "",
                        "of the lake: 4x4 or 8x8 places"),
  SIMHOST_FIELD (FrozenLakeConfig,
                 slippery,
                 BOOL,
                 "",
                 "whether steps go astray"),
};

/* In an order in which neighbours are a quarter turn apart. */
static const SimhostValue commands[] = { { "left", 0 },
                                         { "down", 1 },
                                         { "right", 2 },
                                         { "up", 3 } };
static const int32_t row_steps[] = { 0, 1, 0, -1 };
static const int32_t column_steps[] = { -1, 0, 1, 0 };

static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (FrozenLakeAction,
                        command,
                        INT32,
                        commands,
                        "",
                        "where to step"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (FrozenLakeState,
                       current_pos,
                       INT32,
                       0.0,
                       63.0,
                       "",
                       "row times size plus column, from the upper left"),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  FrozenLake *lake = calloc (1, sizeof *lake);

  if (lake == NULL)
    return SIMHOST_ERROR;
  lake->host = host;
  lake->config = defaults;
  *self = lake;
  return SIMHOST_OK;
}

static int32_t
set_properties (void *self, const void *config)
{
  FrozenLake *lake = self;
  const FrozenLakeConfig *wanted = config;

  if (wanted->size != 4 && wanted->size != 8)
    {
      lake->host->set_error (lake->host, "size is neither 4 nor 8");
      return SIMHOST_ERROR;
    }
  lake->config = *wanted;
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  FrozenLake *lake = self;

  simhost_random_seed (&lake->random, seed);
  lake->row = lake->column = 0;
  return SIMHOST_OK;
}

/* The edge of the lake holds. */
static int32_t
keep_on (int32_t place, int32_t size)
{
  return place < 0 ? 0 : place >= size ? size - 1 : place;
}

static int32_t
advance (void *self, const void *action)
{
  FrozenLake *lake = self;
  int32_t command = ((const FrozenLakeAction *) action)->command;
  uint32_t way = (uint32_t) command;

  if (command < 0 || command > 3)
    {
      lake->host->set_error (lake->host, "command is none of 0 (left), "
                                         "1 (down), 2 (right), 3 (up)");
      return SIMHOST_ERROR;
    }
  /* To the way that was meant, or a quarter turn before or after it. */
  if (lake->config.slippery)
    way = (way + 3 + simhost_random_below (&lake->random, 3)) % 4;
  lake->row = keep_on (lake->row + row_steps[way], lake->config.size);
  lake->column = keep_on (lake->column + column_steps[way], lake->config.size);
  return SIMHOST_OK;
}

static int32_t
get_position (const FrozenLake *lake)
{
  return lake->row * lake->config.size + lake->column;
}

static char
get_ice (const FrozenLake *lake)
{
  const char *map = lake->config.size == 4 ? small_lake : large_lake;

  return map[get_position (lake)];
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const FrozenLake *lake = self;
  char ice = get_ice (lake);

  ((FrozenLakeState *) state)->current_pos = get_position (lake);
  *terminal = ice == 'H' || ice == 'G';
  return SIMHOST_OK;
}

static double
reach_goal (void *self)
{
  return get_ice (self) == 'G' ? 1.0 : 0.0;
}

static const SimhostReward rewards[] = {
  { "reach_goal", SIMHOST_REWARD_DEFAULT, "1 at the goal, else 0", reach_goal },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, NULL, reach_goal },
};

static const SimhostSimulator frozen_lake = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "frozen_lake",
  .description = "Crosses a frozen lake with holes.",
  .config = SIMHOST_SCHEMA (FrozenLakeConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (FrozenLakeAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (FrozenLakeState, state_fields, NULL),
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

static uint32_t
get_n_simulators (void)
{
  return 1;
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return index == 0 ? &frozen_lake : NULL;
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.frozen_lake",
  .name = "Frozen lake",
  .version = "1.0.0",
  .vendor = "Simhost",
  .license = "LGPL-2.1-or-later",
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
