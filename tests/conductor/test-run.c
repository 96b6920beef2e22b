/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A run and what it hands to its learner, driven by simulations in the process.
 */

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sh-error.h"
#include "walker.h"

#define MAX_WALKERS 8u
/* Turns after which a test that goes on has failed. */
#define MAX_TURNS 100000u

typedef struct
{
  ShProgram *program;
  ShCodec *codec;
  ShLearner *learner; /* the run's; NULL: an assessment */
  ShPolicy *policy; /* of an assessment */
  ShRun *run;
  Walker *walkers[MAX_WALKERS];
  guint n_walkers;

  GString *log; /* signals but `progress` and `episode`, in order */
  GArray *episodes; /* ShEpisode */
  guint n_progress;
  ShRunProgress progress; /* the last */
} Fixture;

static void
on_progress (ShRun *run, ShRunProgress *progress, Fixture *self)
{
  self->n_progress++;
  self->progress = *progress;
}

static void
on_episode (ShRun *run, ShEpisode *episode, Fixture *self)
{
  g_array_append_val (self->episodes, *episode);
}

static void
on_lesson (ShRun *run, const char *name, const char *reason, Fixture *self)
{
  g_string_append_printf (self->log, "%s: %s\n", name, reason);
}

static void
on_stopping (ShRun *run, Fixture *self)
{
  g_assert_cmpint (sh_run_get_state (run), ==, SH_RUN_STOPPING);
  g_string_append_printf (self->log, "stopping: %s\n",
                          sh_run_reason_to_string (sh_run_get_reason (run)));
}

static void
on_finished (ShRun *run, Fixture *self)
{
  g_string_append (self->log, "finished\n");
}

static void
add_walkers (Fixture *self, guint n_walkers)
{
  for (guint i = 0; i < n_walkers; i++)
    self->walkers[i] = walker_new (self->run, i);
  self->n_walkers = n_walkers;
}

