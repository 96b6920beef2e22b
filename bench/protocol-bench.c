/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the protocol costs on loopback: steps a second of `simhost run cartpole`
 * against an engine that does nothing, for several sizes of batch, beside a
 * bare libsoup websocket that is sent and sends back messages of the same
 * sizes, two processes likewise. And the memory of a worker with 64 sessions.
 *
 *   protocol-bench [--json]
 *   protocol-bench BATCH SESSIONS    one case alone, to be profiled
 */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine-stub.h"

/* Of each pair of measurements, which take turns; the median counts. */
#define ROUNDS 5
#define WARM_UP 200 /* milliseconds */
#define SPAN 600
#define N_SESSIONS 64u
#define DEADLINE 20 /* seconds for a process to connect, or to end */

static const guint batches[] = { 1, 16, 256 };

typedef struct
{
  double steps, round_trips, echoes; /* a second */
  gsize sent, received;
} Result;

/* ---- the echo's client ---- */

static void
on_echo_message (SoupWebsocketConnection *connection,
                 SoupWebsocketDataType type,
                 GBytes *message,
                 GBytes *answer)
{
  soup_websocket_connection_send_message (connection,
                                          SOUP_WEBSOCKET_DATA_BINARY, answer);
}

static void
on_echo_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GBytes *answer = user_data;
  SoupWebsocketConnection *connection = soup_session_websocket_connect_finish (
      SOUP_SESSION (source), result, NULL);

  if (connection == NULL)
    exit (1);
  soup_websocket_connection_set_max_incoming_payload_size (connection,
                                                           4 * 1024 * 1024);
  g_signal_connect (connection, "message", G_CALLBACK (on_echo_message),
                    answer);
  g_signal_connect (connection, "closed", G_CALLBACK (exit), NULL);
  soup_websocket_connection_send_message (connection,
                                          SOUP_WEBSOCKET_DATA_BINARY, answer);
}

static int
run_echo_client (const char *url, const char *size_text)
{
  gsize size = (gsize) g_ascii_strtoull (size_text, NULL, 10);
  SoupSession *session = soup_session_new ();
  SoupMessage *message = soup_message_new (SOUP_METHOD_GET, url);

  soup_session_websocket_connect_async (
      session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, on_echo_connected,
      g_bytes_new_take (g_malloc0 (size), size));
  g_main_loop_run (g_main_loop_new (NULL, FALSE));
  return 1;
}

/* ---- running ---- */

