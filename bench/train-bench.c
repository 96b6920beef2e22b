/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What training costs with everything around it: rollouts alone, learning
 * alone, and both, by muscles as `simhost train` has them, each beside the bare
 * loop over the same kernels and the same plugin in one process without a host;
 * and the time from the start of `simhost train` to a saved brain that meets
 * CartPole's curriculum. Networks are 64x64, batches of 512 steps of 16
 * simulations, four epochs of four minibatches. One JSON line on stdout, lines
 * for people on stderr.
 *
 *   train-bench
 */

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sh-conductor.h"
#include "sh-plugin.h"
#include "sh-rollout.h"

#define INSTANCES 16u
#define BATCH 512u
#define ITERATIONS 200000u /* of one run */
#define ROUNDS 5 /* of which the best counts: others use the machine too */
#define SEEDS 5u

static const char plugin_file[] = PLUGIN_DIR "/cartpole.so";

static ShProgram *program;
static const ShConcept *concept;
static ShCodec *codec;
static const SimhostSimulator *simulator;

static double
now (void)
{
  return (double) g_get_monotonic_time () / 1e6;
}

static void
print (GString *json, const char *what, const char *unit, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, value < 100 ? "%.3f" : "%.0f", value);
  fprintf (stderr, "  %-44s %12s %s\n", what, text, unit);
  g_string_append_printf (json, "%s\"%s\":%s", json->len > 1 ? "," : "", what,
                          text);
}

/* ---- a learner that does nothing ---- */

typedef struct
{
  ShLearner parent;
  ShPolicy *policy;
  guint batch_size;
} Idle;

static void
idle_free (ShLearner *learner)
{
  sh_policy_free (((Idle *) learner)->policy);
  g_free (learner);
}

static ShPolicy *
idle_get_policy (ShLearner *learner)
{
  return ((Idle *) learner)->policy;
}

static guint
idle_get_batch_size (ShLearner *learner)
{
  return ((Idle *) learner)->batch_size;
}

static void
idle_learn (ShLearner *learner,
            ShFragment *const *fragments,
            guint n_fragments,
            ShLearnerStats *stats)
{
}

static const ShLearnerClass idle_class = {
  .name = "idle",
  .free = idle_free,
  .get_policy = idle_get_policy,
  .get_batch_size = idle_get_batch_size,
  .learn = idle_learn,
};

static ShPolicy *
make_policy (void)
{
  static const guint hidden[] = { 64, 64 };

  return sh_policy_new (sh_codec_get_space (codec), hidden, 2, 1);
}

static ShLearner *
make_idle (guint batch_size)
{
  Idle *idle = g_new0 (Idle, 1);

  idle->parent.klass = &idle_class;
  idle->policy = make_policy ();
  idle->batch_size = batch_size;
  return &idle->parent;
}

static ShLearner *
make_ppo (void)
{
  ShLearnerOptions options;

  sh_learner_options_init (&options, sh_codec_get_space (codec));
  options.batch_size = BATCH;
  options.minibatch_size = BATCH / 4;
  options.n_epochs = 4;
  options.target_kl = 0;
  options.seed = 1;
  return sh_ppo_new (sh_codec_get_space (codec), &options);
}

/* ---- the bare loop ---- */

typedef struct
{
  void *self;
  float length;
} Pole;

typedef struct
{
  int32_t command;
} Action;

static const SimhostHost host = {
  .struct_size = sizeof host,
  .abi_major = SIMHOST_ABI_MAJOR,
  .abi_minor = SIMHOST_ABI_MINOR,
};

/* `n_rounds` times 32 steps of 16 poles by the functions of the plugin; learns
 * unless `learner` is NULL. Iterations a second. */
