/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs by what the program says of them: its functions and its goals.
 */

#include "fixture.h"
#include "run-fixture.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

#define ENDLESS "lesson a { scenario { length: 0 } }"

static const ShEpisode *
get_episode (const RunFixture *self, guint index)
{
  g_assert_cmpuint (index, <, self->episodes->len);
  return &g_array_index (self->episodes, ShEpisode, index);
}

static void
test_reward_and_terminal (void)
{
  RunFixture self;

  run_set_up (&self,
              "reward function (s: State, a: Action) { return s.step * 2 }"
              "terminal function (s: State) { return s.step >= 3 }" ENDLESS,
              2, 10);
  run_begin_all (&self);
  run_turn (&self, 31);
  g_assert_cmpuint (self.episodes->len, ==, 20);
  for (guint i = 0; i < self.episodes->len; i++)
    {
      g_assert_cmpuint (get_episode (&self, i)->length, ==, 3);
      g_assert_cmpfloat (get_episode (&self, i)->episode_return, ==, 12);
      g_assert_true (get_episode (&self, i)->terminal);
      g_assert_null (get_episode (&self, i)->outcomes);
    }
  /* The simulation does not know that its episode is over. */
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 10);
  g_assert_cmpint (run_get_fragment (&self, 0, 0)->end, ==,
                   SH_FRAGMENT_TERMINAL);
  g_assert_cmpfloat (run_get_fragment (&self, 0, 0)->rewards[2], ==, 6);
  g_assert_true (isnan (self.progress.success_rate));
  run_tear_down (&self);
}

/* A simulation that has ended cannot go on, whatever the program says: that is
 * no terminal state. */
static void
test_simulator_ends_first (void)
{
  RunFixture self;
  RunCounts counts;

  run_set_up (&self,
              "terminal function (s: State) { return s.step >= 5 }"
              "lesson a { scenario { length: 2 } }",
              1, 20);
  run_begin_all (&self);
  run_turn (&self, 21);
  counts = run_check_batches (&self);
  g_assert_cmpuint (counts.n_truncated, ==, 10);
  g_assert_cmpuint (counts.n_terminal, ==, 0);
  g_assert_false (get_episode (&self, 0)->terminal);
  g_assert_cmpuint (self.walkers[0]->n_ended, ==, 0);
  run_tear_down (&self);
}

static void
test_state (void)
{
  RunFixture self;
  const ShFragment *fragment;

  run_set_up (&self,
              "state function (s: State): State {"
              "  return { step: s.walker, walker: s.step * 10,"
              "           episode: s.episode + 0.5 }"
              "}"
              "lesson a { scenario { length: 4 } }",
              1, 8);
  run_begin_all (&self);
  run_turn (&self, 9);
  fragment = run_get_fragment (&self, 0, 1);
  for (guint i = 0; i <= 4; i++)
    {
      g_assert_cmpfloat (fragment->observations[i * 3], ==, i * 10.0f);
      g_assert_cmpfloat (fragment->observations[i * 3 + 1], ==, 2.5f);
      g_assert_cmpfloat (fragment->observations[i * 3 + 2], ==, 0);
    }
  run_tear_down (&self);
}

static void
test_action (void)
{
  RunFixture self;
  const ShFragment *fragment;
  guint n_left = 0;

  run_set_up (&self,
              "action function (a: Action): Action {"
              "  if a.way == 0 { return { way: 1 } }"
              "  return { way: 0 }"
              "}"
              "reward function (s: State, a: Action) { return a.way + 10 }"
              "lesson a { scenario { length: 60 } }",
              1, 60);
  run_begin_all (&self);
  run_turn (&self, 61);
  fragment = run_get_fragment (&self, 0, 0);
  g_assert_cmpuint (fragment->n_steps, ==, 60);
  for (guint i = 0; i < fragment->n_steps; i++)
    {
      double way = walker_way (self.walkers[0], 1, i);

      g_assert_cmpfloat (way, ==, 1 - fragment->actions[i]);
      /* A reward function sees the simulator's action, of the step. */
      g_assert_cmpfloat (fragment->rewards[i], ==, way + 10);
      n_left += way == 0;
    }
  g_assert_cmpuint (n_left, >, 0);
  g_assert_cmpuint (n_left, <, 60);
  run_tear_down (&self);
}

static void
check_failure (const char *curriculum, const char *message)
{
  RunFixture self;
  const GError *error;

  run_set_up (&self, curriculum, 3, 100);
  run_play (&self);
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_ERROR);
  error = sh_run_get_error (self.run);
  g_assert_error (error, SH_ERROR, SH_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, message));
  g_assert_null (strchr (error->message, '\n'));
  run_tear_down (&self);
}

