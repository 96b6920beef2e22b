/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One end of a websocket.
 *
 * NOTES. SoupWebsocketConnection is not used on either side. In the version of
 * Debian 12 it bounds single frames, not messages; queues pongs without limit
 * for a peer that does not read; reads until a read would block, so that a peer
 * that floods starves everybody else; and costs a dozen system calls a message.
 * Here a message that came whole is handed on where it lies, and an answer that
 * fits into the socket's buffer is one write: with ShWatch that makes a read
 * and a write a message, and a poll and an epoll_wait for all the messages that
 * came together.
 */

#include "sh-websocket.h"

#include <stdarg.h>
#include <string.h>

#include "sh-frame.h"
#include "sh-watch.h"

/* Bytes of the read buffer while messages are small, and when it shrinks. */
#define BUFFER_SIZE (4u * 1024)
#define BUFFER_KEEP (64u * 1024)
/* Bytes read in one turn of the main loop. */
#define TURN_SIZE (64u * 1024)
/* Seconds for the farewell of a TLS stream, in a thread of GIO's. */
#define FAREWELL_TIMEOUT 2

typedef enum
{
  STATE_OPEN,
  STATE_CLOSING, /* a close frame was sent: what comes is dropped */
  STATE_CLOSED
} State;

struct ShWebsocket
{
  ShWebsocketRole role;
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSocket *socket; /* below the stream; NULL: TLS */
  ShWatch *watch; /* from the start on */
  const ShWebsocketFuncs *funcs;
  gpointer data;

  State state;
  gboolean deaf; /* nothing that comes can be understood any more */
  gboolean broken; /* nothing can be written any more */
  gboolean ended; /* both have closed: over once everything is written */
  ShWebsocketEnd outcome;
  char *outcome_text;

  /* Read and not yet handled: buffer[start..end). */
  guint8 *buffer;
  gsize capacity, start, end;

  /* The fragments so far of a message in fragments; NULL: none. */
  GByteArray *fragments;
  guint n_fragments;

  guint turn_frames; /* handled in this turn */
  gboolean turn_over; /* a client's message was handed on */
  guint backlog; /* messages since the buffer was empty */

  GByteArray *frame; /* what is being sent */
  GByteArray *pending; /* what could not be written yet, from `written` on */
  gsize written;
  guint8 pong[SH_FRAME_MAX_CONTROL]; /* to be sent when `pending` is */
  gsize pong_size;
  gboolean pong_waits;

  gint64 heard, pinged, deadline; /* monotonic time; deadline 0: none */
};

static void
drop_connection (ShWebsocket *self)
{
  self->state = STATE_CLOSED;
  g_clear_pointer (&self->watch, sh_watch_free);
  if (self->socket != NULL)
    {
      g_io_stream_close (self->stream, NULL, NULL);
      return;
    }
  /* The farewell is written in a blocking way, and the peer may not read. */
  if (G_IS_SOCKET_CONNECTION (self->stream))
    g_socket_set_timeout (
        g_socket_connection_get_socket (G_SOCKET_CONNECTION (self->stream)),
        FAREWELL_TIMEOUT);
  g_io_stream_close_async (self->stream, G_PRIORITY_LOW, NULL, NULL, NULL);
}

/* The first cause of the end counts. Takes the text. */
static void
note_end (ShWebsocket *self, guint code, char *text, gboolean by_peer)
{
  if (self->outcome.code != 0)
    {
      g_free (text);
      return;
    }
  self->outcome_text = text;
  self->outcome = (ShWebsocketEnd){ code, text, by_peer };
}

/* Must be the last thing a caller does with `self`. */
static void
end (ShWebsocket *self)
{
  g_assert (self->state != STATE_CLOSED);

  drop_connection (self);
  note_end (self, SH_CLOSE_ABNORMAL, NULL, FALSE);
  self->funcs->closed (self, &self->outcome, self->data);
}

/* Tells the owner, who did not ask for it. */
static void
tell_closing (ShWebsocket *self)
{
  if (self->funcs->closing != NULL)
    self->funcs->closing (self, &self->outcome, self->data);
}

/* Writing. */

/* Empties it; a large one goes. */
static void
reset_array (GByteArray **array)
{
  if ((*array)->len <= BUFFER_KEEP)
    {
      g_byte_array_set_size (*array, 0);
      return;
    }
  g_byte_array_unref (*array);
  *array = g_byte_array_new ();
}

