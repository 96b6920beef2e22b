/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What happens to peers that take too long. The clock is the test's: what is not
 * over yet is looked at with a time counted from the test's beginning, what is over
 * with one counted from now, so that it does not matter how long the test takes.
 */

#include <fcntl.h>
#include <libsoup/soup.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sh-algorithm.h"
#include "sh-connections.h"
#include "sh-frame.h"
#include "sh-program.h"
#include "sh-sim-session.h"
#include "sh-train-hub.h"

static const char program_text[] =
    "inkling \"2.0\"\n"
    "type State { x: number }\n"
    "type Action { push: number<-1 .. 1> }\n"
    "simulator walker (action: Action): State { }\n"
    "graph (input: State): Action {\n"
    "  concept Steer (input): Action {\n"
    "    curriculum { source walker }\n"
    "  }\n"
    "}\n";

/* A run, its hub, and one simulator connected to it by a pair of sockets. */
typedef struct
{
  ShProgram *program;
  ShRun *run;
  ShTurn *turn;
  ShTrainHub *hub;
  int peer;
  GByteArray *received;
  gint64 began; /* monotonic time, before all that has a deadline */
} Fixture;

static void
on_turn (gpointer data)
{
  Fixture *f = data;

  sh_train_hub_dispatch (f->hub);
}

static void
make_run (Fixture *f)
{
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (GError) error = NULL;
  const ShConcept *concept;
  ShLearner *learner;

  f->program =
      sh_program_compile (program_text, -1, "walker.ink", NULL, &error);
  g_assert_no_error (error);
  concept = &f->program->concepts[f->program->output];
  codec = sh_codec_new (concept, &error);
  g_assert_no_error (error);
  learner =
      sh_algorithm_new_learner (concept, sh_codec_get_space (codec), 1, &error);
  g_assert_no_error (error);
  f->run = sh_run_new_training (f->program, concept, codec, learner, 1);
}

static void
set_up (Fixture *f, gconstpointer unused)
{
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  f->began = g_get_monotonic_time ();
  make_run (f);
  f->turn = sh_turn_new (on_turn, f);
  f->hub = sh_train_hub_new (f->run, f->turn, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
      socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds),
      ==, 0);
  f->peer = fds[1];
  f->received = g_byte_array_new ();
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  connection = g_socket_connection_factory_create_connection (socket);
  sh_train_hub_connect (f->hub, G_IO_STREAM (connection), socket, 1, FALSE);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  sh_train_hub_free (f->hub);
  sh_turn_free (f->turn);
  g_object_unref (f->run);
  sh_program_unref (f->program);
  g_byte_array_unref (f->received);
  close (f->peer);
}

static void
settle (Fixture *f)
{
  guint8 buffer[4096];
  gssize n;

  while (g_main_context_iteration (NULL, FALSE))
    ;
  while ((n = read (f->peer, buffer, sizeof buffer)) > 0)
    g_byte_array_append (f->received, buffer, (guint) n);
}

/* Sends a message, masked with zeros, and takes the answer. */
static void
put (Fixture *f, const char *message, gsize size)
{
  guint8 frame[64] = { 0x82, (guint8) (0x80 | size), 0, 0, 0, 0 };

  g_assert_cmpuint (size, <, 58);
  memcpy (frame + 6, message, size);
  g_assert_cmpint (write (f->peer, frame, size + 6), ==, (int) size + 6);
  g_byte_array_set_size (f->received, 0);
  settle (f);
}

#define REGISTER "\x08\x01\x12\x08\x0a\x06walker"
#define READY "\x08\x02"
#define STATE "\x08\x03\x1a\x00"

/* The type of the message in a frame, which is its first field. */
static guint
message_type (Fixture *f)
{
  g_assert_cmpuint (f->received->len, >, 4);
  g_assert_cmphex (f->received->data[0], ==, 0x82);
  return f->received->data[f->received->data[1] == 126 ? 5 : 3];
}

static void
tick_at (Fixture *f, gint64 from, double seconds)
{
  g_byte_array_set_size (f->received, 0);
  sh_train_hub_tick (f->hub, from + (gint64) (seconds * G_USEC_PER_SEC));
  settle (f);
}

/* Whatever was to come within so many seconds is due. */
static void
tick (Fixture *f, double seconds)
{
  tick_at (f, g_get_monotonic_time (), seconds);
}

/* No deadline of more seconds is over. */
static void
tick_before (Fixture *f, double seconds)
{
  tick_at (f, f->began, seconds);
}

static void
assert_close (Fixture *f, guint code, const char *reason)
{
  gsize size = strlen (reason);

  g_assert_cmpuint (f->received->len, >=, 4 + size);
  g_assert_cmphex (f->received->data[0], ==, 0x88);
  g_assert_cmpuint (f->received->data[2] * 256u + f->received->data[3], ==,
                    code);
  g_assert_cmpmem (f->received->data + 4, size, reason, size);
}

