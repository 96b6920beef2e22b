/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Simulators as tasks: what is observed and done follows from their schemas, as
 * sh-codec.h does it from an Inkling program.
 */

#include "plugin-task.h"

#include <dlfcn.h>
#include <math.h>
#include <simhost/plugin.h>
#include <stdio.h>
#include <string.h>

#define MAX_BYTES 4096u

typedef struct
{
  const char *name, *file, *simulator;
  guint limit;
  double goal;
  guint window;
  guint64 n_iterations;
  guint n_nominal; /* state fields are one of so many places */
  const char *key[3]; /* of the config */
  double value[3];
} Row;

/* Goals are means of so many episodes in training, with what is tried. */
static const Row rows[] = {
  { "cartpole", "cartpole", NULL, 500, 475, 100, 1000000, 0, { 0 }, { 0 } },
  { "acrobot", "acrobot", NULL, 500, -90, 100, 2000000, 0, { 0 }, { 0 } },
  { "mountain_car",
    "mountain_car",
    NULL,
    200,
    -115,
    100,
    2000000,
    0,
    { 0 },
    { 0 } },
  { "mountain_car_continuous",
    "mountain_car",
    "mountain_car_continuous",
    999,
    92,
    100,
    2000000,
    0,
    { 0 },
    { 0 } },
  { "pendulum", "pendulum", NULL, 200, -180, 100, 2000000, 0, { 0 }, { 0 } },
  { "frozen_lake",
    "frozen_lake",
    NULL,
    200,
    0.75,
    200,
    4000000,
    64,
    { "size", "slippery" },
    { 8, 1 } },
  { "frozen_lake_4x4",
    "frozen_lake",
    NULL,
    100,
    0.7,
    200,
    2000000,
    16,
    { "size", "slippery" },
    { 4, 1 } },
  { "lunar_lander",
    "lunar_lander",
    NULL,
    1000,
    230,
    100,
    4000000,
    0,
    { 0 },
    { 0 } },
  { "lunar_lander_continuous",
    "lunar_lander",
    "lunar_lander_continuous",
    1000,
    250,
    100,
    4000000,
    0,
    { 0 },
    { 0 } },
  { "tic_tac_toe",
    "tic_tac_toe",
    NULL,
    9,
    0.85,
    300,
    2000000,
    3,
    { "opponent", "first" },
    { 0, 2 } },
};

typedef struct
{
  PluginTask parent; /* first: a Task is one of these */
  const Row *row;
  const SimhostSimulator *simulator;
  const SimhostReward *reward;
} Loaded;

typedef struct
{
  void *self;
  gboolean started;
  union
  {
    double align;
    char bytes[MAX_BYTES];
  } buffer;
} Instance;

static void
host_log (const SimhostHost *host, uint32_t level, const char *text)
{
  (void) host;
  (void) level;
  (void) text;
}

static void
host_set_error (const SimhostHost *host, const char *text)
{
  (void) host;
  fprintf (stderr, "algorithm-bench: a simulator says: %s\n", text);
}

static const void *
host_get_extension (const SimhostHost *host, const char *id)
{
  (void) host;
  (void) id;
  return NULL;
}

static void
host_record (const SimhostHost *host, const char *key, double value)
{
  (void) host;
  (void) key;
  (void) value;
}

static const SimhostHost host = {
  .struct_size = sizeof (SimhostHost),
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .name = "algorithm-bench",
  .version = "1",
  .log = host_log,
  .set_error = host_set_error,
  .get_extension = host_get_extension,
  .record = host_record,
};