static double
run_bare (ShPolicy *policy, ShLearner *learner, guint n_rounds)
{
  enum
  {
    T = BATCH / INSTANCES
  };
  ShFragment *fragments[INSTANCES];
  float observations[INSTANCES][4], actions[INSTANCES];
  float log_probs[INSTANCES], values[INSTANCES];
  Pole poles[INSTANCES];
  guint64 seed = 0;
  double start;

  for (guint i = 0; i < INSTANCES; i++)
    {
      uint8_t terminal;

      fragments[i] = sh_fragment_new (sh_codec_get_space (codec), T);
      simulator->create (&host, &poles[i].self);
      simulator->reset (poles[i].self, seed++);
      simulator->get_state (poles[i].self, observations[i], &terminal);
      poles[i].length = 0;
    }
  start = now ();
  for (guint round = 0; round < n_rounds; round++)
    {
      for (guint t = 0; t < T; t++)
        {
          sh_policy_act (policy, SH_ACT_EXPLORE, INSTANCES, observations[0],
                         actions, log_probs, values);
          for (guint i = 0; i < INSTANCES; i++)
            {
              Action action = { (int32_t) actions[i] };
              ShFragment *fragment = fragments[i];
              uint8_t terminal;

              memcpy (fragment->observations + t * 4, observations[i],
                      sizeof observations[i]);
              fragment->actions[t] = actions[i];
              fragment->log_probs[t] = log_probs[i];
              fragment->values[t] = values[i];
              simulator->advance (poles[i].self, &action);
              simulator->get_state (poles[i].self, observations[i], &terminal);
              fragment->rewards[t] =
                  (float) simulator->rewards[0].evaluate (poles[i].self);
              if (terminal || ++poles[i].length >= 500)
                {
                  simulator->reset (poles[i].self, seed++);
                  simulator->get_state (poles[i].self, observations[i],
                                        &terminal);
                  poles[i].length = 0;
                }
              memcpy (fragment->observations + (t + 1) * 4, observations[i],
                      sizeof observations[i]);
            }
        }
      for (guint i = 0; i < INSTANCES; i++)
        fragments[i]->n_steps = T;
      if (learner != NULL)
        sh_learner_learn (learner, fragments, INSTANCES, NULL);
    }
  start = now () - start;
  for (guint i = 0; i < INSTANCES; i++)
    {
      simulator->destroy (poles[i].self);
      sh_fragment_free (fragments[i]);
    }
  return (double) n_rounds * BATCH / start;
}

/* The same updates over and over, of what one round has left. */
static double
run_learning (guint n_rounds)
{
  g_autoptr (ShLearner) learner = make_ppo ();
  g_autoptr (ShPolicy) policy = make_policy ();
  ShFragment *fragments[INSTANCES];
  double start;

  for (guint i = 0; i < INSTANCES; i++)
    {
      ShFragment *fragment = fragments[i] =
          sh_fragment_new (sh_codec_get_space (codec), BATCH / INSTANCES);

      fragment->n_steps = BATCH / INSTANCES;
      for (guint j = 0; j < (fragment->n_steps + 1) * 4; j++)
        fragment->observations[j] = (float) g_random_double_range (-1, 1);
      sh_policy_act (policy, SH_ACT_EXPLORE, fragment->n_steps,
                     fragment->observations, fragment->actions,
                     fragment->log_probs, fragment->values);
      for (guint j = 0; j < fragment->n_steps; j++)
        fragment->rewards[j] = 1;
    }
  start = now ();
  for (guint round = 0; round < n_rounds; round++)
    sh_learner_learn (learner, fragments, INSTANCES, NULL);
  start = now () - start;
  for (guint i = 0; i < INSTANCES; i++)
    sh_fragment_free (fragments[i]);
  return (double) n_rounds * BATCH / start;
}

/* ---- a muscle's part, in this process ---- */

static double
run_rollout (ShPolicy *policy, guint n_rounds)
{
  enum
  {
    T = BATCH / INSTANCES,
    N = BATCH
  };
  static float observations[(T + 1) * INSTANCES * 4], last[N * 4], actions[N];
  static float log_probs[N], values[N], rewards[N];
  static double earned[N];
  static guint8 ends[N];
  const ShRolloutRows rows = {
    .n_steps = T,
    .observations = observations,
    .last = last,
    .actions = actions,
    .log_probs = log_probs,
    .values = values,
    .rewards = rewards,
    .earned = earned,
    .ends = ends,
  };
  static ShCallSlot slots[INSTANCES];
  g_autoptr (GError) error = NULL;
  g_autoptr (ShRollout) rollout = sh_rollout_new (
      &(ShRolloutOptions){
          .simulator = simulator,
          .concept = concept,
          .codec = codec,
          .policy = policy,
          .n_instances = INSTANCES,
          .n_all = INSTANCES,
          .slots = slots,
      },
      &error);
  double start = now ();

  for (guint round = 0; round < n_rounds && error == NULL; round++)
    sh_rollout_run (rollout, 0, T, &rows, &error);
  g_assert_no_error (error);
  return (double) n_rounds * BATCH / (now () - start);
}

/* ---- muscles ---- */

static void
on_ended (ShConductor *conductor, gpointer data)
{
  g_main_loop_quit (data);
}

