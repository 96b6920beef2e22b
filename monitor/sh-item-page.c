/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-item-page.h"

#include "sh-curve-view.h"
#include "sh-fact-list.h"
#include "sh-log.h"
#include "sh-schema-view.h"
#include "sh-session-view.h"

struct _ShItemPage
{
  AdwBin parent;
  ShHostModel *model;
  ShItem *item;
  GtkBox *box;
  GtkWidget *problem;
  GtkWidget *buttons[SH_N_VERBS];
  GtkWidget *run_facts; /* of the run of this path */
  char *run;
};

G_DEFINE_FINAL_TYPE (ShItemPage, sh_item_page, ADW_TYPE_BIN)

static const struct
{
  const char *action;
  const char *css_class;
} verb_looks[SH_N_VERBS] = {
  [SH_VERB_START_SESSION] = { "win.start-session", NULL },
  [SH_VERB_TRAIN] = { "win.train", "suggested-action" },
  [SH_VERB_START] = { "win.start", "suggested-action" },
  [SH_VERB_STOP] = { "win.stop", NULL },
  [SH_VERB_RESTART] = { "win.restart", NULL },
  [SH_VERB_RESCAN] = { "win.rescan", NULL },
  [SH_VERB_DELETE] = { "win.delete", NULL },
};

const char *
sh_item_page_get_action (ShVerb verb)
{
  g_return_val_if_fail (verb < SH_N_VERBS, NULL);

  return verb_looks[verb].action;
}

/* ---- parts ---- */

static GtkWidget *
make_text (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  return label;
}

static GtkWidget *
make_problem (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *icon = gtk_image_new_from_icon_name ("dialog-warning-symbolic");
  GtkWidget *label = make_text (NULL);

  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, "Problem", -1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (box, "card");
  gtk_widget_add_css_class (box, "problem");
  gtk_box_append (GTK_BOX (box), icon);
  gtk_box_append (GTK_BOX (box), label);
  g_object_set_data (G_OBJECT (box), "label", label);
  return box;
}

static GtkWidget *
make_buttons (ShItemPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  guint i;

  for (i = 0; i < SH_N_VERBS; i++)
    {
      const char *label = sh_verb_get_label (i, page->item);

      if (label == NULL)
        continue;
      page->buttons[i] = gtk_button_new_with_label (label);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (page->buttons[i]),
                                      verb_looks[i].action);
      if (verb_looks[i].css_class != NULL)
        gtk_widget_add_css_class (page->buttons[i], verb_looks[i].css_class);
      gtk_box_append (GTK_BOX (box), page->buttons[i]);
    }
  return box;
}

static void
append_output (ShItemPage *page)
{
  g_auto (GStrv) lines = sh_item_dup_strings (page->item, "Output");
  GtkWidget *log;
  guint i;

  if (lines[0] == NULL)
    return;
  log = sh_log_new ("Output", "");
  for (i = 0; lines[i] != NULL; i++)
    sh_log_add (SH_LOG (log), 0, lines[i]);
  gtk_box_append (page->box, log);
}

/* ---- what changes ---- */

/* A brain shows the training that goes on, or was the last, below its own facts. */
static void
show_run (ShItemPage *page)
{
  ShItem *run = sh_host_model_get_run (page->model, page->item);
  const char *path = run == NULL ? NULL : sh_item_get_path (run);

  if (g_strcmp0 (path, page->run) == 0)
    return;
  if (page->run_facts != NULL)
    gtk_box_remove (page->box, page->run_facts);
  page->run_facts = NULL;
  g_free (page->run);
  page->run = g_strdup (path);
  if (run == NULL)
    return;
  page->run_facts = sh_fact_list_new ("Training", run);
  gtk_box_append (page->box, page->run_facts);
}

static void
on_changed (ShItem *item, ShItemPage *page)
{
  const char *problem = sh_item_get_problem (item);
  ShItem *run = NULL;
  guint i;

  if (sh_item_get_kind (item) == SH_ITEM_BRAIN)
    {
      show_run (page);
      run = sh_host_model_get_run (page->model, item);
      if (problem[0] == '\0' && run != NULL)
        problem = sh_item_get_problem (run);
    }
  gtk_label_set_label (g_object_get_data (G_OBJECT (page->problem), "label"),
                       problem);
  gtk_widget_set_visible (page->problem, problem[0] != '\0');
  for (i = 0; i < SH_N_VERBS; i++)
    if (page->buttons[i] != NULL)
      gtk_widget_set_visible (page->buttons[i], sh_verb_is_allowed (i, item));
}

static void
append_plugin (ShItemPage *page)
{
  ShItem *plugin = sh_host_model_get_item (
      page->model, sh_item_get_text (page->item, "Plugin"));

  if (plugin != NULL)
    gtk_box_append (page->box, sh_fact_list_new ("Plugin", plugin));
}

static void
fill (ShItemPage *page)
{
  ShItem *item = page->item;

  switch (sh_item_get_kind (item))
    {
    case SH_ITEM_SIMULATOR:
      gtk_box_append (page->box, sh_fact_list_new ("About", item));
      gtk_box_append (page->box,
                      sh_schema_view_new (sh_item_get_text (item, "Schemas")));
      append_plugin (page);
      break;
    case SH_ITEM_PLUGIN:
      gtk_box_append (page->box, sh_fact_list_new ("About", item));
      append_output (page);
      break;
    case SH_ITEM_SESSION:
      gtk_box_append (page->box, sh_session_view_new (page->model, item));
      gtk_box_append (page->box, sh_fact_list_new ("Details", item));
      break;
    case SH_ITEM_BRAIN:
    case SH_ITEM_RUN:
    default:
      gtk_box_append (page->box, sh_curve_view_new (page->model, item));
      gtk_box_append (page->box, sh_fact_list_new ("Details", item));
      break;
    }
}

/* ---- the widget ---- */

static void
sh_item_page_finalize (GObject *object)
{
  ShItemPage *page = SH_ITEM_PAGE (object);

  g_clear_object (&page->item);
  g_clear_object (&page->model);
  g_free (page->run);
  G_OBJECT_CLASS (sh_item_page_parent_class)->finalize (object);
}

static void
sh_item_page_class_init (ShItemPageClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sh_item_page_finalize;
}

static void
sh_item_page_init (ShItemPage *page)
{
}

GtkWidget *
sh_item_page_new (ShHostModel *model, ShItem *item)
{
  ShItemPage *page = g_object_new (SH_TYPE_ITEM_PAGE, NULL);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *clamp = adw_clamp_new ();
  const char *description = sh_item_get_text (item, "Description");

  page->model = g_object_ref (model);
  page->item = g_object_ref (item);
  page->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 18));
  gtk_widget_add_css_class (GTK_WIDGET (page->box), "item-page");
  page->problem = make_problem ();
  gtk_box_append (page->box, page->problem);
  if (description[0] != '\0')
    gtk_box_append (page->box, make_text (description));
  gtk_box_append (page->box, make_buttons (page));
  fill (page);
  adw_clamp_set_maximum_size (ADW_CLAMP (clamp), 760);
  adw_clamp_set_child (ADW_CLAMP (clamp), GTK_WIDGET (page->box));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_widget_set_vexpand (scrolled, TRUE);
  adw_bin_set_child (ADW_BIN (page), scrolled);
  g_signal_connect_object (item, "changed", G_CALLBACK (on_changed), page, 0);
  on_changed (item, page);
  return GTK_WIDGET (page);
}
