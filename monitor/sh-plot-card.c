/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-plot-card.h"

#include "sh-plot.h"

struct _ShPlotCard
{
  AdwBin parent;
  GtkWidget *plot;
  GtkWidget *caption;
  GtkWidget *none; /* in place of both */
};

G_DEFINE_FINAL_TYPE (ShPlotCard, sh_plot_card, ADW_TYPE_BIN)

static void
sh_plot_card_class_init (ShPlotCardClass *class)
{
}

static void
sh_plot_card_init (ShPlotCard *card)
{
}

static GtkWidget *
make_label (const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, css_class);
  return label;
}

GtkWidget *
sh_plot_card_new (const char *title,
                  const char *x_name,
                  const char *caption,
                  const char *empty)
{
  ShPlotCard *card = g_object_new (SH_TYPE_PLOT_CARD, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  card->plot = sh_plot_new (title, x_name);
  card->caption = make_label (caption, "caption");
  gtk_widget_add_css_class (card->caption, "dim-label");
  card->none = make_label (empty, "dim-label");
  gtk_widget_add_css_class (inner, "card");
  gtk_widget_add_css_class (inner, "plot-card");
  gtk_box_append (GTK_BOX (inner), card->none);
  gtk_box_append (GTK_BOX (inner), card->plot);
  gtk_box_append (GTK_BOX (inner), card->caption);
  gtk_box_append (GTK_BOX (box), make_label (title, "heading"));
  gtk_box_append (GTK_BOX (box), inner);
  gtk_widget_set_visible (card->plot, FALSE);
  gtk_widget_set_visible (card->caption, FALSE);
  adw_bin_set_child (ADW_BIN (card), box);
  return GTK_WIDGET (card);
}

void
sh_plot_card_set_series (ShPlotCard *card, const ShSeries *series)
{
  gboolean empty;

  g_return_if_fail (SH_IS_PLOT_CARD (card) && series != NULL);

  empty = sh_series_is_empty (series);
  sh_plot_set_series (SH_PLOT (card->plot), series);
  gtk_widget_set_visible (card->none, empty);
  gtk_widget_set_visible (card->plot, !empty);
  gtk_widget_set_visible (
      card->caption,
      !empty && gtk_label_get_label (GTK_LABEL (card->caption))[0] != '\0');
}