static void
listen (Fixture *self)
{
  self->log = g_string_new (NULL);
  self->episodes = g_array_new (FALSE, FALSE, sizeof (ShEpisode));
  g_signal_connect (self->run, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->run, "episode", G_CALLBACK (on_episode), self);
  g_signal_connect (self->run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  g_signal_connect (self->run, "finished", G_CALLBACK (on_finished), self);
}

static void
prepare (Fixture *self, const char *curriculum)
{
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  self->program =
      fixture_program (WALKER_STATE, WALKER_ACTION, WALKER_CONFIG, curriculum);
  self->codec = sh_codec_new (fixture_concept (self->program), &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture *self,
        const char *curriculum,
        guint n_walkers,
        guint batch_size)
{
  prepare (self, curriculum);
  self->learner =
      fixture_learner_new (sh_codec_get_space (self->codec), batch_size, 3);
  self->run =
      sh_run_new_training (self->program, fixture_concept (self->program),
                           self->codec, self->learner, 11);
  listen (self);
  add_walkers (self, n_walkers);
}

static void
set_up_assessment (Fixture *self,
                   const char *curriculum,
                   guint n_walkers,
                   guint64 n_episodes)
{
  const guint layers[] = { 8 };

  prepare (self, curriculum);
  self->policy = sh_policy_new (sh_codec_get_space (self->codec), layers, 1, 3);
  self->run =
      sh_run_new_assessment (self->program, fixture_concept (self->program),
                             self->codec, self->policy, n_episodes, 11);
  listen (self);
  add_walkers (self, n_walkers);
}

static void
tear_down (Fixture *self)
{
  for (guint i = 0; i < self->n_walkers; i++)
    walker_free (self->walkers[i]);
  g_assert_finalize_object (self->run);
  g_clear_pointer (&self->policy, sh_policy_free);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
  g_string_free (self->log, TRUE);
  g_array_unref (self->episodes);
}

static void
begin_all (Fixture *self)
{
  for (guint i = 0; i < self->n_walkers; i++)
    if (!self->walkers[i]->begun)
      walker_begin (self->walkers[i]);
}

/* So many turns of the loop. */
static void
turn (Fixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    sh_run_dispatch (self->run);
}

/* Until the run is over. */
static void
play (Fixture *self)
{
  begin_all (self);
  for (guint i = 0; sh_run_get_state (self->run) <= SH_RUN_STOPPING; i++)
    {
      g_assert_cmpuint (i, <, MAX_TURNS);
      sh_run_dispatch (self->run);
    }
}

/* Fragments */

typedef struct
{
  guint n_steps, n_open, n_terminal, n_truncated;
} Counts;

/*
 * Checks a fragment against what its walker did: rows are consecutive, actions
 * and rewards those of their steps, values those of the policy. Each step may
 * come once: `seen` holds their keys.
 */
static void
check_fragment (Fixture *self,
                const ShFragment *fragment,
                GHashTable *seen,
                Counts *counts)
{
  const float *row = fragment->observations;
  guint number = (guint) row[0], episode = (guint) row[1];
  guint step = (guint) row[2];
  Walker *walker = self->walkers[number];

  g_assert_cmpuint (fragment->n_steps, >, 0);
  for (guint i = 0; i <= fragment->n_steps; i++, row += 3)
    {
      float value;

      g_assert_cmpfloat (row[0], ==, number);
      g_assert_cmpfloat (row[1], ==, episode);
      g_assert_cmpfloat (row[2], ==, step + i);
      if (i == fragment->n_steps)
        break;
      g_assert_true (g_hash_table_add (
          seen, g_strdup_printf ("%u/%u/%u", number, episode, step + i)));
      g_assert_cmpfloat (fragment->actions[i], ==,
                         walker_way (walker, episode, step + i));
      g_assert_cmpfloat (fragment->rewards[i], ==,
                         walker_reward (number, episode, step + i + 1));
      sh_policy_value (sh_run_get_policy (self->run), 1, row, &value);
      g_assert_cmpfloat_with_epsilon (fragment->values[i], value, 1e-5);
      g_assert_cmpfloat (fragment->log_probs[i], <, 0);
    }
  counts->n_steps += fragment->n_steps;
  counts->n_open += fragment->end == SH_FRAGMENT_OPEN;
  counts->n_terminal += fragment->end == SH_FRAGMENT_TERMINAL;
  counts->n_truncated += fragment->end == SH_FRAGMENT_TRUNCATED;
}

static Counts
check_batches (Fixture *self)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *batches = fixture_learner_get_batches (self->learner);
  Counts counts = { 0 };

  for (guint i = 0; i < batches->len; i++)
    {
      GPtrArray *batch = batches->pdata[i];
      guint before = counts.n_steps;

      for (guint j = 0; j < batch->len; j++)
        check_fragment (self, batch->pdata[j], seen, &counts);
      g_assert_cmpuint (counts.n_steps - before, >=,
                        sh_learner_get_batch_size (self->learner));
      g_assert_cmpuint (counts.n_steps - before, <,
                        sh_learner_get_batch_size (self->learner) +
                            self->n_walkers);
    }
  return counts;
}

static ShFragment *
get_fragment (Fixture *self, guint batch, guint index)
{
  GPtrArray *batches = fixture_learner_get_batches (self->learner);
  GPtrArray *fragments;

  g_assert_cmpuint (batch, <, batches->len);
  fragments = batches->pdata[batch];
  g_assert_cmpuint (index, <, fragments->len);
  return fragments->pdata[index];
}

static void
test_terminal (void)
{
  Fixture self;
  Counts counts;

  set_up (&self, "lesson a { scenario { length: 5 } }", 1, 20);
  begin_all (&self);
  turn (&self, 81);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 80);
  g_assert_cmpuint (counts.n_terminal, ==, 16);
  g_assert_cmpuint (counts.n_open + counts.n_truncated, ==, 0);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  g_assert_cmpuint (self.episodes->len, ==, 16);
  for (guint i = 0; i < 16; i++)
    {
      const ShEpisode *episode = &g_array_index (self.episodes, ShEpisode, i);

      g_assert_cmpuint (episode->number, ==, i);
      g_assert_cmpuint (episode->length, ==, 5);
      g_assert_true (episode->terminal);
      g_assert_cmpfloat (episode->episode_return, ==,
                         5 * 0.5 * (i + 1) + 0.25 * 15);
    }
  tear_down (&self);
}

static void
test_truncated (void)
{
  Fixture self;
  Counts counts;

  set_up (&self,
          "training { EpisodeIterationLimit: 4 }"
          "lesson a { scenario { length: 0 } }",
          2, 40);
  begin_all (&self);
  turn (&self, 41);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 80);
  g_assert_cmpuint (counts.n_truncated, ==, 20);
  g_assert_cmpuint (counts.n_open + counts.n_terminal, ==, 0);
  /* The simulation is told, as it doesn't know of the limit. */
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 10);
  g_assert_false (g_array_index (self.episodes, ShEpisode, 0).terminal);
  tear_down (&self);
}

