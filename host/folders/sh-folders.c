/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-folders.h"

#include <string.h>
#include <sys/stat.h>

#include "sh-fd.h"
#include "sh-folder-watch.h"
#include "sh-plugin-file.h"
#include "sh-probe-cache.h"
#include "sh-probe.h"
#include "sh-simulator-json.h"

/* Milliseconds by which looks are put off, so that many events make one. */
#define LOOK_DELAY 20u

typedef struct
{
  ShFolders *folders;
  char *path;
  guint place; /* of its folder */
  gboolean present; /* in the look that goes on */
  struct stat seen; /* in the last look; st_nlink 0: not to be reached */
  mode_t folder_mode; /* and of its folder */
  uid_t folder_user;
  struct stat opened; /* when it was probed last */
  struct stat told; /* the file that `info` is of */
  gboolean due; /* it is to be probed */
  gint64 due_since; /* monotonic */
  gboolean again; /* whatever the cache says */
  ShProbe *probe; /* it is being probed */
  ShPluginInfo *info; /* as told; NULL: not yet */
} Entry;

struct ShFolders
{
  GPtrArray *watches; /* of ShFolderWatch, in order */
  GHashTable *entries; /* path to Entry */
  ShFoldersFunc func;
  gpointer data;
  ShProbeCache *cache;
  guint n_probes; /* that run */
  guint look; /* timer of the next look */
  gint64 look_time; /* when that is, monotonic */
  guint sweep; /* timer */
};

static gboolean on_look (gpointer data);

/* ---- when to look ---- */

static void
look_in (ShFolders *folders, guint milliseconds)
{
  gint64 time =
      g_get_monotonic_time () + milliseconds * G_TIME_SPAN_MILLISECOND;

  if (folders->look != 0 && folders->look_time <= time)
    return;
  g_clear_handle_id (&folders->look, g_source_remove);
  folders->look_time = time;
  folders->look = g_timeout_add (milliseconds, on_look, folders);
}

static void
on_watch (ShFolderWatch *watch, gpointer data)
{
  look_in (data, LOOK_DELAY);
}

static gboolean
on_sweep (gpointer data)
{
  ShFolders *folders = data;

  for (guint i = 0; i < folders->watches->len; i++)
    sh_folder_watch_refresh (folders->watches->pdata[i]);
  look_in (folders, 0);
  return G_SOURCE_CONTINUE;
}

/* ---- files ---- */

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  if (entry->probe != NULL)
    entry->folders->n_probes--;
  sh_probe_free (entry->probe);
  g_clear_pointer (&entry->info, sh_plugin_info_unref);
  g_free (entry->path);
  g_free (entry);
}

static void
set_due (Entry *entry)
{
  if (!entry->due)
    entry->due_since = g_get_monotonic_time ();
  entry->due = TRUE;
}

/* Tells of what was found, unless it is what has been told already. */
static void
tell (Entry *entry, ShPluginInfo *info)
{
  ShFolders *folders = entry->folders;
  gboolean known = entry->info != NULL;
  gboolean same = known &&
                  sh_probe_cache_is_same_file (&entry->told, &entry->opened) &&
                  g_strcmp0 (entry->info->failure, info->failure) == 0;

  entry->told = entry->opened;
  if (same)
    return;
  g_clear_pointer (&entry->info, sh_plugin_info_unref);
  entry->info = sh_plugin_info_ref (info);
  folders->func (folders, known ? SH_FOLDERS_CHANGED : SH_FOLDERS_ADDED, info,
                 folders->data);
}

static void
on_probed (ShProbe *probe,
           ShPluginInfo *info,
           const char *answer,
           gboolean died,
           gpointer data)
{
  Entry *entry = data;
  ShFolders *folders = entry->folders;

  g_clear_pointer (&entry->probe, sh_probe_free);
  folders->n_probes--;
  if (!sh_probe_cache_keep (folders->cache, &entry->opened, info, answer, died))
    set_due (entry);
  tell (entry, info);
  look_in (folders, 0);
}

