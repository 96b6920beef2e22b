/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-metrics-server.h"

#include <string.h>

#include "sh-error.h"
#include "sh-listen.h"
#include "sh-prometheus.h"
#include "sh-respond.h"

#define PAGE "/metrics"
/* Seconds between two looks at the deadlines of connections. */
#define TICK 1u

struct ShMetricsServer
{
  ShMetricsWrite write;
  gpointer data;
  SoupServer *soup;
  /* All NULL or 0 while it listens nowhere. */
  char *address, *url;
  ShConnections *connections;
  guint tick;
};

static void
on_headers (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  soup_message_body_set_accumulate (
      soup_server_message_get_request_body (message), FALSE);
  /* No page is sent in parts. */
  soup_message_headers_remove (
      soup_server_message_get_request_headers (message), "Range");
}

static void
on_request (SoupServer *soup,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  ShMetricsServer *server = data;
  const char *method = soup_server_message_get_method (message);
  GString *page;
  g_autoptr (GBytes) bytes = NULL;

  if (strcmp (path, PAGE) != 0)
    {
      sh_respond_error (message, SOUP_STATUS_NOT_FOUND, "NotFound",
                        "there is no such page; there is " PAGE);
      return;
    }
  if (strcmp (method, "GET") != 0 && strcmp (method, "HEAD") != 0)
    {
      soup_message_headers_replace (
          soup_server_message_get_response_headers (message), "Allow",
          "GET, HEAD");
      sh_respond_error (message, SOUP_STATUS_METHOD_NOT_ALLOWED,
                        "MethodNotAllowed", "this page takes only GET, HEAD");
      return;
    }
  page = g_string_new (NULL);
  server->write (page, server->data);
  bytes = g_string_free_to_bytes (page);
  sh_respond_bytes (message, SH_PROMETHEUS_TYPE, bytes);
}

static gboolean
on_tick (gpointer data)
{
  ShMetricsServer *server = data;

  sh_connections_tick (server->connections, g_get_monotonic_time ());
  return G_SOURCE_CONTINUE;
}

ShMetricsServer *
sh_metrics_server_new (ShMetricsWrite write, gpointer data)
{
  ShMetricsServer *server;

  g_return_val_if_fail (write != NULL, NULL);

  server = g_new0 (ShMetricsServer, 1);
  server->write = write;
  server->data = data;
  server->soup = soup_server_new ("server-header", "simhost/" SIMHOST_VERSION,
                                  "raw-paths", TRUE, NULL);
  soup_server_add_early_handler (server->soup, NULL, on_headers, server, NULL);
  soup_server_add_handler (server->soup, NULL, on_request, server, NULL);
  return server;
}

static void
stop (ShMetricsServer *server)
{
  g_clear_handle_id (&server->tick, g_source_remove);
  g_clear_pointer (&server->connections, sh_connections_free);
  g_clear_pointer (&server->address, g_free);
  g_clear_pointer (&server->url, g_free);
  soup_server_disconnect (server->soup);
}

static gboolean
check_address (const char *address, GError **error)
{
  g_autoptr (GSocketConnectable) parsed =
      strchr (address, ':') != NULL ? g_network_address_parse (address, 0, NULL)
                                    : NULL;
  const char *host =
      parsed != NULL
          ? g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed))
          : "";

  if (g_hostname_is_ip_address (host) ||
      g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  g_set_error (
      error, SH_ERROR, SH_ERROR_USAGE,
      "'%s' is no address for metrics; give HOST:PORT, where HOST is a "
      "number such as 127.0.0.1, or localhost",
      address);
  return FALSE;
}

gboolean
sh_metrics_server_listen (ShMetricsServer *server,
                          const char *address,
                          GError **error)
{
  g_autofree char *url = NULL;

  g_return_val_if_fail (server != NULL, FALSE);

  if (g_strcmp0 (address, server->address) == 0)
    return TRUE;
  stop (server);
  if (address == NULL)
    return TRUE;
  if (!check_address (address, error))
    return FALSE;
  server->connections = sh_connections_new (server->soup);
  url = sh_listen (server->connections, address, 0, "--metrics", error);
  if (url == NULL)
    {
      stop (server);
      return FALSE;
    }
  server->url = g_strconcat (url, PAGE, NULL);
  server->address = g_strdup (address);
  server->tick = g_timeout_add_seconds (TICK, on_tick, server);
  return TRUE;
}

const char *
sh_metrics_server_get_url (const ShMetricsServer *server)
{
  g_return_val_if_fail (server != NULL, NULL);

  return server->url;
}

void
sh_metrics_server_free (ShMetricsServer *server)
{
  if (server == NULL)
    return;
  stop (server);
  g_object_unref (server->soup);
  g_free (server);
}
