/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server: keys, requests, handshakes, and the clock of all its parts.
 */

#include "sh-server.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-access.h"
#include "sh-connections.h"
#include "sh-error.h"
#include "sh-pages.h"
#include "sh-registry.h"
#include "sh-route.h"
#include "sh-turn.h"

#define STATUS_UPGRADE_REQUIRED 426u

/* Milliseconds between two looks at the deadlines. */
#define TICK 250u

/* An old subprotocol that some clients offer; what it is for is not known. */
#define OLD_SUBPROTOCOL "bonsaiauth"

struct ShServer
{
  ShAccess *access;
  guint n_keys;
  SoupServer *soup;
  ShConnections *connections;
  ShTurn *turn;
  ShRegistry *registry;
  guint tick;
  char *url;
  guint32 next_sim_id;
  GTask *stopping; /* NULL until sh_server_stop_async */
  gint64 stop_deadline;
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

/* Answers. */

static void
respond (SoupServerMessage *message, guint status, char *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (
      soup_server_message_get_response_headers (message), "Connection",
      "close");
  soup_server_message_set_response (message, "application/json",
                                    SOUP_MEMORY_TAKE, json, strlen (json));
}

G_GNUC_PRINTF (4, 5)
static void
respond_error (SoupServerMessage *message,
               guint status,
               const char *code,
               const char *format,
               ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  respond (message, status, sh_pages_error (code, text));
}

/* An error of the store or of a brain, as HTTP has it. */
static void
respond_gerror (SoupServerMessage *message, const GError *error)
{
  if (g_error_matches (error, SH_ERROR, SH_ERROR_NOT_FOUND) ||
      g_error_matches (error, SH_ERROR, SH_ERROR_USAGE))
    respond_error (message, SOUP_STATUS_NOT_FOUND, "BrainNotFound", "%s",
                   error->message);
  else
    {
      g_warning ("%s", error->message);
      respond_error (message, SOUP_STATUS_INTERNAL_SERVER_ERROR,
                     "InternalError", "%s", error->message);
    }
}

/* Pages. */

static void
respond_page (ShServer *server,
              SoupServerMessage *message,
              const ShRoute *route)
{
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GPtrArray) brains = NULL;
  g_autoptr (GError) error = NULL;
  char *json = NULL;

  if (route->kind == SH_ROUTE_USER)
    brains = sh_registry_get_brains (server->registry, &error);
  else
    brain = sh_registry_get_brain (server->registry, route->brain, &error);

  if (brains != NULL)
    json = sh_pages_user (route->user, brains);
  else if (brain == NULL)
    respond_gerror (message, error);
  else if (route->kind == SH_ROUTE_BRAIN)
    json = sh_pages_brain (route->user, brain);
  else if (route->kind == SH_ROUTE_STATUS)
    json = sh_pages_status (route->user, brain);
  else
    json = sh_pages_sims (brain);

  if (json != NULL)
    respond (message, SOUP_STATUS_OK, json);
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

/* The answer to the handshake has been sent. */
static void
on_upgraded (SoupServerMessage *message, gpointer data)
{
  ShServer *server = data;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_auto (ShRoute) route = { 0 };
  gboolean reset = needs_reset (message);

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
  else
    {
      ShPredictHub *hub = sh_registry_get_predict_hub (
          server->registry, route.brain, route.version, NULL);

      if (hub != NULL)
        sh_predict_hub_connect (hub, stream, socket, take_sim_id (server));
    }
}

/* TRUE if there is something to connect to; else the error is set. */
static gboolean
check_hub (ShServer *server, SoupServerMessage *message, const ShRoute *route)
{
  g_autoptr (GError) error = NULL;
  gboolean has_room;

  if (route->kind == SH_ROUTE_PREDICT)
    {
      ShPredictHub *hub = sh_registry_get_predict_hub (
          server->registry, route->brain, route->version, &error);

      has_room = hub != NULL && sh_predict_hub_has_room (hub);
    }
  else
    {
      ShTrainHub *hub =
          sh_registry_get_train_hub (server->registry, route->brain, &error);

      has_room = hub != NULL && sh_train_hub_has_room (hub);
    }

  if (error != NULL)
    respond_gerror (message, error);
  else if (!has_room)
    respond_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE,
                   "TooManySimulators",
                   "as many simulators are connected as may be; try later");
  return has_room;
}

static void
begin_websocket (ShServer *server,
                 SoupServerMessage *message,
                 const ShRoute *route)
{
  SoupMessageHeaders *request =
      soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response =
      soup_server_message_get_response_headers (message);
  g_autoptr (GError) error = NULL;

  if (!soup_websocket_server_check_handshake (message, NULL, NULL, NULL,
                                              &error))
    {
      soup_message_headers_replace (response, "Upgrade", "websocket");
      respond_error (message, STATUS_UPGRADE_REQUIRED, "UpgradeRequired",
                     "this is a websocket: %s", error->message);
      return;
    }
  if (!check_hub (server, message, route) ||
      !soup_websocket_server_process_handshake (message, NULL, NULL, NULL,
                                                NULL))
    return;
  if (soup_message_headers_header_contains (request, "Sec-WebSocket-Protocol",
                                            OLD_SUBPROTOCOL))
    soup_message_headers_replace (response, "Sec-WebSocket-Protocol",
                                  OLD_SUBPROTOCOL);
  g_signal_connect (message, "wrote-informational", G_CALLBACK (on_upgraded),
                    server);
}

