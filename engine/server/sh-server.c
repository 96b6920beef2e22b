/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server: keys, requests, handshakes, and the clock of all its parts.
 */

#include "sh-server.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-access.h"
#include "sh-connections.h"
#include "sh-listen.h"
#include "sh-registry.h"
#include "sh-respond.h"
#include "sh-rest.h"
#include "sh-route.h"
#include "sh-sim-watch.h"
#include "sh-status-hub.h"
#include "sh-turn.h"

#define STATUS_UPGRADE_REQUIRED 426u

/* Milliseconds between two looks at the deadlines. */
#define TICK 250u

/* Marks a message whose body was too long to be kept. */
#define TOO_LARGE "simhost-too-large"

/* An old subprotocol that some clients offer; what it is for is not known. */
#define OLD_SUBPROTOCOL "bonsaiauth"

/* On a message: the hub that it is to be connected to. */
#define PREDICT_HUB "simhost-predict-hub"

/* A handshake that waits for a brain to be loaded. */
typedef struct
{
  ShServer *server; /* NULL: it is gone */
  SoupServerMessage *message;
  gulong finished; /* handler; 0: the message is over */
} Handshake;

struct ShServer
{
  ShAccess *access;
  guint n_keys;
  SoupServer *soup;
  ShConnections *connections;
  ShTurn *turn;
  ShRegistry *registry;
  ShStatusHub *status_hub;
  ShSimWatch *sim_watch;
  GPtrArray *handshakes; /* Handshake, those that wait */
  ShRest rest;
  guint tick;
  char *url;
  guint32 next_sim_id;
  GTask *stopping; /* NULL until sh_server_stop_async */
  gint64 stop_deadline; /* 0 until all trainings that are to end are over */
  gboolean stopped;
};

static guint32
take_sim_id (ShServer *server)
{
  guint32 id = server->next_sim_id++;

  /* Old clients send these two when they have none. */
  while (id == 0 || id == G_MAXUINT32)
    id = server->next_sim_id++;
  return id;
}

/* Websockets. */

/* Only the oldest library, which does not say who it is, acts on RESET. */
static gboolean
needs_reset (SoupServerMessage *message)
{
  const char *agent = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "User-Agent");

  return agent == NULL || (!g_str_has_prefix (agent, "bonsai-ai/") &&
                           !g_str_has_prefix (agent, "simhost/"));
}

static gboolean
is_sim_watch (ShRouteKind kind)
{
  return kind == SH_ROUTE_SIM_LOGS || kind == SH_ROUTE_SIM_STATE;
}

/* The answer to the handshake has been sent. */
static void
on_upgraded (SoupServerMessage *message, gpointer data)
{
  ShServer *server = data;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_auto (ShRoute) route = { 0 };
  gboolean reset = needs_reset (message);
  ShPredictHub *predict_hub =
      g_object_get_data (G_OBJECT (message), PREDICT_HUB);

  /* The message may go with its connection: it is not looked at after that. */
  sh_route_parse (g_uri_get_path (soup_server_message_get_uri (message)),
                  &route);
  socket = sh_connections_take (server->connections, message);
  stream = soup_server_message_steal_connection (message);
  if (stream == NULL || socket == NULL)
    return;
  if (route.kind == SH_ROUTE_TRAIN)
    {
      ShTrainHub *hub =
          sh_registry_get_train_hub (server->registry, route.brain, NULL);

      if (hub != NULL)
        sh_train_hub_connect (hub, stream, socket, take_sim_id (server), reset);
    }
  else if (route.kind == SH_ROUTE_WATCH)
    sh_status_hub_connect (server->status_hub, route.brain, stream, socket);
  else if (is_sim_watch (route.kind))
    sh_sim_watch_connect (server->sim_watch,
                          route.kind == SH_ROUTE_SIM_LOGS ? SH_SIM_WATCH_LOGS
                                                          : SH_SIM_WATCH_STATE,
                          route.brain, route.version, route.number, stream,
                          socket);
  else if (predict_hub != NULL)
    sh_predict_hub_connect (predict_hub, stream, socket, take_sim_id (server));
}

static void
refuse_room (SoupServerMessage *message)
{
  sh_respond_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE,
                    "TooManySimulators",
                    "as many simulators are connected as may be; try later");
}

