/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "engine-stub.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine-messages.h"

#define ACCEPT_ID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define MAX_CONNECTIONS 1024
#define BUFFER_SIZE (64u * 1024)
#define MAX_EVENTS 256

typedef struct
{
  int fd;
  gboolean upgraded; /* the handshake is done */
  guint n_answers; /* REGISTER, READY, READY, STATE; counted so far */
  gsize fill;
  guint8 *buffer; /* of BUFFER_SIZE */
} Connection;

struct EngineStub
{
  int listener, epoll;
  guint port;
  Connection connections[MAX_CONNECTIONS];
  gsize echo_size; /* 0: no echo */
  EngineMessages messages; /* of an echo: the step alone */
  guint n_sessions;
  guint64 steps, n_messages;
  gsize received_size; /* bytes of the last frame */
};

/* ---- connections ---- */

static void
drop (Connection *connection)
{
  close (connection->fd);
  free (connection->buffer);
  *connection = (Connection){ .fd = -1 };
}

/* One write: what does not fit into the socket's buffer at once would be the
 * bench's mistake. */
static void
put (Connection *connection, const void *data, gsize size)
{
  if (send (connection->fd, data, size, MSG_NOSIGNAL) != (gssize) size)
    drop (connection);
}

static void
put_bytes (Connection *connection, GBytes *message)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (message, &size);

  put (connection, data, size);
}

static void
accept_one (EngineStub *stub)
{
  Connection *connection = stub->connections;
  struct epoll_event event = { .events = EPOLLIN };
  int yes = 1;
  int fd = accept4 (stub->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  while (connection->fd >= 0)
    if (++connection == stub->connections + MAX_CONNECTIONS)
      abort ();
  if (fd < 0)
    return;
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connection->fd = fd;
  connection->buffer = malloc (BUFFER_SIZE);
  event.data.ptr = connection;
  epoll_ctl (stub->epoll, EPOLL_CTL_ADD, fd, &event);
}

/* Takes the request once it is whole. */
static void
upgrade (Connection *connection)
{
  static const char name[] = "Sec-WebSocket-Key: ";
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA1);
  g_autofree char *head =
      g_strndup ((char *) connection->buffer, connection->fill);
  g_autofree char *accept = NULL, *answer = NULL;
  guint8 digest[20];
  gsize size = sizeof digest;
  char *key = strstr (head, name);

  if (strstr (head, "\r\n\r\n") == NULL)
    return;
  if (key == NULL)
    {
      drop (connection);
      return;
    }
  key += strlen (name);
  g_checksum_update (checksum, (guchar *) key, (gssize) strcspn (key, "\r"));
  g_checksum_update (checksum, (const guchar *) ACCEPT_ID, -1);
  g_checksum_get_digest (checksum, digest, &size);
  accept = g_base64_encode (digest, size);
  answer = g_strdup_printf ("HTTP/1.1 101 Switching Protocols\r\n"
                            "Upgrade: websocket\r\n"
                            "Connection: Upgrade\r\n"
                            "Sec-WebSocket-Accept: %s\r\n\r\n",
                            accept);
  connection->upgraded = TRUE;
  connection->fill = 0;
  put (connection, answer, strlen (answer));
}

/* ---- the dialogue ---- */

/* Entries of a STATE that have a reward: one that begins an episode has none,
 * and is no step. Lengths here are below 128. */
static guint
count_steps (const guint8 *data, gsize size)
{
  guint n = 0;

  for (gsize at = 2; at + 4 < size && data[at] == 0x1a; at += 2 + data[at + 1])
    n += data[at + 4 + data[at + 3]] == 0x15;
  return n;
}

static void
answer (EngineStub *stub,
        Connection *connection,
        const guint8 *data,
        gsize size)
{
  guint n = connection->n_answers;

  stub->n_messages++;
  if (n < 4)
    connection->n_answers++;
  if (n == 3)
    stub->n_sessions++;
  if (n >= 3)
    stub->steps += count_steps (data, size);
  put_bytes (connection, n == 0   ? stub->messages.acknowledge
                         : n == 1 ? stub->messages.set_properties
                         : n == 2 ? stub->messages.start
                                  : stub->messages.step);
}

/* Takes the first frame; gives its length, or 0 when it is not whole. */
static gsize
take_frame (EngineStub *stub, Connection *connection)
{
  guint8 *data = connection->buffer;
  gsize size = connection->fill < 8 ? 0 : data[1] & 0x7f;
  gsize header = size == 126 ? 8 : 6;

  if (size == 126)
    size = (gsize) data[2] << 8 | data[3];
  if (connection->fill < header + size)
    return 0;
  for (gsize i = 0; i < size; i++)
    data[header + i] ^= data[header - 4 + i % 4];
  if (data[0] == 0x82)
    {
      stub->received_size = header + size;
      answer (stub, connection, data + header, size);
    }
  else if (data[0] == 0x88)
    drop (connection); /* the answer to its close is that it is closed */
  return header + size;
}

