/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-engine.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-access.h"
#include "sh-child.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-restarts.h"
#include "sh-worker-options.h"

#define ANY_PORT "127.0.0.1:0"
#define SCHEME "http://"
/* Seconds that it may take to answer. */
#define ANSWER_DEADLINE 30u

struct ShEngine
{
  const ShEngineFuncs *funcs;
  gpointer data;
  char *listen, *given_key; /* as configured; NULL: none */
  char *key; /* NULL: not made yet */
  char *url; /* NULL: not known */
  char *error;
  ShEngineState state;
  gboolean wanted;
  gboolean again; /* when it has stopped it is to be started */
  gboolean has_run; /* since it was wanted */
  ShChild *child;
  guint timer; /* the start's deadline, or until it is started again */
  ShRestarts restarts;
  SoupSession *session; /* NULL: nothing was asked yet */
  GCancellable *cancellable;
};

static void start_process (ShEngine *engine);

const char *
sh_engine_state_to_string (ShEngineState state)
{
  static const char *const names[] = { "off", "starting", "running", "stopping",
                                       "failed" };

  return names[state];
}

static void
set_state (ShEngine *engine, ShEngineState state, const char *error)
{
  g_free (engine->error);
  engine->error = g_strdup (error);
  engine->state = state;
  if (state == SH_ENGINE_OFF || state == SH_ENGINE_FAILED)
    {
      engine->wanted = FALSE;
      g_clear_pointer (&engine->url, g_free);
      g_clear_pointer (&engine->key, g_free);
    }
  engine->funcs->changed (engine->data);
}

/* ---- what it tells ---- */

/* The URL, if it says that it listens; the caller frees it. */
static char *
read_url (const char *line)
{
  g_autoptr (JsonObject) event =
      sh_json_text_parse_object (line, strlen (line), NULL);
  const char *url =
      event != NULL
          ? json_object_get_string_member_with_default (event, "url", NULL)
          : NULL;

  return url != NULL && g_str_has_prefix (url, SCHEME) ? g_strdup (url) : NULL;
}

static void
on_told (const char *line, gpointer data)
{
  ShEngine *engine = data;
  char *url = engine->state == SH_ENGINE_STARTING ? read_url (line) : NULL;

  if (url == NULL)
    {
      engine->funcs->told ((guint) sh_child_get_pid (engine->child), line,
                           engine->data);
      return;
    }
  g_clear_handle_id (&engine->timer, g_source_remove);
  g_free (engine->url);
  engine->url = url;
  engine->has_run = TRUE;
  g_message ("the engine listens on %s", url);
  set_state (engine, SH_ENGINE_RUNNING, "");
}

/* ---- its end ---- */

static gboolean
on_again (gpointer data)
{
  ShEngine *engine = data;

  engine->timer = 0;
  start_process (engine);
  return G_SOURCE_REMOVE;
}

/* It has died, and was not to. */
static void
start_again (ShEngine *engine, const GError *error, gboolean listened)
{
  g_autoptr (GError) end = NULL;
  gint64 delay = 0;

  if (!engine->has_run)
    {
      set_state (engine, SH_ENGINE_FAILED, error->message);
      return;
    }
  /* Another may have taken the port. */
  if (!listened)
    g_clear_pointer (&engine->url, g_free);
  end = sh_restarts_judge (&engine->restarts, error, TRUE, TRUE, &delay);
  if (end != NULL)
    {
      set_state (engine, SH_ENGINE_FAILED, end->message);
      return;
    }
  engine->timer = g_timeout_add ((guint) (delay / G_TIME_SPAN_MILLISECOND),
                                 on_again, engine);
  set_state (engine, SH_ENGINE_STARTING, error->message);
}

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  ShEngine *engine = data;
  gboolean listened = engine->state != SH_ENGINE_STARTING;
  g_autoptr (GError) late = NULL;

  /* Its deadline, when it was stopped for that. */
  if (!listened && error == NULL && engine->wanted && engine->timer == 0)
    {
      late = g_error_new (SH_ERROR, SH_ERROR_TIMEOUT,
                          "the engine did not listen within %u s",
                          SH_ENGINE_START_DEADLINE);
      error = late;
    }
  g_clear_pointer (&engine->child, sh_child_free);
  g_clear_handle_id (&engine->timer, g_source_remove);
  if (error != NULL)
    g_warning ("%s", error->message);
  engine->funcs->lost (error, engine->data);
  if (engine->again)
    start_process (engine);
  else if (engine->wanted && error != NULL)
    start_again (engine, error, listened);
  else
    set_state (engine, SH_ENGINE_OFF, "");
}

/* ---- its start ---- */

static gboolean
on_start_deadline (gpointer data)
{
  ShEngine *engine = data;

  engine->timer = 0;
  sh_child_stop (engine->child);
  return G_SOURCE_REMOVE;
}

static gboolean
make_key (ShEngine *engine, GError **error)
{
  if (engine->key == NULL)
    engine->key = engine->given_key != NULL ? g_strdup (engine->given_key)
                                            : sh_access_generate_key (error);
  return engine->key != NULL;
}

