/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What it costs to keep workers running: the processor time of a process that
 * supervises so many units, each with one worker that steps as fast as it can,
 * in percent of a core. The engine is a stub in a process of its own.
 *
 *   supervise-bench [--json] [UNITS...]
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine-stub.h"
#include "sh-unit.h"

/* Milliseconds. */
#define WARM_UP 2000
#define SPAN 5000
/* Seconds until all are connected. */
#define DEADLINE 300

static const guint default_units[] = { 1, 16, 256 };

typedef struct
{
  GPtrArray *units; /* of ShUnit */
  GMainLoop *loop;
} Bench;

static void
on_changed (ShUnit *unit, gpointer data)
{
}

static const ShUnitFuncs funcs = { .changed = on_changed };

static gboolean
on_look (gpointer data)
{
  Bench *bench = data;

  for (guint i = 0; i < bench->units->len; i++)
    sh_unit_look (bench->units->pdata[i]);
  return G_SOURCE_CONTINUE;
}

static guint
count (const Bench *bench, ShUnitState state)
{
  guint n = 0;

  for (guint i = 0; i < bench->units->len; i++)
    n += sh_unit_get_status (bench->units->pdata[i])->state == state;
  return n;
}

static guint64
count_steps (const Bench *bench)
{
  guint64 n = 0;

  for (guint i = 0; i < bench->units->len; i++)
    n += sh_unit_get_status (bench->units->pdata[i])->n_iterations;
  return n;
}

static gboolean
on_time (gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
run_for (Bench *bench, guint milliseconds)
{
  g_timeout_add (milliseconds, on_time, bench->loop);
  g_main_loop_run (bench->loop);
}

static void
fail (const char *text)
{
  fprintf (stderr, "supervise-bench: %s\n", text);
  exit (1);
}

static double
get_cpu (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static pid_t
start_engine (guint *port)
{
  EngineStub *stub = engine_stub_new ();
  pid_t pid;

  engine_stub_serve (stub, "cartpole", 1);
  *port = engine_stub_get_port (stub);
  pid = fork ();
  if (pid == 0)
    {
      alarm (2 * DEADLINE);
      for (;;)
        engine_stub_run (stub, 1000);
    }
  engine_stub_free (stub);
  return pid;
}

static void
add_units (Bench *bench, guint n, guint port)
{
  g_autoptr (ShPluginInfo) plugin =
      sh_catalog_probe (PLUGIN_DIR "/cartpole.so");

  if (plugin->failure != NULL)
    fail (plugin->failure);
  for (guint i = 0; i < n; i++)
    {
      g_auto (ShUnitSettings) settings;
      ShUnit *unit;

      sh_unit_settings_init (&settings);
      settings.name = g_strdup_printf ("pole-%u", i);
      settings.simulator = g_strdup ("cartpole");
      settings.engine = g_strdup_printf ("http://127.0.0.1:%u", port);
      settings.access_key = g_strdup ("k3y");
      unit = sh_unit_new (&settings, &sh_retry_system_source, &funcs, NULL);
      sh_unit_set_plugin (unit, plugin, NULL);
      g_ptr_array_add (bench->units, unit);
      sh_unit_start (unit);
      /* The others go on meanwhile. */
      run_for (bench, 20);
    }
}

static void
measure (guint n, gboolean json)
{
  Bench bench = {
    .units = g_ptr_array_new_with_free_func ((GDestroyNotify) sh_unit_free),
    .loop = g_main_loop_new (NULL, FALSE),
  };
  guint look = g_timeout_add (SH_UNIT_LOOK_INTERVAL, on_look, &bench);
  guint port;
  pid_t engine = start_engine (&port);
  gint64 end = g_get_monotonic_time () + DEADLINE * G_USEC_PER_SEC, start;
  guint64 steps;
  double cpu, seconds, percent;

  add_units (&bench, n, port);
  while (count (&bench, SH_UNIT_RUNNING) < n)
    {
      if (g_get_monotonic_time () > end)
        fail ("not all units came to run");
      run_for (&bench, 100);
    }
  run_for (&bench, WARM_UP);
  start = g_get_monotonic_time ();
  steps = count_steps (&bench);
  cpu = get_cpu ();
  run_for (&bench, SPAN);
  cpu = get_cpu () - cpu;
  steps = count_steps (&bench) - steps;
  seconds = (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
  percent = 100 * cpu / seconds;
  if (json)
    printf ("{\"bench\":\"supervise\",\"units\":%u,\"percent\":%.3f,"
            "\"steps\":%.0f}\n",
            n, percent, (double) steps / seconds);
  else
    printf ("%6u  %8.2f %%  %12.0f\n", n, percent, (double) steps / seconds);
  fflush (stdout);
  g_ptr_array_unref (bench.units);
  g_source_remove (look);
  kill (engine, SIGKILL);
  waitpid (engine, NULL, 0);
  g_main_loop_unref (bench.loop);
}

static GLogWriterOutput
say_nothing (GLogLevelFlags level,
             const GLogField *fields,
             gsize n_fields,
             gpointer data)
{
  return G_LOG_WRITER_HANDLED;
}

int
main (int argc, char **argv)
{
  gboolean json = argc > 1 && strcmp (argv[1], "--json") == 0;
  int first = json ? 2 : 1;

  g_setenv ("SIMHOST_EXE", SIMHOST, FALSE);
  g_log_set_writer_func (say_nothing, NULL, NULL);
  if (!json)
    printf (" units   of a core       steps/s\n");
  if (first == argc)
    for (guint i = 0; i < G_N_ELEMENTS (default_units); i++)
      measure (default_units[i], json);
  for (int i = first; i < argc; i++)
    {
      guint64 n;

      if (!g_ascii_string_to_unsigned (argv[i], 10, 1, 1000, &n, NULL))
        fail ("how many units? write 1 to 1000");
      measure ((guint) n, json);
    }
  return 0;
}
