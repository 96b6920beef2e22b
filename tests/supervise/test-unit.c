/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Units against real workers and an engine: every state, what leads there, and
 * what is known of a unit.
 *
 *   test-supervise-unit CARTPOLE.so BAD-FOLDER
 */

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#include <glib/gstdio.h>

#include "engine.h"
#include "folder.h"
#include "logs.h"
#include "sh-unit.h"

/* Seconds for what should happen soon. */
#define PATIENCE 60

static const char *cartpole, *bad_folder;

typedef struct
{
  ShUnit *unit;
  ShUnitSettings settings;
  guint seen; /* bits of the states it was in */
  guint n_changes;
  guint64 n_episodes, n_left_out; /* that it was told of */
  ShReportEpisode last;
} Fixture;

/* Waits between two workers are as short as they can be, and no two deaths lie
 * within a minute. */
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

/* All deaths lie within a minute, however slow the machine is. */
static gint64
standing_now (gpointer data)
{
  return G_USEC_PER_SEC;
}

static const ShRetrySource standing = { standing_now, no_chance, NULL };

static void
on_changed (ShUnit *unit, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_changes++;
  fixture->seen |= 1u << sh_unit_get_status (unit)->state;
}

static void
on_episodes (ShUnit *unit,
             const ShReportEpisode *episodes,
             guint n_episodes,
             guint64 left_out,
             gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpuint (n_episodes, <=, SH_UNIT_MAX_EPISODES);
  fixture->n_episodes += n_episodes;
  fixture->n_left_out += left_out;
  if (n_episodes > 0)
    fixture->last = episodes[n_episodes - 1];
}

static const ShUnitFuncs funcs = { .changed = on_changed,
                                   .episodes = on_episodes };

static void
set_up (Fixture *fixture, const char *simulator, const Engine *engine)
{
  memset (fixture, 0, sizeof *fixture);
  logs_clear ();
  sh_unit_settings_init (&fixture->settings);
  fixture->settings.name = g_strdup ("one");
  fixture->settings.simulator = g_strdup (simulator);
  if (engine != NULL)
    {
      fixture->settings.engine = g_strdup (engine_get_url (engine));
      fixture->settings.access_key = g_strdup ("k3y");
    }
}

static void
make (Fixture *fixture, const ShRetrySource *source)
{
  g_autoptr (GError) error = NULL;

  sh_unit_settings_check (&fixture->settings, &error);
  g_assert_no_error (error);
  fixture->unit = sh_unit_new (&fixture->settings, source, &funcs, fixture);
}

static void
give_plugin (Fixture *fixture, const char *path)
{
  g_autoptr (ShPluginInfo) plugin = sh_catalog_probe (path);

  g_assert_null (plugin->failure);
  sh_unit_set_plugin (fixture->unit, plugin, NULL);
}

static void
give_bad (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%s.so", bad_folder, name);

  give_plugin (fixture, path);
}

static void
tear_down (Fixture *fixture)
{
  sh_unit_free (fixture->unit);
  sh_unit_settings_clear (&fixture->settings);
}

