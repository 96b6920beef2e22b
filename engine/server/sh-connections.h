/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The connections of a SoupServer that are not websockets (yet): no more than
 * so many, and each with a deadline for its request, which SoupServer itself
 * has not.
 *
 * One thread: that of the server.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Seconds that a request may take from its first byte, or the connection's
 * start, to the end of its answer. */
#define SH_CONNECTIONS_REQUEST_DEADLINE 10
/* Seconds for which a connection may lie idle between two requests. */
#define SH_CONNECTIONS_IDLE_DEADLINE 60
/* Connections at once. */
#define SH_CONNECTIONS_MAX 512u

typedef struct ShConnections ShConnections;

/* Borrows `server`, which must outlive it. */
ShConnections *sh_connections_new (SoupServer *server);
void sh_connections_free (ShConnections *self);

/* The connection of `message` has become a websocket. */
void sh_connections_release (ShConnections *self, SoupServerMessage *message);

/* Ends those past their deadline; `now`: monotonic time. */
void sh_connections_tick (ShConnections *self, gint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConnections, sh_connections_free)

G_END_DECLS
