/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-verbs.h"

#include "sh-fact.h"
#include "sh-item-page.h"
#include "sh-session-dialog.h"
#include "sh-train-dialog.h"

static GVariant *
no_options (void)
{
  return g_variant_new ("(a{sv})", NULL);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShWindow) window = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply =
      sh_host_model_call_finish (SH_HOST_MODEL (source), result, &error);

  if (reply == NULL)
    sh_window_say (window, error->message);
}

static void
call_item (ShWindow *window, const char *method, const char *reply)
{
  ShItem *item = sh_window_get_item (window);

  sh_host_model_call (sh_window_get_model (window), sh_item_get_path (item),
                      sh_item_get_interface (item), method, no_options (),
                      reply, NULL, on_done, g_object_ref (window));
}

/* Of a brain, its training is what is stopped. */
static void
stop (ShWindow *window)
{
  ShItem *item = sh_window_get_item (window);
  const char *path;

  if (sh_item_get_kind (item) != SH_ITEM_BRAIN)
    {
      call_item (window, "Stop", NULL);
      return;
    }
  path = sh_item_get_text (item, "Run");
  if (!g_variant_is_object_path (path))
    return;
  sh_host_model_call (sh_window_get_model (window), path,
                      "org.simhost.Host1.Run", "Stop", no_options (), NULL,
                      NULL, on_done, g_object_ref (window));
}

static void
train (ShWindow *window)
{
  ShItem *item = sh_window_get_item (window);

  if (sh_item_get_kind (item) == SH_ITEM_BRAIN)
    call_item (window, "Train", "(o)");
  else
    gtk_window_present (GTK_WINDOW (sh_train_dialog_new (window, item)));
}

/* ---- deleting ---- */

typedef struct
{
  ShWindow *window;
  char *path;
  char *interface;
} Deletion;

static void
deletion_free (gpointer data, GClosure *unused)
{
  Deletion *deletion = data;

  g_object_unref (deletion->window);
  g_free (deletion->path);
  g_free (deletion->interface);
  g_free (deletion);
}

static void
on_answer (AdwMessageDialog *dialog, const char *answer, Deletion *deletion)
{
  ShHostModel *model = sh_window_get_model (deletion->window);

  if (!g_str_equal (answer, "delete") || model == NULL)
    return;
  sh_host_model_call (model, deletion->path, deletion->interface, "Delete",
                      no_options (), NULL, NULL, on_done,
                      g_object_ref (deletion->window));
}

static void
ask_delete (ShWindow *window)
{
  ShItem *item = sh_window_get_item (window);
  gboolean brain = sh_item_get_kind (item) == SH_ITEM_BRAIN;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window), NULL, NULL);
  Deletion *deletion = g_new0 (Deletion, 1);
  g_autofree char *heading =
      g_strdup_printf ("Delete %s?", sh_item_get_name (item));

  deletion->window = g_object_ref (window);
  deletion->path = g_strdup (sh_item_get_path (item));
  deletion->interface = g_strdup (sh_item_get_interface (item));
  adw_message_dialog_set_heading (ADW_MESSAGE_DIALOG (dialog), heading);
  adw_message_dialog_set_body (
      ADW_MESSAGE_DIALOG (dialog),
      brain ? "All versions of the brain and all that was measured are lost."
            : "The session is stopped and taken off the list.");
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel",
                                    "_Cancel", "delete", "_Delete", NULL);
  adw_message_dialog_set_response_appearance (
      ADW_MESSAGE_DIALOG (dialog), "delete", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog),
                                           "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (on_answer), deletion,
                         deletion_free, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- the actions ---- */

static void
call_manager (ShWindow *window, const char *method)
{
  sh_host_model_call (sh_window_get_model (window), SH_HOST_ROOT,
                      SH_HOST_MANAGER, method, no_options (), NULL, NULL,
                      on_done, g_object_ref (window));
}

