/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The HTTP request that asks for a websocket, and what answers it (RFC 6455,
 * section 4). Pure: text in and out.
 *
 * No extension and no subprotocol is asked for. An engine that names a
 * subprotocol nevertheless is tolerated, whatever it names; one that wants an
 * extension is not, for it would send frames that cannot be read.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Bytes in the head of an answer. */
#define SH_UPGRADE_MAX_HEAD (64u * 1024)

/* 80, or 443 for wss. */
int sh_upgrade_get_default_port (GUri *uri);

/* A key for one request; free with g_free. */
char *sh_upgrade_make_key (void);

/* The request's text; free with g_free. `uri` is a ws or wss one. */
char *sh_upgrade_make_request (GUri *uri,
                               const char *key,
                               const char *access_key,
                               const char *request_id);

/*
 * Length of the answer's head at the start of these bytes, the empty line
 * included; 0 when its end has not come yet.
 */
gsize sh_upgrade_find_head (const char *data, gsize size);

/* What an answer says. Clear with sh_upgrade_answer_clear. */
typedef struct
{
  guint status;
  char *span_id; /* the engine's name for its trace; may be NULL */
  const char *fault; /* why a 101 is none; NULL: it is one */
} ShUpgradeAnswer;

/* FALSE: the head is not HTTP. */
gboolean sh_upgrade_read_answer (const char *head,
                                 gsize size,
                                 const char *key,
                                 ShUpgradeAnswer *answer);
void sh_upgrade_answer_clear (ShUpgradeAnswer *answer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShUpgradeAnswer, sh_upgrade_answer_clear)

G_END_DECLS
