/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-monitor.h"

#include "sh-verbs.h"
#include "sh-window.h"

struct _ShMonitor
{
  AdwApplication parent;
  ShHostModel *model;
};

G_DEFINE_FINAL_TYPE (ShMonitor, sh_monitor, ADW_TYPE_APPLICATION)

static ShWindow *
get_window (ShMonitor *monitor)
{
  GtkWindow *window =
      gtk_application_get_active_window (GTK_APPLICATION (monitor));

  while (window != NULL && !SH_IS_WINDOW (window))
    window = gtk_window_get_transient_for (window);
  return window == NULL ? NULL : SH_WINDOW (window);
}

/* ---- actions ---- */

static void
on_show (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_application_activate (G_APPLICATION (data));
  if (get_window (data) != NULL)
    sh_window_show_path (get_window (data),
                         g_variant_get_string (parameter, NULL));
}

static void
on_quit (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ShWindow *window = get_window (data);

  if (window != NULL)
    gtk_window_close (GTK_WINDOW (window));
  g_application_quit (G_APPLICATION (data));
}

static void
on_about (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const developers[] = { "The Simhost developers", NULL };

  adw_show_about_window (
      GTK_WINDOW (get_window (data)), "application-name", "Simhost Monitor",
      "application-icon", SH_MONITOR_ID, "version", SIMHOST_VERSION,
      "developer-name", developers[0], "developers", developers, "comments",
      "Simulators, sessions and brains of Simhost at a glance.", "license-type",
      GTK_LICENSE_LGPL_2_1, NULL);
}

static const GActionEntry actions[] = {
  { "show", on_show, "s", NULL, NULL, { 0 } },
  { "quit", on_quit, NULL, NULL, NULL, { 0 } },
  { "about", on_about, NULL, NULL, NULL, { 0 } },
};

/* ---- the application ---- */

static void
sh_monitor_startup (GApplication *application)
{
  ShMonitor *monitor = SH_MONITOR (application);
  GDBusConnection *connection;

  G_APPLICATION_CLASS (sh_monitor_parent_class)->startup (application);
  g_set_application_name ("Simhost Monitor");
  gtk_window_set_default_icon_name (SH_MONITOR_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (monitor), actions,
                                   G_N_ELEMENTS (actions), monitor);
  sh_verbs_set_accels (GTK_APPLICATION (monitor));
  connection = g_application_get_dbus_connection (application);
  if (connection == NULL)
    return;
  monitor->model = sh_host_model_new (connection);
}

static void
sh_monitor_activate (GApplication *application)
{
  ShMonitor *monitor = SH_MONITOR (application);
  ShWindow *window = get_window (monitor);

  /* main() has seen to it that there is a bus. */
  if (monitor->model == NULL)
    return;
  if (window == NULL)
    window = SH_WINDOW (
        sh_window_new (GTK_APPLICATION (application), monitor->model));
  gtk_window_present (GTK_WINDOW (window));
}

static void
sh_monitor_shutdown (GApplication *application)
{
  ShMonitor *monitor = SH_MONITOR (application);

  g_clear_object (&monitor->model);
  G_APPLICATION_CLASS (sh_monitor_parent_class)->shutdown (application);
}

static void
sh_monitor_class_init (ShMonitorClass *class)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (class);

  application_class->startup = sh_monitor_startup;
  application_class->activate = sh_monitor_activate;
  application_class->shutdown = sh_monitor_shutdown;
}

static void
sh_monitor_init (ShMonitor *monitor)
{
}

GApplication *
sh_monitor_new (void)
{
  return g_object_new (SH_TYPE_MONITOR, "application-id", SH_MONITOR_ID,
                       "resource-base-path", "/org/simhost/Monitor", NULL);
}
