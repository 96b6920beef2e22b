/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-handshake.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

#include "sh-error.h"
#include "sh-log.h"
#include "sh-proxy.h"
#include "sh-trust.h"
#include "sh-upgrade.h"

#define READ_SIZE 4096u

typedef struct
{
  char *url; /* for people */
  guint timeout; /* seconds */
  GSource *deadline;
  ShTrust trust;
  GSocketConnectable *identity; /* whom the certificate must be for */
  char *key, *request;
  GSocketConnection *connection;
  GByteArray *head; /* of the answer, and what comes after it */
  guint8 buffer[READ_SIZE];
} Attempt;

/* HTTP statuses after which there is no point in another attempt, unless one
 * waits for the brain. */
static const struct
{
  guint status;
  ShError code;
  const char *meaning;
} refusals[] = {
  { SOUP_STATUS_UNAUTHORIZED, SH_ERROR_REFUSED, "the access key is wrong" },
  { SOUP_STATUS_FORBIDDEN, SH_ERROR_REFUSED,
    "the access key does not give access to it" },
  { SOUP_STATUS_NOT_FOUND, SH_ERROR_NOT_FOUND,
    "there is no such user, brain or version" },
};

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_source_destroy (attempt->deadline);
  g_source_unref (attempt->deadline);
  sh_trust_clear (&attempt->trust);
  g_object_unref (attempt->identity);
  g_clear_object (&attempt->connection);
  g_byte_array_unref (attempt->head);
  g_free (attempt->url);
  g_free (attempt->key);
  g_free (attempt->request);
  g_free (attempt);
}

static Attempt *
get_attempt (GTask *task)
{
  return g_task_get_task_data (task);
}

/* ---- what went wrong ---- */

/* Takes the task. */
G_GNUC_PRINTF (3, 4)
static void
fail (GTask *task, ShError code, const char *format, ...)
{
  GError *error;
  va_list args;

  va_start (args, format);
  error = g_error_new_valist (SH_ERROR, code, format, args);
  va_end (args);
  SH_LOG (SH_LOG_NETWORK, "%s", error->message);
  g_task_return_error (task, error);
  g_object_unref (task);
}

/* A step of ours failed. Takes the task. */
static void
fail_with (GTask *task, const GError *error)
{
  const Attempt *attempt = get_attempt (task);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    fail (task, SH_ERROR_NETWORK, "cannot connect to %s: no answer within %u s",
          attempt->url, attempt->timeout);
  else if (attempt->trust.fault != NULL)
    fail (task, SH_ERROR_FAILED,
          "cannot connect to %s: its certificate is not accepted: %s",
          attempt->url, attempt->trust.fault);
  else
    fail (task, SH_ERROR_NETWORK, "cannot connect to %s: %s", attempt->url,
          error->message);
}

/* The engine answered something else than 101. Takes the task. */
static void
fail_with_status (GTask *task, guint status)
{
  const Attempt *attempt = get_attempt (task);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (status == refusals[i].status)
      {
        fail (task, refusals[i].code,
              "the engine refused the connection to %s: %s (%u)", attempt->url,
              refusals[i].meaning, status);
        return;
      }
  fail (task, SH_ERROR_NETWORK,
        "cannot connect to %s: the engine answered %u %s", attempt->url, status,
        soup_status_get_phrase (status));
}

/* ---- the answer ---- */

static void read_more (GTask *task);

static void take_head (GTask *task);

/* 100 and the like announce that there is more to come. */
static gboolean
is_interim (guint status)
{
  return status >= 100 && status < 200 &&
         status != SOUP_STATUS_SWITCHING_PROTOCOLS;
}

/* Takes the task. */
static void
handle_head (GTask *task, gsize size)
{
  Attempt *attempt = get_attempt (task);
  g_auto (ShUpgradeAnswer) answer = { 0 };
  gboolean is_http = sh_upgrade_read_answer ((const char *) attempt->head->data,
                                             size, attempt->key, &answer);

  SH_LOG (SH_LOG_NETWORK, "answer %u from %s%s%s", answer.status, attempt->url,
          answer.span_id != NULL ? ", SpanID " : "",
          answer.span_id != NULL ? answer.span_id : "");
  if (!is_http)
    fail (task, SH_ERROR_NETWORK,
          "cannot connect to %s: what answers there does not speak HTTP",
          attempt->url);
  else if (is_interim (answer.status))
    {
      g_byte_array_remove_range (attempt->head, 0, (guint) size);
      take_head (task);
    }
  else if (answer.status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    fail_with_status (task, answer.status);
  else if (answer.fault != NULL)
    fail (task, SH_ERROR_NETWORK,
          "cannot connect to %s: the answer is no websocket's: %s",
          attempt->url, answer.fault);
  else
    {
      g_byte_array_remove_range (attempt->head, 0, (guint) size);
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

/* Takes the task. */
static void
take_head (GTask *task)
{
  Attempt *attempt = get_attempt (task);
  gsize size = sh_upgrade_find_head ((const char *) attempt->head->data,
                                     attempt->head->len);

  if (size > 0)
    handle_head (task, size);
  else if (attempt->head->len >= SH_UPGRADE_MAX_HEAD)
    fail (task, SH_ERROR_NETWORK,
          "cannot connect to %s: the head of the answer is longer than %u "
          "bytes",
          attempt->url, SH_UPGRADE_MAX_HEAD);
  else
    read_more (task);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Attempt *attempt = get_attempt (task);
  g_autoptr (GError) error = NULL;
  gssize n =
      g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      fail_with (task, error);
      return;
    }
  if (n == 0)
    {
      fail (task, SH_ERROR_NETWORK,
            "cannot connect to %s: the connection was closed before an answer",
            attempt->url);
      return;
    }
  g_byte_array_append (attempt->head, attempt->buffer, (guint) n);
  take_head (task);
}

static void
read_more (GTask *task)
{
  Attempt *attempt = get_attempt (task);

  g_input_stream_read_async (
      g_io_stream_get_input_stream (G_IO_STREAM (attempt->connection)),
      attempt->buffer, READ_SIZE, G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), on_read, task);
}

/* ---- the request ---- */

static void
on_written (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL,
                                        &error))
    read_more (task);
  else
    fail_with (task, error);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Attempt *attempt = get_attempt (task);
  g_autoptr (GError) error = NULL;

  attempt->connection =
      g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (attempt->connection == NULL)
    {
      fail_with (task, error);
      return;
    }
  /* Messages are small, and each waits for the answer to the last one. */
  g_socket_set_option (g_socket_connection_get_socket (attempt->connection),
                       IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
  g_output_stream_write_all_async (
      g_io_stream_get_output_stream (G_IO_STREAM (attempt->connection)),
      attempt->request, strlen (attempt->request), G_PRIORITY_DEFAULT,
      g_task_get_cancellable (task), on_written, task);
}