static ShChild *
spawn (ShEngine *engine, GError **error)
{
  const char *address = engine->listen != NULL ? engine->listen
                        : engine->url != NULL  ? engine->url + strlen (SCHEME)
                                               : ANY_PORT;
  g_autofree char *listen = g_strconcat ("--listen=", address, NULL);
  g_autofree char *variable = NULL;

  if (!make_key (engine, error))
    return NULL;
  /* Arguments can be seen by others. */
  variable = g_strconcat (SH_ACCESS_KEY_VARIABLE "=", engine->key, NULL);
  return sh_child_new (
      &(ShChildSetup){
          .name = "engine",
          .subject = "the engine",
          .arguments = (const char *const[]){ "serve", "--json", listen, NULL },
          .variables = (const char *const[]){ variable, NULL },
          .stop_deadline = SH_ENGINE_STOP_DEADLINE,
          .reply_fd = -1,
          .told = on_told,
          .told_data = engine,
          .may_save = TRUE,
      },
      on_ended, engine, error);
}

static void
start_process (ShEngine *engine)
{
  g_autoptr (GError) error = NULL;

  engine->again = FALSE;
  engine->child = spawn (engine, &error);
  if (engine->child == NULL)
    {
      set_state (engine, SH_ENGINE_FAILED, error->message);
      return;
    }
  engine->timer = g_timeout_add_seconds (SH_ENGINE_START_DEADLINE,
                                         on_start_deadline, engine);
  set_state (engine, SH_ENGINE_STARTING, "");
}

/* ---- its trainings ---- */

static void
on_answered (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autofree char *brain = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) answer =
      soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (
      soup_session_get_async_result_message (SOUP_SESSION (source), result));

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      (answer != NULL && SOUP_STATUS_IS_SUCCESSFUL (status)))
    return;
  g_warning ("the training of brain '%s' cannot be stopped: %s", brain,
             error != NULL ? error->message : soup_status_get_phrase (status));
}

void
sh_engine_stop_training (ShEngine *engine, const char *brain)
{
  g_autofree char *name = NULL, *url = NULL;
  g_autoptr (SoupMessage) message = NULL;

  g_return_if_fail (engine != NULL && brain != NULL);

  if (engine->state != SH_ENGINE_RUNNING)
    return;
  name = g_uri_escape_string (brain, NULL, FALSE);
  url = g_strconcat (engine->url, "/v1/local/", name, "/stop", NULL);
  message = soup_message_new ("PUT", url);
  g_return_if_fail (message != NULL);
  if (engine->session == NULL)
    engine->session =
        soup_session_new_with_options ("timeout", ANSWER_DEADLINE, NULL);
  soup_message_headers_replace (soup_message_get_request_headers (message),
                                "Authorization", engine->key);
  soup_session_send_and_read_async (engine->session, message,
                                    G_PRIORITY_DEFAULT, engine->cancellable,
                                    on_answered, g_strdup (brain));
}

/* ---- for its owner ---- */

ShEngine *
sh_engine_new (const ShEngineFuncs *funcs, gpointer data)
{
  ShEngine *engine;

  g_return_val_if_fail (funcs != NULL, NULL);

  engine = g_new0 (ShEngine, 1);
  engine->funcs = funcs;
  engine->data = data;
  engine->error = g_strdup ("");
  engine->cancellable = g_cancellable_new ();
  return engine;
}

gboolean
sh_engine_configure (ShEngine *engine,
                     const char *listen,
                     const char *access_key)
{
  g_return_val_if_fail (engine != NULL, FALSE);

  if (g_strcmp0 (listen, engine->listen) == 0 &&
      g_strcmp0 (access_key, engine->given_key) == 0)
    return FALSE;
  g_free (engine->listen);
  g_free (engine->given_key);
  engine->listen = g_strdup (listen);
  engine->given_key = g_strdup (access_key);
  if (engine->wanted)
    {
      sh_engine_stop (engine);
      sh_engine_start (engine);
    }
  return TRUE;
}

void
sh_engine_start (ShEngine *engine)
{
  g_return_if_fail (engine != NULL);

  if (engine->wanted)
    return;
  engine->wanted = TRUE;
  engine->has_run = FALSE;
  sh_restarts_init (&engine->restarts, &sh_retry_system_source);
  if (engine->child != NULL)
    engine->again = TRUE;
  else
    start_process (engine);
}

void
sh_engine_stop (ShEngine *engine)
{
  g_return_if_fail (engine != NULL);

  engine->wanted = engine->again = FALSE;
  g_clear_handle_id (&engine->timer, g_source_remove);
  g_clear_pointer (&engine->url, g_free);
  g_clear_pointer (&engine->key, g_free);
  if (engine->child == NULL)
    {
      set_state (engine, SH_ENGINE_OFF, "");
      return;
    }
  sh_child_stop (engine->child);
  if (engine->state != SH_ENGINE_STOPPING)
    set_state (engine, SH_ENGINE_STOPPING, "");
}

ShEngineState
sh_engine_get_state (const ShEngine *engine)
{
  return engine->state;
}

const char *
sh_engine_get_url (const ShEngine *engine)
{
  return engine->url;
}

const char *
sh_engine_get_access_key (const ShEngine *engine)
{
  return engine->key;
}

const char *
sh_engine_get_error (const ShEngine *engine)
{
  return engine->error;
}

gboolean
sh_engine_has_process (const ShEngine *engine)
{
  return engine->child != NULL;
}

void
sh_engine_free (ShEngine *engine)
{
  if (engine == NULL)
    return;
  g_cancellable_cancel (engine->cancellable);
  g_object_unref (engine->cancellable);
  g_clear_object (&engine->session);
  g_clear_handle_id (&engine->timer, g_source_remove);
  g_clear_pointer (&engine->child, sh_child_free);
  g_free (engine->listen);
  g_free (engine->given_key);
  g_free (engine->key);
  g_free (engine->url);
  g_free (engine->error);
  g_free (engine);
}
