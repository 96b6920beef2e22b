/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Deadlines for HTTP connections. A socket that is past its own is shut down:
 * the server reads the end of its input and lets go of it.
 */

#include "sh-connections.h"

struct ShConnections
{
  SoupServer *server;
  GHashTable *deadlines; /* GSocket, weak: monotonic time, gint64 */
};

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
set_deadline (ShConnections *self, GSocket *socket, int seconds)
{
  gint64 *deadline = g_hash_table_lookup (self->deadlines, socket);

  if (deadline == NULL)
    {
      deadline = g_new0 (gint64, 1);
      g_hash_table_insert (self->deadlines, socket, deadline);
      g_object_weak_ref (G_OBJECT (socket), on_socket_gone, self);
    }
  *deadline = g_get_monotonic_time () + seconds * G_TIME_SPAN_SECOND;
}

/* Also emitted when a connection is accepted, before anything has come. */
static void
on_request_started (SoupServer *server,
                    SoupServerMessage *message,
                    gpointer data)
{
  ShConnections *self = data;
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket == NULL)
    return;
  if (g_hash_table_size (self->deadlines) >= SH_CONNECTIONS_MAX &&
      !g_hash_table_contains (self->deadlines, socket))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
  else
    set_deadline (self, socket, SH_CONNECTIONS_REQUEST_DEADLINE);
}

static void
on_request_over (SoupServer *server, SoupServerMessage *message, gpointer data)
{
  ShConnections *self = data;
  GSocket *socket = soup_server_message_get_socket (message);

  if (socket != NULL && g_hash_table_contains (self->deadlines, socket))
    set_deadline (self, socket, SH_CONNECTIONS_IDLE_DEADLINE);
}

ShConnections *
sh_connections_new (SoupServer *server)
{
  ShConnections *self = g_new0 (ShConnections, 1);

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);

  self->server = server;
  self->deadlines = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_signal_connect (server, "request-started", G_CALLBACK (on_request_started),
                    self);
  g_signal_connect (server, "request-finished", G_CALLBACK (on_request_over),
                    self);
  g_signal_connect (server, "request-aborted", G_CALLBACK (on_request_over),
                    self);
  return self;
}

void
sh_connections_free (ShConnections *self)
{
  GHashTableIter iter;
  gpointer socket;

  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->server, self);
  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, &socket, NULL))
    g_object_weak_unref (socket, on_socket_gone, self);
  g_hash_table_unref (self->deadlines);
  g_free (self);
}

void
sh_connections_release (ShConnections *self, SoupServerMessage *message)
{
  GSocket *socket;

  g_return_if_fail (self != NULL);

  socket = soup_server_message_get_socket (message);
  if (socket != NULL)
    forget (self, socket);
}

void
sh_connections_tick (ShConnections *self, gint64 now)
{
  GHashTableIter iter;
  gpointer socket, deadline;

  g_return_if_fail (self != NULL);

  g_hash_table_iter_init (&iter, self->deadlines);
  while (g_hash_table_iter_next (&iter, &socket, &deadline))
    if (now >= *(gint64 *) deadline)
      g_socket_shutdown (socket, TRUE, TRUE, NULL);
}
