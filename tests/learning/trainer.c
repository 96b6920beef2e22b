/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trainer: rollouts, and the mean return.
 */

#include "trainer.h"

#include <math.h>
#include <string.h>
#include <time.h>

typedef struct Actor
{
  TaskState state;
  ShFragment *fragment;
  guint length;
  double total;
} Actor;

void
trainer_init (Trainer *trainer,
              const Task *task,
              ShLearner *learner,
              guint n_actors,
              guint64 seed)
{
  memset (trainer, 0, sizeof *trainer);
  trainer->task = task;
  trainer->learner = learner;
  trainer->n_actors = n_actors;
  trainer->window = 100;
  trainer->actors = g_new0 (Actor, n_actors);
  trainer->returns = g_new0 (double, trainer->window);
  for (guint a = 0; a < n_actors; a++)
    {
      TaskState *state = &trainer->actors[a].state;

      state->task = task;
      sh_random_seed (&state->random, seed, 1000 + a);
      if (task->create != NULL)
        task->create (state);
    }
}

void
trainer_set_window (Trainer *trainer, guint window)
{
  trainer->window = window;
  trainer->returns = g_renew (double, trainer->returns, window);
}

static void
drop_fragments (Trainer *trainer)
{
  for (guint f = 0; f < trainer->n_fragments; f++)
    sh_fragment_free (trainer->fragments[f]);
  trainer->n_fragments = 0;
}

void
trainer_clear (Trainer *trainer)
{
  drop_fragments (trainer);
  for (guint a = 0; a < trainer->n_actors; a++)
    if (trainer->task->destroy != NULL)
      trainer->task->destroy (&trainer->actors[a].state);
  g_free (trainer->fragments);
  g_free (trainer->actors);
  g_free (trainer->returns);
}

static void
begin_fragment (Trainer *trainer, Actor *actor, guint capacity)
{
  ShPolicy *policy = sh_learner_get_policy (trainer->learner);

  if (trainer->n_fragments == trainer->fragments_size)
    {
      trainer->fragments_size = MAX (2 * trainer->fragments_size, 16);
      trainer->fragments =
          g_renew (ShFragment *, trainer->fragments, trainer->fragments_size);
    }
  actor->fragment = sh_fragment_new (sh_policy_get_space (policy), capacity);
  trainer->fragments[trainer->n_fragments++] = actor->fragment;
}

static void
end_episode (Trainer *trainer, Actor *actor, ShFragmentEnd end)
{
  actor->fragment->end = end;
  actor->fragment = NULL;
  trainer->returns[trainer->n_episodes++ % trainer->window] = actor->total;
  actor->total = 0;
  actor->length = 0;
}

/* One step of one actor; `observation` becomes the one to act on next. */
static void
advance (Trainer *trainer,
         Actor *actor,
         guint steps_left,
         const float *action,
         float log_prob,
         float value,
         float *observation)
{
  const Task *task = trainer->task;
  const guint width = task->n_observations;
  ShFragment *fragment;
  double reward;
  gboolean terminal;
  guint i;

  if (actor->fragment == NULL)
    begin_fragment (trainer, actor, steps_left);
  fragment = actor->fragment;
  i = fragment->n_steps++;
  memcpy (fragment->observations + (gsize) i * width, observation,
          sizeof (float) * width);
  memcpy (fragment->actions + (gsize) i * task->n_actions, action,
          sizeof (float) * task->n_actions);
  fragment->log_probs[i] = log_prob;
  fragment->values[i] = value;
  terminal = task->step (&actor->state, action, observation, &reward);
  fragment->rewards[i] = (float) reward;
  memcpy (fragment->observations + (gsize) (i + 1) * width, observation,
          sizeof (float) * width);
  actor->total += reward;
  actor->length++;
  if (terminal)
    end_episode (trainer, actor, SH_FRAGMENT_TERMINAL);
  else if (actor->length >= task->limit)
    end_episode (trainer, actor, SH_FRAGMENT_TRUNCATED);
}

