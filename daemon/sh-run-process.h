/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The process that trains by a plan: `simhost train`. Part of ShRunObjects.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-line-reader.h"
#include "sh-train-plan.h"

G_BEGIN_DECLS

/* Milliseconds that a training has to save what it has learnt when it is to stop;
 * then it is killed, and what it saved before counts. */
#define SH_RUN_STOP_DEADLINE 30000u

typedef struct ShRunProcess ShRunProcess;

typedef struct
{
  /* A line of what it tells. Must not free the process. */
  ShLineFunc told;
  /* It has ended; `error`: why, if it was not to. May free it. */
  void (*ended) (const GError *error, gpointer data);
} ShRunProcessFuncs;

/* Starts it; `plan` was checked, and outlives it, as do the functions. Errors:
 * SH_ERROR_FAILED, those of files. */
ShRunProcess *sh_run_process_new (const ShTrainPlan *plan,
                                  const ShRunProcessFuncs *funcs,
                                  gpointer data,
                                  GError **error);

guint sh_run_process_get_pid (const ShRunProcess *process);

/* It has read its program: the file goes. */
void sh_run_process_remove_file (ShRunProcess *process);

/* SIGTERM, and SIGKILL after SH_RUN_STOP_DEADLINE. */
void sh_run_process_stop (ShRunProcess *process);

/* Kills what still runs; then `ended` is not called. */
void sh_run_process_free (ShRunProcess *process);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRunProcess, sh_run_process_free)

G_END_DECLS
