/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A running engine as a client of its pages has it.
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct ShRemote ShRemote;

/* `key` NULL: that of the environment. Errors: SH_ERROR_USAGE for what is no
 * address, or when there is no key. */
ShRemote *sh_remote_new (const char *url, const char *key, GError **error);
void sh_remote_free (ShRemote *remote);

/*
 * Asks, and waits for the answer's bytes. `path` follows "/v1/USER"; `body` may
 * be NULL. Errors: SH_ERROR_NETWORK when it cannot be reached, with the engine's
 * own words SH_ERROR_NOT_FOUND or SH_ERROR_REFUSED, SH_ERROR_LIMIT.
 */
GBytes *sh_remote_ask (ShRemote *remote,
                       const char *method,
                       const char *path,
                       const char *content_type,
                       GBytes *body,
                       GError **error);

/* The same with an answer that is a JSON object; the caller unrefs it. */
JsonObject *sh_remote_ask_object (ShRemote *remote,
                                  const char *method,
                                  const char *path,
                                  const char *content_type,
                                  GBytes *body,
                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRemote, sh_remote_free)

G_END_DECLS