/* Nothing can be written any more: that is found out in the next turn. */
static void
fail_writing (ShWebsocket *self, const char *text)
{
  g_debug ("websocket: %s", text);
  self->broken = TRUE;
  note_end (self, SH_CLOSE_ABNORMAL, g_strdup (text), FALSE);
  if (self->watch != NULL)
    sh_watch_again (self->watch);
}

static void
keep_pending (ShWebsocket *self, const guint8 *data, gsize size)
{
  if (self->pending->len - self->written + size > SH_WEBSOCKET_MAX_PENDING)
    {
      fail_writing (self, "the peer does not read");
      return;
    }
  /* A peer that is always a little behind would never have it empty. */
  if (self->written > self->pending->len / 2)
    {
      g_byte_array_remove_range (self->pending, 0, (guint) self->written);
      self->written = 0;
    }
  g_byte_array_append (self->pending, data, (guint) size);
  if (self->watch != NULL)
    sh_watch_set_output (self->watch, TRUE);
}

/* Returns how much was written; 0 when it would block, -1 when it failed. */
static gssize
write_some (ShWebsocket *self, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  gssize n = g_pollable_output_stream_write_nonblocking (self->output, data,
                                                         size, NULL, &error);

  if (n >= 0)
    return n;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return 0;
  fail_writing (self, error->message);
  return -1;
}

static void
send_frame (ShWebsocket *self, ShOpcode opcode, gconstpointer data, gsize size)
{
  guint8 header[SH_FRAME_MAX_HEADER], mask[4];
  gboolean masked = self->role == SH_WEBSOCKET_CLIENT;
  gsize header_size;
  gssize n = 0;

  if (self->broken || self->state == STATE_CLOSED)
    return;

  if (masked)
    sh_frame_make_mask (mask);
  header_size =
      sh_frame_write_header (header, opcode, size, masked ? mask : NULL);
  g_byte_array_set_size (self->frame, (guint) (header_size + size));
  memcpy (self->frame->data, header, header_size);
  if (size > 0)
    memcpy (self->frame->data + header_size, data, size);
  if (masked)
    sh_frame_apply_mask (self->frame->data + header_size, size, mask);

  if (self->pending->len == 0)
    n = write_some (self, self->frame->data, self->frame->len);
  if (n >= 0 && (gsize) n < self->frame->len)
    keep_pending (self, self->frame->data + n, self->frame->len - (gsize) n);
  reset_array (&self->frame);
}

static void
send_waiting_pong (ShWebsocket *self)
{
  if (!self->pong_waits || self->pending->len != 0)
    return;
  self->pong_waits = FALSE;
  send_frame (self, SH_OPCODE_PONG, self->pong, self->pong_size);
}

/* Writes what waits; FALSE when the connection is over. */
static gboolean
flush (ShWebsocket *self)
{
  gssize n = write_some (self, self->pending->data + self->written,
                         self->pending->len - self->written);

  if (n < 0)
    return FALSE;
  self->written += (gsize) n;
  if (self->written < self->pending->len)
    return TRUE;

  reset_array (&self->pending);
  self->written = 0;
  sh_watch_set_output (self->watch, FALSE);
  if (self->ended)
    return FALSE;
  send_waiting_pong (self);
  return TRUE;
}

/* Closing. */

static void
send_close (ShWebsocket *self, guint code, const char *reason)
{
  guint8 payload[SH_FRAME_MAX_CONTROL];
  const char *valid_end = reason;
  gsize size = 0;

  if (code != SH_CLOSE_NO_CODE)
    {
      payload[0] = (guint8) (code >> 8);
      payload[1] = (guint8) code;
      /* No more than fits, and no half characters. */
      g_utf8_validate_len (
          reason, MIN (strlen (reason), SH_FRAME_MAX_CONTROL - 2), &valid_end);
      size = (gsize) (valid_end - reason);
      memcpy (payload + 2, reason, size);
      size += 2;
    }
  send_frame (self, SH_OPCODE_CLOSE, payload, size);
  self->state = STATE_CLOSING;
  self->deadline = g_get_monotonic_time () +
                   SH_WEBSOCKET_CLOSE_DEADLINE * G_TIME_SPAN_SECOND;
}

