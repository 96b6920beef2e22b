/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-folder-watch.h"

#include <string.h>
#include <sys/stat.h>

/* Milliseconds between two events of one file that is being written. */
#define RATE_LIMIT 100
/* Seconds between two looks at what cannot be watched. */
#define POLL_INTERVAL 1

struct ShFolderWatch
{
  char *path;
  ShFolderWatchFunc func;
  gpointer data;
  GFileMonitor *folder; /* NULL: it does not exist, or cannot be watched */
  struct stat seen; /* of the folder that is watched; st_ino 0: none */
  GFileMonitor *above; /* the nearest folder above that exists */
  char *above_path;
  guint poll;
};

static void refresh (ShFolderWatch *watch);

/* ---- what is told ---- */

static gboolean
is_at (GFile *file, const char *path)
{
  return file != NULL && g_strcmp0 (g_file_peek_path (file), path) == 0;
}

/* The folder at `path` has come or gone. One that is made anew may look just like the one before:
 * file systems give the number of its inode again. */
static gboolean
is_another (const char *path,
            GFile *file,
            GFile *other,
            GFileMonitorEvent event)
{
  switch (event)
    {
    case G_FILE_MONITOR_EVENT_CREATED:
    case G_FILE_MONITOR_EVENT_DELETED:
    case G_FILE_MONITOR_EVENT_MOVED_IN:
    case G_FILE_MONITOR_EVENT_MOVED_OUT:
    case G_FILE_MONITOR_EVENT_RENAMED:
      return is_at (file, path) || is_at (other, path);
    default:
      return FALSE;
    }
}

static void
drop (GFileMonitor **monitor, ShFolderWatch *watch)
{
  if (*monitor == NULL)
    return;
  g_signal_handlers_disconnect_by_data (*monitor, watch);
  g_file_monitor_cancel (*monitor);
  g_clear_object (monitor);
}

static gboolean
on_poll (gpointer data)
{
  ShFolderWatch *watch = data;

  refresh (watch);
  watch->func (watch, watch->data);
  return G_SOURCE_CONTINUE;
}

static void
on_folder (GFileMonitor *monitor,
           GFile *file,
           GFile *other,
           GFileMonitorEvent event,
           gpointer data)
{
  ShFolderWatch *watch = data;

  if (is_another (watch->path, file, other, event))
    {
      watch->seen.st_ino = 0;
      refresh (watch);
    }
  watch->func (watch, watch->data);
}

static void
on_above (GFileMonitor *monitor,
          GFile *file,
          GFile *other,
          GFileMonitorEvent event,
          gpointer data)
{
  ShFolderWatch *watch = data;

  if (is_another (watch->path, file, other, event))
    watch->seen.st_ino = 0;
  if (is_another (watch->above_path, file, other, event))
    {
      drop (&watch->above, watch);
      g_clear_pointer (&watch->above_path, g_free);
    }
  refresh (watch);
}

/* ---- watching ---- */

/* NULL: it cannot be watched. */
static GFileMonitor *
watch_folder (ShFolderWatch *watch, const char *path, GCallback callback)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  GFileMonitor *monitor =
      g_file_monitor_directory (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);

  if (monitor != NULL)
    {
      g_file_monitor_set_rate_limit (monitor, RATE_LIMIT);
      g_signal_connect (monitor, "changed", callback, watch);
      return monitor;
    }
  if (watch->poll == 0)
    {
      g_warning ("%s cannot be watched, so it is looked at each second: %s",
                 path, error->message);
      watch->poll = g_timeout_add_seconds (POLL_INTERVAL, on_poll, watch);
    }
  return NULL;
}

/* The nearest folder above `path` that exists: "/" at last. */
static char *
find_above (const char *path)
{
  char *above = g_path_get_dirname (path);

  while (!g_file_test (above, G_FILE_TEST_IS_DIR) && strcmp (above, "/") != 0)
    {
      char *next = g_path_get_dirname (above);

      g_free (above);
      above = next;
    }
  return above;
}

static void
refresh_above (ShFolderWatch *watch)
{
  g_autofree char *above = find_above (watch->path);

  if (g_strcmp0 (above, watch->above_path) == 0)
    return;
  drop (&watch->above, watch);
  watch->above = watch_folder (watch, above, G_CALLBACK (on_above));
  g_free (watch->above_path);
  watch->above_path = g_steal_pointer (&above);
}

static void
refresh (ShFolderWatch *watch)
{
  struct stat now = { 0 };

  refresh_above (watch);
  if (stat (watch->path, &now) != 0 || !S_ISDIR (now.st_mode))
    memset (&now, 0, sizeof now);
  /* Its owner and mode decide whether plugins in it may be loaded. */
  if (now.st_ino == watch->seen.st_ino && now.st_dev == watch->seen.st_dev &&
      now.st_mode == watch->seen.st_mode && now.st_uid == watch->seen.st_uid)
    return;
  drop (&watch->folder, watch);
  watch->seen = now;
  if (now.st_ino != 0)
    watch->folder = watch_folder (watch, watch->path, G_CALLBACK (on_folder));
  watch->func (watch, watch->data);
}

ShFolderWatch *
sh_folder_watch_new (const char *path, ShFolderWatchFunc func, gpointer data)
{
  ShFolderWatch *watch;

  g_return_val_if_fail (g_path_is_absolute (path) && func != NULL, NULL);

  watch = g_new0 (ShFolderWatch, 1);
  watch->path = g_strdup (path);
  watch->func = func;
  watch->data = data;
  refresh (watch);
  return watch;
}

void
sh_folder_watch_refresh (ShFolderWatch *watch)
{
  g_return_if_fail (watch != NULL);

  refresh (watch);
}

const char *
sh_folder_watch_get_path (const ShFolderWatch *watch)
{
  return watch->path;
}

void
sh_folder_watch_free (ShFolderWatch *watch)
{
  if (watch == NULL)
    return;
  g_clear_handle_id (&watch->poll, g_source_remove);
  drop (&watch->folder, watch);
  drop (&watch->above, watch);
  g_free (watch->above_path);
  g_free (watch->path);
  g_free (watch);
}