static void
test_no_register (Fixture *f, gconstpointer unused)
{
  tick_before (f, SH_SESSION_REGISTER_DEADLINE - 1);
  g_assert_cmphex (f->received->data[0], ==, 0x89);
  tick (f, SH_SESSION_REGISTER_DEADLINE + 1);
  assert_close (f, 1008, "no REGISTER in time");
  /* It does not answer that either. */
  tick (f, SH_WEBSOCKET_CLOSE_DEADLINE + 1);
  g_assert_cmpuint (sh_train_hub_get_n_sessions (f->hub), ==, 0);
}

static void
test_no_answer (Fixture *f, gconstpointer unused)
{
  put (f, REGISTER, sizeof REGISTER - 1);
  g_assert_cmpuint (message_type (f), ==, 1);
  put (f, READY, sizeof READY - 1);
  put (f, READY, sizeof READY - 1);
  g_assert_cmpuint (message_type (f), ==, 3);
  put (f, STATE, sizeof STATE - 1);
  g_assert_cmpuint (message_type (f), ==, 5);
  g_assert_cmpint ((int) sh_run_get_state (f->run), ==, (int) SH_RUN_RUNNING);

  /* A long step is none of the engine's business, as long as something is
   * heard. */
  tick_before (f, 100);
  g_assert_cmpuint (f->received->len, ==, 2);
  tick (f, SH_SESSION_ANSWER_DEADLINE + 1);
  assert_close (f, 1008, "no STATE in time");
}

static void
test_silence (Fixture *f, gconstpointer unused)
{
  put (f, REGISTER, sizeof REGISTER - 1);
  tick_before (f, SH_WEBSOCKET_MAX_SILENCE - 1);
  g_assert_cmphex (f->received->data[0], ==, 0x89);
  tick (f, SH_WEBSOCKET_MAX_SILENCE + 1);
  assert_close (f, 1008, "nothing was heard");
}

/* In the middle of a step when the run stops. */
static void
test_stop (Fixture *f, gconstpointer unused)
{
  put (f, REGISTER, sizeof REGISTER - 1);
  put (f, READY, sizeof READY - 1);
  put (f, READY, sizeof READY - 1);
  put (f, STATE, sizeof STATE - 1);

  sh_run_stop (f->run, SH_RUN_REASON_INTERRUPTED, NULL);
  tick_before (f, SH_TRAIN_HUB_STOP_DEADLINE / 1000. - 0.5);
  g_assert_cmpuint (f->received->len, ==, 0);
  g_assert_cmpint ((int) sh_run_get_state (f->run), ==, (int) SH_RUN_STOPPING);

  tick (f, SH_TRAIN_HUB_STOP_DEADLINE / 1000. + 0.5);
  g_assert_cmpuint (message_type (f), ==, 7);
  g_assert_cmpint ((int) sh_run_get_state (f->run), ==, (int) SH_RUN_FINISHED);

  tick (f, SH_SESSION_FINISH_DEADLINE + 0.5);
  assert_close (f, 1001, "brain no longer training");
  tick (f, SH_WEBSOCKET_CLOSE_DEADLINE + 0.5);
  g_assert_cmpuint (sh_train_hub_get_n_sessions (f->hub), ==, 0);
}

/* Whoever closes once it has been told that all is over is agreed with. */
static void
test_leave (Fixture *f, gconstpointer unused)
{
  static const guint8 frame[] = { 0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8 };

  put (f, REGISTER, sizeof REGISTER - 1);
  sh_run_stop (f->run, SH_RUN_REASON_INTERRUPTED, NULL);
  put (f, READY, sizeof READY - 1);
  g_assert_cmpuint (message_type (f), ==, 7);
  tick_before (f, SH_SESSION_FINISH_DEADLINE - 0.5);
  g_assert_cmpuint (f->received->len, ==, 0);
  g_assert_cmpint (write (f->peer, frame, sizeof frame), ==, sizeof frame);
  settle (f);
  assert_close (f, 1000, "");
  g_assert_cmpuint (sh_train_hub_get_n_sessions (f->hub), ==, 0);
}

/* HTTP. */

static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer data)
{
  soup_server_message_set_status (message, 200, NULL);
}

typedef struct
{
  SoupServer *server;
  ShConnections *connections;
  guint port;
  GSocket *client;
  gint64 began;
} HttpFixture;

static void
http_connect (HttpFixture *f)
{
  g_autoptr (GSocketAddress) address =
      g_inet_socket_address_new_from_string ("127.0.0.1", f->port);
  g_autoptr (GError) error = NULL;

  f->client = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM,
                            G_SOCKET_PROTOCOL_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (g_socket_connect (f->client, address, NULL, &error));
  g_assert_no_error (error);
  g_socket_set_blocking (f->client, FALSE);
}