static const ShUnitStatus *
status (const Fixture *fixture)
{
  return sh_unit_get_status (fixture->unit);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

#define WAIT_UNTIL(FIXTURE, CONDITION)                                         \
  G_STMT_START                                                                 \
  {                                                                            \
    gint64 end_ = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;         \
    guint tick_ = g_timeout_add (10, on_tick, NULL);                           \
                                                                               \
    while (!(CONDITION))                                                       \
      {                                                                        \
        if (g_get_monotonic_time () > end_)                                    \
          g_error ("waited in vain for %s; it is %s: %s", #CONDITION,          \
                   sh_unit_state_to_string (status (FIXTURE)->state),          \
                   status (FIXTURE)->error);                                   \
        g_main_context_iteration (NULL, TRUE);                                 \
        sh_unit_look ((FIXTURE)->unit);                                        \
      }                                                                        \
    g_source_remove (tick_);                                                   \
  }                                                                            \
  G_STMT_END

/* A worker's last words may follow. */
#define ASSERT_ERROR(FIXTURE, TEXT)                                            \
  G_STMT_START                                                                 \
  {                                                                            \
    if (!g_str_has_prefix (status (FIXTURE)->error, TEXT))                     \
      g_error ("'%s' does not begin with '%s'", status (FIXTURE)->error,       \
               TEXT);                                                          \
  }                                                                            \
  G_STMT_END

#define WAIT_FOR_STATE(FIXTURE, STATE)                                         \
  WAIT_UNTIL (FIXTURE, status (FIXTURE)->state == SH_UNIT_##STATE)

static gboolean
saw (const Fixture *fixture, ShUnitState state)
{
  return (fixture->seen >> state & 1) != 0;
}

static void
test_runs (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");
  g_auto (GStrv) ids = NULL;
  GPid pid;

  set_up (&fixture, "cartpole", engine);
  fixture.settings.n_instances = 4;
  make (&fixture, &hasty);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_STOPPED);
  give_plugin (&fixture, cartpole);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_STOPPED);
  g_assert_cmpint (status (&fixture)->pid, ==, 0);
  sh_unit_start (fixture.unit);
  WAIT_UNTIL (&fixture, status (&fixture)->n_connected == 4);
  /* It is told of episodes before they are counted, in one look. */
  WAIT_UNTIL (&fixture, fixture.n_episodes >= 3);
  g_assert_cmpuint (status (&fixture)->n_episodes, >=, 3);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_RUNNING);
  g_assert_true (saw (&fixture, SH_UNIT_STARTING));
  g_assert_cmpstr (status (&fixture)->brain, ==, "cartpole");
  g_assert_cmpstr (status (&fixture)->engine, ==, engine_get_url (engine));
  g_assert_cmpstr (status (&fixture)->error, ==, "");
  g_assert_cmpuint (status (&fixture)->n_iterations, >=, 3);
  WAIT_UNTIL (&fixture, status (&fixture)->iteration_rate > 0);
  g_assert_cmpstr (status (&fixture)->objective, ==, "balance");
  /* A step upright is worth 1. */
  g_assert_cmpuint (fixture.last.number, >, 0);
  g_assert_cmpuint (fixture.last.instance, <, 4);
  g_assert_cmpint (fixture.last.end, ==, SH_REPORT_TERMINAL);
  g_assert_cmpfloat (fixture.last.episode_return, ==, fixture.last.length);
  g_assert_cmpfloat (status (&fixture)->last_return, ==,
                     fixture.last.episode_return);
  g_assert_cmpfloat (status (&fixture)->mean_return, >, 5);
  g_assert_cmpfloat (status (&fixture)->mean_return, <, 200);
  g_assert_cmpint (status (&fixture)->start_time, >, 0);
  g_assert_cmpuint (sh_unit_get_memory (fixture.unit), >, 1000000);
  ids = sh_unit_get_sim_ids (fixture.unit);
  g_assert_cmpuint (g_strv_length (ids), ==, 4);
  pid = status (&fixture)->pid;
  g_assert_cmpint (kill (pid, 0), ==, 0);

  sh_unit_stop (fixture.unit);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_STOPPING);
  WAIT_FOR_STATE (&fixture, STOPPED);
  g_assert_cmpint (kill (pid, 0), ==, -1);
  g_assert_cmpint (status (&fixture)->pid, ==, 0);
  g_assert_cmpuint (sh_unit_get_memory (fixture.unit), ==, 0);
  g_assert_cmpuint (status (&fixture)->n_episodes, >=, 3);
  g_assert_cmpstr (status (&fixture)->error, ==, "");
  tear_down (&fixture);
  engine_free (engine);
}

/* What a worker did before anybody looked has a rate, too. */
static void
test_rates (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;
  guint n_steps, tick;

  set_up (&fixture, "cartpole", engine);
  make (&fixture, &hasty);
  give_plugin (&fixture, cartpole);
  sh_unit_start (fixture.unit);
  n_steps = engine_count_steps (engine);
  tick = g_timeout_add (10, on_tick, NULL);
  while (engine_count_steps (engine) < n_steps + 1000)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
  sh_unit_look (fixture.unit);
  g_assert_cmpuint (status (&fixture)->n_iterations, >=, 1000);
  g_assert_cmpfloat (status (&fixture)->iteration_rate, >, 0);
  g_assert_cmpfloat (status (&fixture)->episode_rate, >, 0);

  /* None while there is no worker. */
  sh_unit_stop (fixture.unit);
  WAIT_FOR_STATE (&fixture, STOPPED);
  g_assert_cmpfloat (status (&fixture)->iteration_rate, ==, 0);
  g_assert_cmpfloat (status (&fixture)->episode_rate, ==, 0);
  tear_down (&fixture);
  engine_free (engine);
}

