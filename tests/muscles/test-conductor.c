/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs by muscles, in real processes: that they are the same each time, keep to
 * limits and lessons, and outlive what their simulators do.
 *
 *   test-conductor FICKLE.so CARTPOLE.so CARTPOLE.ink
 */

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "programs.h"
#include "sh-algorithm.h"
#include "sh-conductor.h"
#include "sh-error.h"
#include "sh-muscle-message.h"
#include "sh-muscle.h"
#include "sh-restarts.h"

static const char *plugin_file, *cartpole_file, *cartpole_ink;

typedef struct
{
  /* What a test asks for. */
  guint n_muscles, n_instances, call_deadline;
  guint64 seed;
  guint n_kills; /* muscles killed on the way */
  guint kill_every; /* episodes, if not 0: then one muscle after the other */
  gboolean interrupt; /* once an episode is over */

  GMainLoop *loop;
  GRand *random;
  ShRun *run;
  ShConductor *conductor;
  ShProgram *program;
  ShCodec *codec;
  guint n_killed, n_warnings, n_episodes, n_tests;
  gint64 began;
  GString *lessons;

  /* What came of it. */
  ShRunProgress progress;
  GBytes *policy;
} Fixture;

static void
on_ended (ShConductor *conductor, gpointer data)
{
  Fixture *self = data;

  g_main_loop_quit (self->loop);
}

static void
on_lesson (ShRun *run, const char *name, const char *reason, Fixture *self)
{
  g_string_append_printf (self->lessons, "%s: %s\n", name, reason);
}

static void
on_test (ShRun *run, double mean_return, Fixture *self)
{
  self->n_tests++;
}

static gboolean
on_kill (gpointer data)
{
  kill (GPOINTER_TO_INT (data), SIGKILL);
  return G_SOURCE_REMOVE;
}

/* One that dies waiting, or with a request that it has not read. */
static void
kill_muscle (Fixture *self, GPid pid)
{
  if (self->n_killed++ % 2 == 0)
    {
      kill (pid, SIGKILL);
      return;
    }
  kill (pid, SIGSTOP);
  g_idle_add (on_kill, GINT_TO_POINTER (pid));
}

static void
kill_in_turn (Fixture *self)
{
  GPid pid = sh_conductor_get_pid (self->conductor,
                                   self->n_killed++ % self->n_muscles);

  g_assert_cmpint (pid, >, 0); /* it has played this episode's step, too */
  kill (pid, SIGKILL);
}

static void
on_episode (ShRun *run, const ShEpisode *episode, Fixture *self)
{
  guint muscle = (guint) g_rand_int_range (
      self->random, 0, (gint32) sh_conductor_get_n_muscles (self->conductor));
  GPid pid = sh_conductor_get_pid (self->conductor, muscle);

  if (self->interrupt)
    sh_run_stop (run, SH_RUN_REASON_INTERRUPTED, NULL);
  if (self->n_killed < self->n_kills && pid != 0 &&
      g_rand_int_range (self->random, 0, 10) == 0)
    kill_muscle (self, pid);
  if (self->kill_every > 0 && ++self->n_episodes % self->kill_every == 0)
    kill_in_turn (self);
}

static GLogWriterOutput
on_log (GLogLevelFlags level,
        const GLogField *fields,
        gsize n_fields,
        gpointer data)
{
  Fixture *self = data;

  if (level & G_LOG_LEVEL_WARNING)
    {
      self->n_warnings++;
      return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n_fields, NULL);
}

static Fixture *current; /* g_log_set_writer_func is for once */

static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *fields,
           gsize n_fields,
           gpointer data)
{
  return current != NULL ? on_log (level, fields, n_fields, current)
                         : g_log_writer_default (level, fields, n_fields, NULL);
}

