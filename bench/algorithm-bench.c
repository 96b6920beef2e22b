/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How many iterations and seconds the algorithms need to learn the simulators
 * that come with the project. One JSON line for each seed on stdout, and lines
 * for people on stderr.
 *
 *   algorithm-bench                      CartPole by each algorithm that can
 *   algorithm-bench TASK [ALGORITHM [SEEDS [OPTION=VALUE ...]]]
 *
 * TASK "all" is each task. OPTION is a number of ShLearnerOptions, or
 * `activations`, `layers` (both networks'), `actors`, `first_seed` or
 * `iterations`.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plugin-task.h"
#include "trainer.h"

typedef struct
{
  guint n_seeds, n_actors, first_seed;
  guint64 n_iterations; /* 0: the task's */
  char **settings; /* up to NULL */
} Plan;

static const struct
{
  const char *name;
  gsize offset;
  gboolean is_double;
} numbers[] = {
#define DOUBLE(member)                                                         \
  {                                                                            \
#member, G_STRUCT_OFFSET(ShLearnerOptions, member), TRUE                   \
  }
#define COUNT(member)                                                          \
  {                                                                            \
#member, G_STRUCT_OFFSET(ShLearnerOptions, member), FALSE                  \
  }
  DOUBLE (learning_rate),
  DOUBLE (discount),
  DOUBLE (max_gradient_norm),
  DOUBLE (gae_lambda),
  DOUBLE (clip_range),
  DOUBLE (entropy_weight),
  DOUBLE (value_weight),
  DOUBLE (first_deviation),
  DOUBLE (target_kl),
  DOUBLE (updates_per_step),
  DOUBLE (target_rate),
  DOUBLE (exploration_decay),
  DOUBLE (exploration_end),
  DOUBLE (priority_exponent),
  DOUBLE (priority_correction),
  COUNT (batch_size),
  COUNT (minibatch_size),
  DOUBLE (batch_growth),
  COUNT (largest_batch_size),
  COUNT (n_epochs),
  COUNT (replay_size),
  COUNT (n_first_steps),
  COUNT (entropy_steps),
  COUNT (n_step),
  COUNT (n_threads),
#undef DOUBLE
#undef COUNT
};

static gboolean
set_option (Plan *plan, ShLearnerOptions *options, const char *setting)
{
  const char *equals = strchr (setting, '=');
  g_autofree char *name = NULL;
  double value;

  if (equals == NULL)
    return FALSE;
  name = g_strndup (setting, (gsize) (equals - setting));
  value = g_ascii_strtod (equals + 1, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (name, numbers[i].name) == 0)
      {
        if (numbers[i].is_double)
          G_STRUCT_MEMBER (double, options, numbers[i].offset) = value;
        else
          G_STRUCT_MEMBER (guint, options, numbers[i].offset) = (guint) value;
        return TRUE;
      }
  if (strcmp (name, "activations") == 0)
    for (guint l = 0; l < SH_POLICY_MAX_HIDDEN; l++)
      options->hidden_layers[l] = options->q_hidden_layers[l] = (guint) value;
  else if (strcmp (name, "layers") == 0)
    options->n_hidden_layers = options->n_q_hidden_layers = (guint) value;
  else if (strcmp (name, "kind") == 0)
    for (guint l = 0; l < SH_POLICY_MAX_HIDDEN; l++)
      options->activations[l] = options->q_activations[l] =
          (ShActivation) value;
  else if (strcmp (name, "actors") == 0)
    plan->n_actors = (guint) value;
  else if (strcmp (name, "first_seed") == 0)
    plan->first_seed = (guint) value;
  else if (strcmp (name, "iterations") == 0)
    plan->n_iterations = (guint64) value;
  else
    return FALSE;
  return TRUE;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static gboolean
learn (const PluginTask *task,
       const char *algorithm,
       const ShLearnerOptions *options,
       const Plan *plan,
       double *iterations)
{
  g_autoptr (ShSpace) space = task_get_space (&task->task);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShLearner) learner =
      sh_learner_new (algorithm, space, options, &error);
  const gint64 start = g_get_monotonic_time ();
  Trainer trainer;
  gboolean done;
  double seconds;

  if (learner == NULL)
    {
      fprintf (stderr, "algorithm-bench: %s\n", error->message);
      return FALSE;
    }
  trainer_init (&trainer, &task->task, learner, plan->n_actors, options->seed);
  trainer_set_window (&trainer, task->window);
  done = trainer_run (&trainer, task->goal,
                      plan->n_iterations > 0 ? plan->n_iterations
                                             : task->n_iterations);
  seconds = (double) (g_get_monotonic_time () - start) / 1e6;
  *iterations = done ? (double) trainer.n_iterations : INFINITY;
  printf (
      "{\"task\":\"%s\",\"algorithm\":\"%s\",\"seed\":%" G_GUINT64_FORMAT
      ",\"reached\":%s,\"iterations\":%" G_GUINT64_FORMAT
      ",\"seconds\":%.3f,\"learning\":%.3f,\"mean\":%.3f,\"greedy\":%.3f}\n",
      task->task.name, sh_learner_get_name (learner), options->seed,
      done ? "true" : "false", trainer.n_iterations, seconds,
      trainer.learn_seconds, trainer_get_mean_return (&trainer),
      trainer_assess (&task->task, sh_learner_get_policy (learner), 50,
                      options->seed));
  fflush (stdout);
  trainer_clear (&trainer);
  return TRUE;
}

/* Some seeds of one task; the median on stderr. */
static gboolean
run (const PluginTask *task, const char *algorithm, Plan *plan)
{
  g_autoptr (ShSpace) space = task_get_space (&task->task);
  g_autofree double *iterations = g_new0 (double, plan->n_seeds);
  ShLearnerOptions options;
  guint n_reached = 0;

  sh_learner_options_init_for (&options, algorithm, space);
  for (char **setting = plan->settings; *setting != NULL; setting++)
    if (!set_option (plan, &options, *setting))
      {
        fprintf (stderr, "algorithm-bench: there is no option '%s'\n",
                 *setting);
        return FALSE;
      }
  for (guint s = 0; s < plan->n_seeds; s++)
    {
      options.seed = plan->first_seed + s;
      if (!learn (task, algorithm, &options, plan, &iterations[s]))
        return FALSE;
      n_reached += isfinite (iterations[s]) ? 1 : 0;
    }
  qsort (iterations, plan->n_seeds, sizeof *iterations, compare);
  fprintf (stderr, "  %-24s %-5s %u of %u reach %g; median %.0f iterations\n",
           task->task.name, algorithm, n_reached, plan->n_seeds, task->goal,
           iterations[plan->n_seeds / 2]);
  return TRUE;
}

int
main (int argc, char *argv[])
{
  static char *none[] = { NULL };
  const char *name = argc > 1 ? argv[1] : "cartpole";
  Plan plan = { .n_seeds = argc > 3 ? (guint) atoi (argv[3]) : 5,
                .n_actors = 16,
                .first_seed = 1,
                .settings = argc > 4 ? argv + 4 : none };
  const char *one;

  plan.n_seeds = CLAMP (plan.n_seeds, 1, 1000);
  fprintf (stderr, "learning to a mean return:\n");
  for (guint i = 0; (one = plugin_task_get_name (i)) != NULL; i++)
    {
      const PluginTask *task;
      g_autoptr (ShSpace) space = NULL;

      if (strcmp (name, "all") != 0 && strcmp (name, one) != 0)
        continue;
      task = plugin_task_load (one);
      if (task == NULL)
        return 1;
      space = task_get_space (&task->task);
      if (argc > 2)
        {
          if (!run (task, argv[2], &plan))
            return 1;
          continue;
        }
      if (!run (task, "PPO", &plan) ||
          !run (task,
                space->actions[0].kind == SH_COMPONENT_DISCRETE ? "APEX"
                                                                : "SAC",
                &plan))
        return 1;
    }
  return 0;
}
