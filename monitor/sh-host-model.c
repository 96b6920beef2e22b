/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-host-model.h"

#include <string.h>

struct _ShHostModel
{
  GObject parent;
  GDBusConnection *connection;
  guint watch;
  ShHostState state;
  char *problem;

  /* While somebody has the name. */
  GCancellable *loading;
  GDBusProxy *manager;
  GDBusObjectManager *objects;
  GHashTable *by_path; /* object path → ShItem */
  GListStore *items;
};

enum
{
  SIGNAL_STATE_CHANGED,
  SIGNAL_MANAGER_CHANGED,
  SIGNAL_ITEM_REMOVED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (ShHostModel, sh_host_model, G_TYPE_OBJECT)

static void
set_state (ShHostModel *model, ShHostState state, const char *problem)
{
  g_free (model->problem);
  model->problem = g_strdup (problem);
  model->state = state;
  g_signal_emit (model, signals[SIGNAL_STATE_CHANGED], 0);
}

/* ---- items ---- */

static gboolean
is_listed (ShHostModel *model, ShItem *item)
{
  switch (sh_item_get_kind (item))
    {
    case SH_ITEM_PLUGIN:
      return g_str_equal (sh_item_get_text (item, "State"), "failed");
    case SH_ITEM_RUN:
      return !g_hash_table_contains (model->by_path,
                                     sh_item_get_text (item, "BrainObject"));
    default:
      return TRUE;
    }
}

static void
list_item (ShHostModel *model, ShItem *item)
{
  gboolean listed = is_listed (model, item);
  guint position;
  gboolean was = g_list_store_find (model->items, item, &position);

  if (listed && !was)
    g_list_store_insert_sorted (model->items, item, sh_item_compare, NULL);
  else if (!listed && was)
    {
      g_list_store_remove (model->items, position);
      g_signal_emit (model, signals[SIGNAL_ITEM_REMOVED], 0, item);
    }
}

/* A brain that comes takes its runs off the list; one that goes puts them there. */
static void
list_runs (ShHostModel *model)
{
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, model->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    if (sh_item_get_kind (item) == SH_ITEM_RUN)
      list_item (model, item);
}

static void
add_object (ShHostModel *model, GDBusObject *object)
{
  GList *interfaces = g_dbus_object_get_interfaces (object), *at;

  for (at = interfaces; at != NULL; at = at->next)
    {
      ShItem *item = sh_item_new (G_DBUS_PROXY (at->data));

      if (item == NULL)
        continue;
      g_hash_table_replace (model->by_path,
                            g_strdup (g_dbus_object_get_object_path (object)),
                            item);
      list_item (model, item);
      if (sh_item_get_kind (item) == SH_ITEM_BRAIN)
        list_runs (model);
      break;
    }
  g_list_free_full (interfaces, g_object_unref);
}

static void
remove_path (ShHostModel *model, const char *path)
{
  g_autoptr (ShItem) item = NULL;
  guint position;

  item = g_hash_table_lookup (model->by_path, path);
  if (item == NULL)
    return;
  g_object_ref (item);
  g_hash_table_remove (model->by_path, path);
  if (g_list_store_find (model->items, item, &position))
    g_list_store_remove (model->items, position);
  if (sh_item_get_kind (item) == SH_ITEM_BRAIN)
    list_runs (model);
  g_signal_emit (model, signals[SIGNAL_ITEM_REMOVED], 0, item);
}

static void
on_object_added (GDBusObjectManager *objects,
                 GDBusObject *object,
                 ShHostModel *model)
{
  add_object (model, object);
}

static void
on_object_removed (GDBusObjectManager *objects,
                   GDBusObject *object,
                   ShHostModel *model)
{
  remove_path (model, g_dbus_object_get_object_path (object));
}

static void
on_properties_changed (GDBusObjectManagerClient *objects,
                       GDBusObjectProxy *object,
                       GDBusProxy *proxy,
                       GVariant *changed,
                       const char *const *invalidated,
                       ShHostModel *model)
{
  ShItem *item =
      sh_host_model_get_item (model, g_dbus_proxy_get_object_path (proxy));

  if (item == NULL)
    return;
  g_object_ref (item);
  sh_item_notify_changed (item);
  list_item (model, item);
  g_object_unref (item);
}

/* ---- the daemon ---- */

static void
on_manager_changed (GDBusProxy *manager,
                    GVariant *changed,
                    const char *const *invalidated,
                    ShHostModel *model)
{
  g_signal_emit (model, signals[SIGNAL_MANAGER_CHANGED], 0);
}

/* Who hears of an item that goes sees that it goes with the daemon. */
static void
let_go (ShHostModel *model)
{
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer item;
  guint i;

  model->state = SH_HOST_ABSENT;
  if (model->loading != NULL)
    g_cancellable_cancel (model->loading);
  g_clear_object (&model->loading);
  if (model->manager != NULL)
    g_signal_handlers_disconnect_by_data (model->manager, model);
  g_clear_object (&model->manager);
  if (model->objects != NULL)
    g_signal_handlers_disconnect_by_data (model->objects, model);
  g_clear_object (&model->objects);
  g_hash_table_iter_init (&iter, model->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_ptr_array_add (gone, g_object_ref (item));
  g_hash_table_remove_all (model->by_path);
  g_list_store_remove_all (model->items);
  for (i = 0; i < gone->len; i++)
    g_signal_emit (model, signals[SIGNAL_ITEM_REMOVED], 0, gone->pdata[i]);
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
fail (ShHostModel *model, GError *error)
{
  let_go (model);
  g_dbus_error_strip_remote_error (error);
  set_state (model, SH_HOST_ABSENT, error->message);
}

static void
on_objects (GObject *source, GAsyncResult *result, gpointer data)
{
  ShHostModel *model = data;
  g_autoptr (GError) error = NULL;
  GDBusObjectManager *objects =
      g_dbus_object_manager_client_new_finish (result, &error);
  GList *all, *at;

  if (objects == NULL)
    {
      /* When it was cancelled, the model may be gone. */
      if (!is_cancelled (error))
        fail (model, error);
      return;
    }
  if (model->loading == NULL)
    {
      g_object_unref (objects);
      return;
    }
  model->objects = objects;
  g_signal_connect (objects, "object-added", G_CALLBACK (on_object_added),
                    model);
  g_signal_connect (objects, "object-removed", G_CALLBACK (on_object_removed),
                    model);
  g_signal_connect (objects, "interface-proxy-properties-changed",
                    G_CALLBACK (on_properties_changed), model);
  all = g_dbus_object_manager_get_objects (objects);
  for (at = all; at != NULL; at = at->next)
    add_object (model, at->data);
  g_list_free_full (all, g_object_unref);
  set_state (model, SH_HOST_PRESENT, "");
}

static void
on_manager (GObject *source, GAsyncResult *result, gpointer data)
{
  ShHostModel *model = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDBusProxy) manager = g_dbus_proxy_new_finish (result, &error);

  if (manager == NULL)
    {
      if (!is_cancelled (error))
        fail (model, error);
      return;
    }
  if (model->loading == NULL)
    return;
  model->manager = g_steal_pointer (&manager);
  g_signal_connect (model->manager, "g-properties-changed",
                    G_CALLBACK (on_manager_changed), model);
  /* It loads in a thread of its own, and so never holds up the window. */
  g_dbus_object_manager_client_new (
      model->connection, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START,
      SH_HOST_NAME, SH_HOST_ROOT, NULL, NULL, NULL, model->loading, on_objects,
      model);
}

static void
on_appeared (GDBusConnection *connection,
             const char *name,
             const char *owner,
             gpointer data)
{
  ShHostModel *model = data;

  let_go (model);
  model->loading = g_cancellable_new ();
  set_state (model, SH_HOST_LOADING, "");
  g_dbus_proxy_new (connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL,
                    SH_HOST_NAME, SH_HOST_ROOT, SH_HOST_MANAGER, model->loading,
                    on_manager, model);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  ShHostModel *model = data;

  let_go (model);
  set_state (model, SH_HOST_ABSENT, "");
}

static void
on_started (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (ShHostModel) model = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (
      G_DBUS_CONNECTION (source), result, &error);

  /* Once it runs, its name tells. */
  if (reply == NULL && model->state != SH_HOST_PRESENT)
    fail (model, error);
}

void
sh_host_model_start (ShHostModel *model)
{
  g_return_if_fail (SH_IS_HOST_MODEL (model));

  if (model->state != SH_HOST_ABSENT)
    return;
  set_state (model, SH_HOST_LOADING, "");
  g_dbus_connection_call (
      model->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "StartServiceByName",
      g_variant_new ("(su)", SH_HOST_NAME, 0), G_VARIANT_TYPE ("(u)"),
      G_DBUS_CALL_FLAGS_NONE, SH_HOST_DEADLINE, NULL, on_started,
      g_object_ref (model));
}

/* ---- calls ---- */

static void
on_reply (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GVariant *reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (source),
                                                   result, &error);

  if (reply != NULL)
    {
      g_task_return_pointer (task, reply, (GDestroyNotify) g_variant_unref);
      return;
    }
  g_dbus_error_strip_remote_error (error);
  g_task_return_error (task, error);
}

void
sh_host_model_call (ShHostModel *model,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *parameters,
                    const char *reply,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer data)
{
  GTask *task;

  g_return_if_fail (SH_IS_HOST_MODEL (model) && path != NULL);

  task = g_task_new (model, cancellable, callback, data);
  g_task_set_name (task, method);
  g_dbus_connection_call (model->connection, SH_HOST_NAME, path, interface,
                          method, parameters,
                          G_VARIANT_TYPE (reply == NULL ? "()" : reply),
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, SH_HOST_DEADLINE,
                          cancellable, on_reply, task);
}

GVariant *
sh_host_model_call_finish (ShHostModel *model,
                           GAsyncResult *result,
                           GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, model), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- what there is ---- */

GDBusConnection *
sh_host_model_get_connection (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return model->connection;
}

ShHostState
sh_host_model_get_state (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), SH_HOST_ABSENT);

  return model->state;
}

