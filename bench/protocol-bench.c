/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the protocol costs on loopback: steps a second of `simhost run` against
 * an engine that does nothing, beside a bare echo: two processes with as many
 * connections that read and write frames of the same sizes and do nothing else.
 * For several numbers of sessions in one worker, and several sizes of batch.
 * Times are those of the whole pair of processes; "us" is the processor time of
 * the worker, and of the process in its place, which other work on the machine
 * disturbs less.
 *
 *   protocol-bench [--json]
 *   protocol-bench SIMULATOR BATCH SESSIONS    one case, again and again, to be
 *                                              profiled
 *
 * A simulator's fields must be in the table of engine-messages.c.
 */

#include <gio/gio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "echo-client.h"
#include "engine-stub.h"

/* Of each pair of measurements, which take turns; the median counts. */
#define ROUNDS 5
#define WARM_UP 200 /* milliseconds */
#define SPAN 600
#define DEADLINE 20 /* seconds for a process to connect, or to end */

/* By which interface a simulator is driven, and which to measure it with. */
static const struct
{
  const char *driver, *simulator;
} drivers[] = {
  { "callbacks", "cartpole" },
  { "callbacks", "counter" },
  { "events", "counter_events" },
};

static const guint batches[] = { 1, 16, 256 };
static const guint sessions[] = { 1, 16, 64, 256 };

typedef struct
{
  const char *driver, *simulator;
  guint batch, n_sessions;
} Case;

typedef struct
{
  double steps, round_trips, echoes; /* a second */
  double cpu; /* the worker's microseconds a step */
  double echo_cpu; /* the echo's microseconds a message */
  double rss; /* the worker's KiB */
  gsize sent, received; /* bytes of a frame */
} Result;

/* ---- processes ---- */

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
start_host (EngineStub *stub, const Case *what)
{
  g_autofree char *url =
      g_strdup_printf ("http://127.0.0.1:%u", engine_stub_get_port (stub));
  g_autofree char *count = g_strdup_printf ("%u", what->n_sessions);

  return start ((const char *const[]){ SIMHOST, "run", what->simulator, "--url",
                                       url, "--brain", "bench", "--accesskey",
                                       "none", "--instances", count,
                                       "--retry-timeout", "0", NULL });
}

static GSubprocess *
start_echo (EngineStub *stub, const Case *what, const Result *result)
{
  const gsize numbers[] = { engine_stub_get_port (stub), what->n_sessions,
                            result->received, result->sent };
  char texts[G_N_ELEMENTS (numbers)][24];

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_snprintf (texts[i], sizeof texts[i], "%" G_GSIZE_FORMAT, numbers[i]);
  return start ((const char *const[]){ "/proc/self/exe", "--echo", texts[0],
                                       texts[1], texts[2], texts[3], NULL });
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
      engine_stub_run (stub, 5);
      g_main_context_iteration (NULL, FALSE);
      if (g_get_monotonic_time () > deadline)
        g_subprocess_force_exit (process);
    }
  g_object_unref (process);
}

static void
wait_for (EngineStub *stub, GSubprocess *process, const Case *what)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE * G_USEC_PER_SEC;

  while (engine_stub_get_n_sessions (stub) < what->n_sessions)
    {
      engine_stub_run (stub, 10);
      g_main_context_iteration (NULL, FALSE);
      if (g_subprocess_get_identifier (process) != NULL &&
          g_get_monotonic_time () < deadline)
        continue;
      fprintf (stderr, "protocol-bench: %s: only %u of %u sessions connect\n",
               what->simulator, engine_stub_get_n_sessions (stub),
               what->n_sessions);
      exit (1);
    }
}

/* ---- the worker, seen from outside ---- */

static char *
read_page (const char *pid, const char *page)
{
  g_autofree char *path = g_build_filename ("/proc", pid, page, NULL);
  char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) ? text : g_strdup ("");
}

static char *
find_child (const char *pid)
{
  g_autofree char *page = g_build_filename ("task", pid, "children", NULL);

  return g_strstrip (read_page (pid, page));
}

