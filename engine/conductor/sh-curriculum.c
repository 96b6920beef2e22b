/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lessons, thresholds and progress.
 */

#include "sh-curriculum.h"

#include <math.h>
#include <string.h>

struct ShCurriculum
{
  const ShConcept *concept;
  guint lesson;

  /* The last returns of the lesson, a ring. */
  double *window;
  guint size, n, next;
  /* How the same episodes came out: with goals, [size] and [size][objectives]. */
  gboolean *successes;
  ShOutcome *outcomes;
  double success_rate; /* as reported */
  struct
  {
    double success_rate, satisfaction;
  } * objectives; /* as reported */
  gboolean tested; /* meeting the threshold means a test, not the end */
  guint n_failed; /* tests of the lesson */
  guint n_postponed; /* episodes to come before the threshold counts */

  double mean_return; /* as reported */
  double best; /* of the run */
  /* Of what progress is judged by, over full windows. */
  double lowest; /* of the run */
  double highest; /* of the lesson */
  double improvement; /* the last mean that counted as one, of the lesson */
  guint64 improved_at; /* iterations of the run then */
};

static void
begin_lesson (ShCurriculum *self)
{
  const ShTraining *training = &self->concept->lessons[self->lesson].training;

  self->size =
      CLAMP (training->lesson_assessment_window, 1, SH_CURRICULUM_MAX_WINDOW);
  self->n = 0;
  self->next = 0;
  self->n_failed = 0;
  self->n_postponed = 0;
  g_free (self->window);
  self->window = g_new (double, self->size);
  if (self->concept->n_objectives > 0)
    {
      g_free (self->successes);
      g_free (self->outcomes);
      self->successes = g_new0 (gboolean, self->size);
      self->outcomes =
          g_new0 (ShOutcome, (gsize) self->size * self->concept->n_objectives);
    }
  self->highest = NAN;
  self->improvement = NAN;
}

ShCurriculum *
sh_curriculum_new (const ShConcept *concept)
{
  ShCurriculum *self;

  g_return_val_if_fail (concept != NULL && concept->n_lessons > 0, NULL);

  self = g_new0 (ShCurriculum, 1);
  self->concept = concept;
  self->mean_return = NAN;
  self->best = NAN;
  self->lowest = NAN;
  self->success_rate = NAN;
  self->objectives =
      g_malloc0_n (MAX (concept->n_objectives, 1), sizeof *self->objectives);
  for (guint i = 0; i < concept->n_objectives; i++)
    self->objectives[i].success_rate = self->objectives[i].satisfaction = NAN;
  begin_lesson (self);
  return self;
}

void
sh_curriculum_free (ShCurriculum *curriculum)
{
  if (curriculum == NULL)
    return;
  g_free (curriculum->window);
  g_free (curriculum->successes);
  g_free (curriculum->outcomes);
  g_free (curriculum->objectives);
  g_free (curriculum);
}

guint
sh_curriculum_get_lesson (const ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, 0);

  return curriculum->lesson;
}

gboolean
sh_curriculum_next_lesson (ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, FALSE);

  if (curriculum->lesson + 1 >= curriculum->concept->n_lessons)
    return FALSE;
  curriculum->lesson++;
  begin_lesson (curriculum);
  return TRUE;
}

guint
sh_curriculum_get_window (const ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, 0);

  return curriculum->size;
}

void
sh_curriculum_set_tested (ShCurriculum *curriculum, gboolean tested)
{
  g_return_if_fail (curriculum != NULL);

  curriculum->tested = tested;
}

/* Episodes by whose mean the threshold is met. */
static guint
get_trial (const ShCurriculum *self)
{
  guint trial =
      MAX (self->size / SH_CURRICULUM_TRIAL_PART, SH_CURRICULUM_TRIAL_LEAST);

  return self->tested ? MIN (trial, self->size) : self->size;
}

void
sh_curriculum_take_test (ShCurriculum *curriculum,
                         gboolean passed,
                         double mean_return,
                         double success_rate)
{
  ShCurriculum *self = curriculum;
  guint64 postponed;

  g_return_if_fail (self != NULL);

  self->best = fmax (self->best, mean_return);
  if (passed)
    {
      self->mean_return = mean_return;
      if (self->concept->n_objectives > 0)
        self->success_rate = success_rate;
      return;
    }
  postponed = (guint64) get_trial (self) << MIN (self->n_failed, 16);
  self->n_postponed = (guint) MIN (postponed, self->size);
  self->n_failed++;
}

/* The mean of the last `n` returns. Summed afresh: a running sum would gather
 * rounding errors for as long as the run lasts. */
static double
mean_of_last (const ShCurriculum *self, guint n)
{
  double sum = 0;

  for (guint i = 1; i <= n; i++)
    sum += self->window[(self->next + self->size - i) % self->size];
  return sum / n;
}

static void
note_mean (ShCurriculum *self, double mean, guint64 iterations)
{
  double margin;

  self->lowest = fmin (self->lowest, mean);
  self->highest = fmax (self->highest, mean);
  margin = SH_CURRICULUM_MARGIN * (self->highest - self->lowest);
  if (isnan (self->improvement) || mean > self->improvement + margin)
    {
      self->improvement = mean;
      self->improved_at = iterations;
    }
}

