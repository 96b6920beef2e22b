/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When a lesson is over, and when nothing improves. Returns are given one by
 * one, ten iterations each.
 */

#include <math.h>

#include "sh-curriculum.h"

#define STEPS 10u

typedef struct
{
  ShLesson lessons[3];
  ShConcept concept;
  ShCurriculum *curriculum;
  guint64 iterations;
} Fixture;

static ShLesson
make_lesson (guint window, double threshold, guint64 no_progress)
{
  return (ShLesson){
    .name = (char *) "lesson",
    .training = { .lesson_assessment_window = window,
                  .lesson_reward_threshold = threshold,
                  .no_progress_iteration_limit = no_progress },
  };
}

static void
set_up (Fixture *self, guint window, double threshold, guint64 no_progress)
{
  *self = (Fixture){ .iterations = 0 };
  for (guint i = 0; i < 3; i++)
    self->lessons[i] = make_lesson (window, threshold, no_progress);
  self->concept.n_lessons = 3;
  self->concept.lessons = self->lessons;
  self->curriculum = sh_curriculum_new (&self->concept);
}

static ShCurriculumVerdict
add_to (Fixture *self, guint lesson, double episode_return)
{
  self->iterations += STEPS;
  return sh_curriculum_add_episode (self->curriculum, lesson, episode_return,
                                    self->iterations);
}

static ShCurriculumVerdict
add (Fixture *self, double episode_return)
{
  return add_to (self, sh_curriculum_get_lesson (self->curriculum),
                 episode_return);
}

static void
test_threshold_needs_full_window (void)
{
  Fixture self;

  set_up (&self, 4, 10, 1000000);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (add (&self, 100), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 100), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_free (self.curriculum);
}

static void
test_threshold_is_mean_of_exactly_the_window (void)
{
  Fixture self;

  set_up (&self, 4, 10, 1000000);
  add (&self, 1000); /* out of the window by the time that it counts */
  add (&self, 0);
  add (&self, 0);
  g_assert_cmpint (add (&self, -1000), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 1029), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 7.25);
  g_assert_cmpint (add (&self, 10.9), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 0.1), ==, SH_CURRICULUM_THRESHOLD);
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 10);
  sh_curriculum_free (self.curriculum);
}

static void
test_threshold_negative (void)
{
  Fixture self;

  set_up (&self, 1, -5, 1000000);
  g_assert_cmpint (add (&self, -6), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, -5), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_free (self.curriculum);
}

static void
test_threshold_postponed (void)
{
  Fixture self;

  set_up (&self, 3, 10, 1000000);
  g_assert_cmpuint (sh_curriculum_get_window (self.curriculum), ==, 3);
  add (&self, 10);
  add (&self, 10);
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_take_test (self.curriculum, FALSE, 9, 0);
  g_assert_cmpint (add (&self, 13), ==, SH_CURRICULUM_GOES_ON);
  /* What was before is still reported. */
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 11);
  g_assert_cmpint (add (&self, 13), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 13), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_free (self.curriculum);
}

/* A part of the window says when to test; failed tests are followed by longer
 * and longer training, up to the window. */
static void
test_threshold_tested (void)
{
  static const guint waits[] = { 10, 20, 40, 50, 50 };
  Fixture self;

  set_up (&self, 50, 10, 1000000);
  sh_curriculum_set_tested (self.curriculum, TRUE);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 9.9), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 10.1), ==, SH_CURRICULUM_THRESHOLD);
  for (guint i = 0; i < G_N_ELEMENTS (waits); i++)
    {
      sh_curriculum_take_test (self.curriculum, FALSE, 9.5, 0);
      for (guint j = 1; j < waits[i]; j++)
        g_assert_cmpint (add (&self, 11), ==, SH_CURRICULUM_GOES_ON);
      g_assert_cmpint (add (&self, 11), ==, SH_CURRICULUM_THRESHOLD);
    }
  /* The mean of the test is that of the policy as it is saved. */
  sh_curriculum_take_test (self.curriculum, TRUE, 17, 0);
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 17);
  g_assert_cmpfloat (sh_curriculum_get_best (self.curriculum), ==, 17);

  /* The next lesson's first test waits for nothing. */
  g_assert_true (sh_curriculum_next_lesson (self.curriculum));
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_free (self.curriculum);
}

static void
test_lessons_in_order (void)
{
  Fixture self;

  set_up (&self, 2, 10, 1000000);
  self.lessons[1].training.lesson_assessment_window = 3;
  self.lessons[1].training.lesson_reward_threshold = 20;
  add (&self, 10);
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_THRESHOLD);
  g_assert_true (sh_curriculum_next_lesson (self.curriculum));
  g_assert_cmpuint (sh_curriculum_get_lesson (self.curriculum), ==, 1);

  /* Reported until there is something new. */
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 10);
  /* Begun before, over now: they say nothing of this lesson. */
  for (guint i = 0; i < 5; i++)
    g_assert_cmpint (add_to (&self, 0, 1000), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 20), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==, 20);
  g_assert_cmpint (add (&self, 20), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 20), ==, SH_CURRICULUM_THRESHOLD);

  g_assert_true (sh_curriculum_next_lesson (self.curriculum));
  g_assert_false (sh_curriculum_next_lesson (self.curriculum));
  g_assert_cmpuint (sh_curriculum_get_lesson (self.curriculum), ==, 2);
  g_assert_cmpfloat (sh_curriculum_get_best (self.curriculum), ==, 20);
  sh_curriculum_free (self.curriculum);
}

