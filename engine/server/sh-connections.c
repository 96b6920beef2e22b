/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Connections, from being accepted to being a SoupServer's.
 *
 * NOTES. SoupServer could listen itself, but as it does so in the version of
 * Debian 12 it leaks a GSocket for each connection, never listens again once
 * the process has run out of descriptors, queues ten connections (the others of
 * a hundred simulators try again a second later), and has no deadline for a
 * client that says nothing. A SoupServer that does not listen closes each
 * connection after one request: that is made known in the answers.
 */

#include "sh-connections.h"

#include <netinet/in.h>
#include <netinet/tcp.h>

/* Connections taken in one turn of the main loop. */
#define TURN_CONNECTIONS 64u

struct ShConnections
{
  SoupServer *soup;
  GPtrArray *listeners; /* GSocket */
  GPtrArray *sources; /* one each; none while descriptors have run out */
  GHashTable *deadlines; /* GSocket, weak: monotonic time, gint64 */
};

/* By which a message's connection is found: libsoup hands out the address
 * object that it was given. */
static GQuark
socket_quark (void)
{
  return g_quark_from_static_string ("sh-connections-socket");
}

static void
on_socket_gone (gpointer data, GObject *socket)
{
  ShConnections *self = data;

  g_hash_table_remove (self->deadlines, socket);
}

static void
forget (ShConnections *self, GSocket *socket)
{
  if (g_hash_table_remove (self->deadlines, socket))
    g_object_weak_unref (G_OBJECT (socket), on_socket_gone, self);
}

static void
remember (ShConnections *self, GSocket *socket)
{
  gint64 *deadline = g_new (gint64, 1);

  *deadline =
      g_get_monotonic_time () + SH_CONNECTIONS_DEADLINE * G_TIME_SPAN_SECOND;
  g_hash_table_insert (self->deadlines, socket, deadline);
  g_object_weak_ref (G_OBJECT (socket), on_socket_gone, self);
}

static void
hand_over (ShConnections *self, GSocket *socket)
{
  g_autoptr (GSocketAddress) local = g_socket_get_local_address (socket, NULL);
  g_autoptr (GSocketAddress) remote =
      g_socket_get_remote_address (socket, NULL);
  g_autoptr (GSocketConnection) connection = NULL;

  /* No addresses: it is gone already. */
  if (local == NULL || remote == NULL ||
      g_hash_table_size (self->deadlines) >= SH_CONNECTIONS_MAX)
    return;

  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  g_object_set_qdata_full (G_OBJECT (remote), socket_quark (),
                           g_object_ref (socket), g_object_unref);
  remember (self, socket);
  connection = g_socket_connection_factory_create_connection (socket);
  soup_server_accept_iostream (self->soup, G_IO_STREAM (connection), local,
                               remote, NULL);
}

/* FALSE when nobody else waits. */
static gboolean
take_connection (ShConnections *self, GSocket *listener)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, &error);

  if (socket != NULL)
    {
      hand_over (self, socket);
      return TRUE;
    }
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;

  /* Out of descriptors or memory: the connection stays where it is, and would
   * wake us all the time. The next tick tries again. */
  g_warning ("cannot take a connection: %s", error->message);
  g_ptr_array_set_size (self->sources, 0);
  return FALSE;
}

static gboolean
on_connection (GSocket *listener, GIOCondition what, gpointer data)
{
  ShConnections *self = data;
  guint n = 0;

  while (n < TURN_CONNECTIONS && take_connection (self, listener))
    n++;
  return G_SOURCE_CONTINUE;
}

static void
source_free (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

static void
listen_again (ShConnections *self)
{
  g_ptr_array_set_size (self->sources, 0);
  for (guint i = 0; i < self->listeners->len; i++)
    {
      GSource *source =
          g_socket_create_source (self->listeners->pdata[i], G_IO_IN, NULL);

      g_source_set_callback (source, G_SOURCE_FUNC (on_connection), self, NULL);
      g_source_set_name (source, "connections");
      g_source_attach (source, g_main_context_get_thread_default ());
      g_ptr_array_add (self->sources, source);
    }
}

ShConnections *
sh_connections_new (SoupServer *soup)
{
  ShConnections *self;

  g_return_val_if_fail (SOUP_IS_SERVER (soup), NULL);

  self = g_new0 (ShConnections, 1);
  self->soup = soup;
  self->listeners = g_ptr_array_new_with_free_func (g_object_unref);
  self->sources = g_ptr_array_new_with_free_func (source_free);
  self->deadlines = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
sh_connections_free (ShConnections *self)
{
  GHashTableIter iter;
  gpointer socket;

  if (self == NULL)
    return;
  g_ptr_array_unref (self->sources);
  g_ptr_array_unref (self->listeners);
  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_object_weak_unref (socket, on_socket_gone, self);
  g_hash_table_unref (self->deadlines);
  g_free (self);
}

gboolean
sh_connections_listen (ShConnections *self,
                       GSocketAddress *address,
                       guint *port,
                       GError **error)
{
  g_autoptr (GSocket) listener = NULL;
  g_autoptr (GSocketAddress) bound = NULL;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (G_IS_INET_SOCKET_ADDRESS (address), FALSE);

  listener = g_socket_new (g_socket_address_get_family (address),
                           G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (listener == NULL)
    return FALSE;
  g_socket_set_blocking (listener, FALSE);
  g_socket_set_listen_backlog (listener, SH_CONNECTIONS_BACKLOG);
  if (!g_socket_bind (listener, address, TRUE, error) ||
      !g_socket_listen (listener, error))
    return FALSE;
  bound = g_socket_get_local_address (listener, error);
  if (bound == NULL)
    return FALSE;

  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_ptr_array_add (self->listeners, g_steal_pointer (&listener));
  listen_again (self);
  return TRUE;
}

GSocket *
sh_connections_take (ShConnections *self, SoupServerMessage *message)
{
  GSocketAddress *remote;
  GSocket *socket;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (SOUP_IS_SERVER_MESSAGE (message), NULL);

  remote = soup_server_message_get_remote_address (message);
  socket = g_object_get_qdata (G_OBJECT (remote), socket_quark ());
  g_return_val_if_fail (socket != NULL, NULL);
  forget (self, socket);
  return g_object_ref (socket);
}

void
sh_connections_tick (ShConnections *self, gint64 now)
{
  GHashTableIter iter;
  gpointer socket, deadline;

  g_return_if_fail (self != NULL);

  if (self->sources->len < self->listeners->len)
    listen_again (self);
  /* The server reads the end of its input and lets go of it. */
  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, &socket, &deadline))
    if (now >= *(gint64 *) deadline)
      g_socket_shutdown (socket, TRUE, TRUE, NULL);
}
