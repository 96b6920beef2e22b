/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Muscles that join and leave a run, and simulations elsewhere that take part in
 * it beside them.
 *
 *   test-team FICKLE.so
 */

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "programs.h"
#include "sh-conductor.h"
#include "sh-error.h"

#define LENGTH 7

static const char *plugin_file;

#define LIMITS(LIMIT)                                                          \
  "training { EpisodeIterationLimit: 1000000, TotalIterationLimit: " #LIMIT    \
  ", "                                                                         \
  "  NoProgressIterationLimit: 1000000000 }"
#define SCENARIO(LENGTH)                                                       \
  "lesson only { scenario { length: " #LENGTH ", level: 0, deed: 0, at: 0 } }"

/* A simulation in this process. */
typedef struct
{
  ShRun *run;
  ShActor *actor; /* NULL: it has left */
  gboolean holds; /* answers no action */
  double step;
  guint64 n_steps;
} Elsewhere;

typedef struct
{
  guint n_muscles, n_instances;
  /* The muscles are to be so many, one after the other, each for 100 episodes
   * and more; then the run is stopped. */
  guint plan[8], n_plan;
  gboolean may_rest;
  gboolean kills_who_joins; /* before its first step, once */
  guint leave_deadline;
  const char *file; /* NULL: the plugin */

  GMainLoop *loop;
  ShProgram *program;
  ShCodec *codec;
  ShLearner *learner; /* the run's */
  ShRun *run;
  ShConductor *conductor;
  Elsewhere *elsewhere; /* NULL: there is none */
  guint turn;

  guint impatient; /* no test waits for longer */
  guint n_episodes, next, next_at; /* of the plan */
  guint n_failures, n_most, n_killed;
  char *failure;
  GArray *pids; /* GPid, of all muscles that there were */
  ShRunProgress progress;
} Fixture;

/* ---- a simulation elsewhere ---- */

static void elsewhere_begin (Elsewhere *self);

static void
elsewhere_observe (Elsewhere *self, gboolean terminal)
{
  const SimhostSchema *table =
      sh_codec_get_state_table (sh_run_get_codec (self->run));
  g_autofree char *state = g_malloc0 (table->size);

  *(double *) fixture_member (table, state, "seed") = -1;
  *(double *) fixture_member (table, state, "step") = self->step;
  if (sh_run_observe (self->run, self->actor, state, 0, terminal) !=
          SH_RUN_ACT &&
      self->actor != NULL)
    elsewhere_begin (self);
}

static void
elsewhere_begin (Elsewhere *self)
{
  const SimhostSchema *table =
      sh_codec_get_config_table (sh_run_get_codec (self->run));
  g_autofree char *config = g_malloc0 (table->size);
  guint lesson;

  self->step = 0;
  if (sh_run_begin_episode (self->run, self->actor, config, &lesson))
    elsewhere_observe (self, FALSE);
}

static void
on_action (ShActor *actor, gconstpointer action, gpointer data)
{
  Elsewhere *self = data;

  if (action == NULL || self->holds)
    return;
  self->step++;
  self->n_steps++;
  elsewhere_observe (self, self->step == LENGTH);
}

static gboolean
on_turn (gpointer data)
{
  Fixture *self = data;

  if (self->elsewhere->actor != NULL)
    sh_run_dispatch (self->run);
  return G_SOURCE_CONTINUE;
}

static Elsewhere *
add_elsewhere (Fixture *self, gboolean holds)
{
  Elsewhere *elsewhere = g_new0 (Elsewhere, 1);

  elsewhere->run = self->run;
  elsewhere->holds = holds;
  elsewhere->actor = sh_run_add_actor (self->run, on_action, elsewhere);
  self->elsewhere = elsewhere;
  self->turn = g_timeout_add (1, on_turn, self);
  elsewhere_begin (elsewhere);
  return elsewhere;
}

static void
remove_elsewhere (Fixture *self)
{
  g_clear_handle_id (&self->turn, g_source_remove);
  if (self->elsewhere != NULL && self->elsewhere->actor != NULL)
    sh_run_remove_actor (self->run, g_steal_pointer (&self->elsewhere->actor));
}

/* ---- a run ---- */

static guint n_warnings;

static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *fields,
           gsize n_fields,
           gpointer data)
{
  if (!(level & G_LOG_LEVEL_WARNING))
    return g_log_writer_default (level, fields, n_fields, NULL);
  n_warnings++;
  return G_LOG_WRITER_HANDLED;
}