static void
echo (EngineStub *stub, Connection *connection)
{
  while (connection->fd >= 0 && connection->fill >= stub->echo_size)
    {
      connection->fill -= stub->echo_size;
      stub->n_messages++;
      put_bytes (connection, stub->messages.step);
    }
}

static void
handle (EngineStub *stub, Connection *connection)
{
  gssize n = recv (connection->fd, connection->buffer + connection->fill,
                   BUFFER_SIZE - connection->fill, 0);
  gsize taken = 1;

  if (n <= 0)
    {
      if (n == 0 || errno != EAGAIN)
        drop (connection);
      return;
    }
  connection->fill += (gsize) n;
  if (stub->echo_size > 0)
    {
      echo (stub, connection);
      return;
    }
  if (!connection->upgraded)
    {
      upgrade (connection);
      return;
    }
  while (connection->fd >= 0 && connection->fill >= 6 && taken > 0)
    {
      taken = take_frame (stub, connection);
      if (connection->fd < 0 || taken == 0)
        return;
      connection->fill -= taken;
      memmove (connection->buffer, connection->buffer + taken,
               connection->fill);
    }
}

/* ---- public ---- */

EngineStub *
engine_stub_new (void)
{
  EngineStub *stub = g_new0 (EngineStub, 1);
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };

  for (guint i = 0; i < MAX_CONNECTIONS; i++)
    stub->connections[i].fd = -1;
  stub->epoll = epoll_create1 (EPOLL_CLOEXEC);
  stub->listener = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (stub->listener, (struct sockaddr *) &address, sizeof address) ==
          0 &&
      listen (stub->listener, MAX_CONNECTIONS) == 0 &&
      getsockname (stub->listener, (struct sockaddr *) &address, &size) == 0 &&
      epoll_ctl (stub->epoll, EPOLL_CTL_ADD, stub->listener, &event) == 0)
    {
      stub->port = ntohs (address.sin_port);
      return stub;
    }
  perror ("engine stub");
  exit (1);
}

void
engine_stub_free (EngineStub *stub)
{
  for (guint i = 0; i < MAX_CONNECTIONS; i++)
    if (stub->connections[i].fd >= 0)
      drop (&stub->connections[i]);
  close (stub->listener);
  close (stub->epoll);
  engine_messages_clear (&stub->messages);
  g_free (stub);
}

guint
engine_stub_get_port (const EngineStub *stub)
{
  return stub->port;
}

void
engine_stub_serve (EngineStub *stub, const char *simulator, guint batch)
{
  engine_messages_clear (&stub->messages);
  engine_messages_init (&stub->messages, simulator, batch);
  stub->echo_size = 0;
  stub->n_sessions = 0;
  stub->steps = stub->n_messages = 0;
}

void
engine_stub_echo (EngineStub *stub, gsize sent, gsize received)
{
  engine_messages_clear (&stub->messages);
  stub->messages.step = g_bytes_new_take (g_malloc0 (sent), sent);
  stub->echo_size = received;
  stub->steps = stub->n_messages = 0;
}

double
engine_stub_run (EngineStub *stub, guint milliseconds)
{
  struct epoll_event events[MAX_EVENTS];
  gint64 start = g_get_monotonic_time ();
  gint64 left = milliseconds;

  while (left > 0)
    {
      int n = epoll_wait (stub->epoll, events, MAX_EVENTS, (int) left);

      for (int i = 0; i < n; i++)
        if (events[i].data.ptr == NULL)
          accept_one (stub);
        else
          handle (stub, events[i].data.ptr);
      left = milliseconds - (g_get_monotonic_time () - start) / 1000;
    }
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

guint
engine_stub_get_n_sessions (const EngineStub *stub)
{
  return stub->n_sessions;
}

guint64
engine_stub_take_steps (EngineStub *stub, guint64 *messages)
{
  guint64 steps = stub->steps;

  *messages = stub->n_messages;
  stub->steps = stub->n_messages = 0;
  return steps;
}

gsize
engine_stub_get_sent_size (const EngineStub *stub)
{
  return g_bytes_get_size (stub->messages.step);
}

gsize
engine_stub_get_received_size (const EngineStub *stub)
{
  return stub->received_size;
}

void
engine_stub_finish (EngineStub *stub)
{
  for (guint i = 0; i < MAX_CONNECTIONS; i++)
    if (stub->connections[i].fd >= 0 && stub->echo_size > 0)
      drop (&stub->connections[i]);
    else if (stub->connections[i].fd >= 0)
      put_bytes (&stub->connections[i], stub->messages.finished);
}
