/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Looking at the brains of this machine, and deleting them.
 */

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "brain-actions.h"
#include "brain-plot.h"
#include "sh-delete.h"
#include "sh-error.h"
#include "sh-json-text.h"

/* Of the history, by which success is judged. */
#define SUCCESS_POINTS 100u

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

/* Those that were created and never trained: ShHistoryBrain. */
static GPtrArray *
list_untrained (const ShBrainRequest *request, const GPtrArray *infos)
{
  g_autoptr (ShHistory) history = sh_history_open (request->store, FALSE, NULL);
  GPtrArray *brains =
      history != NULL ? sh_history_list_brains (history, NULL) : NULL;

  if (brains == NULL)
    return g_ptr_array_new ();
  for (guint i = brains->len; i > 0; i--)
    {
      const char *name = ((const ShHistoryBrain *) brains->pdata[i - 1])->name;
      gboolean is_wanted = request->name == NULL ||
                           g_ascii_strcasecmp (request->name, name) == 0;

      for (guint j = 0; infos != NULL && j < infos->len && is_wanted; j++)
        is_wanted =
            g_ascii_strcasecmp (
                name, ((const ShBrainInfo *) infos->pdata[j])->name) != 0;
      if (!is_wanted)
        g_ptr_array_remove_index (brains, i - 1);
    }
  return brains;
}

static void
print_untrained (const ShBrainRequest *request, const ShHistoryBrain *brain)
{
  g_autofree char *created = format_time (brain->created);
  g_autoptr (GString) line = g_string_new ("{\"brain\":");

  if (!request->json)
    {
      printf ("%-20s %7s  %-20s  not trained yet\n", brain->name, "-", created);
      return;
    }
  sh_json_text_append_string (line, brain->name);
  append_count (line, "version", 0);
  append_text (line, "created", created);
  append_text (line, "description", brain->description);
  puts (g_string_append_c (line, '}')->str);
}

gboolean
sh_brain_list (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (GPtrArray) infos =
      sh_store_list (request->store, request->name, &own_error);
  g_autoptr (GPtrArray) untrained = list_untrained (request, infos);
  const guint n = infos != NULL ? infos->len : 0;

  if (infos == NULL && untrained->len == 0)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (n + untrained->len == 0 && !request->json)
    fprintf (stderr, "There are no brains in %s; 'simhost train' makes one.\n",
             sh_store_get_folder (request->store));
  else if (!request->json)
    printf ("%-20s %7s  %-20s  %-16s %11s %11s  %s\n", "BRAIN", "VERSION",
            "CREATED", "SIMULATOR", "ITERATIONS", "MEAN RETURN", "ENDED");
  for (guint i = 0; i < n; i++)
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
  for (guint i = 0; i < untrained->len; i++)
    print_untrained (request, untrained->pdata[i]);
  return TRUE;
}

/* show */

/* Of training episodes. */
typedef struct
{
  double rate; /* NaN: nothing is known, or there are no goals */
  guint64 n_episodes;
} Success;

static Success
read_success (const ShBrainRequest *request, const ShBrainInfo *info)
{
  g_autoptr (ShHistory) history = sh_history_open (request->store, FALSE, NULL);
  g_autoptr (ShHistoryRun) run = NULL;
  Success success = { NAN, 0 };

  if (history != NULL)
    run = sh_history_get_run (history, info->name, info->version, NULL);
  if (run != NULL)
    success.rate = sh_history_get_success_rate (
        history, run->id, SUCCESS_POINTS, &success.n_episodes);
  return success;
}

/* All concepts that are learned, and which are. */
static void
print_concepts (const ShBrain *brain)
{
  const ShProgram *program = brain->program;
  const guint n = brain->policies->len;

  for (guint i = 0; i < program->n_concepts; i++)
    printf ("             %u. %s, %s\n", i + 1, program->concepts[i].name,
            i >= n                                   ? "not trained"
            : i + 1 < n || brain->info->next != NULL ? "trained"
            : strcmp (brain->info->reason, "curriculum-met") == 0 ? "trained"
                                                                  : "begun");
}