static double
get_cpu_time (void)
{
  struct timespec t;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &t);
  return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

void
trainer_update (Trainer *trainer)
{
  const Task *task = trainer->task;
  const guint n = trainer->n_actors;
  const guint n_steps =
      MAX (sh_learner_get_batch_size (trainer->learner) / n, 1);
  ShPolicy *policy = sh_learner_get_policy (trainer->learner);
  g_autofree float *observations = g_new0 (float, n * task->n_observations);
  g_autofree float *actions = g_new0 (float, n * task->n_actions);
  g_autofree float *log_probs = g_new0 (float, n);
  g_autofree float *values = g_new0 (float, n);
  gint64 start = g_get_monotonic_time ();
  double cpu_start = get_cpu_time (), cpu_middle;
  gint64 middle;

  for (guint a = 0; a < n; a++)
    {
      const ShFragment *last = trainer->actors[a].fragment;
      float *observation = observations + a * task->n_observations;

      /* An episode that goes on begins where the last fragment ended. */
      if (last != NULL)
        memcpy (observation,
                last->observations +
                    (gsize) last->n_steps * task->n_observations,
                sizeof (float) * task->n_observations);
      trainer->actors[a].fragment = NULL;
    }
  drop_fragments (trainer);
  for (guint step = 0; step < n_steps; step++)
    {
      for (guint a = 0; a < n; a++)
        if (trainer->actors[a].length == 0)
          task->reset (&trainer->actors[a].state,
                       observations + a * task->n_observations);
      sh_policy_act (policy, SH_ACT_EXPLORE, n, observations, actions,
                     log_probs, values);
      for (guint a = 0; a < n; a++)
        advance (trainer, &trainer->actors[a], n_steps - step,
                 actions + a * task->n_actions, log_probs[a], values[a],
                 observations + a * task->n_observations);
    }
  trainer->n_iterations += (guint64) n * n_steps;
  middle = g_get_monotonic_time ();
  cpu_middle = get_cpu_time ();
  trainer->rollout_cpu += cpu_middle - cpu_start;
  trainer->rollout_seconds += (double) (middle - start) / 1e6;
  sh_learner_learn (trainer->learner, trainer->fragments, trainer->n_fragments,
                    &trainer->stats);
  trainer->learn_cpu += get_cpu_time () - cpu_middle;
  trainer->learn_seconds += (double) (g_get_monotonic_time () - middle) / 1e6;
}

double
trainer_get_mean_return (const Trainer *trainer)
{
  double sum = 0;

  if (trainer->n_episodes < trainer->window)
    return NAN;
  for (guint i = 0; i < trainer->window; i++)
    sum += trainer->returns[i];
  return sum / trainer->window;
}

gboolean
trainer_run (Trainer *trainer, double goal, guint64 n_iterations)
{
  while (trainer->n_iterations < n_iterations)
    {
      trainer_update (trainer);
      if (trainer_get_mean_return (trainer) >= goal)
        return TRUE;
    }
  return FALSE;
}

double
trainer_assess (const Task *task,
                ShPolicy *policy,
                guint n_episodes,
                guint64 seed)
{
  g_autofree float *observation = g_new0 (float, task->n_observations);
  TaskState state = { .task = task };
  double total = 0;

  sh_random_seed (&state.random, seed, 999);
  if (task->create != NULL)
    task->create (&state);
  for (guint e = 0; e < n_episodes; e++)
    {
      gboolean terminal = FALSE;

      task->reset (&state, observation);
      for (guint i = 0; i < task->limit && !terminal; i++)
        {
          float action[TASK_MAX_ACTIONS];
          double reward;

          sh_policy_act (policy, SH_ACT_GREEDY, 1, observation, action, NULL,
                         NULL);
          terminal = task->step (&state, action, observation, &reward);
          total += reward;
        }
    }
  if (task->destroy != NULL)
    task->destroy (&state);
  return total / n_episodes;
}
