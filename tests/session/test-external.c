/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Programs that own their loop: each test is such a program, and what an engine
 * got from it. See simhost/external.h.
 */

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "../host/logs.h"
#include "loop-program.h"
#include "sh-error.h"

#define IMPATIENCE 50u

static void
reward (SimhostExternal *external, const char *id, double value)
{
  g_assert_cmpint (external->log_returns (external, id, value, NULL), ==, OK);
}

static void
assert_log (LoopHost *host, guint seat, const char *expected)
{
  g_assert_no_error (loop_host_seat (host, seat)->error);
  g_assert_cmpstr (loop_host_seat (host, seat)->log->str, ==, expected);
}

/* ---- episodes ---- */

static int32_t
run_episodes (void *self, SimhostExternal *external)
{
  EPISODE (first);
  EPISODE (second);

  g_assert_cmpint (external->start_episode (external, "a", 1, &first), ==, OK);
  g_assert_cmpstr (first.id, ==, "a");
  g_assert_cmpuint (first.seed, ==, 40);
  g_assert_cmpstr (first.reward, ==, "value");
  g_assert_cmpfloat (((const LiftConfig *) first.config)->limit, ==, 100);
  g_assert_cmpint (get (external, "a", 3, 0), ==, 4);
  reward (external, "a", 1);
  reward (external, "a", 0.5);
  g_assert_cmpint (get (external, "a", 7, 1), ==, 8);
  /* No reward: 0. */
  g_assert_cmpint (get (external, "a", 15, 2), ==, 16);
  reward (external, "a", -2);
  end (external, "a", 31, 3);

  g_assert_cmpint (external->start_episode (external, NULL, 1, &second), ==,
                   OK);
  g_assert_cmpstr (second.id, ==, "episode-1");
  g_assert_cmpuint (second.seed, ==, 42);
  g_assert_cmpint (get (external, second.id, 1, 0), ==, 2);
  end (external, second.id, 2, 1);
  return SIMHOST_OK;
}

static void
test_episodes (void)
{
  LoopHost host = { 0 };

  play (&host, run_episodes, PATIENCE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0,
              "3/0 r0; 7/1 r1.5 a0804; 15/2 r0 a0808; 31/3 r-2 T a0810; "
              "1/0 r0; 2/1 r0 T a0802");
  g_assert_cmpuint (host.seats->len, ==, 1);
  g_assert_cmpuint (host.slot.iterations, ==, 4);
  g_assert_cmpuint (host.slot.episodes, ==, 2);
  loop_host_clear (&host);
}

/* Its own actions, an episode that is not for learning, infos. */
static int32_t
run_logs (void *self, SimhostExternal *external)
{
  EPISODE (episode);

  start (external, "own");
  g_assert_cmpint (
      external->log_action (external, "own", STATE (1, 0), &(LiftAction){ 70 }),
      ==, OK);
  reward (external, "own", 1);
  /* The engine proposed 3; what it proposes next is taken. */
  g_assert_cmpint (get (external, "own", 2, 1), ==, 3);
  g_assert_cmpint (external->log_returns (external, "own", 2, "{\"a\":[1,{}]}"),
                   ==, OK);
  g_assert_cmpint (
      external->log_returns (external, "own", 2, "{\"b\":\"[[\\\"\"}"), ==, OK);
  end (external, "own", 5, 2);

  g_assert_cmpint (external->start_episode (external, "not", 0, &episode), ==,
                   OK);
  get (external, "not", 1, 0);
  end (external, "not", 2, 1);
  start (external, "again");
  get (external, "again", 1, 0);
  end (external, "again", 2, 1);
  return SIMHOST_OK;
}

static void
test_logs (void)
{
  LoopHost host = { 0 };

  play (&host, run_logs, PATIENCE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0,
              "1/0 r0; 2/1 r1 a0846; 5/2 r4 T a0803 {\"b\":\"[[\\\"\"}; "
              "1/0 r0 not; 2/1 r0 T a0802 not; 1/0 r0; 2/1 r0 T a0802");
  loop_host_clear (&host);
}

