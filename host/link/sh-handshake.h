/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One attempt to connect to an engine: through a proxy if there is one, with
 * TLS if it is wss, then the HTTP request that becomes a websocket; its
 * deadline, and what its failures mean. Redirects are not followed.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GUri *uri; /* ws or wss */
  const char *access_key;
  const char *proxy; /* as in ShLinkSettings */
  guint timeout; /* seconds for the whole attempt */
} ShHandshakeTarget;

/* Works in the thread-default main context. `target` is not kept.
 * `cancellable` must be one of this attempt's own: the deadline uses it too. */
void sh_handshake_async (const ShHandshakeTarget *target,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/*
 * *early is what came after the engine's answer, and may be NULL. Errors:
 * SH_ERROR_REFUSED when another attempt would be refused too (HTTP 401, 403),
 * SH_ERROR_NOT_FOUND for a brain that is not there (404), SH_ERROR_FAILED for a
 * certificate that is not accepted, SH_ERROR_NETWORK for all else.
 */
GSocketConnection *
sh_handshake_finish (GAsyncResult *result, GBytes **early, GError **error);

G_END_DECLS
