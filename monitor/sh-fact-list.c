/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-fact-list.h"

#include "sh-fact.h"

struct _ShFactList
{
  AdwBin parent;
  ShItem *item;
  GPtrArray *rows; /* GtkWidget, one for each fact of its kind */
};

G_DEFINE_FINAL_TYPE (ShFactList, sh_fact_list, ADW_TYPE_BIN)

GtkWidget *
sh_fact_row_new (const char *label, const char *value)
{
  GtkWidget *row = g_object_new (ADW_TYPE_PREFERENCES_ROW, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *name = gtk_label_new (label);
  GtkWidget *text = gtk_label_new (NULL);

  gtk_widget_add_css_class (box, "fact");
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_wrap (GTK_LABEL (name), TRUE);
  gtk_widget_set_valign (name, GTK_ALIGN_START);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (text), 1);
  gtk_label_set_justify (GTK_LABEL (text), GTK_JUSTIFY_RIGHT);
  gtk_label_set_wrap (GTK_LABEL (text), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (text), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (text), TRUE);
  gtk_widget_set_hexpand (text, TRUE);
  gtk_widget_set_can_focus (text, FALSE);
  gtk_widget_add_css_class (text, "numeric");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), text);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  g_object_set_data_full (G_OBJECT (row), "label", g_strdup (label), g_free);
  g_object_set_data (G_OBJECT (row), "text", text);
  if (value != NULL)
    sh_fact_row_set (row, value);
  return row;
}

void
sh_fact_row_set (GtkWidget *row, const char *value)
{
  const char *label = g_object_get_data (G_OBJECT (row), "label");
  GtkLabel *text = g_object_get_data (G_OBJECT (row), "text");
  g_autofree char *spoken = NULL;

  if (g_strcmp0 (gtk_label_get_label (text), value) == 0)
    return;
  gtk_label_set_label (text, value);
  spoken = g_strdup_printf ("%s: %s", label, value);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
on_changed (ShItem *item, ShFactList *list)
{
  guint n_facts, i;
  const ShFact *facts = sh_facts_get (sh_item_get_kind (item), &n_facts);

  for (i = 0; i < n_facts; i++)
    {
      GtkWidget *row = list->rows->pdata[i];
      g_autofree char *text = sh_fact_dup_text (&facts[i], item);

      gtk_widget_set_visible (row, text != NULL);
      if (text != NULL)
        sh_fact_row_set (row, text);
    }
}

static void
sh_fact_list_finalize (GObject *object)
{
  ShFactList *list = SH_FACT_LIST (object);

  g_clear_object (&list->item);
  g_clear_pointer (&list->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (sh_fact_list_parent_class)->finalize (object);
}

static void
sh_fact_list_class_init (ShFactListClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sh_fact_list_finalize;
}

static void
sh_fact_list_init (ShFactList *list)
{
  list->rows = g_ptr_array_new ();
}

GtkWidget *
sh_fact_list_new (const char *title, ShItem *item)
{
  ShFactList *list = g_object_new (SH_TYPE_FACT_LIST, NULL);
  GtkWidget *group = adw_preferences_group_new ();
  guint n_facts, i;
  const ShFact *facts = sh_facts_get (sh_item_get_kind (item), &n_facts);

  list->item = g_object_ref (item);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  for (i = 0; i < n_facts; i++)
    {
      GtkWidget *row = sh_fact_row_new (facts[i].label, NULL);

      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
      g_ptr_array_add (list->rows, row);
    }
  adw_bin_set_child (ADW_BIN (list), group);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_changed), list, 0);
  on_changed (item, list);
  return GTK_WIDGET (list);
}