/* Three at once have a seat each; later ones take those. */
static int32_t
run_at_once (void *self, SimhostExternal *external)
{
  static const char *const ids[] = { "a", "b", "c" };

  for (guint round = 0; round < 2; round++)
    {
      char id[8];

      for (guint i = 0; i < 3; i++)
        {
          g_snprintf (id, sizeof id, "%s%u", ids[i], round);
          start (external, id);
        }
      for (int step = 0; step < 4; step++)
        for (guint i = 0; i < 3; i++)
          {
            g_snprintf (id, sizeof id, "%s%u", ids[i], round);
            g_assert_cmpint (get (external, id, 10 * i + step, step), ==,
                             10 * i + step + 1);
            reward (external, id, i);
          }
      for (guint i = 0; i < 3; i++)
        {
          g_snprintf (id, sizeof id, "%s%u", ids[i], round);
          end (external, id, i, 4);
        }
    }
  return SIMHOST_OK;
}

static void
test_at_once (void)
{
  LoopHost host = { 0 };

  play (&host, run_at_once, PATIENCE);
  g_assert_cmpuint (host.seats->len, ==, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (host.slot.iterations, ==, 24);
  g_assert_cmpuint (host.slot.episodes, ==, 6);
  loop_host_clear (&host);
}

/* Two threads of the program's, an episode each at a time. */
static gpointer
play_many (gpointer data)
{
  SimhostExternal *external = data;

  for (guint i = 0; i < 50; i++)
    {
      EPISODE (episode);

      g_assert_cmpint (external->start_episode (external, NULL, 1, &episode),
                       ==, OK);
      for (int step = 0; step < 5; step++)
        g_assert_cmpint (get (external, episode.id, step, step), ==, step + 1);
      end (external, episode.id, 0, 5);
    }
  return NULL;
}

static int32_t
run_threads (void *self, SimhostExternal *external)
{
  GThread *threads[3];

  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("part", play_many, external);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  return SIMHOST_OK;
}

static void
test_threads (void)
{
  LoopHost host = { 0 };

  play (&host, run_threads, PATIENCE);
  g_assert_cmpuint (host.seats->len, <=, 3);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (host.slot.iterations, ==, 750);
  loop_host_clear (&host);
}

/* Nobody hears of an episode without an action, and its seat is free. */
static int32_t
run_without_action (void *self, SimhostExternal *external)
{
  start (external, "a");
  end (external, "a", 1, 0);
  start (external, "b");
  get (external, "b", 2, 0);
  end (external, "b", 3, 1);
  return SIMHOST_OK;
}

static void
test_without_action (void)
{
  LoopHost host = { 0 };

  play (&host, run_without_action, PATIENCE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0, "2/0 r0; 3/1 r0 T a0803");
  g_assert_cmpuint (host.seats->len, ==, 1);
  loop_host_clear (&host);
}

/* ---- mistakes ---- */

static gpointer
call_same (gpointer data)
{
  SimhostExternal *external = data;

  assert_misuse (external, external->end_episode (external, "a", STATE (0, 0)),
                 "is still under way");
  return NULL;
}

static int32_t
run_mistakes (void *self, SimhostExternal *external)
{
  g_autofree char *long_id = g_strnfill (64, 'x');
  g_autofree char *long_info = g_strnfill (70000, ' ');
  g_autofree char *deep_info = g_strnfill (50, '[');
  EPISODE (episode);
  SimhostEpisode no_size = { 0 };
  LiftAction action;
  const struct
  {
    const char *id, *says;
  } ids[] = {
    { "", "1 to 63 bytes" },         { long_id, "1 to 63 bytes" },
    { "a\nb", "control character" }, { "\xff", "UTF-8" },
    { "a", "started already" },      { "b", "over already; take another id" },
  };
  const struct
  {
    double value;
    const char *info, *says;
  } returns[] = {
    { NAN, NULL, "not a finite" },      { INFINITY, NULL, "not a finite" },
    { 1e39, NULL, "not a finite" },     { 0, "", "no JSON object" },
    { 0, "[1]", "no JSON object" },     { 0, "{", "no JSON object" },
    { 0, "\xff", "no JSON object" },    { 0, long_info, "no JSON object" },
    { 0, deep_info, "no JSON object" },
  };

  start (external, "a");
  assert_misuse (external, external->log_returns (external, "a", 1, NULL),
                 "before the first action");
  get (external, "a", 1, 0);
  start (external, "b");
  end (external, "b", 1, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    assert_misuse (external,
                   external->start_episode (external, ids[i].id, 1, &episode),
                   ids[i].says);
  for (gsize i = 0; i < G_N_ELEMENTS (returns); i++)
    assert_misuse (external,
                   external->log_returns (external, "a", returns[i].value,
                                          returns[i].info),
                   returns[i].says);
  assert_misuse (external, external->start_episode (external, "c", 1, &no_size),
                 "struct_size");
  assert_misuse (external, external->start_episode (external, "c", 1, NULL),
                 "struct_size");
  assert_misuse (external,
                 external->get_action (external, "x", STATE (0, 0), &action),
                 "no episode 'x'; call start_episode");
  assert_misuse (
      external,
      external->get_action (external, "two\nlines\xff", STATE (0, 0), &action),
      "no episode 'two lines");
  assert_misuse (external,
                 external->get_action (external, "b", STATE (0, 0), &action),
                 "'b' is over already");
  assert_misuse (external, external->get_action (external, "a", NULL, &action),
                 "state is NULL");
  assert_misuse (external,
                 external->get_action (external, "a", STATE (0, 0), NULL),
                 "action is NULL");
  assert_misuse (external,
                 external->get_action (external, NULL, STATE (0, 0), &action),
                 "id is NULL");
  assert_misuse (external, external->log_returns (external, "x", 0, NULL),
                 "no episode 'x'");
  assert_misuse (external, external->end_episode (external, "x", STATE (0, 0)),
                 "no episode 'x'");
  assert_misuse (external, external->end_episode (external, "a", NULL),
                 "state is NULL");
  assert_misuse (external, external->record (external, "a", NULL, 0), "key");
  start (external, "c");
  assert_misuse (external, external->start_episode (external, "d", 1, &episode),
                 "2 episodes are open, and no more may be");
  /* None of it has changed anything. */
  reward (external, "a", 3);
  end (external, "a", 2, 1);
  return SIMHOST_OK;
}

static void
test_mistakes (void)
{
  LoopHost host = { 0 };

  logs_clear ();
  loop_host_init_external (&host, run_mistakes, 2, PATIENCE);
  loop_host_play (&host);
  /* They are logged, ten of them. */
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "*'loop': *"), ==, 10);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "*no more of these*"), ==,
                    1);
  g_assert_no_error (host.error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0, "1/0 r0; 2/1 r3 T a0802");
  loop_host_clear (&host);
}

