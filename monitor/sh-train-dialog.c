/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-train-dialog.h"

#include "sh-curriculum-file.h"
#include "sh-tick.h"

struct _ShTrainDialog
{
  ShDialog parent;
  GtkNativeDialog *chooser;
  char *own_text; /* NULL: not there yet */
  char *file_text; /* NULL: no file is chosen */

  AdwEntryRow *brain;
  GtkSpinButton *muscles;
  GtkCheckButton *own;
  GtkCheckButton *from_file;
  GtkWidget *choose;
  AdwActionRow *own_row;
  AdwActionRow *file_row;
  GtkTextView *text;
};

G_DEFINE_FINAL_TYPE (ShTrainDialog, sh_train_dialog, SH_TYPE_DIALOG)

static GCancellable *
get_cancellable (ShTrainDialog *dialog)
{
  return sh_dialog_get_cancellable (SH_DIALOG (dialog));
}

static const char *
get_curriculum (ShTrainDialog *dialog)
{
  return gtk_check_button_get_active (dialog->own) ? dialog->own_text
                                                   : dialog->file_text;
}

static void
update (ShTrainDialog *dialog)
{
  const char *text = get_curriculum (dialog);

  gtk_text_buffer_set_text (gtk_text_view_get_buffer (dialog->text),
                            text == NULL ? "" : text, -1);
  sh_dialog_set_ready (SH_DIALOG (dialog), text != NULL);
}

/* ---- the curriculum ---- */

static void
on_own (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShTrainDialog) dialog = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);

  if (g_cancellable_is_cancelled (get_cancellable (dialog)))
    return;
  if (reply == NULL)
    {
      adw_action_row_set_subtitle (dialog->own_row, "There is none");
      sh_dialog_complain (SH_DIALOG (dialog), error->message);
      return;
    }
  g_variant_get (reply, "(s)", &dialog->own_text);
  update (dialog);
}

static void
on_source (GtkCheckButton *button, ShTrainDialog *dialog)
{
  update (dialog);
}

static void
on_file (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShTrainDialog) dialog = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  char *text = sh_curriculum_file_read_finish (G_FILE (source), result, &error);

  if (g_cancellable_is_cancelled (get_cancellable (dialog)))
    {
      g_free (text);
      return;
    }
  sh_dialog_complain (SH_DIALOG (dialog), text == NULL ? error->message : NULL);
  if (text == NULL)
    return;
  g_free (dialog->file_text);
  dialog->file_text = text;
  name = g_file_get_parse_name (G_FILE (source));
  path = sh_path_text (name);
  adw_action_row_set_subtitle (dialog->file_row, path);
  gtk_check_button_set_active (dialog->from_file, TRUE);
  update (dialog);
}

static void
on_chosen (GtkNativeDialog *chooser, int response, ShTrainDialog *dialog)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  if (file != NULL)
    sh_curriculum_file_read (file, SH_CURRICULUM_MAX, get_cancellable (dialog),
                             on_file, g_object_ref (dialog));
  g_clear_object (&dialog->chooser);
}

static void
add_filter (GtkFileChooser *chooser, const char *name, const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
on_choose (GtkButton *button, ShTrainDialog *dialog)
{
  if (dialog->chooser == NULL)
    {
      dialog->chooser = GTK_NATIVE_DIALOG (gtk_file_chooser_native_new (
          "Choose a Curriculum", GTK_WINDOW (dialog),
          GTK_FILE_CHOOSER_ACTION_OPEN, "_Open", "_Cancel"));
      gtk_native_dialog_set_modal (dialog->chooser, TRUE);
      add_filter (GTK_FILE_CHOOSER (dialog->chooser), "Inkling programs",
                  "*.ink");
      add_filter (GTK_FILE_CHOOSER (dialog->chooser), "All files", "*");
      g_signal_connect (dialog->chooser, "response", G_CALLBACK (on_chosen),
                        dialog);
    }
  gtk_native_dialog_show (dialog->chooser);
}

/* ---- training ---- */

static void
sh_train_dialog_accept (ShDialog *parent)
{
  ShTrainDialog *dialog = SH_TRAIN_DIALOG (parent);
  const char *brain = gtk_editable_get_text (GTK_EDITABLE (dialog->brain));
  guint muscles = (guint) gtk_spin_button_get_value_as_int (dialog->muscles);
  GVariantDict options;

  g_variant_dict_init (&options, NULL);
  g_variant_dict_insert (&options, "simulator", "s",
                         sh_item_get_name (sh_dialog_get_item (parent)));
  if (brain[0] != '\0')
    g_variant_dict_insert (&options, "brain", "s", brain);
  if (muscles > 0)
    g_variant_dict_insert (&options, "muscles", "u", muscles);
  sh_dialog_begin (parent, "Train",
                   g_variant_new ("(s@a{sv})", get_curriculum (dialog),
                                  g_variant_dict_end (&options)));
}

/* ---- the widget ---- */

static void
sh_train_dialog_dispose (GObject *object)
{
  ShTrainDialog *dialog = SH_TRAIN_DIALOG (object);

  if (dialog->chooser != NULL)
    gtk_native_dialog_destroy (dialog->chooser);
  g_clear_object (&dialog->chooser);
  G_OBJECT_CLASS (sh_train_dialog_parent_class)->dispose (object);
}

static void
sh_train_dialog_finalize (GObject *object)
{
  ShTrainDialog *dialog = SH_TRAIN_DIALOG (object);

  g_free (dialog->own_text);
  g_free (dialog->file_text);
  G_OBJECT_CLASS (sh_train_dialog_parent_class)->finalize (object);
}

static void
sh_train_dialog_class_init (ShTrainDialogClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sh_train_dialog_dispose;
  object_class->finalize = sh_train_dialog_finalize;
  SH_DIALOG_CLASS (class)->accept = sh_train_dialog_accept;
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/simhost/Monitor/sh-train-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, brain);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, muscles);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, own);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, from_file);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, choose);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, own_row);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, ShTrainDialog, text);
  gtk_widget_class_bind_template_callback (widget_class, on_source);
  gtk_widget_class_bind_template_callback (widget_class, on_choose);
}

static void
sh_train_dialog_init (ShTrainDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
}

GtkWidget *
sh_train_dialog_new (ShWindow *window, ShItem *simulator)
{
  GtkWidget *widget = sh_dialog_new (SH_TYPE_TRAIN_DIALOG, window, simulator);
  ShTrainDialog *dialog = SH_TRAIN_DIALOG (widget);

  gtk_editable_set_text (GTK_EDITABLE (dialog->brain),
                         sh_item_get_name (simulator));
  update (dialog);
  sh_host_model_call (sh_dialog_get_model (SH_DIALOG (dialog)),
                      sh_item_get_path (simulator),
                      sh_item_get_interface (simulator), "GetCurriculum",
                      g_variant_new ("(a{sv})", NULL), "(s)",
                      get_cancellable (dialog), on_own, g_object_ref (dialog));
  return widget;
}
