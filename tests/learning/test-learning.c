/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Learners learn: small tasks within a bound of iterations.
 */

#include "trainer.h"

#include "sh-error.h"

typedef struct
{
  const char *algorithm, *task;
  guint64 seed;
  double goal; /* of the mean return of the last 100 episodes */
  guint64 n_iterations; /* at most */
  double greedy_goal; /* of the mean of 100 greedy episodes afterwards */
} Case;

static const Case cases[] = {
  { "PPO", "bandit", 1, 0.98, 40000, 1.0 },
  { "PPO", "corridor", 1, -10.5, 40000, -9 },
  { "PPO", "center", 1, -30, 60000, -35 },
  { "PPO", "point", 1, 0.8, 60000, 0.85 },
  { "PPO", "cartpole", 1, 475, 150000, 475 },
  { "APEX", "bandit", 1, 0.9, 20000, 1.0 },
  { "APEX", "corridor", 1, -10.5, 20000, -9 },
  { "SAC", "center", 1, -30, 20000, -35 },
#ifndef LIGHT_LOAD
  { "APEX", "cartpole", 1, 400, 100000, 400 },
  { "SAC", "pendulum", 1, -250, 50000, -250 },
  { "PPO", "cartpole", 2, 475, 150000, 475 },
  { "PPO", "cartpole", 3, 475, 150000, 475 },
  { "PPO", "acrobot", 1, -100, 100000, -130 },
  { "PPO", "smooth-car", 1, 90, 150000, 85 },
  { "PPO", "pendulum", 1, -250, 200000, -500 },
#endif
};

static void
test_learns (gconstpointer data)
{
  const Case *c = data;
  const Task *task = task_find (c->task);
  g_autoptr (ShSpace) space = task_get_space (task);
  g_autoptr (ShLearner) learner = NULL;
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;
  Trainer trainer;
  double greedy;

  sh_learner_options_init_for (&options, c->algorithm, space);
  options.seed = c->seed;
  learner = sh_learner_new (c->algorithm, space, &options, &error);
  g_assert_no_error (error);
  trainer_init (&trainer, task, learner, 16, c->seed);
  if (!trainer_run (&trainer, c->goal, c->n_iterations))
    g_test_message ("mean return %g after %" G_GUINT64_FORMAT " iterations",
                    trainer_get_mean_return (&trainer), trainer.n_iterations);
  g_assert_cmpfloat (trainer_get_mean_return (&trainer), >=, c->goal);
  greedy = trainer_assess (task, sh_learner_get_policy (learner), 100, c->seed);
  g_assert_cmpfloat (greedy, >=, c->greedy_goal);
  g_test_message ("%s: %" G_GUINT64_FORMAT " iterations, greedy %g", c->task,
                  trainer.n_iterations, greedy);
  trainer_clear (&trainer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/learning/%s/%s/%" G_GUINT64_FORMAT,
                           cases[i].algorithm, cases[i].task, cases[i].seed);

      g_test_add_data_func (path, &cases[i], test_learns);
    }
  return g_test_run ();
}
