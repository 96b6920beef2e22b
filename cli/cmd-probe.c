/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost probe FILE.so`: the child process that looks at a plugin for the
 * catalog. Started by simhost itself, but of use by hand to see what it sees.
 */

#include "cmd.h"
#include "sh-log.h"
#include "sh-probe.h"

int
sh_cmd_probe (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, NULL, "FILE.so",
                     "Loads and checks a plugin and prints what it is, as "
                     "JSON.",
                     &status))
    return status;
  if (argc != 2)
    return sh_cmd_usage ("probe", "one file is needed");
  sh_log_init ("");
  if (!sh_probe_run_child (argv[1], &error))
    return sh_cmd_fail ("probe", error);
  return SH_EXIT_DONE;
}
