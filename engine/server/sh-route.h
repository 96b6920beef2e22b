/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the path of a request means.
 */

#pragma once

#include <glib.h>

#include "sh-history.h"

G_BEGIN_DECLS

typedef enum
{
  SH_ROUTE_NONE, /* no such page */
  SH_ROUTE_PROMETHEUS, /* /metrics */
  SH_ROUTE_USER, /* /v1/{user} */
  SH_ROUTE_PROPERTIES, /* /v1/userproperties */
  SH_ROUTE_GALLERY, /* /v1/projects/{category}/{name} */
  SH_ROUTE_BRAINS, /* /v1/{user}/brains */
  SH_ROUTE_BRAIN, /* /v1/{user}/{brain} */
  SH_ROUTE_STATUS, /* /v1/{user}/{brain}/status */
  SH_ROUTE_SIMS, /* /v1/{user}/{brain}/sims */
  SH_ROUTE_INK, /* /v1/{user}/{brain}/ink */
  SH_ROUTE_START, /* /v1/{user}/{brain}/train */
  SH_ROUTE_STOP, /* /v1/{user}/{brain}/stop */
  SH_ROUTE_RESUME, /* /v1/{user}/{brain}/{version}/resume */
  SH_ROUTE_POLICY, /* /v1/{user}/{brain}/{version}/policy.onnx, or policy-{number}.onnx */
  SH_ROUTE_METRICS, /* /v1/{user}/{brain}/{version}/metrics/{metric} */
  SH_ROUTE_WATCH, /* /v1/{user}/{brain}/ws: a websocket, as those below */
  SH_ROUTE_TRAIN, /* /v1/{user}/{brain}/sims/ws */
  SH_ROUTE_PREDICT, /* /v1/{user}/{brain}/{version}/predictions/ws */
  SH_ROUTE_SIM_LOGS, /* /v1/{user}/{brain}/{version}/sims/{number}/logs/ws */
  SH_ROUTE_SIM_STATE /* /v1/{user}/{brain}/{version}/sims/{number}/state/ws */
} ShRouteKind;

typedef struct
{
  ShRouteKind kind;
  char *user, *brain; /* decoded; NULL where the route has none */
  guint version; /* 0: the latest */
  guint number; /* of a simulator, from 1 */
  char *category, *project; /* of the gallery, decoded */
  ShMetric metric;
} ShRoute;

/* `path` is percent-encoded, as it came. A slash at the end is allowed. A path
 * that is not well-formed, or a version that is no number, is
 * SH_ROUTE_NONE. */
void sh_route_parse (const char *path, ShRoute *route);
void sh_route_clear (ShRoute *route);

gboolean sh_route_is_websocket (ShRouteKind kind);

/* "GET, HEAD, PUT": what may be done there. */
const char *sh_route_get_methods (ShRouteKind kind);
gboolean sh_route_takes (ShRouteKind kind, const char *method);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShRoute, sh_route_clear)

G_END_DECLS
