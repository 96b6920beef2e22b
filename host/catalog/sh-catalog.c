/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The simulators of the plugin path.
 */

#include "sh-catalog.h"

#include <string.h>

#include "sh-error.h"
#include "sh-fd.h"
#include "sh-plugin-file.h"
#include "sh-probe-cache.h"
#include "sh-probe.h"
#include "sh-simulator-json.h"

/* Files that are being looked at, in the thread-default main context. */
typedef struct
{
  ShProbeCache *cache;
  gboolean use_cache;
  GPtrArray *paths;
  GPtrArray *infos; /* of ShPluginInfo, in the order of the paths */
  struct stat *files;
  ShProbe **probes;
  guint next, running;
  void (*done) (gpointer data); /* after the last probe; or NULL */
  gpointer data;
} Scan;

struct ShCatalogSearch
{
  char *name;
  ShCatalogFound found;
  gpointer data;
  Scan *scan;
  GSource *end; /* or NULL */
};

static void
add_folder (GPtrArray *folders, const char *folder)
{
  g_autofree char *full = g_canonicalize_filename (folder, NULL);

  if (!g_ptr_array_find_with_equal_func (folders, full, g_str_equal, NULL))
    g_ptr_array_add (folders, g_steal_pointer (&full));
}

char **
sh_catalog_get_folders (void)
{
  GPtrArray *folders = g_ptr_array_new ();
  g_auto (GStrv) own = g_strsplit (g_getenv ("SIMHOST_PLUGIN_PATH") != NULL
                                       ? g_getenv ("SIMHOST_PLUGIN_PATH")
                                       : "",
                                   ":", -1);
  const char *data = g_getenv ("SIMHOST_DATA_HOME");
  g_autofree char *user = data != NULL && data[0] != '\0'
                              ? g_build_filename (data, "plugins", NULL)
                              : g_build_filename (g_get_user_data_dir (),
                                                  "simhost", "plugins", NULL);

  for (guint i = 0; own[i] != NULL; i++)
    if (own[i][0] != '\0')
      add_folder (folders, own[i]);
  add_folder (folders, user);
  add_folder (folders, SIMHOST_PLUGIN_DIR);
  g_ptr_array_add (folders, NULL);
  return (char **) g_ptr_array_free (folders, FALSE);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
sh_catalog_add_files (const char *folder, GPtrArray *paths)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  const char *name;

  if (dir == NULL)
    return;
  while ((name = g_dir_read_name (dir)) != NULL &&
         found->len < SH_CATALOG_MAX_FILES)
    if (name[0] != '.' && g_str_has_suffix (name, ".so"))
      g_ptr_array_add (found, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (found, compare_paths);
  g_ptr_array_extend_and_steal (paths, g_steal_pointer (&found));
}

/* ---- looking at files, several at a time ---- */

static void start_more (Scan *scan);

static void
on_probed (ShProbe *probe,
           ShPluginInfo *info,
           const char *answer,
           gboolean died,
           gpointer data)
{
  Scan *scan = data;
  guint index = 0;

  while (scan->probes[index] != probe)
    index++;
  sh_probe_cache_keep (scan->cache, &scan->files[index], info, answer, died);
  scan->infos->pdata[index] = sh_plugin_info_ref (info);
  g_clear_pointer (&scan->probes[index], sh_probe_free);
  scan->running--;
  start_more (scan);
  if (scan->running == 0 && scan->done != NULL)
    scan->done (scan->data);
}

/* What is known without a probe, or NULL. */
static ShPluginInfo *
look (Scan *scan, guint index)
{
  const char *path = scan->paths->pdata[index];
  g_autoptr (GError) error = NULL;
  sh_autofd fd = sh_plugin_file_open (path, &scan->files[index], &error);

  if (fd < 0)
    return sh_plugin_info_new_failed (path, error->message, NULL);
  return scan->use_cache
             ? sh_probe_cache_find (scan->cache, path, &scan->files[index])
             : NULL;
}

static void
start_more (Scan *scan)
{
  while (scan->next < scan->paths->len &&
         scan->running < MAX (g_get_num_processors (), 2))
    {
      guint index = scan->next++;
      const char *path = scan->paths->pdata[index];
      g_autoptr (GError) error = NULL;

      if ((scan->infos->pdata[index] = look (scan, index)) != NULL)
        continue;
      scan->probes[index] = sh_probe_new (path, on_probed, scan, &error);
      if (scan->probes[index] != NULL)
        scan->running++;
      else
        scan->infos->pdata[index] =
            sh_plugin_info_new_failed (path, error->message, NULL);
    }
}

/* Takes the paths over, and starts probes. */
static Scan *
scan_new (GPtrArray *paths, gboolean use_cache)
{
  Scan *scan = g_new0 (Scan, 1);

  scan->paths = paths;
  scan->use_cache = use_cache;
  scan->cache = sh_probe_cache_load ();
  scan->infos =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_plugin_info_unref);
  g_ptr_array_set_size (scan->infos, (int) paths->len);
  scan->files = g_new0 (struct stat, paths->len);
  scan->probes = g_new0 (ShProbe *, paths->len);
  start_more (scan);
  return scan;
}

