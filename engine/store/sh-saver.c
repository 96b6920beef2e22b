/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A thread for each save: they are seconds apart, and most take milliseconds.
 */

#include "sh-saver.h"

/* What is to be saved. */
typedef struct
{
  ShSaver
      *saver; /* the thread reads its constants alone, and has the version */
  ShBrainInfo *info;
  GBytes *policy, *learner;
  /* The thread's answer. */
  GError *error;
  gint64 cost;
} Job;

struct ShSaver
{
  ShStoreVersion *version; /* the thread's while there is one */
  ShProgram *program;
  const ShConcept *concept;
  ShCodec *codec;
  ShSaverFunc saved;
  gpointer data;

  GThread *thread; /* NULL: nothing is being saved */
  GSource *wake; /* fires in the context when the thread is done */
  Job *running, *waiting; /* or NULL */
};

static void
job_free (Job *job)
{
  if (job == NULL)
    return;
  sh_brain_info_free (job->info);
  g_bytes_unref (job->policy);
  g_bytes_unref (job->learner);
  g_clear_error (&job->error);
  g_free (job);
}

static gpointer
run (gpointer data)
{
  Job *job = data;
  const ShSaver *saver = job->saver;
  const gint64 begun = g_get_monotonic_time ();
  g_autoptr (ShPolicy) policy = sh_policy_load (
      sh_codec_get_space (saver->codec), job->policy, &job->error);

  if (policy != NULL)
    {
      sh_store_version_set_learner (saver->version, job->learner);
      sh_store_version_save (saver->version, job->info, saver->program,
                             saver->concept, policy, &job->error);
      sh_store_version_set_learner (saver->version, NULL);
    }
  job->cost = g_get_monotonic_time () - begun;
  g_source_set_ready_time (saver->wake, 0);
  return NULL;
}

static void
start (ShSaver *saver)
{
  saver->running = g_steal_pointer (&saver->waiting);
  saver->thread = g_thread_new ("save", run, saver->running);
}

/* The thread is done, or is waited for. */
static void
finish (ShSaver *saver)
{
  Job *job;

  if (saver->thread == NULL)
    return;
  g_thread_join (g_steal_pointer (&saver->thread));
  g_source_set_ready_time (saver->wake, -1);
  job = g_steal_pointer (&saver->running);
  if (saver->waiting != NULL)
    start (saver);
  saver->saved (job->error, job->cost, saver->data);
  job_free (job);
}

static gboolean
on_wake (gpointer data)
{
  finish (data);
  return G_SOURCE_CONTINUE;
}

/* A source that fires when its ready time has come. */
static gboolean
dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  return func (data);
}

static GSourceFuncs wake_funcs = { .dispatch = dispatch };

ShSaver *
sh_saver_new (ShStoreVersion *version,
              ShProgram *program,
              const ShConcept *concept,
              ShCodec *codec,
              ShSaverFunc saved,
              gpointer data)
{
  ShSaver *saver;

  g_return_val_if_fail (version != NULL && program != NULL, NULL);
  g_return_val_if_fail (concept != NULL && codec != NULL, NULL);
  g_return_val_if_fail (saved != NULL, NULL);

  saver = g_new0 (ShSaver, 1);
  saver->version = version;
  saver->program = sh_program_ref (program);
  saver->concept = concept;
  saver->codec = sh_codec_ref (codec);
  saver->saved = saved;
  saver->data = data;
  saver->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_callback (saver->wake, on_wake, saver, NULL);
  g_source_attach (saver->wake, g_main_context_get_thread_default ());
  return saver;
}

void
sh_saver_close (ShSaver *saver)
{
  g_return_if_fail (saver != NULL);

  sh_saver_wait (saver);
  g_clear_pointer (&saver->version, sh_store_version_free);
}

ShStoreVersion *
sh_saver_steal_version (ShSaver *saver)
{
  g_return_val_if_fail (saver != NULL, NULL);

  sh_saver_wait (saver);
  return g_steal_pointer (&saver->version);
}

void
sh_saver_free (ShSaver *saver)
{
  if (saver == NULL)
    return;
  sh_saver_close (saver);
  g_source_destroy (saver->wake);
  g_source_unref (saver->wake);
  sh_program_unref (saver->program);
  sh_codec_unref (saver->codec);
  g_free (saver);
}

void
sh_saver_save (ShSaver *saver,
               ShBrainInfo *info,
               GBytes *policy,
               GBytes *learner)
{
  Job *job;

  g_return_if_fail (saver != NULL && saver->version != NULL);
  g_return_if_fail (info != NULL);
  g_return_if_fail (policy != NULL && learner != NULL);

  job = g_new0 (Job, 1);
  job->saver = saver;
  job->info = info;
  job->policy = policy;
  job->learner = learner;
  job_free (saver->waiting);
  saver->waiting = job;
  if (saver->thread == NULL)
    start (saver);
}

gboolean
sh_saver_is_busy (const ShSaver *saver)
{
  g_return_val_if_fail (saver != NULL, FALSE);

  return saver->thread != NULL;
}

void
sh_saver_wait (ShSaver *saver)
{
  g_return_if_fail (saver != NULL);

  while (saver->thread != NULL)
    finish (saver);
}
