/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a simulator that was found to its muscles.
 */

#include "sh-conductor-installed.h"

#include "sh-error.h"
#include "sh-worker.h"

gboolean
sh_conductor_check_installed (const ShSimulatorInfo *simulator, GError **error)
{
  if (!(simulator->simulator.flags & SH_CONDUCTOR_OWN_WAYS))
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
               "simulator '%s' is slow, or has a loop of its own",
               simulator->simulator.name);
  return FALSE;
}

ShConductor *
sh_conductor_new_installed (ShRun *run,
                            const ShSimulatorInfo *simulator,
                            guint n_muscles,
                            ShConductorEnded ended,
                            gpointer data,
                            GError **error)
{
  if (!sh_conductor_check_installed (simulator, error))
    return NULL;
  return sh_conductor_new (
      &(ShConductorOptions){
          .run = run,
          .file = simulator->plugin->path,
          .simulator = simulator->simulator.name,
          .n_muscles = n_muscles,
          .n_instances = SH_CONDUCTOR_DEFAULT_INSTANCES,
          .seed = sh_run_get_seed (run),
          .call_deadline = SH_WORKER_CALL_DEADLINE * 1000,
          .may_rest = TRUE,
      },
      ended, data, error);
}
