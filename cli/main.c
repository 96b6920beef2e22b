/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The `simhost` command: finds the sub-command and hands over.
 */

#include "cmd.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary; /* NULL: not shown */
} Command;

static const Command commands[] = {
  { "train", sh_cmd_train, "train a brain on a simulator" },
  { "predict", sh_cmd_predict, "play a brain, or ask it for actions" },
  { "brain", sh_cmd_brain, "show and delete stored brains" },
  { "list", sh_cmd_list, "list the simulators found" },
  { "inspect", sh_cmd_inspect, "show everything about one simulator" },
  { "new", sh_cmd_new, "start a simulator of your own" },
  { "check", sh_cmd_check, "hold a plugin to the rules" },
  { "run", sh_cmd_run, "serve an engine with a simulator" },
  { "serve", sh_cmd_serve, "train and play brains for simulators elsewhere" },
  { "check-one", sh_cmd_check_one, NULL },
  { "muscle", sh_cmd_muscle, NULL },
  { "probe", sh_cmd_probe, NULL },
  { "worker", sh_cmd_worker, NULL },
};

static void
print_help (FILE *stream)
{
  fputs ("Usage: simhost COMMAND [ARGUMENTS]\n\n"
         "Hosts simulators, trains brains on them, and runs the brains.\n\n"
         "Commands:\n",
         stream);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].summary != NULL)
      fprintf (stream, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fputs ("\n'simhost COMMAND --help' tells more of each.\n", stream);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  /* Numbers are the same in every language. */
  setlocale (LC_NUMERIC, "C");

  if (argc < 2)
    {
      print_help (stderr);
      return SH_EXIT_USAGE;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0)
    {
      print_help (stdout);
      return SH_EXIT_DONE;
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("simhost " SIMHOST_VERSION);
      return SH_EXIT_DONE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 1, argv + 1);

  fprintf (stderr, "simhost: there is no command '%s'; see 'simhost --help'\n",
           argv[1]);
  return SH_EXIT_USAGE;
}
