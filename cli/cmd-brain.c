/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simhost brain: looks at the brains stored on this machine, and deletes them.
 */

#include "cmd.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sh-json-text.h"
#include "sh-store.h"

typedef struct
{
  ShStore *store;
  const char *name; /* NULL: not given */
  guint version; /* 0: not given */
  gboolean json;
} Request;

static char *
format_time (gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);

  return time != NULL ? g_date_time_format_iso8601 (time) : g_strdup ("?");
}

/* JSON */

static void
append_text (GString *line, const char *name, const char *text)
{
  g_string_append_printf (line, ",\"%s\":", name);
  sh_json_text_append_string (line, text);
}

static void
append_number (GString *line, const char *name, double number)
{
  g_string_append_printf (line, ",\"%s\":", name);
  sh_json_text_append_double (line, number);
}

static void
append_count (GString *line, const char *name, guint64 count)
{
  g_string_append_printf (line, ",\"%s\":%" G_GUINT64_FORMAT, name, count);
}

/* Opens an object that the caller closes. */
static void
append_info (GString *line, const ShBrainInfo *info)
{
  g_autofree char *created = format_time (info->created);

  g_string_append (line, "{\"brain\":");
  sh_json_text_append_string (line, info->name);
  append_count (line, "version", info->version);
  if (info->failure != NULL)
    {
      append_text (line, "failure", info->failure);
      return;
    }
  append_text (line, "created", created);
  append_text (line, "simulator", info->simulator);
  append_text (line, "concept", info->concept);
  append_text (line, "algorithm", info->algorithm);
  append_text (line, "reason", info->reason);
  append_count (line, "iterations", info->iterations);
  append_count (line, "episodes", info->episodes);
  append_number (line, "mean_return", info->mean_return);
  append_number (line, "seconds", info->seconds);
  append_count (line, "seed", info->seed);
}

/* list */

static char *
format_number (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (number))
    return g_strdup ("-");
  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.6g", number));
}

static void
print_row (const ShBrainInfo *info)
{
  g_autofree char *created = format_time (info->created);
  g_autofree char *mean_return = format_number (info->mean_return);

  if (info->failure != NULL)
    printf ("%-20s %7u  cannot be used: %s\n", info->name, info->version,
            info->failure);
  else
    printf ("%-20s %7u  %-20s  %-16s %11" G_GUINT64_FORMAT " %11s  %s\n",
            info->name, info->version, created, info->simulator,
            info->iterations, mean_return, info->reason);
}

static gboolean
list (const Request *request, GError **error)
{
  g_autoptr (GPtrArray) infos =
      sh_store_list (request->store, request->name, error);

  if (infos == NULL)
    return FALSE;
  if (infos->len == 0 && !request->json)
    fprintf (stderr, "There are no brains in %s; 'simhost train' makes one.\n",
             sh_store_get_folder (request->store));
  else if (!request->json)
    printf ("%-20s %7s  %-20s  %-16s %11s %11s  %s\n", "BRAIN", "VERSION",
            "CREATED", "SIMULATOR", "ITERATIONS", "MEAN RETURN", "ENDED");
  for (guint i = 0; i < infos->len; i++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      if (!request->json)
        {
          print_row (infos->pdata[i]);
          continue;
        }
      append_info (line, infos->pdata[i]);
      puts (g_string_append_c (line, '}')->str);
    }
  return TRUE;
}

/* show */

static void
print_brain (const ShBrain *brain)
{
  const ShBrainInfo *info = brain->info;
  g_autofree char *created = format_time (info->created);
  g_autofree char *mean_return = format_number (info->mean_return);
  g_autofree char *seconds = format_number (info->seconds);

  printf ("brain        %s, version %u\n", info->name, info->version);
  printf ("created      %s\n", created);
  printf ("simulator    %s\n", info->simulator);
  printf ("concept      %s\n", info->concept);
  printf ("algorithm    %s, seed %" G_GUINT64_FORMAT "\n", info->algorithm,
          info->seed);
  printf ("ended        %s\n", info->reason);
  printf ("trained      %" G_GUINT64_FORMAT " iterations, %" G_GUINT64_FORMAT
          " episodes, %s s\n",
          info->iterations, info->episodes, seconds);
  printf ("mean return  %s\n", mean_return);
  printf ("state        %s\n", info->state);
  printf ("action       %s\n", info->action);
  printf ("config       %s\n", info->config);
  printf ("\n%s", brain->program->text);
  if (!g_str_has_suffix (brain->program->text, "\n"))
    putchar ('\n');
}

static gboolean
show (const Request *request, GError **error)
{
  g_autoptr (ShBrain) brain =
      sh_store_load (request->store, request->name, request->version, error);
  g_autoptr (GString) line = g_string_new (NULL);

  if (brain == NULL)
    return FALSE;
  if (!request->json)
    {
      print_brain (brain);
      return TRUE;
    }
  append_info (line, brain->info);
  append_text (line, "state", brain->info->state);
  append_text (line, "action", brain->info->action);
  append_text (line, "config", brain->info->config);
  append_text (line, "program", brain->program->text);
  puts (g_string_append_c (line, '}')->str);
  return TRUE;
}

/* delete */

static gboolean delete (const Request *request, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);

  if (!sh_store_delete (request->store, request->name, request->version, error))
    return FALSE;
  if (request->json)
    {
      g_string_append (line, "{\"event\":\"deleted\"");
      append_text (line, "brain", request->name);
      if (request->version != 0)
        append_count (line, "version", request->version);
      puts (g_string_append_c (line, '}')->str);
    }
  else if (request->version != 0)
    fprintf (stderr, "Deleted version %u of brain '%s'.\n", request->version,
             request->name);
  else
    fprintf (stderr, "Deleted brain '%s'.\n", request->name);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean needs_brain, takes_version;
  gboolean (*run) (const Request *request, GError **error);
} actions[] = {
  { "list", FALSE, FALSE, list },
  { "show", TRUE, TRUE, show },
  { "delete", TRUE, TRUE, delete },
};

static int
run_action (guint index, Request *request)
{
  g_autoptr (GError) error = NULL;

  if (actions[index].needs_brain && request->name == NULL)
    return sh_cmd_usage ("brain", "give the name of a brain to %s",
                         actions[index].name);
  if (!actions[index].takes_version && request->version != 0)
    return sh_cmd_usage ("brain", "'%s' takes no --version",
                         actions[index].name);
  if (!actions[index].run (request, &error))
    return sh_cmd_fail ("brain", error);
  return SH_EXIT_DONE;
}

int
sh_cmd_brain (int argc, char **argv)
{
  int version = -1, status;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_INT, &version,
      "Version to show (default: the highest) or delete (default: all)", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON, an object a line",
      NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (ShStore) store = NULL;
  Request request = { .name = NULL };

  if (!sh_cmd_parse (
          &argc, &argv, entries, "list [BRAIN] | show BRAIN | delete BRAIN",
          "Shows and deletes the brains stored on this machine.", &status))
    return status;
  if (argc < 2 || argc > 3)
    return sh_cmd_usage ("brain", "say what to do: list, show or delete, and "
                                  "with which brain");
  if (version == 0 || version < -1)
    return sh_cmd_usage ("brain", "a version is a number from 1");

  store = sh_store_new (NULL);
  request.store = store;
  request.name = argc == 3 ? argv[2] : NULL;
  request.version = version > 0 ? (guint) version : 0;
  request.json = json;
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (argv[1], actions[i].name) == 0)
      return run_action (i, &request);
  return sh_cmd_usage ("brain", "'%s' is not one of list, show, delete",
                       argv[1]);
}