static void
test_waits (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");

  set_up (&fixture, "cartpole", NULL);
  make (&fixture, &hasty);
  sh_unit_start (fixture.unit);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_WAITING);
  g_assert_cmpstr (status (&fixture)->error, ==,
                   "there is no simulator 'cartpole'");
  give_plugin (&fixture, cartpole);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_WAITING);
  g_assert_cmpstr (status (&fixture)->error, ==,
                   "there is no engine: start one, or name one");
  sh_unit_set_engine (fixture.unit, engine_get_url (engine), "k3y");
  WAIT_FOR_STATE (&fixture, RUNNING);
  /* The one engine goes, and another comes. */
  sh_unit_set_engine (fixture.unit, NULL, NULL);
  WAIT_FOR_STATE (&fixture, WAITING);
  sh_unit_stop (fixture.unit);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_STOPPED);
  tear_down (&fixture);
  engine_free (engine);
}

/* There is no engine at that address yet. */
static void
test_connects (void)
{
  Fixture fixture;

  set_up (&fixture, "cartpole", NULL);
  fixture.settings.engine = g_strdup ("http://127.0.0.1:1");
  fixture.settings.access_key = g_strdup ("k3y");
  make (&fixture, &hasty);
  give_plugin (&fixture, cartpole);
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, CONNECTING);
  WAIT_UNTIL (&fixture, status (&fixture)->error[0] != '\0');
  ASSERT_ERROR (&fixture, "cannot connect to ws://127.0.0.1:1/");
  sh_unit_stop (fixture.unit);
  WAIT_FOR_STATE (&fixture, STOPPED);
  tear_down (&fixture);
}

static void
test_finishes (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");

  set_up (&fixture, "cartpole", engine);
  make (&fixture, &hasty);
  give_plugin (&fixture, cartpole);
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, RUNNING);
  engine_finish (engine);
  WAIT_FOR_STATE (&fixture, FINISHED);
  g_assert_true (status (&fixture)->wanted);
  g_assert_cmpuint (status (&fixture)->n_restarts, ==, 0);

  /* Begun again by who wants it. */
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, RUNNING);
  tear_down (&fixture);

  set_up (&fixture, "cartpole", engine);
  fixture.settings.restart = SH_RESTART_ALWAYS;
  make (&fixture, &hasty);
  give_plugin (&fixture, cartpole);
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, RUNNING);
  engine_finish (engine);
  WAIT_FOR_STATE (&fixture, RESTARTING);
  WAIT_FOR_STATE (&fixture, RUNNING);
  g_assert_cmpuint (status (&fixture)->n_restarts, ==, 1);
  tear_down (&fixture);
  engine_free (engine);
}

static void
test_crashes (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("bad");

  set_up (&fixture, "bad", engine);
  make (&fixture, &hasty);
  give_bad (&fixture, "crash-advance");
  sh_unit_start (fixture.unit);
  WAIT_UNTIL (&fixture, status (&fixture)->n_restarts == 7);
  ASSERT_ERROR (&fixture,
                "simulator 'bad' crashed in advance: segmentation fault");
  g_assert_cmpint (status (&fixture)->error_time, >, 0);
  g_assert_true (saw (&fixture, SH_UNIT_RESTARTING));
  g_assert_false (saw (&fixture, SH_UNIT_FAILED));
  tear_down (&fixture);

  /* Too often within a minute. */
  set_up (&fixture, "bad", engine);
  make (&fixture, &standing);
  give_bad (&fixture, "abort-advance");
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, FAILED);
  g_assert_cmpuint (status (&fixture)->n_restarts, ==,
                    SH_RESTARTS_MAX_DEATHS - 1);
  ASSERT_ERROR (&fixture,
                "gave up after 5 deaths within 60 s; the last: simulator "
                "'bad' crashed in advance: aborted");
  /* Another file may be better. */
  give_bad (&fixture, "nothing");
  WAIT_FOR_STATE (&fixture, RUNNING);
  tear_down (&fixture);

  set_up (&fixture, "bad", engine);
  fixture.settings.restart = SH_RESTART_NEVER;
  make (&fixture, &hasty);
  give_bad (&fixture, "exit-advance");
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, FAILED);
  g_assert_cmpuint (status (&fixture)->n_restarts, ==, 0);
  ASSERT_ERROR (&fixture,
                "simulator 'bad' ended the process in advance (exit status "
                "7)");
  tear_down (&fixture);
  engine_free (engine);
}

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED
#endif