const char *
sh_host_model_get_problem (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return model->problem == NULL ? "" : model->problem;
}

GListModel *
sh_host_model_get_items (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return G_LIST_MODEL (model->items);
}

ShItem *
sh_host_model_get_item (ShHostModel *model, const char *path)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model) && path != NULL, NULL);

  return g_hash_table_lookup (model->by_path, path);
}

ShItem *
sh_host_model_get_listed (ShHostModel *model, const char *path)
{
  ShItem *item;

  g_return_val_if_fail (SH_IS_HOST_MODEL (model) && path != NULL, NULL);

  item = g_hash_table_lookup (model->by_path, path);
  if (item == NULL || is_listed (model, item))
    return item;
  return sh_item_get_kind (item) == SH_ITEM_RUN
             ? g_hash_table_lookup (model->by_path,
                                    sh_item_get_text (item, "BrainObject"))
             : NULL;
}

ShItem *
sh_host_model_get_run (ShHostModel *model, ShItem *brain)
{
  ShItem *newest = NULL;
  GHashTableIter iter;
  gpointer value;

  g_return_val_if_fail (SH_IS_HOST_MODEL (model) && SH_IS_ITEM (brain), NULL);

  newest =
      g_hash_table_lookup (model->by_path, sh_item_get_text (brain, "Run"));
  if (newest != NULL)
    return newest;
  g_hash_table_iter_init (&iter, model->by_path);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ShItem *item = value;

      if (sh_item_get_kind (item) == SH_ITEM_RUN &&
          g_str_equal (sh_item_get_text (item, "BrainObject"),
                       sh_item_get_path (brain)) &&
          (newest == NULL || sh_item_get_number (item, "StartTime") >
                                 sh_item_get_number (newest, "StartTime")))
        newest = item;
    }
  return newest;
}