#define NUMBER_TYPES(X)                                                        \
  X (SIMHOST_TYPE_DOUBLE, double)                                              \
  X (SIMHOST_TYPE_FLOAT, float)                                                \
  X (SIMHOST_TYPE_INT8, int8_t)                                                \
  X (SIMHOST_TYPE_INT16, int16_t)                                              \
  X (SIMHOST_TYPE_INT32, int32_t)                                              \
  X (SIMHOST_TYPE_INT64, int64_t)                                              \
  X (SIMHOST_TYPE_UINT8, uint8_t)                                              \
  X (SIMHOST_TYPE_UINT16, uint16_t)                                            \
  X (SIMHOST_TYPE_UINT32, uint32_t)                                            \
  X (SIMHOST_TYPE_UINT64, uint64_t)                                            \
  X (SIMHOST_TYPE_BOOL, uint8_t)

static double
get_number (const SimhostField *field, const char *bytes)
{
  switch (field->type)
    {
#define GET(TYPE, C)                                                           \
  case TYPE:                                                                   \
    {                                                                          \
      C value;                                                                 \
                                                                               \
      memcpy (&value, bytes + field->offset, sizeof value);                    \
      return (double) value;                                                   \
    }
      NUMBER_TYPES (GET)
    default:
      return 0;
    }
}

static void
set_number (const SimhostField *field, char *bytes, double number)
{
  switch (field->type)
    {
#define SET(TYPE, C)                                                           \
  case TYPE:                                                                   \
    {                                                                          \
      C value = (C) number;                                                    \
                                                                               \
      memcpy (bytes + field->offset, &value, sizeof value);                    \
      return;                                                                  \
    }
      NUMBER_TYPES (SET)
    default:
      return;
    }
}

static gboolean
observe (const Loaded *task, Instance *instance, float *observation)
{
  const SimhostSchema *schema = &task->simulator->state;
  const guint n = task->row->n_nominal;
  uint8_t terminal = 0;

  memset (instance->buffer.bytes, 0, schema->size);
  task->simulator->get_state (instance->self, instance->buffer.bytes,
                              &terminal);
  for (uint32_t f = 0; f < schema->n_fields; f++)
    {
      const double number =
          get_number (&schema->fields[f], instance->buffer.bytes);

      if (n == 0)
        observation[f] = (float) number;
      else
        for (guint v = 0; v < n; v++)
          observation[f * n + v] = number == v ? 1.0f : 0.0f;
    }
  return terminal != 0;
}

static void
create (TaskState *state)
{
  const Loaded *task = (const Loaded *) state->task;
  const SimhostSchema *schema = &task->simulator->config;
  Instance *instance = g_new0 (Instance, 1);
  char *bytes = instance->buffer.bytes;

  state->instance = instance;
  if (task->simulator->create (&host, &instance->self) != SIMHOST_OK)
    return;
  if (schema->defaults != NULL)
    memcpy (bytes, schema->defaults, schema->size);
  for (guint k = 0; k < G_N_ELEMENTS (task->row->key); k++)
    for (uint32_t f = 0; f < schema->n_fields; f++)
      if (g_strcmp0 (schema->fields[f].name, task->row->key[k]) == 0)
        set_number (&schema->fields[f], bytes, task->row->value[k]);
  if (task->simulator->set_properties != NULL)
    task->simulator->set_properties (instance->self, bytes);
}

static void
destroy (TaskState *state)
{
  const Loaded *task = (const Loaded *) state->task;
  Instance *instance = state->instance;

  if (instance->started && task->simulator->stop != NULL)
    task->simulator->stop (instance->self);
  task->simulator->destroy (instance->self);
  g_free (instance);
}

static void
reset (TaskState *state, float *observation)
{
  const Loaded *task = (const Loaded *) state->task;
  Instance *instance = state->instance;

  if (instance->started && task->simulator->stop != NULL)
    task->simulator->stop (instance->self);
  instance->started = TRUE;
  task->simulator->reset (instance->self, sh_random_bits (&state->random));
  if (task->simulator->start != NULL)
    task->simulator->start (instance->self);
  observe (task, instance, observation);
}

