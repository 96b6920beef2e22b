/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The client's end of a websocket against hand-made frames of a server, and many
 * of them in one main loop.
 */

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"

/* The payload of the first frame that the peer has received, a short one; it is
 * taken off. */
static GBytes *
take_client_frame (Fixture *f, guint8 first)
{
  GByteArray *all = f->received;
  guint8 plain[126];
  guint size;

  g_assert_cmpuint (all->len, >=, 6);
  g_assert_cmphex (all->data[0], ==, first);
  g_assert_cmphex (all->data[1] & 0x80, ==, 0x80);
  size = all->data[1] & 0x7fu;
  g_assert_cmpuint (all->len, >=, 6 + size);
  for (guint i = 0; i < size; i++)
    plain[i] = all->data[6 + i] ^ all->data[2 + i % 4];
  g_byte_array_remove_range (all, 0, 6 + size);
  return g_bytes_new (plain, size);
}

static void
assert_client_frame (Fixture *f, guint8 first, gconstpointer data, gsize size)
{
  g_autoptr (GBytes) payload = take_client_frame (f, first);

  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload),
                   data, size);
}

static void
test_client_masks (Fixture *f, gconstpointer unused)
{
  g_autoptr (GHashTable) masks = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < 500; i++)
    {
      guint32 mask;

      sh_websocket_send (f->socket, "hello, engine", 13);
      settle (f);
      memcpy (&mask, f->received->data + 2, 4);
      g_hash_table_add (masks, GUINT_TO_POINTER (mask));
      assert_client_frame (f, 0x82, "hello, engine", 13);
    }
  /* Each is another one: two equal ones in 500 are one in 34,000 runs. */
  g_assert_cmpuint (g_hash_table_size (masks), >=, 499);
}

static void
test_client_sends_signs_of_life (Fixture *f, gconstpointer unused)
{
  sh_websocket_send_pong (f->socket);
  sh_websocket_send_ping (f->socket);
  settle (f);
  assert_client_frame (f, 0x8a, "", 0);
  assert_client_frame (f, 0x89, "", 0);
  put (f, "\x89\x02hi", 4);
  settle (f);
  assert_client_frame (f, 0x8a, "hi", 2);
}

static void
test_client_refuses_masked (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x82, "hi", 2);
  settle (f);
  assert_client_frame (f, 0x88,
                       "\x03\xea"
                       "a server's frames must not be masked",
                       38);
  g_assert_cmpuint (f->n_closing, ==, 1);
  g_assert_cmpuint (f->messages->len, ==, 0);
}

/* The original library's answer, whatever the code was. */
static void
test_client_answers_1000 (Fixture *f, gconstpointer unused)
{
  put (f,
       "\x88\x05\x0f\xa1"
       "bye",
       7);
  settle (f);
  assert_client_frame (f, 0x88, "\x03\xe8", 2);
  g_assert_true (f->closed && f->by_peer);
  g_assert_cmpuint (f->code, ==, 4001);
}

/* One message a turn, and a count of those that wait. */
static void
test_client_turns (Fixture *f, gconstpointer unused)
{
  g_assert_cmpint (write (f->peer, "\x82\1a\x82\1b\x82\1c", 9), ==, 9);
  for (guint i = 1; i <= 3; i++)
    {
      while (f->messages->len < i)
        g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (f->messages->len, ==, i);
      g_assert_cmpuint (sh_websocket_get_backlog (f->socket), ==,
                        i < 3 ? i : 0);
    }
  /* Now it has run dry. */
  put (f, "\x82\1d", 3);
  g_assert_cmpuint (sh_websocket_get_backlog (f->socket), ==, 0);
  assert_message (f, 3, "d", 1);
}

static void
test_client_early_bytes (Fixture *unused, gconstpointer unused_too)
{
  Fixture f = { 0 };

  /* A whole frame and a half. */
  set_up_role (&f, SH_WEBSOCKET_CLIENT,
               "\x82\x02"
               "ab"
               "\x82\x03"
               "c");
  settle (&f);
  g_assert_cmpuint (f.messages->len, ==, 1);
  put (&f, "de", 2);
  settle (&f);
  g_assert_cmpuint (f.messages->len, ==, 2);
  assert_message (&f, 0, "ab", 2);
  assert_message (&f, 1, "cde", 3);
  tear_down (&f, NULL);
}

/* What waits for a peer that does not read is told; too much ends it without a
 * tick. */
static void
test_client_pending (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *data = g_malloc0 (1024 * 1024);

  sh_websocket_send (f->socket, data, 1000);
  g_assert_cmpuint (sh_websocket_get_pending (f->socket), ==, 0);
  sh_websocket_send (f->socket, data, 1024 * 1024);
  g_assert_cmpuint (sh_websocket_get_pending (f->socket), >, 0);
  settle (f);
  g_assert_cmpuint (sh_websocket_get_pending (f->socket), ==, 0);
  for (guint i = 0; i < 12; i++)
    sh_websocket_send (f->socket, data, 1024 * 1024);
  while (!f->closed)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (f->code, ==, 1006);
}

/* ---- many at once ---- */

/* A peer that is always behind gets everything, in order: what it has taken
 * makes room for what is still to come. */
