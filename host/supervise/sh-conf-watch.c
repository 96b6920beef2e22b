/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Waits for simhost.conf to change.
 */

#include <gio/gio.h>

#include "sh-conf-file.h"

struct ShConfWatch
{
  GFileMonitor *monitor; /* NULL: the system gives none */
  void (*changed) (gpointer data);
  gpointer data;
  GSource *timer; /* NULL: nothing has happened */
  gint64 since; /* monotonic: when the first thing did that is not told */
};

static void
clear_timer (ShConfWatch *watch)
{
  if (watch->timer != NULL)
    g_source_destroy (watch->timer);
  g_clear_pointer (&watch->timer, g_source_unref);
}

static gboolean
on_settled (gpointer data)
{
  ShConfWatch *watch = data;

  clear_timer (watch);
  watch->changed (watch->data);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GFileMonitor *monitor,
            GFile *file,
            GFile *other,
            GFileMonitorEvent event,
            ShConfWatch *watch)
{
  gint64 now = g_get_monotonic_time ();

  if (watch->timer == NULL)
    watch->since = now;
  else if (now - watch->since > SH_CONF_WATCH_PATIENCE * 1000)
    return;
  clear_timer (watch);
  watch->timer = g_timeout_source_new (SH_CONF_WATCH_SETTLE);
  g_source_set_callback (watch->timer, on_settled, watch, NULL);
  g_source_attach (watch->timer, g_main_context_get_thread_default ());
}

ShConfWatch *
sh_conf_watch_new (const char *path,
                   void (*changed) (gpointer data),
                   gpointer data)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  ShConfWatch *watch = g_new0 (ShConfWatch, 1);

  watch->changed = changed;
  watch->data = data;
  watch->monitor =
      g_file_monitor_file (file, G_FILE_MONITOR_WATCH_MOVES, NULL, &error);
  if (watch->monitor != NULL)
    g_signal_connect (watch->monitor, "changed", G_CALLBACK (on_changed),
                      watch);
  else
    g_warning ("%s cannot be watched: %s; start the daemon again when it has "
               "changed",
               path, error->message);
  return watch;
}

void
sh_conf_watch_free (ShConfWatch *watch)
{
  if (watch == NULL)
    return;
  clear_timer (watch);
  if (watch->monitor != NULL)
    g_signal_handlers_disconnect_by_data (watch->monitor, watch);
  g_clear_object (&watch->monitor);
  g_free (watch);
}
