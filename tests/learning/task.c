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
               const float *action,
               float *observation,
               double *reward)
{
  const double gravity = 9.8, cart = 1.0, pole = 0.1, half_length = 0.5;
  const double total = cart + pole, tau = 0.02;
  const double force = *action > 0.5f ? 10 : -10;
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
               const float *action,
               float *observation,
               double *reward)
{
  const double g = 10, mass = 1, length = 1, dt = 0.05;
  const double torque = CLAMP (*action, -2.0, 2.0);
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
center_step (TaskState *state,
             const float *action,
             float *observation,
             double *reward)
{
  double *x = state->x;

  x[0] += CLAMP (*action, -1.0, 1.0);
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
               const float *action,
               float *observation,
               double *reward)
{
  state->x[0] = CLAMP (state->x[0] + (*action > 0.5f ? 1 : -1), 0, 9);
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
bandit_step (TaskState *state,
             const float *action,
             float *observation,
             double *reward)
{
  *reward = *action == (float) state->x[0] ? 1 : 0;
  observe (state, 1, observation);
  return TRUE;
}

/* A choice and a number: the side on which a point lies, and where. */
static void
point_reset (TaskState *state, float *observation)
{
  state->x[0] = uniform (state, -1, 1);
  observe (state, 1, observation);
}

static gboolean
point_step (TaskState *state,
            const float *action,
            float *observation,
            double *reward)
{
  const gboolean right = (action[0] > 0.5f) == (state->x[0] > 0);

  *reward = (right ? 1 : 0) - fabs ((double) action[1] - state->x[0]);
  observe (state, 1, observation);
  return TRUE;
}

/* The underpowered car of A. W. Moore (1990): position and velocity; -1 a
 * step until it is out of the valley. */
static gboolean
drive_car (double *x, double push, double goal)
{
  x[1] = CLAMP (x[1] + push - 0.0025 * cos (3 * x[0]), -0.07, 0.07);
  x[0] = CLAMP (x[0] + x[1], -1.2, 0.6);
  if (x[0] <= -1.2 && x[1] < 0)
    x[1] = 0;
  return x[0] >= goal && x[1] >= 0;
}

static void
car_reset (TaskState *state, float *observation)
{
  state->x[0] = uniform (state, -0.6, -0.4);
  state->x[1] = 0;
  observe (state, 2, observation);
}

static gboolean
car_step (TaskState *state,
          const float *action,
          float *observation,
          double *reward)
{
  gboolean out = drive_car (state->x, (*action - 1) * 0.001, 0.5);

  observe (state, 2, observation);
  *reward = -1;
  return out;
}

/* The same with a continuous push; 100 for getting out, a price for force. */
static gboolean
smooth_car_step (TaskState *state,
                 const float *action,
                 float *observation,
                 double *reward)
{
  const double force = CLAMP (*action, -1.0, 1.0);
  gboolean out = drive_car (state->x, force * 0.0015, 0.45);

  observe (state, 2, observation);
  *reward = (out ? 100 : 0) - 0.1 * force * force;
  return out;
}

/*
 * The two-link robot of R. S. Sutton (1996), in the book's form: cosines and
 * sines of the angles, rotations; -1 a step until the tip swings above the
 * line. Lengths, masses and inertia 1, centres of mass 0.5.
 */
static void
acrobot_derive (const double *x, double torque, double *dx)
{
  const double g = 9.8, c = cos (x[1]), s = sin (x[1]);
  const double d1 = 0.25 + (1 + 0.25 + c) + 2;
  const double d2 = 0.25 + 0.5 * c + 1;
  const double phi2 = 0.5 * g * cos (x[0] + x[1] - G_PI / 2);
  const double phi1 = -0.5 * x[3] * x[3] * s - x[3] * x[2] * s +
                      1.5 * g * cos (x[0] - G_PI / 2) + phi2;

  dx[0] = x[2];
  dx[1] = x[3];
  dx[3] = (torque + d2 / d1 * phi1 - 0.5 * x[2] * x[2] * s - phi2) /
          (0.25 + 1 - d2 * d2 / d1);
  dx[2] = -(d2 * dx[3] + phi1) / d1;
}

static void
acrobot_observe (const TaskState *state, float *observation)
{
  for (guint i = 0; i < 2; i++)
    {
      observation[2 * i] = (float) cos (state->x[i]);
      observation[2 * i + 1] = (float) sin (state->x[i]);
      observation[4 + i] = (float) state->x[2 + i];
    }
}

static void
acrobot_reset (TaskState *state, float *observation)
{
  for (guint i = 0; i < 4; i++)
    state->x[i] = uniform (state, -0.1, 0.1);
  acrobot_observe (state, observation);
}

/* One step of the classic Runge-Kutta method. */
static gboolean
acrobot_step (TaskState *state,
              const float *action,
              float *observation,
              double *reward)
{
  static const double parts[] = { 0, 0.5, 0.5, 1 };
  static const double weights[] = { 1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6 };
  const double tau = 0.2, torque = *action - 1;
  double k[5][4] = { { 0 } }, sum[4] = { 0 }, *x = state->x;

  for (guint p = 0; p < 4; p++)
    {
      double at[4];

      for (guint i = 0; i < 4; i++)
        at[i] = x[i] + tau * parts[p] * k[p][i];
      acrobot_derive (at, torque, k[p + 1]);
      for (guint i = 0; i < 4; i++)
        sum[i] += tau * weights[p] * k[p + 1][i];
    }
  for (guint i = 0; i < 4; i++)
    x[i] += sum[i];
  x[0] = remainder (x[0], 2 * G_PI);
  x[1] = remainder (x[1], 2 * G_PI);
  x[2] = CLAMP (x[2], -4 * G_PI, 4 * G_PI);
  x[3] = CLAMP (x[3], -9 * G_PI, 9 * G_PI);
  acrobot_observe (state, observation);
  *reward = -cos (x[0]) - cos (x[0] + x[1]) > 1 ? 0 : -1;
  return *reward == 0;
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
  { "cartpole",
    4,
    1,
    { CHOICES (2) },
    500,
    NULL,
    NULL,
    cartpole_reset,
    cartpole_step },
  { "pendulum",
    3,
    1,
    { RANGE (-2, 2) },
    200,
    NULL,
    NULL,
    pendulum_reset,
    pendulum_step },
  { "center",
    3,
    1,
    { RANGE (-1, 1) },
    50,
    NULL,
    NULL,
    center_reset,
    center_step },
  { "acrobot",
    6,
    1,
    { CHOICES (3) },
    500,
    NULL,
    NULL,
    acrobot_reset,
    acrobot_step },
  { "car", 2, 1, { CHOICES (3) }, 200, NULL, NULL, car_reset, car_step },
  { "smooth-car",
    2,
    1,
    { RANGE (-1, 1) },
    999,
    NULL,
    NULL,
    car_reset,
    smooth_car_step },
  { "corridor",
    1,
    1,
    { CHOICES (2) },
    100,
    NULL,
    NULL,
    corridor_reset,
    corridor_step },
  { "bandit", 1, 1, { CHOICES (4) }, 1, NULL, NULL, bandit_reset, bandit_step },
  { "point",
    1,
    2,
    { CHOICES (2), RANGE (-1, 1) },
    1,
    NULL,
    NULL,
    point_reset,
    point_step },
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
  ShSpace *space = sh_space_new (task->n_observations, task->n_actions);

  for (guint a = 0; a < task->n_actions; a++)
    space->actions[a] = task->actions[a];
  return space;
}
