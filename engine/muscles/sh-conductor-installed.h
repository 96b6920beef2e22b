/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Muscles for a run whose simulator is installed on this machine.
 */

#pragma once

#include "sh-catalog.h"
#include "sh-conductor.h"
#include "sh-plugin.h"

G_BEGIN_DECLS

/* What muscles are not for: they play in step, so that a slow simulation would
 * keep all others waiting, and they make the calls. */
#define SH_CONDUCTOR_OWN_WAYS                                                  \
  (SIMHOST_SIMULATOR_SLOW | SIMHOST_SIMULATOR_EVENT_DRIVEN |                   \
   SIMHOST_SIMULATOR_EXTERNAL)

/* Simulations of a training, in all, unless somebody says otherwise: enough that
 * one inference serves many states, few enough that each plays whole episodes
 * within a batch. */
#define SH_CONDUCTOR_DEFAULT_INSTANCES 16u

/* FALSE with SH_ERROR_REFUSED: the simulator is not for muscles. */
gboolean sh_conductor_check_installed (const ShSimulatorInfo *simulator,
                                       GError **error);

/*
 * Begins to train the run, which is not ending, on an installed simulator; all
 * muscles may leave. Errors: SH_ERROR_REFUSED for a simulator that is not for
 * muscles, and those of sh_conductor_new.
 */
ShConductor *sh_conductor_new_installed (ShRun *run,
                                         const ShSimulatorInfo *simulator,
                                         guint n_muscles,
                                         ShConductorEnded ended,
                                         gpointer data,
                                         GError **error);

G_END_DECLS