static void
print_brain (const ShBrain *brain, const Success *success)
{
  const ShBrainInfo *info = brain->info;
  g_autofree char *created = format_time (info->created);
  g_autofree char *mean_return = format_number (info->mean_return);
  g_autofree char *seconds = format_number (info->seconds);

  printf ("brain        %s, version %u\n", info->name, info->version);
  printf ("created      %s\n", created);
  printf ("simulator    %s\n", info->simulator);
  printf ("concept      %s\n", info->concept);
  if (info->concepts != NULL)
    print_concepts (brain);
  printf ("algorithm    %s, seed %" G_GUINT64_FORMAT "\n", info->algorithm,
          info->seed);
  printf ("ended        %s\n", info->reason);
  printf ("trained      %" G_GUINT64_FORMAT " iterations, %" G_GUINT64_FORMAT
          " episodes, %s s\n",
          info->iterations, info->episodes, seconds);
  printf ("mean return  %s\n", mean_return);
  if (!isnan (success->rate))
    printf ("success      %.1f %% of the last %" G_GUINT64_FORMAT " episodes\n",
            100 * success->rate, success->n_episodes);
  printf ("state        %s\n", info->state);
  printf ("action       %s\n", info->action);
  printf ("config       %s\n", info->config);
  printf ("\n%s", brain->program->text);
  if (!g_str_has_suffix (brain->program->text, "\n"))
    putchar ('\n');
}

/* A brain without a version; the error if it is none. */
static gboolean
show_untrained (const ShBrainRequest *request,
                GError **not_found,
                GError **error)
{
  g_autoptr (GPtrArray) untrained = NULL;

  if (g_error_matches (*not_found, SH_ERROR, SH_ERROR_NOT_FOUND))
    untrained = list_untrained (request, NULL);
  if (untrained == NULL || untrained->len == 0 || request->version != 0 ||
      request->plot != NULL)
    {
      g_propagate_error (error, g_steal_pointer (not_found));
      return FALSE;
    }
  print_untrained (request, untrained->pdata[0]);
  return TRUE;
}

/* Their names in the order of training, and of how many there is a policy. */
static void
append_concepts (GString *line, const ShBrain *brain)
{
  g_string_append (line, ",\"concepts\":[");
  for (guint i = 0; i < brain->program->n_concepts; i++)
    {
      if (i > 0)
        g_string_append_c (line, ',');
      sh_json_text_append_string (line, brain->program->concepts[i].name);
    }
  g_string_append_printf (line, "],\"policies\":%u", brain->policies->len);
}

gboolean
sh_brain_show (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  g_autoptr (ShBrain) brain = sh_store_load (request->store, request->name,
                                             request->version, &own_error);
  g_autoptr (GString) line = g_string_new (NULL);
  Success success;

  if (brain == NULL)
    return show_untrained (request, &own_error, error);
  if (request->plot != NULL &&
      !sh_brain_plot (request->store, brain->info->name, brain->info->version,
                      request->plot, error))
    return FALSE;
  success = read_success (request, brain->info);
  if (!request->json)
    {
      print_brain (brain, &success);
      return TRUE;
    }
  append_info (line, brain->info);
  append_number (line, "success_rate", success.rate);
  append_text (line, "state", brain->info->state);
  append_text (line, "action", brain->info->action);
  append_text (line, "config", brain->info->config);
  if (brain->info->concepts != NULL)
    append_concepts (line, brain);
  append_text (line, "program", brain->program->text);
  puts (g_string_append_c (line, '}')->str);
  return TRUE;
}

/* delete */

gboolean
sh_brain_delete (const ShBrainRequest *request, GError **error)
{
  if (!sh_delete_brain (request->store, request->name, request->version, error))
    return FALSE;
  if (request->version == 0)
    sh_brain_tell (request, "deleted", 0, "Deleted brain '%s'.", request->name);
  else
    sh_brain_tell (request, "deleted", request->version,
                   "Deleted version %u of brain '%s'.", request->version,
                   request->name);
  return TRUE;
}
