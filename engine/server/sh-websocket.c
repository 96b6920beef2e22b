/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's end of a websocket.
 *
 * NOTES. libsoup does the handshake and then hands over the stream; its own
 * SoupWebsocketConnection is not used. In the version of Debian 12 that bounds
 * single frames, not messages; queues pongs without limit for a peer that does
 * not read; reads until a read would block, so that a peer that floods starves
 * everybody else; and costs a dozen system calls a message. Here a message that
 * came whole is handed on where it lies, and an answer that fits into the
 * socket's buffer is one write.
 *
 * The main loop writes to an eventfd whenever a descriptor is added to or taken
 * from those that it polls, and it takes away those of a source while that is
 * dispatched, unless the source may recurse. So the input source is one on the
 * bare socket (a stream's own is three, one in another), lives as long as the
 * websocket, and is said to recurse, which it never does: that leaves three
 * system calls a message, poll included, of nine.
 */

#include "sh-websocket.h"

#include <stdarg.h>
#include <string.h>

#include "sh-frame.h"

/* Bytes of the read buffer while messages are small, and when it shrinks. */
#define BUFFER_SIZE (4u * 1024)
#define BUFFER_KEEP (64u * 1024)
/* Bytes read in one turn of the main loop. */
#define TURN_SIZE (64u * 1024)

typedef enum
{
  STATE_OPEN,
  STATE_CLOSING, /* a close frame was sent: what comes is dropped */
  STATE_CLOSED
} State;

struct ShWebsocket
{
  GIOStream *stream;
  GPollableInputStream *input;
  GPollableOutputStream *output;
  GSocket *socket; /* below the stream */
  GSource *input_source, *output_source;
  const ShWebsocketFuncs *funcs;
  gpointer data;

  State state;
  gboolean deaf; /* nothing that comes can be understood any more */
  gboolean broken; /* nothing can be written any more */
  gboolean ended; /* both have closed: over once everything is written */
  guint close_code;

  /* Read and not yet handled: buffer[start..end). */
  guint8 *buffer;
  gsize capacity, start, end;

  /* The fragments so far of a message in fragments; NULL: none. */
  GByteArray *fragments;
  guint n_fragments;

  GByteArray *frame; /* what is being sent */
  GByteArray *pending; /* what could not be written yet, from `written` on */
  gsize written;
  guint8 pong[SH_FRAME_MAX_CONTROL]; /* to be sent when `pending` is */
  gsize pong_size;
  gboolean pong_waits;

  gint64 heard, pinged, deadline; /* monotonic time; deadline 0: none */
};

static gboolean on_output (GSocket *socket, GIOCondition what, gpointer data);
static void fail (ShWebsocket *self, guint code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
watch (ShWebsocket *self, GIOCondition condition, GSocketSourceFunc func)
{
  GSource *source = g_socket_create_source (self->socket, condition, NULL);

  g_source_set_callback (source, G_SOURCE_FUNC (func), self, NULL);
  g_source_set_can_recurse (source, TRUE);
  g_source_set_name (source, "websocket");
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
drop_connection (ShWebsocket *self)
{
  self->state = STATE_CLOSED;
  clear_source (&self->input_source);
  clear_source (&self->output_source);
  g_io_stream_close (self->stream, NULL, NULL);
}

/* Must be the last thing a caller does with `self`. */
static void
end (ShWebsocket *self)
{
  g_assert (self->state != STATE_CLOSED);

  drop_connection (self);
  self->funcs->closed (
      self, self->close_code != 0 ? self->close_code : SH_CLOSE_ABNORMAL,
      self->data);
}

/* Writing. */

static void
keep_pending (ShWebsocket *self, const guint8 *data, gsize size)
{
  if (self->pending->len - self->written + size > SH_WEBSOCKET_MAX_PENDING)
    {
      g_debug ("websocket: the peer does not read");
      self->broken = TRUE;
      return;
    }
  g_byte_array_append (self->pending, data, (guint) size);
  if (self->output_source == NULL)
    self->output_source = watch (self, G_IO_OUT, on_output);
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
  g_debug ("websocket: cannot write: %s", error->message);
  self->broken = TRUE;
  return -1;
}

static void
send_frame (ShWebsocket *self, ShOpcode opcode, gconstpointer data, gsize size)
{
  guint8 header[SH_FRAME_MAX_HEADER];
  gsize header_size = sh_frame_write_header (header, opcode, size);
  gssize n = 0;

  if (self->broken || self->state == STATE_CLOSED)
    return;

  g_byte_array_set_size (self->frame, 0);
  g_byte_array_append (self->frame, header, (guint) header_size);
  g_byte_array_append (self->frame, data, (guint) size);
  if (self->pending->len == 0)
    n = write_some (self, self->frame->data, self->frame->len);
  if (n >= 0 && (gsize) n < self->frame->len)
    keep_pending (self, self->frame->data + n, self->frame->len - (gsize) n);
}

static void
send_waiting_pong (ShWebsocket *self)
{
  if (!self->pong_waits || self->pending->len != 0)
    return;
  self->pong_waits = FALSE;
  send_frame (self, SH_OPCODE_PONG, self->pong, self->pong_size);
}

static gboolean
on_output (GSocket *socket, GIOCondition what, gpointer data)
{
  ShWebsocket *self = data;
  gssize n = write_some (self, self->pending->data + self->written,
                         self->pending->len - self->written);

  if (n < 0)
    {
      end (self);
      return G_SOURCE_REMOVE;
    }
  self->written += (gsize) n;
  if (self->written < self->pending->len)
    return G_SOURCE_CONTINUE;

  g_byte_array_set_size (self->pending, 0);
  self->written = 0;
  clear_source (&self->output_source);
  if (self->ended)
    {
      end (self);
      return G_SOURCE_REMOVE;
    }
  send_waiting_pong (self);
  return G_SOURCE_REMOVE;
}

/* Closing. */

static void
send_close (ShWebsocket *self, guint code, const char *reason)
{
  guint8 payload[SH_FRAME_MAX_CONTROL];
  const char *valid_end = reason;
  gsize size = 0;

  if (self->state != STATE_OPEN)
    return;

  self->close_code = code;
  if (code != 1005)
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
  send_close (self, code, reason);
}

/* The peer has broken the websocket protocol: there is no reading on. */
static void
fail (ShWebsocket *self, guint code, const char *format, ...)
{
  g_autofree char *reason = NULL;
  va_list args;

  va_start (args, format);
  reason = g_strdup_vprintf (format, args);
  va_end (args);
  g_debug ("websocket: %s", reason);
  send_close (self, code, reason);
  self->deaf = TRUE;
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
  if (reason != NULL)
    g_debug ("websocket: the peer closes with %u: %s", code, reason);
  send_close (self, code, "");
  self->deaf = TRUE;
  self->ended = TRUE;
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

  sh_frame_unmask (payload, size, frame->mask);
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

  switch (sh_frame_parse (self->buffer + self->start, size, &frame, &fault))
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

  self->start += frame.header_size + (gsize) frame.payload_size;
  handle_frame (self, &frame,
                self->buffer + self->start - (gsize) frame.payload_size);
  return TRUE;
}

static void
take_frames (ShWebsocket *self)
{
  while (!self->deaf && take_frame (self))
    ;
  if (!self->deaf && self->start < self->end)
    return;

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
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  if (n == 0)
    return FALSE;

  *n_read = (gsize) n;
  *more = *n_read == room;
  self->end += (gsize) n;
  self->heard = g_get_monotonic_time ();
  take_frames (self);
  return !self->ended || self->pending->len != 0;
}

static gboolean
on_input (GSocket *socket, GIOCondition what, gpointer data)
{
  ShWebsocket *self = data;
  gsize total = 0, n;
  gboolean more = TRUE;

  while (more && total < TURN_SIZE)
    {
      if (!read_some (self, &n, &more) || self->broken)
        {
          end (self);
          return G_SOURCE_REMOVE;
        }
      total += n;
    }
  return G_SOURCE_CONTINUE;
}

/* The handshake may have read further than its own end. That lies in the stream
 * and is taken first; the socket does not tell of it. */
static gboolean
on_start (gpointer data)
{
  ShWebsocket *self = data;

  clear_source (&self->input_source);
  self->input_source = watch (self, G_IO_IN, on_input);
  on_input (self->socket, G_IO_IN, self);
  return G_SOURCE_REMOVE;
}

/* Public functions. */

ShWebsocket *
sh_websocket_new (GIOStream *stream,
                  GSocket *socket,
                  const ShWebsocketFuncs *funcs,
                  gpointer data)
{
  ShWebsocket *self;

  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (G_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (funcs != NULL, NULL);

  self = g_new0 (ShWebsocket, 1);
  self->stream = g_object_ref (stream);
  self->socket = g_object_ref (socket);
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
  g_object_unref (self->socket);
  g_free (self);
}

void
sh_websocket_start (ShWebsocket *self)
{
  g_return_if_fail (self != NULL && self->input_source == NULL);

  self->input_source = g_idle_source_new ();
  g_source_set_priority (self->input_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->input_source, on_start, self, NULL);
  g_source_attach (self->input_source, g_main_context_get_thread_default ());
}

void
sh_websocket_send (ShWebsocket *self, gconstpointer message, gsize size)
{
  g_return_if_fail (self != NULL);

  if (self->state == STATE_OPEN)
    send_frame (self, SH_OPCODE_BINARY, message, size);
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
      send_frame (self, SH_OPCODE_PING, "", 0);
    }
}

gboolean
sh_websocket_is_open (const ShWebsocket *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state == STATE_OPEN;
}
