/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One training as an object on the bus, and the process that trains. Part of
 * ShRunObjects.
 */

#pragma once

#include "sh-brain-objects.h"
#include "sh-pacer.h"
#include "sh-run-report.h"
#include "sh-train-plan.h"

G_BEGIN_DECLS

/* Milliseconds that a training has to save what it has learnt when it is to stop;
 * then it is killed, and what it saved before counts. */
#define SH_RUN_STOP_DEADLINE 30000u
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
  /* Its process has ended, `error`: before it was shown. Must not free the run. */
  void (*ended) (ShRunObject *run, const GError *error, gpointer data);
  gpointer data;
} ShRunCommon;

/*
 * Starts the process of a plan that was checked, and takes the plan. It is on the
 * bus once it says that it has begun. Errors: SH_ERROR_FAILED, those of files.
 */
ShRunObject *sh_run_object_new (const ShRunCommon *common,
                                ShTrainPlan *plan,
                                GError **error);

/* What ShPacer calls. */
void sh_run_object_show (ShPacerItem *item, gpointer data);

/* Brains may be others than before. */
void sh_run_object_update_brain (ShRunObject *run);

/* SIGTERM, and SIGKILL after SH_RUN_STOP_DEADLINE. Over: nothing. */
void sh_run_object_stop (ShRunObject *run);

gboolean sh_run_object_is_over (const ShRunObject *run);
const ShRunReport *sh_run_object_get_report (const ShRunObject *run);
/* As it will be called, before it has begun as well. */
const char *sh_run_object_get_brain (const ShRunObject *run);
/* NULL until it is shown. */
const char *sh_run_object_get_path (const ShRunObject *run);

/* Takes it off the bus; kills its process if there is one. */
void sh_run_object_free (ShRunObject *run);

G_END_DECLS
