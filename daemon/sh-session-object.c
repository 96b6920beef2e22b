/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-object.h"

#include <math.h>

#include "sh-bus-error.h"
#include "sh-bus-options.h"
#include "sh-bus-object.h"
#include "sh-dbus.h"
#include "sh-error.h"

#define INTERFACE SH_BUS_NAME ".Session"
/* Lines in one signal; of more the last ones are sent. */
#define MAX_LINES 200u
/* Episodes likewise; of more the last ones, too. */
#define MAX_EPISODES 100u

struct ShSessionObject
{
  const ShSessionCommon *common;
  ShDbusSession *skeleton;
  char *path;
  ShUnit *unit;
  ShPacerItem item;
  ShUnitState shown_state;
  GPid shown_pid;
  gboolean configured;
  gboolean hidden;
  /* What subscribers have not got yet. */
  guint n_new_lines; /* of the log */
  GArray *episodes; /* of ShReportEpisode */
  guint64 n_left_out; /* episodes */
};

/* ---- what is shown ---- */

static void
show_settings (ShSessionObject *session)
{
  const ShUnitSettings *settings = sh_unit_get_settings (session->unit);
  ShDbusSession *skeleton = session->skeleton;
  const char *simulator = sh_plugin_objects_find_simulator (
      session->common->plugins, settings->simulator);

  sh_dbus_session_set_name (skeleton, settings->name);
  sh_dbus_session_set_simulator (skeleton, settings->simulator);
  sh_dbus_session_set_simulator_object (
      skeleton, simulator != NULL ? simulator : SH_BUS_NOWHERE);
  sh_dbus_session_set_configured (skeleton, session->configured);
  sh_dbus_session_set_autostart (skeleton, settings->autostart);
  sh_dbus_session_set_restart (skeleton,
                               sh_restart_policy_to_string (settings->restart));
  sh_dbus_session_set_mode (skeleton, settings->predict ? "predict" : "train");
  sh_dbus_session_set_brain_version (skeleton, settings->version);
  sh_dbus_session_set_instances (skeleton, settings->n_instances);
}

static void
show_status (ShSessionObject *session, const ShUnitStatus *status)
{
  ShDbusSession *skeleton = session->skeleton;
  g_auto (GStrv) sim_ids = sh_unit_get_sim_ids (session->unit);

  sh_dbus_session_set_state (skeleton, sh_unit_state_to_string (status->state));
  sh_dbus_session_set_engine (skeleton,
                              status->engine != NULL ? status->engine : "");
  sh_dbus_session_set_brain (skeleton,
                             status->brain != NULL ? status->brain : "");
  sh_dbus_session_set_connected (skeleton, status->n_connected);
  sh_dbus_session_set_sim_ids (skeleton, (const char *const *) sim_ids);
  sh_dbus_session_set_objective (skeleton, status->objective);
  sh_dbus_session_set_restarts (skeleton, status->n_restarts);
  sh_dbus_session_set_last_error (skeleton, status->error);
  sh_dbus_session_set_last_error_time (skeleton, status->error_time);
  sh_dbus_session_set_pid (skeleton, (guint) status->pid);
  sh_dbus_session_set_start_time (skeleton, status->start_time);
}

static void
show_numbers (ShSessionObject *session, const ShUnitStatus *status)
{
  ShDbusSession *skeleton = session->skeleton;

  sh_dbus_session_set_iteration_count (skeleton, status->n_iterations);
  sh_dbus_session_set_episode_count (skeleton, status->n_episodes);
  sh_dbus_session_set_iteration_rate (skeleton, status->iteration_rate);
  sh_dbus_session_set_episode_rate (skeleton, status->episode_rate);
  sh_dbus_session_set_last_return (skeleton, status->last_return);
  sh_dbus_session_set_mean_return (skeleton, status->mean_return);
  sh_dbus_session_set_reconnects (skeleton, status->n_reconnects);
  sh_dbus_session_set_memory (skeleton, sh_unit_get_memory (session->unit));
}

static GVariant *
lines_to_variant (ShSessionObject *session, guint n)
{
  g_autoptr (GPtrArray) lines =
      sh_unit_log_get_last (sh_unit_get_log (session->unit), n);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(xs)"));
  for (guint i = 0; i < lines->len; i++)
    {
      const ShUnitLine *line = lines->pdata[i];

      g_variant_builder_add (&builder, "(xs)", line->time, line->text);
    }
  return g_variant_builder_end (&builder);
}

static void
send_lines (ShSessionObject *session)
{
  guint n = MIN (session->n_new_lines, MAX_LINES);
  GVariant *lines;

  session->n_new_lines = 0;
  if (n == 0 ||
      !sh_subscribers_are_there (session->common->subscribers, session->path))
    return;
  lines = lines_to_variant (session, n);
  sh_subscribers_emit (session->common->subscribers, session->path, INTERFACE,
                       "Log", g_variant_new_tuple (&lines, 1));
}

