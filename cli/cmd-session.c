/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost stop`, `restart` and `status`: the daemon's sessions.
 */

#include "cmd.h"

#include <math.h>
#include <stdio.h>

#include "bus-client.h"
#include "sh-bus-object.h"
#include "sh-error.h"
#include "table.h"

/* Milliseconds that a session may take to stop, and between two looks. */
#define STOP_DEADLINE 15000u
#define STOP_INTERVAL 50u

typedef struct
{
  gboolean json, now, system;
} Flags;

/* ---- stop and restart ---- */

static gboolean
is_at_rest (const ShBusObject *session)
{
  guint pid = 0;

  g_variant_lookup (session->properties, "Pid", "u", &pid);
  return pid == 0;
}

/* Until it has no worker. Errors: SH_ERROR_TIMEOUT. */
static gboolean
wait_until_stopped (GDBusConnection *connection,
                    const char *name,
                    GError **error)
{
  gint64 end = g_get_monotonic_time () + STOP_DEADLINE * 1000;

  do
    {
      g_autoptr (ShBusObject) session =
          sh_bus_client_find_session (connection, name, error);

      if (session == NULL)
        return FALSE;
      if (is_at_rest (session))
        return TRUE;
      g_usleep (STOP_INTERVAL * 1000);
    }
  while (g_get_monotonic_time () < end);
  g_set_error (error, SH_ERROR, SH_ERROR_TIMEOUT,
               "session '%s' did not stop within %u s", name,
               STOP_DEADLINE / 1000);
  return FALSE;
}

static gboolean
call_session (GDBusConnection *connection,
              const char *name,
              const char *method,
              const Flags *flags,
              GError **error)
{
  g_autoptr (ShBusObject) session =
      sh_bus_client_find_session (connection, name, error);
  g_autoptr (GVariant) answer = NULL;
  GVariantDict options;

  if (session == NULL)
    return FALSE;
  g_variant_dict_init (&options, NULL);
  if (flags->now)
    g_variant_dict_insert (&options, "now", "b", TRUE);
  answer = sh_bus_client_call (
      connection, session->path, "Session", method,
      g_variant_new ("(@a{sv})", g_variant_dict_end (&options)), "()", error);
  return answer != NULL;
}

static gboolean
print_session_json (GDBusConnection *connection,
                    const char *name,
                    GError **error)
{
  g_autoptr (ShBusObject) session =
      sh_bus_client_find_session (connection, name, error);
  g_autofree char *json = NULL;

  if (session == NULL)
    return FALSE;
  json = sh_bus_object_to_json (session);
  puts (json);
  return TRUE;
}

/* All are tried; the first failure is said last. */
static int
order (const char *command,
       const char *method,
       const Flags *flags,
       char **names)
{
  gboolean stop = g_str_equal (command, "stop");
  g_autoptr (GError) first = NULL;
  g_autoptr (GDBusConnection) connection =
      sh_bus_client_connect (flags->system, &first);

  for (; connection != NULL && *names != NULL; names++)
    {
      g_autoptr (GError) error = NULL;

      if (call_session (connection, *names, method, flags, &error) &&
          (!stop || wait_until_stopped (connection, *names, &error)) &&
          flags->json)
        print_session_json (connection, *names, &error);
      if (error != NULL && first == NULL)
        first = g_steal_pointer (&error);
      else if (error != NULL)
        sh_cmd_fail (command, error);
    }
  return first == NULL ? SH_EXIT_DONE : sh_cmd_fail (command, first);
}

static int
parse (const char *command, int argc)
{
  if (argc > 1)
    return SH_EXIT_DONE;
  return sh_cmd_usage (command,
                       "which session? 'simhost status' shows those there are");
}

int
sh_cmd_stop (int argc, char **argv)
{
  Flags flags = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Print what each session is then, one JSON object a line", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &flags.system,
      "Ask the daemon on the system bus", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "SESSION...",
                     "Stops sessions of the daemon, and waits until they have.",
                     &status))
    return status;
  status = parse ("stop", argc);
  return status != SH_EXIT_DONE ? status
                                : order ("stop", "Stop", &flags, argv + 1);
}

int
sh_cmd_restart (int argc, char **argv)
{
  Flags flags = { 0 };
  const GOptionEntry entries[] = {
    { "now", 0, 0, G_OPTION_ARG_NONE, &flags.now,
      "Do not wait for an episode's end", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Print what each session is then, one JSON object a line", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &flags.system,
      "Ask the daemon on the system bus", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "SESSION...",
                     "Gives sessions of the daemon new workers: at an "
                     "episode's end, or after ten\nseconds.",
                     &status))
    return status;
  status = parse ("restart", argc);
  return status != SH_EXIT_DONE
             ? status
             : order ("restart", "Restart", &flags, argv + 1);
}

/* ---- status ---- */

static char *
format_number (const ShBusObject *session, const char *property)
{
  double number = (double) NAN;

  g_variant_lookup (session->properties, property, "d", &number);
  return isfinite (number) ? g_strdup_printf ("%.6g", number) : g_strdup ("");
}

static char *
format_count (const ShBusObject *session, const char *property)
{
  guint64 count = 0;

  g_variant_lookup (session->properties, property, "t", &count);
  return g_strdup_printf ("%" G_GUINT64_FORMAT, count);
}

static char *
format_connected (const ShBusObject *session)
{
  guint connected = 0, instances = 0;

  g_variant_lookup (session->properties, "Connected", "u", &connected);
  g_variant_lookup (session->properties, "Instances", "u", &instances);
  return g_strdup_printf ("%u/%u", connected, instances);
}

static void
add_row (ShTable *table, const ShBusObject *session)
{
  g_autofree char *connected = format_connected (session);
  g_autofree char *episodes = format_count (session, "EpisodeCount");
  g_autofree char *mean = format_number (session, "MeanReturn");
  g_autofree char *rate = format_number (session, "IterationRate");

  sh_table_add (table, sh_bus_object_get_text (session, "Name"));
  sh_table_add (table, sh_bus_object_get_text (session, "State"));
  sh_table_add (table, sh_bus_object_get_text (session, "Simulator"));
  sh_table_add (table, sh_bus_object_get_text (session, "Brain"));
  sh_table_add (table, sh_bus_object_get_text (session, "Engine"));
  sh_table_add (table, connected);
  sh_table_add (table, episodes);
  sh_table_add (table, mean);
  sh_table_add (table, rate);
  sh_table_add (table, sh_bus_object_get_text (session, "LastError"));
}

static void
print_table (const GPtrArray *sessions)
{
  static const char *const heads[] = { "SESSION",   "STATE",       "SIMULATOR",
                                       "BRAIN",     "ENGINE",      "CONNECTED",
                                       "EPISODES",  "MEAN RETURN", "STEPS/S",
                                       "LAST ERROR" };
  g_autoptr (ShTable) table = sh_table_new (G_N_ELEMENTS (heads));

  if (sessions->len == 0)
    {
      fputs ("There are no sessions; 'simhost start SIMULATOR' makes one.\n",
             stderr);
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    sh_table_add (table, heads[i]);
  for (guint i = 0; i < sessions->len; i++)
    add_row (table, sessions->pdata[i]);
  sh_table_print (table, 0, stdout);
}

static GPtrArray *
find_sessions (const Flags *flags, const char *name, GError **error)
{
  g_autoptr (GDBusConnection) connection =
      sh_bus_client_connect (flags->system, error);
  GPtrArray *sessions;
  ShBusObject *session;

  if (connection == NULL)
    return NULL;
  if (name == NULL)
    return sh_bus_client_list (connection, "Session", error);
  session = sh_bus_client_find_session (connection, name, error);
  if (session == NULL)
    return NULL;
  sessions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_bus_object_free);
  g_ptr_array_add (sessions, session);
  return sessions;
}

int
sh_cmd_status (int argc, char **argv)
{
  Flags flags = { 0 };
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Print one JSON object a line, with all that is known", NULL },
    { "system", 0, 0, G_OPTION_ARG_NONE, &flags.system,
      "Ask the daemon on the system bus", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) sessions = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "[SESSION]",
                     "Shows the daemon's sessions, or one of them.", &status))
    return status;
  if (argc > 2)
    return sh_cmd_usage ("status", "'%s' is too much", argv[2]);
  sessions = find_sessions (&flags, argc > 1 ? argv[1] : NULL, &error);
  if (sessions == NULL)
    return sh_cmd_fail ("status", error);
  for (guint i = 0; flags.json && i < sessions->len; i++)
    {
      g_autofree char *json = sh_bus_object_to_json (sessions->pdata[i]);

      puts (json);
    }
  if (!flags.json)
    print_table (sessions);
  return SH_EXIT_DONE;
}