static void
http_set_up (HttpFixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketAddress) any =
      g_inet_socket_address_new_from_string ("127.0.0.1", 0);

  f->began = g_get_monotonic_time ();
  f->server = soup_server_new (NULL, NULL);
  f->connections = sh_connections_new (f->server);
  soup_server_add_handler (f->server, NULL, on_request, NULL, NULL);
  sh_connections_listen (f->connections, any, &f->port, &error);
  g_assert_no_error (error);
  http_connect (f);
}

static void
http_tear_down (HttpFixture *f, gconstpointer unused)
{
  g_object_unref (f->client);
  sh_connections_free (f->connections);
  soup_server_disconnect (f->server);
  g_object_unref (f->server);
}

static gboolean
on_watchdog (gpointer data)
{
  g_error ("the server did nothing for 60 s");
  return G_SOURCE_REMOVE;
}

/* What the client reads next: the number of bytes, 0 at the end. */
static gssize
http_read (HttpFixture *f)
{
  guint watchdog = g_timeout_add_seconds (60, on_watchdog, NULL);
  char buffer[4096];
  gssize n;

  while ((n = g_socket_receive (f->client, buffer, sizeof buffer, NULL, NULL)) <
         0)
    g_main_context_iteration (NULL, FALSE);
  g_source_remove (watchdog);
  return n;
}

static gboolean
http_is_open (HttpFixture *f)
{
  char byte;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 50; i++)
    g_main_context_iteration (NULL, FALSE);
  g_socket_receive (f->client, &byte, 1, NULL, &error);
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

static void
http_tick (HttpFixture *f, gint64 from, int seconds)
{
  sh_connections_tick (f->connections, from + seconds * G_TIME_SPAN_SECOND);
}

/* An answer may come before. */
static gboolean
http_has_ended (HttpFixture *f)
{
  char buffer[4096];
  g_autoptr (GError) error = NULL;

  return g_socket_receive (f->client, buffer, sizeof buffer, NULL, &error) ==
             0 ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED);
}

/* Connects and says nothing, or not enough. */
static void
test_http_no_request (HttpFixture *f, gconstpointer data)
{
  const char *text = data;
  guint watchdog;

  g_socket_send (f->client, text, strlen (text), NULL, NULL);
  g_assert_true (http_is_open (f));
  http_tick (f, f->began, SH_CONNECTIONS_DEADLINE - 1);
  g_assert_true (http_is_open (f));
  /* The server may not even have taken the connection until now. */
  watchdog = g_timeout_add_seconds (60, on_watchdog, NULL);
  while (!http_has_ended (f))
    {
      http_tick (f, g_get_monotonic_time (), SH_CONNECTIONS_DEADLINE + 1);
      g_main_context_iteration (NULL, FALSE);
    }
  g_source_remove (watchdog);
}

/* Reads its answer, and does not close: the server does. */
static void
test_http_one_request (HttpFixture *f, gconstpointer unused)
{
  g_socket_send (f->client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27, NULL,
                 NULL);
  g_assert_cmpint (http_read (f), >, 0);
  g_assert_cmpint (http_read (f), ==, 0);
}

/* Each connection is forgotten when it goes: there is room for the next. */
static void
test_http_one_after_the_other (HttpFixture *f, gconstpointer unused)
{
  for (guint i = 0; i < 2 * SH_CONNECTIONS_MAX; i++)
    {
      HttpFixture one = *f;

      http_connect (&one);
      if (i % 2 == 0)
        {
          g_socket_send (one.client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 27,
                         NULL, NULL);
          g_assert_cmpint (http_read (&one), >, 0);
        }
      else
        g_assert_true (http_is_open (&one));
      g_object_unref (one.client);
      for (guint j = 0; j < 20; j++)
        g_main_context_iteration (NULL, FALSE);
    }
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path, *text;
  } requests[] = {
    { "no-request", "" },
    { "half-a-line", "GET /v1/al" },
    { "half-a-header", "GET / HTTP/1.1\r\nHost: x\r\nAuthor" },
    { "half-a-body",
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc" },
    { "half-a-chunk", "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n5\r\nabc" },
  };

  g_test_init (&argc, &argv, NULL);
#define ADD(PATH, FUNC)                                                        \
  g_test_add ("/deadlines/" PATH, Fixture, NULL, set_up, FUNC, tear_down)
  ADD ("simulator/no-register", test_no_register);
  ADD ("simulator/no-answer", test_no_answer);
  ADD ("simulator/silence", test_silence);
  ADD ("simulator/does-not-end-its-episode", test_stop);
  ADD ("simulator/closes-when-all-is-over", test_leave);
#undef ADD
  for (guint i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autofree char *path =
          g_strconcat ("/deadlines/http/", requests[i].path, NULL);

      g_test_add (path, HttpFixture, requests[i].text, http_set_up,
                  test_http_no_request, http_tear_down);
    }
  g_test_add ("/deadlines/http/one-request", HttpFixture, NULL, http_set_up,
              test_http_one_request, http_tear_down);
  g_test_add ("/deadlines/http/one-after-the-other", HttpFixture, NULL,
              http_set_up, test_http_one_after_the_other, http_tear_down);
  return g_test_run ();
}
