/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's end of a websocket (RFC 6455) after its handshake: whole binary
 * messages in and out, pings and pongs, closing.
 *
 * Everything a peer can make large or slow is bounded: a message, however many
 * fragments it comes in; what is read in one turn of the main loop; what waits
 * to be written; the time for which nothing is heard; the time that closing
 * takes. Text frames are refused: the simulator protocol has none.
 *
 * One thread: that whose default main context was current when it was made.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bytes in an incoming message, all its fragments together. */
#define SH_WEBSOCKET_MAX_MESSAGE (4u * 1024 * 1024)
/* Fragments of one message. */
#define SH_WEBSOCKET_MAX_FRAGMENTS 4096u
/* Bytes that may wait for a peer that does not read. */
#define SH_WEBSOCKET_MAX_PENDING (8u * 1024 * 1024)
/* Seconds between two pings. */
#define SH_WEBSOCKET_PING_INTERVAL 15
/* Seconds for which a peer may be silent, pongs and all: a simulator in a long
 * step cannot answer pings. */
#define SH_WEBSOCKET_MAX_SILENCE 300
/* Seconds that a peer has to answer a close. */
#define SH_WEBSOCKET_CLOSE_DEADLINE 3

typedef enum
{
  SH_CLOSE_NORMAL = 1000,
  SH_CLOSE_GOING_AWAY = 1001, /* simulators do not connect again */
  SH_CLOSE_PROTOCOL = 1002, /* bytes that are no message */
  SH_CLOSE_UNSUPPORTED = 1003, /* a text frame */
  SH_CLOSE_ABNORMAL = 1006, /* the connection was lost; never sent */
  SH_CLOSE_POLICY = 1008, /* a message that is not allowed now */
  SH_CLOSE_TOO_BIG = 1009,
  SH_CLOSE_SERVER_ERROR = 1011,
  SH_CLOSE_BAD_VALUE = 4022, /* a value that cannot be used */
  SH_CLOSE_NO_SIMULATOR = 4043 /* a simulator that the program has not */
} ShCloseCode;

typedef struct ShWebsocket ShWebsocket;

typedef struct
{
  /* A message; `message` is valid during the call. The socket may be written
   * to and closed here, not freed. Not called after sh_websocket_close. */
  void (*message) (ShWebsocket *socket,
                   const guint8 *message,
                   gsize size,
                   gpointer data);
  /* The last call: the connection is over. `code` is the one that was sent,
   * else the one that came, else 1006. Here the socket may be freed. Never
   * called from within send or close. */
  void (*closed) (ShWebsocket *socket, guint code, gpointer data);
} ShWebsocketFuncs;

/* `stream` is what the handshake left; it must be pollable both ways. `socket`
 * is the one below it. References are taken to both. */
ShWebsocket *sh_websocket_new (GIOStream *stream,
                               GSocket *socket,
                               const ShWebsocketFuncs *funcs,
                               gpointer data);

/* Drops the connection if it is open; `closed` is not called. */
void sh_websocket_free (ShWebsocket *self);

/* Begins to read, in the next turn of the main loop. */
void sh_websocket_start (ShWebsocket *self);

/* One binary message. Ignored when the socket is closed or closing. */
void sh_websocket_send (ShWebsocket *self, gconstpointer message, gsize size);

/* Sends a close frame with `code` and the reason, of which as much is sent as
 * fits. The first call counts. */
void sh_websocket_close (ShWebsocket *self, guint code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* To be called a few times a second with g_get_monotonic_time: pings and
 * deadlines. May call `closed`. */
void sh_websocket_tick (ShWebsocket *self, gint64 now);

/* FALSE from the first close on, whoever sent it. */
gboolean sh_websocket_is_open (const ShWebsocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShWebsocket, sh_websocket_free)

G_END_DECLS
