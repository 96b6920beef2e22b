/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Small tasks to learn, in plain C, for tests and measurements: what a
 * simulator and a conductor are in the real thing.
 */

#pragma once

#include "sh-learner.h"
#include "sh-random.h"

typedef struct Task Task;

/* Large enough for each task. */
typedef struct
{
  const Task *task;
  double x[8];
  ShRandom random;
  gpointer instance; /* the task's own */
} TaskState;

#define TASK_MAX_ACTIONS 4u

struct Task
{
  const char *name;
  guint n_observations;
  guint n_actions;
  ShComponent actions[TASK_MAX_ACTIONS];
  guint limit; /* steps after which an episode is truncated */
  /* Makes and frees an instance; NULL when there is none. */
  void (*create) (TaskState *state);
  void (*destroy) (TaskState *state);
  void (*reset) (TaskState *state, float *observation);
  /* The result is whether the new state is terminal. */
  gboolean (*step) (TaskState *state,
                    const float *action,
                    float *observation,
                    double *reward);
};

/* cartpole, pendulum, center, acrobot, car, smooth-car, corridor, bandit, point;
 * NULL for any other name. */
const Task *task_find (const char *name);

ShSpace *task_get_space (const Task *task);