/* What is terminal in the step that reaches the limit has no future either. */
static void
test_terminal_at_limit (void)
{
  Fixture self;
  Counts counts;

  set_up (&self,
          "training { EpisodeIterationLimit: 4 }"
          "lesson a { scenario { length: 4 } }",
          1, 40);
  begin_all (&self);
  turn (&self, 41);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_terminal, ==, 10);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  tear_down (&self);
}

/* A batch ends in the middle of episodes: they go on in the next. */
static void
test_cut (void)
{
  Fixture self;
  Counts counts;

  set_up (&self, "lesson a { scenario { length: 7 } }", 3, 10);
  begin_all (&self);
  turn (&self, 1 + 4 * 7);
  counts = check_batches (&self);
  /* Ten steps are there after four turns of three. */
  g_assert_cmpuint (counts.n_steps, ==, 3 * 4 * 7);
  g_assert_cmpuint (counts.n_terminal, ==, 12);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  g_assert_cmpuint (counts.n_open, ==, 3 * 6);
  for (guint i = 0; i < 3; i++)
    {
      ShFragment *first = get_fragment (&self, 0, i);
      ShFragment *second = get_fragment (&self, 1, i);

      g_assert_cmpint (first->end, ==, SH_FRAGMENT_OPEN);
      g_assert_cmpuint (first->n_steps, ==, 4);
      g_assert_cmpint (second->end, ==, SH_FRAGMENT_TERMINAL);
      g_assert_cmpuint (second->n_steps, ==, 3);
      g_assert_cmpmem (first->observations + 4 * 3, 3 * sizeof (float),
                       second->observations, 3 * sizeof (float));
    }
  tear_down (&self);
}

/* A simulation that is slow does not hold the others up, and loses nothing when
 * the batch is complete while its step is under way. */
static void
test_cut_in_flight (void)
{
  Fixture self;
  Counts counts;

  set_up (&self, "lesson a { scenario { length: 50 } }", 2, 10);
  begin_all (&self);
  turn (&self, 3);
  self.walkers[1]->hold = TRUE;
  turn (&self, 6);
  g_assert_true (self.walkers[1]->acting);
  /* Three of one and seven of the other. */
  turn (&self, 1);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, >=, 10);
  g_assert_cmpuint (fixture_learner_get_batches (self.learner)->len, ==, 1);

  self.walkers[1]->hold = FALSE;
  walker_step (self.walkers[1]);
  turn (&self, 60);
  counts = check_batches (&self);
  g_assert_cmpuint (fixture_learner_get_batches (self.learner)->len, >, 5);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  tear_down (&self);
}

/* An episode longer than any memory that was set aside for it. */
static void
test_long_episode (void)
{
  Fixture self;
  Counts counts;

  set_up (&self,
          "training { EpisodeIterationLimit: 5000 }"
          "lesson a { scenario { length: 3000 } }",
          1, 3000);
  begin_all (&self);
  turn (&self, 3001);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 3000);
  g_assert_cmpuint (counts.n_terminal, ==, 1);
  tear_down (&self);
}

static void
test_leave (void)
{
  Fixture self;
  Counts counts;
  ShFragment *fragment;

  set_up (&self, "lesson a { scenario { length: 4 } }", 2, 10);
  begin_all (&self);
  turn (&self, 3);
  walker_leave (self.walkers[1]);
  turn (&self, 7);
  counts = check_batches (&self);
  /* Nothing of the episode that it did not finish. */
  g_assert_cmpuint (counts.n_steps, ==, 0);
  turn (&self, 1);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 10);
  for (guint i = 0; i < 3; i++)
    {
      fragment = get_fragment (&self, 0, i);
      g_assert_cmpfloat (fragment->observations[0], ==, 0);
    }
  tear_down (&self);
}

static void
test_leave_in_flight (void)
{
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 4 } }", 2, 10);
  begin_all (&self);
  self.walkers[1]->hold = TRUE;
  turn (&self, 2);
  g_assert_true (self.walkers[1]->acting);
  walker_leave (self.walkers[1]);
  turn (&self, 30);
  g_assert_cmpuint (check_batches (&self).n_steps, >, 20);
  tear_down (&self);
}

