/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From an Inkling file to a stored brain.
 */

#include "training.h"

#include <string.h>

#include "program-file.h"
#include "sh-algorithm.h"
#include "sh-error.h"
#include "sh-program.h"

/* Microseconds between two saves while a training goes on. */
#define CHECKPOINT_INTERVAL (10 * G_USEC_PER_SEC)

struct ShTrainingJob
{
  ShProgram *program;
  const ShConcept *concept;
  char *brain;
  guint64 seed;
  ShRun *run;
  ShStoreVersion *version;
  gboolean saved;
  gint64 saved_at; /* monotonic; or when the run was made */
  GError *save_error;
};

static char *
name_after (const char *file)
{
  char *name = g_path_get_basename (file);

  if (g_str_has_suffix (name, ".ink"))
    name[strlen (name) - strlen (".ink")] = '\0';
  return name;
}

static gboolean
save (ShTrainingJob *job, const ShRunProgress *progress, GError **error)
{
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();

  info->algorithm = g_strdup (sh_algorithm_get_name (job->concept));
  info->reason =
      g_strdup (sh_run_reason_to_string (sh_run_get_reason (job->run)));
  info->iterations = progress->iterations;
  info->episodes = progress->episodes;
  info->mean_return = progress->mean_return;
  info->seconds = progress->seconds;
  info->seed = job->seed;
  return sh_store_version_save (job->version, info, job->program, job->concept,
                                sh_run_get_policy (job->run), error);
}

/* What is lost when this process is killed, at the most. */
static void
save_checkpoint (ShTrainingJob *job, const ShRunProgress *progress)
{
  g_autoptr (GError) error = NULL;

  job->saved_at = g_get_monotonic_time ();
  if (save (job, progress, &error))
    job->saved = TRUE;
  else
    g_warning ("brain '%s' could not be saved: %s", job->brain, error->message);
}

static void
on_progress (ShRun *run, const ShRunProgress *progress, ShTrainingJob *job)
{
  /* The last one is told before the policy is final. */
  if (sh_run_get_state (run) == SH_RUN_RUNNING &&
      g_get_monotonic_time () - job->saved_at >= CHECKPOINT_INTERVAL)
    save_checkpoint (job, progress);
}

/* After the last lesson the run stops, and is saved for that. */
static void
on_lesson (ShRun *run,
           const char *lesson,
           const char *reason,
           ShTrainingJob *job)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (strcmp (progress.lesson, lesson) != 0)
    save_checkpoint (job, &progress);
}

/* The policy is final. */
static void
on_stopping (ShRun *run, ShTrainingJob *job)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (progress.iterations == 0)
    return;
  if (save (job, &progress, &job->save_error))
    job->saved = TRUE;
  else
    g_prefix_error (&job->save_error,
                    "brain '%s' could not be saved: ", job->brain);
}

static gboolean
make_run (ShTrainingJob *job, GError **error)
{
  g_autoptr (ShCodec) codec = sh_codec_new (job->concept, error);
  ShLearner *learner;

  if (codec == NULL)
    return FALSE;
  learner = sh_algorithm_new_learner (job->concept, sh_codec_get_space (codec),
                                      job->seed, error);
  if (learner == NULL)
    return FALSE;
  job->run = sh_run_new_training (job->program, job->concept, codec, learner,
                                  job->seed);
  job->saved_at = g_get_monotonic_time ();
  g_signal_connect (job->run, "progress", G_CALLBACK (on_progress), job);
  g_signal_connect (job->run, "lesson", G_CALLBACK (on_lesson), job);
  g_signal_connect (job->run, "stopping", G_CALLBACK (on_stopping), job);
  return TRUE;
}

ShTrainingJob *
sh_training_job_new (ShStore *store,
                     const char *file,
                     const char *brain,
                     guint64 seed,
                     GError **error)
{
  g_autoptr (ShTrainingJob) job = g_new0 (ShTrainingJob, 1);

  job->brain = brain != NULL ? g_strdup (brain) : name_after (file);
  job->seed = seed;
  job->program = sh_program_file_compile (file, error);
  if (job->program == NULL)
    return NULL;
  job->concept = &job->program->concepts[job->program->output];
  if (!make_run (job, error))
    {
      g_prefix_error (error, "%s: ", file);
      return NULL;
    }
  job->version = sh_store_begin_version (store, job->brain, error);
  if (job->version == NULL)
    {
      if (brain == NULL)
        g_prefix_error (error, "%s (name the brain with --brain): ", file);
      return NULL;
    }
  return g_steal_pointer (&job);
}

void
sh_training_job_free (ShTrainingJob *job)
{
  if (job == NULL)
    return;
  if (job->run != NULL)
    g_signal_handlers_disconnect_by_data (job->run, job);
  g_clear_object (&job->run);
  g_clear_pointer (&job->version, sh_store_version_free);
  g_clear_pointer (&job->program, sh_program_unref);
  g_clear_error (&job->save_error);
  g_free (job->brain);
  g_free (job);
}

ShRun *
sh_training_job_get_run (ShTrainingJob *job)
{
  return job->run;
}

const char *
sh_training_job_get_brain (const ShTrainingJob *job)
{
  return job->brain;
}

guint
sh_training_job_get_version (const ShTrainingJob *job)
{
  return sh_store_version_get_number (job->version);
}

guint64
sh_training_job_get_seed (const ShTrainingJob *job)
{
  return job->seed;
}

const char *
sh_training_job_get_simulator (const ShTrainingJob *job)
{
  return job->concept->source.name;
}

gboolean
sh_training_job_is_saved (const ShTrainingJob *job)
{
  return job->saved;
}

const GError *
sh_training_job_get_error (const ShTrainingJob *job)
{
  const GError *error = sh_run_get_error (job->run);

  return error != NULL ? error : job->save_error;
}