#ifndef SANITIZED /* that wants terabytes of addresses itself */
/* Enough for it, and not. */
static void
test_memory (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("bad");

  set_up (&fixture, "bad", engine);
  fixture.settings.limits.memory = (guint64) 4 << 30;
  make (&fixture, &hasty);
  give_bad (&fixture, "exhaust-advance");
  sh_unit_start (fixture.unit);
  WAIT_UNTIL (&fixture, status (&fixture)->n_iterations >= 10);
  g_assert_cmpstr (status (&fixture)->error, ==, "");
  tear_down (&fixture);

  set_up (&fixture, "bad", engine);
  fixture.settings.limits.memory = 512u * 1024 * 1024;
  fixture.settings.restart = SH_RESTART_NEVER;
  make (&fixture, &hasty);
  give_bad (&fixture, "exhaust-advance");
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, FAILED);
  ASSERT_ERROR (&fixture, "simulator 'bad' crashed in advance: aborted");
  tear_down (&fixture);
  engine_free (engine);
}
#endif

static guint64
get_cpu_limit (GPid pid, rlim_t *hard)
{
  struct rlimit limit;

  g_assert_cmpint (prlimit (pid, RLIMIT_CPU, NULL, &limit), ==, 0);
  *hard = limit.rlim_max;
  return limit.rlim_cur;
}

/* A worker that steps without a pause has used up a second soon; one that finds
 * no engine is there as long as it is looked at. */
static void
test_processor (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");
  rlim_t hard;

  set_up (&fixture, "cartpole", NULL);
  fixture.settings.limits.cpu = 1;
  fixture.settings.limits.niceness = 7;
  make (&fixture, &hasty);
  give_plugin (&fixture, cartpole);
  sh_unit_set_engine (fixture.unit, "http://127.0.0.1:1", "k3y");
  sh_unit_start (fixture.unit);
  WAIT_FOR_STATE (&fixture, CONNECTING);
  g_assert_cmpuint (get_cpu_limit (status (&fixture)->pid, &hard), ==, 1);
  g_assert_cmpuint (hard, ==, 2);
  g_assert_cmpint (getpriority (PRIO_PROCESS, (id_t) status (&fixture)->pid),
                   ==, MIN (getpriority (PRIO_PROCESS, 0) + 7, 19));
  sh_unit_stop (fixture.unit);
  WAIT_FOR_STATE (&fixture, STOPPED);
  /* Among others it might be minutes until a nice one has had a second. */
  fixture.settings.limits.niceness = 0;
  sh_unit_set_settings (fixture.unit, &fixture.settings);
  sh_unit_set_engine (fixture.unit, engine_get_url (engine), "k3y");
  sh_unit_start (fixture.unit);
  WAIT_UNTIL (&fixture, status (&fixture)->n_restarts == 1);
  if (strstr (status (&fixture)->error, "limit of processor time passed") ==
      NULL)
    g_error ("%s", status (&fixture)->error);
  /* The next one has a second of its own. */
  WAIT_FOR_STATE (&fixture, RUNNING);
  tear_down (&fixture);
  engine_free (engine);
}

static void
test_hangs (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("bad");

  set_up (&fixture, "bad", engine);
  fixture.settings.call_deadline = 300;
  make (&fixture, &hasty);
  give_bad (&fixture, "hang-advance");
  sh_unit_start (fixture.unit);
  /* On a machine that is busy another call may take that long before. */
  WAIT_UNTIL (&fixture,
              g_str_has_prefix (status (&fixture)->error,
                                "simulator 'bad' did not return from advance "
                                "within 0.3 s"));
  WAIT_UNTIL (&fixture, status (&fixture)->n_restarts >= 1);
  tear_down (&fixture);
  engine_free (engine);
}