static void
on_ended (ShConductor *conductor, gpointer data)
{
  Fixture *self = data;

  if (sh_run_get_state (self->run) >= SH_RUN_FINISHED)
    g_main_loop_quit (self->loop);
}

static void
note_pids (Fixture *self)
{
  guint n = sh_conductor_get_n_muscles (self->conductor);

  for (guint i = 0; i < n; i++)
    {
      GPid pid = sh_conductor_get_pid (self->conductor, i);
      gboolean is_new = pid != 0;

      for (guint j = 0; j < self->pids->len && is_new; j++)
        is_new = g_array_index (self->pids, GPid, j) != pid;
      if (is_new)
        g_array_append_val (self->pids, pid);
    }
}

static void
on_changed (ShConductor *conductor, const GError *error, gpointer data)
{
  Fixture *self = data;
  guint n_playing = 0;

  for (guint i = 0; i < sh_conductor_get_n_muscles (conductor); i++)
    {
      ShConductorMuscle muscle;

      sh_conductor_get_muscle (conductor, i, &muscle);
      n_playing += muscle.state == SH_CONDUCTOR_MUSCLE_PLAYING;
      if (self->kills_who_joins && self->n_killed == 0 &&
          muscle.number > self->n_muscles &&
          muscle.state == SH_CONDUCTOR_MUSCLE_PLAYING)
        {
          note_pids (self);
          kill (muscle.pid, SIGKILL);
          self->n_killed++;
        }
    }
  self->n_most = MAX (self->n_most, n_playing);
  if (error != NULL)
    {
      self->n_failures++;
      g_free (self->failure);
      self->failure = g_strdup (error->message);
    }
}

static void
on_episode (ShRun *run, const ShEpisode *episode, Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->n_episodes++;
  note_pids (self);
  if (!sh_conductor_is_settled (self->conductor) ||
      self->n_episodes < self->next_at || self->n_plan == 0)
    return;
  self->next_at = self->n_episodes + 100;
  if (self->next == self->n_plan)
    {
      sh_run_stop (run, SH_RUN_REASON_INTERRUPTED, NULL);
      return;
    }
  sh_conductor_set_n_muscles (self->conductor, self->plan[self->next++],
                              &error);
  g_assert_no_error (error);
}

static void
on_stopping (ShRun *run, Fixture *self)
{
  remove_elsewhere (self);
}

static void
prepare (Fixture *self, const char *curriculum)
{
  g_autoptr (GError) error = NULL;

  self->program = fickle_program (curriculum);
  self->codec = sh_codec_new (fixture_concept (self->program), &error);
  g_assert_no_error (error);
  self->learner =
      fixture_learner_new (sh_codec_get_space (self->codec), 200, 3);
  self->run =
      sh_run_new_training (self->program, fixture_concept (self->program),
                           self->codec, self->learner, 1);
  self->impatient = g_timeout_add (PATIENCE, on_impatient, NULL);
  self->loop = g_main_loop_new (NULL, FALSE);
  self->pids = g_array_new (FALSE, FALSE, sizeof (GPid));
  g_signal_connect (self->run, "episode", G_CALLBACK (on_episode), self);
  g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  self->conductor = sh_conductor_new (
      &(ShConductorOptions){
          .run = self->run,
          .file = self->file != NULL ? self->file : plugin_file,
          .simulator = "fickle",
          .n_muscles = self->n_muscles,
          .n_instances = self->n_instances,
          .seed = 1,
          .call_deadline = 10000,
          .leave_deadline = self->leave_deadline,
          .may_rest = self->may_rest,
      },
      on_ended, self, &error);
  g_assert_no_error (error);
  sh_conductor_set_changed (self->conductor, on_changed, self);
}

static void
play (Fixture *self)
{
  g_main_loop_run (self->loop);
  g_assert_no_error (sh_run_get_error (self->run));
  sh_run_get_progress (self->run, &self->progress);
  if (self->n_failures == 0)
    g_assert_cmpuint (n_warnings, ==, self->n_killed);
  n_warnings = 0;
}

static void
clean_up (Fixture *self)
{
  g_source_remove (self->impatient);
  remove_elsewhere (self);
  sh_conductor_free (self->conductor);
  for (guint i = 0; i < self->pids->len; i++)
    {
      GPid pid = g_array_index (self->pids, GPid, i);

      g_assert_true (kill (pid, 0) < 0 && errno == ESRCH);
    }
  g_array_unref (self->pids);
  g_free (self->elsewhere);
  g_free (self->failure);
  g_object_unref (self->run);
  g_main_loop_unref (self->loop);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
}