/* One call waits for an action while another comes for the same id. */
static int32_t
run_same_twice (void *self, SimhostExternal *external)
{
  LiftAction action;

  start (external, "a");
  g_assert_cmpint (external->get_action (external, "a", STATE (1, 0), &action),
                   ==, OVER);
  return SIMHOST_OK;
}

static gboolean
has_state (LoopHost *host)
{
  return loop_host_seat (host, 0)->log->len > 0;
}

static gboolean
has_ended (LoopHost *host)
{
  return sh_external_has_ended (host->external);
}

static SimhostExternal *shared;

static int32_t
run_share (void *self, SimhostExternal *external)
{
  shared = external;
  return run_same_twice (self, external);
}

static void
test_same_twice (void)
{
  LoopHost host = { 0 };
  LoopSeat *seat;
  GThread *thread;

  loop_host_init_external (&host, run_share, 0, PATIENCE);
  seat = loop_host_seat (&host, 0);
  seat->silent = TRUE;
  loop_host_serve (&host, has_state);
  logs_clear ();
  thread = g_thread_new ("other", call_same, shared);
  g_thread_join (thread);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "*still under way*"), ==,
                    1);
  /* A connection that is lost ends the wait. */
  seat->silent = FALSE;
  loop_seat_connect (seat);
  loop_host_serve (&host, has_ended);
  loop_host_clear (&host);
}

