/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Simulators with loops of their own that misbehave while they serve an engine,
 * each in the way that its name says. What a fault leaves behind ends by
 * itself.
 */

#include <signal.h>
#include <simhost/event-driven.h>
#include <simhost/external.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate.h"

/* Faults in its tables. */
#ifndef IN_SIMULATOR
#define IN_SIMULATOR
#endif
#ifndef IN_REWARD
#define IN_REWARD
#endif

#define UNUSED __attribute__ ((unused))

typedef struct
{
  int32_t limit;
} LoopConfig;

typedef struct
{
  double push;
} LoopAction;

typedef struct
{
  double value;
  int32_t step;
} LoopState;

typedef struct
{
  const SimhostHost *host;
  LoopState state;
  int32_t limit;
} Loop;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (LoopConfig, limit, INT32, "", "steps; 0: no end"),
};
static const SimhostField action_fields[] = {
  SIMHOST_FIELD (LoopAction, push, DOUBLE, "", "added"),
};
static const SimhostField state_fields[] = {
  SIMHOST_FIELD (LoopState, value, DOUBLE, "", "the sum"),
  SIMHOST_FIELD (LoopState, step, INT32, "", "steps so far"),
};
/* For faults in tables. */
UNUSED static const void *
get_nothing (const char *id)
{
  return NULL;
}

UNUSED static int32_t
do_nothing (void *self)
{
  return SIMHOST_OK;
}

UNUSED static double
evaluate_nothing (void *self)
{
  return 0.0;
}

static const SimhostReward rewards[] = {
  { "sum", SIMHOST_REWARD_DEFAULT, "the sum", NULL IN_REWARD },
};

static int32_t
create (const SimhostHost *host, void **self)
{
  Loop *loop = calloc (1, sizeof *loop);

  if (loop == NULL)
    return SIMHOST_ERROR;
  loop->host = host;
  *self = loop;
  return SIMHOST_OK;
}

static void
crash (void)
{
  volatile int *volatile nowhere = NULL;

  *nowhere = 1;
}

static void
hang (void)
{
  for (int i = 0; i < 20; i++)
    sleep (1);
}

/* ---- loops that ask for events ---- */

typedef enum
{
  NO_FAULT,
  HANGS_IN_STEP,
  HANGS_WHEN_FINISHED,
  CRASHES_IN_STEP,
  CRASHES_WHEN_IDLE,
  EXITS_IN_STEP,
  NEVER_ASKS,
  NEVER_ANSWERS,
  RETURNS_EARLY,
  SLOW_STEP
} Fault;

static void
do_fault (Fault fault)
{
  if (fault == HANGS_IN_STEP)
    hang ();
  if (fault == CRASHES_IN_STEP)
    crash ();
  if (fault == EXITS_IN_STEP)
    exit (7);
  if (fault == SLOW_STEP)
    wait_at_gate ();
}

static void
step (Loop *loop, SimhostEvents *events, const SimhostEvent *event, Fault fault)
{
  do_fault (fault);
  loop->state.value += ((const LoopAction *) event->action)->push;
  loop->state.step++;
  loop->host->record (loop->host, "double", 2 * loop->state.value);
  if (fault != NEVER_ANSWERS)
    events->answer (events, &loop->state, loop->state.value,
                    loop->state.step == loop->limit);
}

UNUSED static int32_t
run_events (Loop *loop, SimhostEvents *events, Fault fault)
{
  const SimhostEvent *event;

  if (fault == NEVER_ASKS)
    hang ();
  while ((event = events->next_event (events, 20))->type !=
         SIMHOST_EVENT_FINISHED)
    switch (event->type)
      {
      case SIMHOST_EVENT_EPISODE_START:
        loop->limit = ((const LoopConfig *) event->config)->limit;
        loop->state = (LoopState){ 0 };
        loop->host->record (loop->host, "double", 0);
        events->answer (events, &loop->state, 0, 0);
        if (fault == RETURNS_EARLY)
          return SIMHOST_OK;
        break;
      case SIMHOST_EVENT_SIMULATE:
        step (loop, events, event, fault);
        break;
      case SIMHOST_EVENT_IDLE:
        /* Not in a row of a record. */
        loop->host->record (loop->host, "double", -1);
        /* When the engine has the step, and the test says so. */
        if (fault == CRASHES_WHEN_IDLE && loop->state.step > 0)
          {
            wait_at_gate ();
            crash ();
          }
        break;
      default:
        break;
      }
  if (fault == HANGS_WHEN_FINISHED)
    hang ();
  return SIMHOST_OK;
}

