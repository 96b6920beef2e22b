/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How a run goes on and ends: lessons, limits, faults, figures, assessments.
 */

#include <math.h>
#include <string.h>

#include "fixture.h"
#include "run-fixture.h"
#include "sh-error.h"

/* Lessons and limits */

static void
test_lessons (void)
{
  guint lesson_of_first = G_MAXUINT;
  RunFixture self;

  run_set_up (&self,
              "training { LessonAssessmentWindow: 2 }"
              "lesson easy { scenario { length: 2, slope: 1 }"
              "  training { LessonRewardThreshold: 2 } }"
              "lesson hard { scenario { length: 6 }"
              "  training { LessonRewardThreshold: 16 } }",
              2, 1000);
  g_assert_cmpuint (sh_run_get_config_schema (self.run, 0)->n_fields, ==, 2);
  g_assert_cmpuint (sh_run_get_config_schema (self.run, 1)->n_fields, ==, 1);
  self.walkers[1]->hold = TRUE;
  run_begin_all (&self);
  run_turn (&self, 1);
  /* One is in the middle of an easy episode when the lesson changes. */
  for (guint i = 0; self.log->len == 0; i++)
    {
      g_assert_cmpuint (i, <, 100);
      run_turn (&self, 1);
    }
  g_assert_cmpstr (self.log->str, ==, "easy: threshold\n");
  g_assert_cmpuint (self.walkers[1]->lesson, ==, 0);
  self.walkers[1]->hold = FALSE;
  walker_step (self.walkers[1]);
  for (guint i = 0; lesson_of_first != 1; i++)
    {
      g_assert_cmpuint (i, <, 100);
      lesson_of_first = self.walkers[0]->lesson;
      run_turn (&self, 1);
    }
  g_assert_cmpfloat (self.walkers[0]->length, ==, 6);
  g_assert_cmpfloat (self.walkers[0]->slope, ==, 0);
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "easy: threshold\nhard: threshold\n"
                   "stopping: curriculum-met\nfinished\n");
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  g_assert_cmpint (sh_run_get_reason (self.run), ==,
                   SH_RUN_REASON_CURRICULUM_MET);
  g_assert_cmpstr (self.progress.lesson, ==, "hard");
  g_assert_cmpfloat (self.progress.mean_return, >=, 16);
  run_check_batches (&self);
  run_tear_down (&self);
}

static void
test_default_lesson (void)
{
  RunFixture self;

  run_set_up (&self,
              "training { EpisodeIterationLimit: 3, LessonAssessmentWindow: 3,"
              "           LessonRewardThreshold: 6 }",
              1, 1000);
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "default: threshold\nstopping: curriculum-met\nfinished\n");
  run_tear_down (&self);
}

/* Where lessons are tested, training alone does not end them. */
static void
test_lesson_test (void)
{
  RunFixture self;

  run_set_up (&self,
              "training { EpisodeIterationLimit: 3, LessonAssessmentWindow: 3,"
              "           LessonRewardThreshold: 6 }",
              1, 1000);
  sh_run_set_tested (self.run, TRUE);
  run_begin_all (&self);
  for (guint i = 0; i < 2; i++)
    {
      guint64 before = self.episodes->len;

      g_assert_cmpuint (sh_run_get_test (self.run), ==, 0);
      for (guint j = 0; sh_run_get_test (self.run) == 0; j++)
        {
          g_assert_cmpuint (j, <, 1000);
          run_turn (&self, 1);
        }
      g_assert_cmpuint (sh_run_get_test (self.run), ==, 3);
      g_assert_cmpuint (self.episodes->len - before, >=, 3);
      /* What is played while it is due changes nothing. */
      run_turn (&self, 30);
      g_assert_cmpuint (sh_run_get_test (self.run), ==, 3);
      g_assert_cmpstr (self.log->str, ==, "");
      sh_run_finish_test (self.run, i == 0 ? 5.9 : 6, 0);
    }
  g_assert_cmpstr (self.log->str, ==,
                   "default: threshold\nstopping: curriculum-met\n");
  run_play (&self);
  run_tear_down (&self);
}

static void
test_iteration_limit (void)
{
  RunFixture self;
  ShRunProgress progress;

  run_set_up (&self,
              "training { TotalIterationLimit: 100, EpisodeIterationLimit: 7 }",
              3, 1000);
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: iteration-limit\nfinished\n");
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 100);
  run_tear_down (&self);
}

