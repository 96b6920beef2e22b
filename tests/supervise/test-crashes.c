/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Workers that die in every way, again and again: afterwards the process that
 * supervises them has as much memory and as many descriptors as after the first
 * deaths, and no child.
 *
 *   test-supervise-crashes BAD-FOLDER [DEATHS]
 */

#include <dirent.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "engine.h"
#include "logs.h"
#include "sh-unit.h"

/* Deaths of all units together, unless the command says more. */
#define DEATHS 60u
/* Deaths of each after which is measured first. */
#define WARM_UP 2u
/* Bytes that may come and go. */
#define BYTES_SLACK (16u * 1024)
/* Seconds for each death. */
#define PATIENCE 60u

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
/* They have a malloc without such figures; the first finds leaks itself. */
#define SANITIZED
#define HAS_MALLINFO FALSE
#else
#define HAS_MALLINFO TRUE
#endif

/* What each unit's workers die of, and what is said of it. */
static const struct
{
  const char *plugin, *error;
  guint deadline; /* of a call, milliseconds; 0: as usual */
  guint64 memory; /* bytes that it may have; 0: as much as there is */
} ways[] = {
  { "crash-advance", "simulator 'bad' crashed in advance: segmentation fault",
    0, 0 },
  { "abort-reset", "simulator 'bad' crashed in reset: aborted", 0, 0 },
  { "exit-get-state",
    "simulator 'bad' ended the process in get_state (exit "
    "status 7)",
    0, 0 },
  /* On a machine that is busy any call may take that long. */
  { "hang-deaf-advance", "simulator 'bad' did not return from ", 200, 0 },
#ifndef SANITIZED /* that wants terabytes of addresses itself */
  { "exhaust-advance", "simulator 'bad' crashed in advance: aborted", 0,
    512u * 1024 * 1024 },
#endif
};

static const char *bad_folder;
static guint n_deaths = DEATHS;

/* Deaths lie more than a minute apart, and waits are short. */
static gint64
hasty_now (gpointer data)
{
  static gint64 now;

  return now += 61 * G_USEC_PER_SEC;
}

static double
no_chance (gpointer data)
{
  return 0;
}

static const ShRetrySource hasty = { hasty_now, no_chance, NULL };

static void
on_changed (ShUnit *unit, gpointer data)
{
}

static const ShUnitFuncs funcs = { .changed = on_changed };

static ShUnit *
make_unit (guint i)
{
  g_autofree char *path =
      g_strdup_printf ("%s/%s.so", bad_folder, ways[i].plugin);
  g_autoptr (ShPluginInfo) plugin = sh_catalog_probe (path);
  g_auto (ShUnitSettings) settings;
  ShUnit *unit;

  g_assert_null (plugin->failure);
  sh_unit_settings_init (&settings);
  settings.name = g_strdup_printf ("unit-%u", i);
  settings.simulator = g_strdup ("bad");
  if (ways[i].deadline > 0)
    settings.call_deadline = ways[i].deadline;
  settings.limits.memory = ways[i].memory;
  unit = sh_unit_new (&settings, &hasty, &funcs, NULL);
  sh_unit_set_plugin (unit, plugin, NULL);
  return unit;
}

static gboolean
on_tick (gpointer data)
{
  ShUnit **units = data;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    sh_unit_look (units[i]);
  logs_clear ();
  return G_SOURCE_CONTINUE;
}

static void
run_until (ShUnit **units, guint64 n_restarts)
{
  gint64 end = g_get_monotonic_time () +
               (gint64) (n_restarts + 1) * PATIENCE * G_USEC_PER_SEC;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    while (sh_unit_get_status (units[i])->n_restarts < n_restarts)
      {
        if (g_get_monotonic_time () > end)
          g_error ("%s: too slow", ways[i].plugin);
        g_main_context_iteration (NULL, TRUE);
      }
}

static guint
count_descriptors (void)
{
  DIR *dir = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

/* Bytes that this process has from malloc, without what the units' logs hold,
 * which are full only after hundreds of lines. */
static gsize
count_bytes (ShUnit **units)
{
  gsize kept = 0;
  struct mallinfo2 info = mallinfo2 ();

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    for (GList *link = sh_unit_get_log (units[i])->lines.head; link != NULL;
         link = link->next)
      {
        ShUnitLine *line = link->data;

        kept += malloc_usable_size (link) + malloc_usable_size (line) +
                malloc_usable_size (line->text) + 3 * sizeof (gsize);
      }
  return HAS_MALLINFO ? info.uordblks + info.hblkhd - kept : 0;
}

/* No unit has a worker. */
static void
stop_all (ShUnit **units)
{
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    sh_unit_stop (units[i]);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    while (sh_unit_has_worker (units[i]))
      g_main_context_iteration (NULL, TRUE);
}

/* Until each has died so often. The engine, which has a thread and the other ends
 * of the connections here, is there meanwhile only: what it has does not count. */
static void
die (ShUnit **units, guint64 n_restarts)
{
  Engine *engine = engine_new ("bad");

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      sh_unit_set_engine (units[i], engine_get_url (engine), "k3y");
      sh_unit_start (units[i]);
    }
  run_until (units, n_restarts);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (!g_str_has_prefix (sh_unit_get_status (units[i])->error, ways[i].error))
      g_error ("%s: %s", ways[i].plugin, sh_unit_get_status (units[i])->error);
  stop_all (units);
  engine_free (engine);
}

static void
test_crashes (void)
{
  guint each = MAX (n_deaths / G_N_ELEMENTS (ways), WARM_UP + 1);
  ShUnit *units[G_N_ELEMENTS (ways)];
  gsize bytes;
  guint descriptors, tick;

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    units[i] = make_unit (i);
  tick = g_timeout_add (50, on_tick, units);

  die (units, WARM_UP);
  bytes = count_bytes (units);
  descriptors = count_descriptors ();

  die (units, each - WARM_UP);
  g_test_message ("%u deaths: %" G_GSIZE_FORMAT " bytes and %u descriptors, "
                  "%" G_GSIZE_FORMAT " and %u before",
                  each * (guint) G_N_ELEMENTS (ways), count_bytes (units),
                  count_descriptors (), bytes, descriptors);
  g_assert_cmpuint (count_descriptors (), <=, descriptors);
  g_assert_cmpuint (count_bytes (units), <, bytes + BYTES_SLACK);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);

  g_source_remove (tick);
  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    sh_unit_free (units[i]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();
  bad_folder = argv[1];
  if (argc > 2)
    n_deaths = (guint) atoi (argv[2]);

  g_test_add_func ("/unit/dies-in-every-way", test_crashes);
  return g_test_run ();
}