static void
on_event (GSocketClient *client,
          GSocketClientEvent event,
          GSocketConnectable *connectable,
          GIOStream *connection,
          Attempt *attempt)
{
  if (event != G_SOCKET_CLIENT_TLS_HANDSHAKING)
    return;
  g_tls_client_connection_set_server_identity (
      G_TLS_CLIENT_CONNECTION (connection), attempt->identity);
  sh_trust_set_up (&attempt->trust, G_TLS_CONNECTION (connection));
}

static GSocketClient *
make_client (const ShHandshakeTarget *target, Attempt *attempt)
{
  GSocketClient *client = g_socket_client_new ();
  g_autoptr (GProxyResolver) resolver = sh_proxy_new_resolver (target->proxy);

  /* The environment has no say. */
  g_socket_client_set_enable_proxy (client, resolver != NULL);
  g_socket_client_set_proxy_resolver (client, resolver);
  g_socket_client_set_tls (client,
                           strcmp (g_uri_get_scheme (target->uri), "wss") == 0);
  g_signal_connect (client, "event", G_CALLBACK (on_event), attempt);
  return client;
}

/* GIO asks a proxy for an IPv6 address as it is given, and a proxy wants
 * brackets around it. */
static GSocketConnectable *
make_address (const ShHandshakeTarget *target, gboolean for_proxy)
{
  const char *host = g_uri_get_host (target->uri);
  gboolean wrap = for_proxy && strchr (host, ':') != NULL;
  g_autofree char *name =
      g_strconcat (wrap ? "[" : "", host, wrap ? "]" : "", NULL);
  int port = g_uri_get_port (target->uri);

  if (port <= 0)
    port = sh_upgrade_get_default_port (target->uri);
  return g_network_address_new (name, (guint16) port);
}

/* ---- the attempt ---- */

static gboolean
on_deadline (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

static Attempt *
attempt_new (const ShHandshakeTarget *target, GCancellable *cancellable)
{
  Attempt *attempt = g_new0 (Attempt, 1);
  g_autofree char *request_id = g_uuid_string_random ();

  attempt->url = g_uri_to_string (target->uri);
  attempt->timeout = target->timeout;
  attempt->identity = make_address (target, FALSE);
  attempt->deadline = g_timeout_source_new_seconds (target->timeout);
  g_source_set_callback (attempt->deadline, on_deadline,
                         g_object_ref (cancellable), g_object_unref);
  g_source_attach (attempt->deadline, g_main_context_get_thread_default ());
  attempt->head = g_byte_array_new ();
  attempt->key = sh_upgrade_make_key ();
  attempt->request = sh_upgrade_make_request (target->uri, attempt->key,
                                              target->access_key, request_id);
  SH_LOG (SH_LOG_NETWORK, "connecting to %s, RequestId %s", attempt->url,
          request_id);
  return attempt;
}

void
sh_handshake_async (const ShHandshakeTarget *target,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Attempt *attempt = attempt_new (target, cancellable);
  g_autoptr (GSocketClient) client = make_client (target, attempt);
  g_autoptr (GSocketConnectable) address =
      make_address (target, target->proxy != NULL);

  g_task_set_name (task, "handshake with an engine");
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, attempt, attempt_free);

  g_socket_client_connect_async (client, address, cancellable, on_connected,
                                 task);
}

GSocketConnection *
sh_handshake_finish (GAsyncResult *result, GBytes **early, GError **error)
{
  Attempt *attempt = get_attempt (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  *early = attempt->head->len > 0
               ? g_bytes_new (attempt->head->data, attempt->head->len)
               : NULL;
  return g_steal_pointer (&attempt->connection);
}
