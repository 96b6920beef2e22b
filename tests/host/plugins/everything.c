/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Two simulators whose tables have one of everything that can be described:
 * all types, arrays, ranges, values, flags, texts that are hard to write down.
 *
 * When the variable EVERYTHING_LOG names a file, a byte is appended to it each
 * time the plugin is loaded; when EVERYTHING_MEET names a folder, init waits
 * there for one other file of the same plugin to be loaded too; when
 * EVERYTHING_SAYS is a number, init prints as many lines and calls exit.
 */

#include <fcntl.h>
#include <simhost/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  double real;
  double reals[3];
  int64_t lowest, highest;
  uint64_t most;
  float single;
  int32_t whole;
  uint32_t natural;
  int32_t round;
  int16_t small;
  uint16_t small_natural;
  int8_t tiny;
  uint8_t tiny_natural;
  uint8_t yes;
  uint8_t flags[4];
  char text[12];
  char no_text[1];
  SimhostLuminance image;
} Everything;

static const Everything defaults = {
  .real = 0.1,
  .reals = { -1e300, 5e-324, 3.0 },
  .lowest = INT64_MIN,
  .highest = INT64_MAX,
  .most = UINT64_MAX,
  .single = 0.3f,
  .whole = INT32_MIN,
  .natural = UINT32_MAX,
  .round = -1000000,
  .small = -32768,
  .small_natural = 65535,
  .tiny = -128,
  .tiny_natural = 255,
  .yes = 1,
  .flags = { 0, 1, 1, 0 },
  .text = "\"a\\\n\xc3\xa4\xe2\x82\xac",
};

static const SimhostValue named[] = { { "low", -5.5 },
                                      { "high", 1e9 },
                                      { "mid", 0.0 } };
static const SimhostValue unnamed[] = { { NULL, 1.0 }, { NULL, 2.5 } };

#define PLAIN(MEMBER, TYPE) SIMHOST_FIELD (Everything, MEMBER, TYPE, "", "")

static const SimhostField fields[] = {
  SIMHOST_FIELD (Everything,
                 real,
                 DOUBLE,
                 "m/s\xc2\xb2",
                 "a \"quoted\"\tdescription\nin two lines"),
  PLAIN (reals, DOUBLE),
  PLAIN (lowest, INT64),
  PLAIN (highest, INT64),
  PLAIN (most, UINT64),
  SIMHOST_FIELD_RANGE (Everything, single, FLOAT, -0.1, 1e30, "", ""),
  SIMHOST_FIELD_RANGE (Everything, whole, INT32, INT32_MIN, INT32_MAX, "", ""),
  PLAIN (natural, UINT32),
  PLAIN (round, INT32),
  SIMHOST_FIELD_STEPS (Everything, small, INT16, -32768, 32767, 5, "", ""),
  PLAIN (small_natural, UINT16),
  PLAIN (tiny, INT8),
  PLAIN (tiny_natural, UINT8),
  PLAIN (yes, BOOL),
  PLAIN (flags, BOOL),
  PLAIN (text, STRING),
  PLAIN (no_text, STRING),
  PLAIN (image, LUMINANCE),
};

/* Rows that defaults would not fit. */
static const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (Everything, real, DOUBLE, named, NULL, NULL),
  SIMHOST_FIELD_VALUES (Everything, single, FLOAT, unnamed, "", ""),
  { "whole", SIMHOST_TYPE_INT32, SIMHOST_FIELD_HAS_MIN,
    (uint32_t) offsetof (Everything, whole), 4, 1, 0, -7.0, 0.0, 0.0, NULL,
    NULL, NULL },
  { "natural", SIMHOST_TYPE_UINT32, SIMHOST_FIELD_HAS_MAX,
    (uint32_t) offsetof (Everything, natural), 4, 1, 0, 0.0, 9.0, 0.0, NULL,
    NULL, NULL },
};

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = calloc (1, 1);
  return SIMHOST_OK;
}

static int32_t
set_properties (void *self, const void *config)
{
  return SIMHOST_OK;
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
  *terminal = 0;
  return SIMHOST_OK;
}

static double
nothing (void *self)
{
  return 0.0;
}

static const SimhostReward rewards[] = {
  { "first", 0, "the first", nothing },
  { "second", SIMHOST_REWARD_DEFAULT, NULL, nothing },
  { "third", SIMHOST_REWARD_ALIAS, "", nothing },
};

#define SIMULATOR(NAME, FLAGS, CONFIG, N_REWARDS)                              \
  {                                                                            \
    .struct_size = sizeof (SimhostSimulator), .flags = FLAGS, .name = NAME,    \
    .description = "Has everything.", .config = CONFIG,                        \
    .action = SIMHOST_SCHEMA (Everything, action_fields, NULL),                \
    .state = SIMHOST_SCHEMA (Everything, fields, NULL),                        \
    .reward_size = sizeof (SimhostReward), .n_rewards = N_REWARDS,             \
    .rewards = rewards, .create = create, .destroy = free,                     \
    .set_properties = set_properties, .reset = reset, .advance = advance,      \
    .get_state = get_state                                                     \
  }

static const SimhostSimulator simulators[] = {
  SIMULATOR ("everything",
             SIMHOST_SIMULATOR_SLOW | SIMHOST_SIMULATOR_NONDETERMINISTIC,
             SIMHOST_SCHEMA (Everything, fields, &defaults),
             3),
  SIMULATOR ("something", 0, SIMHOST_SCHEMA_NONE, 0),
};

/* Waits, longer than a probe may take, until there are two files. */
static int
meet (const char *folder)
{
  char path[4096];
  int fd;

  for (int i = 0; i < 2; i++)
    {
      snprintf (path, sizeof path, "%s/%d", folder, i);
      fd = open (path, O_WRONLY | O_CREAT | O_EXCL, 0600);
      if (fd >= 0)
        {
          close (fd);
          break;
        }
    }
  snprintf (path, sizeof path, "%s/1", folder);
  for (int i = 0; i < 6000 && access (path, F_OK) != 0; i++)
    usleep (10000);
  return access (path, F_OK) == 0;
}

static int32_t
init (const SimhostHost *host)
{
  const char *log = getenv ("EVERYTHING_LOG");
  const char *folder = getenv ("EVERYTHING_MEET");
  const char *says = getenv ("EVERYTHING_SAYS");

  for (int i = 1; says != NULL && i <= atoi (says); i++)
    fprintf (stderr, "line %d\n", i);
  if (says != NULL)
    exit (3);

  if (log != NULL)
    {
      int fd = open (log, O_WRONLY | O_CREAT | O_APPEND, 0600);

      if (fd < 0 || write (fd, "x", 1) != 1)
        return SIMHOST_ERROR;
      close (fd);
    }
  if (folder != NULL && !meet (folder))
    {
      host->set_error (host, "nobody came");
      return SIMHOST_ERROR;
    }
  return SIMHOST_OK;
}

static uint32_t
get_n_simulators (void)
{
  return SIMHOST_N_ELEMENTS (simulators);
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return &simulators[index];
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.everything",
  .name = "Everything",
  .version = "2.0.1",
  .homepage = "https://example.org/",
  .init = init,
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
