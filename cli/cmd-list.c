/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost list`: the simulators of the plugin path.
 */

#include "cmd.h"

#include <stdio.h>

#include "sh-catalog.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-simulator-json.h"
#include "table.h"

/* Characters of a description in the table. */
#define DESCRIPTION_WIDTH 48

/* The file whose simulator of the same name comes first, or NULL. */
static const char *
find_shadow (const GPtrArray *infos, const ShSimulatorInfo *simulator)
{
  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      if (info == simulator->plugin)
        return NULL;
      for (guint j = 0; j < info->n_simulators; j++)
        if (g_str_equal (info->simulators[j].simulator.name,
                         simulator->simulator.name))
          return info->path;
    }
  return NULL;
}

/* ---- as JSON ---- */

static void
print_json (GString *json)
{
  sh_json_close (json, '}');
  puts (json->str);
  g_string_truncate (json, 0);
}

static void
add_text (GString *json, const char *member, const char *text)
{
  sh_json_member (json, member);
  sh_json_string (json, text);
}

static void
print_info_json (const GPtrArray *infos,
                 const ShPluginInfo *info,
                 gboolean failed_only)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (info->failure != NULL)
    {
      sh_json_open (json, '{');
      add_text (json, "file", info->path);
      add_text (json, "failure", info->failure);
      sh_json_member (json, "output");
      sh_json_open (json, '[');
      for (guint i = 0; info->output != NULL && info->output[i] != NULL; i++)
        sh_json_string (json, info->output[i]);
      sh_json_close (json, ']');
      print_json (json);
    }
  for (guint i = 0; i < info->n_simulators && !failed_only; i++)
    {
      sh_json_open (json, '{');
      sh_simulator_info_add_json (&info->simulators[i], json);
      add_text (json, "shadowed_by", find_shadow (infos, &info->simulators[i]));
      print_json (json);
    }
}

/* ---- for people ---- */

static char *
shorten (const char *text)
{
  g_autofree char *start = NULL;

  if (text == NULL || g_utf8_strlen (text, -1) <= DESCRIPTION_WIDTH)
    return g_strdup (text != NULL ? text : "");
  start = g_utf8_substring (text, 0, DESCRIPTION_WIDTH - 1);
  return g_strconcat (g_strchomp (start), "…", NULL);
}

static char *
list_rewards (const SimhostSimulator *simulator)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < simulator->n_rewards; i++)
    if (!(simulator->rewards[i].flags & SIMHOST_REWARD_ALIAS))
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                              simulator->rewards[i].name);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What its calls are made by; the words of `simhost inspect`. */
static const char *
get_kind (const SimhostSimulator *simulator)
{
  if (simulator->flags & SIMHOST_SIMULATOR_EXTERNAL)
    return "external";
  if (simulator->flags & SIMHOST_SIMULATOR_EVENT_DRIVEN)
    return "event-driven";
  return simulator->flags & SIMHOST_SIMULATOR_SLOW ? "slow" : "ordinary";
}

static void
add_row (ShTable *table,
         const GPtrArray *infos,
         const ShSimulatorInfo *simulator)
{
  const char *shadow = find_shadow (infos, simulator);
  g_autofree char *actions =
      g_strdup_printf ("%u", simulator->simulator.action.n_fields);
  g_autofree char *states =
      g_strdup_printf ("%u", simulator->simulator.state.n_fields);
  g_autofree char *rewards = list_rewards (&simulator->simulator);
  g_autofree char *description = shorten (simulator->simulator.description);
  g_autofree char *file =
      shadow != NULL ? g_strdup_printf ("%s (hidden by %s)",
                                        simulator->plugin->path, shadow)
                     : g_strdup (simulator->plugin->path);

  sh_table_add (table, simulator->simulator.name);
  sh_table_add (table, description);
  sh_table_add (table, get_kind (&simulator->simulator));
  sh_table_add (table, actions);
  sh_table_add (table, states);
  sh_table_add (table, rewards);
  sh_table_add (table, file);
}

/* Returns how many simulators there are. */
static guint
print_table (const GPtrArray *infos)
{
  static const char *const heads[] = { "SIMULATOR", "DESCRIPTION", "KIND",
                                       "ACTIONS",   "STATES",      "REWARDS",
                                       "FILE" };
  g_autoptr (ShTable) table = sh_table_new (G_N_ELEMENTS (heads));
  guint n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    sh_table_add (table, heads[i]);
  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      for (guint j = 0; j < info->n_simulators; j++, n++)
        add_row (table, infos, &info->simulators[j]);
    }
  if (n > 0)
    sh_table_print (table, 0, stdout);
  return n;
}

static guint
print_failures (const GPtrArray *infos, gboolean count_only)
{
  guint n = 0;

  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      if (info->failure == NULL)
        continue;
      n++;
      if (!count_only)
        puts (info->failure);
    }
  return n;
}

static void
print_where (guint n_simulators, guint n_failed)
{
  g_auto (GStrv) folders = sh_catalog_get_folders ();
  g_autofree char *all = g_strjoinv ("\n  ", folders);

  if (n_failed > 0)
    fprintf (stderr,
             n_failed == 1
                 ? "One file cannot be used; 'simhost list --failed' says "
                   "why.\n"
                 : "%u files cannot be used; 'simhost list --failed' says "
                   "why.\n",
             n_failed);
  if (n_simulators == 0)
    fprintf (stderr,
             "There are no simulators. Put plugins (*.so) into one of\n  %s\n"
             "or name another folder in SIMHOST_PLUGIN_PATH.\n",
             all);
}

int
sh_cmd_list (int argc, char **argv)
{
  gboolean failed = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "failed", 0, 0, G_OPTION_ARG_NONE, &failed,
      "Show the files that cannot be used, and why", NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json,
      "Print one JSON object a line: simulators, and files that failed", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) infos = NULL;
  guint n_simulators;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, NULL,
                     "Lists the simulators of the plugin path.", &status))
    return status;
  if (argc > 1)
    return sh_cmd_usage ("list", "'%s' is too much", argv[1]);

  sh_log_init ("simhost: ");
  infos = sh_catalog_scan ();
  if (json)
    for (guint i = 0; i < infos->len; i++)
      print_info_json (infos, infos->pdata[i], failed);
  else if (failed)
    print_failures (infos, FALSE);
  else
    {
      n_simulators = print_table (infos);
      print_where (n_simulators, print_failures (infos, TRUE));
    }
  return SH_EXIT_DONE;
}
