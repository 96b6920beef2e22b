/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-upgrade.h"

#include <string.h>

#define ACCEPT_ID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

char *
sh_upgrade_make_key (void)
{
  guint32 nonce[4];

  /* It need not be secret, only different each time. */
  for (gsize i = 0; i < G_N_ELEMENTS (nonce); i++)
    nonce[i] = g_random_int ();
  return g_base64_encode ((const guchar *) nonce, sizeof nonce);
}

int
sh_upgrade_get_default_port (GUri *uri)
{
  return strcmp (g_uri_get_scheme (uri), "wss") == 0 ? 443 : 80;
}

static char *
make_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);
  gboolean bare = strchr (host, ':') != NULL; /* an IPv6 address */
  int port = g_uri_get_port (uri);
  g_autofree char *number =
      port > 0 && port != sh_upgrade_get_default_port (uri)
          ? g_strdup_printf (":%d", port)
          : g_strdup ("");

  return g_strconcat (bare ? "[" : "", host, bare ? "]" : "", number, NULL);
}

char *
sh_upgrade_make_request (GUri *uri,
                         const char *key,
                         const char *access_key,
                         const char *request_id)
{
  g_autofree char *host = make_host (uri);

  return g_strdup_printf ("GET %s HTTP/1.1\r\n"
                          "Host: %s\r\n"
                          "Upgrade: websocket\r\n"
                          "Connection: Upgrade\r\n"
                          "Sec-WebSocket-Key: %s\r\n"
                          "Sec-WebSocket-Version: 13\r\n"
                          "User-Agent: simhost/" SIMHOST_VERSION "\r\n"
                          "Authorization: %s\r\n"
                          "RequestId: %s\r\n"
                          "\r\n",
                          g_uri_get_path (uri), host, key, access_key,
                          request_id);
}

gsize
sh_upgrade_find_head (const char *data, gsize size)
{
  const char *end = size > 0 ? memmem (data, size, "\r\n\r\n", 4) : NULL;

  return end != NULL ? (gsize) (end - data) + 4 : 0;
}

static gboolean
accepts (SoupMessageHeaders *headers, const char *key)
{
  const char *found =
      soup_message_headers_get_one (headers, "Sec-WebSocket-Accept");
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *expected = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, -1);
  g_checksum_update (checksum, (const guchar *) ACCEPT_ID, -1);
  g_checksum_get_digest (checksum, digest, &size);
  expected = g_base64_encode (digest, size);
  return found != NULL && strcmp (found, expected) == 0;
}

static const char *
find_fault (SoupMessageHeaders *headers, const char *key)
{
  if (!soup_message_headers_header_contains (headers, "Upgrade", "websocket") ||
      !soup_message_headers_header_contains (headers, "Connection", "upgrade"))
    return "it does not speak of a websocket";
  if (!accepts (headers, key))
    return "its Sec-WebSocket-Accept does not fit the request";
  if (soup_message_headers_get_list (headers, "Sec-WebSocket-Extensions") !=
      NULL)
    return "it names an extension that nobody asked for";
  return NULL;
}

gboolean
sh_upgrade_read_answer (const char *head,
                        gsize size,
                        const char *key,
                        ShUpgradeAnswer *answer)
{
  g_autoptr (SoupMessageHeaders) headers =
      soup_message_headers_new (SOUP_MESSAGE_HEADERS_RESPONSE);
  SoupHTTPVersion version;

  *answer = (ShUpgradeAnswer){ 0 };
  /* Without the empty line. */
  if (size < 4 ||
      !soup_headers_parse_response (head, (int) size - 2, headers, &version,
                                    &answer->status, NULL))
    return FALSE;
  answer->span_id = g_strdup (soup_message_headers_get_one (headers, "SpanID"));
  answer->fault = find_fault (headers, key);
  return TRUE;
}

void
sh_upgrade_answer_clear (ShUpgradeAnswer *answer)
{
  g_clear_pointer (&answer->span_id, g_free);
}
