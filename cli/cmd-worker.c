/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost worker`: the process that loads a plugin. For `simhost run` and
 * other parts of Simhost to start, not for people.
 */

#include "cmd.h"

#include "sh-log.h"
#include "sh-worker-run.h"

int
sh_cmd_worker (int argc, char **argv)
{
  g_auto (ShWorkerOptions) options;
  g_autoptr (GError) error = NULL;

  /* Whoever started this one puts the simulator's name before each line. */
  sh_log_init ("");
  sh_worker_options_init (&options);
  if (sh_worker_options_parse (&options, argc, argv, &error) &&
      sh_worker_run (&options, &error))
    return SH_EXIT_DONE;
  return sh_cmd_fail ("worker", error);
}