static void
test_no_progress (void)
{
  Fixture self;

  set_up (&self, 2, 1000, 200);
  add (&self, 0);
  add (&self, 0); /* the first full window: iteration 20 */
  g_assert_cmpint (add (&self, 100), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 100), ==, SH_CURRICULUM_GOES_ON);
  /* The mean reached 100 at iteration 40; within 1 % of the range of 100 above
   * that is no improvement. */
  for (guint i = 0; i < 19; i++)
    g_assert_cmpint (add (&self, 100.9), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 100.9), ==, SH_CURRICULUM_NO_PROGRESS);
  sh_curriculum_free (self.curriculum);
}

static void
test_progress_in_small_steps (void)
{
  Fixture self;

  set_up (&self, 1, 1000, 200);
  add (&self, 0);
  add (&self, 100);
  /* Each too little, together enough. */
  for (guint i = 1; i <= 200; i++)
    g_assert_cmpint (add (&self, 100 + 0.2 * i), ==, SH_CURRICULUM_GOES_ON);
  sh_curriculum_free (self.curriculum);
}

static void
test_no_progress_counts_from_full_window (void)
{
  Fixture self;

  set_up (&self, 50, 1000, 200);
  for (guint i = 0; i < 50 + 19; i++)
    g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_NO_PROGRESS);
  sh_curriculum_free (self.curriculum);
}

static void
test_no_progress_counts_anew_in_a_lesson (void)
{
  Fixture self;

  set_up (&self, 1, 100, 200);
  for (guint i = 0; i < 15; i++)
    g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 100), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_next_lesson (self.curriculum);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_NO_PROGRESS);
  sh_curriculum_free (self.curriculum);
}

static void
test_converged (void)
{
  Fixture self;

  set_up (&self, 2, NAN, 200);
  for (guint i = 0; i <= 10; i++)
    g_assert_cmpint (add (&self, i), ==, SH_CURRICULUM_GOES_ON);
  /* One more full window of tens is the last improvement. */
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_GOES_ON);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_CONVERGED);
  sh_curriculum_free (self.curriculum);
}

static void
test_converged_from_the_start (void)
{
  Fixture self;

  set_up (&self, 1, NAN, 200);
  add (&self, 0);
  add (&self, 10);
  sh_curriculum_next_lesson (self.curriculum);
  /* Nothing to learn in this one, but something was in the run. */
  for (guint i = 0; i < 10; i++)
    g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 10), ==, SH_CURRICULUM_CONVERGED);
  sh_curriculum_free (self.curriculum);
}

static void
test_never_changed_is_no_progress (void)
{
  Fixture self;

  set_up (&self, 1, NAN, 200);
  for (guint i = 0; i < 20; i++)
    g_assert_cmpint (add (&self, 0), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 0), ==, SH_CURRICULUM_NO_PROGRESS);
  sh_curriculum_free (self.curriculum);
}

static void
test_reported_mean (void)
{
  Fixture self;

  set_up (&self, 300, 1e9, 1000000000);
  g_assert_true (isnan (sh_curriculum_get_mean_return (self.curriculum)));
  g_assert_true (isnan (sh_curriculum_get_best (self.curriculum)));
  for (guint i = 1; i <= 250; i++)
    add (&self, i);
  /* The last hundred: 151 to 250. */
  g_assert_cmpfloat (sh_curriculum_get_mean_return (self.curriculum), ==,
                     200.5);
  g_assert_true (isnan (sh_curriculum_get_best (self.curriculum)));
  for (guint i = 251; i <= 300; i++)
    add (&self, i);
  g_assert_cmpfloat (sh_curriculum_get_best (self.curriculum), ==, 150.5);
  sh_curriculum_free (self.curriculum);
}

/* A window as large as can be asked for takes no more memory than this lets
 * it. */
static void
test_huge_window (void)
{
  Fixture self;

  set_up (&self, G_MAXUINT, 1, 1000000000);
  for (guint i = 0; i < SH_CURRICULUM_MAX_WINDOW - 1; i++)
    g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_GOES_ON);
  g_assert_cmpint (add (&self, 1), ==, SH_CURRICULUM_THRESHOLD);
  sh_curriculum_free (self.curriculum);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/curriculum/threshold/needs-full-window",
                   test_threshold_needs_full_window);
  g_test_add_func ("/curriculum/threshold/mean-of-exactly-the-window",
                   test_threshold_is_mean_of_exactly_the_window);
  g_test_add_func ("/curriculum/threshold/negative", test_threshold_negative);
  g_test_add_func ("/curriculum/threshold/postponed", test_threshold_postponed);
  g_test_add_func ("/curriculum/threshold/tested-after-a-part",
                   test_threshold_tested);
  g_test_add_func ("/curriculum/lessons-in-order", test_lessons_in_order);
  g_test_add_func ("/curriculum/no-progress", test_no_progress);
  g_test_add_func ("/curriculum/no-progress/small-steps-add-up",
                   test_progress_in_small_steps);
  g_test_add_func ("/curriculum/no-progress/counts-from-full-window",
                   test_no_progress_counts_from_full_window);
  g_test_add_func ("/curriculum/no-progress/counts-anew-in-a-lesson",
                   test_no_progress_counts_anew_in_a_lesson);
  g_test_add_func ("/curriculum/converged", test_converged);
  g_test_add_func ("/curriculum/converged/from-the-start",
                   test_converged_from_the_start);
  g_test_add_func ("/curriculum/converged/never-changed-is-no-progress",
                   test_never_changed_is_no_progress);
  g_test_add_func ("/curriculum/reported-mean", test_reported_mean);
  g_test_add_func ("/curriculum/huge-window", test_huge_window);
  return g_test_run ();
}
