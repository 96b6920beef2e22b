/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A training that a command has begun: from an Inkling file to a run that waits
 * for simulators, and from the end of the run to a stored brain.
 *
 * One thread: that of the run.
 */

#pragma once

#include <glib.h>

#include "sh-keeper.h"

G_BEGIN_DECLS

typedef struct ShTrainingJob ShTrainingJob;

typedef struct
{
  const char *brain; /* NULL: named after the file */
  guint64 seed;
  gboolean background; /* as in ShKeeperOptions */
  gboolean
      resume; /* go on with the brain's last version, as it was saved last */
  const char *from; /* "NAME" or "NAME:VERSION": a new version that starts from
                     * what that brain knows; NULL: from nothing */
  const char *simulator; /* NULL: the one that the program names */
} ShTrainingJobOptions;

/*
 * Compiles `file`, claims a version of the brain in `store`, which is borrowed,
 * and makes a learner and a run. The compiler's errors and warnings are printed
 * on stderr.
 *
 * The brain is saved by itself every 10 s, at the end of each lesson, and when
 * the outcome of the run is known ("stopping"), unless nothing was learnt.
 *
 * Errors: SH_ERROR_SYNTAX, SH_ERROR_SCHEMA for the program, SH_ERROR_USAGE for
 * the name, those of the file and of the store.
 */
ShTrainingJob *sh_training_job_new (ShStore *store,
                                    const char *file,
                                    const ShTrainingJobOptions *options,
                                    GError **error);

/* The run must not be in the middle of something. */
void sh_training_job_free (ShTrainingJob *job);

ShRun *sh_training_job_get_run (ShTrainingJob *job);
const char *sh_training_job_get_brain (const ShTrainingJob *job);
guint sh_training_job_get_version (const ShTrainingJob *job);

/* What it is trained on; NULL: any simulator. */
const char *sh_training_job_get_simulator (const ShTrainingJob *job);

/* Whether the program's next concept is to be trained now; then
 * sh_training_job_advance makes its run, of which all functions tell from then on.
 * Errors: those of sh_keeper_next. */
gboolean sh_training_job_has_next (const ShTrainingJob *job);
gboolean sh_training_job_advance (ShTrainingJob *job, GError **error);

/* The job's; another one after sh_training_job_advance. */
ShKeeper *sh_training_job_get_keeper (ShTrainingJob *job);

/* Why a training has failed: the run's error, or that of saving; NULL: it has
 * not. */
const GError *sh_training_get_error (ShKeeper *keeper);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTrainingJob, sh_training_job_free)

G_END_DECLS