static gboolean
on_timeout (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Lets the main loop run for so long; gives the seconds it took. */
static double
spin (guint milliseconds)
{
  gint64 before = g_get_monotonic_time ();
  gboolean over = FALSE;

  g_timeout_add (milliseconds, on_timeout, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
  return (double) (g_get_monotonic_time () - before) / G_USEC_PER_SEC;
}

static GSubprocess *
start (const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher =
      g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_setenv (launcher, "SIMHOST_PLUGIN_PATH", PLUGIN_DIR,
                                TRUE);
  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  if (process == NULL)
    {
      fprintf (stderr, "protocol-bench: %s\n", error->message);
      exit (1);
    }
  return process;
}

static GSubprocess *
start_host (EngineStub *stub, guint n_instances)
{
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%u", engine_stub_get_port (stub));
  g_autofree char *count = g_strdup_printf ("%u", n_instances);

  return start ((const char *const[]){ SIMHOST, "run", "cartpole", "--url", url,
                                       "--brain", "bench", "--accesskey",
                                       "none", "--instances", count,
                                       "--retry-timeout", "0", NULL });
}

static GSubprocess *
start_echo (EngineStub *stub, gsize size)
{
  g_autofree char *url =
      g_strdup_printf ("ws://127.0.0.1:%u/", engine_stub_get_port (stub));
  g_autofree char *text = g_strdup_printf ("%" G_GSIZE_FORMAT, size);

  return start (
      (const char *const[]){ "/proc/self/exe", "--echo", url, text, NULL });
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

static void
finish (EngineStub *stub, GSubprocess *process)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE * G_USEC_PER_SEC;
  gboolean ended = FALSE;

  engine_stub_finish (stub);
  g_subprocess_wait_async (process, NULL, on_ended, &ended);
  while (!ended)
    {
      spin (10);
      if (g_get_monotonic_time () > deadline)
        g_subprocess_force_exit (process);
    }
  g_object_unref (process);
}

static void
wait_for (EngineStub *stub, GSubprocess *process, guint n_sessions)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE * G_USEC_PER_SEC;

  while (engine_stub_get_n_sessions (stub) < n_sessions)
    {
      spin (10);
      if (g_subprocess_get_identifier (process) != NULL &&
          g_get_monotonic_time () < deadline)
        continue;
      fprintf (stderr, "protocol-bench: the host does not connect\n");
      exit (1);
    }
}

/* ---- measuring ---- */

static void
measure_host (EngineStub *stub, guint batch, guint n_instances, Result *result)
{
  GSubprocess *process;
  guint64 steps, messages;
  double seconds;

  engine_stub_set_up (stub, batch, FALSE);
  process = start_host (stub, n_instances);
  wait_for (stub, process, n_instances);
  spin (WARM_UP);
  engine_stub_take_steps (stub, &messages);
  seconds = spin (SPAN);
  steps = engine_stub_take_steps (stub, &messages);
  result->steps = (double) steps / seconds;
  result->round_trips = (double) messages / seconds;
  result->sent = engine_stub_get_sent_size (stub);
  result->received = engine_stub_get_received_size (stub);
  finish (stub, process);
}

/* Ten measurements of one case. */
static int
measure_one (EngineStub *stub, guint batch, guint n_sessions)
{
  for (guint i = 0; i < 10; i++)
    {
      Result result;

      measure_host (stub, batch, n_sessions, &result);
      printf ("%.0f steps/s, %.0f round trips/s\n", result.steps,
              result.round_trips);
      fflush (stdout);
    }
  return 0;
}

static double
measure_echo (EngineStub *stub, gsize sent, gsize received)
{
  GSubprocess *process;
  guint64 messages;
  double seconds;

  engine_stub_set_up (stub, (guint) sent, TRUE);
  process = start_echo (stub, received);
  spin (WARM_UP);
  engine_stub_take_steps (stub, &messages);
  seconds = spin (SPAN);
  engine_stub_take_steps (stub, &messages);
  finish (stub, process);
  return (double) messages / seconds;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static double
median (double *values)
{
  qsort (values, ROUNDS, sizeof *values, compare);
  return values[ROUNDS / 2];
}

static Result
measure (EngineStub *stub, guint batch)
{
  double steps[ROUNDS], round_trips[ROUNDS], echoes[ROUNDS];
  Result result;

  for (guint i = 0; i < ROUNDS; i++)
    {
      measure_host (stub, batch, 1, &result);
      steps[i] = result.steps;
      round_trips[i] = result.round_trips;
      echoes[i] = measure_echo (stub, result.sent, result.received);
    }
  result.steps = median (steps);
  result.round_trips = median (round_trips);
  result.echoes = median (echoes);
  return result;
}

/* The number of KiB behind `key` in a file of /proc. */
static guint
read_kib (const char *pid, const char *file, const char *key)
{
  g_autofree char *path = g_build_filename ("/proc", pid, file, NULL);
  g_autofree char *text = NULL;
  const char *at;

  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      (at = strstr (text, key)) == NULL)
    return 0;
  return (guint) g_ascii_strtoull (at + strlen (key), NULL, 10);
}

static char *
find_child (const char *pid)
{
  g_autofree char *path =
      g_build_filename ("/proc", pid, "task", pid, "children", NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return g_strstrip (text);
}

typedef struct
{
  guint rss, pss; /* KiB */
  double steps;
} Memory;

static Memory
measure_memory (EngineStub *stub, guint n_sessions)
{
  Memory memory = { 0 };
  GSubprocess *process;
  g_autofree char *worker = NULL;
  guint64 messages;
  double seconds;

  engine_stub_set_up (stub, 1, FALSE);
  process = start_host (stub, n_sessions);
  wait_for (stub, process, n_sessions);
  spin (WARM_UP);
  engine_stub_take_steps (stub, &messages);
  seconds = spin (SPAN);
  memory.steps = (double) engine_stub_take_steps (stub, &messages) / seconds;
  worker = find_child (g_subprocess_get_identifier (process));
  memory.rss = read_kib (worker, "status", "VmRSS:");
  memory.pss = read_kib (worker, "smaps_rollup", "Pss:");
  finish (stub, process);
  return memory;
}

static void
print_json (const Result *results, const Memory *one, const Memory *many)
{
  printf ("{\"bench\":\"protocol\"");
  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    printf (",\"batch_%u\":{\"steps_per_second\":%.0f,"
            "\"round_trips_per_second\":%.0f,\"echoes_per_second\":%.0f,"
            "\"ratio\":%.3f,\"sent_bytes\":%" G_GSIZE_FORMAT
            ",\"received_bytes\":%" G_GSIZE_FORMAT "}",
            batches[i], results[i].steps, results[i].round_trips,
            results[i].echoes, results[i].round_trips / results[i].echoes,
            results[i].sent, results[i].received);
  printf (",\"sessions_%u\":{\"steps_per_second\":%.0f,\"rss_kib\":%u,"
          "\"pss_kib\":%u,\"kib_per_session\":%u}}\n",
          N_SESSIONS, many->steps, many->rss, many->pss,
          (many->rss - one->rss) / (N_SESSIONS - 1));
}

static void
print_table (const Result *results, const Memory *one, const Memory *many)
{
  printf ("batch   steps/s   round trips/s   echoes/s   ratio   bytes there"
          " and back\n");
  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    printf ("%5u %9.0f %15.0f %10.0f %7.2f   %" G_GSIZE_FORMAT
            ", %" G_GSIZE_FORMAT "\n",
            batches[i], results[i].steps, results[i].round_trips,
            results[i].echoes, results[i].round_trips / results[i].echoes,
            results[i].sent, results[i].received);
  printf ("\nA worker with %u sessions: %.0f steps/s, RSS %.1f MiB, PSS %.1f "
          "MiB, %u KiB for each further session\n",
          N_SESSIONS, many->steps, many->rss / 1024.0, many->pss / 1024.0,
          (many->rss - one->rss) / (N_SESSIONS - 1));
}

int
main (int argc, char **argv)
{
  Result results[G_N_ELEMENTS (batches)];
  g_autoptr (GError) error = NULL;
  EngineStub *stub;
  Memory one, many;

  if (argc == 4 && strcmp (argv[1], "--echo") == 0)
    return run_echo_client (argv[2], argv[3]);
  stub = engine_stub_new (&error);
  if (stub == NULL)
    {
      fprintf (stderr, "protocol-bench: %s\n", error->message);
      return 1;
    }
  if (argc == 3)
    return measure_one (stub, (guint) atoi (argv[1]), (guint) atoi (argv[2]));
  for (gsize i = 0; i < G_N_ELEMENTS (batches); i++)
    results[i] = measure (stub, batches[i]);
  one = measure_memory (stub, 1);
  many = measure_memory (stub, N_SESSIONS);
  if (argc == 2 && strcmp (argv[1], "--json") == 0)
    print_json (results, &one, &many);
  else
    print_table (results, &one, &many);
  engine_stub_free (stub);
  return 0;
}
