/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulators of the conformance tests. They do nothing but show what they
 * were given, and they tell of every call.
 *
 *   witness  values of every kind; an episode ends after `limit` steps
 *   mute     the same without a config and without rewards
 *
 * A state shows the values of the last action, before the first action those
 * of the config. `serial` counts the states of the process, so that one that is
 * lost or doubled on its way shows.
 *
 * Each call is a line of the file that WITNESS_LOG names, if it names one: the
 * number of the instance, the function, what it was given. A line is written
 * with one system call, so that nothing of it is lost whatever happens next.
 */

#include <fcntl.h>
#include <math.h>
#include <simhost/plugin.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PIXELS 64

typedef struct
{
  double real;
  float single;
  int32_t whole;
  int64_t huge;
  uint64_t natural;
  uint8_t yes;
  char text[64];
  SimhostLuminance image;
} Values;

typedef struct
{
  Values values;
  uint32_t limit;
  uint8_t terminal_at_start;
} WitnessConfig;

typedef struct
{
  Values values;
} WitnessAction;

typedef struct
{
  Values values;
  uint32_t step;
  uint32_t instance;
  uint64_t serial;
  int8_t tiny;
  uint16_t small;
  double pair[2];
} WitnessState;

typedef struct
{
  WitnessConfig config;
  Values values;
  float config_pixels[MAX_PIXELS], pixels[MAX_PIXELS];
  uint32_t step;
  uint32_t instance;
} Witness;

static int log_file = -1;

static void
note (const Witness *witness, const char *format, ...)
{
  char line[256];
  int length =
      snprintf (line, sizeof line, "%u ", (unsigned) witness->instance);
  va_list args;

  if (log_file < 0)
    return;
  va_start (args, format);
  length += vsnprintf (line + length, sizeof line - (size_t) length - 1, format,
                       args);
  va_end (args);
  line[length++] = '\n';
  if (write (log_file, line, (size_t) length) != length)
    abort ();
}

/* Pixels that were handed in are gone soon. */
static void
copy_values (Values *to, float *pixels, const Values *from)
{
  size_t n = (size_t) from->image.width * from->image.height;

  *to = *from;
  if (n > MAX_PIXELS)
    to->image.width = to->image.height = 0;
  else if (n > 0)
    memcpy (pixels, from->image.pixels, n * sizeof (float));
  to->image.pixels = n > 0 && n <= MAX_PIXELS ? pixels : NULL;
}

static int32_t
create (const SimhostHost *host, void **self)
{
  static uint32_t n_instances;
  Witness *witness = calloc (1, sizeof *witness);

  if (witness == NULL)
    return SIMHOST_ERROR;
  witness->instance = n_instances++;
  *self = witness;
  note (witness, "create");
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
  note (self, "destroy");
  free (self);
}

static int32_t
set_properties (void *self, const void *config)
{
  Witness *witness = self;
  const WitnessConfig *given = config;

  witness->config = *given;
  copy_values (&witness->config.values, witness->config_pixels, &given->values);
  note (witness, "set_properties %g %u", given->values.real,
        (unsigned) given->limit);
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Witness *witness = self;

  witness->step = 0;
  copy_values (&witness->values, witness->pixels, &witness->config.values);
  note (witness, "reset %llu", (unsigned long long) seed);
  return SIMHOST_OK;
}

static int32_t
start (void *self)
{
  note (self, "start");
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  Witness *witness = self;

  copy_values (&witness->values, witness->pixels,
               &((const WitnessAction *) action)->values);
  witness->step++;
  note (witness, "advance %g", witness->values.real);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  static uint64_t serial;
  const Witness *witness = self;
  WitnessState *out = state;

  out->values = witness->values;
  out->step = witness->step;
  out->instance = witness->instance;
  out->serial = ++serial;
  out->tiny = (int8_t) - (int) witness->step;
  out->small = (uint16_t) witness->step;
  out->pair[0] = witness->values.real;
  out->pair[1] = witness->step;
  *terminal = witness->step == 0 ? witness->config.terminal_at_start
                                 : witness->step == witness->config.limit;
  note (witness, "get_state %llu", (unsigned long long) serial);
  return SIMHOST_OK;
}