static void
prepare_program (Fixture *self,
                 ShProgram *program,
                 const char *file,
                 const char *simulator)
{
  g_autoptr (GError) error = NULL;
  ShLearner *learner;

  self->program = program;
  self->codec = sh_codec_new (fixture_concept (self->program), &error);
  g_assert_no_error (error);
  learner = sh_algorithm_new_learner (fixture_concept (self->program),
                                      sh_codec_get_space (self->codec),
                                      self->seed, &error);
  g_assert_no_error (error);
  self->run =
      sh_run_new_training (self->program, fixture_concept (self->program),
                           self->codec, learner, self->seed);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->random = g_rand_new_with_seed ((guint32) self->seed);
  self->lessons = g_string_new (NULL);
  g_signal_connect (self->run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (self->run, "episode", G_CALLBACK (on_episode), self);
  g_signal_connect (self->run, "test", G_CALLBACK (on_test), self);
  current = self;
  self->conductor = sh_conductor_new (
      &(ShConductorOptions){
          .run = self->run,
          .file = file,
          .simulator = simulator,
          .n_muscles = self->n_muscles,
          .n_instances = MAX (self->n_instances, 1),
          .seed = self->seed,
          .call_deadline =
              self->call_deadline > 0 ? self->call_deadline : 10000,
      },
      on_ended, self, &error);
  g_assert_no_error (error);
}

static void
prepare (Fixture *self, const char *curriculum)
{
  prepare_program (self, fickle_program (curriculum), plugin_file, "fickle");
}

/* A process that is gone; its number may be another's by now, but hardly so
 * soon. */
static void
check_gone (GPid pid)
{
  g_assert_true (pid == 0 || (kill (pid, 0) < 0 && errno == ESRCH));
}

static void
clean_up (Fixture *self)
{
  guint n = sh_conductor_get_n_muscles (self->conductor);
  g_autofree GPid *pids = g_new (GPid, n);

  for (guint i = 0; i < n; i++)
    pids[i] = sh_conductor_get_pid (self->conductor, i);
  sh_conductor_free (self->conductor);
  for (guint i = 0; i < n; i++)
    check_gone (pids[i]);
  current = NULL;
  g_object_unref (self->run);
  g_main_loop_unref (self->loop);
  g_rand_free (self->random);
  g_string_free (self->lessons, TRUE);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
  g_clear_pointer (&self->policy, g_bytes_unref);
}

/* What was prepared. */
static void
play_on (Fixture *self)
{
  guint impatient;

  impatient = g_timeout_add (PATIENCE, on_impatient, NULL);
  g_main_loop_run (self->loop);
  g_source_remove (impatient);
  sh_run_get_progress (self->run, &self->progress);
  self->policy = sh_policy_save (sh_run_get_policy (self->run));
  for (guint i = 0; i < sh_conductor_get_n_muscles (self->conductor); i++)
    g_assert_cmpint (sh_conductor_get_pid (self->conductor, i), ==, 0);
}

static void
play (Fixture *self, const char *curriculum)
{
  prepare (self, curriculum);
  play_on (self);
}

#define LIMITS(LIMIT)                                                          \
  "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"                          \
  "training { EpisodeIterationLimit: 50, TotalIterationLimit: " #LIMIT " }"

/* No episode ends within what a muscle plays before it does its deed. */
#define LONG_EPISODES                                                          \
  "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"                          \
  "training { EpisodeIterationLimit: 5000, TotalIterationLimit: 100000 }"

#define SCENARIO(LENGTH, DEED, AT)                                             \
  "lesson only { scenario { length: " #LENGTH ", level: 0, deed: " #DEED       \
  ", at: " #AT " } }"

/* What a run that is not disturbed comes to. */

static void
test_same_seed (void)
{
  for (guint n_muscles = 1; n_muscles <= 3; n_muscles++)
    {
      const char *text = LIMITS (4500) "lesson only { scenario {"
                                       "  length: number<5 .. 40>,"
                                       "  level: number<0 .. 1>,"
                                       "  deed: 0, at: 0 } }";
      Fixture first = { .n_muscles = n_muscles, .n_instances = 7, .seed = 5 };
      Fixture again = first, other = first;

      other.seed = 6;
      play (&first, text);
      play (&again, text);
      play (&other, text);
      g_assert_true (g_bytes_equal (first.policy, again.policy));
      g_assert_cmpuint (first.progress.episodes, ==, again.progress.episodes);
      g_assert_cmpfloat (first.progress.mean_return, ==,
                         again.progress.mean_return);
      g_assert_false (g_bytes_equal (first.policy, other.policy));
      clean_up (&other);
      clean_up (&again);
      clean_up (&first);
    }
}

static void
test_iteration_limit (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 3, .seed = 1 };

  play (&self, LIMITS (3333) SCENARIO (10, 0, 0));
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_ITERATION_LIMIT);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  g_assert_cmpuint (self.progress.iterations, ==, 3333);
  g_assert_cmpuint (self.progress.episodes, ==, 3333 / 10);
  clean_up (&self);
}

/* More muscles than simulations, and rounds that are shorter than episodes. */
static void
test_one_instance (void)
{
  Fixture self = { .n_muscles = 4, .n_instances = 1, .seed = 1 };

  play (&self, LIMITS (2000) SCENARIO (0, 0, 0));
  g_assert_cmpuint (sh_conductor_get_n_muscles (self.conductor), ==, 1);
  g_assert_cmpuint (self.progress.iterations, ==, 2000);
  g_assert_cmpuint (self.progress.episodes, ==, 2000 / 50);
  clean_up (&self);
}

