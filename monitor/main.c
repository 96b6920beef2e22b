/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * simhost-monitor: a window on what the daemon shows on the session bus.
 */

#include <gtk/gtk.h>

#include "sh-monitor.h"

static int
complain (const char *text)
{
  g_printerr ("simhost-monitor: %s\n", text);
  return 1;
}

/* GApplication shows a usage of its own for --help, and goes on for words that it
 * does not know; without a bus or a display it ends without words for people. */
static int
check (int argc, char **argv)
{
  static gboolean version, service;
  g_autoptr (GOptionContext) context =
      g_option_context_new ("- look at simulators, sessions and brains");
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusConnection) bus = NULL;
  const GOptionEntry entries[] = {
    /* For GApplication. */
    { "gapplication-service", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE,
      &service, NULL, NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &version, "Show the version", NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("simhost-monitor: %s; see 'simhost-monitor --help'\n",
                  error->message);
      return 2;
    }
  if (version)
    {
      g_print ("simhost-monitor " SIMHOST_VERSION "\n");
      return -1;
    }
  if (argc > 1)
    {
      g_printerr ("simhost-monitor: '%s' is too much; see 'simhost-monitor "
                  "--help'\n",
                  argv[1]);
      return 2;
    }
  bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  if (bus == NULL)
    return complain ("there is no session bus to be reached; log in, or start "
                     "it with 'dbus-run-session simhost-monitor'");
  if (!gtk_init_check ())
    return complain ("there is no display to be reached; start it in a "
                     "graphical session");
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GApplication) monitor = NULL;
  g_autofree char **words = g_memdup2 (argv, sizeof *argv * (gsize) (argc + 1));
  int status = check (argc, words);

  if (status != 0)
    return MAX (status, 0);
  monitor = sh_monitor_new ();
  return g_application_run (monitor, argc, argv);
}