static void
send_episodes (ShSessionObject *session)
{
  GVariantBuilder builder;

  if (session->episodes->len == 0 && session->n_left_out == 0)
    return;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(utdu)"));
  for (guint i = 0; i < session->episodes->len; i++)
    {
      const ShReportEpisode *episode =
          &g_array_index (session->episodes, ShReportEpisode, i);

      g_variant_builder_add (
          &builder, "(utdu)", episode->instance, episode->number,
          episode->end == SH_REPORT_CUT ? (double) NAN
                                        : episode->episode_return,
          episode->length);
    }
  sh_subscribers_emit (
      session->common->subscribers, session->path, INTERFACE, "Episodes",
      g_variant_new ("(a(utdu)t)", &builder, session->n_left_out));
  g_array_set_size (session->episodes, 0);
  session->n_left_out = 0;
}

static void
show (ShSessionObject *session)
{
  const ShUnitStatus *status = sh_unit_get_status (session->unit);

  session->shown_state = status->state;
  session->shown_pid = status->pid;
  show_settings (session);
  show_status (session, status);
  show_numbers (session, status);
  send_lines (session);
  send_episodes (session);
}

void
sh_session_object_show (ShPacerItem *item, gpointer data)
{
  show ((ShSessionObject *) ((char *) item -
                             G_STRUCT_OFFSET (ShSessionObject, item)));
}

static void
touch (ShSessionObject *session, ShPacerRank rank)
{
  if (!session->hidden)
    sh_pacer_touch (session->common->pacer, &session->item, rank);
}

static void
on_changed (ShUnit *unit, gpointer data)
{
  ShSessionObject *session = data;
  const ShUnitStatus *status = sh_unit_get_status (unit);
  gboolean urgent = status->state != session->shown_state ||
                    status->pid != session->shown_pid;

  touch (session, urgent ? SH_PACER_STATE : SH_PACER_NUMBERS);
  if (urgent)
    session->common->changed (session, session->common->data);
}

static void
on_logged (ShUnit *unit, const ShUnitLine *line, gpointer data)
{
  ShSessionObject *session = data;

  if (!sh_subscribers_are_there (session->common->subscribers, session->path))
    return;
  session->n_new_lines++;
  touch (session, SH_PACER_NUMBERS);
}

static void
on_episodes (ShUnit *unit,
             const ShReportEpisode *episodes,
             guint n,
             guint64 left_out,
             gpointer data)
{
  ShSessionObject *session = data;

  if (!sh_subscribers_are_there (session->common->subscribers, session->path))
    {
      g_array_set_size (session->episodes, 0);
      session->n_left_out = 0;
      return;
    }
  g_array_append_vals (session->episodes, episodes, n);
  session->n_left_out += left_out;
  if (session->episodes->len > MAX_EPISODES)
    {
      guint n_old = session->episodes->len - MAX_EPISODES;

      g_array_remove_range (session->episodes, 0, n_old);
      session->n_left_out += n_old;
    }
  touch (session, SH_PACER_NUMBERS);
}

static void
on_gave_up (ShUnit *unit, gpointer data)
{
  ShSessionObject *session = data;
  g_autofree char *title = g_strdup_printf (
      "Session '%s' has failed", sh_unit_get_settings (session->unit)->name);

  sh_notify_add (session->common->notify, title,
                 sh_unit_get_status (session->unit)->error);
}

static const ShUnitFuncs unit_funcs = {
  .changed = on_changed,
  .logged = on_logged,
  .episodes = on_episodes,
  .gave_up = on_gave_up,
};

/* ---- methods ---- */

/* Answers a method that has no result, by whether there was an error. */
static gboolean
answer (GDBusMethodInvocation *invocation, const GError *error)
{
  if (error != NULL)
    sh_bus_return_error (invocation, error);
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* The same for one that changes its state: whoever asked can see it when it is
 * answered. */
static gboolean
answer_order (ShSessionObject *session,
              GDBusMethodInvocation *invocation,
              const GError *error)
{
  if (error == NULL)
    sh_pacer_show (session->common->pacer, &session->item);
  return answer (invocation, error);
}

static gboolean
on_start (ShDbusSession *skeleton,
          GDBusMethodInvocation *invocation,
          GVariant *options,
          ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "Start", &error))
    sh_unit_start (session->unit);
  return answer_order (session, invocation, error);
}

static gboolean
on_stop (ShDbusSession *skeleton,
         GDBusMethodInvocation *invocation,
         GVariant *options,
         ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "Stop", &error))
    sh_unit_stop (session->unit);
  return answer_order (session, invocation, error);
}

static gboolean
on_restart (ShDbusSession *skeleton,
            GDBusMethodInvocation *invocation,
            GVariant *options,
            ShSessionObject *session)
{
  static const ShBusOption table[] = { { "now", "b", 0 } };
  g_autoptr (GError) error = NULL;
  gboolean now = FALSE;

  if (sh_bus_options_read (options, "Restart", table, G_N_ELEMENTS (table),
                           &now, &error))
    sh_unit_restart (session->unit, now);
  return answer_order (session, invocation, error);
}

