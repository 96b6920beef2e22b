/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-item-row.h"

#include "sh-fact.h"

struct _ShItemRow
{
  GtkListBoxRow parent;
  ShItem *item;
  GtkLabel *name;
  GtkLabel *summary;
  GtkWidget *busy; /* visible while it runs */
  GtkWidget *problem;
};

G_DEFINE_FINAL_TYPE (ShItemRow, sh_item_row, GTK_TYPE_LIST_BOX_ROW)

static const struct
{
  const char *title, *icon;
} looks[SH_ITEM_N_KINDS] = {
  [SH_ITEM_SIMULATOR] = { "Simulators", "sh-simulator-symbolic" },
  [SH_ITEM_PLUGIN] = { "Failed Plugins", "sh-plugin-symbolic" },
  [SH_ITEM_SESSION] = { "Sessions", "sh-session-symbolic" },
  [SH_ITEM_BRAIN] = { "Brains", "sh-brain-symbolic" },
  [SH_ITEM_RUN] = { "Trainings", "sh-brain-symbolic" },
};

static gboolean
is_busy (ShItem *item)
{
  const char *state = sh_item_get_text (item, "State");

  return g_str_equal (state, "running") || g_str_equal (state, "training");
}

static gboolean
has_failed (ShItem *item)
{
  return g_str_equal (sh_item_get_text (item, "State"), "failed") ||
         sh_item_get_text (item, "Error")[0] != '\0';
}

static void
on_changed (ShItem *item, ShItemRow *row)
{
  g_autofree char *summary = sh_item_dup_summary (item);
  g_autofree char *spoken = NULL;

  if (g_strcmp0 (gtk_label_get_label (row->summary), summary) != 0)
    {
      gtk_label_set_label (row->summary, summary);
      gtk_widget_set_visible (GTK_WIDGET (row->summary), summary[0] != '\0');
      spoken = g_strdup_printf ("%s %s: %s", sh_item_get_kind_name (item),
                                sh_item_get_name (item), summary);
      gtk_accessible_update_property (
          GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
    }
  gtk_widget_set_visible (row->busy, is_busy (item));
  gtk_widget_set_visible (row->problem, has_failed (item));
}

/* What had no room. */
static gboolean
on_tooltip (GtkWidget *widget,
            int x,
            int y,
            gboolean by_keyboard,
            GtkTooltip *tooltip,
            gpointer unused)
{
  ShItemRow *row = SH_ITEM_ROW (widget);
  const char *summary = gtk_label_get_label (row->summary);
  g_autofree char *text = NULL;

  if (!pango_layout_is_ellipsized (gtk_label_get_layout (row->name)) &&
      !pango_layout_is_ellipsized (gtk_label_get_layout (row->summary)))
    return FALSE;
  text = g_strconcat (sh_item_get_name (row->item),
                      summary[0] == '\0' ? "" : "\n", summary, NULL);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
sh_item_row_finalize (GObject *object)
{
  ShItemRow *row = SH_ITEM_ROW (object);

  g_clear_object (&row->item);
  G_OBJECT_CLASS (sh_item_row_parent_class)->finalize (object);
}

static void
sh_item_row_class_init (ShItemRowClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sh_item_row_finalize;
}

static void
sh_item_row_init (ShItemRow *row)
{
}

static GtkLabel *
make_label (const char *text)
{
  GtkLabel *label = GTK_LABEL (gtk_label_new (text));

  gtk_label_set_xalign (label, 0);
  gtk_label_set_ellipsize (label, PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (label, 24);
  return label;
}

static GtkWidget *
make_sign (const char *icon, const char *label, const char *css_class)
{
  GtkWidget *image = gtk_image_new_from_icon_name (icon);

  gtk_widget_add_css_class (image, css_class);
  gtk_widget_set_tooltip_text (image, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (image),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return image;
}

GtkWidget *
sh_item_row_new (ShItem *item)
{
  ShItemRow *row = g_object_new (SH_TYPE_ITEM_ROW, NULL);
  ShItemKind kind = sh_item_get_kind (item);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *icon = gtk_image_new_from_icon_name (looks[kind].icon);

  row->item = g_object_ref (item);
  row->name = make_label (sh_item_get_name (item));
  row->summary = make_label (NULL);
  gtk_widget_add_css_class (GTK_WIDGET (row->summary), "caption");
  gtk_widget_add_css_class (GTK_WIDGET (row->summary), "dim-label");
  gtk_widget_add_css_class (box, "item-row");
  row->busy = make_sign ("media-playback-start-symbolic", "Running", "success");
  row->problem = make_sign ("dialog-warning-symbolic", "Failed", "warning");
  gtk_accessible_update_state (GTK_ACCESSIBLE (icon),
                               GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (row->name));
  gtk_box_append (GTK_BOX (lines), GTK_WIDGET (row->summary));
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), lines);
  gtk_box_append (GTK_BOX (box), row->busy);
  gtk_box_append (GTK_BOX (box), row->problem);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_widget_set_has_tooltip (GTK_WIDGET (row), TRUE);
  g_signal_connect (row, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_changed), row, 0);
  on_changed (item, row);
  return GTK_WIDGET (row);
}

ShItem *
sh_item_row_get_item (ShItemRow *row)
{
  g_return_val_if_fail (SH_IS_ITEM_ROW (row), NULL);

  return row->item;
}

void
sh_item_row_update_header (GtkListBoxRow *row,
                           GtkListBoxRow *before,
                           gpointer unused)
{
  ShItemKind kind = sh_item_get_kind (SH_ITEM_ROW (row)->item);
  GtkWidget *label;

  if (before != NULL && sh_item_get_kind (SH_ITEM_ROW (before)->item) == kind)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  label = GTK_WIDGET (make_label (looks[kind].title));
  gtk_widget_add_css_class (label, "heading");
  gtk_widget_add_css_class (label, "list-heading");
  gtk_list_box_row_set_header (row, label);
}