void
sh_websocket_close (ShWebsocket *self, guint code, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  g_return_if_fail (self != NULL);

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  if (self->state != STATE_OPEN)
    return;
  note_end (self, code, g_strdup (reason), FALSE);
  send_close (self, code, reason);
}

/* The peer has broken the websocket protocol: there is no reading on. */
G_GNUC_PRINTF (3, 4)
static void
fail (ShWebsocket *self, guint code, const char *format, ...)
{
  char *reason;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_debug ("websocket: %s", reason);
  note_end (self, code, reason, FALSE);
  self->deaf = TRUE;
  if (self->state != STATE_OPEN)
    return;
  send_close (self, code, self->outcome.text);
  tell_closing (self);
}

static void
handle_close (ShWebsocket *self, const guint8 *payload, gsize size)
{
  g_autofree char *reason = NULL;
  guint code;

  if (!sh_frame_parse_close (payload, size, &code, &reason))
    {
      fail (self, SH_CLOSE_PROTOCOL, "a malformed close frame");
      return;
    }
  g_debug ("websocket: the peer closes with %u: %s", code,
           reason != NULL ? reason : "");
  note_end (self, code, g_steal_pointer (&reason), TRUE);
  self->deaf = TRUE;
  self->ended = TRUE;
  if (self->state != STATE_OPEN)
    return;
  send_close (
      self, self->role == SH_WEBSOCKET_CLIENT ? (guint) SH_CLOSE_NORMAL : code,
      "");
  tell_closing (self);
}

/* Reading. */

static void
handle_ping (ShWebsocket *self, const guint8 *payload, gsize size)
{
  if (self->state != STATE_OPEN)
    return;
  /* One pong for all pings that came while the peer did not read. */
  memcpy (self->pong, payload, size);
  self->pong_size = size;
  self->pong_waits = TRUE;
  send_waiting_pong (self);
}

static void
deliver (ShWebsocket *self, const guint8 *message, gsize size)
{
  self->turn_over = self->role == SH_WEBSOCKET_CLIENT;
  self->backlog++;
  if (self->state == STATE_OPEN)
    self->funcs->message (self, message, size, self->data);
}

static void
handle_data (ShWebsocket *self,
             const ShFrame *frame,
             const guint8 *payload,
             gsize size)
{
  if (self->fragments == NULL && frame->final)
    {
      deliver (self, payload, size);
      return;
    }

  if (self->fragments == NULL)
    self->fragments = g_byte_array_new ();
  g_byte_array_append (self->fragments, payload, (guint) size);
  self->n_fragments++;
  if (frame->final)
    {
      g_autoptr (GByteArray) message = g_steal_pointer (&self->fragments);

      self->n_fragments = 0;
      deliver (self, message->data, message->len);
    }
}

/* What can be said of a frame by its header, before its payload has come. */
static gboolean
check_frame (ShWebsocket *self, const ShFrame *frame)
{
  gsize so_far = self->fragments != NULL ? self->fragments->len : 0;

  if (frame->opcode >= SH_OPCODE_CLOSE)
    return TRUE;

  if (frame->opcode == SH_OPCODE_TEXT)
    fail (self, SH_CLOSE_UNSUPPORTED, "text frames are not taken; send binary");
  else if ((frame->opcode == SH_OPCODE_CONTINUATION) !=
           (self->fragments != NULL))
    fail (self, SH_CLOSE_PROTOCOL, "fragments are out of order");
  else if (frame->payload_size > SH_WEBSOCKET_MAX_MESSAGE - so_far)
    fail (self, SH_CLOSE_TOO_BIG, "a message may have at most %u bytes",
          SH_WEBSOCKET_MAX_MESSAGE);
  else if (self->n_fragments >= SH_WEBSOCKET_MAX_FRAGMENTS)
    fail (self, SH_CLOSE_POLICY, "a message may have at most %u fragments",
          SH_WEBSOCKET_MAX_FRAGMENTS);
  return !self->deaf;
}

