/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The tasks' equations.
 */

#include "task.h"

#include <math.h>
#include <string.h>

static double
uniform (TaskState *state, double low, double high)
{
  return low + (high - low) * sh_random_unit (&state->random);
}

static void
observe (const TaskState *state, guint n, float *observation)
{
  for (guint i = 0; i < n; i++)
    observation[i] = (float) state->x[i];
}

/*
 * The pole on a cart of A. G. Barto, R. S. Sutton, C. W. Anderson (1983), with
 * the parameters in general use: position, velocity, angle, rotation.
 */
static void
cartpole_reset (TaskState *state, float *observation)
{
  for (guint i = 0; i < 4; i++)
    state->x[i] = uniform (state, -0.05, 0.05);
  observe (state, 4, observation);
}

static gboolean
cartpole_step (TaskState *state,
               float action,
               float *observation,
               double *reward)
{
  const double gravity = 9.8, cart = 1.0, pole = 0.1, half_length = 0.5;
  const double total = cart + pole, tau = 0.02;
  const double force = action > 0.5f ? 10 : -10;
  double *x = state->x;
  const double s = sin (x[2]), c = cos (x[2]);
  const double pushed = (force + pole * half_length * x[3] * x[3] * s) / total;
  const double turned = (gravity * s - c * pushed) /
                        (half_length * (4.0 / 3.0 - pole * c * c / total));
  const double moved = pushed - pole * half_length * turned * c / total;

  x[0] += tau * x[1];
  x[1] += tau * moved;
  x[2] += tau * x[3];
  x[3] += tau * turned;
  observe (state, 4, observation);
  *reward = 1;
  return fabs (x[0]) > 2.4 || fabs (x[2]) > 12 * G_PI / 180;
}

/* The swing-up of a pendulum: sine and cosine of the angle, rotation. */
static void
pendulum_observe (const TaskState *state, float *observation)
{
  observation[0] = (float) cos (state->x[0]);
  observation[1] = (float) sin (state->x[0]);
  observation[2] = (float) state->x[1];
}

static void
pendulum_reset (TaskState *state, float *observation)
{
  state->x[0] = uniform (state, -G_PI, G_PI);
  state->x[1] = uniform (state, -1, 1);
  pendulum_observe (state, observation);
}

static gboolean
pendulum_step (TaskState *state,
               float action,
               float *observation,
               double *reward)
{
  const double g = 10, mass = 1, length = 1, dt = 0.05;
  const double torque = CLAMP (action, -2.0, 2.0);
  double *x = state->x;
  const double angle = remainder (x[0], 2 * G_PI);

  *reward = -(angle * angle + 0.1 * x[1] * x[1] + 0.001 * torque * torque);
  x[1] += (3 * g / (2 * length) * sin (x[0]) +
           3 / (mass * length * length) * torque) *
          dt;
  x[1] = CLAMP (x[1], -8.0, 8.0);
  x[0] += x[1] * dt;
  pendulum_observe (state, observation);
  return FALSE;
}

/* A value to be brought to the middle of its range: value, min, max. */
static void
center_reset (TaskState *state, float *observation)
{
  state->x[1] = uniform (state, -10, -5);
  state->x[2] = uniform (state, 5, 10);
  state->x[0] = uniform (state, state->x[1], state->x[2]);
  observe (state, 3, observation);
}

static gboolean
center_step (TaskState *state, float action, float *observation, double *reward)
{
  double *x = state->x;

  x[0] += CLAMP (action, -1.0, 1.0);
  *reward = -fabs (x[0] - (x[1] + x[2]) / 2);
  observe (state, 3, observation);
  return x[0] < x[1] || x[0] > x[2];
}

/* Ten cells, right is the way out; a step costs. */
static void
corridor_reset (TaskState *state, float *observation)
{
  state->x[0] = 0;
  observe (state, 1, observation);
}

static gboolean
corridor_step (TaskState *state,
               float action,
               float *observation,
               double *reward)
{
  state->x[0] = CLAMP (state->x[0] + (action > 0.5f ? 1 : -1), 0, 9);
  observe (state, 1, observation);
  *reward = -1;
  return state->x[0] >= 9;
}

/* Four arms; the one observed pays. */
static void
bandit_reset (TaskState *state, float *observation)
{
  state->x[0] = sh_random_below (&state->random, 4);
  observe (state, 1, observation);
}

static gboolean
bandit_step (TaskState *state, float action, float *observation, double *reward)
{
  *reward = action == (float) state->x[0] ? 1 : 0;
  observe (state, 1, observation);
  return TRUE;
}

#define CHOICES(n)                                                             \
  {                                                                            \
    SH_COMPONENT_DISCRETE, (n), 0, 0                                           \
  }
#define RANGE(low, high)                                                       \
  {                                                                            \
    SH_COMPONENT_CONTINUOUS, 0, (low), (high)                                  \
  }

static const Task tasks[] = {
  { "cartpole", 4, CHOICES (2), 500, 2, cartpole_reset, cartpole_step },
  { "pendulum", 3, RANGE (-2, 2), 200, 3, pendulum_reset, pendulum_step },
  { "center", 3, RANGE (-1, 1), 50, 2, center_reset, center_step },
  { "corridor", 1, CHOICES (2), 100, 1, corridor_reset, corridor_step },
  { "bandit", 1, CHOICES (4), 1, 1, bandit_reset, bandit_step },
};

const Task *
task_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tasks); i++)
    if (g_str_equal (tasks[i].name, name))
      return &tasks[i];
  return NULL;
}

ShSpace *
task_get_space (const Task *task)
{
  ShSpace *space = sh_space_new (task->n_observations, 1);

  space->actions[0] = task->action;
  return space;
}
