/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The life of a run: its lessons, why and when it ends, its figures.
 */

#include "sh-run.h"

#include <math.h>

#include "sh-run-private.h"

#define REPORT_INTERVAL (G_USEC_PER_SEC / 10)
#define MARK_INTERVAL G_USEC_PER_SEC

G_DEFINE_FINAL_TYPE (ShRun, sh_run, G_TYPE_OBJECT)

enum
{
  PROGRESS,
  EPISODE,
  LESSON,
  TEST,
  STOPPING,
  FINISHED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
sh_run_finalize (GObject *object)
{
  ShRun *self = SH_RUN (object);

  for (guint i = 0; i < self->actors->len; i++)
    sh_actor_free (self->actors->pdata[i]);
  g_ptr_array_unref (self->actors);
  g_ptr_array_unref (self->waiting);
  g_ptr_array_unref (self->answering);
  for (guint i = 0; i < self->concept->n_lessons; i++)
    sh_scenario_free (self->scenarios[i]);
  g_free (self->scenarios);
  g_clear_pointer (&self->experience, sh_experience_free);
  g_clear_pointer (&self->curriculum, sh_curriculum_free);
  g_clear_pointer (&self->learner, sh_learner_free);
  g_free (self->observations);
  g_free (self->masks);
  g_free (self->actions);
  g_free (self->log_probs);
  g_free (self->values);
  g_free (self->output);
  g_free (self->outcomes);
  g_free (self->objectives);
  g_clear_error (&self->error);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
  G_OBJECT_CLASS (sh_run_parent_class)->finalize (object);
}

static void
sh_run_class_init (ShRunClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sh_run_finalize;

  signals[PROGRESS] =
      g_signal_new ("progress", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[EPISODE] = g_signal_new ("episode", type, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[LESSON] =
      g_signal_new ("lesson", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[TEST] = g_signal_new ("test", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[STOPPING] = g_signal_new ("stopping", type, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FINISHED] = g_signal_new ("finished", type, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
sh_run_init (ShRun *self)
{
  self->actors = g_ptr_array_new ();
  self->waiting = g_ptr_array_new ();
  self->answering = g_ptr_array_new ();
}

static ShRun *
run_new (ShProgram *program,
         const ShConcept *concept,
         ShCodec *codec,
         guint64 seed)
{
  ShRun *self = g_object_new (SH_TYPE_RUN, NULL);

  self->program = sh_program_ref (program);
  self->concept = concept;
  self->codec = sh_codec_ref (codec);
  self->seed = seed;
  self->scenarios = g_new0 (ShScenario *, concept->n_lessons);
  for (guint i = 0; i < concept->n_lessons; i++)
    self->scenarios[i] = sh_scenario_new (codec, concept->source.config,
                                          concept->lessons[i].scenario);
  self->output = g_malloc0 (sh_codec_get_output_table (codec)->size);
  self->outcomes = g_new0 (ShOutcome, concept->n_objectives + 1);
  self->objectives = g_new0 (ShObjectiveProgress, concept->n_objectives + 1);
  return self;
}

ShRun *
sh_run_new_training (ShProgram *program,
                     const ShConcept *concept,
                     ShCodec *codec,
                     ShLearner *learner,
                     guint64 seed)
{
  ShRun *self;

  g_return_val_if_fail (program != NULL && concept != NULL, NULL);
  g_return_val_if_fail (codec != NULL && learner != NULL, NULL);

  self = run_new (program, concept, codec, seed);
  self->learner = learner;
  self->policy = sh_learner_get_policy (learner);
  self->curriculum = sh_curriculum_new (concept);
  self->experience = sh_experience_new (sh_codec_get_space (codec));
  self->n_until_pass = self->n_until_replay_pass = SH_RUN_PASS_INTERVAL;
  return self;
}

ShRun *
sh_run_new_assessment (ShProgram *program,
                       const ShConcept *concept,
                       ShCodec *codec,
                       ShPolicy *policy,
                       guint64 n_episodes,
                       guint64 seed)
{
  ShRun *self;

  g_return_val_if_fail (program != NULL && concept != NULL, NULL);
  g_return_val_if_fail (codec != NULL && policy != NULL, NULL);

  self = run_new (program, concept, codec, seed);
  self->policy = policy;
  self->n_episodes = n_episodes;
  return self;
}

/* Its end */

const char *
sh_run_reason_to_string (ShRunReason reason)
{
  static const char *const names[] = {
    [SH_RUN_REASON_NONE] = "none",
    [SH_RUN_REASON_CURRICULUM_MET] = "curriculum-met",
    [SH_RUN_REASON_ITERATION_LIMIT] = "iteration-limit",
    [SH_RUN_REASON_NO_PROGRESS] = "no-progress",
    [SH_RUN_REASON_ASSESSED] = "assessed",
    [SH_RUN_REASON_INTERRUPTED] = "interrupted",
    [SH_RUN_REASON_FAILED] = "failed",
  };

  g_return_val_if_fail ((guint) reason < G_N_ELEMENTS (names), NULL);

  return names[reason];
}

void
sh_run_finish_if_idle (ShRun *self)
{
  if (self->state != SH_RUN_STOPPING || self->n_open > 0 || self->n_holds > 0)
    return;
  self->state =
      self->reason == SH_RUN_REASON_FAILED ? SH_RUN_ERROR : SH_RUN_FINISHED;
  g_signal_emit (self, signals[FINISHED], 0);
}

void
sh_run_end (ShRun *self, ShRunReason reason, const GError *error)
{
  ShRunProgress progress;

  if (sh_run_is_ending (self))
    return;
  self->state = SH_RUN_STOPPING;
  self->reason = reason;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  self->ended_at = g_get_monotonic_time ();
  sh_run_get_progress (self, &progress);
  g_signal_emit (self, signals[PROGRESS], 0, &progress);
  g_signal_emit (self, signals[STOPPING], 0);
  sh_run_finish_if_idle (self);
}

void
sh_run_hold (ShRun *self)
{
  g_return_if_fail (SH_IS_RUN (self));

  self->n_holds++;
}

void
sh_run_release (ShRun *self)
{
  g_return_if_fail (SH_IS_RUN (self) && self->n_holds > 0);

  self->n_holds--;
  sh_run_finish_if_idle (self);
}

gboolean
sh_run_is_held (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), FALSE);

  return self->n_holds > 0;
}

void
sh_run_skip_lessons (ShRun *self, guint lesson)
{
  g_return_if_fail (SH_IS_RUN (self) && self->curriculum != NULL);
  g_return_if_fail (self->state == SH_RUN_PRISTINE);
  g_return_if_fail (lesson < self->concept->n_lessons);

  while (sh_curriculum_get_lesson (self->curriculum) < lesson)
    sh_curriculum_next_lesson (self->curriculum);
}

void
sh_run_set_played (ShRun *self, guint64 iterations)
{
  g_return_if_fail (SH_IS_RUN (self) && self->learner != NULL);
  g_return_if_fail (self->state == SH_RUN_PRISTINE);

  self->played = iterations;
}

guint64
sh_run_get_seed (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), 0);

  return self->seed;
}

void
sh_run_stop (ShRun *self, ShRunReason reason, const GError *error)
{
  g_return_if_fail (SH_IS_RUN (self));
  g_return_if_fail (reason == SH_RUN_REASON_INTERRUPTED ||
                    reason == SH_RUN_REASON_FAILED);
  g_return_if_fail ((reason == SH_RUN_REASON_FAILED) == (error != NULL));

  sh_run_end (self, reason, error);
}

/* Its episodes and lessons */

static void
end_lesson (ShRun *self, const char *reason)
{
  guint lesson = sh_curriculum_get_lesson (self->curriculum);
  gboolean last = !sh_curriculum_next_lesson (self->curriculum);

  g_signal_emit (self, signals[LESSON], 0, self->concept->lessons[lesson].name,
                 reason);
  if (last)
    sh_run_end (self, SH_RUN_REASON_CURRICULUM_MET, NULL);
}

static void
judge_episode (ShRun *self, const ShEpisode *episode, guint lesson)
{
  /* What is played while a test is due was not asked for. */
  if (self->test_due)
    return;
  if (episode->outcomes != NULL)
    sh_curriculum_note_outcomes (self->curriculum, lesson, episode->success,
                                 episode->outcomes);
  switch (sh_curriculum_add_episode (self->curriculum, lesson,
                                     episode->episode_return, self->iterations))
    {
    case SH_CURRICULUM_THRESHOLD:
      if (self->tested)
        self->test_due = TRUE;
      else
        end_lesson (self, "threshold");
      break;
    case SH_CURRICULUM_CONVERGED:
      end_lesson (self, "converged");
      break;
    case SH_CURRICULUM_NO_PROGRESS:
      sh_run_end (self, SH_RUN_REASON_NO_PROGRESS, NULL);
      break;
    case SH_CURRICULUM_GOES_ON:
    default:
      break;
    }
}

/* An assessment's, over all episodes. */
static void
add_outcomes (ShRun *self, const ShEpisode *episode)
{
  self->n_successes += episode->success;
  for (guint i = 0; i < self->concept->n_objectives; i++)
    {
      ShObjectiveProgress *mean = &self->objectives[i];
      const ShOutcome *outcome = &episode->outcomes[i];
      double n = (double) self->episodes;

      mean->success_rate += (outcome->success - mean->success_rate) / n;
      mean->satisfaction += (outcome->satisfaction - mean->satisfaction) / n;
    }
}

void
sh_run_note_episode (ShRun *self, const ShEpisode *episode, guint lesson)
{
  self->episodes++;
  self->return_sum += episode->episode_return;
  if (self->curriculum == NULL)
    add_outcomes (self, episode);
  g_signal_emit (self, signals[EPISODE], 0, episode);
  if (sh_run_is_ending (self))
    return;
  if (self->curriculum != NULL)
    judge_episode (self, episode, lesson);
  else if (self->n_episodes > 0 && self->episodes >= self->n_episodes)
    sh_run_end (self, SH_RUN_REASON_ASSESSED, NULL);
}

void
sh_run_note_pass (ShRun *self, double episode_return)
{
  g_signal_emit (self, signals[TEST], 0, episode_return);
}

void
sh_run_set_tested (ShRun *self, gboolean tested)
{
  g_return_if_fail (SH_IS_RUN (self) && self->learner != NULL);

  self->tested = tested;
  self->test_due &= tested;
  sh_curriculum_set_tested (self->curriculum, tested);
}

guint
sh_run_get_test (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), 0);

  return self->test_due && !sh_run_is_ending (self)
             ? sh_curriculum_get_window (self->curriculum)
             : 0;
}

void
sh_run_finish_test (ShRun *self, double mean_return, double success_rate)
{
  const ShTraining *training;
  gboolean passed;

  g_return_if_fail (SH_IS_RUN (self) && self->test_due);

  self->test_due = FALSE;
  g_signal_emit (self, signals[TEST], 0, mean_return);
  if (sh_run_is_ending (self))
    return;
  training = &self->concept->lessons[sh_run_get_lesson (self)].training;
  passed = self->concept->n_objectives > 0
               ? success_rate >= training->lesson_success_threshold
               : mean_return >= training->lesson_reward_threshold;
  sh_curriculum_take_test (self->curriculum, passed, mean_return, success_rate);
  if (passed)
    end_lesson (self, "threshold");
}

/* Its figures */

void
sh_run_report (ShRun *self)
{
  gint64 now = g_get_monotonic_time ();
  ShRunProgress progress;

  if (self->state != SH_RUN_RUNNING ||
      now - self->reported_at < REPORT_INTERVAL)
    return;
  self->reported_at = now;
  sh_run_get_progress (self, &progress);
  g_signal_emit (self, signals[PROGRESS], 0, &progress);
  if (now - self->mark.at >= MARK_INTERVAL)
    {
      self->last_mark = self->mark;
      self->mark.at = now;
      self->mark.iterations = self->iterations;
    }
}

static void
get_success (ShRun *self, ShRunProgress *progress)
{
  progress->success_rate = NAN;
  progress->n_objectives = self->concept->n_objectives;
  progress->objectives = self->objectives;
  for (guint i = 0; i < progress->n_objectives; i++)
    {
      ShObjectiveProgress *objective = &self->objectives[i];

      objective->name = self->concept->objectives[i].name;
      if (self->curriculum != NULL)
        sh_curriculum_get_objective (self->curriculum, i,
                                     &objective->success_rate,
                                     &objective->satisfaction);
    }
  if (self->curriculum != NULL)
    progress->success_rate = sh_curriculum_get_success_rate (self->curriculum);
  else if (progress->n_objectives > 0 && self->episodes > 0)
    progress->success_rate =
        (double) self->n_successes / (double) self->episodes;
}

void
sh_run_get_progress (ShRun *self, ShRunProgress *progress)
{
  guint lesson;
  gint64 now;

  g_return_if_fail (SH_IS_RUN (self) && progress != NULL);

  now = self->ended_at != 0 ? self->ended_at : g_get_monotonic_time ();
  lesson = sh_run_get_lesson (self);
  *progress = (ShRunProgress){
    .lesson = self->concept->lessons[lesson].name,
    .iterations = self->iterations,
    .episodes = self->episodes,
    .mean_return = NAN,
    .best_mean_return = NAN,
  };
  if (self->curriculum != NULL)
    {
      progress->mean_return = sh_curriculum_get_mean_return (self->curriculum);
      progress->best_mean_return = sh_curriculum_get_best (self->curriculum);
    }
  else if (self->episodes > 0)
    progress->mean_return = self->return_sum / (double) self->episodes;

  get_success (self, progress);

  if (self->began_at == 0)
    return;
  progress->seconds = (double) (now - self->began_at) / G_USEC_PER_SEC;
  if (now > self->last_mark.at)
    progress->iterations_per_second =
        (double) (self->iterations - self->last_mark.iterations) *
        G_USEC_PER_SEC / (double) (now - self->last_mark.at);
}

ShRunState
sh_run_get_state (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), SH_RUN_ERROR);

  return self->state;
}

ShRunReason
sh_run_get_reason (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), SH_RUN_REASON_NONE);

  return self->reason;
}

gboolean
sh_run_leads_on (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), FALSE);

  return self->reason == SH_RUN_REASON_CURRICULUM_MET &&
         self->concept->place + 1 < self->program->n_concepts;
}

const GError *
sh_run_get_error (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);

  return self->error;
}

const ShConcept *
sh_run_get_concept (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);

  return self->concept;
}

guint
sh_run_get_lesson (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), 0);

  return self->curriculum != NULL ? sh_curriculum_get_lesson (self->curriculum)
                                  : self->concept->n_lessons - 1;
}

ShProgram *
sh_run_get_program (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);

  return self->program;
}

ShCodec *
sh_run_get_codec (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);

  return self->codec;
}

ShPolicy *
sh_run_get_policy (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);

  return self->policy;
}

ShSchema *
sh_run_get_config_schema (ShRun *self, guint lesson)
{
  g_return_val_if_fail (SH_IS_RUN (self), NULL);
  g_return_val_if_fail (lesson < self->concept->n_lessons, NULL);

  return sh_scenario_get_schema (self->scenarios[lesson]);
}
