/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-engine-object.h"

#include "sh-bus-error.h"
#include "sh-bus-options.h"
#include "sh-error.h"

/* Calls of StartEngine that wait for it to listen; of more the rest fails. */
#define MAX_WAITING 64u

struct ShEngineObject
{
  ShDbusManager *manager;
  const ShEngineObjectFuncs *funcs;
  gpointer data;
  ShEngine *engine;
  GPtrArray *waiting; /* of GDBusMethodInvocation */
  gboolean autostart; /* as simhost.conf said */
  char *url, *access_key; /* of the engine elsewhere; NULL: none */
  gboolean ending;
  void (*stopped) (gpointer data); /* NULL: nobody waits for that */
  gpointer stopped_data;
};

/* ---- answers ---- */

/* NULL: it runs. */
static void
answer (ShEngineObject *object, const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&object->waiting);

  object->waiting = g_ptr_array_new ();
  for (guint i = 0; i < waiting->len; i++)
    if (error == NULL)
      sh_dbus_manager_complete_start_engine (object->manager,
                                             waiting->pdata[i]);
    else
      sh_bus_return_error (waiting->pdata[i], error);
}

static void
answer_all (ShEngineObject *object)
{
  g_autoptr (GError) error = NULL;

  switch (sh_engine_get_state (object->engine))
    {
    case SH_ENGINE_STARTING:
      return;
    case SH_ENGINE_RUNNING:
      break;
    case SH_ENGINE_FAILED:
      g_set_error_literal (&error, SH_ERROR, SH_ERROR_FAILED,
                           sh_engine_get_error (object->engine));
      break;
    case SH_ENGINE_STOPPING:
    case SH_ENGINE_OFF:
      g_set_error_literal (&error, SH_ERROR, SH_ERROR_BUSY,
                           "the engine was stopped before it ran");
      break;
    }
  answer (object, error);
}

/* ---- what is shown and told ---- */

/* Of the engine that counts; NULL: there is none. */
static const char *
get_url (const ShEngineObject *object)
{
  return object->url != NULL ? object->url : sh_engine_get_url (object->engine);
}

static const char *
get_access_key (const ShEngineObject *object)
{
  return object->url != NULL ? object->access_key
                             : sh_engine_get_access_key (object->engine);
}

static void
tell_engine (ShEngineObject *object)
{
  object->funcs->engine (get_url (object), get_access_key (object),
                         object->data);
}

static void
on_changed (gpointer data)
{
  ShEngineObject *object = data;
  ShEngineState state = sh_engine_get_state (object->engine);

  sh_dbus_manager_set_engine_state (object->manager,
                                    sh_engine_state_to_string (state));
  sh_dbus_manager_set_engine_url (
      object->manager,
      state == SH_ENGINE_RUNNING ? sh_engine_get_url (object->engine) : "");
  sh_dbus_manager_set_engine_error (object->manager,
                                    sh_engine_get_error (object->engine));
  tell_engine (object);
  answer_all (object);
  if (object->stopped != NULL && !sh_engine_has_process (object->engine))
    {
      object->stopped (object->stopped_data);
      object->stopped = NULL;
    }
}

static void
on_told (guint pid, const char *line, gpointer data)
{
  ShEngineObject *object = data;

  object->funcs->told (pid, line, object->data);
}

static void
on_lost (const GError *error, gpointer data)
{
  ShEngineObject *object = data;

  object->funcs->lost (error, object->data);
}

static const ShEngineFuncs engine_funcs = { on_changed, on_told, on_lost };

/* ---- methods ---- */

static gboolean
check_start (ShEngineObject *object, GVariant *options, GError **error)
{
  if (!sh_bus_options_check_none (options, "StartEngine", error))
    return FALSE;
  if (object->ending)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_BUSY,
                         "the daemon is ending");
  else if (object->url != NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "simhost.conf names an engine elsewhere, %s; take that out to "
                 "have one here",
                 object->url);
  else if (object->waiting->len >= MAX_WAITING)
    g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                 "%u clients wait for the engine already", MAX_WAITING);
  else
    return TRUE;
  return FALSE;
}