/* What was finished before stays. */
static void
test_leave_keeps_finished (void)
{
  Fixture self;
  Counts counts;

  set_up (&self, "lesson a { scenario { length: 2 } }", 2, 9);
  begin_all (&self);
  turn (&self, 3);
  walker_leave (self.walkers[1]);
  turn (&self, 4);
  counts = check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 0);
  turn (&self, 1);
  counts = check_batches (&self);
  /* Two of the one that left, seven of the other. */
  g_assert_cmpuint (counts.n_steps, ==, 9);
  tear_down (&self);
}

/* Callbacks */

static void
leave_both (ShActor *actor, gconstpointer action, gpointer data)
{
  Fixture *self = data;

  g_assert_nonnull (action);
  g_string_append (self->log, "called\n");
  walker_leave (self->walkers[0]);
  walker_leave (self->walkers[1]);
  sh_run_remove_actor (self->run, actor);
}

static void
test_leave_in_callback (void)
{
  g_autofree char *state = NULL, *config = NULL;
  ShActor *actor;
  guint lesson;
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 4 } }", 1, 10);
  state = g_malloc0 (sh_codec_get_state_table (self.codec)->size);
  config = g_malloc0 (sh_codec_get_config_table (self.codec)->size);
  actor = sh_run_add_actor (self.run, leave_both, &self);
  self.walkers[1] = walker_new (self.run, 1);
  self.n_walkers = 2;
  walker_begin (self.walkers[0]);
  g_assert_true (sh_run_begin_episode (self.run, actor, config, &lesson));
  g_assert_cmpint (sh_run_observe (self.run, actor, state, 0, FALSE), ==,
                   SH_RUN_ACT);
  walker_begin (self.walkers[1]);
  turn (&self, 3);
  g_assert_cmpstr (self.log->str, ==, "called\n");
  tear_down (&self);
}

static void
stop_run (ShRun *run, ShEpisode *episode, gpointer data)
{
  sh_run_stop (run, SH_RUN_REASON_INTERRUPTED, NULL);
}

static void
test_stop_in_callback (void)
{
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 3 } }", 3, 100);
  g_signal_connect (self.run, "episode", G_CALLBACK (stop_run), NULL);
  play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\nfinished\n");
  g_assert_cmpuint (self.episodes->len, ==, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_true (self.walkers[i]->finished);
  tear_down (&self);
}

/* Lessons and limits */

static void
test_lessons (void)
{
  guint lesson_of_first = G_MAXUINT;
  Fixture self;

  set_up (&self,
          "training { LessonAssessmentWindow: 2 }"
          "lesson easy { scenario { length: 2, slope: 1 }"
          "  training { LessonRewardThreshold: 2 } }"
          "lesson hard { scenario { length: 6 }"
          "  training { LessonRewardThreshold: 16 } }",
          2, 1000);
  g_assert_cmpuint (sh_run_get_config_schema (self.run, 0)->n_fields, ==, 2);
  g_assert_cmpuint (sh_run_get_config_schema (self.run, 1)->n_fields, ==, 1);
  self.walkers[1]->hold = TRUE;
  begin_all (&self);
  turn (&self, 1);
  /* One is in the middle of an easy episode when the lesson changes. */
  for (guint i = 0; self.log->len == 0; i++)
    {
      g_assert_cmpuint (i, <, 100);
      turn (&self, 1);
    }
  g_assert_cmpstr (self.log->str, ==, "easy: threshold\n");
  g_assert_cmpuint (self.walkers[1]->lesson, ==, 0);
  self.walkers[1]->hold = FALSE;
  walker_step (self.walkers[1]);
  for (guint i = 0; lesson_of_first != 1; i++)
    {
      g_assert_cmpuint (i, <, 100);
      lesson_of_first = self.walkers[0]->lesson;
      turn (&self, 1);
    }
  g_assert_cmpfloat (self.walkers[0]->length, ==, 6);
  g_assert_cmpfloat (self.walkers[0]->slope, ==, 0);
  play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "easy: threshold\nhard: threshold\n"
                   "stopping: curriculum-met\nfinished\n");
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_CURRICULUM_MET);
  g_assert_cmpstr (self.progress.lesson, ==, "hard");
  g_assert_cmpfloat (self.progress.mean_return, >=, 16);
  check_batches (&self);
  tear_down (&self);
}

