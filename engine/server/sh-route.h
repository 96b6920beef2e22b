/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the path of a request means.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_ROUTE_NONE, /* no such page */
  SH_ROUTE_USER, /* /v1/{user} */
  SH_ROUTE_BRAIN, /* /v1/{user}/{brain} */
  SH_ROUTE_STATUS, /* /v1/{user}/{brain}/status */
  SH_ROUTE_SIMS, /* /v1/{user}/{brain}/sims */
  SH_ROUTE_TRAIN, /* /v1/{user}/{brain}/sims/ws: a websocket */
  SH_ROUTE_PREDICT /* /v1/{user}/{brain}/{version}/predictions/ws */
} ShRouteKind;

typedef struct
{
  ShRouteKind kind;
  char *user, *brain; /* decoded; NULL where the route has none */
  guint version; /* 0: the latest */
} ShRoute;

/* `path` is percent-encoded, as it came. A slash at the end is allowed. A path
 * that is not well-formed, or a version that is no number, is
 * SH_ROUTE_NONE. */
void sh_route_parse (const char *path, ShRoute *route);
void sh_route_clear (ShRoute *route);

gboolean sh_route_is_websocket (ShRouteKind kind);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShRoute, sh_route_clear)

G_END_DECLS
