/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-dialog.h"

struct _ShSessionDialog
{
  AdwWindow parent;
  ShWindow *window;
  ShItem *simulator;
  GCancellable *cancellable;

  GtkLabel *problem;
  GtkWidget *start_button;
  GtkEditable *name;
  GtkSpinButton *instances;
  AdwComboRow *mode;
  GtkEditable *engine;
  GtkEditable *brain;
  GtkEditable *accesskey;
};

G_DEFINE_FINAL_TYPE (ShSessionDialog, sh_session_dialog, ADW_TYPE_WINDOW)

static void
complain (ShSessionDialog *dialog, const char *text)
{
  gtk_label_set_label (dialog->problem, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (dialog->problem), text != NULL);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShSessionDialog) dialog = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);
  const char *path;

  if (g_cancellable_is_cancelled (dialog->cancellable))
    return;
  gtk_widget_set_sensitive (dialog->start_button, TRUE);
  if (reply == NULL)
    {
      complain (dialog, error->message);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  sh_window_show_path (dialog->window, path);
  gtk_window_close (GTK_WINDOW (dialog));
}

static void
add_text (GVariantDict *options, const char *key, GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);

  if (text[0] != '\0')
    g_variant_dict_insert (options, key, "s", text);
}

static void
on_start (GtkButton *button, ShSessionDialog *dialog)
{
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
  complain (dialog, NULL);
  gtk_widget_set_sensitive (dialog->start_button, FALSE);
  sh_host_model_call (
      sh_window_get_model (dialog->window), SH_HOST_ROOT, SH_HOST_MANAGER,
      "StartSession",
      g_variant_new ("(s@a{sv})", sh_item_get_name (dialog->simulator),
                     g_variant_dict_end (&options)),
      "(o)", dialog->cancellable, on_begun, g_object_ref (dialog));
}

static void
sh_session_dialog_dispose (GObject *object)
{
  g_cancellable_cancel (SH_SESSION_DIALOG (object)->cancellable);
  G_OBJECT_CLASS (sh_session_dialog_parent_class)->dispose (object);
}

static void
sh_session_dialog_finalize (GObject *object)
{
  ShSessionDialog *dialog = SH_SESSION_DIALOG (object);

  g_clear_object (&dialog->cancellable);
  g_clear_object (&dialog->simulator);
  g_clear_object (&dialog->window);
  G_OBJECT_CLASS (sh_session_dialog_parent_class)->finalize (object);
}

static void
sh_session_dialog_class_init (ShSessionDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sh_session_dialog_dispose;
  object_class->finalize = sh_session_dialog_finalize;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/simhost/Monitor/sh-session-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, problem);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog,
                                        start_button);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, name);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog,
                                        instances);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, mode);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, engine);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog, brain);
  gtk_widget_class_bind_template_child (widget_class, ShSessionDialog,
                                        accesskey);
  gtk_widget_class_bind_template_callback (widget_class, on_start);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0,
                                       "window.close", NULL);
}

static void
sh_session_dialog_init (ShSessionDialog *dialog)
{
  dialog->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

GtkWidget *
sh_session_dialog_new (ShWindow *window, ShItem *simulator)
{
  ShSessionDialog *dialog =
      g_object_new (SH_TYPE_SESSION_DIALOG, "transient-for", window, NULL);

  dialog->window = g_object_ref (window);
  dialog->simulator = g_object_ref (simulator);
  return GTK_WIDGET (dialog);
}