static void
test_default_lesson (void)
{
  Fixture self;

  set_up (&self,
          "training { EpisodeIterationLimit: 3, LessonAssessmentWindow: 3,"
          "           LessonRewardThreshold: 6 }",
          1, 1000);
  play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "default: threshold\nstopping: curriculum-met\nfinished\n");
  tear_down (&self);
}

static void
test_iteration_limit (void)
{
  Fixture self;
  ShRunProgress progress;

  set_up (&self,
          "training { TotalIterationLimit: 100, EpisodeIterationLimit: 7 }", 3,
          1000);
  play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: iteration-limit\nfinished\n");
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 100);
  tear_down (&self);
}

static void
test_no_progress (void)
{
  Fixture self;

  /* Rewards that a NoProgressIterationLimit of this size sees as level: each
   * episode's return is the last one's and 1.5. */
  set_up (&self,
          "training { NoProgressIterationLimit: 60, EpisodeIterationLimit: 3,"
          "           LessonAssessmentWindow: 2, LessonRewardThreshold: 1e9 }",
          1, 1000);
  begin_all (&self);
  turn (&self, 31);
  self.walkers[0]->bad_reward = -1;
  play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: no-progress\nfinished\n");
  g_assert_cmpuint (self.progress.iterations, ==, 30 + 60);
  tear_down (&self);
}

static void
test_converged (void)
{
  Fixture self;

  set_up (&self,
          "training { NoProgressIterationLimit: 60, EpisodeIterationLimit: 3,"
          "           LessonAssessmentWindow: 2 }",
          1, 1000);
  begin_all (&self);
  turn (&self, 31);
  self.walkers[0]->bad_reward = -1;
  play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "default: converged\nstopping: curriculum-met\nfinished\n");
  g_assert_cmpuint (self.progress.iterations, ==, 30 + 30);
  tear_down (&self);
}

/* Its end */

static void
test_stop (void)
{
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 9 } }", 3, 1000);
  begin_all (&self);
  turn (&self, 3);
  self.walkers[2]->hold = TRUE;
  turn (&self, 1);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_STOPPING);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  turn (&self, 1);
  /* Those that waited have heard of it; one is still at its step. */
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 1);
  g_assert_true (self.walkers[0]->finished);
  g_assert_cmpuint (self.walkers[1]->n_ended, ==, 1);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_STOPPING);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\n");
  walker_step (self.walkers[2]);
  g_assert_cmpuint (self.walkers[2]->n_ended, ==, 1);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\nfinished\n");
  /* Again: nothing. */
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  turn (&self, 3);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\nfinished\n");
  tear_down (&self);
}

static void
test_stop_without_the_last (void)
{
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 9 } }", 1, 1000);
  self.walkers[0]->hold = TRUE;
  begin_all (&self);
  turn (&self, 1);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  walker_leave (self.walkers[0]);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  tear_down (&self);
}

static void
test_stop_pristine (void)
{
  Fixture self;

  set_up (&self, "", 1, 1000);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_PRISTINE);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  walker_begin (self.walkers[0]);
  g_assert_true (self.walkers[0]->finished);
  tear_down (&self);
}

static void
test_stop_failed (void)
{
  g_autoptr (GError) error =
      g_error_new (SH_ERROR, SH_ERROR_CRASHED, "simulator 'lift' crashed");
  Fixture self;

  set_up (&self, "lesson a { scenario { length: 9 } }", 2, 1000);
  begin_all (&self);
  turn (&self, 1);
  g_assert_null (sh_run_get_error (self.run));
  sh_run_stop (self.run, SH_RUN_REASON_FAILED, error);
  play (&self);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
  g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_CRASHED);
  g_assert_cmpstr (self.log->str, ==, "stopping: failed\nfinished\n");
  tear_down (&self);
}

typedef struct
{
  double state, reward;
  const char *message;
} BadCase;

static const BadCase bad_cases[] = {
  { NAN, 0,
    "simulator 'Sim': state field 'step' is nan, which is not a finite "
    "number" },
  { INFINITY, 0,
    "simulator 'Sim': state field 'step' is inf, which is not a "
    "finite number" },
  { 0, NAN,
    "simulator 'Sim': the reward is nan; it must be a finite number "
    "that fits 32 bits" },
  { 0, -INFINITY,
    "simulator 'Sim': the reward is -inf; it must be a finite "
    "number that fits 32 bits" },
  { 0, 1e39,
    "simulator 'Sim': the reward is 1e+39; it must be a finite number "
    "that fits 32 bits" },
};

