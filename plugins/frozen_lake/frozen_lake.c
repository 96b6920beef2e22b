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
#include <simhost/snapshot.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_PICTURES
#include "frozen_lake-picture.h"
#endif

/* Of what Saved holds. */
#define SNAPSHOT_VERSION 1u

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
  int32_t command; /* the last one, to look at; -1: none yet */
} FrozenLake;

/* A snapshot. */
typedef struct
{
  SimhostSnapshotTag tag;
  SimhostRandom random;
  int32_t size, slippery;
  int32_t row, column, command;
} Saved;

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
  lake->command = -1;
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
  lake->command = command;
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

static const char *
get_map (const FrozenLake *lake)
{
  return lake->config.size == 4 ? small_lake : large_lake;
}

static char
get_ice (const FrozenLake *lake)
{
  return get_map (lake)[get_position (lake)];
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

static uint64_t
get_snapshot_size (void *self)
{
  return sizeof (Saved);
}

static int32_t
save (void *self, void *data, uint64_t size)
{
  const FrozenLake *lake = self;
  Saved saved;

  /* Padding too: the same instance gives the same bytes. */
  memset (&saved, 0, sizeof saved);
  saved.tag = simhost_snapshot_tag (SNAPSHOT_VERSION);
  saved.random = lake->random;
  saved.size = lake->config.size;
  saved.slippery = lake->config.slippery;
  saved.row = lake->row;
  saved.column = lake->column;
  saved.command = lake->command;
  memcpy (data, &saved, sizeof saved);
  return SIMHOST_OK;
}

static int
is_sound (const Saved *saved)
{
  return (saved->size == 4 || saved->size == 8) && saved->row >= 0 &&
         saved->row < saved->size && saved->column >= 0 &&
         saved->column < saved->size && saved->slippery >= 0 &&
         saved->slippery <= 255 && saved->command >= -1 && saved->command <= 3;
}

static int32_t
restore (void *self, const void *data, uint64_t size)
{
  FrozenLake *lake = self;
  Saved saved;

  if (!simhost_snapshot_read (data, size, SNAPSHOT_VERSION, &saved,
                              sizeof saved) ||
      !is_sound (&saved))
    {
      lake->host->set_error (lake->host,
                             "this is no snapshot of a frozen lake");
      return SIMHOST_DISCARD;
    }
  lake->random = saved.random;
  lake->config.size = saved.size;
  lake->config.slippery = (uint8_t) saved.slippery;
  lake->row = saved.row;
  lake->column = saved.column;
  lake->command = saved.command;
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
  const FrozenLake *lake = self;

  return frozen_lake_draw (frame, &(FrozenLakeLook){
                                      .map = get_map (lake),
                                      .size = lake->config.size,
                                      .row = lake->row,
                                      .column = lake->column,
                                      .command = lake->command,
                                  });
}

/* A step has no time. */
static const SimhostRender picture = {
  .struct_size = sizeof (SimhostRender),
  .width = 300,
  .height = 300,
  .min_width = 40,
  .min_height = 40,
  .max_width = 2000,
  .max_height = 2000,
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
  .get_extension = get_extension,
};

SIMHOST_PLUGIN (frozen_lake,
                .id = "org.simhost.frozen_lake",
                .name = "Frozen lake",
                .version = "1.0.0",
                .vendor = "Simhost",
                .license = "LGPL-2.1-or-later");