static void
test_failures (void)
{
  check_failure ("reward function (s: State) {\n"
                 "  return 1 / (s.step - 2) }" ENDLESS,
                 "test.ink:9: in the reward function: division by zero");
  check_failure ("terminal function (s: State) { return 1 / s.walker }" ENDLESS,
                 "in the terminal function: division by zero");
  check_failure ("state function (s: State): State {"
                 "  return { walker: Math.Log(s.step), episode: 0, step: 0 }"
                 "}" ENDLESS,
                 "in the state function: the logarithm");
  check_failure ("action function (a: Action): Action {"
                 "  if 1 / (a.way - a.way) > 0 { return a } return a"
                 "}" ENDLESS,
                 "in the action function: division by zero");
  check_failure ("reward function (s: State) { return 1e39 + s.step }" ENDLESS,
                 "the reward function gives 1e+39");
  check_failure ("mask function (s: State) { return constraint Action {"
                 "  way: number<mask [s.step < 3, s.step < 2]> } }" ENDLESS,
                 "test.ink: the mask of 'Walk' allows no value of 'way'");
  check_failure ("mask function (s: State) { return constraint Action {"
                 "  way: number<mask [1, 1 / (s.step - 1)]> } }" ENDLESS,
                 "in the mask function: division by zero");
  check_failure ("goal (s: State) { drive A: 1 / (s.step - 1) in Goal.Range(0, "
                 "1) }" ENDLESS,
                 "in objective 'A': division by zero");
}

static void
test_goal (void)
{
  RunFixture self;

  run_set_up (&self,
              "goal (s: State) {"
              "  reach Far: s.step in Goal.RangeAbove(3)"
              "  avoid `The wall`: s.episode in Goal.RangeAbove(5) }"
              "training { LessonAssessmentWindow: 4,"
              "           LessonSuccessThreshold: 0.75 }"
              "lesson a { scenario { length: 0 } }"
              "lesson b { scenario { length: 2 } }",
              1, 1000);
  run_begin_all (&self);
  run_turn (&self, 12);
  g_assert_cmpstr (self.log->str, ==, "a: threshold\n");
  for (guint i = 0; i < 4; i++)
    {
      const ShEpisode *episode = get_episode (&self, i);

      g_assert_true (episode->success && episode->terminal);
      g_assert_cmpuint (episode->length, ==, 3);
    }
  sh_run_get_progress (self.run, &self.progress);
  g_assert_cmpfloat (self.progress.success_rate, ==, 1);
  g_assert_cmpuint (self.progress.n_objectives, ==, 2);
  g_assert_cmpstr (self.progress.objectives[1].name, ==, "The wall");
  g_assert_cmpfloat (self.progress.objectives[0].success_rate, ==, 1);
  g_assert_cmpfloat (self.progress.objectives[0].satisfaction, ==, 1);
  /* From the fifth episode on it is in the wall after one step. */
  run_turn (&self, 4);
  g_assert_cmpuint (self.episodes->len, ==, 8);
  g_assert_false (get_episode (&self, 4)->success);
  g_assert_cmpuint (get_episode (&self, 4)->length, ==, 1);
  sh_run_get_progress (self.run, &self.progress);
  g_assert_cmpstr (self.progress.lesson, ==, "b");
  g_assert_cmpfloat (self.progress.success_rate, ==, 0);
  run_tear_down (&self);
}

static void
test_assessment (void)
{
  RunFixture self;

  run_set_up_assessment (&self,
                         "goal (s: State) {"
                         "  drive Early: s.episode in Goal.Range(0, 2)"
                         "}"
                         "lesson a { scenario { length: 3 } }",
                         1, 8);
  run_play (&self);
  g_assert_cmpuint (self.episodes->len, ==, 8);
  g_assert_cmpfloat (self.progress.success_rate, ==, 0.25);
  g_assert_cmpfloat_with_epsilon (self.progress.objectives[0].success_rate,
                                  0.25, 1e-9);
  g_assert_cmpfloat_with_epsilon (self.progress.objectives[0].satisfaction,
                                  0.25, 1e-9);
  run_tear_down (&self);
}

#define MASK                                                                   \
  "mask function (s: State) {"                                                 \
  "  return constraint Action {"                                               \
  "    way: number<mask [s.step % 3 != 0, s.step % 3 != 1]>"                   \
  "  } }"

/* One choice, the other, both, and so on; after a terminal state no choice is
 * left to make, and the function is not asked. */
static void
check_mask (const ShFragment *fragment, guint row, guint *n_right)
{
  const guint8 *mask = fragment->masks + row * 2;
  const int step = (int) fragment->observations[row * 3 + 2];
  const gboolean is_terminal =
      row == fragment->n_steps && fragment->end == SH_FRAGMENT_TERMINAL;

  g_assert_cmpuint (mask[0], ==, is_terminal || step % 3 != 0);
  g_assert_cmpuint (mask[1], ==, is_terminal || step % 3 != 1);
  if (row == fragment->n_steps)
    return;
  g_assert_cmpuint (mask[(guint) fragment->actions[row]], ==, 1);
  if (mask[0] + mask[1] == 1)
    g_assert_cmpfloat_with_epsilon (fragment->log_probs[row], 0, 1e-6f);
  else
    *n_right += fragment->actions[row] > 0;
}