/* After each 20 episodes of training a pass, whether many end in one round or one
 * takes many; but those of the last round, and what is not one for each muscle. */
static void
test_passes (void)
{
  static const char *const curricula[] = {
    LIMITS (20000) SCENARIO (7, 0, 0),
    "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"
    "training { EpisodeIterationLimit: 1200, TotalIterationLimit: 60000,"
    "  NoProgressIterationLimit: 1000000 }" SCENARIO (0, 0, 0),
  };

  for (guint i = 0; i < G_N_ELEMENTS (curricula); i++)
    {
      Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 4 };
      guint n;

      play (&self, curricula[i]);
      g_assert_cmpint (sh_run_get_reason (self.run), ==,
                       SH_RUN_REASON_ITERATION_LIMIT);
      n = (guint) self.progress.episodes / 20;
      g_assert_cmpuint (self.n_tests, <=, n);
      g_assert_cmpuint (self.n_tests + 1000 / 7 / 20 + 2, >=, n);
      g_assert_cmpuint (self.n_tests, >, 0);
      clean_up (&self);
    }
}

/* In the first lesson any return passes, in the second none does that is not
 * of its level. */
static void
test_lessons (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 3 };

  play (&self, "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"
               "training { EpisodeIterationLimit: 20,"
               "  LessonAssessmentWindow: 10 }"
               "lesson easy { scenario { length: 0, level: 0, deed: 0, at: 0 }"
               "  training { LessonRewardThreshold: -1000 } }"
               "lesson steep { scenario { length: 0, level: 2, deed: 0, at: 0 }"
               "  training { LessonRewardThreshold: 20 } }");
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_CURRICULUM_MET);
  g_assert_cmpstr (self.lessons->str, ==,
                   "easy: threshold\nsteep: threshold\n");
  g_assert_cmpfloat (self.progress.mean_return, >=, 20);
  clean_up (&self);
}

/* The program's own words on an episode go with its steps: here that the third
 * step is the goal, or that no step may be the fifth. */
static void
test_goals (void)
{
  static const struct
  {
    const char *goal;
    ShRunReason reason;
    double success_rate;
  } cases[] = {
    { "reach Third: s.step in Goal.RangeAbove (2.5)",
      SH_RUN_REASON_CURRICULUM_MET, 1 },
    { "avoid Fifth: s.step in Goal.RangeAbove (4.5)",
      SH_RUN_REASON_ITERATION_LIMIT, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "goal (s: State) { %s }"
          "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"
          "training { EpisodeIterationLimit: 20, LessonAssessmentWindow: 10,"
          "  TotalIterationLimit: 5000 }"
          "lesson only { scenario { length: 0, level: 0, deed: 0, at: 0 } }",
          cases[i].goal);
      Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 3 };
      Fixture again = self;

      play (&self, text);
      g_assert_cmpint (sh_run_get_reason (self.run), ==, cases[i].reason);
      g_assert_cmpfloat (self.progress.success_rate, ==, cases[i].success_rate);
      play (&again, text);
      g_assert_true (g_bytes_equal (self.policy, again.policy));
      g_assert_cmpfloat (self.progress.mean_return, ==,
                         again.progress.mean_return);
      clean_up (&again);
      clean_up (&self);
    }
}

static void
test_interrupted (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4, .interrupt = TRUE };

  play (&self, LIMITS (1000000) SCENARIO (5, 0, 0));
  g_assert_cmpint (sh_run_get_reason (self.run), ==, SH_RUN_REASON_INTERRUPTED);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  g_assert_cmpuint (self.progress.episodes, ==, 1);
  clean_up (&self);
}

/* Whoever has no patience frees it; no process stays. */
static void
test_freed_on_the_way (void)
{
  Fixture self = { .n_muscles = 3, .n_instances = 6 };

  prepare (&self, LIMITS (1000000) SCENARIO (5, 0, 0));
  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  clean_up (&self);
}

/* What simulators do. */

static void
test_killed (void)
{
  for (guint64 seed = 0; seed < 3; seed++)
    {
      Fixture self = {
        .n_muscles = 2, .n_instances = 4, .seed = seed, .n_kills = 4
      };

      play (&self, LIMITS (30000) SCENARIO (7, 0, 0));
      g_assert_cmpint (sh_run_get_reason (self.run), ==,
                       SH_RUN_REASON_ITERATION_LIMIT);
      g_assert_cmpuint (self.progress.iterations, ==, 30000);
      g_assert_cmpuint (self.n_killed, ==, 4);
      g_assert_cmpuint (self.n_warnings, >=, 1);
      clean_up (&self);
    }
}

