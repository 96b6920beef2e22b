/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's end of a websocket against hand-made frames of a client.
 */

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fixture.h"

static void
test_message_sizes (Fixture *f, gconstpointer unused)
{
  static const gsize sizes[] = {
    0, 1, 125, 126, 65535, 65536, 300000, SH_WEBSOCKET_MAX_MESSAGE
  };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *data = g_malloc (sizes[i] + 1);

      for (gsize j = 0; j < sizes[i]; j++)
        data[j] = (guint8) (j * 31 + i);
      put_frame (f, 0x82, data, sizes[i]);
      settle (f);
      assert_message (f, i, data, sizes[i]);
    }
  g_assert_true (sh_websocket_is_open (f->socket));
}

static void
test_message_many_at_once (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (guint i = 0; i < 1000; i++)
    {
      g_autoptr (GByteArray) frame = frame_new (0x82, &i, sizeof i);

      g_byte_array_append (all, frame->data, frame->len);
    }
  put (f, all->data, all->len);
  g_assert_cmpuint (f->messages->len, ==, 1000);
  for (guint i = 0; i < 1000; i++)
    assert_message (f, i, &i, sizeof i);
}

static void
test_message_byte_by_byte (Fixture *f, gconstpointer unused)
{
  g_autoptr (GByteArray) frame = frame_new (0x82, "hello", 5);

  for (guint i = 0; i < frame->len; i++)
    {
      g_assert_cmpuint (f->messages->len, ==, 0);
      put (f, frame->data + i, 1);
    }
  assert_message (f, 0, "hello", 5);
}

static void
test_message_fragments (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x02, "ab", 2);
  put_frame (f, 0x89, "ping", 4);
  put_frame (f, 0x00, "", 0);
  put_frame (f, 0x8a, "unasked", 7);
  put_frame (f, 0x80, "cd", 2);
  put_frame (f, 0x82, "ef", 2);
  settle (f);
  g_assert_cmpuint (f->messages->len, ==, 2);
  assert_message (f, 0, "abcd", 4);
  assert_message (f, 1, "ef", 2);
  g_assert_cmpmem (f->received->data, f->received->len, "\x8a\x04ping", 6);
}

