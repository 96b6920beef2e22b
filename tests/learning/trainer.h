/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trains a learner on a task with several actors in step, as a conductor does.
 */

#pragma once

#include "task.h"

typedef struct
{
  const Task *task;
  ShLearner *learner; /* borrowed */
  guint n_actors;
  guint window; /* episodes in the mean return */

  struct Actor *actors;
  ShFragment **fragments; /* those of this batch */
  guint n_fragments, fragments_size;
  double *returns; /* [window], a ring */
  guint64 n_iterations, n_episodes;
  double learn_seconds, rollout_seconds;
  double learn_cpu, rollout_cpu; /* seconds of all threads */
  ShLearnerStats stats;
} Trainer;

void trainer_init (Trainer *trainer,
                   const Task *task,
                   ShLearner *learner,
                   guint n_actors,
                   guint64 seed);
void trainer_clear (Trainer *trainer);

/* Before the first update: how many episodes are in the mean return. */
void trainer_set_window (Trainer *trainer, guint window);

/* One batch of steps and one update. */
void trainer_update (Trainer *trainer);

/* The mean return of the last `window` episodes; NaN before there are as
 * many. */
double trainer_get_mean_return (const Trainer *trainer);

/* Updates until the mean return is at least `goal`: TRUE, or `n_iterations` are
 * used up. */
gboolean trainer_run (Trainer *trainer, double goal, guint64 n_iterations);

/* The mean return of `n_episodes` greedy episodes. */
double trainer_assess (const Task *task,
                       ShPolicy *policy,
                       guint n_episodes,
                       guint64 seed);
