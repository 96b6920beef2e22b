/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost logs`: what the workers of a session printed, and what happened to
 * them.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <stdio.h>
#include <unistd.h>

#include "bus-client.h"
#include "sh-bus-object.h"
#include "sh-error.h"
#include "sh-json.h"

#define DEFAULT_LINES 50

typedef struct
{
  GMainLoop *loop;
  const char *path; /* of the session */
  gboolean json;
  /* The last line that was printed: what is asked for and what is told may
   * overlap. */
  gint64 last_time;
  char *last_text;
  GError *error;
} Logs;

static void
print_json (gint64 time, const char *text)
{
  g_autoptr (GDateTime) second = g_date_time_new_from_unix_utc (time / 1000000);
  g_autoptr (GDateTime) exact =
      g_date_time_add (second, (GTimeSpan) (time % 1000000));
  g_autofree char *stamp = g_date_time_format_iso8601 (exact);
  g_autoptr (GString) json = g_string_new (NULL);

  sh_json_open (json, '{');
  sh_json_member (json, "time");
  sh_json_string (json, stamp);
  sh_json_member (json, "text");
  sh_json_string (json, text);
  sh_json_close (json, '}');
  puts (json->str);
}

static void
print_line (gint64 time, const char *text)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (time / 1000000);
  g_autofree char *stamp = g_date_time_format (when, "%Y-%m-%d %H:%M:%S");

  printf ("%s %s\n", stamp, text);
}

static void
print_lines (Logs *logs, GVariant *lines)
{
  GVariantIter iter;
  gint64 time;
  const char *text;

  g_variant_iter_init (&iter, lines);
  while (g_variant_iter_next (&iter, "(x&s)", &time, &text))
    {
      if (time < logs->last_time ||
          (time == logs->last_time && g_strcmp0 (text, logs->last_text) == 0))
        continue;
      if (logs->json)
        print_json (time, text);
      else
        print_line (time, text);
      logs->last_time = time;
      g_free (logs->last_text);
      logs->last_text = g_strdup (text);
    }
  fflush (stdout);
  if (ferror (stdout))
    g_main_loop_quit (logs->loop);
}

static void
on_log (GDBusConnection *connection,
        const char *sender,
        const char *path,
        const char *interface,
        const char *signal,
        GVariant *parameters,
        gpointer data)
{
  g_autoptr (GVariant) lines = NULL;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(xs))")))
    return;
  lines = g_variant_get_child_value (parameters, 0);
  print_lines (data, lines);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  Logs *logs = data;

  if (logs->error == NULL)
    logs->error =
        g_error_new (SH_ERROR, SH_ERROR_NETWORK, "the daemon has ended");
  g_main_loop_quit (logs->loop);
}

static void
on_removed (GDBusConnection *connection,
            const char *sender,
            const char *root,
            const char *interface,
            const char *signal,
            GVariant *parameters,
            gpointer data)
{
  Logs *logs = data;
  const char *path;

  if (!g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(oas)")))
    return;
  g_variant_get_child (parameters, 0, "&o", &path);
  if (!g_str_equal (path, logs->path))
    return;
  if (logs->error == NULL)
    logs->error =
        g_error_new (SH_ERROR, SH_ERROR_NOT_FOUND, "the session was deleted");
  g_main_loop_quit (logs->loop);
}

static gboolean
on_signal (gpointer data)
{
  Logs *logs = data;

  g_main_loop_quit (logs->loop);
  return G_SOURCE_CONTINUE;
}

/* Whoever read the lines is gone; there may not be another for a long time. */
static gboolean
on_reader_left (int fd, GIOCondition condition, gpointer data)
{
  Logs *logs = data;

  g_main_loop_quit (logs->loop);
  return G_SOURCE_CONTINUE;
}

static gboolean
print_log (Logs *logs, GDBusConnection *connection, guint n, GError **error)
{
  g_autoptr (GVariant) lines = NULL;
  g_autoptr (GVariant) answer = sh_bus_client_call (
      connection, logs->path, "Session", "GetLog",
      g_variant_new ("(ua{sv})", n, NULL), "(a(xs))", error);

  if (answer == NULL)
    return FALSE;
  lines = g_variant_get_child_value (answer, 0);
  print_lines (logs, lines);
  return TRUE;
}

/* Until a signal, the end of session or daemon, or an output that takes no
 * more. */
static gboolean
follow (Logs *logs, GDBusConnection *connection, guint n, GError **error)
{
  guint watch = g_bus_watch_name_on_connection (connection, SH_BUS_NAME,
                                                G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                NULL, on_vanished, logs, NULL);
  guint log = g_dbus_connection_signal_subscribe (
      connection, SH_BUS_NAME, SH_BUS_NAME ".Session", "Log", logs->path, NULL,
      G_DBUS_SIGNAL_FLAGS_NO_MATCH_RULE, on_log, logs, NULL);
  guint removed = g_dbus_connection_signal_subscribe (
      connection, SH_BUS_NAME, "org.freedesktop.DBus.ObjectManager",
      "InterfacesRemoved", SH_BUS_ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE,
      on_removed, logs, NULL);
  guint sigterm = g_unix_signal_add (SIGTERM, on_signal, logs);
  guint sigint = g_unix_signal_add (SIGINT, on_signal, logs);
  guint output = g_unix_fd_add (STDOUT_FILENO, G_IO_ERR, on_reader_left, logs);
  g_autoptr (GVariant) answer =
      sh_bus_client_call (connection, logs->path, "Session", "Subscribe",
                          sh_bus_client_no_options (), "()", error);
  gboolean done = answer != NULL && print_log (logs, connection, n, error);

  if (done && !ferror (stdout))
    g_main_loop_run (logs->loop);
  g_bus_unwatch_name (watch);
  g_dbus_connection_signal_unsubscribe (connection, log);
  g_dbus_connection_signal_unsubscribe (connection, removed);
  g_source_remove (sigterm);
  g_source_remove (sigint);
  g_source_remove (output);
  if (!done || logs->error == NULL)
    return done;
  g_propagate_error (error, g_steal_pointer (&logs->error));
  return FALSE;
}

static gboolean
show (const char *name,
      guint n,
      gboolean following,
      gboolean json,
      gboolean system,
      GError **error)
{
  Logs logs = { .json = json };
  g_autoptr (ShBusObject) session = NULL;
  g_autoptr (GDBusConnection) connection =
      sh_bus_client_connect (system, error);
  gboolean done;

  if (connection == NULL)
    return FALSE;
  session = sh_bus_client_find_session (connection, name, error);
  if (session == NULL)
    return FALSE;
  logs.path = session->path;
  logs.loop = g_main_loop_new (NULL, FALSE);
  done = following ? follow (&logs, connection, n, error)
                   : print_log (&logs, connection, n, error);
  g_main_loop_unref (logs.loop);
  g_clear_error (&logs.error);
  g_free (logs.last_text);
  return done;
}

int
sh_cmd_logs (int argc, char **argv)
{
  gboolean following = FALSE, json = FALSE, system = FALSE;
  ShCmdNumber lines = SH_CMD_NUMBER (0, G_MAXINT, DEFAULT_LINES);
  const GOptionEntry entries[] = {
    { "lines", 0, 0, G_OPTION_ARG_INT, &lines,
      "How many of the last lines (default: 50)", "COUNT" },
    { "follow", 0, 0, G_OPTION_ARG_NONE, &following,
      "Go on with new lines, until SIGINT", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print one JSON object a line",
      NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &system,
      "Ask the daemon on the system bus", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "SESSION",
                     "Shows what the workers of a session printed, and what "
                     "happened to them.",
                     &status))
    return status;
  if (argc < 2)
    return sh_cmd_usage (
        "logs", "which session? 'simhost status' shows those there are");
  if (argc > 2)
    return sh_cmd_usage ("logs", "'%s' is too much", argv[2]);
  signal (SIGPIPE, SIG_IGN);
  if (!show (argv[1], (guint) lines.value, following, json, system, &error))
    return sh_cmd_fail ("logs", error);
  return SH_EXIT_DONE;
}