/* TRUE if there is something to connect to; else the error is set. */
static gboolean
check_hub (ShServer *server, SoupServerMessage *message, const ShRoute *route)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShServedBrain) brain = NULL;
  gboolean has_room;

  if (is_sim_watch (route->kind))
    has_room = sh_sim_watch_check (server->sim_watch, route->brain,
                                   route->version, &error) &&
               sh_sim_watch_has_room (server->sim_watch);
  else if (route->kind == SH_ROUTE_WATCH)
    {
      brain = sh_registry_get_brain (server->registry, route->brain, &error);
      has_room = brain != NULL && sh_status_hub_has_room (server->status_hub);
    }
  else
    {
      ShTrainHub *hub =
          sh_registry_get_train_hub (server->registry, route->brain, &error);

      has_room = hub != NULL && sh_train_hub_has_room (hub);
    }

  if (error != NULL)
    sh_respond_gerror (message, error);
  else if (!has_room)
    refuse_room (message);
  return has_room;
}

/* Takes the message for a websocket. */
static void
accept_websocket (ShServer *server, SoupServerMessage *message)
{
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);

  if (!soup_websocket_server_process_handshake (message, NULL, NULL, NULL,
                                                NULL))
    return;
  if (soup_message_headers_header_contains (request, "Sec-WebSocket-Protocol",
                                            OLD_SUBPROTOCOL))
    soup_message_headers_replace (response, "Sec-WebSocket-Protocol",
                                  OLD_SUBPROTOCOL);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (on_upgraded),
                    server);
}

/* Takes it if there is room; `error` if there is no hub. */
static void
accept_predict (ShServer *server,
                SoupServerMessage *message,
                ShPredictHub *hub,
                const GError *error)
{
  if (hub == NULL)
    sh_respond_gerror (message, error);
  else if (!sh_predict_hub_has_room (hub))
    refuse_room (message);
  else
    {
      sh_predict_hub_expect (hub);
      g_object_set_data (G_OBJECT (message), PREDICT_HUB, hub);
      accept_websocket (server, message);
    }
}

static void
on_message_finished (SoupServerMessage *message, gpointer data)
{
  Handshake *handshake = data;

  g_signal_handler_disconnect (message, handshake->finished);
  handshake->finished = 0;
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer data)
{
  Handshake *handshake = data;
  ShServer *server = handshake->server;
  g_autoptr (SoupServerMessage) message = handshake->message;
  g_autoptr (GError) error = NULL;
  ShPredictHub *hub;

  if (server != NULL)
    {
      g_ptr_array_remove_fast (server->handshakes, handshake);
      hub = sh_predict_hubs_load_finish (
          sh_registry_get_predict_hubs (server->registry), result, &error);
      if (handshake->finished != 0)
        {
          g_signal_handler_disconnect (message, handshake->finished);
          accept_predict (server, message, hub, error);
          soup_server_message_unpause (message);
        }
    }
  g_free (handshake);
}

/* A brain that is not there yet is loaded while others are served. */
static void
begin_predict (ShServer *server,
               SoupServerMessage *message,
               const ShRoute *route)
{
  guint version = route->version;
  g_autoptr (GError) error = NULL;
  ShPredictHub *hub = sh_registry_find_predict_hub (
      server->registry, route->brain, &version, &error);
  Handshake *handshake;

  if (hub != NULL || error != NULL)
    {
      accept_predict (server, message, hub, error);
      return;
    }
  handshake = g_new0 (Handshake, 1);
  handshake->server = server;
  handshake->message = g_object_ref (message);
  handshake->finished = g_signal_connect (
      message, "finished", G_CALLBACK (on_message_finished), handshake);
  g_ptr_array_add (server->handshakes, handshake);
  soup_server_message_pause (message);
  sh_predict_hubs_load_async (sh_registry_get_predict_hubs (server->registry),
                              route->brain, version, on_loaded, handshake);
}

static void
begin_websocket (ShServer *server,
                 SoupServerMessage *message,
                 const ShRoute *route)
{
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);
  g_autoptr (GError) error = NULL;

  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL,
                                              &error))
    {
      soup_message_headers_replace (response, "Upgrade", "websocket");
      sh_respond_error (message, STATUS_UPGRADE_REQUIRED, "UpgradeRequired",
                        "this is a websocket: %s", error->message);
      return;
    }
  if (route->kind == SH_ROUTE_PREDICT)
    begin_predict (server, message, route);
  else if (check_hub (server, message, route))
    accept_websocket (server, message);
}

/* Requests. */

/* A body without a length is measured as it comes. */
static void
on_chunk (SoupServerMessage *message, GBytes *chunk, gpointer data)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  if (body->length <= SH_SERVER_MAX_BODY)
    return;
  soup_message_body_set_accumulate (body, FALSE);
  soup_message_body_truncate (body);
  g_object_set_data (G_OBJECT (message), TOO_LARGE, GINT_TO_POINTER (TRUE));
}

