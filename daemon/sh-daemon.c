/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-daemon.h"

#include <math.h>
#include <string.h>

#include "sh-brain-objects.h"
#include "sh-bus-error.h"
#include "sh-bus-options.h"
#include "sh-bus-object.h"
#include "sh-catalog.h"
#include "sh-conf-file.h"
#include "sh-dbus.h"
#include "sh-engine-object.h"
#include "sh-error.h"
#include "sh-folders.h"
#include "sh-metrics-server.h"
#include "sh-notify.h"
#include "sh-plugin-metrics.h"
#include "sh-plugin-objects.h"
#include "sh-prometheus.h"
#include "sh-run-metrics.h"
#include "sh-run-objects.h"
#include "sh-session-metrics.h"
#include "sh-session-objects.h"

/* Seconds that the bus may take for connection and name. */
#define BUS_DEADLINE 30u
/* Milliseconds that who waits for the name waits for slow plugins, at most, and
 * between two looks. */
#define SETTLE_DEADLINE 10000u
#define SETTLE_INTERVAL 20u
/* Milliseconds by which showing a change is put off. */
#define UPDATE_DELAY 20u

struct ShDaemon
{
  ShDaemonOptions options;
  GMainLoop *loop;
  guint deadline;
  guint settling;
  guint n_looks; /* whether plugins have settled */
  guint name_id;
  gboolean has_name;
  gboolean ending;
  GError *error; /* why it ends */

  /* From the connection on. */
  GDBusConnection *connection;
  GDBusObjectManagerServer *server;
  ShDbusManager *manager;
  ShNotify *notify;
  ShPluginObjects *plugins;
  ShSessionObjects *sessions;
  ShBrainObjects *brains;
  ShRunObjects *runs;
  ShEngineObject *engine;
  guint n_stopping; /* of those that have processes */
  ShFolders *folders;
  ShConfWatch *conf;
  ShMetricsServer *metrics;
  guint update; /* timer */
};

static void
on_stopped (gpointer data)
{
  ShDaemon *daemon = data;

  if (--daemon->n_stopping == 0)
    g_main_loop_quit (daemon->loop);
}

/* Once all processes have ended. */
static void
end (ShDaemon *daemon, GError *error)
{
  if (daemon->ending)
    {
      g_clear_error (&error);
      return;
    }
  daemon->ending = TRUE;
  daemon->error = error;
  if (daemon->sessions == NULL)
    {
      g_main_loop_quit (daemon->loop);
      return;
    }
  daemon->n_stopping = 3;
  sh_session_objects_stop (daemon->sessions, on_stopped, daemon);
  sh_run_objects_stop (daemon->runs, on_stopped, daemon);
  sh_engine_object_stop (daemon->engine, on_stopped, daemon);
}

/* ---- plugins ---- */

static gboolean
on_update (gpointer data)
{
  ShDaemon *daemon = data;
  g_autoptr (GPtrArray) plugins = sh_folders_get_plugins (daemon->folders);

  daemon->update = 0;
  sh_plugin_objects_update (daemon->plugins, plugins);
  sh_session_objects_update_plugins (daemon->sessions);
  return G_SOURCE_REMOVE;
}

/* Many files may have changed at once; the objects are gone through once. */
static void
on_folders_changed (ShFolders *folders,
                    ShFoldersChange change,
                    ShPluginInfo *info,
                    gpointer data)
{
  ShDaemon *daemon = data;

  if (daemon->update == 0)
    daemon->update = g_timeout_add (UPDATE_DELAY, on_update, daemon);
}

/* ---- brains and runs ---- */

static void
on_brain_train (ShBrainSummary *brain,
                GDBusMethodInvocation *invocation,
                GVariant *options,
                gpointer data)
{
  ShDaemon *daemon = data;
  GError *error = NULL;
  ShTrainPlan *plan = sh_train_plan_new_resumed (brain, options, &error);

  sh_run_objects_train (daemon->runs, invocation, plan, error);
}

static void
on_brains_changed (gpointer data)
{
  ShDaemon *daemon = data;

  sh_run_objects_update_brains (daemon->runs);
}

static const ShBrainFuncs brain_funcs = { on_brain_train, on_brains_changed };