/* ---- programs ---- */

typedef enum
{
  PLAYS,
  PLAYS_THREE_AT_ONCE,
  PLAYS_ONE,
  LOGS,
  GIVES_UP,
  PROGRAM_HANGS_WHEN_FINISHED,
  PROGRAM_CRASHES
} Script;

/* A step: a push, as the engine wants it. */
static int32_t
act (SimhostExternal *external, const char *id, LoopState *state)
{
  LoopAction action;
  int32_t status = external->get_action (external, id, state, &action);

  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  state->value += action.push;
  state->step++;
  external->record (external, id, "double", 2 * state->value);
  return external->log_returns (external, id, state->value, NULL);
}

/* The program pushes by 100 itself, and tells why. */
static int32_t
log_own (SimhostExternal *external, const char *id, LoopState *state)
{
  LoopAction action = { 100 };
  int32_t status = external->log_action (external, id, state, &action);

  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  state->value += action.push;
  state->step++;
  return external->log_returns (external, id, state->value,
                                "{\"why\":\"habit\"}");
}

/* `n` episodes side by side, each of as many steps as the config says. */
static int32_t
play (SimhostExternal *external, int n, Script script)
{
  SimhostEpisode episodes[3];
  LoopState states[3] = { { 0 } };
  int32_t status = SIMHOST_EXTERNAL_OK;
  int32_t limit;

  for (int i = 0; i < n && status == SIMHOST_EXTERNAL_OK; i++)
    {
      episodes[i].struct_size = sizeof episodes[i];
      status = external->start_episode (external, NULL, script != LOGS,
                                        &episodes[i]);
    }
  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  limit = ((const LoopConfig *) episodes[0].config)->limit;
  for (int k = 0; limit == 0 || k < limit; k++)
    for (int i = 0; i < n; i++)
      {
        status = script == LOGS ? log_own (external, episodes[i].id, &states[i])
                                : act (external, episodes[i].id, &states[i]);
        if (script == PROGRAM_CRASHES)
          crash ();
        if (status != SIMHOST_EXTERNAL_OK)
          return status;
      }
  for (int i = 0; i < n; i++)
    status = external->end_episode (external, episodes[i].id, &states[i]);
  return status;
}

UNUSED static int32_t
run_program (Loop *loop, SimhostExternal *external, Script script)
{
  int32_t status;

  do
    status = play (external, script == PLAYS_THREE_AT_ONCE ? 3 : 1, script);
  while (script != PLAYS_ONE && script != GIVES_UP &&
         (status == SIMHOST_EXTERNAL_OK || status == SIMHOST_EXTERNAL_OVER));
  if (script == PROGRAM_HANGS_WHEN_FINISHED)
    hang ();
  if (script != GIVES_UP)
    return SIMHOST_OK;
  loop->host->set_error (loop->host, "the shop is closed");
  return SIMHOST_ERROR;
}

/* ---- tables ---- */

/* A plugin with one of them. */
#if defined ONLY_EVENTS
#define EVENT_SIMULATORS(X) X (loop, ONLY_EVENTS)
#define PROGRAMS(X)
#elif defined ONLY_PROGRAM
#define EVENT_SIMULATORS(X)
#define PROGRAMS(X) X (loop, ONLY_PROGRAM)
#else
#define EVENT_SIMULATORS(X)                                                    \
  X (loop_good, NO_FAULT)                                                      \
  X (loop_hangs_in_step, HANGS_IN_STEP)                                        \
  X (loop_hangs_when_finished, HANGS_WHEN_FINISHED)                            \
  X (loop_crashes_in_step, CRASHES_IN_STEP)                                    \
  X (loop_crashes_when_idle, CRASHES_WHEN_IDLE)                                \
  X (loop_exits_in_step, EXITS_IN_STEP)                                        \
  X (loop_never_asks, NEVER_ASKS)                                              \
  X (loop_never_answers, NEVER_ANSWERS)                                        \
  X (loop_returns_early, RETURNS_EARLY)                                        \
  X (loop_slow_step, SLOW_STEP)