static int32_t
stop (void *self)
{
  note (self, "stop");
  return SIMHOST_OK;
}

static double
evaluate_steps (void *self)
{
  note (self, "steps");
  return ((const Witness *) self)->step;
}

static double
evaluate_real (void *self)
{
  note (self, "real");
  return ((const Witness *) self)->values.real;
}

/* A member of `values` under its own name. */
#define VALUE(STRUCT, MEMBER, TYPE)                                            \
  {                                                                            \
    .name = #MEMBER, .type = SIMHOST_TYPE_##TYPE,                              \
    .offset = offsetof (STRUCT, values.MEMBER),                                \
    .size = SIMHOST_MEMBER_SIZE (STRUCT, values.MEMBER), .count = 1            \
  }

#define VALUES(STRUCT)                                                         \
  VALUE (STRUCT, real, DOUBLE), VALUE (STRUCT, single, FLOAT),                 \
      VALUE (STRUCT, whole, INT32), VALUE (STRUCT, huge, INT64),               \
      VALUE (STRUCT, natural, UINT64), VALUE (STRUCT, yes, BOOL),              \
      VALUE (STRUCT, text, STRING), VALUE (STRUCT, image, LUMINANCE)

static const WitnessConfig defaults = {
  .values = { .real = 0.5, .whole = 7, .text = "default" },
};

static const SimhostField config_fields[] = {
  VALUES (WitnessConfig),
  SIMHOST_FIELD (WitnessConfig, limit, UINT32, "", "steps; 0: no end"),
  SIMHOST_FIELD (WitnessConfig, terminal_at_start, BOOL, "", ""),
};

static const SimhostField action_fields[] = {
  VALUES (WitnessAction),
};

static const SimhostField state_fields[] = {
  VALUES (WitnessState),
  SIMHOST_FIELD (WitnessState, step, UINT32, "", "of the episode"),
  SIMHOST_FIELD (WitnessState, instance, UINT32, "", ""),
  SIMHOST_FIELD (WitnessState, serial, UINT64, "", "of the process"),
  SIMHOST_FIELD (WitnessState, tiny, INT8, "", "minus the step"),
  SIMHOST_FIELD (WitnessState, small, UINT16, "", "the step"),
  SIMHOST_FIELD (WitnessState, pair, DOUBLE, "", "real and the step"),
};

static const SimhostReward rewards[] = {
  { "real", 0, "what the last action said", evaluate_real },
  { "steps", SIMHOST_REWARD_DEFAULT, "of the episode", evaluate_steps },
};

static const SimhostSimulator simulators[] = {
  {
      .struct_size = sizeof (SimhostSimulator),
      .name = "witness",
      .config = SIMHOST_SCHEMA (WitnessConfig, config_fields, &defaults),
      .action = SIMHOST_SCHEMA (WitnessAction, action_fields, NULL),
      .state = SIMHOST_SCHEMA (WitnessState, state_fields, NULL),
      .reward_size = sizeof (SimhostReward),
      .n_rewards = SIMHOST_N_ELEMENTS (rewards),
      .rewards = rewards,
      .create = create,
      .destroy = destroy,
      .set_properties = set_properties,
      .reset = reset,
      .start = start,
      .advance = advance,
      .get_state = get_state,
      .stop = stop,
  },
  {
      .struct_size = sizeof (SimhostSimulator),
      .name = "mute",
      .config = SIMHOST_SCHEMA_NONE,
      .action = SIMHOST_SCHEMA (WitnessAction, action_fields, NULL),
      .state = SIMHOST_SCHEMA (WitnessState, state_fields, NULL),
      .reward_size = sizeof (SimhostReward),
      .create = create,
      .destroy = destroy,
      .reset = reset,
      .start = start,
      .advance = advance,
      .get_state = get_state,
      .stop = stop,
  },
};

static int32_t
init (const SimhostHost *host)
{
  const char *path = getenv ("WITNESS_LOG");

  if (path != NULL)
    log_file = open (path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
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
  return index < SIMHOST_N_ELEMENTS (simulators) ? &simulators[index] : NULL;
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.witness",
  .name = "Witness",
  .version = "1.0.0",
  .init = init,
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
