/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds a websocket what a peer may send, as a server and as a client, and the
 * reader of answers to a handshake. Whatever comes, no message is larger than
 * allowed, the end is told once, and nothing comes after it.
 *
 * The first byte says which; of the rest, a websocket gets pieces.
 */

#include <sys/socket.h>
#include <unistd.h>

#include "sh-upgrade.h"
#include "sh-websocket.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

typedef struct
{
  gboolean closing, closed;
} Heard;

static void
on_message (ShWebsocket *socket, const guint8 *data, gsize size, gpointer user)
{
  const Heard *heard = user;

  g_assert (!heard->closing && !heard->closed);
  g_assert (size <= SH_WEBSOCKET_MAX_MESSAGE);
  sh_websocket_send (socket, data, MIN (size, 1000));
}

static void
on_closing (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  Heard *heard = user;

  g_assert (!heard->closing && !heard->closed);
  g_assert (end->code != 0);
  heard->closing = TRUE;
}

static void
on_closed (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  Heard *heard = user;

  g_assert (!heard->closed);
  heard->closed = TRUE;
}

static const ShWebsocketFuncs funcs = { on_message, on_closing, on_closed };

static void
settle (int peer)
{
  guint8 buffer[4096];

  while (g_main_context_iteration (NULL, FALSE))
    while (recv (peer, buffer, sizeof buffer, 0) > 0)
      ;
}

static void
feed (ShWebsocketRole role, gsize piece, const guint8 *data, gsize size)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (ShWebsocket) websocket = NULL;
  Heard heard = { 0 };
  int fds[2];

  g_assert (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                        fds) == 0);
  socket = g_socket_new_from_fd (fds[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  websocket =
      sh_websocket_new (role, G_IO_STREAM (connection), socket, &funcs, &heard);
  sh_websocket_start (websocket, data, MIN (piece, size));
  for (gsize at = MIN (piece, size); at < size; at += piece)
    {
      send (fds[1], data + at, MIN (piece, size - at), MSG_NOSIGNAL);
      settle (fds[1]);
    }
  close (fds[1]);
  while (!heard.closed)
    g_main_context_iteration (NULL, TRUE);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_auto (ShUpgradeAnswer) answer = { 0 };
  gsize head;

  if (size == 0)
    return 0;
  if ((data[0] & 0xc0) != 0)
    {
      feed ((data[0] & 0x40) != 0 ? SH_WEBSOCKET_SERVER : SH_WEBSOCKET_CLIENT,
            1 + (data[0] & 0x3fu), data + 1, size - 1);
      return 0;
    }
  head = sh_upgrade_find_head ((const char *) data + 1, size - 1);
  g_assert (head <= size - 1);
  if (head > 0)
    sh_upgrade_read_answer ((const char *) data + 1, head,
                            "dGhlIHNhbXBsZSBub25jZQ==", &answer);
  return 0;
}