static void
refuse_size (SoupServerMessage *message)
{
  sh_respond_error (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                    "RequestTooLarge", "a request may have at most %u bytes",
                    SH_SERVER_MAX_BODY);
}

static gboolean
has_body (SoupServerMessage *message)
{
  const char *method = soup_server_message_get_method (message);

  return strcmp (method, "PUT") == 0 || strcmp (method, "POST") == 0;
}

/* The access key that came; NULL: none did. It is sent raw, as on the original
 * platform; Prometheus can only send it as a bearer's. */
static const char *
get_key (SoupServerMessage *message, const char *path)
{
  const char *header = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "Authorization");
  g_auto (ShRoute) route = { 0 };

  sh_route_parse (path, &route);
  if (route.kind == SH_ROUTE_PROMETHEUS && header != NULL &&
      g_ascii_strncasecmp (header, "Bearer ", 7) == 0)
    return header + 7;
  return header;
}

/* As soon as the headers are here: what is refused without looking further. */
static void
on_headers (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  ShServer *server = data;
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  g_autofree char *span = g_uuid_string_random ();

  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "SpanID", span);
  /* No page is sent in parts. */
  soup_message_headers_remove (request, "Range");
  soup_message_body_set_accumulate (
      soup_server_message_get_request_body (message), has_body (message));

  if (!sh_access_check (server->access, get_key (message, path)))
    sh_respond_error (message, SOUP_STATUS_UNAUTHORIZED, "Unauthorized",
                      "the access key in the header Authorization is missing "
                      "or wrong");
  else if (soup_message_headers_get_content_length (request) >
           SH_SERVER_MAX_BODY)
    refuse_size (message);
  else if (server->stop_deadline != 0)
    sh_respond_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Stopping",
                      "the engine is being stopped");
  else if (has_body (message))
    g_signal_connect (message, "got-chunk", G_CALLBACK (on_chunk), NULL);
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  ShServer *server = data;
  const char *method = soup_server_message_get_method (message);
  g_auto (ShRoute) route = { 0 };

  sh_route_parse (path, &route);
  if (route.kind == SH_ROUTE_NONE)
    sh_respond_error (message, SOUP_STATUS_NOT_FOUND, "NotFound",
                      "there is no such page");
  else if (!sh_route_takes (route.kind, method))
    {
      const char *methods = sh_route_get_methods (route.kind);

      soup_message_headers_replace (
          soup_server_message_get_response_headers (message), "Allow", methods);
      sh_respond_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
                        "MethodNotAllowed", "this page takes only %s", methods);
    }
  else if (g_object_get_data (G_OBJECT (message), TOO_LARGE) != NULL)
    refuse_size (message);
  else if (sh_route_is_websocket (route.kind))
    begin_websocket (server, message, &route);
  else
    {
      const ShRequest request = { &server->rest, message, method, &route,
                                  query != NULL
                                      ? g_hash_table_lookup (query, "file")
                                      : NULL };

      sh_rest_handle (&request);
    }
}

/* The clock. */

static void
check_stopped (ShServer *server)
{
  /* The deadline is the peers': what is being saved is waited for in any case, and
   * the end of its training is still to be recorded and told. */
  if (server->stop_deadline == 0 || server->stopped ||
      sh_registry_is_ending (server->registry))
    return;
  if (sh_registry_get_n_sessions (server->registry) +
              sh_status_hub_get_n_watchers (server->status_hub) +
              sh_sim_watch_get_n_watchers (server->sim_watch) >
          0 &&
      g_get_monotonic_time () < server->stop_deadline)
    return;
  server->stopped = TRUE;
  g_task_return_boolean (server->stopping, TRUE);
}

static void
on_turn (gpointer data)
{
  ShServer *server = data;

  sh_registry_dispatch (server->registry);
  /* Here no run is in the middle of anything. */
  if (server->stopping != NULL && server->stop_deadline == 0 &&
      sh_registry_end (server->registry))
    server->stop_deadline =
        g_get_monotonic_time () + SH_SERVER_STOP_DEADLINE * G_TIME_SPAN_SECOND;
  if (server->stop_deadline != 0)
    {
      sh_registry_suspend (server->registry);
      sh_registry_finish (server->registry);
      sh_status_hub_finish (server->status_hub);
      sh_sim_watch_finish (server->sim_watch);
    }
  check_stopped (server);
}

static gboolean
on_tick (gpointer data)
{
  ShServer *server = data;
  gint64 now = g_get_monotonic_time ();

  sh_connections_tick (server->connections, now);
  sh_registry_tick (server->registry, now);
  sh_status_hub_tick (server->status_hub, now);
  sh_sim_watch_tick (server->sim_watch, now);
  check_stopped (server);
  return G_SOURCE_CONTINUE;
}