/* What was played before counts, as often as the limit was reached. */
static void
test_iteration_limit_goes_on (void)
{
  static const struct
  {
    guint64 played, left;
  } cases[] = { { 70, 30 }, { 99, 1 }, { 100, 100 }, { 250, 50 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RunFixture self;
      ShRunProgress progress;

      run_set_up (
          &self,
          "training { TotalIterationLimit: 100, EpisodeIterationLimit: 7 }", 3,
          1000);
      sh_run_set_played (self.run, cases[i].played);
      run_play (&self);
      g_assert_cmpstr (self.log->str, ==,
                       "stopping: iteration-limit\nfinished\n");
      sh_run_get_progress (self.run, &progress);
      g_assert_cmpuint (progress.iterations, ==, cases[i].left);
      run_tear_down (&self);
    }
}

static void
test_no_progress (void)
{
  RunFixture self;

  /* Rewards that a NoProgressIterationLimit of this size sees as level: each
   * episode's return is the last one's and 1.5. */
  run_set_up (
      &self,
      "training { NoProgressIterationLimit: 60, EpisodeIterationLimit: 3,"
      "           LessonAssessmentWindow: 2, LessonRewardThreshold: 1e9 }",
      1, 1000);
  run_begin_all (&self);
  run_turn (&self, 31);
  self.walkers[0]->bad_reward = -1;
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==, "stopping: no-progress\nfinished\n");
  g_assert_cmpuint (self.progress.iterations, ==, 30 + 60);
  run_tear_down (&self);
}

static void
test_converged (void)
{
  RunFixture self;

  run_set_up (
      &self,
      "training { NoProgressIterationLimit: 60, EpisodeIterationLimit: 3,"
      "           LessonAssessmentWindow: 2 }",
      1, 1000);
  run_begin_all (&self);
  run_turn (&self, 31);
  self.walkers[0]->bad_reward = -1;
  run_play (&self);
  g_assert_cmpstr (self.log->str, ==,
                   "default: converged\nstopping: curriculum-met\nfinished\n");
  g_assert_cmpuint (self.progress.iterations, ==, 30 + 30);
  run_tear_down (&self);
}

/* Its end */

static void
test_stop (void)
{
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 9 } }", 3, 1000);
  run_begin_all (&self);
  run_turn (&self, 3);
  self.walkers[2]->hold = TRUE;
  run_turn (&self, 1);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_STOPPING);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  run_turn (&self, 1);
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
  run_turn (&self, 3);
  g_assert_cmpstr (self.log->str, ==, "stopping: interrupted\nfinished\n");
  run_tear_down (&self);
}

static void
test_stop_without_the_last (void)
{
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 9 } }", 1, 1000);
  self.walkers[0]->hold = TRUE;
  run_begin_all (&self);
  run_turn (&self, 1);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  walker_leave (self.walkers[0]);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  run_tear_down (&self);
}

static void
test_stop_pristine (void)
{
  RunFixture self;

  run_set_up (&self, "", 1, 1000);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_PRISTINE);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_FINISHED);
  walker_begin (self.walkers[0]);
  g_assert_true (self.walkers[0]->finished);
  run_tear_down (&self);
}

static void
test_stop_failed (void)
{
  g_autoptr (GError) error =
      g_error_new (SH_ERROR, SH_ERROR_CRASHED, "simulator 'lift' crashed");
  RunFixture self;

  run_set_up (&self, "lesson a { scenario { length: 9 } }", 2, 1000);
  run_begin_all (&self);
  run_turn (&self, 1);
  g_assert_null (sh_run_get_error (self.run));
  sh_run_stop (self.run, SH_RUN_REASON_FAILED, error);
  run_play (&self);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
  g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_CRASHED);
  g_assert_cmpstr (self.log->str, ==, "stopping: failed\nfinished\n");
  run_tear_down (&self);
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
      RunFixture self;

      run_set_up (&self, "lesson a { scenario { length: 9 } }", 2, 1000);
      run_begin_all (&self);
      run_turn (&self, 2);
      self.walkers[1]->bad_state = bad_cases[i].state;
      self.walkers[1]->bad_reward = bad_cases[i].reward;
      run_play (&self);
      g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
      g_assert_error (sh_run_get_error (self.run), SH_ERROR, SH_ERROR_VALUE);
      g_assert_cmpstr (sh_run_get_error (self.run)->message, ==,
                       bad_cases[i].message);
      g_assert_true (self.walkers[0]->finished && self.walkers[1]->finished);
      run_tear_down (&self);
    }
}

/* Figures */