#define PROGRAMS(X)                                                            \
  X (program_plays, PLAYS)                                                     \
  X (program_plays_three, PLAYS_THREE_AT_ONCE)                                 \
  X (program_plays_one, PLAYS_ONE)                                             \
  X (program_logs, LOGS)                                                       \
  X (program_gives_up, GIVES_UP)                                               \
  X (program_hangs_when_finished, PROGRAM_HANGS_WHEN_FINISHED)                 \
  X (program_crashes, PROGRAM_CRASHES)
#endif

#define EVENT_EXTENSION(NAME, FAULT)                                           \
  static int32_t run_##NAME (void *self, SimhostEvents *events)                \
  {                                                                            \
    return run_events (self, events, FAULT);                                   \
  }                                                                            \
  static const SimhostEventDriven extension_##NAME = {                         \
    .struct_size = sizeof (SimhostEventDriven), .run = run_##NAME              \
  };                                                                           \
  static const void *get_##NAME (const char *id)                               \
  {                                                                            \
    return strcmp (id, SIMHOST_EVENT_DRIVEN) == 0 ? &extension_##NAME : NULL;  \
  }

#define PROGRAM_EXTENSION(NAME, SCRIPT)                                        \
  static int32_t run_##NAME (void *self, SimhostExternal *external)            \
  {                                                                            \
    return run_program (self, external, SCRIPT);                               \
  }                                                                            \
  static const SimhostExternalProgram extension_##NAME = {                     \
    .struct_size = sizeof (SimhostExternalProgram), .run = run_##NAME          \
  };                                                                           \
  static const void *get_##NAME (const char *id)                               \
  {                                                                            \
    return strcmp (id, SIMHOST_EXTERNAL) == 0 ? &extension_##NAME : NULL;      \
  }

EVENT_SIMULATORS (EVENT_EXTENSION)
PROGRAMS (PROGRAM_EXTENSION)

#define SIMULATOR(NAME, FLAG)                                                  \
  { .struct_size = sizeof (SimhostSimulator),                                  \
    .flags = FLAG,                                                             \
    .name = #NAME,                                                             \
    .config = SIMHOST_SCHEMA (LoopConfig, config_fields, NULL),                \
    .action = SIMHOST_SCHEMA (LoopAction, action_fields, NULL),                \
    .state = SIMHOST_SCHEMA (LoopState, state_fields, NULL),                   \
    .reward_size = sizeof (SimhostReward),                                     \
    .n_rewards = SIMHOST_N_ELEMENTS (rewards),                                 \
    .rewards = rewards,                                                        \
    .create = create,                                                          \
    .destroy = free,                                                           \
    .get_extension = get_##NAME,                                               \
    IN_SIMULATOR },
#define EVENT_ROW(NAME, FAULT) SIMULATOR (NAME, SIMHOST_SIMULATOR_EVENT_DRIVEN)
#define PROGRAM_ROW(NAME, SCRIPT) SIMULATOR (NAME, SIMHOST_SIMULATOR_EXTERNAL)

static const SimhostSimulator simulators[] = { EVENT_SIMULATORS (EVENT_ROW)
                                                   PROGRAMS (PROGRAM_ROW) };

static uint32_t
get_n_simulators (void)
{
  return SIMHOST_N_ELEMENTS (simulators);
}

static const SimhostSimulator *
get_simulator (uint32_t index)
{
  return index < get_n_simulators () ? &simulators[index] : NULL;
}

const SimhostPlugin simhost_plugin = {
  .magic = SIMHOST_PLUGIN_MAGIC,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
  .struct_size = sizeof (SimhostPlugin),
  .id = "org.simhost.test.loops",
  .name = "Loops",
  .version = "1",
  .get_n_simulators = get_n_simulators,
  .get_simulator = get_simulator,
};
