/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-dialog.h"

typedef struct
{
  ShWindow *window;
  ShItem *item;
  GCancellable *cancellable;
  gboolean ready;
  gboolean waiting; /* for the daemon to begin */

  GtkLabel *problem;
  GtkButton *accept_button;
  GtkBox *box;
  GtkWidget *body; /* in the box */
} ShDialogPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (ShDialog, sh_dialog, ADW_TYPE_WINDOW)

enum
{
  PROP_BODY = 1,
  PROP_ACCEPT_LABEL,
  N_PROPS,
};

static ShDialogPrivate *
get_private (ShDialog *dialog)
{
  return sh_dialog_get_instance_private (dialog);
}

static void
update (ShDialogPrivate *private)
{
  gtk_widget_set_sensitive (GTK_WIDGET (private->accept_button),
                            private->ready && !private->waiting);
}

static void
on_begun (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShDialog) dialog = data;
  ShDialogPrivate *private = get_private (dialog);
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);
  const char *path;

  if (g_cancellable_is_cancelled (private->cancellable))
    return;
  private->waiting = FALSE;
  update (private);
  if (reply == NULL)
    {
      sh_dialog_complain (dialog, error->message);
      return;
    }
  g_variant_get (reply, "(&o)", &path);
  sh_window_show_path (private->window, path);
  gtk_window_close (GTK_WINDOW (dialog));
}

void
sh_dialog_begin (ShDialog *dialog, const char *method, GVariant *parameters)
{
  ShDialogPrivate *private = get_private (dialog);

  g_return_if_fail (SH_IS_DIALOG (dialog));

  sh_dialog_complain (dialog, NULL);
  private->waiting = TRUE;
  update (private);
  sh_host_model_call (sh_dialog_get_model (dialog), SH_HOST_ROOT,
                      SH_HOST_MANAGER, method, parameters, "(o)",
                      private->cancellable, on_begun, g_object_ref (dialog));
}

void
sh_dialog_complain (ShDialog *dialog, const char *text)
{
  ShDialogPrivate *private = get_private (dialog);

  g_return_if_fail (SH_IS_DIALOG (dialog));

  gtk_label_set_label (private->problem, text == NULL ? "" : text);
  gtk_widget_set_visible (GTK_WIDGET (private->problem), text != NULL);
}

void
sh_dialog_set_ready (ShDialog *dialog, gboolean ready)
{
  g_return_if_fail (SH_IS_DIALOG (dialog));

  get_private (dialog)->ready = ready;
  update (get_private (dialog));
}

ShHostModel *
sh_dialog_get_model (ShDialog *dialog)
{
  g_return_val_if_fail (SH_IS_DIALOG (dialog), NULL);

  return sh_window_get_model (get_private (dialog)->window);
}

ShItem *
sh_dialog_get_item (ShDialog *dialog)
{
  g_return_val_if_fail (SH_IS_DIALOG (dialog), NULL);

  return get_private (dialog)->item;
}

GCancellable *
sh_dialog_get_cancellable (ShDialog *dialog)
{
  g_return_val_if_fail (SH_IS_DIALOG (dialog), NULL);

  return get_private (dialog)->cancellable;
}

/* ---- the widget ---- */

static void
on_accept (GtkButton *button, ShDialog *dialog)
{
  SH_DIALOG_GET_CLASS (dialog)->accept (dialog);
}

static void
sh_dialog_set_property (GObject *object,
                        guint id,
                        const GValue *value,
                        GParamSpec *spec)
{
  ShDialogPrivate *private = get_private (SH_DIALOG (object));

  switch (id)
    {
    case PROP_BODY:
      private
      ->body = g_value_get_object (value);
      gtk_box_append (private->box, private->body);
      break;
    case PROP_ACCEPT_LABEL:
      gtk_button_set_label (private->accept_button, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
    }
}

/* What is asked for first is typed first. */
static void
sh_dialog_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sh_dialog_parent_class)->map (widget);
  gtk_widget_child_focus (get_private (SH_DIALOG (widget))->body,
                          GTK_DIR_TAB_FORWARD);
}

static void
sh_dialog_dispose (GObject *object)
{
  g_cancellable_cancel (get_private (SH_DIALOG (object))->cancellable);
  G_OBJECT_CLASS (sh_dialog_parent_class)->dispose (object);
}

static void
sh_dialog_finalize (GObject *object)
{
  ShDialogPrivate *private = get_private (SH_DIALOG (object));

  g_clear_object (&private->cancellable);
  g_clear_object (&private->item);
  g_clear_object (&private->window);
  G_OBJECT_CLASS (sh_dialog_parent_class)->finalize (object);
}

static void
sh_dialog_class_init (ShDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  widget_class->map = sh_dialog_map;
  object_class->set_property = sh_dialog_set_property;
  object_class->dispose = sh_dialog_dispose;
  object_class->finalize = sh_dialog_finalize;
  g_object_class_install_property (
      object_class, PROP_BODY,
      g_param_spec_object ("body", NULL, NULL, GTK_TYPE_WIDGET, flags));
  g_object_class_install_property (
      object_class, PROP_ACCEPT_LABEL,
      g_param_spec_string ("accept-label", NULL, NULL, NULL, flags));
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/simhost/Monitor/sh-dialog.ui");
  gtk_widget_class_bind_template_child_private (widget_class, ShDialog,
                                                problem);
  gtk_widget_class_bind_template_child_private (widget_class, ShDialog,
                                                accept_button);
  gtk_widget_class_bind_template_child_private (widget_class, ShDialog, box);
  gtk_widget_class_bind_template_callback (widget_class, on_accept);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0,
                                       "window.close", NULL);
}

static void
sh_dialog_init (ShDialog *dialog)
{
  get_private (dialog)->cancellable = g_cancellable_new ();
  get_private (dialog)->ready = TRUE;
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

GtkWidget *
sh_dialog_new (GType type, ShWindow *window, ShItem *item)
{
  ShDialog *dialog = g_object_new (type, "transient-for", window, NULL);
  ShDialogPrivate *private = get_private (dialog);

  private->window = g_object_ref (window);
  private->item = g_object_ref (item);
  return GTK_WIDGET (dialog);
}
