/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShKeeper: between a run, its files and its history.
 */

#include "sh-keeper-private.h"

#include <math.h>

#include "sh-error.h"

/* Of the time, at most one part in so many is spent saving. */
#define SAVE_SHARE 20

void
sh_keeper_get_progress (ShKeeper *self, ShRunProgress *progress)
{
  g_return_if_fail (self != NULL && progress != NULL);

  sh_run_get_progress (self->run, progress);
  progress->iterations += self->before_iterations;
  progress->episodes += self->before_episodes;
  progress->seconds += self->before_seconds;
  if (isnan (progress->mean_return))
    progress->mean_return = self->before_mean_return;
}

/* Saving. */

static void
on_saved (const GError *error, gint64 cost, gpointer data)
{
  ShKeeper *self = data;

  self->save_cost = cost;
  self->saved_at = g_get_monotonic_time ();
  g_clear_error (&self->error);
  if (error == NULL)
    self->saved = TRUE;
  else
    {
      self->error = g_error_copy (error);
      if (self->served || sh_run_get_state (self->run) == SH_RUN_RUNNING)
        g_warning ("%s", error->message);
    }
  if (!self->holding || sh_saver_is_busy (self->saver))
    return;
  self->holding = FALSE;
  if (self->writer != NULL)
    sh_history_writer_end_run (self->writer);
  sh_run_release (self->run);
}

static void
save (ShKeeper *self, ShRunReason reason)
{
  ShBrainInfo *info = sh_brain_info_new ();
  const ShConcept *next =
      sh_run_leads_on (self->run) ? self->concept + 1 : NULL;
  ShRunProgress progress;

  if (self->writer != NULL)
    sh_history_writer_flush (self->writer);
  sh_keeper_get_progress (self, &progress);
  info->algorithm = g_strdup (sh_learner_get_name (self->learner));
  info->reason = g_strdup (
      sh_run_reason_to_string (next != NULL ? SH_RUN_REASON_NONE : reason));
  info->lesson = g_strdup (progress.lesson);
  if (next != NULL)
    info->next = g_strdup (next->name);
  if (self->from != NULL && self->program->n_concepts > 1)
    info->from = g_strdup_printf ("%s:%u", self->from, self->from_version);
  info->iterations = progress.iterations;
  if (self->program->n_concepts > 1)
    info->concept_iterations =
        self->played + progress.iterations - self->before_iterations;
  info->episodes = progress.episodes;
  info->mean_return = progress.mean_return;
  info->seconds = progress.seconds;
  info->seed = self->seed;
  self->saved_iterations = progress.iterations - self->before_iterations;
  self->saved_at = g_get_monotonic_time ();
  sh_saver_save (self->saver, info,
                 sh_policy_save (sh_run_get_policy (self->run)),
                 sh_learner_save (self->learner));
  if (!self->background)
    sh_saver_wait (self->saver);
}

static void
on_progress (ShRun *run, const ShRunProgress *progress, ShKeeper *self)
{
  const gint64 waited = g_get_monotonic_time () - self->saved_at;

  /* The last one is told before the policy is final. */
  if (sh_run_get_state (run) == SH_RUN_RUNNING && !self->abandoned &&
      !sh_saver_is_busy (self->saver) &&
      progress->iterations > self->saved_iterations &&
      waited >= SH_KEEPER_SAVE_INTERVAL * G_USEC_PER_SEC &&
      waited >= SAVE_SHARE * self->save_cost)
    save (self, SH_RUN_REASON_NONE);
}

/* After the last lesson the run stops, and is saved for that. */
static void
on_lesson (ShRun *run, const char *name, const char *reason, ShKeeper *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (!self->abandoned && sh_run_get_state (run) == SH_RUN_RUNNING &&
      g_strcmp0 (progress.lesson, name) != 0)
    save (self, SH_RUN_REASON_NONE);
}

/* The policy is final. */
static void
on_stopping (ShRun *run, ShKeeper *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (self->abandoned ||
      (progress.iterations == 0 && self->before_iterations == 0))
    return;
  if (sh_run_leads_on (run) && self->writer != NULL)
    sh_history_writer_leave_run (self->writer);
  self->holding = self->background;
  if (self->holding)
    sh_run_hold (run);
  save (self, self->suspended ? SH_RUN_REASON_NONE : sh_run_get_reason (run));
}

/* Others may go on with the version now, unless we do. */
static void
on_finished (ShRun *run, ShKeeper *self)
{
  if (!sh_keeper_has_next (self))
    sh_saver_close (self->saver);
}

void
sh_keeper_take_version (ShKeeper *self, ShStoreVersion *version)
{
  self->number = sh_store_version_get_number (version);
  sh_store_version_set_before (version, self->onnx, self->learners);
  self->saver = sh_saver_new (version, self->program, self->concept,
                              sh_run_get_codec (self->run), on_saved, self);
}

void
sh_keeper_follow_run (ShKeeper *self)
{
  g_signal_connect (self->run, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  g_signal_connect (self->run, "finished", G_CALLBACK (on_finished), self);
}

gboolean
sh_keeper_has_next (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return sh_run_get_state (self->run) == SH_RUN_FINISHED &&
         sh_run_leads_on (self->run) && !self->passed_on && !self->abandoned &&
         self->error == NULL;
}

gboolean
sh_keeper_is_next (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_next;
}

void
sh_keeper_free (ShKeeper *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->writer, sh_history_writer_free);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  self->holding = FALSE;
  g_clear_pointer (&self->saver, sh_saver_free);
  g_clear_object (&self->run);
  g_clear_pointer (&self->program, sh_program_unref);
  g_clear_pointer (&self->policies, g_ptr_array_unref);
  g_clear_pointer (&self->onnx, g_ptr_array_unref);
  g_clear_pointer (&self->learners, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->from);
  g_free (self->brain);
  g_free (self);
}

ShRun *
sh_keeper_get_run (ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->run;
}

const char *
sh_keeper_get_brain (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->brain;
}

guint
sh_keeper_get_version (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number;
}

void
sh_keeper_suspend (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  if (sh_run_get_state (self->run) > SH_RUN_RUNNING)
    return;
  self->suspended = TRUE;
  if (self->writer != NULL)
    sh_history_writer_suspend (self->writer);
  sh_run_stop (self->run, SH_RUN_REASON_INTERRUPTED, NULL);
}

void
sh_keeper_abandon (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  self->abandoned = TRUE;
  sh_saver_close (self->saver);
  if (self->writer != NULL)
    g_clear_pointer (&self->writer, sh_history_writer_free);
}

void
sh_keeper_flush (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  if (self->writer != NULL && sh_run_get_state (self->run) <= SH_RUN_RUNNING)
    sh_history_writer_flush (self->writer);
}

gboolean
sh_keeper_is_served (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->served;
}

gboolean
sh_keeper_is_saved (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->saved;
}

guint64
sh_keeper_get_seed (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->seed;
}

const GError *
sh_keeper_get_error (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}
