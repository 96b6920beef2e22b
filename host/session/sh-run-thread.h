/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A thread on which a plugin's code runs for as long as it likes. It is noticed
 * when it ends, also when the plugin ends it behind our back.
 */

#pragma once

#include "sh-instance.h"
#include "sh-wake.h"

G_BEGIN_DECLS

/* Zeroed: not started, which counts as ended in good order. */
typedef struct
{
  GThread *thread;
  gint32 (*func) (gpointer data);
  gpointer data;
  ShWake *wake;
  gint32 status;
  _Atomic (gpointer) self; /* the GThread that runs, as it is for itself */
  atomic_bool started, returned, ended;
} ShRunThread;

/* Calls `func`, which gives a SIMHOST_* status, and wakes when it has ended.
 * SIGTERM and SIGINT are left to other threads. Errors: SH_ERROR_FAILED. */
gboolean sh_run_thread_start (ShRunThread *thread,
                              const char *name,
                              gint32 (*func) (gpointer data),
                              gpointer data,
                              ShWake *wake,
                              GError **error);

gboolean sh_run_thread_has_ended (const ShRunThread *thread);
/* Whether this is that thread. */
gboolean sh_run_thread_is_current (const ShRunThread *thread);
/* Of one that has ended: FALSE unless it returned SIMHOST_OK. */
gboolean sh_run_thread_judge (const ShRunThread *thread,
                              ShInstance *instance,
                              GError **error);
/* Waits for it, if it was started. */
void sh_run_thread_join (ShRunThread *thread);

G_END_DECLS