static void
test_progress (void)
{
  ShRunProgress progress;
  RunFixture self;

  run_set_up (&self,
              "training { LessonAssessmentWindow: 2 }"
              "lesson a { scenario { length: 2 } }",
              1, 1000);
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 0);
  g_assert_true (isnan (progress.mean_return));
  g_assert_true (isnan (progress.best_mean_return));
  g_assert_cmpfloat (progress.seconds, ==, 0);
  g_assert_cmpstr (progress.lesson, ==, "a");
  run_begin_all (&self);
  run_turn (&self, 7);
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 7);
  g_assert_cmpuint (progress.episodes, ==, 3);
  /* Of the episodes 2 and 3: 1.75 and so much for the number. */
  g_assert_cmpfloat (progress.mean_return, ==, (2.75 + 3.75) / 2);
  g_assert_cmpfloat (progress.best_mean_return, ==, (2.75 + 3.75) / 2);
  sh_run_stop (self.run, SH_RUN_REASON_INTERRUPTED, NULL);
  g_assert_cmpuint (self.n_progress, >=, 1);
  g_assert_cmpuint (self.progress.iterations, ==, 7);
  run_tear_down (&self);
}

static GString *
trace (guint64 policy_seed, guint64 seed)
{
  GString *text = g_string_new (NULL);
  GPtrArray *batches;
  RunFixture self;

  run_prepare (&self,
               "training { EpisodeIterationLimit: 20,"
               "           TotalIterationLimit: 2000 }"
               "lesson a { scenario { length: number<3 .. 9 step 1> } }");
  self.learner =
      fixture_learner_new (sh_codec_get_space (self.codec), 100, policy_seed);
  self.run = sh_run_new_training (self.program, fixture_concept (self.program),
                                  self.codec, self.learner, seed);
  run_listen (&self);
  run_add_walkers (&self, 3);
  run_play (&self);
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
  run_tear_down (&self);
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
  RunFixture self;

  run_set_up_assessment (&self,
                         "training { EpisodeIterationLimit: 5 }"
                         "lesson a { scenario { length: 1 } }"
                         "lesson b { scenario { length: number<3, 8> } }",
                         3, 20);
  run_play (&self);
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
  run_tear_down (&self);
}

/* The policy's most likely action, each time. */
static void
test_assessment_greedy (void)
{
  RunFixture self;

  run_set_up_assessment (&self, "lesson a { scenario { length: 6 } }", 1, 10);
  run_play (&self);
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
  run_tear_down (&self);
}

/* An episode that got lost is made up for. */
static void
test_assessment_leave (void)
{
  RunFixture self;

  run_set_up_assessment (&self, "lesson a { scenario { length: 4 } }", 2, 5);
  run_begin_all (&self);
  run_turn (&self, 2);
  walker_leave (self.walkers[1]);
  run_play (&self);
  g_assert_cmpuint (self.episodes->len, ==, 5);
  g_assert_cmpstr (self.log->str, ==, "stopping: assessed\nfinished\n");
  run_tear_down (&self);
}

static void
test_assessment_endless (void)
{
  RunFixture self;

  run_set_up_assessment (&self,
                         "training { TotalIterationLimit: 10,"
                         "           NoProgressIterationLimit: 10 }"
                         "lesson a { scenario { length: 4 } }",
                         1, 0);
  run_begin_all (&self);
  run_turn (&self, 1000);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  g_assert_cmpuint (self.episodes->len, ==, 250);
  run_tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run/lessons", test_lessons);
  g_test_add_func ("/run/lessons/default", test_default_lesson);
  g_test_add_func ("/run/lessons/tested", test_lesson_test);
  g_test_add_func ("/run/limits/iterations", test_iteration_limit);
  g_test_add_func ("/run/limits/iterations-of-earlier-processes",
                   test_iteration_limit_goes_on);
  g_test_add_func ("/run/limits/no-progress", test_no_progress);
  g_test_add_func ("/run/limits/converged", test_converged);
  g_test_add_func ("/run/stop/interrupted", test_stop);
  g_test_add_func ("/run/stop/last-one-leaves", test_stop_without_the_last);
  g_test_add_func ("/run/stop/pristine", test_stop_pristine);
  g_test_add_func ("/run/stop/failed", test_stop_failed);
  g_test_add_func ("/run/bad-values", test_bad_values);
  g_test_add_func ("/run/progress", test_progress);
  g_test_add_func ("/run/same-seed-same-run", test_same_seed_same_run);
  g_test_add_func ("/run/assessment/episodes", test_assessment);
  g_test_add_func ("/run/assessment/greedy", test_assessment_greedy);
  g_test_add_func ("/run/assessment/leave", test_assessment_leave);
  g_test_add_func ("/run/assessment/endless", test_assessment_endless);
  return g_test_run ();
}
