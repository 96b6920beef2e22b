/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The trainings under the daemon as objects on the bus: those that go on, and the
 * last ones that are over. Each is a process, `simhost train`.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brain-objects.h"
#include "sh-plugin-objects.h"
#include "sh-run-object.h"

G_BEGIN_DECLS

/* Trainings at a time. */
#define SH_RUNS_MAX 8u
/* Of those that are over so many stay on the bus. */
#define SH_RUNS_MAX_OVER 32u

typedef struct ShRunObjects ShRunObjects;

/* A training that was on the bus is over: Manager.RunFinished. */
typedef void (*ShRunFinished) (ShRunObject *run, gpointer data);

/* `plugins` and `brains` must outlive it. */
ShRunObjects *sh_run_objects_new (GDBusObjectManagerServer *server,
                                  ShPluginObjects *plugins,
                                  ShBrainObjects *brains,
                                  ShRunFinished finished,
                                  gpointer data);

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

/* Brains may be others than before. */
void sh_run_objects_update_brains (ShRunObjects *objects);

/* Stops all; they save what they have learnt. `stopped` is called once, from the
 * main loop, when no process is left. */
void sh_run_objects_stop (ShRunObjects *objects,
                          void (*stopped) (gpointer data),
                          gpointer data);

/* Kills what still runs, and takes the objects off the bus. */
void sh_run_objects_free (ShRunObjects *objects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRunObjects, sh_run_objects_free)

G_END_DECLS
