/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a program's simulator to its plugin.
 */

#include "sh-conductor-installed.h"

#include "sh-catalog.h"
#include "sh-error.h"
#include "sh-worker.h"

ShConductor *
sh_conductor_new_installed (ShRun *run,
                            guint n_muscles,
                            guint64 seed,
                            ShConductorEnded ended,
                            gpointer data,
                            GError **error)
{
  const char *name = sh_run_get_concept (run)->source.name;
  g_autoptr (ShPluginInfo) plugin = NULL;
  const ShSimulatorInfo *simulator;

  if (name == NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                           "the program does not name its simulator");
      return NULL;
    }
  plugin = sh_catalog_find (name, &simulator, error);
  if (plugin == NULL)
    return NULL;
  if (simulator->simulator.flags & SH_CONDUCTOR_OWN_WAYS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
                   "simulator '%s' is slow, or has a loop of its own", name);
      return NULL;
    }
  return sh_conductor_new (
      &(ShConductorOptions){
          .run = run,
          .file = plugin->path,
          .simulator = simulator->simulator.name,
          .n_muscles = n_muscles,
          .n_instances = SH_CONDUCTOR_DEFAULT_INSTANCES,
          .seed = seed,
          .call_deadline = SH_WORKER_CALL_DEADLINE * 1000,
          .may_rest = TRUE,
      },
      ended, data, error);
}