static void
test_bad_values (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_cases); i++)
    {
      Fixture self;

      set_up (&self, "lesson a { scenario { length: 9 } }", 2, 1000);
      begin_all (&self);
      turn (&self, 2);
      self.walkers[1]->bad_state = bad_cases[i].state;
      self.walkers[1]->bad_reward = bad_cases[i].reward;
      play (&self);
      g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
      g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_VALUE);
      g_assert_cmpstr (sh_run_get_error (self.run)->message, ==,
                       bad_cases[i].message);
      g_assert_true (self.walkers[0]->finished && self.walkers[1]->finished);
      tear_down (&self);
    }
}

/* Figures */

static void
test_progress (void)
{
  ShRunProgress progress;
  Fixture self;

  set_up (&self,
          "training { LessonAssessmentWindow: 2 }"
          "lesson a { scenario { length: 2 } }",
          1, 1000);
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 0);
  g_assert_true (isnan (progress.mean_return));
  g_assert_true (isnan (progress.best_mean_return));
  g_assert_cmpfloat (progress.seconds, ==, 0);
  g_assert_cmpstr (progress.lesson, ==, "a");
  begin_all (&self);
  turn (&self, 7);
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 7);
  g_assert_cmpuint (progress.episodes, ==, 3);
  /* Of the episodes 2 and 3: 1.75 and so much for the number. */
  g_assert_cmpfloat (progress.mean_return, ==, (2.75 + 3.75) / 2);
  g_assert_cmpfloat (progress.best_mean_return, ==, (2.75 + 3.75) / 2);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpuint (self.n_progress, >=, 1);
  g_assert_cmpuint (self.progress.iterations, ==, 7);
  tear_down (&self);
}

static GString *
trace (guint64 policy_seed, guint64 seed)
{
  GString *text = g_string_new (NULL);
  GPtrArray *batches;
  Fixture self;

  prepare (&self, "training { EpisodeIterationLimit: 20,"
                  "           TotalIterationLimit: 2000 }"
                  "lesson a { scenario { length: number<3 .. 9 step 1> } }");
  self.learner =
      fixture_learner_new (sh_codec_get_space (self.codec), 100, policy_seed);
  self.run = sh_run_new_training (self.program, fixture_concept (self.program),
                                  self.codec, self.learner, seed);
  listen (&self);
  add_walkers (&self, 3);
  play (&self);
  batches = fixture_learner_get_batches (self.learner);
  for (guint i = 0; i < batches->len; i++)
    for (guint j = 0; j < ((GPtrArray *) batches->pdata[i])->len; j++)
      {
        const ShFragment *fragment =
            ((GPtrArray *) batches->pdata[i])->pdata[j];

        g_string_append_printf (text, "\n%u %d", fragment->n_steps,
                                fragment->end);
        for (guint k = 0; k < fragment->n_steps; k++)
          g_string_append_printf (text, " %g %a", (double) fragment->actions[k],
                                  (double) fragment->log_probs[k]);
      }
  tear_down (&self);
  return text;
}

static void
test_same_seed_same_run (void)
{
  g_autoptr (GString) first = trace (1, 1);
  g_autoptr (GString) again = trace (1, 1);
  g_autoptr (GString) other_policy = trace (2, 1);
  g_autoptr (GString) other_seed = trace (1, 2);

  g_assert_cmpuint (first->len, >, 1000);
  g_assert_cmpstr (first->str, ==, again->str);
  g_assert_cmpstr (first->str, !=, other_policy->str);
  g_assert_cmpstr (first->str, !=, other_seed->str);
}

/* Assessments */

