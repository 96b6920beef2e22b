/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The `simhost` command: finds the sub-command and hands over.
 */

#include "cmd.h"
#include "sh-suggestion.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct
{
  const char *name;
  int (*run) (int argc, char **argv);
  const char *summary; /* NULL: not shown */
} Command;

static const Command commands[] = {
  { "train", sh_cmd_train, "train a brain on a simulator" },
  { "predict", sh_cmd_predict, "play a brain, or ask it for actions" },
  { "brain", sh_cmd_brain, "show, make, train, delete and export brains" },
  { "list", sh_cmd_list, "list the simulators found" },
  { "inspect", sh_cmd_inspect, "show everything about one simulator" },
  { "new", sh_cmd_new, "start a simulator of your own" },
  { "check", sh_cmd_check, "hold a plugin to the rules" },
  { "run", sh_cmd_run, "serve an engine with a simulator" },
  { "serve", sh_cmd_serve, "train and play brains for simulators elsewhere" },
  { "daemon", sh_cmd_daemon, "keep sessions running, and show all on D-Bus" },
  { "start", sh_cmd_start, "start a session of the daemon" },
  { "stop", sh_cmd_stop, "stop one" },
  { "restart", sh_cmd_restart, "give one a new worker" },
  { "status", sh_cmd_status, "show the sessions of the daemon" },
  { "logs", sh_cmd_logs, "show what one printed" },
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

/* A file or socket that got the number of an output that was closed would be
 * written over. Nothing can be written to that of stdout, as before. */
static void
open_missing_descriptors (void)
{
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
    if (fcntl (fd, F_GETFD) < 0)
      open ("/dev/null", fd == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

/* By their specification a folder that is relative is none; it would be another
 * one wherever a command is typed. */
static void
forget_relative_folders (void)
{
  static const char *const variables[] = { "XDG_DATA_HOME", "XDG_CONFIG_HOME",
                                           "XDG_CACHE_HOME" };

  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    {
      const char *folder = g_getenv (variables[i]);

      if (folder != NULL && !g_path_is_absolute (folder))
        g_unsetenv (variables[i]);
    }
}

static int
refuse_command (const char *name)
{
  ShSuggestion suggestion;

  sh_suggestion_init (&suggestion, name);
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (commands[i].summary != NULL)
      sh_suggestion_offer (&suggestion, commands[i].name);
  if (suggestion.best != NULL)
    fprintf (stderr,
             "simhost: there is no command '%s'; did you mean 'simhost %s'?\n",
             name, suggestion.best);
  else
    fprintf (stderr,
             "simhost: there is no command '%s'; see 'simhost --help'\n", name);
  return SH_EXIT_USAGE;
}

/* What was printed has to be somewhere before all is said to be well; only a
 * reader who has left has had enough. */
static int
check_output (int status)
{
  struct pollfd output = { .fd = STDOUT_FILENO };
  int code = fflush (stdout) != 0 ? errno : 0;

  if (!ferror (stdout) || status != SH_EXIT_DONE)
    return status;
  if (poll (&output, 1, 0) == 1 && (output.revents & POLLERR) != 0)
    return status;
  fprintf (stderr, "simhost: the output could not be written%s%s\n",
           code != 0 ? ": " : "", code != 0 ? strerror (code) : "");
  return SH_EXIT_FAILED;
}

static int
run_command (const Command *command, int argc, char **argv)
{
  int status = command->run (argc, argv);

  /* What a plugin does to a worker's output is nobody's business. */
  return command->summary != NULL ? check_output (status) : status;
}

int
main (int argc, char **argv)
{
  open_missing_descriptors ();
  forget_relative_folders ();
  setlocale (LC_ALL, "");
  /* Numbers are the same in every language. */
  setlocale (LC_NUMERIC, "C");

  if (argc < 2)
    {
      print_help (stderr);
      return SH_EXIT_USAGE;
    }
  if (strcmp (argv[1], "help") == 0 && argc > 2)
    {
      /* As if it were "COMMAND --help". */
      argv[1] = argv[2];
      argv[2] = (char *) "--help";
      argc = 3;
    }
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0 ||
      strcmp (argv[1], "help") == 0)
    {
      print_help (stdout);
      return check_output (SH_EXIT_DONE);
    }
  if (strcmp (argv[1], "--version") == 0)
    {
      puts ("simhost " SIMHOST_VERSION);
      return check_output (SH_EXIT_DONE);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return run_command (&commands[i], argc - 1, argv + 1);
  return refuse_command (argv[1]);
}