/* Starts to find out what is in it. */
static void
probe (Entry *entry)
{
  ShFolders *folders = entry->folders;
  g_autoptr (ShPluginInfo) info = NULL;
  g_autoptr (GError) error = NULL;
  sh_autofd fd = -1;

  memset (&entry->opened, 0, sizeof entry->opened);
  fd = sh_plugin_file_open (entry->path, &entry->opened, &error);
  entry->due = FALSE;
  if (fd >= 0 && entry->again)
    sh_probe_cache_remove (folders->cache, entry->path);
  else if (fd >= 0)
    info = sh_probe_cache_find (folders->cache, entry->path, &entry->opened);
  entry->again = FALSE;
  if (fd >= 0 && info == NULL)
    {
      entry->probe = sh_probe_new (entry->path, on_probed, entry, &error);
      if (entry->probe != NULL)
        {
          folders->n_probes++;
          return;
        }
    }
  if (info == NULL)
    info = sh_plugin_info_new_failed (entry->path, error->message, NULL);
  tell (entry, info);
}

/* Milliseconds until a file is to be probed that was touched last at `changed`:
 * 0, it is settled, or has been waited for long enough. */
static guint
time_to_settle (const Entry *entry)
{
  gint64 changed = (gint64) entry->seen.st_ctim.tv_sec * G_USEC_PER_SEC +
                   entry->seen.st_ctim.tv_nsec / 1000;
  gint64 age = (g_get_real_time () - changed) / G_TIME_SPAN_MILLISECOND;
  gint64 waited =
      (g_get_monotonic_time () - entry->due_since) / G_TIME_SPAN_MILLISECOND;
  gint64 left;

  if (entry->seen.st_nlink == 0 || age >= SH_FOLDERS_SETTLE)
    return 0;
  /* A clock that is wrong must not make it wait for ever. */
  left = age >= 0 ? SH_FOLDERS_SETTLE - age : SH_FOLDERS_SETTLE;
  return (guint) CLAMP (SH_FOLDERS_PATIENCE - waited, 0, left);
}

/* ---- looking ---- */

static gboolean
is_untouched (const struct stat *a, const struct stat *b)
{
  return sh_probe_cache_is_same_file (a, b) &&
         a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
         a->st_ctim.tv_nsec == b->st_ctim.tv_nsec && a->st_nlink == b->st_nlink;
}

static void
look_at_file (ShFolders *folders,
              const char *path,
              guint place,
              const struct stat *folder)
{
  Entry *entry = g_hash_table_lookup (folders->entries, path);
  struct stat now;

  if (stat (path, &now) != 0)
    memset (&now, 0, sizeof now);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      entry->folders = folders;
      entry->path = g_strdup (path);
      entry->place = place;
      g_hash_table_insert (folders->entries, entry->path, entry);
      set_due (entry);
    }
  else if (!is_untouched (&now, &entry->seen) ||
           entry->folder_mode != folder->st_mode ||
           entry->folder_user != folder->st_uid)
    set_due (entry);
  entry->seen = now;
  entry->folder_mode = folder->st_mode;
  entry->folder_user = folder->st_uid;
  entry->present = TRUE;
}

static void
look_at_folder (ShFolders *folders, guint place)
{
  const char *folder =
      sh_folder_watch_get_path (folders->watches->pdata[place]);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);

  struct stat info = { 0 };

  if (stat (folder, &info) != 0)
    return;
  sh_catalog_add_files (folder, paths);
  for (guint i = 0; i < paths->len; i++)
    look_at_file (folders, paths->pdata[i], place, &info);
}

static void
forget_those_gone (ShFolders *folders)
{
  GHashTableIter iterator;
  gpointer value;

  g_hash_table_iter_init (&iterator, folders->entries);
  while (g_hash_table_iter_next (&iterator, NULL, &value))
    {
      Entry *entry = value;
      ShPluginInfo *info;

      if (entry->present)
        {
          entry->present = FALSE;
          continue;
        }
      info = g_steal_pointer (&entry->info);
      g_hash_table_iter_remove (&iterator);
      if (info == NULL)
        continue;
      folders->func (folders, SH_FOLDERS_REMOVED, info, folders->data);
      sh_plugin_info_unref (info);
    }
}

