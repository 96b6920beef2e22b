/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "echo-client.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define MAX_EVENTS 256

typedef struct
{
  int fd;
  gsize fill; /* bytes of the message that is coming */
} Connection;

static gboolean
open_connection (Connection *connection, guint port, int epoll)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16) port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct epoll_event event = { .events = EPOLLIN, .data.ptr = connection };
  int yes = 1;

  connection->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return connect (connection->fd, (struct sockaddr *) &address,
                  sizeof address) == 0 &&
         epoll_ctl (epoll, EPOLL_CTL_ADD, connection->fd, &event) == 0;
}

int
echo_client_run (guint port, guint n, gsize sent, gsize received)
{
  g_autofree guint8 *answer = g_malloc0 (sent), *buffer = g_malloc (received);
  g_autofree Connection *connections = g_new0 (Connection, n);
  struct epoll_event events[MAX_EVENTS];
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  for (guint i = 0; i < n; i++)
    if (!open_connection (&connections[i], port, epoll) ||
        send (connections[i].fd, answer, sent, MSG_NOSIGNAL) != (gssize) sent)
      {
        perror ("echo");
        return 1;
      }
  for (;;)
    {
      int ready = epoll_wait (epoll, events, MAX_EVENTS, -1);

      for (int i = 0; i < ready; i++)
        {
          Connection *connection = events[i].data.ptr;
          gssize got =
              recv (connection->fd, buffer, received - connection->fill, 0);

          if (got <= 0)
            return 0;
          connection->fill += (gsize) got;
          if (connection->fill < received)
            continue;
          connection->fill = 0;
          if (send (connection->fd, answer, sent, MSG_NOSIGNAL) < 0)
            return 0;
        }
    }
}