static void
test_message_sent (Fixture *f, gconstpointer unused)
{
  static const struct
  {
    gsize size;
    guint8 header[10];
    gsize header_size;
  } cases[] = {
    { 0, { 0x82, 0 }, 2 },
    { 125, { 0x82, 125 }, 2 },
    { 126, { 0x82, 126, 0, 126 }, 4 },
    { 65535, { 0x82, 126, 0xff, 0xff }, 4 },
    { 65536, { 0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0 }, 10 },
    /* More than a socket takes at once. */
    { 0x345678, { 0x82, 127, 0, 0, 0, 0, 0, 0x34, 0x56, 0x78 }, 10 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *data = g_malloc (cases[i].size + 1);

      memset (data, 'a' + (int) i, cases[i].size);
      g_byte_array_set_size (f->received, 0);
      sh_websocket_send (f->socket, data, cases[i].size);
      settle (f);
      g_assert_cmpuint (f->received->len, ==,
                        cases[i].header_size + cases[i].size);
      g_assert_cmpmem (f->received->data, cases[i].header_size, cases[i].header,
                       cases[i].header_size);
      g_assert_cmpmem (f->received->data + cases[i].header_size, cases[i].size,
                       data, cases[i].size);
    }
}

typedef struct
{
  const char *path;
  guint code;
  gsize size;
  const char *bytes; /* of up to three frames, the payload not masked */
} Refusal;

static const Refusal refusals[] = {
  { "text", 1003, 8, "\x81\x82" MASK "hi" },
  { "text-in-fragments", 1003, 8, "\x01\x82" MASK "hi" },
  { "unmasked", 1002, 4, "\x82\x02hi" },
  { "reserved-bit", 1002, 8, "\xc2\x82" MASK "hi" },
  { "unknown-opcode", 1002, 6, "\x83\x80" MASK },
  { "unknown-control-opcode", 1002, 6, "\x8b\x80" MASK },
  { "ping-in-fragments", 1002, 6, "\x09\x80" MASK },
  { "long-ping", 1002, 8, "\x89\xfe\x00\x7e" MASK },
  { "length-16-not-needed", 1002, 8, "\x82\xfe\x00\x7d" MASK },
  { "length-64-not-needed", 1002, 14, "\x82\xff\0\0\0\0\0\0\xff\xff" MASK },
  { "length-negative", 1002, 14, "\x82\xff\x80\0\0\0\0\0\0\0" MASK },
  { "continuation-of-nothing", 1002, 6, "\x80\x80" MASK },
  { "message-inside-a-message", 1002, 12, "\x02\x80" MASK "\x82\x80" MASK },
  { "too-big", 1009, 14, "\x82\xff\0\0\0\0\0\x40\0\1" MASK },
  { "far-too-big", 1009, 14, "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff" MASK },
  { "close-with-one-byte", 1002, 7, "\x88\x81" MASK "\x03" },
  { "close-with-a-code-that-is-none", 1002, 8, "\x88\x82" MASK "\x03\xee" },
  { "close-with-code-0", 1002, 8, "\x88\x82" MASK "\0\0" },
  { "close-with-bad-text", 1002, 10, "\x88\x84" MASK "\x03\xe8\xff\xfe" },
};

static void
test_refusal (Fixture *f, gconstpointer data)
{
  const Refusal *refusal = data;

  put (f, refusal->bytes, refusal->size);
  assert_close_frame (f, refusal->code);
  g_assert_cmpuint (f->messages->len, ==, 0);
  g_assert_false (sh_websocket_is_open (f->socket));

  /* What comes after it is not looked at, whatever it is. */
  put_frame (f, 0x82, "hello", 5);
  put_frame (f, 0x88, "\x03\xe8", 2);
  g_assert_cmpuint (f->messages->len, ==, 0);
  g_assert_false (f->closed);
  sh_websocket_tick (f->socket,
                     g_get_monotonic_time () +
                         SH_WEBSOCKET_CLOSE_DEADLINE * G_TIME_SPAN_SECOND);
  g_assert_true (f->closed && !f->by_peer);
  g_assert_cmpuint (f->n_closing, ==, 1);
  g_assert_cmpuint (f->code, ==, refusal->code);
}

/* The bound is on the message, not on each of its frames. */
static void
test_refusal_sum_of_fragments (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *half = g_malloc0 (SH_WEBSOCKET_MAX_MESSAGE / 2);

  put_frame (f, 0x02, half, SH_WEBSOCKET_MAX_MESSAGE / 2);
  put_frame (f, 0x00, half, SH_WEBSOCKET_MAX_MESSAGE / 2);
  g_assert_true (sh_websocket_is_open (f->socket));
  put_frame (f, 0x80, "x", 1);
  assert_close_frame (f, 1009);
}

static void
test_refusal_number_of_fragments (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x02, "", 0);
  for (guint i = 1; i < SH_WEBSOCKET_MAX_FRAGMENTS; i++)
    put_frame (f, 0x00, "", 0);
  g_assert_true (sh_websocket_is_open (f->socket));
  put_frame (f, 0x00, "", 0);
  assert_close_frame (f, 1008);
}

static void
test_close_by_peer (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x88,
             "\x0f\xa1"
             "bye",
             5);
  settle (f);
  g_assert_true (f->closed && f->by_peer);
  g_assert_cmpuint (f->n_closing, ==, 1);
  g_assert_cmpuint (f->code, ==, 4001);
  g_assert_cmpmem (f->received->data, f->received->len, "\x88\x02\x0f\xa1", 4);
}

static void
test_close_by_peer_without_code (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x88, "", 0);
  settle (f);
  g_assert_true (f->closed);
  g_assert_cmpuint (f->code, ==, 1005);
  g_assert_cmpmem (f->received->data, f->received->len, "\x88\x00", 2);
}

