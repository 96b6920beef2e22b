/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Signs of life on a link, against an engine that sends none or answers each:
 * both in one main loop, so that a machine that is slow is slow for both.
 */

#include <gio/gio.h>
#include <string.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-link.h"

#define PULSE 100u /* milliseconds */
/* A masked ping or pong without a payload. */
#define FRAME_SIZE 6u
#define PING 0x89
#define PONG 0x8a

typedef struct
{
  GSocketService *service;
  GSocketConnection *connection;
  GSource *source;
  GString *received;
  gboolean upgraded;
  gboolean answers; /* pings */
  gboolean left; /* the link has gone, and all that it sent is here */
  guint n_pings, n_pongs;

  ShLink *link;
  guint n_opened, n_lost;
  gboolean ended;
  GError *error;
} Peers;

/* ---- the engine ---- */

static void
engine_write (Peers *p, const char *bytes, gsize size)
{
  int fd = g_socket_get_fd (g_socket_connection_get_socket (p->connection));

  g_assert_cmpint (write (fd, bytes, size), ==, size);
}

/* RFC 6455 section 4.2.2. */
static void
engine_upgrade (Peers *p)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  const char *key = strstr (p->received->str, name) + strlen (name);
  g_autofree char *accept = NULL;
  g_autofree char *answer = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *) key, 24);
  g_checksum_update (
      checksum, (const guchar *) "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", -1);
  g_checksum_get_digest (checksum, digest, &size);
  accept = g_base64_encode (digest, size);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
  engine_write (p, answer, strlen (answer));
  g_string_truncate (p->received, 0);
  p->upgraded = TRUE;
}

static void
engine_take_frames (Peers *p)
{
  while (p->received->len >= FRAME_SIZE)
    {
      switch ((guint8) p->received->str[0])
        {
        case PING:
          p->n_pings++;
          if (p->answers)
            engine_write (p, "\x8a", 2); /* without a payload */
          break;
        case PONG:
          p->n_pongs++;
          break;
        default: /* a close, which is not answered */
          g_string_truncate (p->received, 0);
          return;
        }
      g_string_erase (p->received, 0, FRAME_SIZE);
    }
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer data)
{
  Peers *p = data;
  char bytes[4096];
  gssize n = g_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);

  if (n <= 0)
    {
      p->left = TRUE;
      return G_SOURCE_REMOVE;
    }
  g_string_append_len (p->received, bytes, n);
  if (!p->upgraded && strstr (p->received->str, "\r\n\r\n") != NULL)
    engine_upgrade (p);
  else if (p->upgraded)
    engine_take_frames (p);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_incoming (GSocketService *service,
             GSocketConnection *connection,
             GObject *from,
             gpointer data)
{
  Peers *p = data;
  GSocket *socket = g_socket_connection_get_socket (connection);

  g_assert_null (p->connection);
  p->connection = g_object_ref (connection);
  g_socket_set_blocking (socket, FALSE);
  p->source = g_socket_create_source (socket, G_IO_IN, NULL);
  g_source_set_callback (p->source, G_SOURCE_FUNC (on_readable), p, NULL);
  g_source_attach (p->source, NULL);
  return TRUE;
}

/* ---- the link ---- */

static void
on_opened (ShLink *link, gpointer data)
{
  ((Peers *) data)->n_opened++;
}

static void
on_lost (ShLink *link, gpointer data)
{
  ((Peers *) data)->n_lost++;
}

static void
on_received (ShLink *link, const guint8 *bytes, gsize size, gpointer data)
{
  g_assert_not_reached ();
}

static void
on_ended (ShLink *link, const GError *error, gpointer data)
{
  Peers *p = data;

  p->ended = TRUE;
  p->error = error != NULL ? g_error_copy (error) : NULL;
}

static const ShLinkHandlers handlers = {
  .opened = on_opened,
  .lost = on_lost,
  .received = on_received,
  .ended = on_ended,
};

static void
set_up (Peers *p, gconstpointer answers)
{
  g_auto (ShLinkSettings) settings;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) loopback =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  p->received = g_string_new (NULL);
  p->answers = answers != NULL;
  p->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (p->service), loopback,
                                 G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP,
                                 NULL, &bound, &error);
  g_assert_no_error (error);
  g_signal_connect (p->service, "incoming", G_CALLBACK (on_incoming), p);

  sh_link_settings_init (&settings);
  g_free (settings.url);
  settings.url = g_strdup_printf (
      "http://127.0.0.1:%u",
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)));
  settings.brain = g_strdup ("b");
  settings.access_key = g_strdup ("key");
  settings.retry_timeout = SH_RETRY_NEVER;
  settings.pulse = PULSE;
  p->link = sh_link_new (&settings, &sh_retry_system_source, &handlers, p, TRUE,
                         &error);
  g_assert_no_error (error);
  sh_link_open (p->link);
}

static void
tear_down (Peers *p, gconstpointer unused)
{
  sh_link_free (p->link);
  g_socket_service_stop (p->service);
  g_socket_listener_close (G_SOCKET_LISTENER (p->service));
  g_clear_object (&p->service);
  g_source_destroy (p->source);
  g_source_unref (p->source);
  g_clear_object (&p->connection);
  g_string_free (p->received, TRUE);
  g_clear_error (&p->error);
}

static void
test_silent (Peers *p, gconstpointer unused)
{
  while (!p->ended || !p->left)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (p->n_opened, ==, 1);
  g_assert_cmpuint (p->n_lost, ==, 1);
  g_assert_error (p->error, SH_ERROR, SH_ERROR_NETWORK);
  g_assert_cmpstr (p->error->message, ==,
                   "the engine gave no sign of life for 0.4 s");
  /* It was asked for one with each pulse; a pong came besides, and at once. */
  g_assert_cmpuint (p->n_pings, ==, SH_LINK_MAX_SILENT_PULSES);
  g_assert_cmpuint (p->n_pongs, ==, SH_LINK_MAX_SILENT_PULSES + 1);
}

static void
test_alive (Peers *p, gconstpointer unused)
{
  while (!p->ended && p->n_pings < 5 * SH_LINK_MAX_SILENT_PULSES)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (p->error);
  g_assert_cmpuint (p->n_lost, ==, 0);
  /* From then on it is silent. */
  p->answers = FALSE;
  while (!p->ended)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (p->n_lost, ==, 1);
  g_assert_error (p->error, SH_ERROR, SH_ERROR_NETWORK);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/session/link/an-engine-without-a-sign-of-life-is-lost", Peers,
              NULL, set_up, test_silent, tear_down);
  g_test_add ("/session/link/an-engine-that-answers-pings-is-not", Peers, "yes",
              set_up, test_alive, tear_down);
  return g_test_run ();
}
