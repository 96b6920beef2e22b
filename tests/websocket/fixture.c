/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fixture.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
on_message (ShWebsocket *socket, const guint8 *data, gsize size, gpointer user)
{
  Fixture *f = user;

  g_ptr_array_add (f->messages, g_bytes_new (data, size));
}

static void
on_closed (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  Fixture *f = user;

  g_assert_false (f->closed);
  f->closed = TRUE;
  f->code = end->code;
  f->by_peer = end->by_peer;
}

static void
on_closing (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  Fixture *f = user;

  g_assert_false (f->closed);
  g_assert_false (sh_websocket_is_open (socket));
  f->n_closing++;
}

static const ShWebsocketFuncs funcs = { on_message, on_closing, on_closed };

void
set_up_with (Fixture *f,
             ShWebsocketRole role,
             const ShWebsocketFuncs *own_funcs,
             gpointer data,
             const char *early)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
      ==, 0);
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);
  f->peer = fds[1];
  f->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  f->received = g_byte_array_new ();
  f->socket = sh_websocket_new (role, G_IO_STREAM (connection), socket,
                                own_funcs, data);
  sh_websocket_start (f->socket, early, early != NULL ? strlen (early) : 0);
}

void
set_up_role (Fixture *f, ShWebsocketRole role, const char *early)
{
  set_up_with (f, role, &funcs, f, early);
}

void
set_up (Fixture *f, gconstpointer unused)
{
  set_up_role (f, SH_WEBSOCKET_SERVER, NULL);
}

void
set_up_client (Fixture *f, gconstpointer unused)
{
  set_up_role (f, SH_WEBSOCKET_CLIENT, NULL);
}

void
tear_down (Fixture *f, gconstpointer unused)
{
  sh_websocket_free (f->socket);
  if (f->peer >= 0)
    close (f->peer);
  g_ptr_array_unref (f->messages);
  g_byte_array_unref (f->received);
}

/* Lets the main loop run dry; also takes what the peer can read. */
void
settle (Fixture *f)
{
  guint8 buffer[65536];
  gssize n;
  gboolean busy = TRUE;

  while (busy)
    {
      busy = g_main_context_iteration (NULL, FALSE);
      while (f->peer >= 0 && (n = read (f->peer, buffer, sizeof buffer)) > 0)
        {
          g_byte_array_append (f->received, buffer, (guint) n);
          busy = TRUE;
        }
    }
}

void
put (Fixture *f, gconstpointer data, gsize size)
{
  gsize done = 0;

  while (done < size && !f->closed)
    {
      gssize n = send (f->peer, (const guint8 *) data + done, size - done,
                       MSG_NOSIGNAL);

      if (n > 0)
        done += (gsize) n;
      settle (f);
      if (n < 0 && errno != EAGAIN)
        return;
    }
}

/* A masked frame; `first` is its first byte. */
GByteArray *
frame_new (guint8 first, gconstpointer payload, gsize size)
{
  static const guint8 mask[4] = { 0x12, 0x34, 0xab, 0xcd };
  GByteArray *frame = g_byte_array_new ();
  guint8 header[SH_FRAME_MAX_HEADER];
  gsize length = sh_frame_write_header (header, SH_OPCODE_BINARY, size, mask);

  header[0] = first;
  g_byte_array_append (frame, header, (guint) length);
  for (gsize i = 0; i < size; i++)
    {
      guint8 byte = (guint8) (((const guint8 *) payload)[i] ^ mask[i % 4]);

      g_byte_array_append (frame, &byte, 1);
    }
  return frame;
}

void
put_frame (Fixture *f, guint8 first, gconstpointer payload, gsize size)
{
  g_autoptr (GByteArray) frame = frame_new (first, payload, size);

  put (f, frame->data, frame->len);
}

void
assert_message (Fixture *f, guint index, gconstpointer data, gsize size)
{
  g_assert_cmpuint (f->messages->len, >, index);
  g_assert_cmpmem (g_bytes_get_data (f->messages->pdata[index], NULL),
                   g_bytes_get_size (f->messages->pdata[index]), data, size);
}

/* What the peer has received begins with a close frame of `code`. */
void
assert_close_frame (Fixture *f, guint code)
{
  settle (f);
  g_assert_cmpuint (f->received->len, >=, 4);
  g_assert_cmphex (f->received->data[0], ==, 0x88);
  g_assert_cmpuint (f->received->data[2] * 256u + f->received->data[3], ==,
                    code);
  /* The reason, if there is one, is text. */
  g_assert_true (g_utf8_validate_len ((const char *) f->received->data + 4,
                                      (gsize) f->received->data[1] - 2, NULL));
}