static char **
dup_manager_strings (ShHostModel *model, const char *property)
{
  g_autoptr (GVariant) value = NULL;

  if (model->manager != NULL)
    value = g_dbus_proxy_get_cached_property (model->manager, property);
  if (value == NULL ||
      !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_new0 (char *, 1);
  return g_variant_dup_strv (value, NULL);
}

char **
sh_host_model_dup_folders (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return dup_manager_strings (model, "PluginFolders");
}

char **
sh_host_model_dup_warnings (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return dup_manager_strings (model, "Warnings");
}

static char *
dup_manager_text (ShHostModel *model, const char *property)
{
  g_autoptr (GVariant) value = NULL;

  if (model->manager != NULL)
    value = g_dbus_proxy_get_cached_property (model->manager, property);
  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return g_strdup ("");
  return g_variant_dup_string (value, NULL);
}

char *
sh_host_model_dup_engine_state (ShHostModel *model)
{
  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  return dup_manager_text (model, "EngineState");
}

char *
sh_host_model_dup_engine_text (ShHostModel *model)
{
  g_autofree char *state = NULL;
  g_autofree char *more = NULL;

  g_return_val_if_fail (SH_IS_HOST_MODEL (model), NULL);

  state = dup_manager_text (model, "EngineState");
  if (g_str_equal (state, "") || g_str_equal (state, "off"))
    return g_strdup ("");
  more = dup_manager_text (model, g_str_equal (state, "failed") ? "EngineError"
                                                                : "EngineUrl");
  if (g_str_equal (state, "running"))
    return g_strdup_printf ("The engine listens at %s", more);
  return g_strdup_printf ("The engine: %s%s%s", state,
                          more[0] == '\0' ? "" : ": ", more);
}

/* ---- the object ---- */

static void
sh_host_model_dispose (GObject *object)
{
  ShHostModel *model = SH_HOST_MODEL (object);

  g_clear_handle_id (&model->watch, g_bus_unwatch_name);
  if (model->items != NULL)
    let_go (model);
  G_OBJECT_CLASS (sh_host_model_parent_class)->dispose (object);
}

static void
sh_host_model_finalize (GObject *object)
{
  ShHostModel *model = SH_HOST_MODEL (object);

  g_clear_object (&model->items);
  g_clear_pointer (&model->by_path, g_hash_table_unref);
  g_clear_object (&model->connection);
  g_free (model->problem);
  G_OBJECT_CLASS (sh_host_model_parent_class)->finalize (object);
}

static void
sh_host_model_class_init (ShHostModelClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->dispose = sh_host_model_dispose;
  object_class->finalize = sh_host_model_finalize;
  signals[SIGNAL_STATE_CHANGED] =
      g_signal_new ("state-changed", SH_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_MANAGER_CHANGED] =
      g_signal_new ("manager-changed", SH_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ITEM_REMOVED] =
      g_signal_new ("item-removed", SH_TYPE_HOST_MODEL, G_SIGNAL_RUN_LAST, 0,
                    NULL, NULL, NULL, G_TYPE_NONE, 1, SH_TYPE_ITEM);
}

static void
sh_host_model_init (ShHostModel *model)
{
  model->by_path =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
  model->items = g_list_store_new (SH_TYPE_ITEM);
}

ShHostModel *
sh_host_model_new (GDBusConnection *connection)
{
  ShHostModel *model;

  g_return_val_if_fail (G_IS_DBUS_CONNECTION (connection), NULL);

  model = g_object_new (SH_TYPE_HOST_MODEL, NULL);
  model->connection = g_object_ref (connection);
  model->state = SH_HOST_LOADING;
  model->watch = g_bus_watch_name_on_connection (
      connection, SH_HOST_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared,
      on_vanished, model, NULL);
  return model;
}
