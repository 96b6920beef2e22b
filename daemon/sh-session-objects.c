/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-session-objects.h"

#include <string.h>

#include "sh-error.h"
#include "sh-session-object.h"
#include "sh-session-options.h"
#include "sh-worker.h"

/* Milliseconds from the order to stop until what still runs is killed; each
 * worker is by SH_WORKER_STOP_DEADLINE already. */
#define STOP_DEADLINE (2 * SH_WORKER_STOP_DEADLINE)

struct ShSessionObjects
{
  ShSessionCommon common;
  GHashTable *sessions; /* name to ShSessionObject */
  GPtrArray *leaving; /* of ShSessionObject: hidden, with a worker */
  guint look; /* timer, while there are workers */
  guint sweep; /* idle source */
  guint deadline; /* timer, while all stop */
  void (*stopped) (gpointer data); /* NULL: they are not to stop */
  gpointer data;
};

/* ---- workers ---- */

static gboolean
has_worker (ShSessionObject *session)
{
  return sh_unit_has_worker (sh_session_object_get_unit (session));
}

static gboolean
on_look (gpointer data)
{
  ShSessionObjects *objects = data;
  gboolean any = FALSE;
  GHashTableIter iter;
  gpointer session;

  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    if (has_worker (session))
      {
        any = TRUE;
        sh_unit_look (sh_session_object_get_unit (session));
      }
  if (any)
    return G_SOURCE_CONTINUE;
  objects->look = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
has_any_worker (ShSessionObjects *objects)
{
  GHashTableIter iter;
  gpointer session;

  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    if (has_worker (session))
      return TRUE;
  return objects->leaving->len > 0;
}

static void
tell_stopped (ShSessionObjects *objects)
{
  void (*stopped) (gpointer data) = objects->stopped;

  objects->stopped = NULL;
  g_clear_handle_id (&objects->deadline, g_source_remove);
  if (stopped != NULL)
    stopped (objects->data);
}

/* In the change of a unit nothing can be freed. */
static gboolean
on_sweep (gpointer data)
{
  ShSessionObjects *objects = data;

  objects->sweep = 0;
  for (guint i = objects->leaving->len; i > 0; i--)
    if (!has_worker (objects->leaving->pdata[i - 1]))
      g_ptr_array_remove_index_fast (objects->leaving, i - 1);
  if (!has_any_worker (objects))
    tell_stopped (objects);
  return G_SOURCE_REMOVE;
}

static void
sweep_soon (ShSessionObjects *objects)
{
  if (objects->sweep == 0)
    objects->sweep = g_idle_add (on_sweep, objects);
}

static void
on_changed (ShSessionObject *session, gpointer data)
{
  ShSessionObjects *objects = data;

  if (has_worker (session) && objects->look == 0)
    objects->look = g_timeout_add (SH_UNIT_LOOK_INTERVAL, on_look, objects);
  if (!has_worker (session))
    sweep_soon (objects);
}

static void
on_deleted (ShSessionObject *session, gpointer data)
{
  ShSessionObjects *objects = data;

  gpointer name = NULL;

  g_hash_table_steal_extended (
      objects->sessions, sh_session_object_get_name (session), &name, NULL);
  g_free (name);
  sh_session_object_hide (session);
  g_ptr_array_add (objects->leaving, session);
  sh_unit_stop (sh_session_object_get_unit (session));
  sweep_soon (objects);
}

/* ---- making sessions ---- */

static char *
make_name (ShSessionObjects *objects, const char *simulator)
{
  char *name = g_strdup (simulator);

  for (guint n = 2; g_hash_table_contains (objects->sessions, name); n++)
    {
      g_free (name);
      name = g_strdup_printf ("%s-%u", simulator, n);
    }
  return name;
}

/* Errors: SH_ERROR_BUSY, SH_ERROR_LIMIT. */
static ShSessionObject *
add (ShSessionObjects *objects,
     const ShUnitSettings *settings,
     gboolean configured,
     GError **error)
{
  ShSessionObject *session;

  if (g_hash_table_contains (objects->sessions, settings->name))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_BUSY,
                   "there is a session '%s' already", settings->name);
      return NULL;
    }
  if (g_hash_table_size (objects->sessions) + objects->leaving->len >=
      SH_SESSIONS_MAX)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "there are %u sessions, and more there cannot be",
                   SH_SESSIONS_MAX);
      return NULL;
    }
  session = sh_session_object_new (&objects->common, settings, configured);
  g_hash_table_insert (objects->sessions, g_strdup (settings->name), session);
  return session;
}

const char *
sh_session_objects_start (ShSessionObjects *objects,
                          const char *simulator,
                          GVariant *options,
                          GError **error)
{
  g_auto (ShUnitSettings) settings;
  g_autoptr (ShPluginInfo) plugin = NULL;
  const ShSimulatorInfo *found;
  ShSessionObject *session;

  g_return_val_if_fail (objects != NULL && simulator != NULL, NULL);

  sh_unit_settings_init (&settings);
  if (!sh_session_options_read (simulator, options, &settings, error))
    return NULL;
  plugin = sh_plugin_objects_find_plugin (objects->common.plugins, simulator,
                                          &found, error);
  if (plugin == NULL)
    return NULL;
  if (settings.name == NULL)
    settings.name = make_name (objects, simulator);
  if (!sh_unit_settings_check (&settings, error))
    return NULL;
  session = add (objects, &settings, FALSE, error);
  if (session == NULL)
    return NULL;
  sh_session_object_start (session);
  return sh_session_object_get_path (session);
}