/* ---- what the engine does ---- */

static int32_t
run_until_over (void *self, SimhostExternal *external)
{
  EPISODE (episode);
  LiftAction action;
  int step = 0;

  for (guint n = 0; n < 2; n++)
    {
      g_assert_cmpint (external->start_episode (external, NULL, 1, &episode),
                       ==, OK);
      for (step = 0; external->get_action (external, episode.id,
                                           STATE (step, step), &action) == OK;
           step++)
        ;
      g_assert_nonnull (strstr (external->get_error (external),
                                "the engine has ended episode"));
      /* The third state was not answered with an action. */
      g_assert_cmpint (step, ==, 2);
      assert_misuse (external,
                     external->end_episode (external, episode.id, STATE (0, 0)),
                     "is over already");
    }
  return SIMHOST_OK;
}

static void
test_engine_stops (void)
{
  LoopHost host = { 0 };

  logs_clear ();
  host.stop_after = 2;
  play (&host, run_until_over, PATIENCE);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "*over already*"), ==, 2);
  assert_log (&host, 0,
              "0/0 r0; 1/1 r0 a0801; 2/2 r0 a0802; "
              "0/0 r0; 1/1 r0 a0801; 2/2 r0 a0802");
  loop_host_clear (&host);
}

/* The connection is lost while the program thinks: the next call is told. */
static int thinks, may_go_on;

static int32_t
run_thinking (void *self, SimhostExternal *external)
{
  LiftAction action;

  start (external, "a");
  get (external, "a", 1, 0);
  g_atomic_int_set (&thinks, TRUE);
  g_main_context_wakeup (NULL);
  while (!g_atomic_int_get (&may_go_on))
    g_thread_yield ();
  g_assert_cmpint (external->get_action (external, "a", STATE (2, 1), &action),
                   ==, OVER);
  start (external, "b");
  get (external, "b", 4, 0);
  end (external, "b", 5, 1);
  return SIMHOST_OK;
}

static gboolean
has_action (LoopHost *host)
{
  return g_atomic_int_get (&thinks);
}

static void
test_connection_lost (void)
{
  LoopHost host = { 0 };

  loop_host_init_external (&host, run_thinking, 0, PATIENCE);
  loop_host_serve (&host, has_action);
  loop_seat_connect (loop_host_seat (&host, 0));
  g_atomic_int_set (&may_go_on, TRUE);
  loop_host_play (&host);
  g_assert_no_error (host.error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0, "1/0 r0; 4/0 r0; 5/1 r0 T a0805");
  loop_host_clear (&host);
}

static int32_t
run_waiting_for_lost (void *self, SimhostExternal *external)
{
  LiftAction action;

  start (external, "a");
  g_assert_cmpint (external->get_action (external, "a", STATE (1, 0), &action),
                   ==, OVER);
  g_assert_nonnull (
      strstr (external->get_error (external), "the connection was lost"));
  start (external, "b");
  get (external, "b", 4, 0);
  end (external, "b", 5, 1);
  return SIMHOST_OK;
}

/* Its action will not come: the program hears of it before there is another
 * connection, and not when its patience ends. */
static void
test_connection_lost_while_waiting (void)
{
  LoopHost host = { 0 };
  LoopSeat *seat;

  loop_host_init_external (&host, run_waiting_for_lost, 0, PATIENCE);
  seat = loop_host_seat (&host, 0);
  seat->silent = TRUE;
  loop_host_serve (&host, has_state);
  sh_driver_lose (seat->driver);
  g_assert_false (sh_driver_is_busy (seat->driver));
  seat->silent = FALSE;
  loop_seat_connect (seat);
  loop_host_play (&host);
  g_assert_no_error (host.error);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  assert_log (&host, 0, "1/0 r0; 4/0 r0; 5/1 r0 T a0805");
  loop_host_clear (&host);
}