/* In each fragment one step follows the other, in one episode. */
static guint64
check_batches (Fixture *self, guint64 *n_elsewhere)
{
  GPtrArray *batches = fixture_learner_get_batches (self->learner);
  guint64 n_steps = 0;

  *n_elsewhere = 0;
  for (guint b = 0; b < batches->len; b++)
    {
      GPtrArray *batch = batches->pdata[b];

      for (guint f = 0; f < batch->len; f++)
        {
          const ShFragment *fragment = batch->pdata[f];
          const float *first = fragment->observations;

          for (guint i = 0; i <= fragment->n_steps; i++)
            {
              g_assert_cmpfloat (first[3 * i], ==, first[0]);
              g_assert_cmpfloat (first[3 * i + 1], ==, first[1] + (float) i);
            }
          if (first[0] < 0)
            *n_elsewhere += fragment->n_steps;
          n_steps += fragment->n_steps;
        }
    }
  return n_steps;
}

/* ---- muscles that come and go ---- */

static void
test_join_and_leave (void)
{
  /* Whoever leaves has all the time that it needs for its episodes. */
  Fixture self = { .n_muscles = 2,
                   .n_instances = 4,
                   .plan = { 2, 4, 1, 3 },
                   .n_plan = 4,
                   .leave_deadline = PATIENCE };
  guint64 n_elsewhere, n_steps;

  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  play (&self);
  g_assert_cmpint (sh_run_get_reason (self.run), ==, SH_RUN_REASON_INTERRUPTED);
  g_assert_cmpuint (self.n_most, ==, 4);
  g_assert_cmpuint (self.pids->len, ==, 6);
  /* Those that left have played to the ends of their episodes: but for those
   * that are open when the run is over, two for each muscle, all are whole. */
  n_steps = self.progress.iterations;
  g_assert_cmpuint (n_steps - LENGTH * self.progress.episodes, <=,
                    3 * 2 * (LENGTH - 1));
  g_assert_cmpuint (check_batches (&self, &n_elsewhere), >, n_steps - 1000);
  clean_up (&self);
}

/* The seed in halves, which are whole in an observation. */
#define HALVES                                                                 \
  "state function (s: State): State {"                                         \
  "  var high = Math.Floor (s.seed / 65536)"                                   \
  "  return { seed: s.seed - 65536 * high, step: s.step, level: high } } "
/* Actions within their bounds by which two explorations are told from each other. */
#define N_COMPARED 3u

static void
check_first_time (GHashTable *seen, char *what)
{
  if (!g_hash_table_add (seen, what))
    g_error ("two episodes have %s", what);
}

/* What was drawn in an episode's steps: how likely it was depends on that alone, but
 * where it was moved onto a bound. NULL: too little is within. */
static char *
describe_exploration (const ShFragment *fragment)
{
  g_autoptr (GString) text = g_string_new ("actions of log probabilities");
  guint n_within = 0;

  for (guint i = 0; i < fragment->n_steps; i++)
    if (fabsf (fragment->actions[i]) < 1)
      {
        g_string_append_printf (text, " %.5f", (double) fragment->log_probs[i]);
        n_within++;
      }
    else
      g_string_append (text, fragment->actions[i] < 0 ? " -" : " +");
  return n_within >= N_COMPARED ? g_string_free (g_steal_pointer (&text), FALSE)
                                : NULL;
}

/* Each episode has a seed of its own, and is explored in a way of its own; how many
 * there are of which both is known. */
static guint
check_all_differ (GPtrArray *batches)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n = 0;

  for (guint b = 0; b < batches->len; b++)
    {
      GPtrArray *batch = batches->pdata[b];

      for (guint f = 0; f < batch->len; f++)
        {
          const ShFragment *fragment = batch->pdata[f];
          const float *first = fragment->observations;
          char *exploration;

          if (first[1] > 0 || fragment->n_steps < LENGTH)
            continue;
          check_first_time (seen, g_strdup_printf ("seed %.0f * 65536 + %.0f",
                                                   (double) first[2],
                                                   (double) first[0]));
          exploration = describe_exploration (fragment);
          if (exploration == NULL)
            continue;
          check_first_time (seen, exploration);
          n++;
        }
    }
  return n;
}

