/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The trainings under the daemon as objects on the bus: those that go on, and the
 * last ones that are over. Each is a process, `simhost train`, or is served by the
 * daemon's engine.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brain-objects.h"
#include "sh-plugin-objects.h"
#include "sh-run-object.h"

G_BEGIN_DECLS

/* Of those of the engine so many are shown. */
#define SH_RUNS_MAX_SERVED 64u
/* Of those that are over so many stay on the bus. */
#define SH_RUNS_MAX_OVER 32u

typedef struct ShRunObjects ShRunObjects;

typedef struct
{
  /* A training that was on the bus is over: Manager.RunFinished. */
  void (*finished) (ShRunObject *run, gpointer data);
  /* The engine is to stop the training of this brain. */
  void (*stop_served) (const char *brain, gpointer data);
} ShRunFuncs;

/* `plugins` and `brains` must outlive it; `funcs` is not copied. */
ShRunObjects *sh_run_objects_new (GDBusObjectManagerServer *server,
                                  ShPluginObjects *plugins,
                                  ShBrainObjects *brains,
                                  const ShRunFuncs *funcs,
                                  gpointer data);

/* Trainings at a time that have a process; SH_CONF_FILE_TRAININGS at first. Those
 * that go on may be more. */
void sh_run_objects_set_max (ShRunObjects *objects, guint max);

/*
 * Trains by `plan`, which it takes; NULL: `error` says why there is none, and it
 * takes that. Takes the invocation, and answers it when the training has begun
 * with its object, or with an error: SH_ERROR_LIMIT when there are too many,
 * SH_ERROR_BUSY when the brain is being trained here, those of sh-train-plan.h,
 * or what the process says.
 */
void sh_run_objects_train (ShRunObjects *objects,
                           GDBusMethodInvocation *invocation,
                           ShTrainPlan *plan,
                           GError *error);

/* All of them, of ShRunObject, the oldest first, those that are over and those
 * that are not shown yet among them. Belongs to it; valid until the main loop goes
 * on. */
const GPtrArray *sh_run_objects_get_runs (const ShRunObjects *objects);

/* Brains may be others than before. */
void sh_run_objects_update_brains (ShRunObjects *objects);

/* What the engine, a process `pid`, tells of its trainings: a line. */
void
sh_run_objects_tell_served (ShRunObjects *objects, guint pid, const char *line);
/* The engine has ended, and with it its trainings; `error`: why; NULL: it was
 * to, and has saved them. */
void sh_run_objects_lose_served (ShRunObjects *objects, const GError *error);

/* Stops all that have a process; they save what they have learnt. `stopped` is called once, from the
 * main loop, when no process is left. */
void sh_run_objects_stop (ShRunObjects *objects,
                          void (*stopped) (gpointer data),
                          gpointer data);

/* Kills what still runs, and takes the objects off the bus. */
void sh_run_objects_free (ShRunObjects *objects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRunObjects, sh_run_objects_free)

G_END_DECLS
