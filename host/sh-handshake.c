/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-handshake.h"

#include "sh-error.h"
#include "sh-log.h"

typedef struct
{
  SoupMessage *message;
  char *url;
  guint timeout; /* seconds */
  GSource *deadline;
} Attempt;

/* HTTP statuses after which there is no point in another attempt. */
static const struct
{
  guint status;
  const char *meaning;
} refusals[] = {
  { SOUP_STATUS_UNAUTHORIZED, "the access key is wrong" },
  { SOUP_STATUS_FORBIDDEN, "the access key does not give access to it" },
  { SOUP_STATUS_NOT_FOUND, "there is no such user, brain or version" },
};

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_source_destroy (attempt->deadline);
  g_source_unref (attempt->deadline);
  g_object_unref (attempt->message);
  g_free (attempt->url);
  g_free (attempt);
}

static GError *
describe_failure (const Attempt *attempt, const GError *error)
{
  guint status = soup_message_get_status (attempt->message);

  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    if (status == refusals[i].status)
      return g_error_new (SH_ERROR, SH_ERROR_REFUSED,
                          "the engine refused the connection to %s: %s (%u)",
                          attempt->url, refusals[i].meaning, status);
  if (status != SOUP_STATUS_NONE && status != SOUP_STATUS_SWITCHING_PROTOCOLS)
    return g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                        "cannot connect to %s: the engine answered %u %s",
                        attempt->url, status, soup_status_get_phrase (status));
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                        "cannot connect to %s: no answer within %u s",
                        attempt->url, attempt->timeout);
  return g_error_new (SH_ERROR, SH_ERROR_NETWORK, "cannot connect to %s: %s",
                      attempt->url, error->message);
}

static void
log_answer (const Attempt *attempt, const GError *error)
{
  /* An engine may name its own trace of the request. */
  const char *span = soup_message_headers_get_one (
      soup_message_get_response_headers (attempt->message), "SpanID");

  SH_LOG (SH_LOG_NETWORK, "answer %u from %s%s%s%s%s",
          soup_message_get_status (attempt->message), attempt->url,
          span != NULL ? ", SpanID " : "", span != NULL ? span : "",
          error != NULL ? ": " : "", error != NULL ? error->message : "");
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  SoupWebsocketConnection *connection = soup_session_websocket_connect_finish (
      SOUP_SESSION (source), result, &error);

  log_answer (g_task_get_task_data (task), error);
  if (connection != NULL)
    g_task_return_pointer (task, connection, g_object_unref);
  else
    g_task_return_error (task,
                         describe_failure (g_task_get_task_data (task), error));
}

static gboolean
on_deadline (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_REMOVE;
}

void
sh_handshake_async (SoupSession *soup,
                    GUri *uri,
                    const char *access_key,
                    guint timeout,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *request_id = g_uuid_string_random ();
  Attempt *attempt = g_new0 (Attempt, 1);
  SoupMessageHeaders *headers;

  g_task_set_name (task, "handshake with an engine");
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, attempt, attempt_free);

  attempt->url = g_uri_to_string (uri);
  attempt->timeout = timeout;
  attempt->deadline = g_timeout_source_new_seconds (timeout);
  g_source_set_callback (attempt->deadline, on_deadline, cancellable, NULL);
  g_source_attach (attempt->deadline, g_main_context_get_thread_default ());

  attempt->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (attempt->message, SOUP_MESSAGE_NO_REDIRECT);
  headers = soup_message_get_request_headers (attempt->message);
  soup_message_headers_replace (headers, "Authorization", access_key);
  soup_message_headers_replace (headers, "RequestId", request_id);
  SH_LOG (SH_LOG_NETWORK, "connecting to %s, RequestId %s", attempt->url,
          request_id);
  /* No list of protocols rather than an empty one: libsoup 3.2 would send an
   * invalid header. */
  soup_session_websocket_connect_async (soup, attempt->message, NULL, NULL,
                                        G_PRIORITY_DEFAULT, cancellable,
                                        on_connected, task);
}

SoupWebsocketConnection *
sh_handshake_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