/* Kills those that are still probed; what has been found is kept. */
static void
scan_free (Scan *scan)
{
  for (guint i = 0; i < scan->paths->len; i++)
    sh_probe_free (scan->probes[i]);
  sh_probe_cache_save (scan->cache);
  sh_probe_cache_free (scan->cache);
  g_ptr_array_unref (scan->infos);
  g_ptr_array_unref (scan->paths);
  g_free (scan->files);
  g_free (scan->probes);
  g_free (scan);
}

/* An array of ShPluginInfo, one for each path; takes them over. */
static GPtrArray *
look_at_files (GPtrArray *paths, gboolean use_cache)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  GPtrArray *infos;
  Scan *scan;

  g_main_context_push_thread_default (context);
  scan = scan_new (paths, use_cache);
  /* Each probe has its deadline, so this ends. */
  while (scan->running > 0)
    g_main_context_iteration (context, TRUE);
  infos = g_ptr_array_ref (scan->infos);
  scan_free (scan);
  g_main_context_pop_thread_default (context);
  return infos;
}

ShPluginInfo *
sh_catalog_probe (const char *path)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) infos = NULL;

  g_ptr_array_add (paths, g_canonicalize_filename (path, NULL));
  infos = look_at_files (paths, FALSE);
  return sh_plugin_info_ref (infos->pdata[0]);
}

static GPtrArray *
list_files (void)
{
  g_auto (GStrv) folders = sh_catalog_get_folders ();
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; folders[i] != NULL; i++)
    sh_catalog_add_files (folders[i], paths);
  return paths;
}

GPtrArray *
sh_catalog_scan (void)
{
  return look_at_files (list_files (), TRUE);
}

/* ---- without waiting ---- */

static gboolean
on_search_end (gpointer data)
{
  ShCatalogSearch *search = data;
  const ShSimulatorInfo *simulator = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPluginInfo) plugin = sh_catalog_find_among (
      search->scan->infos, search->name, &simulator, &error);

  g_clear_pointer (&search->end, g_source_unref);
  search->found (plugin, simulator, error, search->data);
  return G_SOURCE_REMOVE;
}

/* Not from within a probe's function, nor before the caller has the search. */
static void
end_search (gpointer data)
{
  ShCatalogSearch *search = data;
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  search->end = g_idle_source_new ();
  g_source_set_callback (search->end, on_search_end, search, NULL);
  g_source_attach (search->end, context);
}

ShCatalogSearch *
sh_catalog_search_new (const char *name, ShCatalogFound found, gpointer data)
{
  ShCatalogSearch *search = g_new0 (ShCatalogSearch, 1);

  search->name = g_strdup (name);
  search->found = found;
  search->data = data;
  search->scan = scan_new (list_files (), TRUE);
  search->scan->done = end_search;
  search->scan->data = search;
  if (search->scan->running == 0)
    end_search (search);
  return search;
}

void
sh_catalog_search_free (ShCatalogSearch *search)
{
  if (search == NULL)
    return;
  if (search->end != NULL)
    g_source_destroy (search->end);
  g_clear_pointer (&search->end, g_source_unref);
  scan_free (search->scan);
  g_free (search->name);
  g_free (search);
}
