/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-curve-view.h"

#include "sh-plot-card.h"

/* Milliseconds between two questions. */
#define INTERVAL 2000u

struct _ShCurveView
{
  AdwBin parent;
  ShHostModel *model;
  ShItem *item;
  GCancellable *cancellable;
  ShPlotCard *mean;
  ShPlotCard *success;
  guint timer; /* until it may ask again */
  gboolean asked; /* an answer is awaited */
  gboolean stale; /* it changed meanwhile */
};

G_DEFINE_FINAL_TYPE (ShCurveView, sh_curve_view, ADW_TYPE_BIN)

static void ask (ShCurveView *view);

static gboolean
on_timer (gpointer data)
{
  ShCurveView *view = data;

  view->timer = 0;
  if (view->stale)
    ask (view);
  return G_SOURCE_REMOVE;
}

static void
on_curve (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShCurveView) view = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) curve =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);
  g_autoptr (ShSeries) mean = NULL;
  g_autoptr (ShSeries) success = NULL;

  view->asked = FALSE;
  if (g_cancellable_is_cancelled (view->cancellable))
    return;
  if (curve == NULL)
    g_debug ("%s: no curve: %s", sh_item_get_path (view->item), error->message);
  else
    {
      mean = sh_series_new_from_curve (curve, FALSE);
      success = sh_series_new_from_curve (curve, TRUE);
      sh_plot_card_set_series (view->mean, mean);
      sh_plot_card_set_series (view->success, success);
      gtk_widget_set_visible (GTK_WIDGET (view->success),
                              !sh_series_is_empty (success));
    }
  view->timer = g_timeout_add (INTERVAL, on_timer, view);
}

static void
ask (ShCurveView *view)
{
  GVariant *parameters =
      sh_item_get_kind (view->item) == SH_ITEM_BRAIN
          ? g_variant_new ("(u@a{sv})", 0, g_variant_new ("a{sv}", NULL))
          : g_variant_new ("(a{sv})", NULL);

  if (view->asked || view->timer != 0)
    {
      view->stale = TRUE;
      g_variant_unref (g_variant_ref_sink (parameters));
      return;
    }
  view->asked = TRUE;
  view->stale = FALSE;
  sh_host_model_call (view->model, sh_item_get_path (view->item),
                      sh_item_get_interface (view->item), "GetCurve",
                      parameters, SH_SERIES_CURVE_TYPE, view->cancellable,
                      on_curve, g_object_ref (view));
}

static void
on_changed (ShItem *item, ShCurveView *view)
{
  ask (view);
}

static void
sh_curve_view_dispose (GObject *object)
{
  ShCurveView *view = SH_CURVE_VIEW (object);

  if (view->cancellable != NULL)
    g_cancellable_cancel (view->cancellable);
  g_clear_handle_id (&view->timer, g_source_remove);
  if (view->item != NULL)
    g_signal_handlers_disconnect_by_data (view->item, view);
  G_OBJECT_CLASS (sh_curve_view_parent_class)->dispose (object);
}

static void
sh_curve_view_finalize (GObject *object)
{
  ShCurveView *view = SH_CURVE_VIEW (object);

  g_clear_object (&view->cancellable);
  g_clear_object (&view->item);
  g_clear_object (&view->model);
  G_OBJECT_CLASS (sh_curve_view_parent_class)->finalize (object);
}

static void
sh_curve_view_class_init (ShCurveViewClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sh_curve_view_dispose;
  object_class->finalize = sh_curve_view_finalize;
}

static void
sh_curve_view_init (ShCurveView *view)
{
  view->cancellable = g_cancellable_new ();
}

GtkWidget *
sh_curve_view_new (ShHostModel *model, ShItem *item)
{
  ShCurveView *view = g_object_new (SH_TYPE_CURVE_VIEW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  view->model = g_object_ref (model);
  view->item = g_object_ref (item);
  view->mean = SH_PLOT_CARD (sh_plot_card_new (
      "Mean return", "iteration",
      "By iterations. Dots are tests, upright lines ends of lessons.",
      "Nothing is learnt yet."));
  view->success = SH_PLOT_CARD (sh_plot_card_new (
      "Success in percent", "iteration",
      "By iterations. Upright lines are ends of lessons.", ""));
  gtk_widget_set_visible (GTK_WIDGET (view->success), FALSE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->mean));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (view->success));
  adw_bin_set_child (ADW_BIN (view), box);
  g_signal_connect (item, "changed", G_CALLBACK (on_changed), view);
  ask (view);
  return GTK_WIDGET (view);
}