static gboolean
on_start_engine (ShDbusManager *manager,
                 GDBusMethodInvocation *invocation,
                 GVariant *options,
                 ShEngineObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!check_start (object, options, &error))
    {
      sh_bus_return_error (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  sh_engine_start (object->engine);
  g_ptr_array_add (object->waiting, invocation);
  /* Of one that stops just now the start is told later. */
  if (sh_engine_get_state (object->engine) != SH_ENGINE_STOPPING)
    answer_all (object);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
on_stop_engine (ShDbusManager *manager,
                GDBusMethodInvocation *invocation,
                GVariant *options,
                ShEngineObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "StopEngine", &error))
    {
      sh_bus_return_error (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  sh_engine_stop (object->engine);
  sh_dbus_manager_complete_stop_engine (manager, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* A method and no property: on the system bus everybody may read those. */
static gboolean
on_get_engine (ShDbusManager *manager,
               GDBusMethodInvocation *invocation,
               GVariant *options,
               ShEngineObject *object)
{
  g_autoptr (GError) error = NULL;

  if (!sh_bus_options_check_none (options, "GetEngine", &error))
    sh_bus_return_error (invocation, error);
  else if (get_url (object) == NULL)
    {
      g_set_error_literal (&error, SH_ERROR, SH_ERROR_NOT_FOUND,
                           "no engine runs: call StartEngine, which answers "
                           "when it does");
      sh_bus_return_error (invocation, error);
    }
  else
    sh_dbus_manager_complete_get_engine (manager, invocation, get_url (object),
                                         get_access_key (object));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

/* ---- for its owner ---- */

ShEngineObject *
sh_engine_object_new (ShDbusManager *manager,
                      const ShEngineObjectFuncs *funcs,
                      gpointer data)
{
  ShEngineObject *object;

  g_return_val_if_fail (manager != NULL && funcs != NULL, NULL);

  object = g_new0 (ShEngineObject, 1);
  object->manager = g_object_ref (manager);
  object->funcs = funcs;
  object->data = data;
  object->waiting = g_ptr_array_new ();
  object->engine = sh_engine_new (&engine_funcs, object);
  on_changed (object);
  g_signal_connect (manager, "handle-start-engine",
                    G_CALLBACK (on_start_engine), object);
  g_signal_connect (manager, "handle-stop-engine", G_CALLBACK (on_stop_engine),
                    object);
  g_signal_connect (manager, "handle-get-engine", G_CALLBACK (on_get_engine),
                    object);
  return object;
}

void
sh_engine_object_configure (ShEngineObject *object, const ShConfEngine *conf)
{
  gboolean autostart, mended = FALSE;

  g_return_if_fail (object != NULL && conf != NULL);

  autostart = conf->autostart && conf->url == NULL;
  g_free (object->url);
  g_free (object->access_key);
  object->url = g_strdup (conf->url);
  object->access_key = conf->url != NULL ? g_strdup (conf->access_key) : NULL;
  if (conf->url != NULL)
    sh_engine_stop (object->engine);
  else
    mended =
        sh_engine_configure (object->engine, conf->listen, conf->access_key) &&
        sh_engine_get_state (object->engine) == SH_ENGINE_FAILED;
  if (autostart && (!object->autostart || mended))
    sh_engine_start (object->engine);
  object->autostart = autostart;
  tell_engine (object);
}

void
sh_engine_object_stop_training (ShEngineObject *object, const char *brain)
{
  g_return_if_fail (object != NULL);

  sh_engine_stop_training (object->engine, brain);
}

void
sh_engine_object_stop (ShEngineObject *object,
                       void (*stopped) (gpointer data),
                       gpointer data)
{
  g_return_if_fail (object != NULL && stopped != NULL);

  object->ending = TRUE;
  object->stopped = stopped;
  object->stopped_data = data;
  sh_engine_stop (object->engine);
}

void
sh_engine_object_free (ShEngineObject *object)
{
  g_autoptr (GError) error = NULL;

  if (object == NULL)
    return;
  g_set_error_literal (&error, SH_ERROR, SH_ERROR_BUSY, "the daemon is ending");
  answer (object, error);
  g_signal_handlers_disconnect_by_data (object->manager, object);
  g_clear_pointer (&object->engine, sh_engine_free);
  g_ptr_array_unref (object->waiting);
  g_object_unref (object->manager);
  g_free (object->url);
  g_free (object->access_key);
  g_free (object);
}