static void
do_verb (ShWindow *window, ShVerb verb)
{
  switch (verb)
    {
    case SH_VERB_START_SESSION:
      gtk_window_present (GTK_WINDOW (
          sh_session_dialog_new (window, sh_window_get_item (window))));
      break;
    case SH_VERB_TRAIN:
      train (window);
      break;
    case SH_VERB_START:
      call_item (window, "Start", NULL);
      break;
    case SH_VERB_STOP:
      stop (window);
      break;
    case SH_VERB_RESTART:
      call_item (window, "Restart", NULL);
      break;
    case SH_VERB_RESCAN:
      call_manager (window, "Rescan");
      break;
    case SH_VERB_DELETE:
      ask_delete (window);
      break;
    case SH_N_VERBS:
    default:
      break;
    }
}

/* An accelerator may come between a change of the item and the action's. */
static void
on_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ShWindow *window = SH_WINDOW (widget);
  ShItem *item = sh_window_get_item (window);
  guint verb;

  for (verb = 0; verb < SH_N_VERBS; verb++)
    if (g_str_equal (name, sh_item_page_get_action (verb)) &&
        (verb == SH_VERB_RESCAN ||
         (item != NULL && sh_verb_is_allowed (verb, item))))
      do_verb (window, verb);
}

static void
on_engine_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  call_manager (SH_WINDOW (widget), g_str_equal (name, "win.start-engine")
                                        ? "StartEngine"
                                        : "StopEngine");
}

void
sh_verbs_install (GtkWidgetClass *window_class)
{
  guint verb;

  for (verb = 0; verb < SH_N_VERBS; verb++)
    gtk_widget_class_install_action (
        window_class, sh_item_page_get_action (verb), NULL, on_action);
  gtk_widget_class_install_action (window_class, "win.start-engine", NULL,
                                   on_engine_action);
  gtk_widget_class_install_action (window_class, "win.stop-engine", NULL,
                                   on_engine_action);
}

void
sh_verbs_update (ShWindow *window)
{
  ShHostModel *model = sh_window_get_model (window);
  gboolean present =
      model != NULL && sh_host_model_get_state (model) == SH_HOST_PRESENT;
  ShItem *item = sh_window_get_item (window);
  g_autofree char *engine =
      present ? sh_host_model_dup_engine_state (model) : g_strdup ("");
  guint verb;

  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.start-engine",
                                 g_str_equal (engine, "off") ||
                                     g_str_equal (engine, "failed"));
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.stop-engine",
                                 g_str_equal (engine, "starting") ||
                                     g_str_equal (engine, "running"));
  for (verb = 0; verb < SH_N_VERBS; verb++)
    gtk_widget_action_set_enabled (
        GTK_WIDGET (window), sh_item_page_get_action (verb),
        present && (verb == SH_VERB_RESCAN ||
                    (item != NULL && sh_verb_is_allowed (verb, item))));
  gtk_widget_action_set_enabled (GTK_WIDGET (window), "win.open-folder",
                                 present);
}

void
sh_verbs_set_accels (GtkApplication *application)
{
  static const struct
  {
    const char *action;
    const char *accels[3];
  } rows[] = {
    { "win.start-session", { "<Control>n" } },
    { "win.train", { "<Control>t" } },
    { "win.start", { "<Control>Return" } },
    { "win.stop", { "<Control>period" } },
    { "win.restart", { "<Control><Shift>r" } },
    { "win.delete", { "<Control>Delete" } },
    { "win.rescan", { "<Control>r", "F5" } },
    { "win.search", { "<Control>f" } },
    { "win.back", { "<Alt>Left" } },
    { "win.show-help-overlay", { "<Control>question" } },
    { "window.close", { "<Control>w" } },
    { "app.quit", { "<Control>q" } },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    gtk_application_set_accels_for_action (application, rows[i].action,
                                           rows[i].accels);
}