static void
test_close_by_us (Fixture *f, gconstpointer unused)
{
  sh_websocket_close (f->socket, 4043, "simulator %s does not exist", "lift");
  sh_websocket_close (f->socket, 1001, "the first one counts");
  sh_websocket_send (f->socket, "too late", 8);
  settle (f);
  g_assert_cmpmem (f->received->data + 2, f->received->len - 2,
                   "\x0f\xcb"
                   "simulator lift does not exist",
                   31);
  put_frame (f, 0x82, "crossed the close", 17);
  put_frame (f, 0x88, "\x0f\xcb", 2);
  settle (f);
  g_assert_true (f->closed && !f->by_peer);
  g_assert_cmpuint (f->n_closing, ==, 0);
  g_assert_cmpuint (f->code, ==, 4043);
  g_assert_cmpuint (f->messages->len, ==, 0);
}

static void
test_close_reason_is_cut (Fixture *f, gconstpointer unused)
{
  g_autoptr (GString) text = g_string_new (NULL);

  /* 122 bytes, then a character of two: only a half would fit. */
  for (guint i = 0; i < 122; i++)
    g_string_append_c (text, 'x');
  g_string_append (text, "\xc3\xa9\xc3\xa9");
  sh_websocket_close (f->socket, 1008, "%s", text->str);
  assert_close_frame (f, 1008);
  g_assert_cmpuint (f->received->data[1], ==, 124);
}

static void
test_lost (Fixture *f, gconstpointer unused)
{
  put_frame (f, 0x02, "half a message", 14);
  close (f->peer);
  f->peer = -1;
  settle (f);
  g_assert_true (f->closed);
  g_assert_cmpuint (f->code, ==, 1006);
}

static void
test_pings (Fixture *unused, gconstpointer unused_too)
{
  Fixture f = { 0 };
  gint64 before = g_get_monotonic_time (), now;

  set_up (&f, NULL);
  now = g_get_monotonic_time ();
  /* The socket counts from a moment between the two. */
  sh_websocket_tick (f.socket, before + 14 * G_TIME_SPAN_SECOND);
  settle (&f);
  g_assert_cmpuint (f.received->len, ==, 0);
  sh_websocket_tick (f.socket, now + 16 * G_TIME_SPAN_SECOND);
  sh_websocket_tick (f.socket, now + 17 * G_TIME_SPAN_SECOND);
  settle (&f);
  g_assert_cmpmem (f.received->data, f.received->len, "\x89\x00", 2);
  tear_down (&f, NULL);
}

static void
test_silence (Fixture *f, gconstpointer unused)
{
  gint64 now = g_get_monotonic_time ();

  sh_websocket_tick (f->socket, now + 301 * G_TIME_SPAN_SECOND);
  assert_close_frame (f, 1008);
  g_assert_false (f->closed);
  sh_websocket_tick (f->socket,
                     g_get_monotonic_time () +
                         SH_WEBSOCKET_CLOSE_DEADLINE * G_TIME_SPAN_SECOND);
  g_assert_true (f->closed);
}

/* A peer that does not read cannot make the server hoard. */
static void
test_peer_does_not_read (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *data = g_malloc0 (1024 * 1024);

  for (guint i = 0; i < 12; i++)
    sh_websocket_send (f->socket, data, 1024 * 1024);
  g_assert_false (f->closed);
  sh_websocket_tick (f->socket, g_get_monotonic_time ());
  g_assert_true (f->closed);
  g_assert_cmpuint (f->code, ==, 1006);
}

