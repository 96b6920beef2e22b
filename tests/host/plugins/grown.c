/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A plugin as a later version of the interface would have it: every struct and
 * every row has members that today's host does not know.
 */

#include <simhost/plugin.h>

typedef struct
{
  SimhostField field;
  uint64_t later[3];
} GrownField;

typedef struct
{
  SimhostReward reward;
  uint64_t later;
} GrownReward;

typedef struct
{
  SimhostSimulator simulator;
  const void *later[5];
} GrownSimulator;

typedef struct
{
  SimhostPlugin plugin;
  const void *later[4];
} GrownPlugin;

typedef struct
{
  double first, second, third;
} Values;

#define ROW(MEMBER)                                                            \
  {                                                                            \
    SIMHOST_FIELD_RANGE (Values, MEMBER, DOUBLE, -1.0, 1.0, "m", #MEMBER),     \
    {                                                                          \
      ~0u, ~0u, ~0u                                                            \
    }                                                                          \
  }

static const GrownField fields[] = { ROW (first), ROW (second), ROW (third) };

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = (void *) host;
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
}

static int32_t
reset (void *self, uint64_t seed)
{
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  ((Values *) state)->third = 3.0;
  *terminal = 0;
  return SIMHOST_OK;
}

static double
one (void *self)
{
  return 1.0;
}

static double
two (void *self)
{
  return 2.0;
}

static const GrownReward rewards[] = {
  { { "one", 0, 0, one }, ~0u },
  { { "two", SIMHOST_REWARD_DEFAULT, 0, two }, ~0u },
};

#define SCHEMA(NAME)                                                           \
  {                                                                            \
    sizeof (SimhostSchema), sizeof (GrownField), NAME, sizeof (Values), 3,     \
        &fields[0].field, 0                                                    \
  }

static const GrownSimulator grown = {
  .simulator = {
    .struct_size = sizeof (GrownSimulator),
    .name = "grown",
    .config = SIMHOST_SCHEMA_NONE,
    .action = SCHEMA ("GrownAction"),
    .state = SCHEMA ("GrownState"),
    .reward_size = sizeof (GrownReward),
    .n_rewards = 2,
    .rewards = &rewards[0].reward,
    .create = create,
    .destroy = destroy,
    .reset = reset,
    .advance = advance,
    .get_state = get_state,
  },
  .later = { &grown, &grown, &grown, &grown, &grown },
};

static uint32_t
get_n_simulators (void)
{
  return 1;
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return &grown.simulator;
}

/* The header declares the symbol with the type of today. */
extern SIMHOST_EXPORT const GrownPlugin grown_plugin __asm__("simhost_plugin");
const GrownPlugin grown_plugin = {
  .plugin = {
    .magic = SIMHOST_PLUGIN_MAGIC,
    .abi_major = SIMHOST_ABI_MAJOR,
    .abi_minor = SIMHOST_ABI_MINOR,
    .struct_size = sizeof (GrownPlugin),
    .id = "org.simhost.grown",
    .name = "Grown",
    .version = "1",
    .get_n_simulators = get_n_simulators,
    .get_simulator = get_simulator,
  },
  .later = { &grown_plugin, &grown_plugin, &grown_plugin, &grown_plugin },
};