/* Nanoseconds that its threads were on a processor. */
static double
read_cpu (const char *pid)
{
  g_autofree char *path = g_build_filename ("/proc", pid, "task", NULL);
  g_autoptr (GDir) threads = g_dir_open (path, 0, NULL);
  const char *thread;
  double sum = 0;

  while (threads != NULL && (thread = g_dir_read_name (threads)) != NULL)
    {
      g_autofree char *page =
          g_build_filename ("task", thread, "schedstat", NULL);
      g_autofree char *text = read_page (pid, page);

      sum += (double) g_ascii_strtoull (text, NULL, 10);
    }
  return sum;
}

static double
read_rss (const char *pid)
{
  g_autofree char *text = read_page (pid, "status");
  const char *at = strstr (text, "VmRSS:");

  return at != NULL ? (double) g_ascii_strtoull (at + 6, NULL, 10) : 0;
}

/* ---- measuring ---- */

static void
measure_host (EngineStub *stub, const Case *what, Result *result)
{
  g_autofree char *worker = NULL;
  GSubprocess *process;
  guint64 steps, messages;
  double seconds, cpu;

  engine_stub_serve (stub, what->simulator, what->batch);
  process = start_host (stub, what);
  wait_for (stub, process, what);
  worker = find_child (g_subprocess_get_identifier (process));
  engine_stub_run (stub, WARM_UP);
  engine_stub_take_steps (stub, &messages);
  cpu = read_cpu (worker);
  seconds = engine_stub_run (stub, SPAN);
  cpu = read_cpu (worker) - cpu;
  steps = engine_stub_take_steps (stub, &messages);
  result->steps = (double) steps / seconds;
  result->round_trips = (double) messages / seconds;
  result->cpu = cpu / 1000 / (double) MAX (steps, 1);
  result->rss = read_rss (worker);
  result->sent = engine_stub_get_sent_size (stub);
  result->received = engine_stub_get_received_size (stub);
  finish (stub, process);
}

