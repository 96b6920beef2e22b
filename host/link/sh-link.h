/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The connection of one session to an engine: one websocket at a time, made
 * again when it is lost, until the engine or its owner ends it for good.
 *
 * The protocol is lock-step, so a link is never more than a message ahead of
 * its engine. An engine that does not keep to that, by sending without waiting
 * for answers or by not reading them, is dropped before it can fill memory.
 *
 * Thread: that of the thread-default main context in which it was opened.
 */

#pragma once

#include <glib.h>

#include "sh-link-settings.h"
#include "sh-retry.h"

G_BEGIN_DECLS

/* Seconds between two signs of life, in both directions. */
#define SH_LINK_PULSE 15u
/* After so many pulses without a sign of life the connection counts as lost. */
#define SH_LINK_MAX_SILENT_PULSES 4u
/* Milliseconds that the closing handshake may take. */
#define SH_LINK_CLOSE_DEADLINE 500u
/* Milliseconds after which a brain that is awaited is asked for again, at most. */
#define SH_LINK_BRAIN_WAIT 5000u
/* Messages in a row without waiting for an answer that an engine may send. */
#define SH_LINK_MAX_BACKLOG 32u
/* Bytes of answers that an engine may leave unread, besides what the kernel
 * keeps for it, while it sends the next message. */
#define SH_LINK_MAX_UNREAD (64u * 1024)

typedef struct ShLink ShLink;

typedef struct
{
  /* There is a connection: the first, or another one. */
  void (*opened) (ShLink *link, gpointer user_data);
  /* It is gone, and there may be another. */
  void (*lost) (ShLink *link, gpointer user_data);
  /* What went wrong, and that another attempt follows; SH_ERROR_NOT_FOUND: the
   * engine does not have the brain, told once until it is otherwise. May be
   * NULL. */
  void (*trouble) (ShLink *link, const GError *error, gpointer user_data);
  /* A binary message of at most SH_MESSAGE_MAX_BYTES. */
  void (*received) (ShLink *link,
                    const guint8 *data,
                    gsize size,
                    gpointer user_data);
  /*
   * Once, and nothing after it. NULL: closed by the owner, or by the engine in
   * good order (1001). Else the error given to sh_link_fail, SH_ERROR_REFUSED,
   * SH_ERROR_NOT_FOUND (the brain), SH_ERROR_FAILED (a certificate),
   * SH_ERROR_TIMEOUT, SH_ERROR_NETWORK, SH_ERROR_PROTOCOL, SH_ERROR_LIMIT.
   */
  void (*ended) (ShLink *link, const GError *error, gpointer user_data);
} ShLinkHandlers;

/*
 * `quiet`: connections that come and go are told at debug level only. Handlers
 * and `source` are not copied. Errors: SH_ERROR_USAGE for the settings,
 * SH_ERROR_FAILED for wss where there is no TLS.
 */
ShLink *sh_link_new (const ShLinkSettings *settings,
                     const ShRetrySource *source,
                     const ShLinkHandlers *handlers,
                     gpointer user_data,
                     gboolean quiet,
                     GError **error);

/* Begins. Once. */
void sh_link_open (ShLink *link);

/* Sends a binary message; without a connection it is dropped. */
void sh_link_send (ShLink *link, const guint8 *data, gsize size);

/* Drops the connection and makes another by the rules for a lost one. `reason`,
 * of which the owner has told already, ends the link if these allow none. */
void sh_link_restart (ShLink *link, const GError *reason);

/* Closes with code 1000; `ended` follows, within SH_LINK_CLOSE_DEADLINE. */
void sh_link_close (ShLink *link);
/* The same, and it ended with this error. */
void sh_link_fail (ShLink *link, const GError *reason);

/* No handler is called any more. A connection is dropped without a farewell. */
void sh_link_free (ShLink *link);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShLink, sh_link_free)

G_END_DECLS
