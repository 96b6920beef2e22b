/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How far a training run has come in its lessons: the window of returns by
 * which a lesson is judged, its threshold, and whether anything improves.
 *
 * A lesson is over when the mean return of its last LessonAssessmentWindow
 * training episodes is at least LessonRewardThreshold. The window must be full,
 * and holds episodes that began in this lesson only.
 *
 * With goals it is over when at least LessonSuccessThreshold of the window's
 * episodes were successful.
 *
 * Where lessons are tested, training only says when a test is worth its time:
 * when the mean of a part of the window meets the threshold. The test has as
 * many episodes as the window. After one that fails the next waits for as many
 * training episodes as that part has, then for twice, four times ..., up to the
 * window: a threshold that is just out of reach does not cost a test after each
 * handful of episodes.
 *
 * Progress is judged by the mean return, with goals by the mean satisfaction of
 * the objectives: a mean over a full window counts as an improvement when it is
 * above the last one that did by more than SH_CURRICULUM_MARGIN of the range between
 * the lowest mean of the run and the highest of the lesson. A lesson without a
 * threshold has converged when there has been no improvement for half of its
 * NoProgressIterationLimit, provided that the range is not empty: returns that
 * have never changed are nothing learnt. After the whole limit any lesson has
 * no progress. Iterations count from the first full window.
 */

#pragma once

#include <glib.h>

#include "sh-evaluator.h"
#include "sh-program.h"

G_BEGIN_DECLS

#define SH_CURRICULUM_MARGIN 0.01
/* A larger assessment window is as this one. */
#define SH_CURRICULUM_MAX_WINDOW 65536u
/* Where lessons are tested: the part of the window that must meet the threshold,
 * and its least size. */
#define SH_CURRICULUM_TRIAL_PART 10u
#define SH_CURRICULUM_TRIAL_LEAST 10u
/* Episodes over which the mean return is reported. */
#define SH_CURRICULUM_REPORT 100u

typedef enum
{
  SH_CURRICULUM_GOES_ON,
  SH_CURRICULUM_THRESHOLD, /* the lesson's threshold is met */
  SH_CURRICULUM_CONVERGED, /* it has none and has levelled off */
  SH_CURRICULUM_NO_PROGRESS
} ShCurriculumVerdict;

typedef struct ShCurriculum ShCurriculum;

/* The lessons of `concept`, which must outlive it; the first one is current. */
ShCurriculum *sh_curriculum_new (const ShConcept *concept);
void sh_curriculum_free (ShCurriculum *curriculum);

guint sh_curriculum_get_lesson (const ShCurriculum *curriculum);

/* The next lesson with an empty window; FALSE when that was the last. */
gboolean sh_curriculum_next_lesson (ShCurriculum *curriculum);

/* Episodes of the current lesson's window, when it is full. */
guint sh_curriculum_get_window (const ShCurriculum *curriculum);

/* Whether lessons are tested; at first they are not. */
void sh_curriculum_set_tested (ShCurriculum *curriculum, gboolean tested);

/* A test of the current lesson was played. When it failed, the next one must
 * wait; when it was passed, its mean return is what is reported, and with goals
 * its success rate. */
void sh_curriculum_take_test (ShCurriculum *curriculum,
                              gboolean passed,
                              double mean_return,
                              double success_rate);

/*
 * A training episode is over. `lesson` is the one under which it began: one of
 * an earlier lesson is not counted. `iterations` are those of the run so far.
 */
ShCurriculumVerdict sh_curriculum_add_episode (ShCurriculum *curriculum,
                                               guint lesson,
                                               double episode_return,
                                               guint64 iterations);

/* How the objectives came out in the episode that is added next; with goals, to
 * be called before each. `lesson` as above. */
void sh_curriculum_note_outcomes (ShCurriculum *curriculum,
                                  guint lesson,
                                  gboolean success,
                                  const ShOutcome *outcomes);

/* The share of successful episodes, and for each objective of the goal the same
 * and its mean satisfaction; over the episodes of the mean return. NaN without
 * goals, and before the first episode. */
double sh_curriculum_get_success_rate (const ShCurriculum *curriculum);
void sh_curriculum_get_objective (const ShCurriculum *curriculum,
                                  guint objective,
                                  double *success_rate,
                                  double *satisfaction);

/* Over the last SH_CURRICULUM_REPORT episodes, or the window if that is less;
 * just after a change of lesson that of the old one, or of the test that ended
 * it; NaN before the first. */
double sh_curriculum_get_mean_return (const ShCurriculum *curriculum);

/* The highest mean of a full window or a test in any lesson; NaN before there is
 * one. */
double sh_curriculum_get_best (const ShCurriculum *curriculum);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCurriculum, sh_curriculum_free)

G_END_DECLS
