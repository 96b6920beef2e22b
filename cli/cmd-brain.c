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
  char *name; /* NULL: not given */
  guint version; /* 0: not given */
  const char *file; /* NULL: not given */
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

/* export */

static gboolean export(const Request *request, GError **error)
{
  g_autoptr (GBytes) onnx = sh_store_load_onnx (request->store, request->name,
                                                request->version, error);
  g_autoptr (GString) line = g_string_new (NULL);
  gconstpointer data;
  gsize size;

  if (onnx == NULL)
    return FALSE;
  data = g_bytes_get_data (onnx, &size);
  /* Written beside and renamed: what was there stays if this fails. */
  if (!g_file_set_contents_full (request->file, data, (gssize) size,
                                 G_FILE_SET_CONTENTS_CONSISTENT, 0666, error))
    return FALSE;
  if (request->json)
    {
      g_string_append (line, "{\"event\":\"exported\"");
      append_text (line, "brain", request->name);
      append_text (line, "file", request->file);
      append_count (line, "bytes", size);
      puts (g_string_append_c (line, '}')->str);
    }
  else
    fprintf (stderr, "Wrote %s, %" G_GSIZE_FORMAT " bytes.\n", request->file,
             size);
  return TRUE;
}

static const struct
{
  const char *name;
  gboolean needs_brain, takes_version, needs_file;
  gboolean (*run) (const Request *request, GError **error);
} actions[] = {
  { "list", FALSE, FALSE, FALSE, list },
  { "show", TRUE, TRUE, FALSE, show },
  { "delete", TRUE, TRUE, FALSE, delete },
  { "export", TRUE, TRUE, TRUE, export },
};

/* "NAME" or "NAME:VERSION". */
static gboolean
read_name (const char *text, Request *request)
{
  const char *colon = strchr (text, ':');
  guint64 version;

  if (colon == NULL)
    {
      request->name = g_strdup (text);
      return TRUE;
    }
  if (request->version != 0 ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXINT, &version, NULL))
    return FALSE;
  request->name = g_strndup (text, (gsize) (colon - text));
  request->version = (guint) version;
  return TRUE;
}

static int
run_action (guint index, Request *request)
{
  g_autoptr (GError) error = NULL;

  if (actions[index].needs_brain && request->name == NULL)
    return sh_cmd_usage ("brain", "give the name of a brain to %s",
                         actions[index].name);
  if (actions[index].needs_file != (request->file != NULL))
    return sh_cmd_usage ("brain",
                         actions[index].needs_file
                             ? "say into which file to %s the brain"
                             : "'%s' takes the name of one brain",
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
          &argc, &argv, entries,
          "list [BRAIN] | show BRAIN | delete BRAIN | export BRAIN FILE.onnx",
          "Shows, deletes and exports the brains stored on this machine.",
          &status))
    return status;
  if (argc < 2 || argc > 4)
    return sh_cmd_usage ("brain", "say what to do: list, show, delete or "
                                  "export, and with which brain");
  if (version == 0 || version < -1)
    return sh_cmd_usage ("brain", "a version is a number from 1");

  store = sh_store_new (NULL);
  request.store = store;
  request.version = version > 0 ? (guint) version : 0;
  request.file = argc > 3 ? argv[3] : NULL;
  request.json = json;
  if (argc > 2 && !read_name (argv[2], &request))
    return sh_cmd_usage ("brain",
                         "'%s' is no brain: write NAME, or NAME:VERSION with "
                         "a version from 1",
                         argv[2]);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (argv[1], actions[i].name) == 0)
      return run_action (i, &request);
  return sh_cmd_usage ("brain", "'%s' is not one of list, show, delete, export",
                       argv[1]);
}
