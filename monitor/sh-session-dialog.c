/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-dialog.h"

struct _ShSessionDialog
{
  ShDialog parent;
  GtkEditable *name;
  GtkSpinButton *instances;
  AdwComboRow *mode;
  GtkEditable *engine;
  GtkEditable *brain;
  GtkEditable *accesskey;
};

G_DEFINE_FINAL_TYPE (ShSessionDialog, sh_session_dialog, SH_TYPE_DIALOG)

static void
add_text (GVariantDict *options, const char *key, GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);

  if (text[0] != '\0')
    g_variant_dict_insert (options, key, "s", text);
}

static void
sh_session_dialog_accept (ShDialog *parent)
{
  ShSessionDialog *dialog = SH_SESSION_DIALOG (parent);
  const char *simulator = sh_item_get_name (sh_dialog_get_item (parent));
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  add_text (&options, "name", dialog->name);
  add_text (&options, "engine", dialog->engine);
  add_text (&options, "brain", dialog->brain);
  add_text (&options, "accesskey", dialog->accesskey);
  g_variant_dict_insert (
      &options, "instances", "u",
      (guint) gtk_spin_button_get_value_as_int (dialog->instances));
  g_variant_dict_insert (
      &options, "mode", "s",
      adw_combo_row_get_selected (dialog->mode) == 0 ? "train" : "predict");
  sh_dialog_begin (
      parent, "StartSession",
      g_variant_new ("(s@a{sv})", simulator, g_variant_dict_end (&options)));
}

static void
sh_session_dialog_class_init (ShSessionDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  SH_DIALOG_CLASS (class)->accept = sh_session_dialog_accept;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/simhost/Monitor/sh-session-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, name);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog,
                                        instances);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, mode);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, engine);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, brain);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog,
                                        accesskey);
}

/* The eye in a row for a password has none. */
static void
name_button (GtkWidget *widget, const char *name)
{
  GtkWidget *child;

  if (gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) ==
      GTK_ACCESSIBLE_ROLE_BUTTON)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    name_button (child, name);
}

static void
sh_session_dialog_init (ShSessionDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  name_button (GTK_WIDGET (dialog->accesskey), "Show the access key");
}

GtkWidget *
sh_session_dialog_new (ShWindow *window, ShItem *simulator)
{
  return sh_dialog_new (SH_TYPE_SESSION_DIALOG, window, simulator);
}