/* A file that is replaced, goes, and comes back. */
static void
test_follows_file (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("cartpole");
  char *folder = folder_new ();
  g_autofree char *path = folder_copy (folder, "pole.so", cartpole);
  guint64 n_episodes;
  GPid pid;

  set_up (&fixture, "cartpole", engine);
  make (&fixture, &hasty);
  sh_unit_start (fixture.unit);
  give_plugin (&fixture, path);
  WAIT_UNTIL (&fixture, status (&fixture)->n_episodes > 0);
  WAIT_FOR_STATE (&fixture, RUNNING);
  pid = status (&fixture)->pid;
  /* Looked at again, and the same. */
  give_plugin (&fixture, path);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_RUNNING);

  /* As it should be replaced: the old one stays whole for who runs it. */
  g_assert_cmpint (g_remove (path), ==, 0);
  g_free (folder_copy (folder, "pole.so", cartpole));
  n_episodes = status (&fixture)->n_episodes;
  give_plugin (&fixture, path);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_RESTARTING);
  WAIT_FOR_STATE (&fixture, RUNNING);
  g_assert_cmpint (status (&fixture)->pid, !=, pid);
  g_assert_cmpuint (status (&fixture)->n_restarts, ==, 1);
  /* Those of the first worker count; it may have left between two. */
  g_assert_cmpuint (status (&fixture)->n_episodes, >=, n_episodes);
  WAIT_UNTIL (&fixture, status (&fixture)->n_episodes > n_episodes);
  g_assert_cmpstr (status (&fixture)->error, ==, "");

  g_assert_cmpint (g_remove (path), ==, 0);
  sh_unit_set_plugin (fixture.unit, NULL, NULL);
  g_assert_cmpint (status (&fixture)->state, ==, SH_UNIT_STOPPING);
  WAIT_FOR_STATE (&fixture, FAILED);
  g_assert_cmpstr (status (&fixture)->error, ==,
                   "simulator 'cartpole' is gone");
  g_assert_true (status (&fixture)->wanted);
  g_free (folder_copy (folder, "pole.so", cartpole));
  give_plugin (&fixture, path);
  WAIT_FOR_STATE (&fixture, RUNNING);
  tear_down (&fixture);
  folder_free (folder);
  engine_free (engine);
}

static void
test_log (void)
{
  Fixture fixture;
  Engine *engine = engine_new ("bad");
  g_autoptr (GPtrArray) lines = NULL;
  const ShUnitLog *log;
  gboolean found = FALSE;

  set_up (&fixture, "bad", engine);
  make (&fixture, &hasty);
  give_bad (&fixture, "crash-advance");
  sh_unit_start (fixture.unit);
  WAIT_UNTIL (&fixture, status (&fixture)->n_restarts == 1);
  log = sh_unit_get_log (fixture.unit);
  lines = sh_unit_log_get_last (log, 1000);
  g_assert_cmpuint (lines->len, ==, log->lines.length);
  for (guint i = 0; i < lines->len; i++)
    {
      const ShUnitLine *line = lines->pdata[i];

      g_assert_cmpint (line->time, >, 0);
      found |= strcmp (line->text, status (&fixture)->error) == 0;
    }
  g_assert_true (found);
  tear_down (&fixture);
  engine_free (engine);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();
  cartpole = argv[1];
  bad_folder = argv[2];

  g_test_add_func ("/unit/runs-and-stops", test_runs);
  g_test_add_func ("/unit/rates-from-the-start", test_rates);
  g_test_add_func ("/unit/waits-for-simulator-and-engine", test_waits);
  g_test_add_func ("/unit/connects", test_connects);
  g_test_add_func ("/unit/finishes", test_finishes);
  g_test_add_func ("/unit/crashes", test_crashes);
  g_test_add_func ("/unit/hangs", test_hangs);
#ifndef SANITIZED
  g_test_add_func ("/unit/limit-of-memory", test_memory);
#endif
  g_test_add_func ("/unit/limit-of-processor-time-and-niceness",
                   test_processor);
  g_test_add_func ("/unit/follows-file", test_follows_file);
  g_test_add_func ("/unit/log", test_log);
  return g_test_run ();
}