static void
handle_frame (ShWebsocket *self, const ShFrame *frame, guint8 *payload)
{
  gsize size = (gsize) frame->payload_size;

  if (self->role == SH_WEBSOCKET_SERVER)
    sh_frame_apply_mask (payload, size, frame->mask);
  switch (frame->opcode)
    {
    case SH_OPCODE_CLOSE:
      handle_close (self, payload, size);
      break;
    case SH_OPCODE_PING:
      handle_ping (self, payload, size);
      break;
    case SH_OPCODE_PONG: /* hearing something is all that counts */
      break;
    case SH_OPCODE_CONTINUATION:
    case SH_OPCODE_TEXT:
    case SH_OPCODE_BINARY:
    default:
      handle_data (self, frame, payload, size);
    }
}

/* Handles the first frame in the buffer; FALSE when more is needed. */
static gboolean
take_frame (ShWebsocket *self)
{
  gsize size = self->end - self->start;
  const char *fault;
  ShFrame frame;

  switch (sh_frame_parse (self->buffer + self->start, size,
                          self->role == SH_WEBSOCKET_SERVER, &frame, &fault))
    {
    case SH_FRAME_SHORT:
      return FALSE;
    case SH_FRAME_BAD:
      fail (self, SH_CLOSE_PROTOCOL, "%s", fault);
      return FALSE;
    case SH_FRAME_OK:
    default:
      break;
    }
  if (!check_frame (self, &frame) ||
      size < frame.header_size + frame.payload_size)
    return FALSE;

  self->turn_frames++;
  self->start += frame.header_size + (gsize) frame.payload_size;
  handle_frame (self, &frame,
                self->buffer + self->start - (gsize) frame.payload_size);
  return TRUE;
}

static gboolean
turn_is_over (const ShWebsocket *self)
{
  return self->turn_over || self->turn_frames >= SH_WEBSOCKET_TURN_FRAMES;
}

static void
take_frames (ShWebsocket *self)
{
  while (!self->deaf && !turn_is_over (self) && take_frame (self))
    ;
  if (!self->deaf && self->start < self->end)
    return;

  self->backlog = 0;
  self->start = self->end = 0;
  if (self->capacity > BUFFER_KEEP)
    {
      self->capacity = BUFFER_SIZE;
      self->buffer = g_realloc (self->buffer, self->capacity);
    }
}

/* Room grows with what has come, not with what a header promises. */
static void
make_room (ShWebsocket *self)
{
  if (self->start > 0)
    {
      memmove (self->buffer, self->buffer + self->start,
               self->end - self->start);
      self->end -= self->start;
      self->start = 0;
    }
  if (self->end == self->capacity)
    {
      self->capacity *= 2;
      self->buffer = g_realloc (self->buffer, self->capacity);
    }
}

/* Both have closed, and all is written. */
static gboolean
is_over (const ShWebsocket *self)
{
  return self->ended && self->pending->len == 0;
}

/* Reads once. Returns FALSE when the connection is over; *more when there may
 * be something left to read. */
static gboolean
read_some (ShWebsocket *self, gsize *n_read, gboolean *more)
{
  g_autoptr (GError) error = NULL;
  gsize room;
  gssize n;

  make_room (self);
  room = self->capacity - self->end;
  n = g_pollable_input_stream_read_nonblocking (
      self->input, self->buffer + self->end, room, NULL, &error);
  *more = FALSE;
  *n_read = 0;
  if (n < 0)
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return TRUE;
      note_end (self, SH_CLOSE_ABNORMAL, g_strdup (error->message), FALSE);
      return FALSE;
    }
  if (n == 0)
    return FALSE;

  *n_read = (gsize) n;
  *more = *n_read == room;
  self->end += (gsize) n;
  self->heard = g_get_monotonic_time ();
  take_frames (self);
  return !is_over (self);
}

/* One turn. What is left in the buffer is taken before more is read. FALSE when
 * the connection is over. */
static gboolean
take_input (ShWebsocket *self)
{
  gsize total = 0, n;
  gboolean more = TRUE;

  self->turn_frames = 0;
  self->turn_over = FALSE;
  if (self->start < self->end)
    take_frames (self);
  if (is_over (self))
    return FALSE;
  while (more && total < TURN_SIZE && !turn_is_over (self))
    {
      if (!read_some (self, &n, &more))
        return FALSE;
      total += n;
    }
  /* Of what lies in the buffer, or in the stream, the socket does not tell. */
  if (more || (turn_is_over (self) && self->start < self->end))
    sh_watch_again (self->watch);
  return TRUE;
}