static int32_t
run_waiting_to_start (void *self, SimhostExternal *external)
{
  EPISODE (episode);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (external->start_episode (external, "a", 1, &episode), ==,
                       TIMEOUT);
      g_assert_nonnull (strstr (external->get_error (external),
                                "did not start an episode for 'a' within"));
    }
  return SIMHOST_OK;
}

static void
test_engine_does_not_start (void)
{
  LoopHost host = { 0 };

  host.silent = TRUE;
  play (&host, run_waiting_to_start, IMPATIENCE);
  assert_log (&host, 0, "");
  loop_host_clear (&host);
}

static int32_t
run_waiting_for_action (void *self, SimhostExternal *external)
{
  EPISODE (episode);
  LiftAction action;
  int32_t status;

  /* The deadline is this call's, too, and the engine may be late. */
  do
    status = external->start_episode (external, "a", 1, &episode);
  while (status == TIMEOUT);
  g_assert_cmpint (status, ==, OK);
  g_assert_cmpint (external->get_action (external, "a", STATE (1, 0), &action),
                   ==, TIMEOUT);
  g_assert_nonnull (strstr (external->get_error (external),
                            "no action came for episode 'a' within 0.05 s"));
  assert_misuse (external, external->end_episode (external, "a", STATE (0, 0)),
                 "is over already");
  return SIMHOST_OK;
}

/* And an action that comes too late gets the session out of the episode. */
static void
test_engine_does_not_answer (void)
{
  LoopHost host = { 0 };
  LoopSeat *seat;

  logs_clear ();
  loop_host_init_external (&host, run_waiting_for_action, 0, IMPATIENCE);
  seat = loop_host_seat (&host, 0);
  seat->silent = TRUE;
  loop_host_play (&host);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "*over already*"), ==, 1);
  g_assert_no_error (host.error);
  g_assert_no_error (seat->error);
  loop_seat_tell (seat, engine_predict (1, 3));
  loop_assert_error (seat->error, SH_ERROR_SIMULATOR, "given up");
  loop_host_clear (&host);
}

static int32_t
run_until_finished (void *self, SimhostExternal *external)
{
  EPISODE (episode);
  LiftAction action;

  start (external, "a");
  g_assert_cmpint (external->get_action (external, "a", STATE (1, 0), &action),
                   ==, FINISHED);
  g_assert_cmpint (external->start_episode (external, "b", 1, &episode), ==,
                   FINISHED);
  g_assert_cmpint (external->log_returns (external, "a", 1, NULL), ==,
                   FINISHED);
  g_assert_cmpint (external->end_episode (external, "a", STATE (0, 0)), ==,
                   FINISHED);
  g_assert_nonnull (strstr (external->get_error (external), "return from run"));
  return SIMHOST_OK;
}

static void
test_finished (void)
{
  LoopHost host = { 0 };
  LoopSeat *seat;

  loop_host_init_external (&host, run_until_finished, 0, PATIENCE);
  seat = loop_host_seat (&host, 0);
  seat->silent = TRUE;
  loop_host_serve (&host, has_state);
  loop_seat_tell (seat, engine_plain (ENGINE (FINISHED)));
  g_assert_true (seat->finished);
  sh_external_finish (host.external, NULL);
  loop_host_play (&host);
  g_assert_no_error (host.error);
  loop_host_clear (&host);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    GTestFunc test;
  } tests[] = {
    { "episodes", test_episodes },
    { "logs-actions-and-infos", test_logs },
    { "several-at-once", test_at_once },
    { "threads-of-the-program", test_threads },
    { "without-an-action", test_without_action },
    { "mistakes", test_mistakes },
    { "two-calls-for-one-id", test_same_twice },
    { "engine-stops", test_engine_stops },
    { "connection-lost", test_connection_lost },
    { "connection-lost/while-waiting", test_connection_lost_while_waiting },
    { "engine-does-not-start", test_engine_does_not_start },
    { "engine-does-not-answer", test_engine_does_not_answer },
    { "finished", test_finished },
  };

  g_test_init (&argc, &argv, NULL);
  logs_keep ();
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path =
          g_strconcat ("/session/external/", tests[i].name, NULL);

      g_test_add_func (path, tests[i].test);
    }
  return g_test_run ();
}
