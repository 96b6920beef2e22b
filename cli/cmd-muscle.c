/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost muscle FILE.so SIMULATOR`: the process in which a training's
 * simulations run. For `simhost train` to start, not for people.
 */

#include "cmd.h"

#include "sh-log.h"
#include "sh-muscle-run.h"

int
sh_cmd_muscle (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  /* Whoever started this one puts the simulator's name before each line. */
  sh_log_init ("");
  if (argc != 4)
    return sh_cmd_usage ("muscle", "this is for 'simhost train' to start");
  if (!sh_muscle_run (argv[1], argv[2], argv[3], &error))
    return sh_cmd_fail ("muscle", error);
  return SH_EXIT_DONE;
}