static void
test_client_always_behind (Fixture *f, gconstpointer unused)
{
  enum
  {
    SIZE = 65000,
    ROUNDS = 300
  };
  const gsize frame = SIZE + 8; /* header and mask */
  g_autofree guint8 *data = g_malloc (SIZE);
  guint n_sent = 0;

  while (sh_websocket_get_pending (f->socket) < 4 * SIZE)
    {
      memset (data, (int) (n_sent++ & 0xff), SIZE);
      sh_websocket_send (f->socket, data, SIZE);
    }
  for (guint i = 0; i < ROUNDS; i++)
    {
      guint8 buffer[SIZE];
      gssize n = read (f->peer, buffer, sizeof buffer);

      g_assert_cmpint (n, >, 0);
      g_byte_array_append (f->received, buffer, (guint) n);
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_assert_cmpuint (sh_websocket_get_pending (f->socket), >, 0);
      if (sh_websocket_get_pending (f->socket) < 4 * SIZE)
        {
          memset (data, (int) (n_sent++ & 0xff), SIZE);
          sh_websocket_send (f->socket, data, SIZE);
        }
    }
  g_assert_cmpuint (n_sent, >, ROUNDS / 2);
  settle (f);
  g_assert_cmpuint (f->received->len, ==, n_sent * frame);
  for (guint i = 0; i < n_sent; i++)
    {
      const guint8 *start = f->received->data + i * frame;

      g_assert_cmphex (start[0], ==, 0x82);
      for (guint k = 0; k < SIZE; k++)
        if ((start[8 + k] ^ start[4 + k % 4]) != (i & 0xff))
          g_error ("message %u is wrong at byte %u", i, k);
    }
}

#define N_FREED 8

typedef struct
{
  Fixture fixtures[N_FREED];
  guint n_messages;
} Freed;

static void
on_message_free_others (ShWebsocket *socket,
                        const guint8 *data,
                        gsize size,
                        gpointer user)
{
  Freed *freed = user;

  freed->n_messages++;
  for (guint i = 0; i < N_FREED; i++)
    if (freed->fixtures[i].socket != socket)
      g_clear_pointer (&freed->fixtures[i].socket, sh_websocket_free);
}

static void
on_closed_never (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer user)
{
  g_assert_not_reached ();
}

/* All have input; the first that is told of it frees the others. */
static void
test_freed_while_others_are_served (Fixture *unused, gconstpointer unused_too)
{
  static const ShWebsocketFuncs freeing = { on_message_free_others, NULL,
                                            on_closed_never };
  Freed freed = { 0 };

  for (guint i = 0; i < N_FREED; i++)
    set_up_with (&freed.fixtures[i], SH_WEBSOCKET_CLIENT, &freeing, &freed,
                 NULL);
  settle (&freed.fixtures[0]);
  for (guint i = 0; i < N_FREED; i++)
    g_assert_cmpint (write (freed.fixtures[i].peer, "\x82\1x", 3), ==, 3);
  settle (&freed.fixtures[0]);
  g_assert_cmpuint (freed.n_messages, ==, 1);
  for (guint i = 0; i < N_FREED; i++)
    tear_down (&freed.fixtures[i], NULL);
}

/* More than are told of in one turn; each gets its message, and one message. */
static void
test_many (Fixture *unused, gconstpointer unused_too)
{
  enum
  {
    N = 400
  };
  g_autofree Fixture *fixtures = g_new0 (Fixture, N);

  for (guint i = 0; i < N; i++)
    set_up_client (&fixtures[i], NULL);
  for (guint round = 1; round <= 3; round++)
    {
      for (guint i = 0; i < N; i++)
        g_assert_cmpint (write (fixtures[i].peer, "\x82\1x", 3), ==, 3);
      for (guint i = 0; i < N; i++)
        settle (&fixtures[i]);
      for (guint i = 0; i < N; i++)
        g_assert_cmpuint (fixtures[i].messages->len, ==, round);
    }
  for (guint i = 0; i < N; i++)
    tear_down (&fixtures[i], NULL);
}

/* A client that is flooded takes one message a turn, as others do. */
static void
test_client_flood (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *flood = g_malloc (3000);
  Fixture other = { 0 };

  for (guint i = 0; i < 3000; i += 3)
    memcpy (flood + i, "\x82\1f", 3);
  set_up_client (&other, NULL);
  settle (&other);
  g_assert_cmpint (send (f->peer, flood, 3000, MSG_NOSIGNAL), ==, 3000);
  for (guint turn = 1; turn <= 20; turn++)
    {
      guint before = f->messages->len;

      g_assert_cmpint (write (other.peer, "\x82\1x", 3), ==, 3);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (other.messages->len, ==, turn);
      g_assert_cmpuint (f->messages->len, <=, before + 1);
    }
  g_assert_cmpuint (f->messages->len, >=, 19);
  tear_down (&other, NULL);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } client_tests[] = {
    { "masks-what-it-sends", test_client_masks },
    { "sends-signs-of-life", test_client_sends_signs_of_life },
    { "refuses-masked-frames", test_client_refuses_masked },
    { "answers-any-close-with-1000", test_client_answers_1000 },
    { "takes-a-message-a-turn", test_client_turns },
    { "tells-what-waits-to-be-written", test_client_pending },
    { "a-peer-that-is-always-behind", test_client_always_behind },
    { "flood-does-not-starve-others", test_client_flood },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/websocket/client/takes-what-the-handshake-has-read", Fixture,
              NULL, NULL, test_client_early_bytes, NULL);
  g_test_add ("/websocket/many/each-gets-its-turn", Fixture, NULL, NULL,
              test_many, NULL);
  g_test_add ("/websocket/many/freed-while-others-are-served", Fixture, NULL,
              NULL, test_freed_while_others_are_served, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (client_tests); i++)
    {
      g_autofree char *path =
          g_strconcat ("/websocket/client/", client_tests[i].path, NULL);

      g_test_add (path, Fixture, NULL, set_up_client, client_tests[i].func,
                  tear_down);
    }
  return g_test_run ();
}
