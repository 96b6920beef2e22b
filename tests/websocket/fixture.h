/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A websocket on one end of a pair of sockets, and the other end in the test's
 * hand.
 */

#pragma once

#include "sh-frame.h"
#include "sh-websocket.h"

/* Without a mask that changes anything. */
#define MASK "\0\0\0\0"

/* Both ends, and what the server's end has told. */
typedef struct
{
  ShWebsocket *socket;
  int peer;
  GPtrArray *messages; /* GBytes */
  guint n_closing;
  gboolean closed, by_peer;
  guint code;
  GByteArray *received; /* by the peer */
} Fixture;

/* With functions of the test's own. */
void set_up_with (Fixture *f,
                  ShWebsocketRole role,
                  const ShWebsocketFuncs *own_funcs,
                  gpointer data,
                  const char *early);
/* `early`: what the handshake has read already, a string; may be NULL. */
void set_up_role (Fixture *f, ShWebsocketRole role, const char *early);
void set_up (Fixture *f, gconstpointer unused); /* a server */
void set_up_client (Fixture *f, gconstpointer unused);
void tear_down (Fixture *f, gconstpointer unused);

/* Lets the main loop run dry; also takes what the peer can read. */
void settle (Fixture *f);

/* Sends bytes as the peer. */
void put (Fixture *f, gconstpointer data, gsize size);
/* A masked frame; `first` is its first byte. */
GByteArray *frame_new (guint8 first, gconstpointer payload, gsize size);
void put_frame (Fixture *f, guint8 first, gconstpointer payload, gsize size);

void assert_message (Fixture *f, guint index, gconstpointer data, gsize size);
/* What the peer has received begins with a close frame of `code`, without a
 * mask. */
void assert_close_frame (Fixture *f, guint code);
