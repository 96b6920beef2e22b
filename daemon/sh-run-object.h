/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One training as an object on the bus: one with a process of its own, or one of
 * the daemon's engine, which is called served here. Part of ShRunObjects.
 */

#pragma once

#include "sh-brain-objects.h"
#include "sh-pacer.h"
#include "sh-run-report.h"
#include "sh-train-plan.h"

G_BEGIN_DECLS

/* Seconds after which one that has not said that it has begun is shown anyhow. */
#define SH_RUN_START_DEADLINE 15u

typedef struct ShRunObject ShRunObject;

typedef enum
{
  SH_RUN_OBJECT_STARTING,
  SH_RUN_OBJECT_RUNNING,
  SH_RUN_OBJECT_STOPPING,
  SH_RUN_OBJECT_FINISHED,
  SH_RUN_OBJECT_FAILED
} ShRunObjectState;

/* What all runs have in common; outlives them. */
typedef struct
{
  GDBusObjectManagerServer *server;
  ShBrainObjects *brains;
  ShPacer *pacer; /* its items are those of runs */
  /* It is on the bus now; once. */
  void (*shown) (ShRunObject *run, gpointer data);
  /* It is over, `error`: with its process. Must not free the run. */
  void (*ended) (ShRunObject *run, const GError *error, gpointer data);
  /* The engine is to stop it. */
  void (*stop_served) (ShRunObject *run, gpointer data);
  gpointer data;
} ShRunCommon;

/*
 * Starts the process of a plan that was checked, and takes the plan. It is on the
 * bus once it says that it has begun. Errors: SH_ERROR_FAILED, those of files.
 */
ShRunObject *sh_run_object_new (const ShRunCommon *common,
                                ShTrainPlan *plan,
                                GError **error);

/* One that the engine, a process `pid`, tells of by a line "started". */
ShRunObject *sh_run_object_new_served (const ShRunCommon *common,
                                       guint pid,
                                       const char *started);
/* What the engine tells of it further; when that is its end, it is over. */
void sh_run_object_tell (ShRunObject *run, const char *line);
/* The engine has ended; `error`: why; NULL: it was to, and has saved it. */
void sh_run_object_lose (ShRunObject *run, const GError *error);

gboolean sh_run_object_is_served (const ShRunObject *run);

/* What ShPacer calls. */
void sh_run_object_show (ShPacerItem *item, gpointer data);

/* Brains may be others than before. */
void sh_run_object_update_brain (ShRunObject *run);

/* What it has learnt is saved. Over: nothing. */
void sh_run_object_stop (ShRunObject *run);

gboolean sh_run_object_is_over (const ShRunObject *run);
const ShRunReport *sh_run_object_get_report (const ShRunObject *run);
/* As it will be called, before it has begun as well. */
const char *sh_run_object_get_brain (const ShRunObject *run);
/* NULL until it is shown. */
const char *sh_run_object_get_path (const ShRunObject *run);

/* Takes it off the bus; kills its process if it has one of its own. */
void sh_run_object_free (ShRunObject *run);

G_END_DECLS
