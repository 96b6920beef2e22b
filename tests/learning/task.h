/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Small tasks to learn, in plain C, for tests and measurements: what a
 * simulator and a conductor are in the real thing.
 */

#pragma once

#include "sh-learner.h"
#include "sh-random.h"

/* Large enough for each task. */
typedef struct
{
  double x[8];
  ShRandom random;
} TaskState;

typedef struct
{
  const char *name;
  guint n_observations;
  ShComponent action; /* one component */
  guint limit; /* steps after which an episode is truncated */
  void (*reset) (TaskState *state, float *observation);
  /* The result is whether the new state is terminal. */
  gboolean (*step) (TaskState *state,
                    float action,
                    float *observation,
                    double *reward);
} Task;

/* cartpole, pendulum, center, acrobot, car, smooth-car, corridor, bandit; NULL
 * for any other name. */
const Task *task_find (const char *name);

ShSpace *task_get_space (const Task *task);