/* Some muscle or other is always being started again; the brain is good
 * nevertheless. */
static void
test_killed_again_and_again (void)
{
  Fixture self = {
    .n_muscles = 2, .n_instances = 8, .seed = 1, .kill_every = 10
  };
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (cartpole_ink, &text, NULL, &error);
  g_assert_no_error (error);
  prepare_program (&self, fixture_compile (text), cartpole_file, "cartpole");
  play_on (&self);
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_CURRICULUM_MET);
  g_assert_cmpfloat (self.progress.mean_return, >=, 475);
  /* More than the deaths that would end it if they were the simulator's. */
  g_assert_cmpuint (self.n_killed, >, SH_RESTARTS_MAX_DEATHS);
  g_assert_cmpuint (self.n_warnings, >, SH_RESTARTS_MAX_DEATHS);
  clean_up (&self);
}

/* Who tells whether it was the simulator? Episodes end, and the run goes on. */
static void
test_kills_itself (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 1 };

  play (&self, LIMITS (20000) SCENARIO (7, 13, 1500));
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_ITERATION_LIMIT);
  g_assert_cmpuint (self.progress.iterations, ==, 20000);
  g_assert_cmpuint (self.n_warnings, >, self.n_muscles * SH_MUSCLE_MAX_IN_VAIN);
  clean_up (&self);
}

/* One that loses an episode now and then goes on with the next. */
static void
test_lost_episode (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 1 };

  play (&self, LIMITS (5000) SCENARIO (7, 4, 100));
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_ITERATION_LIMIT);
  g_assert_cmpuint (self.progress.iterations, ==, 5000);
  clean_up (&self);
}

/* Nor is a test passed of which no episode was played to its end: no return at all
 * is not one of 0. */
static void
test_lost_test (void)
{
  Fixture self = { .n_muscles = 1, .n_instances = 10, .seed = 1 };

  /* From the 1001st step on, that is after the first round, rewards are NaN. */
  play (&self, "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"
               "training { LessonRewardThreshold: -1000,"
               "           LessonAssessmentWindow: 30 }"
               "lesson only { scenario { length: 7, level: 0, deed: 11,"
               "                         at: 1001 } }");
  g_assert_cmpuint (self.n_tests, ==, 1);
  g_assert_cmpint (sh_run_get_reason (self.run), ==, SH_RUN_REASON_FAILED);
  g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_SIMULATOR);
  clean_up (&self);
}

typedef struct
{
  const char *name, *curriculum, *says;
  guint call_deadline;
  ShError code;
  gboolean learnt; /* something was learnt before */
} Fault;

static const Fault faults[] = {
  { "crash", LIMITS (100000) SCENARIO (7, 1, 1500),
    "gave up after 5 deaths within 60 s; the last: simulator 'fickle' crashed "
    "in advance: segmentation fault",
    0, SH_ERROR_CRASHED, TRUE },
  { "crash-at-once", LIMITS (100000) SCENARIO (7, 1, 1),
    "gave up before the first step: simulator 'fickle' crashed in advance", 0,
    SH_ERROR_CRASHED, FALSE },
  /* Long enough for a process that is only slow to load the plugin. */
  { "hang", LIMITS (100000) SCENARIO (7, 2, 1500),
    "simulator 'fickle' did not return from advance within 4 s", 4000,
    SH_ERROR_HUNG, TRUE },
  { "exit", LIMITS (100000) SCENARIO (7, 3, 1500),
    "ended the process in advance (exit status 3)", 0, SH_ERROR_CRASHED, TRUE },
  { "give-up", LIMITS (100000) SCENARIO (7, 5, 1500),
    "simulator 'fickle': advance failed: the tower fell", 0, SH_ERROR_FATAL,
    TRUE },
  { "nan-state", LIMITS (100000) SCENARIO (7, 6, 1500),
    "state field 'level' is nan", 0, SH_ERROR_VALUE, TRUE },
  { "huge-reward", LIMITS (100000) SCENARIO (7, 7, 1500),
    "it must be a finite number that fits 32 bits", 0, SH_ERROR_VALUE, TRUE },
  { "nan-reward", LIMITS (100000) SCENARIO (7, 11, 1500),
    "gave up after 10 failures in a row: simulator 'fickle': reward failed", 0,
    SH_ERROR_SIMULATOR, TRUE },
  { "scribble", LIMITS (100000) SCENARIO (7, 8, 1500),
    "has written where it may not", 0, SH_ERROR_PROTOCOL, TRUE },
  /* The next process finds all as the first one did. */
  { "scribble-and-crash", LIMITS (100000) SCENARIO (7, 12, 1500),
    "gave up after 5 deaths within 60 s; the last: simulator 'fickle' crashed "
    "in advance: segmentation fault",
    0, SH_ERROR_CRASHED, TRUE },
  { "kill-at-once", LIMITS (100000) SCENARIO (7, 13, 1),
    "gave up before the first step: simulator 'fickle' was killed in advance: "
    "SIGKILL",
    0, SH_ERROR_KILLED, FALSE },
  { "kill-in-the-first-round", LIMITS (100000) SCENARIO (7, 13, 100),
    "gave up after 5 losses of a muscle while no episode ended; the last: "
    "simulator 'fickle' was killed in advance: SIGKILL",
    0, SH_ERROR_KILLED, FALSE },
  { "kill-before-an-episode-ends", LONG_EPISODES SCENARIO (0, 13, 1500),
    "gave up after 5 losses of a muscle while no episode ended; the last: "
    "simulator 'fickle' was killed in advance: SIGKILL",
    0, SH_ERROR_KILLED, TRUE },
  { "chatter", LIMITS (100000) SCENARIO (7, 9, 1500), "what makes no sense", 0,
    SH_ERROR_PROTOCOL, TRUE },
};

