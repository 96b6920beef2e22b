/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShRemote: HTTP with a deadline and a bound.
 */

#include "remote.h"

#include <libsoup/soup.h>
#include <string.h>

#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-policy-onnx.h"
#include "sh-worker-options.h"

/* Seconds for which nothing may come. */
#define TIMEOUT 30u
#define CHUNK 65536u
/* Bytes in an answer: a policy is the largest. */
#define MAX_ANSWER SH_POLICY_ONNX_MAX_BYTES

/* Engines do not look at it. */
#define USER "simhost"

struct ShRemote
{
  SoupSession *session;
  char *base, *key;
};

ShRemote *
sh_remote_new (const char *url, const char *key, GError **error)
{
  g_autofree char *whole = strstr (url, "://") != NULL
                               ? g_strdup (url)
                               : g_strconcat ("http://", url, NULL);
  g_autoptr (GUri) uri = g_uri_parse (whole, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *place = NULL;
  ShRemote *self;

  if (key == NULL)
    key = g_getenv (SH_ACCESS_KEY_VARIABLE);
  if (uri == NULL ||
      (strcmp (g_uri_get_scheme (uri), "http") != 0 &&
       strcmp (g_uri_get_scheme (uri), "https") != 0) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no address of an engine; give one like "
                   "http://127.0.0.1:8010",
                   url);
      return NULL;
    }
  if (key == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "the engine wants a key: give --accesskey, or set "
                   "$" SH_ACCESS_KEY_VARIABLE);
      return NULL;
    }
  self = g_new0 (ShRemote, 1);
  /* Messages show it: no password. */
  place = g_uri_to_string_partial (uri, G_URI_HIDE_USERINFO | G_URI_HIDE_QUERY |
                                            G_URI_HIDE_FRAGMENT);
  while (g_str_has_suffix (place, "/"))
    place[strlen (place) - 1] = '\0';
  self->base = g_strconcat (place, "/v1/" USER, NULL);
  self->key = g_strdup (key);
  self->session = soup_session_new_with_options (
      "timeout", TIMEOUT, "user-agent", "simhost/" SIMHOST_VERSION, NULL);
  return self;
}

void
sh_remote_free (ShRemote *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->session);
  g_free (self->base);
  g_free (self->key);
  g_free (self);
}

static GBytes *
read_answer (GInputStream *stream, GError **error)
{
  g_autoptr (GByteArray) answer = g_byte_array_new ();
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  gssize n;

  while ((n = g_input_stream_read (stream, chunk, CHUNK, NULL, error)) > 0)
    {
      if (answer->len + (gsize) n > MAX_ANSWER)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                       "the answer has more than %u bytes", MAX_ANSWER);
          return NULL;
        }
      g_byte_array_append (answer, chunk, (guint) n);
    }
  if (n < 0)
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&answer));
}

/* The engine's own words. */
static void
set_refused (const ShRemote *self, guint status, GBytes *answer, GError **error)
{
  gsize size;
  const char *text = g_bytes_get_data (answer, &size);
  g_autoptr (JsonObject) object =
      sh_json_text_parse_object (text != NULL ? text : "", size, NULL);
  JsonNode *node =
      object != NULL ? json_object_get_member (object, "error") : NULL;
  const char *message = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    {
      node = json_object_get_member (json_node_get_object (node), "message");
      if (node != NULL && JSON_NODE_HOLDS_VALUE (node))
        message = json_node_get_string (node);
    }
  if (message != NULL)
    g_set_error (error, SH_ERROR,
                 status == SOUP_STATUS_NOT_FOUND ? SH_ERROR_NOT_FOUND
                                                 : SH_ERROR_REFUSED,
                 "%s", message);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
                 "what answers at %s is no engine (HTTP status %u)", self->base,
                 status);
}

GBytes *
sh_remote_ask (ShRemote *self,
               const char *method,
               const char *path,
               const char *content_type,
               GBytes *body,
               GError **error)
{
  g_autofree char *url = g_strconcat (self->base, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, url);
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GBytes) answer = NULL;
  g_autoptr (GError) own_error = NULL;
  guint status;

  if (message == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "'%s' is no address", url);
      return NULL;
    }
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  soup_message_headers_replace (soup_message_get_request_headers (message),
                                "Authorization", self->key);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, content_type, body);
  stream = soup_session_send (self->session, message, NULL, &own_error);
  if (stream != NULL)
    answer = read_answer (stream, &own_error);
  if (answer == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                   "the engine at %s cannot be asked: %s; does 'simhost serve' "
                   "run there?",
                   self->base, own_error->message);
      return NULL;
    }
  status = soup_message_get_status (message);
  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    return g_steal_pointer (&answer);
  set_refused (self, status, answer, error);
  return NULL;
}

JsonObject *
sh_remote_ask_object (ShRemote *self,
                      const char *method,
                      const char *path,
                      const char *content_type,
                      GBytes *body,
                      GError **error)
{
  g_autoptr (GBytes) answer =
      sh_remote_ask (self, method, path, content_type, body, error);
  JsonObject *object;
  gsize size;
  const char *text;

  if (answer == NULL)
    return NULL;
  text = g_bytes_get_data (answer, &size);
  object = sh_json_text_parse_object (text != NULL ? text : "", size, error);
  if (object == NULL)
    g_prefix_error (error, "what answers at %s is no engine: ", self->base);
  return object;
}