/* Pings that pile up while it does not read get one pong. */
static void
test_pings_while_peer_does_not_read (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *data = g_malloc0 (1024 * 1024);

  sh_websocket_send (f->socket, data, 1024 * 1024);
  for (guint i = 0; i < 1000; i++)
    {
      guint8 number[2] = { (guint8) (i >> 8), (guint8) i };
      g_autoptr (GByteArray) frame = frame_new (0x89, number, sizeof number);

      g_assert_cmpint (write (f->peer, frame->data, frame->len), ==,
                       (int) frame->len);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  settle (f);
  g_assert_cmpuint (f->received->len, ==, 10 + 1024 * 1024 + 4);
  g_assert_cmpmem (f->received->data + f->received->len - 4, 4,
                   "\x8a\x02\x03\xe7", 4);
}

/* While one peer floods, another one's message is taken in the next turn. */
static void
test_flood (Fixture *f, gconstpointer unused)
{
  g_autofree guint8 *flood = g_malloc (100 * 1024);
  Fixture other = { 0 };
  gboolean more = TRUE;

  for (guint i = 0; i < 100 * 1024 - 6; i += 6)
    memcpy (flood + i, "\x82\x80" MASK, 6);
  set_up (&other, NULL);
  put_frame (&other, 0x82, "x", 1);
  settle (&other);
  for (guint turn = 1; turn <= 20; turn++)
    {
      while (more)
        more = send (f->peer, flood, 6 * 1000, MSG_NOSIGNAL) == 6 * 1000;
      more = TRUE;
      g_assert_cmpint (write (other.peer, "\x82\x80" MASK, 6), ==, 6);
      g_main_context_iteration (NULL, FALSE);
      g_assert_cmpuint (other.messages->len, ==, 1 + turn);
    }
  tear_down (&other, NULL);
}

/* Damaged frames: whatever they are, there is an end, and nothing is read that
 * is not there. */
static void
test_noise (Fixture *unused, gconstpointer unused_too)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);

  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      Fixture f = { 0 };

      for (guint i = 0; i < 4; i++)
        {
          static const guint8 firsts[] = { 0x82, 0x02, 0x00, 0x80,
                                           0x89, 0x8a, 0x88, 0x81 };
          guint8 payload[300] = { 3, 232 };
          g_autoptr (GByteArray) frame = frame_new (
              firsts[g_rand_int_range (random, 0, G_N_ELEMENTS (firsts))],
              payload, (gsize) g_rand_int_range (random, 0, 300));

          g_byte_array_append (bytes, frame->data, frame->len);
        }
      for (gint i = g_rand_int_range (random, 0, 4); i > 0; i--)
        bytes->data[g_rand_int_range (random, 0, (gint32) bytes->len)] =
            (guint8) g_rand_int (random);

      set_up (&f, NULL);
      put (&f, bytes->data, bytes->len);
      if (!f.closed)
        sh_websocket_close (f.socket, 1001, "enough");
      sh_websocket_tick (f.socket,
                         g_get_monotonic_time () +
                             SH_WEBSOCKET_CLOSE_DEADLINE * G_TIME_SPAN_SECOND);
      g_assert_true (f.closed);
      tear_down (&f, NULL);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "message/sizes", test_message_sizes },
    { "message/many-at-once", test_message_many_at_once },
    { "message/byte-by-byte", test_message_byte_by_byte },
    { "message/fragments-with-ping-between", test_message_fragments },
    { "message/sent", test_message_sent },
    { "refuses/sum-of-fragments", test_refusal_sum_of_fragments },
    { "refuses/number-of-fragments", test_refusal_number_of_fragments },
    { "close/by-peer", test_close_by_peer },
    { "close/by-peer-without-code", test_close_by_peer_without_code },
    { "close/by-us", test_close_by_us },
    { "close/reason-is-cut-between-characters", test_close_reason_is_cut },
    { "connection-lost", test_lost },
    { "silence-is-ended", test_silence },
    { "peer-does-not-read/is-dropped", test_peer_does_not_read },
    { "peer-does-not-read/gets-one-pong", test_pings_while_peer_does_not_read },
    { "flood-does-not-starve-others", test_flood },
  };

  g_test_init (&argc, &argv, NULL);
  g_test_add ("/websocket/noise", Fixture, NULL, NULL, test_noise, NULL);
  g_test_add ("/websocket/pings-every-15-seconds", Fixture, NULL, NULL,
              test_pings, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/websocket/", tests[i].path, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].func, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *path =
          g_strconcat ("/websocket/refuses/", refusals[i].path, NULL);

      g_test_add (path, Fixture, &refusals[i], set_up, test_refusal, tear_down);
    }
  return g_test_run ();
}
