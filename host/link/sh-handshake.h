/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One attempt to connect to an engine: the HTTP request that becomes a
 * websocket, with its headers, its deadline, and what its failures mean.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* `timeout` in seconds. `cancellable` must be one of this attempt's own: the
 * deadline uses it too. Works in the thread-default main context. */
void sh_handshake_async (SoupSession *soup,
                         GUri *uri,
                         const char *access_key,
                         guint timeout,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

/* Errors: SH_ERROR_REFUSED when another attempt would be refused too (HTTP 401,
 * 403, 404), SH_ERROR_NETWORK for all else. */
SoupWebsocketConnection *sh_handshake_finish (GAsyncResult *result,
                                              GError **error);

G_END_DECLS