/* Outcomes --------------------------------------------------------------- */

void
sh_curriculum_note_outcomes (ShCurriculum *curriculum,
                             guint lesson,
                             gboolean success,
                             const ShOutcome *outcomes)
{
  guint n;

  g_return_if_fail (curriculum != NULL && outcomes != NULL);
  g_return_if_fail (curriculum->successes != NULL);

  if (lesson != curriculum->lesson)
    return;
  n = curriculum->concept->n_objectives;
  curriculum->successes[curriculum->next] = success;
  memcpy (curriculum->outcomes + (gsize) curriculum->next * n, outcomes,
          n * sizeof *outcomes);
}

/* Over the objectives of the full window. */
static double
mean_satisfaction (const ShCurriculum *self)
{
  gsize n = (gsize) self->size * self->concept->n_objectives;
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += self->outcomes[i].satisfaction;
  return sum / (double) n;
}

static double
success_of_last (const ShCurriculum *self, guint n)
{
  guint successes = 0;

  for (guint i = 1; i <= n; i++)
    successes += self->successes[(self->next + self->size - i) % self->size];
  return (double) successes / n;
}

static void
report_outcomes (ShCurriculum *self, guint n)
{
  guint n_objectives = self->concept->n_objectives;

  self->success_rate = success_of_last (self, n);
  for (guint j = 0; j < n_objectives; j++)
    {
      double satisfaction = 0;
      guint successes = 0;

      for (guint i = 1; i <= n; i++)
        {
          gsize row = (self->next + self->size - i) % self->size;
          const ShOutcome *outcome = &self->outcomes[row * n_objectives + j];

          successes += outcome->success;
          satisfaction += outcome->satisfaction;
        }
      self->objectives[j].success_rate = (double) successes / n;
      self->objectives[j].satisfaction = satisfaction / n;
    }
}

double
sh_curriculum_get_success_rate (const ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, NAN);

  return curriculum->success_rate;
}

void
sh_curriculum_get_objective (const ShCurriculum *curriculum,
                             guint objective,
                             double *success_rate,
                             double *satisfaction)
{
  g_return_if_fail (curriculum != NULL);
  g_return_if_fail (objective < curriculum->concept->n_objectives);

  *success_rate = curriculum->objectives[objective].success_rate;
  *satisfaction = curriculum->objectives[objective].satisfaction;
}

/* Whether the lesson's threshold is met and counts. */
static gboolean
meets_threshold (const ShCurriculum *self)
{
  const ShTraining *training = &self->concept->lessons[self->lesson].training;
  const guint n = get_trial (self);

  if (self->n < n || self->n_postponed > 0)
    return FALSE;
  return self->concept->n_objectives > 0
             ? success_of_last (self, n) >= training->lesson_success_threshold
             : mean_of_last (self, n) >= training->lesson_reward_threshold;
}

/* Takes in the mean of a full window. */
static void
note_window (ShCurriculum *self, guint64 iterations)
{
  const double mean = self->size <= SH_CURRICULUM_REPORT
                          ? self->mean_return
                          : mean_of_last (self, self->size);

  self->best = fmax (self->best, mean);
  note_mean (self, self->successes != NULL ? mean_satisfaction (self) : mean,
             iterations);
}

/* Episodes --------------------------------------------------------------- */

ShCurriculumVerdict
sh_curriculum_add_episode (ShCurriculum *curriculum,
                           guint lesson,
                           double episode_return,
                           guint64 iterations)
{
  ShCurriculum *self = curriculum;
  const ShTraining *training;
  guint64 standstill;

  g_return_val_if_fail (self != NULL, SH_CURRICULUM_GOES_ON);

  if (lesson != self->lesson)
    return SH_CURRICULUM_GOES_ON;

  training = &self->concept->lessons[lesson].training;
  self->window[self->next] = episode_return;
  self->next = (self->next + 1) % self->size;
  self->n = MIN (self->n + 1, self->size);
  if (self->n_postponed > 0)
    self->n_postponed--;
  self->mean_return = mean_of_last (self, MIN (self->n, SH_CURRICULUM_REPORT));
  if (self->successes != NULL)
    report_outcomes (self, MIN (self->n, SH_CURRICULUM_REPORT));
  if (self->n == self->size)
    note_window (self, iterations);
  if (meets_threshold (self))
    return SH_CURRICULUM_THRESHOLD;
  if (self->n < self->size)
    return SH_CURRICULUM_GOES_ON;

  standstill = iterations - self->improved_at;
  if (self->successes == NULL && isnan (training->lesson_reward_threshold) &&
      standstill >= training->no_progress_iteration_limit / 2 &&
      self->highest > self->lowest)
    return SH_CURRICULUM_CONVERGED;
  return standstill >= training->no_progress_iteration_limit
             ? SH_CURRICULUM_NO_PROGRESS
             : SH_CURRICULUM_GOES_ON;
}

double
sh_curriculum_get_mean_return (const ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, NAN);

  return curriculum->mean_return;
}

double
sh_curriculum_get_best (const ShCurriculum *curriculum)
{
  g_return_val_if_fail (curriculum != NULL, NAN);

  return curriculum->best;
}
