/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-thread.h"

#include <pthread.h>
#include <signal.h>

#include "sh-error.h"

static void
on_end (void *data)
{
  ShRunThread *thread = data;

  atomic_store (&thread->ended, TRUE);
  sh_wake_up (thread->wake);
}

/* Also called when the plugin leaves with pthread_exit. */
static gpointer
thread_main (gpointer data)
{
  ShRunThread *thread = data;

  pthread_cleanup_push (on_end, thread);
  atomic_store (&thread->self, g_thread_self ());
  thread->status = thread->func (thread->data);
  atomic_store (&thread->returned, TRUE);
  pthread_cleanup_pop (TRUE);
  return NULL;
}

gboolean
sh_run_thread_start (ShRunThread *thread,
                     const char *name,
                     gint32 (*func) (gpointer data),
                     gpointer data,
                     ShWake *wake,
                     GError **error)
{
  g_autoptr (GError) own = NULL;
  sigset_t blocked, before;

  thread->func = func;
  thread->data = data;
  thread->wake = wake;
  /* It may ask about itself before we have its handle. */
  atomic_store (&thread->started, TRUE);
  /* A plugin's waits are not to be cut short; a thread inherits the mask. */
  sigemptyset (&blocked);
  sigaddset (&blocked, SIGTERM);
  sigaddset (&blocked, SIGINT);
  pthread_sigmask (SIG_BLOCK, &blocked, &before);
  thread->thread = g_thread_try_new (name, thread_main, thread, &own);
  pthread_sigmask (SIG_SETMASK, &before, NULL);
  if (thread->thread != NULL)
    return TRUE;
  atomic_store (&thread->started, FALSE);
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "simulator '%s': cannot start a thread for it: %s", name,
               own->message);
  return FALSE;
}

gboolean
sh_run_thread_has_ended (const ShRunThread *thread)
{
  return !atomic_load (&thread->started) || atomic_load (&thread->ended);
}

gboolean
sh_run_thread_is_current (const ShRunThread *thread)
{
  return atomic_load (&thread->self) == g_thread_self ();
}

gboolean
sh_run_thread_judge (const ShRunThread *thread,
                     ShInstance *instance,
                     GError **error)
{
  if (!atomic_load (&thread->started))
    return TRUE;
  if (atomic_load (&thread->returned))
    return sh_instance_judge_run (instance, thread->status, error);
  g_set_error (error, SH_ERROR, SH_ERROR_FATAL,
               "simulator '%s': it ended the host's thread; return from the "
               "function instead",
               sh_instance_get_simulator (instance)->name);
  return FALSE;
}

void
sh_run_thread_join (ShRunThread *thread)
{
  if (thread->thread != NULL)
    g_thread_join (g_steal_pointer (&thread->thread));
}
