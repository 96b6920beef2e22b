/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One end of a websocket (RFC 6455) after its handshake, a server's or a
 * client's: whole binary messages in and out, text out, pings and pongs, closing.
 *
 * Everything a peer can make large or slow is bounded: a message, however many
 * fragments it comes in; what is done for it in one turn of the main loop; what
 * waits to be written; the time for which nothing is heard; the time that
 * closing takes. Text frames that come are refused: the simulator protocol has none.
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
/* Frames handled in one turn of the main loop; then it is the turn of the other
 * connections. A client's turn is over with its first whole message: for a
 * simulator that is a step, or many. */
#define SH_WEBSOCKET_TURN_FRAMES 16u
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
  SH_CLOSE_NO_CODE = 1005, /* a close frame without a code; never sent */
  SH_CLOSE_ABNORMAL = 1006, /* the connection was lost; never sent */
  SH_CLOSE_POLICY = 1008, /* a message that is not allowed now */
  SH_CLOSE_TOO_BIG = 1009,
  SH_CLOSE_SERVER_ERROR = 1011,
  SH_CLOSE_RESTART = 1012, /* the peer may connect again */
  SH_CLOSE_BAD_VALUE = 4022, /* a value that cannot be used */
  SH_CLOSE_NO_SIMULATOR = 4043 /* a simulator that the program has not */
} ShCloseCode;

/* A server answers a close with the code that came, a client of this protocol
 * always with 1000. Only a client masks what it sends. */
typedef enum
{
  SH_WEBSOCKET_SERVER,
  SH_WEBSOCKET_CLIENT
} ShWebsocketRole;

typedef struct ShWebsocket ShWebsocket;

/* How it came to an end. The first cause counts: a close of ours, of the
 * peer's, a breach of the websocket protocol by the peer, or a loss (1006). */
typedef struct
{
  guint code;
  const char *text; /* the reason given, the fault or the error; NULL: none */
  gboolean by_peer; /* the peer closed first */
} ShWebsocketEnd;

typedef struct
{
  /* A message; `message` is valid during the call. The socket may be written
   * to and closed here, not freed. Not called after sh_websocket_close. */
  void (*message) (ShWebsocket *socket,
                   const guint8 *message,
                   gsize size,
                   gpointer data);
  /* The peer has closed, or broken the protocol; `closed` follows when that is
   * told to the peer and it has answered. NULL: of no interest. */
  void (*closing) (ShWebsocket *socket,
                   const ShWebsocketEnd *end,
                   gpointer data);
  /* The last call: the connection is over. Here the socket may be freed. Never
   * called from within send or close. */
  void (*closed) (ShWebsocket *socket,
                  const ShWebsocketEnd *end,
                  gpointer data);
} ShWebsocketFuncs;

/*
 * `stream` is what the handshake left; it must be pollable both ways. `socket`
 * is the one below it when nothing is between the two but what the handshake
 * has read too much; NULL for a TLS stream. References are taken to both.
 */
ShWebsocket *sh_websocket_new (ShWebsocketRole role,
                               GIOStream *stream,
                               GSocket *socket,
                               const ShWebsocketFuncs *funcs,
                               gpointer data);

/* Drops the connection if it is open; `closed` is not called. */
void sh_websocket_free (ShWebsocket *self);

/* Begins to read, in the next turn of the main loop; first these bytes, which
 * whoever did the handshake has taken from the stream. */
void sh_websocket_start (ShWebsocket *self, gconstpointer early, gsize size);

/* One binary message. Ignored when the socket is closed or closing. */
void sh_websocket_send (ShWebsocket *self, gconstpointer message, gsize size);
/* One message of UTF-8 text, likewise. */
void sh_websocket_send_text (ShWebsocket *self, const char *text);
/* Signs of life, likewise. */
void sh_websocket_send_ping (ShWebsocket *self);
void sh_websocket_send_pong (ShWebsocket *self);

/* Sends a close frame with `code` and the reason, of which as much is sent as
 * fits. The first call counts. */
void sh_websocket_close (ShWebsocket *self, guint code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* For a server, to be called a few times a second with g_get_monotonic_time:
 * pings and deadlines. May call `closed`. */
void sh_websocket_tick (ShWebsocket *self, gint64 now);

/* FALSE from the first close on, whoever sent it. */
gboolean sh_websocket_is_open (const ShWebsocket *self);
/* Monotonic time at which something came, whatever it was. */
gint64 sh_websocket_get_heard (const ShWebsocket *self);
/* Messages that have come since there was nothing more to handle. 1 for a peer
 * that waits for answers. */
guint sh_websocket_get_backlog (const ShWebsocket *self);
/* Bytes sent that neither the peer nor the kernel has taken yet. */
gsize sh_websocket_get_pending (const ShWebsocket *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShWebsocket, sh_websocket_free)

G_END_DECLS