static void
measure_echo (EngineStub *stub, const Case *what, Result *result)
{
  GSubprocess *process;
  const char *pid;
  guint64 messages;
  double seconds, cpu;

  engine_stub_echo (stub, result->sent, result->received);
  process = start_echo (stub, what, result);
  pid = g_subprocess_get_identifier (process);
  engine_stub_run (stub, WARM_UP);
  engine_stub_take_steps (stub, &messages);
  cpu = read_cpu (pid);
  seconds = engine_stub_run (stub, SPAN);
  cpu = read_cpu (pid) - cpu;
  engine_stub_take_steps (stub, &messages);
  result->echo_cpu = cpu / 1000 / (double) MAX (messages, 1);
  finish (stub, process);
  result->echoes = (double) messages / seconds;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* Of one figure in several results, `offset` bytes into each. */
static double
median (const Result *results, gsize offset)
{
  double values[ROUNDS];

  for (guint i = 0; i < ROUNDS; i++)
    memcpy (&values[i], (const char *) &results[i] + offset, sizeof values[i]);
  qsort (values, ROUNDS, sizeof values[0], compare);
  return values[ROUNDS / 2];
}

static Result
measure (EngineStub *stub, const Case *what)
{
  Result results[ROUNDS], result;

  for (guint i = 0; i < ROUNDS; i++)
    {
      measure_host (stub, what, &results[i]);
      measure_echo (stub, what, &results[i]);
    }
  result = results[0];
  result.steps = median (results, offsetof (Result, steps));
  result.round_trips = median (results, offsetof (Result, round_trips));
  result.echoes = median (results, offsetof (Result, echoes));
  result.cpu = median (results, offsetof (Result, cpu));
  result.echo_cpu = median (results, offsetof (Result, echo_cpu));
  result.rss = median (results, offsetof (Result, rss));
  return result;
}

static int
repeat (EngineStub *stub, const Case *what)
{
  for (guint i = 0; i < 10; i++)
    {
      Result result;

      measure_host (stub, what, &result);
      printf ("%.0f steps/s, %.0f round trips/s, %.2f us a step\n",
              result.steps, result.round_trips, result.cpu);
      fflush (stdout);
    }
  return 0;
}

/* ---- printing ---- */

static void
print_row (const Case *what, const Result *result, double first_rss)
{
  printf ("%-10s %5u %8u %9.0f %15.0f %10.0f %5.2f %14.2f %7.2f ", what->driver,
          what->batch, what->n_sessions, result->steps, result->round_trips,
          result->echoes, result->round_trips / result->echoes, result->cpu,
          result->echo_cpu);
  if (what->n_sessions > 1)
    printf ("%9.0f KiB", (result->rss - first_rss) / (what->n_sessions - 1));
  else
    printf ("%13s", "");
  printf ("   %" G_GSIZE_FORMAT ", %" G_GSIZE_FORMAT "\n", result->sent,
          result->received);
  fflush (stdout);
}

static void
print_json (const Case *what, const Result *result, double first_rss)
{
  printf ("{\"bench\":\"protocol\",\"driver\":\"%s\",\"simulator\":\"%s\","
          "\"batch\":%u,\"sessions\":%u,\"steps_per_second\":%.0f,"
          "\"round_trips_per_second\":%.0f,\"echoes_per_second\":%.0f,"
          "\"ratio\":%.3f,\"worker_us_per_step\":%.3f,\"echo_us\":%.3f,\"rss_"
          "kib\":%.0f,"
          "\"kib_per_further_session\":%.1f,\"sent_bytes\":%" G_GSIZE_FORMAT
          ",\"received_bytes\":%" G_GSIZE_FORMAT "}\n",
          what->driver, what->simulator, what->batch, what->n_sessions,
          result->steps, result->round_trips, result->echoes,
          result->round_trips / result->echoes, result->cpu, result->echo_cpu,
          result->rss,
          what->n_sessions > 1
              ? (result->rss - first_rss) / (what->n_sessions - 1)
              : 0.0,
          result->sent, result->received);
  fflush (stdout);
}

static void
measure_driver (EngineStub *stub, guint driver, gboolean json)
{
  Case what = { drivers[driver].driver, drivers[driver].simulator, 1, 1 };
  void (*print) (const Case *, const Result *, double) =
      json ? print_json : print_row;
  double first_rss = 0;
  Result result;

  for (gsize i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      what.n_sessions = sessions[i];
      result = measure (stub, &what);
      if (i == 0)
        first_rss = result.rss;
      print (&what, &result, first_rss);
    }
  what.n_sessions = 1;
  for (gsize i = 1; i < G_N_ELEMENTS (batches); i++)
    {
      what.batch = batches[i];
      result = measure (stub, &what);
      print (&what, &result, first_rss);
    }
}

static guint
parse (const char *text)
{
  return (guint) g_ascii_strtoull (text, NULL, 10);
}

int
main (int argc, char **argv)
{
  gboolean json = argc == 2 && strcmp (argv[1], "--json") == 0;
  EngineStub *stub;

  if (argc == 6 && strcmp (argv[1], "--echo") == 0)
    return echo_client_run (parse (argv[2]), parse (argv[3]), parse (argv[4]),
                            parse (argv[5]));
  if (argc != 1 && argc != 4 && !json)
    {
      fprintf (stderr, "usage: protocol-bench [--json]\n"
                       "       protocol-bench SIMULATOR BATCH SESSIONS\n");
      return 2;
    }
  stub = engine_stub_new ();
  if (argc == 4)
    return repeat (stub,
                   &(Case){ "", argv[1], parse (argv[2]), parse (argv[3]) });
  if (!json)
    printf ("driver     batch sessions   steps/s   round trips/s   echoes/s "
            "ratio worker us/step us/echo  a session more   bytes there and "
            "back\n");
  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    measure_driver (stub, i, json);
  engine_stub_free (stub);
  return 0;
}