/* Public functions. */

ShServer *
sh_server_new (ShStore *store)
{
  ShServer *server;

  g_return_val_if_fail (store != NULL, NULL);

  server = g_new0 (ShServer, 1);
  server->access = sh_access_new ();
  server->next_sim_id = g_random_int ();
  server->turn = sh_turn_new (on_turn, server);
  server->registry = sh_registry_new (store, server->turn);
  server->status_hub = sh_status_hub_new (server->registry);
  server->handshakes = g_ptr_array_new ();
  server->sim_watch = sh_sim_watch_new (server->registry);
  server->rest = (ShRest){ server->registry, server->status_hub, 1 };
  server->soup = soup_server_new ("server-header", "simhost/" SIMHOST_VERSION,
                                  "raw-paths", TRUE, NULL);
  server->connections = sh_connections_new (server->soup);
  soup_server_add_early_handler (server->soup, NULL, on_headers, server, NULL);
  soup_server_add_handler (server->soup, NULL, on_request, server, NULL);
  return server;
}

void
sh_server_free (ShServer *server)
{
  if (server == NULL)
    return;
  if (server->tick != 0)
    g_source_remove (server->tick);
  for (guint i = 0; i < server->handshakes->len; i++)
    {
      Handshake *handshake = server->handshakes->pdata[i];

      handshake->server = NULL;
      if (handshake->finished != 0)
        g_signal_handler_disconnect (handshake->message, handshake->finished);
    }
  g_ptr_array_unref (server->handshakes);
  g_clear_object (&server->stopping);
  sh_connections_free (server->connections);
  soup_server_disconnect (server->soup);
  g_object_unref (server->soup);
  sh_status_hub_free (server->status_hub);
  sh_sim_watch_free (server->sim_watch);
  sh_registry_free (server->registry);
  sh_turn_free (server->turn);
  sh_access_free (server->access);
  g_free (server->url);
  g_free (server);
}

gboolean
sh_server_add_key (ShServer *server, const char *key, GError **error)
{
  g_return_val_if_fail (server != NULL, FALSE);

  if (!sh_access_add_key (server->access, key, error))
    return FALSE;
  server->n_keys++;
  return TRUE;
}

gboolean
sh_server_listen (ShServer *server, const char *address, GError **error)
{
  char *url;

  g_return_val_if_fail (server != NULL, FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  g_return_val_if_fail (server->n_keys > 0, FALSE);

  url = sh_listen (server->connections, address, SH_SERVER_DEFAULT_PORT,
                   "--listen", error);
  if (url == NULL)
    return FALSE;
  g_free (server->url);
  server->url = url;
  if (server->tick == 0)
    server->tick = g_timeout_add (TICK, on_tick, server);
  return TRUE;
}

const char *
sh_server_get_url (ShServer *server)
{
  g_return_val_if_fail (server != NULL, NULL);

  return server->url;
}

gboolean
sh_server_add_training (ShServer *server,
                        const char *name,
                        guint version,
                        ShRun *run,
                        GError **error)
{
  g_return_val_if_fail (server != NULL, FALSE);

  return sh_registry_add_training (server->registry, name, version, run, error);
}

ShKeeper *
sh_server_train (ShServer *server,
                 const char *name,
                 ShProgram *program,
                 guint64 seed,
                 GError **error)
{
  g_return_val_if_fail (server != NULL, NULL);

  return sh_registry_train (server->registry, name, program, seed, FALSE,
                            error);
}

void
sh_server_set_seed (ShServer *server, guint64 seed)
{
  g_return_if_fail (server != NULL);

  server->rest.seed = seed;
}

void
sh_server_set_muscles (ShServer *server, guint n_muscles)
{
  g_return_if_fail (server != NULL);

  sh_registry_set_muscles (server->registry, n_muscles);
}

void
sh_server_set_training_func (ShServer *server,
                             ShServerTrainingFunc func,
                             gpointer data)
{
  g_return_if_fail (server != NULL);

  sh_registry_set_training_func (server->registry, func, data);
}

void
sh_server_resume (ShServer *server)
{
  g_return_if_fail (server != NULL);

  sh_registry_resume_open (server->registry);
}

void
sh_server_stop_async (ShServer *server,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_return_if_fail (server != NULL);
  g_return_if_fail (server->stopping == NULL);

  server->stopping = g_task_new (NULL, NULL, callback, data);
  g_task_set_name (server->stopping, "stop server");
  sh_turn_request (server->turn);
}

void
sh_server_stop_finish (ShServer *server, GAsyncResult *result)
{
  g_return_if_fail (server != NULL);
  g_return_if_fail (g_task_is_valid (result, NULL));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