static void
on_ready (GIOCondition ready, gpointer data)
{
  ShWebsocket *self = data;
  gboolean alive = !self->broken;

  if (alive && (ready & G_IO_OUT) != 0)
    alive = flush (self);
  if (alive && (ready & G_IO_IN) != 0)
    alive = take_input (self);
  if (!alive)
    end (self);
}

/* Public functions. */

ShWebsocket *
sh_websocket_new (ShWebsocketRole role,
                  GIOStream *stream,
                  GSocket *socket,
                  const ShWebsocketFuncs *funcs,
                  gpointer data)
{
  ShWebsocket *self;

  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (socket == NULL || G_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (ShWebsocket, 1);
  self->role = role;
  self->stream = g_object_ref (stream);
  self->socket = socket != NULL ? g_object_ref (socket) : NULL;
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (stream));
  self->output =
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream));
  self->funcs = funcs;
  self->data = data;
  self->capacity = BUFFER_SIZE;
  self->buffer = g_malloc (self->capacity);
  self->frame = g_byte_array_new ();
  self->pending = g_byte_array_new ();
  self->heard = self->pinged = g_get_monotonic_time ();
  return self;
}

void
sh_websocket_free (ShWebsocket *self)
{
  if (self == NULL)
    return;
  if (self->state != STATE_CLOSED)
    drop_connection (self);
  g_clear_pointer (&self->fragments, g_byte_array_unref);
  g_byte_array_unref (self->frame);
  g_byte_array_unref (self->pending);
  g_free (self->buffer);
  g_object_unref (self->stream);
  g_clear_object (&self->socket);
  g_free (self->outcome_text);
  g_free (self);
}

void
sh_websocket_start (ShWebsocket *self, gconstpointer early, gsize size)
{
  g_return_if_fail (self != NULL && self->watch == NULL);

  if (size > self->capacity)
    {
      self->capacity = size;
      self->buffer = g_realloc (self->buffer, size);
    }
  if (size > 0)
    memcpy (self->buffer, early, size);
  self->end = size;
  self->watch = sh_watch_new (self->stream, self->socket, on_ready, self);
  sh_watch_set_output (self->watch, self->pending->len > 0);
  /* The socket does not tell of what the handshake has read, nor of what could
   * not be written since. */
  sh_watch_again (self->watch);
}

void
sh_websocket_send (ShWebsocket *self, gconstpointer message, gsize size)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_OPEN)
    send_frame (self, SH_OPCODE_BINARY, message, size);
}

void
sh_websocket_send_text (ShWebsocket *self, const char *text)
{
  g_return_if_fail (self != NULL && text != NULL);

  if (self->state == STATE_OPEN)
    send_frame (self, SH_OPCODE_TEXT, text, strlen (text));
}

void
sh_websocket_send_ping (ShWebsocket *self)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_OPEN)
    send_frame (self, SH_OPCODE_PING, "", 0);
}

void
sh_websocket_send_pong (ShWebsocket *self)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_OPEN)
    send_frame (self, SH_OPCODE_PONG, "", 0);
}

void
sh_websocket_tick (ShWebsocket *self, gint64 now)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_CLOSED)
    return;
  if (self->broken || (self->deadline != 0 && now >= self->deadline))
    {
      end (self);
      return;
    }
  if (self->state != STATE_OPEN)
    return;

  if (now - self->heard >= SH_WEBSOCKET_MAX_SILENCE * G_TIME_SPAN_SECOND)
    sh_websocket_close (self, SH_CLOSE_POLICY, "nothing was heard for %d s",
                        SH_WEBSOCKET_MAX_SILENCE);
  else if (now - self->pinged >=
           SH_WEBSOCKET_PING_INTERVAL * G_TIME_SPAN_SECOND)
    {
      self->pinged = now;
      sh_websocket_send_ping (self);
    }
}

gboolean
sh_websocket_is_open (const ShWebsocket *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == STATE_OPEN;
}

gint64
sh_websocket_get_heard (const ShWebsocket *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->heard;
}

guint
sh_websocket_get_backlog (const ShWebsocket *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->backlog;
}

gsize
sh_websocket_get_pending (const ShWebsocket *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->pending->len - self->written;
}