static gboolean
on_delete (ShDbusSession *skeleton,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "Delete", &error))
    return answer (invocation, error);
  if (session->configured)
    {
      g_set_error (&error, SH_ERROR, SH_ERROR_USAGE,
                   "session '%s' comes from simhost.conf: take it out there",
                   sh_session_object_get_name (session));
      return answer (invocation, error);
    }
  answer (invocation, NULL);
  session->common->deleted (session, session->common->data);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_get_log (ShDbusSession *skeleton,
            GDBusMethodInvocation *invocation,
            guint n,
            GVariant *options,
            ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "GetLog", &error))
    return answer (invocation, error);
  sh_dbus_session_complete_get_log (skeleton, invocation,
                                    lines_to_variant (session, n));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_subscribe (ShDbusSession *skeleton,
              GDBusMethodInvocation *invocation,
              GVariant *options,
              ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "Subscribe", &error))
    sh_subscribers_add (session->common->subscribers,
                        g_dbus_method_invocation_get_sender (invocation),
                        session->path, &error);
  return answer (invocation, error);
}

static gboolean
on_unsubscribe (ShDbusSession *skeleton,
                GDBusMethodInvocation *invocation,
                GVariant *options,
                ShSessionObject *session)
{
  g_autoptr (GError) error = NULL;

  if (sh_bus_options_check_none (options, "Unsubscribe", &error))
    sh_subscribers_remove (session->common->subscribers,
                           g_dbus_method_invocation_get_sender (invocation),
                           session->path);
  return answer (invocation, error);
}

static void
connect_methods (ShSessionObject *session)
{
  static const struct
  {
    const char *signal;
    GCallback callback;
  } methods[] = {
    { "handle-start", G_CALLBACK (on_start) },
    { "handle-stop", G_CALLBACK (on_stop) },
    { "handle-restart", G_CALLBACK (on_restart) },
    { "handle-delete", G_CALLBACK (on_delete) },
    { "handle-get-log", G_CALLBACK (on_get_log) },
    { "handle-subscribe", G_CALLBACK (on_subscribe) },
    { "handle-unsubscribe", G_CALLBACK (on_unsubscribe) },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect (session->skeleton, methods[i].signal, methods[i].callback,
                      session);
}

/* ---- its life ---- */

ShSessionObject *
sh_session_object_new (const ShSessionCommon *common,
                       const ShUnitSettings *settings,
                       gboolean configured)
{
  ShSessionObject *session = g_new0 (ShSessionObject, 1);

  session->common = common;
  session->configured = configured;
  session->episodes = g_array_new (FALSE, FALSE, sizeof (ShReportEpisode));
  session->unit =
      sh_unit_new (settings, &sh_retry_system_source, &unit_funcs, session);
  session->skeleton = sh_dbus_session_skeleton_new ();
  sh_bus_allow_nan (session->skeleton);
  session->path = sh_bus_path_new (common->server, "session", settings->name);
  connect_methods (session);
  sh_session_object_update_engine (session);
  sh_session_object_update_plugin (session);
  show (session);
  sh_bus_show (common->server, session->path, session->skeleton);
  return session;
}

void
sh_session_object_start (ShSessionObject *session)
{
  sh_unit_start (session->unit);
  sh_pacer_show (session->common->pacer, &session->item);
}

void
sh_session_object_update_plugin (ShSessionObject *session)
{
  const char *name = sh_unit_get_settings (session->unit)->simulator;
  const ShSimulatorInfo *simulator;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPluginInfo) plugin = sh_plugin_objects_find_plugin (
      session->common->plugins, name, &simulator, &error);

  sh_unit_set_plugin (
      session->unit, plugin,
      error != NULL && error->code == SH_ERROR_PLUGIN ? error->message : NULL);
  touch (session, SH_PACER_STATE);
}

void
sh_session_object_update_engine (ShSessionObject *session)
{
  sh_unit_set_engine (session->unit, session->common->engine,
                      session->common->access_key);
  touch (session, SH_PACER_STATE);
}

void
sh_session_object_configure (ShSessionObject *session,
                             const ShUnitSettings *settings)
{
  session->configured = TRUE;
  sh_unit_set_settings (session->unit, settings);
  sh_session_object_update_plugin (session);
}

gboolean
sh_session_object_is_configured (ShSessionObject *session)
{
  return session->configured;
}

ShUnit *
sh_session_object_get_unit (ShSessionObject *session)
{
  return session->unit;
}

const char *
sh_session_object_get_name (ShSessionObject *session)
{
  return sh_unit_get_settings (session->unit)->name;
}

const char *
sh_session_object_get_path (ShSessionObject *session)
{
  return session->path;
}

void
sh_session_object_hide (ShSessionObject *session)
{
  if (session->hidden)
    return;
  session->hidden = TRUE;
  sh_pacer_forget (session->common->pacer, &session->item);
  sh_subscribers_remove_object (session->common->subscribers, session->path);
  g_signal_handlers_disconnect_by_data (session->skeleton, session);
  g_dbus_object_manager_server_unexport (session->common->server,
                                         session->path);
}

void
sh_session_object_free (ShSessionObject *session)
{
  sh_session_object_hide (session);
  sh_unit_free (session->unit);
  g_array_unref (session->episodes);
  g_object_unref (session->skeleton);
  g_free (session->path);
  g_free (session);
}
