/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What clients do with brains over HTTP: create, push, read, train, stop,
 * resume, delete, and the metrics. docs/rest.md lists the pages.
 *
 * One thread: that of the registry.
 */

#pragma once

#include <libsoup/soup.h>

#include "sh-registry.h"
#include "sh-route.h"
#include "sh-status-hub.h"

G_BEGIN_DECLS

typedef struct
{
  ShRegistry *registry;
  ShStatusHub *status_hub; /* told of what changes */
  guint64 seed; /* of trainings */
} ShRest;

/* Answers a request whose route takes its method, and is no websocket. `query`
 * may be NULL. */
void sh_rest_handle (const ShRest *rest,
                     SoupServerMessage *message,
                     const ShRoute *route,
                     GHashTable *query);

G_END_DECLS