static void
test_mask (void)
{
  RunFixture self;
  guint n_steps = 0, n_right = 0;

  run_set_up (&self, MASK "lesson a { scenario { length: 130 } }", 2, 200);
  run_begin_all (&self);
  run_turn (&self, 601);
  for (guint b = 0; b < 6; b++)
    {
      GPtrArray *batch = fixture_learner_get_batches (self.learner)->pdata[b];

      for (guint f = 0; f < batch->len; f++)
        {
          const ShFragment *fragment = batch->pdata[f];

          g_assert_nonnull (fragment->masks);
          for (guint row = 0; row <= fragment->n_steps; row++)
            check_mask (fragment, row, &n_right);
          n_steps += fragment->n_steps;
        }
    }
  g_assert_cmpuint (n_steps, >=, 1200);
  /* Where both may be, both are. */
  g_assert_cmpuint (n_right, >, 20);
  g_assert_cmpuint (n_right, <, n_steps / 3 - 20);
  run_tear_down (&self);
}

static void
test_mask_in_assessment (void)
{
  RunFixture self;

  run_set_up_assessment (&self, MASK "lesson a { scenario { length: 50 } }", 2,
                         4);
  run_play (&self);
  g_assert_cmpuint (self.episodes->len, ==, 4);
  for (guint e = 1; e <= 2; e++)
    for (guint step = 0; step < 50; step++)
      if (step % 3 < 2)
        g_assert_cmpfloat (walker_way (self.walkers[0], e, step), ==,
                           step % 3 == 0);
  run_tear_down (&self);
}

/* The mask is written for the concept's values, which may stand in another
 * order than the simulator's; and not for fields without names. */
static void
test_mask_order (void)
{
  static const double state = 0;
  const guint8 expected[] = { 1, 1, 1, 0, 1, 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program = fixture_compile (
      "inkling \"2.0\"\n"
      "type State { x: number }\n"
      "type Action { size: number<0 .. 2 step 1>,\n"
      "  way: number<Left = 1, Right = 2, Up = 3> }\n"
      "type Move { size: number<0 .. 2 step 1>,\n"
      "  way: number<Up = 3, Right = 2, Left = 1> }\n"
      "simulator Sim (action: Action): State { }\n"
      "graph (input: State): Move {\n"
      "  concept Walk (input): Move { curriculum { source Sim\n"
      "    mask function (s: State) {\n"
      "      return constraint Move { way: number<mask [s.x, 1, 0]> }\n"
      "    } } }\n"
      "}\n");
  g_autoptr (ShCodec) codec = sh_codec_new (fixture_concept (program), &error);
  g_autoptr (ShEvaluator) evaluator = NULL;
  guint8 mask[6];

  g_assert_no_error (error);
  evaluator = sh_codec_new_evaluator (codec, fixture_concept (program));
  g_assert_cmpuint (sh_codec_get_mask_size (codec), ==, 6);
  g_assert_true (sh_codec_mask (codec, evaluator, &state, mask, &error));
  g_assert_cmpmem (mask, 6, expected, 6);
}

/* A function may read what cannot be sent only if it really does. */
static void
test_fields (void)
{
  static const struct
  {
    const char *reward;
    gboolean is_right;
  } cases[] = { { "s.x", TRUE },
                { "s.list[1]", FALSE },
                { "s.inner.y", FALSE } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (
          "inkling \"2.0\"\n"
          "type State { x: number, list: number[2], inner: { y: number } }\n"
          "type Action { push: number<-1 .. 1> }\n"
          "simulator Sim (action: Action): State { }\n"
          "graph (input: { x: number }): Action {\n"
          "  concept Walk (input): Action { curriculum { source Sim\n"
          "    reward function (s: State) { return %s } } }\n"
          "}\n",
          cases[i].reward);
      g_autoptr (ShProgram) program = fixture_compile (text);
      g_autoptr (GError) error = NULL;
      g_autoptr (ShCodec) codec =
          sh_codec_new (fixture_concept (program), &error);

      g_assert_true ((codec != NULL) == cases[i].is_right);
      if (cases[i].is_right)
        g_assert_no_error (error);
      else
        g_assert_error (error, SH_ERROR, SH_ERROR_SCHEMA);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/run/functions/reward-and-terminal",
                   test_reward_and_terminal);
  g_test_add_func ("/run/functions/simulator-ends-first",
                   test_simulator_ends_first);
  g_test_add_func ("/run/functions/state", test_state);
  g_test_add_func ("/run/functions/action", test_action);
  g_test_add_func ("/run/functions/failures", test_failures);
  g_test_add_func ("/run/functions/fields-that-are-read", test_fields);
  g_test_add_func ("/run/masks/training", test_mask);
  g_test_add_func ("/run/masks/assessment", test_mask_in_assessment);
  g_test_add_func ("/run/masks/order-of-values", test_mask_order);
  g_test_add_func ("/run/goals/lessons-end-by-success", test_goal);
  g_test_add_func ("/run/goals/assessment", test_assessment);
  return g_test_run ();
}
