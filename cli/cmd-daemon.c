/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost daemon`: shows simulators on the bus.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <malloc.h>

#include "sh-daemon.h"
#include "sh-log.h"

/* Bytes from which memory is given back at once when it is freed. */
#define LARGE (128 * 1024)

static gboolean
on_signal (gpointer data)
{
  sh_daemon_stop (data);
  return G_SOURCE_CONTINUE;
}

int
sh_cmd_daemon (int argc, char **argv)
{
  ShDaemonOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.replace,
      "Take the place of a daemon that runs", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &options.system,
      "Use the system bus, not the session's", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (ShDaemon) daemon = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  sh_log_init ("simhost: daemon: ");
  if (!sh_cmd_parse (&argc, &argv, entries, NULL,
                     "Watches the plugin folders and shows on D-Bus, as "
                     "org.simhost.Host1, what\nsimulators there are. The bus "
                     "starts it when somebody asks for it.",
                     &status))
    return status;
  if (argc > 1)
    return sh_cmd_usage ("daemon", "'%s' is too much", argv[1]);

  /* A large message is no reason to keep its memory for the days to come; glibc
   * would learn from the first one to do so. */
  mallopt (M_MMAP_THRESHOLD, LARGE);
  /* Whoever reads the log may leave. */
  signal (SIGPIPE, SIG_IGN);
  daemon = sh_daemon_new (&options);
  g_unix_signal_add (SIGTERM, on_signal, daemon);
  g_unix_signal_add (SIGINT, on_signal, daemon);
  g_unix_signal_add (SIGHUP, on_signal, daemon);
  if (!sh_daemon_run (daemon, &error))
    return sh_cmd_fail ("daemon", error);
  return SH_EXIT_DONE;
}
