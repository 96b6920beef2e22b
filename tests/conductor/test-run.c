/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a run hands to its learner, and what becomes of simulations that leave
 * it.
 */

#include "fixture.h"
#include "run-fixture.h"

static void
test_terminal (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self, "lesson a { scenario { length: 5 } }", 1, 20);
  run_begin_all (&self);
  run_turn (&self, 81);
  counts = run_check_batches (&self);
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
  run_tear_down (&self);
}

static void
test_truncated (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self,
              "training { EpisodeIterationLimit: 4 }"
              "lesson a { scenario { length: 0 } }",
              2, 40);
  run_begin_all (&self);
  run_turn (&self, 41);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 80);
  g_assert_cmpuint (counts.n_truncated, ==, 20);
  g_assert_cmpuint (counts.n_open + counts.n_terminal, ==, 0);
  /* The simulation is told, as it doesn't know of the limit. */
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 10);
  g_assert_false (g_array_index (self.episodes, ShEpisode, 0).terminal);
  run_tear_down (&self);
}

/* What is terminal in the step that reaches the limit has no future either. */
static void
test_terminal_at_limit (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self,
              "training { EpisodeIterationLimit: 4 }"
              "lesson a { scenario { length: 4 } }",
              1, 40);
  run_begin_all (&self);
  run_turn (&self, 41);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_terminal, ==, 10);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  run_tear_down (&self);
}

/* A batch ends in the middle of episodes: they go on in the next. */
static void
test_cut (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self, "lesson a { scenario { length: 7 } }", 3, 10);
  run_begin_all (&self);
  run_turn (&self, 1 + 4 * 7);
  counts = run_check_batches (&self);
  /* Ten steps are there after four turns of three. */
  g_assert_cmpuint (counts.n_steps, ==, 3 * 4 * 7);
  g_assert_cmpuint (counts.n_terminal, ==, 12);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  g_assert_cmpuint (counts.n_open, ==, 3 * 6);
  for (guint i = 0; i < 3; i++)
    {
      ShFragment *first = run_get_fragment (&self, 0, i);
      ShFragment *second = run_get_fragment (&self, 1, i);

      g_assert_cmpint (first->end, ==, SH_FRAGMENT_OPEN);
      g_assert_cmpuint (first->n_steps, ==, 4);
      g_assert_cmpint (second->end, ==, SH_FRAGMENT_TERMINAL);
      g_assert_cmpuint (second->n_steps, ==, 3);
      g_assert_cmpmem (first->observations + 4 * 3, 3 * sizeof (float),
                       second->observations, 3 * sizeof (float));
    }
  run_tear_down (&self);
}

/* A simulation that is slow does not hold the others up, and loses nothing when
 * the batch is complete while its step is under way. */
static void
test_cut_in_flight (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self, "lesson a { scenario { length: 50 } }", 2, 10);
  run_begin_all (&self);
  run_turn (&self, 3);
  self.walkers[1]->hold = TRUE;
  run_turn (&self, 6);
  g_assert_true (self.walkers[1]->acting);
  /* Three of one and seven of the other. */
  run_turn (&self, 1);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_steps, >=, 10);
  g_assert_cmpuint (fixture_learner_get_batches (self.learner)->len, ==, 1);

  self.walkers[1]->hold = FALSE;
  walker_step (self.walkers[1]);
  run_turn (&self, 60);
  counts = run_check_batches (&self);
  g_assert_cmpuint (fixture_learner_get_batches (self.learner)->len, >, 5);
  g_assert_cmpuint (counts.n_truncated, ==, 0);
  run_tear_down (&self);
}

/* An episode longer than any memory that was set aside for it. */
static void
test_long_episode (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self,
              "training { EpisodeIterationLimit: 5000 }"
              "lesson a { scenario { length: 3000 } }",
              1, 3000);
  run_begin_all (&self);
  run_turn (&self, 3001);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 3000);
  g_assert_cmpuint (counts.n_terminal, ==, 1);
  run_tear_down (&self);
}

static void
test_leave (void)
{
  RunFixture self;
  RunCounts counts;
  ShFragment *fragment;

  run_set_up (&self, "lesson a { scenario { length: 4 } }", 2, 10);
  run_begin_all (&self);
  run_turn (&self, 3);
  walker_leave (self.walkers[1]);
  run_turn (&self, 7);
  counts = run_check_batches (&self);
  /* Nothing of the episode that it did not finish. */
  g_assert_cmpuint (counts.n_steps, ==, 0);
  run_turn (&self, 1);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 10);
  for (guint i = 0; i < 3; i++)
    {
      fragment = run_get_fragment (&self, 0, i);
      g_assert_cmpfloat (fragment->observations[0], ==, 0);
    }
  run_tear_down (&self);
}

static void
test_leave_in_flight (void)
{
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 4 } }", 2, 10);
  run_begin_all (&self);
  self.walkers[1]->hold = TRUE;
  run_turn (&self, 2);
  g_assert_true (self.walkers[1]->acting);
  walker_leave (self.walkers[1]);
  run_turn (&self, 30);
  g_assert_cmpuint (run_check_batches (&self).n_steps, >, 20);
  run_tear_down (&self);
}

/* What was finished before stays. */
static void
test_leave_keeps_finished (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self, "lesson a { scenario { length: 2 } }", 2, 9);
  run_begin_all (&self);
  run_turn (&self, 3);
  walker_leave (self.walkers[1]);
  run_turn (&self, 4);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_steps, ==, 0);
  run_turn (&self, 1);
  counts = run_check_batches (&self);
  /* Two of the one that left, seven of the other. */
  g_assert_cmpuint (counts.n_steps, ==, 9);
  run_tear_down (&self);
}

/* Callbacks */

static void
leave_both (ShActor *actor, gconstpointer action, gpointer data)
{
  RunFixture *self = data;

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
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 4 } }", 1, 10);
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
  run_turn (&self, 3);
  g_assert_cmpstr (self.log->str, ==, "called\n");
  run_tear_down (&self);
}

static void
stop_run (ShRun *run, ShEpisode *episode, gpointer data)
{
  sh_run_stop (run, SH_RUN_REASON_INTERRUPTED, NULL);
}

static void
test_stop_in_callback (void)
{
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 3 } }", 3, 100);
  g_signal_connect (self.run, "episode", G_CALLBACK (stop_run), NULL);
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\nfinished\n");
  g_assert_cmpuint (self.episodes->len, ==, 1);
  for (guint i = 0; i < 3; i++)
    g_assert_true (self.walkers[i]->finished);
  run_tear_down (&self);
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
  g_test_add_func ("/run/stop/in-callback", test_stop_in_callback);
  return g_test_run ();
}