static gboolean
step (TaskState *state, const float *action, float *observation, double *reward)
{
  const Loaded *task = (const Loaded *) state->task;
  const SimhostSchema *schema = &task->simulator->action;
  Instance *instance = state->instance;
  gboolean terminal;

  memset (instance->buffer.bytes, 0, schema->size);
  for (uint32_t f = 0; f < schema->n_fields; f++)
    {
      const SimhostField *field = &schema->fields[f];

      set_number (field, instance->buffer.bytes,
                  field->n_values > 0 ? field->values[(guint) action[f]].value
                                      : (double) action[f]);
    }
  task->simulator->advance (instance->self, instance->buffer.bytes);
  terminal = observe (task, instance, observation);
  *reward = task->reward != NULL ? task->reward->evaluate (instance->self) : 0;
  return terminal;
}

static const SimhostSimulator *
find_simulator (const SimhostPlugin *plugin, const char *name)
{
  if (plugin->init != NULL && plugin->init (&host) != SIMHOST_OK)
    return NULL;
  for (uint32_t i = 0; i < plugin->get_n_simulators (); i++)
    {
      const SimhostSimulator *simulator = plugin->get_simulator (i);

      if (strcmp (simulator->name, name) == 0)
        return simulator;
    }
  return NULL;
}

static const SimhostReward *
find_reward (const SimhostSimulator *simulator)
{
  for (uint32_t i = 0; i < simulator->n_rewards; i++)
    if (simulator->rewards[i].flags & SIMHOST_REWARD_DEFAULT)
      return &simulator->rewards[i];
  return NULL;
}

static void
describe (Loaded *loaded)
{
  const Row *row = loaded->row;
  const SimhostSchema *action = &loaded->simulator->action;
  Task *task = &loaded->parent.task;

  loaded->parent.goal = row->goal;
  loaded->parent.window = row->window;
  loaded->parent.n_iterations = row->n_iterations;
  task->name = row->name;
  task->limit = row->limit;
  task->n_observations =
      loaded->simulator->state.n_fields * MAX (row->n_nominal, 1);
  task->n_actions = action->n_fields;
  for (guint a = 0; a < task->n_actions; a++)
    {
      const SimhostField *field = &action->fields[a];

      task->actions[a] =
          field->n_values > 0
              ? (ShComponent){ SH_COMPONENT_DISCRETE, field->n_values, 0, 0 }
              : (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, field->min,
                               field->max };
    }
  task->create = create;
  task->destroy = destroy;
  task->reset = reset;
  task->step = step;
}

const char *
plugin_task_get_name (guint i)
{
  return i < G_N_ELEMENTS (rows) ? rows[i].name : NULL;
}

const PluginTask *
plugin_task_load (const char *name)
{
  const Row *row = NULL;
  const SimhostPlugin *plugin;
  g_autofree char *file = NULL;
  Loaded *loaded;
  void *handle;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].name, name) == 0)
      row = &rows[i];
  if (row == NULL)
    {
      fprintf (stderr, "algorithm-bench: there is no task '%s'\n", name);
      return NULL;
    }
  file = g_strdup_printf ("%s/%s.so", PLUGIN_DIR, row->file);
  handle = dlopen (file, RTLD_NOW | RTLD_LOCAL);
  plugin = handle != NULL ? dlsym (handle, "simhost_plugin") : NULL;
  loaded = g_new0 (Loaded, 1);
  loaded->row = row;
  if (plugin != NULL)
    loaded->simulator = find_simulator (
        plugin, row->simulator != NULL ? row->simulator : row->name);
  if (plugin != NULL && loaded->simulator == NULL)
    loaded->simulator = find_simulator (plugin, row->file);
  if (loaded->simulator == NULL ||
      loaded->simulator->action.n_fields > TASK_MAX_ACTIONS)
    {
      fprintf (stderr, "algorithm-bench: cannot use %s\n", file);
      g_free (loaded);
      return NULL;
    }
  loaded->reward = find_reward (loaded->simulator);
  describe (loaded);
  return &loaded->parent;
}