static void
test_fault (gconstpointer data)
{
  const Fault *fault = data;
  Fixture self = {
    .n_muscles = 2,
    .n_instances = 4,
    .seed = 2,
    .call_deadline = fault->call_deadline,
  };
  const GError *error;

  play (&self, fault->curriculum);
  error = sh_run_get_error (self.run);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
  g_assert_nonnull (error);
  if (strstr (error->message, fault->says) == NULL)
    g_error ("'%s' does not say '%s'", error->message, fault->says);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_error (error, SH_ERROR, (int) fault->code);
  g_assert_cmpint (self.progress.iterations > 0, ==, fault->learnt);
  clean_up (&self);
}

/* A packet that is as long as an answer and names another run is none. */
static void
test_answer_of_another (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4, .seed = 2 };
  g_autofree char *curriculum = g_strdup_printf (
      "algorithm { Algorithm: \"PPO\", BatchSize: 1000 }"
      "lesson only { scenario { length: 7, level: %zu, deed: 9, at: 1500 } }",
      sizeof (ShMuscleAnswer));

  play (&self, curriculum);
  g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_PROTOCOL);
  g_assert_nonnull (
      strstr (sh_run_get_error (self.run)->message, "makes no sense"));
  clean_up (&self);
}

/* A muscle that does not finish is not waited for. */
static void
test_hang_in_destroy (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 2, .seed = 1 };

  play (&self, LIMITS (1000) SCENARIO (7, 10, 0));
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_ITERATION_LIMIT);
  clean_up (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  plugin_file = argv[1];
  cartpole_file = argv[2];
  cartpole_ink = argv[3];
  g_log_set_writer_func (write_log, NULL, NULL);

  g_test_add_func ("/conductor/same-seed-same-brain", test_same_seed);
  g_test_add_func ("/conductor/iteration-limit-is-exact", test_iteration_limit);
  g_test_add_func ("/conductor/one-simulation", test_one_instance);
  g_test_add_func ("/conductor/passes-after-every-20-episodes", test_passes);
  g_test_add_func ("/conductor/lessons-by-threshold", test_lessons);
  g_test_add_func ("/conductor/goals", test_goals);
  g_test_add_func ("/conductor/interrupted", test_interrupted);
  g_test_add_func ("/conductor/freed-on-the-way", test_freed_on_the_way);
  g_test_add_func ("/conductor/killed-muscles-come-back", test_killed);
  g_test_add_func ("/conductor/trains-while-killed-again-and-again",
                   test_killed_again_and_again);
  g_test_add_func ("/conductor/kills-itself-and-goes-on", test_kills_itself);
  g_test_add_func ("/conductor/lost-episode-goes-on", test_lost_episode);
  g_test_add_func ("/conductor/lost-test-is-failed", test_lost_test);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/conductor/fault/%s", faults[i].name);

      g_test_add_data_func (path, &faults[i], test_fault);
    }
  g_test_add_func ("/conductor/answer-of-another-is-none",
                   test_answer_of_another);
  g_test_add_func ("/conductor/hang-in-destroy-is-killed",
                   test_hang_in_destroy);
  return g_test_run ();
}
