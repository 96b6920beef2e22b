/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Test passes: an episode without exploration after every 20 of training.
 */

#include "fixture.h"
#include "run-fixture.h"

#define LENGTH 5
#define CURRICULUM "lesson a { scenario { length: 5 } }"

typedef struct
{
  RunFixture run;
  GArray *returns; /* double, of passes */
  GArray *at; /* guint, training episodes that were over then */
} Fixture;

static void
on_test (ShRun *run, double mean_return, Fixture *self)
{
  g_array_append_val (self->returns, mean_return);
  g_array_append_val (self->at, self->run.episodes->len);
}

static void
set_up (Fixture *self, guint n_walkers, guint batch_size)
{
  run_set_up (&self->run, CURRICULUM, n_walkers, batch_size);
  self->returns = g_array_new (FALSE, FALSE, sizeof (double));
  self->at = g_array_new (FALSE, FALSE, sizeof (guint));
  g_signal_connect (self->run.run, "test", G_CALLBACK (on_test), self);
}

static void
tear_down (Fixture *self)
{
  run_tear_down (&self->run);
  g_array_unref (self->returns);
  g_array_unref (self->at);
}

static guint
get_at (Fixture *self, guint i)
{
  g_assert_cmpuint (i, <, self->at->len);
  return g_array_index (self->at, guint, i);
}

static double
get_return (guint number, guint episode)
{
  double sum = 0;

  for (guint step = 1; step <= LENGTH; step++)
    sum += walker_reward (number, episode, step);
  return sum;
}

/* One simulation: its episodes 21, 42 ... are the passes. */
static void
test_after_every_20 (void)
{
  Fixture self;
  ShRunProgress progress;

  set_up (&self, 1, 1000);
  run_begin_all (&self.run);
  run_turn (&self.run, 3 * 21 * LENGTH);
  g_assert_cmpuint (self.returns->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (get_at (&self, i), ==, 20 * (i + 1));
      g_assert_cmpfloat (g_array_index (self.returns, double, i), ==,
                         get_return (0, 21 * (i + 1)));
    }
  /* They count for nothing. */
  sh_run_get_progress (self.run.run, &progress);
  g_assert_cmpuint (progress.episodes, ==, 60);
  g_assert_cmpuint (progress.iterations, ==, 60 * LENGTH);
  tear_down (&self);
}

/* Of all simulations together, whichever begins next. */
static void
test_counts_all_sessions (void)
{
  Fixture self;

  set_up (&self, 4, 12);
  run_begin_all (&self.run);
  run_turn (&self.run, 50 * LENGTH);
  run_check_batches (&self.run);
  g_assert_cmpuint (self.returns->len, ==, 9);
  /* Those that end in the same turn may come between. */
  for (guint i = 0; i < self.returns->len; i++)
    {
      g_assert_cmpuint (get_at (&self, i), >=, 20 * (i + 1));
      g_assert_cmpuint (get_at (&self, i), <=, 20 * (i + 1) + 2 * 4);
    }
  tear_down (&self);
}

/* Nothing of them is in a batch. */
static void
test_not_learnt_from (void)
{
  Fixture self;
  RunCounts counts;

  set_up (&self, 1, 8);
  run_begin_all (&self.run);
  run_turn (&self.run, 2 * 21 * LENGTH + 1);
  g_assert_cmpuint (self.returns->len, ==, 2);
  counts = run_check_batches (&self.run);
  g_assert_cmpuint (counts.n_steps, ==, 40 * LENGTH);
  g_assert_cmpuint (counts.n_terminal, ==, 40);
  for (guint i = 0; i < 40 * LENGTH / 8; i++)
    g_assert_cmpfloat (run_get_fragment (&self.run, i, 0)->observations[1], !=,
                       21);
  tear_down (&self);
}

static float
get_greedy (Fixture *self, guint step)
{
  const Walker *walker = self->run.walkers[0];
  const float row[] = { (float) walker->number, (float) walker->episode,
                        (float) step };
  float action;

  sh_policy_act (sh_run_get_policy (self->run.run), SH_ACT_GREEDY, 1, row,
                 &action, NULL, NULL);
  return action;
}

/* Among one that explores: an action is the policy's best in passes alone. */
static void
test_greedy (void)
{
  Fixture self;
  guint n_passes = 0, n_other = 0;

  set_up (&self, 2, 100000);
  run_begin_all (&self.run);
  for (guint turn = 0; turn < 300 * LENGTH; turn++)
    {
      Walker *walker = self.run.walkers[0];
      const gboolean is_pass = sh_run_is_pass (walker->actor);
      const guint episode = walker->episode, step = walker->step;
      const float greedy = get_greedy (&self, step);

      sh_run_dispatch (self.run.run);
      if (is_pass)
        g_assert_cmpfloat (walker_way (walker, episode, step), ==, greedy);
      n_passes += is_pass;
      n_other += walker_way (walker, episode, step) != greedy;
    }
  g_assert_cmpuint (n_passes, >=, LENGTH);
  g_assert_cmpuint (n_other, >, 0);
  tear_down (&self);
}

/* The simulation leaves in the middle of one: another one plays it. */
static void
test_left (void)
{
  Fixture self;

  set_up (&self, 2, 1000);
  walker_begin (self.run.walkers[0]);
  run_turn (&self.run, 20 * LENGTH + 2);
  g_assert_true (sh_run_is_pass (self.run.walkers[0]->actor));
  walker_leave (self.run.walkers[0]);
  g_assert_cmpuint (self.returns->len, ==, 0);
  walker_begin (self.run.walkers[1]);
  g_assert_true (sh_run_is_pass (self.run.walkers[1]->actor));
  run_turn (&self.run, LENGTH);
  g_assert_cmpuint (self.returns->len, ==, 1);
  g_assert_cmpfloat (g_array_index (self.returns, double, 0), ==,
                     get_return (1, 1));
  tear_down (&self);
}

/* What the simulation says is not to be counted is no pass either. */
static void
test_excluded (void)
{
  Fixture self;
  Walker *walker;

  set_up (&self, 1, 1000);
  run_begin_all (&self.run);
  walker = self.run.walkers[0];
  run_turn (&self.run, 20 * LENGTH + 2);
  g_assert_true (sh_run_is_pass (walker->actor));
  sh_run_exclude_episode (self.run.run, walker->actor);
  g_assert_false (sh_run_is_pass (walker->actor));
  run_turn (&self.run, LENGTH - 2);
  g_assert_cmpuint (self.returns->len, ==, 0);
  g_assert_true (sh_run_is_pass (walker->actor));
  run_turn (&self.run, LENGTH);
  g_assert_cmpuint (self.returns->len, ==, 1);
  g_assert_cmpuint (self.run.episodes->len, ==, 20);
  tear_down (&self);
}

static void
test_assessment (void)
{
  RunFixture self;

  run_set_up_assessment (&self, CURRICULUM, 1, 45);
  run_play (&self);
  g_assert_cmpuint (self.episodes->len, ==, 45);
  run_tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run/passes/after-every-20-episodes", test_after_every_20);
  g_test_add_func ("/run/passes/counts-episodes-of-all-sessions",
                   test_counts_all_sessions);
  g_test_add_func ("/run/passes/are-not-learnt-from", test_not_learnt_from);
  g_test_add_func ("/run/passes/are-greedy", test_greedy);
  g_test_add_func ("/run/passes/go-to-another-when-left", test_left);
  g_test_add_func ("/run/passes/excluded-are-played-anew", test_excluded);
  g_test_add_func ("/run/passes/none-in-an-assessment", test_assessment);
  return g_test_run ();
}