/* ---- simhost.conf ---- */

static void
configure (ShSessionObjects *objects, const ShUnitSettings *settings)
{
  ShSessionObject *session =
      g_hash_table_lookup (objects->sessions, settings->name);
  g_autoptr (GError) error = NULL;

  if (session != NULL)
    {
      sh_session_object_configure (session, settings);
      return;
    }
  session = add (objects, settings, TRUE, &error);
  if (session == NULL)
    g_warning ("session '%s' is left out: %s", settings->name, error->message);
  else if (settings->autostart)
    sh_unit_start (sh_session_object_get_unit (session));
}

void
sh_session_objects_configure (ShSessionObjects *objects,
                              const GPtrArray *settings)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) gone = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer name, session;

  g_return_if_fail (objects != NULL && settings != NULL);

  if (objects->stopped != NULL)
    return;
  for (guint i = 0; i < settings->len; i++)
    g_hash_table_add (names, ((ShUnitSettings *) settings->pdata[i])->name);
  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, &name, &session))
    if (sh_session_object_is_configured (session) &&
        !g_hash_table_contains (names, name))
      g_ptr_array_add (gone, session);
  for (guint i = 0; i < gone->len; i++)
    on_deleted (gone->pdata[i], objects);
  for (guint i = 0; i < settings->len; i++)
    configure (objects, settings->pdata[i]);
}

void
sh_session_objects_set_engine (ShSessionObjects *objects,
                               const char *url,
                               const char *access_key)
{
  GHashTableIter iter;
  gpointer session;

  g_return_if_fail (objects != NULL);

  g_free (objects->common.engine);
  g_free (objects->common.access_key);
  objects->common.engine = g_strdup (url);
  objects->common.access_key = g_strdup (access_key);
  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    sh_session_object_update_engine (session);
}

void
sh_session_objects_update_plugins (ShSessionObjects *objects)
{
  GHashTableIter iter;
  gpointer session;

  g_return_if_fail (objects != NULL);

  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    sh_session_object_update_plugin (session);
}

static gint
compare_units (gconstpointer a, gconstpointer b)
{
  const ShUnit *const *left = a, *const *right = b;

  return strcmp (sh_unit_get_settings (*left)->name,
                 sh_unit_get_settings (*right)->name);
}

GPtrArray *
sh_session_objects_get_units (ShSessionObjects *objects)
{
  GPtrArray *units = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer session;

  g_return_val_if_fail (objects != NULL, units);

  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    g_ptr_array_add (units, sh_session_object_get_unit (session));
  g_ptr_array_sort (units, compare_units);
  return units;
}

/* ---- the end ---- */

static gboolean
on_deadline (gpointer data)
{
  ShSessionObjects *objects = data;

  objects->deadline = 0;
  tell_stopped (objects);
  return G_SOURCE_REMOVE;
}

void
sh_session_objects_stop (ShSessionObjects *objects,
                         void (*stopped) (gpointer data),
                         gpointer data)
{
  GHashTableIter iter;
  gpointer session;

  g_return_if_fail (objects != NULL && stopped != NULL);

  objects->stopped = stopped;
  objects->data = data;
  objects->deadline = g_timeout_add (STOP_DEADLINE, on_deadline, objects);
  g_hash_table_iter_init (&iter, objects->sessions);
  while (g_hash_table_iter_next (&iter, NULL, &session))
    sh_unit_stop (sh_session_object_get_unit (session));
  sweep_soon (objects);
}

ShSessionObjects *
sh_session_objects_new (GDBusObjectManagerServer *server,
                        GDBusConnection *connection,
                        ShPluginObjects *plugins,
                        ShNotify *notify)
{
  ShSessionObjects *objects = g_new0 (ShSessionObjects, 1);

  objects->common = (ShSessionCommon){
    .server = g_object_ref (server),
    .plugins = plugins,
    .notify = notify,
    .pacer = sh_pacer_new (sh_session_object_show, NULL),
    .subscribers = sh_subscribers_new (connection),
    .changed = on_changed,
    .deleted = on_deleted,
    .data = objects,
  };
  objects->sessions = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) sh_session_object_free);
  objects->leaving =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_session_object_free);
  return objects;
}

void
sh_session_objects_free (ShSessionObjects *objects)
{
  if (objects == NULL)
    return;
  g_clear_handle_id (&objects->look, g_source_remove);
  g_clear_handle_id (&objects->sweep, g_source_remove);
  g_clear_handle_id (&objects->deadline, g_source_remove);
  g_hash_table_unref (objects->sessions);
  g_ptr_array_unref (objects->leaving);
  g_free (objects->common.engine);
  g_free (objects->common.access_key);
  sh_subscribers_free (objects->common.subscribers);
  sh_pacer_free (objects->common.pacer);
  g_object_unref (objects->common.server);
  g_free (objects);
}
