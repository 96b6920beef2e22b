/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Finding a simulator by what a person typed.
 */

#include <string.h>

#include "sh-catalog.h"
#include "sh-error.h"
#include "sh-text.h"

static const ShSimulatorInfo *
find_in_info (const ShPluginInfo *info, const char *name)
{
  for (guint i = 0; i < info->n_simulators; i++)
    if (strcmp (info->simulators[i].simulator.name, name) == 0)
      return &info->simulators[i];
  return NULL;
}

/* "'lift', 'car'": all simulators, or those that are near to `typed`, each once and
 * no more than fit on a line. */
static char *
list_names (const GPtrArray *infos, const char *typed)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n_more = 0;

  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      for (guint j = 0; j < info->n_simulators; j++)
        {
          const char *name = info->simulators[j].simulator.name;
          g_autofree char *quoted = g_strdup_printf ("'%s'", name);

          if ((typed != NULL && !sh_text_is_near (typed, name)) ||
              strstr (text->str, quoted) != NULL)
            continue;
          if (text->len < 200)
            g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "",
                                    quoted);
          else
            n_more++;
        }
    }
  if (n_more > 0)
    g_string_append_printf (text, " and %u more, which 'simhost list' shows",
                            n_more);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Whether a file of that name is there and failed. */
static const ShPluginInfo *
find_failed (const GPtrArray *infos, const char *name)
{
  g_autofree char *file = g_strconcat ("/", name, ".so", NULL);

  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      if (info->failure != NULL && g_str_has_suffix (info->path, file))
        return info;
    }
  return NULL;
}

static void
set_not_found (const GPtrArray *infos, const char *name, GError **error)
{
  const ShPluginInfo *failed = find_failed (infos, name);
  g_autofree char *near = list_names (infos, name);
  g_autofree char *all = list_names (infos, NULL);
  g_auto (GStrv) folders = sh_catalog_get_folders ();

  if (failed != NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                 "simulator '%s' cannot be used: %s", name, failed->failure);
  else if (name[0] != '\0' && near[0] != '\0')
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is no simulator '%s'; did you mean %s?", name, near);
  else if (all[0] != '\0')
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is no simulator '%s'; there are %s", name, all);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is no simulator '%s', nor any other: put plugins into "
                 "%s, or name their folder in SIMHOST_PLUGIN_PATH",
                 name, folders[0]);
}

ShPluginInfo *
sh_catalog_find_among (const GPtrArray *infos,
                       const char *name,
                       const ShSimulatorInfo **simulator,
                       GError **error)
{
  g_return_val_if_fail (infos != NULL && name != NULL, NULL);

  for (guint i = 0; i < infos->len; i++)
    if ((*simulator = find_in_info (infos->pdata[i], name)) != NULL)
      return sh_plugin_info_ref (infos->pdata[i]);
  set_not_found (infos, name, error);
  return NULL;
}

/* `name`: NULL for the only one. */
static ShPluginInfo *
find_in_file (const char *path,
              const char *name,
              const ShSimulatorInfo **simulator,
              GError **error)
{
  g_autoptr (ShPluginInfo) info = sh_catalog_probe (path);
  g_autoptr (GPtrArray) infos = g_ptr_array_new ();
  g_autofree char *all = NULL;

  g_ptr_array_add (infos, info);
  all = list_names (infos, NULL);
  if (info->failure != NULL)
    {
      g_set_error_literal (error, SH_ERROR,
                           g_file_test (path, G_FILE_TEST_EXISTS)
                               ? SH_ERROR_PLUGIN
                               : SH_ERROR_NOT_FOUND,
                           info->failure);
      return NULL;
    }
  if (name != NULL)
    *simulator = find_in_info (info, name);
  else if (info->n_simulators == 1)
    *simulator = info->simulators;
  else
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%s has several simulators, %s: say which, as %s:NAME",
                   info->path, all, path);
      return NULL;
    }
  if (*simulator != NULL)
    return g_steal_pointer (&info);
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "there is no simulator '%s' in %s; there are %s", name,
               info->path, all);
  return NULL;
}

/* A file or a folder whose name looks like a simulator's. */
static gboolean
is_other_file (const char *name, GError **error)
{
  const gboolean is_folder = g_file_test (name, G_FILE_TEST_IS_DIR);

  if (!is_folder && !g_file_test (name, G_FILE_TEST_EXISTS))
    return FALSE;
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "'%s' is %s, not a simulator; give the name of one, as 'simhost "
               "list' shows them, or a FILE.so",
               name, is_folder ? "a folder" : "another file");
  return TRUE;
}

ShPluginInfo *
sh_catalog_find (const char *name,
                 const ShSimulatorInfo **simulator,
                 GError **error)
{
  const char *colon = strrchr (name, ':');
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GError) own_error = NULL;
  ShPluginInfo *info;

  g_return_val_if_fail (name != NULL && simulator != NULL, NULL);

  *simulator = NULL;
  if (colon != NULL && colon - name >= 3 && strncmp (colon - 3, ".so", 3) == 0)
    {
      path = g_strndup (name, (gsize) (colon - name));
      return find_in_file (path, colon + 1, simulator, error);
    }
  if (strchr (name, '/') != NULL || g_str_has_suffix (name, ".so"))
    return find_in_file (name, NULL, simulator, error);
  infos = sh_catalog_scan ();
  info = sh_catalog_find_among (infos, name, simulator, &own_error);
  if (info == NULL && !is_other_file (name, error))
    g_propagate_error (error, g_steal_pointer (&own_error));
  return info;
}
