/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-view.h"

#include "sh-log.h"
#include "sh-plot-card.h"

struct _ShSessionView
{
  AdwBin parent;
  ShHostModel *model;
  ShItem *session;
  GDBusConnection *connection;
  guint subscription;
  GCancellable *cancellable;
  ShPlotCard *plot;
  ShLog *log;
  ShSeries *episodes; /* only dots */
  double n_ended; /* of all episodes of the session */
  gint64
      log_until; /* time of the last line of GetLog's answer; -1: not there */
};

G_DEFINE_FINAL_TYPE (ShSessionView, sh_session_view, ADW_TYPE_BIN)

static void
show_returns (ShSessionView *view)
{
  g_autoptr (ShSeries) series =
      sh_series_copy (sh_item_get_history (view->session));

  g_array_append_vals (series->dots, view->episodes->dots->data,
                       view->episodes->dots->len);
  sh_plot_card_set_series (view->plot, series);
}

/* Episodes are numbered for each instance; they are plotted against the session's
 * count, which goes on from where it was when the first of them came. */
static void
add_episodes (ShSessionView *view, GVariant *parameters)
{
  g_autoptr (GVariantIter) episodes = NULL;
  guint64 left_out;
  double value;

  g_variant_get (parameters, "(a(utdu)t)", &episodes, &left_out);
  view->n_ended += (double) left_out;
  while (g_variant_iter_next (episodes, "(utdu)", NULL, NULL, &value, NULL))
    sh_series_add_dot (view->episodes, ++view->n_ended, value);
  show_returns (view);
}

/* The daemon holds lines back for a moment, so that some of them are in the answer
 * of GetLog already; before that is there all of them are. */
static void
add_lines (ShSessionView *view, GVariant *lines)
{
  GVariantIter iter;
  const char *line;
  gint64 time;

  if (view->log_until < 0)
    return;
  g_variant_iter_init (&iter, lines);
  while (g_variant_iter_next (&iter, "(x&s)", &time, &line))
    if (time > view->log_until)
      sh_log_add (view->log, time, line);
}

static void
on_signal (GDBusConnection *connection,
           const char *sender,
           const char *path,
           const char *interface,
           const char *name,
           GVariant *parameters,
           gpointer data)
{
  ShSessionView *view = data;

  if (g_str_equal (name, "Episodes") &&
      g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(utdu)t)")))
    add_episodes (view, parameters);
  else if (g_str_equal (name, "Log") &&
           g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(a(xs))")))
    {
      g_autoptr (GVariant) lines = g_variant_get_child_value (parameters, 0);

      add_lines (view, lines);
    }
}

static void
on_log (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShSessionView) view = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);
  g_autoptr (GVariant) lines = NULL;
  gsize n;

  if (g_cancellable_is_cancelled (view->cancellable))
    return;
  if (reply == NULL)
    {
      sh_log_add (view->log, 0, error->message);
      return;
    }
  lines = g_variant_get_child_value (reply, 0);
  view->log_until = 0;
  add_lines (view, lines);
  n = g_variant_n_children (lines);
  if (n > 0)
    g_variant_get_child (lines, n - 1, "(xs)", &view->log_until, NULL);
}

static void
on_subscribed (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShSessionView) view = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);

  if (reply == NULL && !g_cancellable_is_cancelled (view->cancellable))
    g_debug ("%s: cannot subscribe: %s", sh_item_get_path (view->session),
             error->message);
}

static void
call (ShSessionView *view,
      const char *method,
      GVariant *parameters,
      const char *reply,
      GCancellable *cancellable,
      GAsyncReadyCallback callback)
{
  sh_host_model_call (view->model, sh_item_get_path (view->session),
                      sh_item_get_interface (view->session), method, parameters,
                      reply, cancellable, callback,
                      callback == NULL ? NULL : g_object_ref (view));
}

/* A count that is at its beginning is another count. */
static void
on_changed (ShItem *session, ShSessionView *view)
{
  if (sh_item_get_number (session, "EpisodeCount") < 1 && view->n_ended > 0)
    {
      g_array_set_size (view->episodes->dots, 0);
      view->n_ended = 0;
    }
  show_returns (view);
}

static void
sh_session_view_dispose (GObject *object)
{
  ShSessionView *view = SH_SESSION_VIEW (object);

  if (view->session != NULL && !g_cancellable_is_cancelled (view->cancellable))
    {
      g_cancellable_cancel (view->cancellable);
      g_signal_handlers_disconnect_by_data (view->session, view);
      if (sh_host_model_get_item (view->model,
                                  sh_item_get_path (view->session)) != NULL)
        call (view, "Unsubscribe", g_variant_new ("(a{sv})", NULL), NULL, NULL,
              NULL);
    }
  if (view->subscription != 0)
    g_dbus_connection_signal_unsubscribe (view->connection, view->subscription);
  view->subscription = 0;
  G_OBJECT_CLASS (sh_session_view_parent_class)->dispose (object);
}

static void
sh_session_view_finalize (GObject *object)
{
  ShSessionView *view = SH_SESSION_VIEW (object);

  g_clear_pointer (&view->episodes, sh_series_free);
  g_clear_object (&view->cancellable);
  g_clear_object (&view->connection);
  g_clear_object (&view->session);
  g_clear_object (&view->model);
  G_OBJECT_CLASS (sh_session_view_parent_class)->finalize (object);
}

static void
sh_session_view_class_init (ShSessionViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sh_session_view_dispose;
  object_class->finalize = sh_session_view_finalize;
}

static void
sh_session_view_init (ShSessionView *view)
{
  view->cancellable = g_cancellable_new ();
  view->episodes = sh_series_new ();
  view->log_until = -1;
}

GtkWidget *
sh_session_view_new (ShHostModel *model, ShItem *session)
{
  ShSessionView *view = g_object_new (SH_TYPE_SESSION_VIEW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  view->model = g_object_ref (model);
  view->session = g_object_ref (session);
  view->n_ended = MAX (sh_item_get_number (session, "EpisodeCount"), 0);
  view->connection = g_object_ref (sh_host_model_get_connection (model));
  view->plot = SH_PLOT_CARD (sh_plot_card_new (
      "Return", "episode",
      "By episodes, since this window is open. The line is the mean of the "
      "last 100, dots are single ones while this page is shown.",
      "No episode has ended since this window is open."));
  view->log = SH_LOG (sh_log_new ("Log", "Nothing was written yet."));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->plot));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->log));
  adw_bin_set_child (ADW_BIN (view), box);
  view->subscription = g_dbus_connection_signal_subscribe (
      view->connection, SH_HOST_NAME, sh_item_get_interface (session), NULL,
      sh_item_get_path (session), NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal,
      view, NULL);
  g_signal_connect (session, "changed", G_CALLBACK (on_changed), view);
  call (view, "Subscribe", g_variant_new ("(a{sv})", NULL), NULL,
        view->cancellable, on_subscribed);
  call (
      view, "GetLog",
      g_variant_new ("(u@a{sv})", SH_LOG_LINES, g_variant_new ("a{sv}", NULL)),
      "(a(xs))", view->cancellable, on_log);
  show_returns (view);
  return GTK_WIDGET (view);
}
