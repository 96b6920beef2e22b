/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Answers to requests.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Takes `json` over. */
void sh_respond (SoupServerMessage *message, guint status, char *json);

/* Other things than JSON. */
void
sh_respond_bytes (SoupServerMessage *message, const char *type, GBytes *bytes);

/* {"error": {"code", "message"}} */
void sh_respond_error (SoupServerMessage *message,
                       guint status,
                       const char *code,
                       const char *format,
                       ...) G_GNUC_PRINTF (4, 5);

/* An error of the store, the history or a brain, as HTTP has it: what is not
 * there 404, what cannot be done now 409, what is malformed 400; the rest is
 * 500, and said on the log. */
void sh_respond_gerror (SoupServerMessage *message, const GError *error);

G_END_DECLS