/* Iterations a second; takes the learner. */
static double
run_muscles (ShLearner *learner, guint n_muscles, guint n_instances)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShRun) run =
      sh_run_new_training (program, concept, codec, learner, 1);
  g_autoptr (ShConductor) conductor = sh_conductor_new (
      &(ShConductorOptions){
          .run = run,
          .file = plugin_file,
          .simulator = "cartpole",
          .n_muscles = n_muscles,
          .n_instances = n_instances,
          .seed = 1,
          .call_deadline = 10000,
      },
      on_ended, loop, &error);
  ShRunProgress progress;

  g_assert_no_error (error);
  g_assert_nonnull (conductor);
  g_main_loop_run (loop);
  g_assert_no_error (sh_run_get_error (run));
  sh_run_get_progress (run, &progress);
  return (double) progress.iterations / progress.seconds;
}

/* ---- the whole command ---- */

static double
run_command (guint seed)
{
  g_autofree char *home = g_dir_make_tmp ("simhost-bench-XXXXXX", NULL);
  g_autofree char *number = g_strdup_printf ("%u", seed);
  g_autofree char *rubbish = g_strdup_printf ("rm -rf '%s'", home);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  double start;

  g_subprocess_launcher_setenv (launcher, "SIMHOST_DATA_HOME", home, TRUE);
  g_subprocess_launcher_setenv (launcher, "SIMHOST_PLUGIN_PATH", PLUGIN_DIR,
                                TRUE);
  start = now ();
  process = g_subprocess_launcher_spawn (launcher, &error, SIMHOST, "train",
                                         CURRICULUM, "--seed", number, NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  start = now () - start;
  g_assert_no_error (error);
  g_spawn_command_line_sync (rubbish, NULL, NULL, NULL, NULL);
  return start;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
get_median_of_commands (void)
{
  double seconds[SEEDS];

  for (guint seed = 0; seed < SEEDS; seed++)
    seconds[seed] = run_command (seed + 1);
  qsort (seconds, SEEDS, sizeof *seconds, compare);
  return seconds[SEEDS / 2];
}

/* The curriculum, but for a limit in the place of the threshold. */
static void
prepare (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *file = NULL;
  g_autofree char *limit =
      g_strdup_printf ("TotalIterationLimit: %u", ITERATIONS);

  g_file_get_contents (CURRICULUM, &file, NULL, &error);
  g_assert_no_error (error);
  g_string_assign (text, file);
  g_assert_true (
      g_string_replace (text, "LessonRewardThreshold: 475", limit, 1) == 1);
  program = sh_program_compile (text->str, -1, "cartpole", NULL, &error);
  g_assert_no_error (error);
  concept = &program->concepts[program->output];
  codec = sh_codec_new (concept, &error);
  g_assert_no_error (error);
  simulator = sh_plugin_find_simulator (sh_plugin_load (plugin_file, &error),
                                        "cartpole", &error);
  g_assert_no_error (error);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GString) json = g_string_new ("{");
  g_autoptr (ShPolicy) policy = NULL;
  double bare = 0, rollout = 0, learning = 0, both = 0;
  double alone[2] = { 0 }, trained[2] = { 0 };

  if (argc > 1)
    {
      fprintf (stderr, "train-bench takes no arguments\n");
      return 2;
    }
  g_setenv ("SIMHOST_EXE", SIMHOST, FALSE);
  prepare ();
  policy = make_policy ();
  /* One after the other, so that a busy moment hits all alike. */
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr (ShLearner) learner = make_ppo ();

      bare = MAX (bare, run_bare (policy, NULL, 400));
      rollout = MAX (rollout, run_rollout (policy, 400));
      learning = MAX (learning, run_learning (200));
      both =
          MAX (both, run_bare (sh_learner_get_policy (learner), learner, 200));
      for (guint k = 1; k <= 2; k++)
        {
          alone[k - 1] =
              MAX (alone[k - 1], run_muscles (make_idle (8192), k, 64));
          trained[k - 1] =
              MAX (trained[k - 1], run_muscles (make_ppo (), k, INSTANCES));
        }
    }
  fprintf (stderr, "training, CartPole, 64x64 tanh networks:\n");
  print (json, "rollout_bare", "steps/s, one thread", bare);
  print (json, "rollout_hosted", "steps/s, one thread", rollout);
  print (json, "rollout_hosted_to_bare", "", rollout / bare);
  print (json, "rollouts_1_muscle", "steps/s", alone[0]);
  print (json, "rollouts_2_muscles", "steps/s", alone[1]);
  print (json, "rollouts_2_muscles_to_bare", "", alone[1] / bare);
  print (json, "learning", "iterations/s, two threads", learning);
  print (json, "bare", "iterations/s", both);
  print (json, "train_1_muscle", "iterations/s", trained[0]);
  print (json, "train_2_muscles", "iterations/s", trained[1]);
  print (json, "train_2_muscles_to_bare", "", trained[1] / both);
  print (json, "cartpole_475", "s, median of the whole command",
         get_median_of_commands ());
  printf ("%s}\n", json->str);
  return 0;
}