/* Who joins plays no episode that another one has played. */
static void
test_joins_with_seeds_of_its_own (void)
{
  Fixture self = {
    .n_muscles = 1, .n_instances = 2, .plan = { 1, 2, 1, 3 }, .n_plan = 4
  };

  prepare (&self, HALVES LIMITS (1000000000) SCENARIO (7));
  play (&self);
  g_assert_cmpuint (self.n_most, ==, 3);
  g_assert_cmpuint (
      check_all_differ (fixture_learner_get_batches (self.learner)), >, 100);
  clean_up (&self);
}

static void
test_comes_and_goes (void)
{
  Fixture self = {
    .n_muscles = 1, .n_instances = 1, .plan = { 1, 2, 1 }, .n_plan = 3
  };

  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  play (&self);
  g_assert_cmpuint (self.pids->len, ==, 2);
  clean_up (&self);
}

/* An episode that does not end is not waited for. */
static void
test_leave_deadline (void)
{
  Fixture self = {
    .n_muscles = 2, .n_instances = 2, .leave_deadline = 1, .may_rest = TRUE
  };
  g_autoptr (GError) error = NULL;

  prepare (&self, LIMITS (1000000000) SCENARIO (0));
  while (sh_run_get_state (self.run) != SH_RUN_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  note_pids (&self);
  g_assert_true (sh_conductor_set_n_muscles (self.conductor, 1, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (sh_conductor_get_n_staying (self.conductor), ==, 1);
  g_assert_false (sh_conductor_is_settled (self.conductor));
  while (!sh_conductor_is_settled (self.conductor))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (sh_conductor_get_n_muscles (self.conductor), ==, 1);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  play (&self);
  clean_up (&self);
}

/* One that cannot be set up is said, and the run goes on without. */
static void
test_cannot_join (void)
{
  g_autofree char *folder = g_dir_make_tmp ("simhost-team-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (folder, "fickle.so", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  Fixture self = { .n_muscles = 1, .n_instances = 2, .file = file };
  gsize size;
  guint n_episodes;

  g_file_get_contents (plugin_file, &bytes, &size, &error);
  g_assert_no_error (error);
  g_file_set_contents (file, bytes, (gssize) size, &error);
  g_assert_no_error (error);
  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  while (sh_run_get_state (self.run) != SH_RUN_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_unlink (file), ==, 0);
  g_assert_true (sh_conductor_set_n_muscles (self.conductor, 2, NULL));
  while (self.n_failures == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (self.failure, "fickle.so"));
  g_assert_cmpuint (n_warnings, ==, 1);
  n_episodes = self.n_episodes;
  while (self.n_episodes < n_episodes + 100)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (sh_conductor_get_n_staying (self.conductor), ==, 1);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  play (&self);
  g_assert_cmpuint (sh_conductor_get_n_staying (self.conductor), ==, 0);
  clean_up (&self);
  g_rmdir (folder);
}

static void
test_refused (void)
{
  Fixture self = { .n_muscles = 1, .n_instances = 2 };
  const guint wrong[] = { 0, SH_CONDUCTOR_MAX_MUSCLES + 1, G_MAXUINT };
  g_autoptr (GError) error = NULL;

  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_assert_false (
          sh_conductor_set_n_muscles (self.conductor, wrong[i], &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, "from 1 to 64"));
      g_clear_error (&error);
    }
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_false (sh_conductor_set_n_muscles (self.conductor, 2, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_REFUSED);
  play (&self);
  clean_up (&self);
}

/* Returns once it is dead, and before the main loop hears of anything else. */
static void
kill_at_once (GPid pid)
{
  siginfo_t info;

  g_assert_cmpint (kill (pid, SIGKILL), ==, 0);
  g_assert_cmpint (waitid (P_PID, (id_t) pid, &info, WEXITED | WNOWAIT), ==, 0);
}

/* Whoever dies while leaving has left; who dies while joining has not come. */
static void
test_killed_on_the_way (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 2, .may_rest = TRUE };
  ShConductorMuscle muscle;

  prepare (&self, LIMITS (1000000000) SCENARIO (0));
  while (sh_run_get_state (self.run) != SH_RUN_RUNNING)
    g_main_context_iteration (NULL, TRUE);
  note_pids (&self);
  sh_conductor_set_n_muscles (self.conductor, 1, NULL);
  sh_conductor_get_muscle (self.conductor, 1, &muscle);
  g_assert_cmpint (muscle.state, ==, SH_CONDUCTOR_MUSCLE_LEAVING);
  kill_at_once (muscle.pid);
  while (!sh_conductor_is_settled (self.conductor))
    g_main_context_iteration (NULL, TRUE);

  sh_conductor_set_n_muscles (self.conductor, 2, NULL);
  sh_conductor_get_muscle (self.conductor, 1, &muscle);
  g_assert_cmpint (muscle.state, ==, SH_CONDUCTOR_MUSCLE_JOINING);
  kill_at_once (muscle.pid);
  while (self.n_failures == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_nonnull (strstr (self.failure, "was killed"));
  while (!sh_conductor_is_settled (self.conductor))
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  play (&self);
  clean_up (&self);
}

/* Who has just joined a run that goes on and is killed before its first step is
 * started again: that says nothing of the simulator. */
static void
test_killed_before_its_first_step (void)
{
  Fixture self = { .n_muscles = 1,
                   .n_instances = 2,
                   .plan = { 1, 2 },
                   .n_plan = 2,
                   .kills_who_joins = TRUE };

  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  play (&self);
  g_assert_cmpint (sh_run_get_reason (self.run), ==, SH_RUN_REASON_INTERRUPTED);
  g_assert_cmpuint (self.n_killed, ==, 1);
  g_assert_cmpuint (self.n_failures, ==, 0);
  /* Its second process as well. */
  g_assert_cmpuint (self.pids->len, ==, 3);
  clean_up (&self);
}

/* ---- beside simulations elsewhere ---- */

static void
test_elsewhere (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4 };
  guint64 n_steps, n_elsewhere;

  prepare (&self, LIMITS (60000) SCENARIO (7));
  add_elsewhere (&self, FALSE);
  play (&self);
  g_assert_cmpuint (self.progress.iterations, ==, 60000);
  n_steps = check_batches (&self, &n_elsewhere);
  g_assert_cmpuint (n_steps, >, 59000);
  g_assert_cmpuint (n_elsewhere, >, 0);
  g_assert_cmpuint (n_elsewhere, <=, self.elsewhere->n_steps);
  clean_up (&self);
}

/* One that never answers does not hold the muscles up. */
static void
test_slow_elsewhere (void)
{
  Fixture self = { .n_muscles = 2, .n_instances = 4 };

  prepare (&self, LIMITS (20000) SCENARIO (7));
  add_elsewhere (&self, TRUE);
  play (&self);
  g_assert_cmpuint (self.progress.iterations, ==, 20000);
  g_assert_cmpuint (self.elsewhere->n_steps, ==, 0);
  clean_up (&self);
}

/* All muscles leave: what is played elsewhere is learnt from without them. */
static void
test_rest (void)
{
  Fixture self = { .n_muscles = 2,
                   .n_instances = 4,
                   .may_rest = TRUE,
                   .plan = { 2, 0, 1 },
                   .n_plan = 3 };
  guint64 n_elsewhere;

  prepare (&self, LIMITS (1000000000) SCENARIO (7));
  add_elsewhere (&self, FALSE);
  play (&self);
  g_assert_cmpuint (self.pids->len, ==, 3);
  check_batches (&self, &n_elsewhere);
  /* At 200 a batch. */
  g_assert_cmpuint (n_elsewhere, >=, 400);
  clean_up (&self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  plugin_file = argv[1];
  g_log_set_writer_func (write_log, NULL, NULL);

  g_test_add_func ("/team/muscles-join-and-leave", test_join_and_leave);
  g_test_add_func ("/team/who-joins-has-seeds-of-its-own",
                   test_joins_with_seeds_of_its_own);
  g_test_add_func ("/team/one-comes-and-goes", test_comes_and_goes);
  g_test_add_func ("/team/endless-episode-is-cut-off", test_leave_deadline);
  g_test_add_func ("/team/one-that-cannot-be-set-up", test_cannot_join);
  g_test_add_func ("/team/numbers-that-cannot-be", test_refused);
  g_test_add_func ("/team/killed-on-the-way", test_killed_on_the_way);
  g_test_add_func ("/team/killed-before-its-first-step",
                   test_killed_before_its_first_step);
  g_test_add_func ("/team/elsewhere-is-learnt-from-too", test_elsewhere);
  g_test_add_func ("/team/rounds-do-not-wait-for-elsewhere",
                   test_slow_elsewhere);
  g_test_add_func ("/team/elsewhere-alone", test_rest);
  return g_test_run ();
}