static gboolean
on_train (ShDbusManager *manager,
          GDBusMethodInvocation *invocation,
          const char *curriculum,
          GVariant *options,
          ShDaemon *daemon)
{
  GError *error = NULL;
  ShTrainPlan *plan = sh_train_plan_new (curriculum, options, &error);

  sh_run_objects_train (daemon->runs, invocation, plan, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* Whoever interrupted one knows. */
static void
notify_of_run (ShDaemon *daemon, const ShRunObject *run)
{
  static const char *const words[][2] = {
    { "curriculum-met", "has learnt its curriculum" },
    { "iteration-limit", "has come to its limit of iterations" },
    { "no-progress", "makes no more progress" },
    { "failed", "cannot be trained" },
  };
  const ShRunReport *report = sh_run_object_get_report (run);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (report->reason, words[i][0]) == 0)
      {
        g_autofree char *title = g_strdup_printf (
            "Brain '%s' %s", sh_run_object_get_brain (run), words[i][1]);
        g_autofree char *mean =
            isnan (report->mean_return)
                ? g_strdup ("")
                : g_strdup_printf ("Its mean return is %.6g.",
                                   report->mean_return);

        sh_notify_add (daemon->notify, title,
                       report->message[0] != '\0' ? report->message : mean);
      }
}

static void
on_run_finished (ShRunObject *run, gpointer data)
{
  ShDaemon *daemon = data;
  const ShRunReport *report = sh_run_object_get_report (run);

  sh_dbus_manager_emit_run_finished (
      daemon->manager, sh_run_object_get_path (run),
      sh_run_object_get_brain (run), report->version, report->reason,
      report->message, report->mean_return);
  notify_of_run (daemon, run);
}

static void
on_stop_served (const char *brain, gpointer data)
{
  ShDaemon *daemon = data;

  sh_engine_object_stop_training (daemon->engine, brain);
}

static const ShRunFuncs run_funcs = { on_run_finished, on_stop_served };

/* ---- the engine ---- */

static void
on_engine (const char *url, const char *access_key, gpointer data)
{
  ShDaemon *daemon = data;

  sh_session_objects_set_engine (daemon->sessions, url, access_key);
}

static void
on_engine_told (guint pid, const char *line, gpointer data)
{
  ShDaemon *daemon = data;

  sh_run_objects_tell_served (daemon->runs, pid, line);
}

static void
on_engine_lost (const GError *error, gpointer data)
{
  ShDaemon *daemon = data;

  sh_run_objects_lose_served (daemon->runs, error);
}

static const ShEngineObjectFuncs engine_funcs = { on_engine, on_engine_told,
                                                  on_engine_lost };

/* ---- metrics ---- */

static void
on_metrics (GString *page, gpointer data)
{
  ShDaemon *daemon = data;
  g_autoptr (GPtrArray) plugins = sh_folders_get_plugins (daemon->folders);

  sh_plugin_metrics_write (page, plugins);
  sh_session_metrics_write (page, daemon->sessions);
  sh_run_metrics_write (page, daemon->runs);
  sh_prometheus_add_process (page);
}

static gboolean
show_metrics (ShDaemon *daemon, const char *address, GError **error)
{
  const char *before = sh_metrics_server_get_url (daemon->metrics);
  const char *url;

  if (!sh_metrics_server_listen (daemon->metrics, address, error))
    return FALSE;
  url = sh_metrics_server_get_url (daemon->metrics);
  if (url != NULL && url != before)
    g_message ("metrics are at %s", url);
  return TRUE;
}

/* ---- simhost.conf ---- */

/* What the command line says comes first. An address where it cannot listen is a
 * warning like others. */
static void
listen_as_configured (ShDaemon *daemon, const ShConfFile *conf)
{
  g_autoptr (GError) error = NULL;

  if (daemon->options.metrics != NULL ||
      show_metrics (daemon, conf->daemon.metrics, &error))
    return;
  g_ptr_array_add (
      conf->warnings,
      g_strdup_printf ("%s: [daemon] metrics: %s", conf->path, error->message));
}

static void
read_conf (gpointer data)
{
  ShDaemon *daemon = data;
  g_autofree char *path = sh_conf_file_get_path ();
  g_autoptr (ShConfFile) conf = sh_conf_file_load (path);

  if (daemon->ending)
    return;
  if (!conf->unreadable)
    listen_as_configured (daemon, conf);
  for (guint i = 0; i < conf->warnings->len; i++)
    g_warning ("%s", (const char *) conf->warnings->pdata[i]);
  g_ptr_array_add (conf->warnings, NULL);
  sh_dbus_manager_set_warnings (daemon->manager,
                                (const char *const *) conf->warnings->pdata);
  sh_notify_set_enabled (daemon->notify, conf->daemon.notifications);
  /* What it says is not known; what was said before holds. */
  if (conf->unreadable)
    return;
  sh_engine_object_configure (daemon->engine, &conf->engine);
  sh_run_objects_set_max (daemon->runs, conf->daemon.trainings);
  sh_session_objects_configure (daemon->sessions, conf->sessions);
}

/* ---- the manager ---- */

static gboolean
on_rescan (ShDbusManager *manager,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           ShDaemon *daemon)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "Rescan", &error))
    {
      sh_bus_return_error (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  sh_folders_rescan (daemon->folders);
  sh_dbus_manager_complete_rescan (manager, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_start_session (ShDbusManager *manager,
                  GDBusMethodInvocation *invocation,
                  const char *simulator,
                  GVariant *options,
                  ShDaemon *daemon)
{
  g_autoptr (GError) error = NULL;
  const char *path =
      daemon->ending ? NULL
                     : sh_session_objects_start (daemon->sessions, simulator,
                                                 options, &error);

  if (path != NULL)
    sh_dbus_manager_complete_start_session (manager, invocation, path);
  else if (error != NULL)
    sh_bus_return_error (invocation, error);
  else
    g_dbus_method_invocation_return_dbus_error (
        invocation, SH_BUS_ERROR_PREFIX "Busy", "the daemon is ending");
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
make_manager (ShDaemon *daemon, char **folders)
{
  static const char *const none[] = { NULL };
  g_autofree char *file = sh_conf_file_get_path ();

  daemon->manager = sh_dbus_manager_skeleton_new ();
  sh_dbus_manager_set_version (daemon->manager, SIMHOST_VERSION);
  sh_dbus_manager_set_plugin_folders (daemon->manager,
                                      (const char *const *) folders);
  sh_dbus_manager_set_config_file (daemon->manager, file);
  sh_dbus_manager_set_warnings (daemon->manager, none);
  g_signal_connect (daemon->manager, "handle-rescan", G_CALLBACK (on_rescan),
                    daemon);
  g_signal_connect (daemon->manager, "handle-start-session",
                    G_CALLBACK (on_start_session), daemon);
  g_signal_connect (daemon->manager, "handle-train", G_CALLBACK (on_train),
                    daemon);
}

/* ---- the bus ---- */

static const char *
get_bus (const ShDaemon *daemon)
{
  return daemon->options.system ? "system bus" : "session bus";
}

static void
on_name_acquired (GDBusConnection *connection, const char *name, gpointer data)
{
  ShDaemon *daemon = data;

  daemon->has_name = TRUE;
  g_clear_handle_id (&daemon->deadline, g_source_remove);
}

static GError *
explain_name (const ShDaemon *daemon)
{
  if (daemon->options.replace)
    return g_error_new (SH_ERROR, SH_ERROR_REFUSED,
                        "the %s does not give the name " SH_BUS_NAME
                        " to this program",
                        get_bus (daemon));
  return g_error_new (SH_ERROR, SH_ERROR_BUSY,
                      "another daemon is running, or the %s does not give the "
                      "name " SH_BUS_NAME "; --replace takes another's place",
                      get_bus (daemon));
}

static void
on_name_lost (GDBusConnection *connection, const char *name, gpointer data)
{
  ShDaemon *daemon = data;

  end (daemon, daemon->has_name ? NULL : explain_name (daemon));
}

static void
on_closed (GDBusConnection *connection,
           gboolean vanished,
           GError *error,
           gpointer data)
{
  end (data, NULL);
}

/* All is there before the name is: whoever waits for the name sees it. */
static gboolean
take_name (gpointer data)
{
  ShDaemon *daemon = data;
  GBusNameOwnerFlags flags = G_BUS_NAME_OWNER_FLAGS_ALLOW_REPLACEMENT |
                             G_BUS_NAME_OWNER_FLAGS_DO_NOT_QUEUE;

  if ((!sh_folders_is_settled (daemon->folders) || daemon->update != 0 ||
       !sh_brain_objects_is_settled (daemon->brains)) &&
      ++daemon->n_looks < SETTLE_DEADLINE / SETTLE_INTERVAL)
    return G_SOURCE_CONTINUE;
  daemon->settling = 0;
  if (daemon->options.replace)
    flags |= G_BUS_NAME_OWNER_FLAGS_REPLACE;
  daemon->name_id = g_bus_own_name_on_connection (
      daemon->connection, SH_BUS_NAME, flags, on_name_acquired, on_name_lost,
      daemon, NULL);
  return G_SOURCE_REMOVE;
}

static void
show_all (ShDaemon *daemon)
{
  g_auto (GStrv) folders = sh_catalog_get_folders ();
  GError *error = NULL;

  daemon->server = g_dbus_object_manager_server_new (SH_BUS_ROOT);
  daemon->notify = sh_notify_new (daemon->connection);
  daemon->metrics = sh_metrics_server_new (on_metrics, daemon);
  daemon->plugins = sh_plugin_objects_new (daemon->server);
  daemon->sessions = sh_session_objects_new (daemon->server, daemon->connection,
                                             daemon->plugins, daemon->notify);
  daemon->brains = sh_brain_objects_new (daemon->server, &brain_funcs, daemon);
  daemon->runs = sh_run_objects_new (daemon->server, daemon->plugins,
                                     daemon->brains, &run_funcs, daemon);
  make_manager (daemon, folders);
  daemon->engine =
      sh_engine_object_new (daemon->manager, &engine_funcs, daemon);
  if ((daemon->options.metrics != NULL &&
       !show_metrics (daemon, daemon->options.metrics, &error)) ||
      !g_dbus_interface_skeleton_export (
          G_DBUS_INTERFACE_SKELETON (daemon->manager), daemon->connection,
          SH_BUS_ROOT, &error))
    {
      end (daemon, error);
      return;
    }
  g_dbus_object_manager_server_set_connection (daemon->server,
                                               daemon->connection);
  daemon->folders = sh_folders_new ((const char *const *) folders,
                                    on_folders_changed, daemon);
  daemon->conf = sh_conf_watch_new (
      sh_dbus_manager_get_config_file (daemon->manager), read_conf, daemon);
  read_conf (daemon);
  daemon->settling = g_timeout_add (SETTLE_INTERVAL, take_name, daemon);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer data)
{
  ShDaemon *daemon = data;
  g_autoptr (GError) error = NULL;

  daemon->connection = g_bus_get_finish (result, &error);
  if (daemon->connection == NULL)
    {
      end (daemon,
           g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                        "there is no %s to be reached%s (%s)", get_bus (daemon),
                        daemon->options.system
                            ? "; is the service dbus running?"
                            : "; log in, or start it with 'dbus-run-session "
                              "simhost daemon'",
                        error->message));
      return;
    }
  g_dbus_connection_set_exit_on_close (daemon->connection, FALSE);
  g_signal_connect (daemon->connection, "closed", G_CALLBACK (on_closed),
                    daemon);
  show_all (daemon);
}

static gboolean
on_deadline (gpointer data)
{
  ShDaemon *daemon = data;

  daemon->deadline = 0;
  end (daemon, g_error_new (SH_ERROR, SH_ERROR_TIMEOUT,
                            "the %s did not answer within %u s",
                            get_bus (daemon), BUS_DEADLINE));
  return G_SOURCE_REMOVE;
}

ShDaemon *
sh_daemon_new (const ShDaemonOptions *options)
{
  ShDaemon *daemon = g_new0 (ShDaemon, 1);

  daemon->options = *options;
  daemon->loop = g_main_loop_new (NULL, FALSE);
  return daemon;
}

gboolean
sh_daemon_run (ShDaemon *daemon, GError **error)
{
  g_return_val_if_fail (daemon != NULL && daemon->connection == NULL, FALSE);

  daemon->deadline = g_timeout_add_seconds (BUS_DEADLINE, on_deadline, daemon);
  g_bus_get (daemon->options.system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION,
             NULL, on_connected, daemon);
  g_main_loop_run (daemon->loop);
  if (daemon->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&daemon->error));
  return FALSE;
}

void
sh_daemon_stop (ShDaemon *daemon)
{
  g_return_if_fail (daemon != NULL);

  end (daemon, NULL);
}

void
sh_daemon_free (ShDaemon *daemon)
{
  if (daemon == NULL)
    return;
  g_clear_handle_id (&daemon->deadline, g_source_remove);
  g_clear_handle_id (&daemon->settling, g_source_remove);
  g_clear_handle_id (&daemon->name_id, g_bus_unown_name);
  g_clear_handle_id (&daemon->update, g_source_remove);
  g_clear_pointer (&daemon->metrics, sh_metrics_server_free);
  g_clear_pointer (&daemon->conf, sh_conf_watch_free);
  g_clear_pointer (&daemon->folders, sh_folders_free);
  g_clear_pointer (&daemon->engine, sh_engine_object_free);
  g_clear_pointer (&daemon->runs, sh_run_objects_free);
  g_clear_pointer (&daemon->brains, sh_brain_objects_free);
  g_clear_pointer (&daemon->sessions, sh_session_objects_free);
  g_clear_pointer (&daemon->plugins, sh_plugin_objects_free);
  g_clear_pointer (&daemon->notify, sh_notify_free);
  if (daemon->manager != NULL &&
      g_dbus_interface_skeleton_get_connection (
          G_DBUS_INTERFACE_SKELETON (daemon->manager)) != NULL)
    g_dbus_interface_skeleton_unexport (
        G_DBUS_INTERFACE_SKELETON (daemon->manager));
  g_clear_object (&daemon->manager);
  if (daemon->server != NULL)
    g_dbus_object_manager_server_set_connection (daemon->server, NULL);
  g_clear_object (&daemon->server);
  if (daemon->connection != NULL)
    g_signal_handlers_disconnect_by_data (daemon->connection, daemon);
  g_clear_object (&daemon->connection);
  g_clear_error (&daemon->error);
  g_main_loop_unref (daemon->loop);
  g_free (daemon);
}
