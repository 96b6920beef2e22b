/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From an Inkling file to a stored brain.
 */

#include "training.h"

#include <string.h>

#include "cmd.h"
#include "program-file.h"
#include "sh-error.h"
#include "sh-program.h"

struct ShTrainingJob
{
  ShHistory *history; /* NULL: it could not be opened */
  ShKeeper *keeper;
  char *wanted; /* the simulator that was asked for; NULL: the program's */
};

static char *
name_after (const char *file)
{
  char *name = g_path_get_basename (file);

  if (g_str_has_suffix (name, ".ink"))
    name[strlen (name) - strlen (".ink")] = '\0';
  return name;
}

/* The brain is gone on with as it was: not with another program. */
static gboolean
check_same_program (ShStore *store,
                    const char *file,
                    const char *brain,
                    const ShProgram *program,
                    GError **error)
{
  g_autoptr (ShBrain) stored = sh_store_load (store, brain, 0, error);

  if (stored == NULL)
    return FALSE;
  if (strcmp (stored->program->text, program->text) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "%s is not the program that brain '%s' was trained with; to "
               "train a new version that starts from what it knows, use --from "
               "%s",
               file, brain, brain);
  return FALSE;
}

ShTrainingJob *
sh_training_job_new (ShStore *store,
                     const char *file,
                     const ShTrainingJobOptions *options,
                     GError **error)
{
  g_autoptr (ShTrainingJob) job = g_new0 (ShTrainingJob, 1);
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) no_history = NULL;
  g_autofree char *brain = NULL, *from = NULL;
  ShKeeperOptions keep = { .seed = options->seed,
                           .background = options->background };

  if (options->from != NULL &&
      !sh_cmd_read_brain (options->from, &from, &keep.from_version, error))
    return NULL;
  program = sh_program_file_compile (file, error);
  if (program == NULL)
    return NULL;
  brain =
      options->brain != NULL ? g_strdup (options->brain) : name_after (file);
  keep.brain = brain;
  keep.from = from;
  if (!sh_store_check_name (brain, error))
    {
      if (options->brain == NULL)
        g_prefix_error (error, "%s (name the brain with --brain): ", file);
      return NULL;
    }
  if (options->resume &&
      !check_same_program (store, file, brain, program, error))
    return NULL;
  /* A training needs none. */
  job->history = sh_history_open (store, TRUE, &no_history);
  job->keeper =
      options->resume
          ? sh_keeper_resume (store, job->history, 0, &keep, error)
          : sh_keeper_new (store, job->history, program, &keep, error);
  if (job->keeper != NULL)
    {
      if (no_history != NULL)
        g_warning ("the learning curve is not kept: %s", no_history->message);
      job->wanted = g_strdup (options->simulator);
      return g_steal_pointer (&job);
    }
  if (!options->resume)
    g_prefix_error (error, "%s: ", file);
  return NULL;
}

void
sh_training_job_free (ShTrainingJob *job)
{
  if (job == NULL)
    return;
  g_clear_pointer (&job->keeper, sh_keeper_free);
  sh_history_free (job->history);
  g_free (job->wanted);
  g_free (job);
}

ShRun *
sh_training_job_get_run (ShTrainingJob *job)
{
  return sh_keeper_get_run (job->keeper);
}

const char *
sh_training_job_get_brain (const ShTrainingJob *job)
{
  return sh_keeper_get_brain (job->keeper);
}

guint
sh_training_job_get_version (const ShTrainingJob *job)
{
  return sh_keeper_get_version (job->keeper);
}

const char *
sh_training_job_get_simulator (const ShTrainingJob *job)
{
  return job->wanted != NULL
             ? job->wanted
             : sh_run_get_concept (sh_keeper_get_run (job->keeper))
                   ->source.name;
}

gboolean
sh_training_job_has_next (const ShTrainingJob *job)
{
  return sh_keeper_has_next (job->keeper);
}

gboolean
sh_training_job_advance (ShTrainingJob *job, GError **error)
{
  ShKeeper *next = sh_keeper_next (job->keeper, error);

  if (next == NULL)
    return FALSE;
  sh_keeper_free (job->keeper);
  job->keeper = next;
  return TRUE;
}

ShKeeper *
sh_training_job_get_keeper (ShTrainingJob *job)
{
  return job->keeper;
}

const GError *
sh_training_get_error (ShKeeper *keeper)
{
  const GError *error = sh_run_get_error (sh_keeper_get_run (keeper));

  return error != NULL ? error : sh_keeper_get_error (keeper);
}