static int
compare_entries (gconstpointer a, gconstpointer b)
{
  const Entry *first = *(const Entry *const *) a;
  const Entry *second = *(const Entry *const *) b;

  return first->place != second->place ? (first->place < second->place ? -1 : 1)
                                       : strcmp (first->path, second->path);
}

static GPtrArray *
sort_entries (ShFolders *folders)
{
  GPtrArray *entries = g_ptr_array_new ();
  GHashTableIter iterator;
  gpointer entry;

  g_hash_table_iter_init (&iterator, folders->entries);
  while (g_hash_table_iter_next (&iterator, NULL, &entry))
    g_ptr_array_add (entries, entry);
  g_ptr_array_sort (entries, compare_entries);
  return entries;
}

static void
probe_those_due (ShFolders *folders)
{
  g_autoptr (GPtrArray) entries = sort_entries (folders);
  guint max = MAX (g_get_num_processors (), 2);

  for (guint i = 0; i < entries->len && folders->n_probes < max; i++)
    {
      Entry *entry = entries->pdata[i];
      guint left;

      if (!entry->due || entry->probe != NULL)
        continue;
      left = time_to_settle (entry);
      if (left == 0)
        probe (entry);
      else
        look_in (folders, left);
    }
}

static gboolean
on_look (gpointer data)
{
  ShFolders *folders = data;

  folders->look = 0;
  for (guint i = 0; i < folders->watches->len; i++)
    look_at_folder (folders, i);
  forget_those_gone (folders);
  probe_those_due (folders);
  if (sh_folders_is_settled (folders))
    sh_probe_cache_save (folders->cache);
  return G_SOURCE_REMOVE;
}

/* ---- */

ShFolders *
sh_folders_new (const char *const *paths, ShFoldersFunc func, gpointer data)
{
  ShFolders *folders;

  g_return_val_if_fail (paths != NULL && func != NULL, NULL);

  folders = g_new0 (ShFolders, 1);
  folders->func = func;
  folders->data = data;
  folders->cache = sh_probe_cache_load ();
  folders->entries =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, entry_free);
  folders->watches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_folder_watch_free);
  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (folders->watches,
                     sh_folder_watch_new (paths[i], on_watch, folders));
  folders->sweep = g_timeout_add_seconds (SH_FOLDERS_SWEEP, on_sweep, folders);
  look_in (folders, 0);
  return folders;
}

void
sh_folders_rescan (ShFolders *folders)
{
  GHashTableIter iterator;
  gpointer value;

  g_return_if_fail (folders != NULL);

  g_hash_table_iter_init (&iterator, folders->entries);
  while (g_hash_table_iter_next (&iterator, NULL, &value))
    {
      Entry *entry = value;

      if (entry->info == NULL || entry->info->failure == NULL)
        continue;
      entry->again = TRUE;
      set_due (entry);
    }
  for (guint i = 0; i < folders->watches->len; i++)
    sh_folder_watch_refresh (folders->watches->pdata[i]);
  look_in (folders, 0);
}

gboolean
sh_folders_is_settled (const ShFolders *folders)
{
  g_return_val_if_fail (folders != NULL, TRUE);

  return folders->look == 0 && folders->n_probes == 0;
}

GPtrArray *
sh_folders_get_plugins (ShFolders *folders)
{
  g_autoptr (GPtrArray) entries = NULL;
  GPtrArray *infos =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_plugin_info_unref);

  g_return_val_if_fail (folders != NULL, infos);

  entries = sort_entries (folders);
  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = entries->pdata[i];

      if (entry->info != NULL)
        g_ptr_array_add (infos, sh_plugin_info_ref (entry->info));
    }
  return infos;
}

void
sh_folders_free (ShFolders *folders)
{
  if (folders == NULL)
    return;
  g_clear_handle_id (&folders->look, g_source_remove);
  g_clear_handle_id (&folders->sweep, g_source_remove);
  g_ptr_array_unref (folders->watches);
  g_hash_table_unref (folders->entries);
  sh_probe_cache_free (folders->cache);
  g_free (folders);
}