/* Requests. */

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
  /* No request needs its body, and no page is sent in parts. */
  soup_message_body_set_accumulate (
      soup_server_message_get_request_body (message), FALSE);
  soup_message_headers_remove (request, "Range");

  if (!sh_access_check (server->access, soup_message_headers_get_one (
                                            request, "Authorization")))
    respond_error (message, SOUP_STATUS_UNAUTHORIZED, "Unauthorized",
                   "the access key in the header Authorization is missing or "
                   "wrong");
  else if (soup_message_headers_get_content_length (request) >
           SH_SERVER_MAX_BODY)
    respond_error (message, SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE,
                   "RequestTooLarge", "a request may have at most %u bytes",
                   SH_SERVER_MAX_BODY);
  else if (server->stopping != NULL)
    respond_error (message, SOUP_STATUS_SERVICE_UNAVAILABLE, "Stopping",
                   "the engine is being stopped");
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
    respond_error (message, SOUP_STATUS_NOT_FOUND, "NotFound",
                   "there is no such page");
  else if (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0)
    {
      soup_message_headers_replace (
          soup_server_message_get_response_headers (message), "Allow",
          "GET, HEAD");
      respond_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
                     "MethodNotAllowed", "this page can only be read");
    }
  else if (sh_route_is_websocket (route.kind))
    begin_websocket (server, message, &route);
  else
    respond_page (server, message, &route);
}

/* The clock. */

static void
check_stopped (ShServer *server)
{
  if (server->stopping == NULL || server->stop_deadline == 0)
    return;
  if (sh_registry_get_n_sessions (server->registry) > 0 &&
      g_get_monotonic_time () < server->stop_deadline)
    return;
  server->stop_deadline = 0;
  g_task_return_boolean (server->stopping, TRUE);
}

static void
on_turn (gpointer data)
{
  ShServer *server = data;

  sh_registry_dispatch (server->registry);
  /* Here no run is in the middle of anything. */
  if (server->stopping != NULL)
    sh_registry_finish (server->registry);
  check_stopped (server);
}

static gboolean
on_tick (gpointer data)
{
  ShServer *server = data;
  gint64 now = g_get_monotonic_time ();

  sh_connections_tick (server->connections, now);
  sh_registry_tick (server->registry, now);
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
  g_clear_object (&server->stopping);
  sh_connections_free (server->connections);
  soup_server_disconnect (server->soup);
  g_object_unref (server->soup);
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

/* The address of a host by its name or number. */
static GInetAddress *
resolve (const char *host, GError **error)
{
  GInetAddress *address = g_inet_address_new_from_string (host);
  GList *found;

  if (address != NULL)
    return address;
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  found =
      g_resolver_lookup_by_name (g_resolver_get_default (), host, NULL, error);
  if (found == NULL)
    return NULL;
  address = g_object_ref (found->data);
  g_resolver_free_addresses (found);
  return address;
}

/* How this machine reaches what listens on `address`. */
static char *
make_url (GInetAddress *address, guint port)
{
  gboolean is_v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) loopback = NULL;
  g_autofree char *host = NULL;

  if (g_inet_address_get_is_any (address))
    loopback =
        g_inet_address_new_loopback (g_inet_address_get_family (address));
  host = g_inet_address_to_string (loopback != NULL ? loopback : address);
  return g_strdup_printf (is_v6 ? "http://[%s]:%u" : "http://%s:%u", host,
                          port);
}

gboolean
sh_server_listen (ShServer *server, const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) parsed = NULL;
  g_autoptr (GInetAddress) host = NULL;
  g_autoptr (GSocketAddress) socket_address = NULL;
  g_autoptr (GError) cause = NULL;
  guint port;

  g_return_val_if_fail (server != NULL, FALSE);
  g_return_val_if_fail (address != NULL, FALSE);
  g_return_val_if_fail (server->n_keys > 0, FALSE);

  parsed = g_network_address_parse (address, SH_SERVER_DEFAULT_PORT, NULL);
  if (parsed == NULL ||
      *g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)) == '\0')
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no address to listen on; give HOST:PORT", address);
      return FALSE;
    }
  host = resolve (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)),
                  &cause);
  if (host != NULL)
    socket_address = g_inet_socket_address_new (
        host, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
  if (host == NULL || !sh_connections_listen (server->connections,
                                              socket_address, &port, &cause))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NETWORK, "cannot listen on %s: %s",
                   address, cause->message);
      return FALSE;
    }
  g_free (server->url);
  server->url = make_url (host, port);
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

void
sh_server_stop_async (ShServer *server,
                      GAsyncReadyCallback callback,
                      gpointer data)
{
  g_return_if_fail (server != NULL);
  g_return_if_fail (server->stopping == NULL);

  server->stopping = g_task_new (NULL, NULL, callback, data);
  g_task_set_name (server->stopping, "stop server");
  server->stop_deadline =
      g_get_monotonic_time () + SH_SERVER_STOP_DEADLINE * G_TIME_SPAN_SECOND;

  sh_turn_request (server->turn);
}

void
sh_server_stop_finish (ShServer *server, GAsyncResult *result)
{
  g_return_if_fail (server != NULL);
  g_return_if_fail (g_task_is_valid (result, NULL));

  g_task_propagate_boolean (G_TASK (result), NULL);
}
