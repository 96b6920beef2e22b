/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Takes connections for a SoupServer: no more than so many at once, and each
 * with a deadline for its one request. What has become a websocket does not
 * count any more.
 *
 * One thread: that of the server.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Seconds from the start of a connection to the end of its request's answer. */
#define SH_CONNECTIONS_DEADLINE 10
/* Connections at once; more are closed as they come. */
#define SH_CONNECTIONS_MAX 512u
/* Connections that may wait to be taken: as many simulators as start at once. */
#define SH_CONNECTIONS_BACKLOG 1024

typedef struct ShConnections ShConnections;

/* Borrows `soup`, which must outlive it. */
ShConnections *sh_connections_new (SoupServer *soup);
/* Stops to listen; connections stay with the SoupServer. */
void sh_connections_free (ShConnections *self);

/* Listens on one more address; *port is the port that it is, also when the
 * address leaves it open. Errors: those of GIO. */
gboolean sh_connections_listen (ShConnections *self,
                                GSocketAddress *address,
                                guint *port,
                                GError **error);

/* The socket of a message, which has become a websocket: from now on it is the
 * caller's, who unrefs it. */
GSocket *sh_connections_take (ShConnections *self, SoupServerMessage *message);

/* Ends those past their deadline; `now`: monotonic time. To be called a few
 * times a second. */
void sh_connections_tick (ShConnections *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConnections, sh_connections_free)

G_END_DECLS