static void
test_assessment (void)
{
  gboolean seen[20] = { FALSE };
  double sum = 0;
  Fixture self;

  set_up_assessment (&self,
                     "training { EpisodeIterationLimit: 5 }"
                     "lesson a { scenario { length: 1 } }"
                     "lesson b { scenario { length: number<3, 8> } }",
                     3, 20);
  play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: assessed\nfinished\n");
  g_assert_cmpuint (self.episodes->len, ==, 20);
  for (guint i = 0; i < 20; i++)
    {
      const ShEpisode *episode = &g_array_index (self.episodes, ShEpisode, i);

      g_assert_cmpuint (episode->number, <, 20);
      g_assert_false (seen[episode->number]);
      seen[episode->number] = TRUE;
      /* Of the last lesson: 3, or cut off at 5. */
      g_assert_cmpuint (episode->length, ==, episode->terminal ? 3 : 5);
      sum += episode->episode_return;
    }
  g_assert_cmpfloat_with_epsilon (self.progress.mean_return, sum / 20, 1e-9);
  g_assert_cmpuint (self.progress.episodes, ==, 20);
  for (guint i = 0; i < 3; i++)
    g_assert_true (self.walkers[i]->finished);
  tear_down (&self);
}

/* The policy's most likely action, each time. */
static void
test_assessment_greedy (void)
{
  Fixture self;

  set_up_assessment (&self, "lesson a { scenario { length: 6 } }", 1, 10);
  play (&self);
  for (guint episode = 1; episode <= 10; episode++)
    for (guint step = 0; step < 6; step++)
      {
        const float observation[] = { 0, (float) episode, (float) step };
        float action;

        sh_policy_act (self.policy, SH_ACT_GREEDY, 1, observation, &action,
                       NULL, NULL);
        g_assert_cmpfloat (walker_way (self.walkers[0], episode, step), ==,
                           action);
      }
  tear_down (&self);
}

/* An episode that got lost is made up for. */
static void
test_assessment_leave (void)
{
  Fixture self;

  set_up_assessment (&self, "lesson a { scenario { length: 4 } }", 2, 5);
  begin_all (&self);
  turn (&self, 2);
  walker_leave (self.walkers[1]);
  play (&self);
  g_assert_cmpuint (self.episodes->len, ==, 5);
  g_assert_cmpstr (self.log->str, ==, "stopping: assessed\nfinished\n");
  tear_down (&self);
}

static void
test_assessment_endless (void)
{
  Fixture self;

  set_up_assessment (&self,
                     "training { TotalIterationLimit: 10,"
                     "           NoProgressIterationLimit: 10 }"
                     "lesson a { scenario { length: 4 } }",
                     1, 0);
  begin_all (&self);
  turn (&self, 1000);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  g_assert_cmpuint (self.episodes->len, ==, 250);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run/fragments/terminal", test_terminal);
  g_test_add_func ("/run/fragments/truncated", test_truncated);
  g_test_add_func ("/run/fragments/terminal-at-limit", test_terminal_at_limit);
  g_test_add_func ("/run/fragments/cut", test_cut);
  g_test_add_func ("/run/fragments/cut-in-flight", test_cut_in_flight);
  g_test_add_func ("/run/fragments/long-episode", test_long_episode);
  g_test_add_func ("/run/leave/drops-episode", test_leave);
  g_test_add_func ("/run/leave/in-flight", test_leave_in_flight);
  g_test_add_func ("/run/leave/keeps-finished", test_leave_keeps_finished);
  g_test_add_func ("/run/leave/in-callback", test_leave_in_callback);
  g_test_add_func ("/run/lessons", test_lessons);
  g_test_add_func ("/run/lessons/default", test_default_lesson);
  g_test_add_func ("/run/limits/iterations", test_iteration_limit);
  g_test_add_func ("/run/limits/no-progress", test_no_progress);
  g_test_add_func ("/run/limits/converged", test_converged);
  g_test_add_func ("/run/stop/interrupted", test_stop);
  g_test_add_func ("/run/stop/last-one-leaves", test_stop_without_the_last);
  g_test_add_func ("/run/stop/pristine", test_stop_pristine);
  g_test_add_func ("/run/stop/failed", test_stop_failed);
  g_test_add_func ("/run/stop/in-callback", test_stop_in_callback);
  g_test_add_func ("/run/bad-values", test_bad_values);
  g_test_add_func ("/run/progress", test_progress);
  g_test_add_func ("/run/same-seed-same-run", test_same_seed_same_run);
  g_test_add_func ("/run/assessment/episodes", test_assessment);
  g_test_add_func ("/run/assessment/greedy", test_assessment_greedy);
  g_test_add_func ("/run/assessment/leave", test_assessment_leave);
  g_test_add_func ("/run/assessment/endless", test_assessment_endless);
  return g_test_run ();
}
