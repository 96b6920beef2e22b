/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Simulators with a loop of their own that asks for events: what the loop sees,
 * and what is said of one that does not keep to simhost/event-driven.h.
 */

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "loop-engine.h"
#include "sh-error.h"

/* What the loop has seen. */
static GString *seen;
static int n_episodes; /* atomic: the loop counts */

static void
note (const SimhostEvent *event)
{
  static const char *const names[] = { "idle", "start", "simulate", "finish",
                                       "finished" };

  if (event->type == SIMHOST_EVENT_IDLE)
    return;
  g_string_append_printf (seen, "%s%s", seen->len > 0 ? " " : "",
                          names[event->type]);
  if (event->type == SIMHOST_EVENT_EPISODE_START)
    g_string_append_printf (seen, "(%" G_GUINT64_FORMAT ",%g,%s)", event->seed,
                            ((const LiftConfig *) event->config)->limit,
                            event->reward);
  if (event->type == SIMHOST_EVENT_SIMULATE)
    g_string_append_printf (seen, "(%d)",
                            ((const LiftAction *) event->action)->delta);
}

/* Two episodes: the first terminal after two steps, the second stopped. */
static int32_t
run_good (void *self, SimhostEvents *events)
{
  LiftState state = { 0 };
  const SimhostEvent *event;

  while ((event = events->next_event (events, 5))->type !=
         SIMHOST_EVENT_FINISHED)
    {
      note (event);
      switch (event->type)
        {
        case SIMHOST_EVENT_EPISODE_START:
          g_atomic_int_inc (&n_episodes);
          state = (LiftState){ .value = 5 };
          /* Reward and terminal do not count. */
          g_assert_cmpint (events->answer (events, &state, 9, 1), ==,
                           SIMHOST_OK);
          break;
        case SIMHOST_EVENT_SIMULATE:
          state.value += ((const LiftAction *) event->action)->delta;
          state.step++;
          /* The last answer is the one that counts. */
          events->answer (events, &(LiftState){ 0 }, NAN, 1);
          events->answer (events, &state, state.step + 0.5, state.step == 2);
          break;
        case SIMHOST_EVENT_IDLE:
        case SIMHOST_EVENT_EPISODE_FINISH:
          g_assert_cmpint (events->answer (events, &state, 0, 0), ==,
                           SIMHOST_ERROR);
          break;
        }
    }
  note (event);
  return SIMHOST_OK;
}

static gboolean
has_played_two (LoopHost *host)
{
  return loop_host_seat (host, 0)->error != NULL ||
         g_atomic_int_get (&n_episodes) == 3;
}

static void
test_episodes (void)
{
  LoopHost host = { 0 };
  LoopSeat *seat;

  seen = g_string_new (NULL);
  g_atomic_int_set (&n_episodes, 0);
  loop_host_init_events (&host, run_good);
  seat = loop_host_seat (&host, 0);
  loop_host_serve (&host, has_played_two);
  g_assert_no_error (seat->error);
  g_assert_true (g_str_has_prefix (
      seat->log->str, "5/0 r0; 11/1 r1.5 a0806; 23/2 r2.5 T a080c; "
                      "5/0 r0; 11/1 r1.5 a0806; 23/2 r2.5 T a080c"));
  g_assert_cmpuint (host.slot.iterations, ==, 4);
  g_assert_cmpuint (host.slot.episodes, ==, 2);
  seat->finished = TRUE;
  loop_host_play (&host);
  g_assert_no_error (host.error);
  g_assert_true (g_str_has_prefix (
      seen->str, "start(7,100,value) simulate(6) simulate(12) finish "
                 "start(8,100,value) simulate(6) simulate(12) finish "
                 "start(9,100,value)"));
  g_assert_true (g_str_has_suffix (seen->str, "finished"));
  loop_host_clear (&host);
  g_string_free (seen, TRUE);
}

/* ---- what goes wrong ---- */

static int32_t
run_without_answer (void *self, SimhostEvents *events)
{
  while (events->next_event (events, 5)->type != SIMHOST_EVENT_FINISHED)
    ;
  return SIMHOST_OK;
}

static int32_t
run_with_nan (void *self, SimhostEvents *events)
{
  LiftState state = { 0 };

  while (events->next_event (events, 5)->type != SIMHOST_EVENT_FINISHED)
    events->answer (events, &state, NAN, 0);
  return SIMHOST_OK;
}

static int32_t
run_with_null (void *self, SimhostEvents *events)
{
  while (events->next_event (events, 5)->type != SIMHOST_EVENT_FINISHED)
    events->answer (events, NULL, 0, 0);
  return SIMHOST_OK;
}

static int32_t
run_failing_event (void *self, SimhostEvents *events)
{
  while (events->next_event (events, 5)->type != SIMHOST_EVENT_FINISHED)
    events->fail (events, "the cable\nbroke");
  return SIMHOST_OK;
}

static int32_t
run_returning (void *self, SimhostEvents *events)
{
  events->next_event (events, 1000);
  return SIMHOST_OK;
}

static int32_t
run_returning_at_once (void *self, SimhostEvents *events)
{
  return SIMHOST_OK;
}

static int32_t
run_giving_up (void *self, SimhostEvents *events)
{
  const SimhostHost *host = self;

  events->next_event (events, 1000);
  host->set_error (host, "the rope is too short");
  return SIMHOST_FATAL;
}

static int32_t
run_with_error (void *self, SimhostEvents *events)
{
  const SimhostHost *host = self;

  host->set_error (host, "the rope is too short");
  return SIMHOST_ERROR;
}

static int32_t
run_with_nonsense (void *self, SimhostEvents *events)
{
  return 99;
}

static int32_t
run_ending_thread (void *self, SimhostEvents *events)
{
  events->next_event (events, 1000);
  pthread_exit (NULL);
}

static gpointer
ask (gpointer data)
{
  SimhostEvents *events = data;

  g_assert_null (events->next_event (events, 0));
  g_assert_cmpint (events->answer (events, &(LiftState){ 0 }, 0, 0), ==,
                   SIMHOST_ERROR);
  return NULL;
}

static int32_t
run_asking_elsewhere (void *self, SimhostEvents *events)
{
  g_thread_join (g_thread_new ("other", ask, events));
  return run_without_answer (self, events);
}

static const struct
{
  const char *name;
  int32_t (*run) (void *self, SimhostEvents *events);
  int code;
  const char *says;
} faults[] = {
  { "no-answer", run_without_answer, SH_ERROR_SIMULATOR,
    "without an answer to the episode-start event; call answer" },
  { "nan-reward", run_with_nan, SH_ERROR_SIMULATOR, "its reward is nan" },
  { "null-state", run_with_null, SH_ERROR_SIMULATOR, "the state is NULL" },
  { "fails", run_failing_event, SH_ERROR_SIMULATOR, "failed: the cable broke" },
  { "returns-early", run_returning, SH_ERROR_FATAL,
    "run returned before it was given the finished event" },
  { "returns-at-once", run_returning_at_once, SH_ERROR_FATAL,
    "run returned before it was given the finished event" },
  { "gives-up", run_giving_up, SH_ERROR_FATAL,
    "run failed: the rope is too short" },
  { "ends-with-error", run_with_error, SH_ERROR_FATAL,
    "run failed: the rope is too short" },
  { "returns-nonsense", run_with_nonsense, SH_ERROR_FATAL, "it returned 99" },
  { "ends-its-thread", run_ending_thread, SH_ERROR_FATAL,
    "it ended the host's thread" },
  { "asks-from-another-thread", run_asking_elsewhere, SH_ERROR_FATAL,
    "from another thread than that of run" },
};

static void
test_fault (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  LoopHost host = { 0 };
  LoopSeat *seat;

  loop_host_init_events (&host, faults[i].run);
  loop_host_play (&host);
  seat = loop_host_seat (&host, 0);
  loop_assert_error (seat->error, faults[i].code, faults[i].says);
  loop_host_clear (&host);
}

static int32_t
run_asking_on (void *self, SimhostEvents *events)
{
  while (events->next_event (events, 5)->type != SIMHOST_EVENT_FINISHED)
    ;
  g_assert_cmpint (events->next_event (events, 0)->type, ==,
                   SIMHOST_EVENT_FINISHED);
  return SIMHOST_OK;
}

static void
test_asks_after_finished (void)
{
  LoopHost host = { 0 };

  loop_host_init_events (&host, run_asking_on);
  loop_host_seat (&host, 0)->finished = TRUE;
  loop_host_play (&host);
  loop_assert_error (host.error, SH_ERROR_FATAL,
                     "after the finished event; run must return then");
  loop_host_clear (&host);
}

/* Who is freed without a word ends as well. */
static void
test_freed (void)
{
  LoopHost host = { 0 };

  loop_host_init_events (&host, run_without_answer);
  loop_host_clear (&host);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/events/episodes", test_episodes);
  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path =
          g_strconcat ("/session/events/", faults[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_fault);
    }
  g_test_add_func ("/session/events/asks-after-finished",
                   test_asks_after_finished);
  g_test_add_func ("/session/events/freed", test_freed);
  return g_test_run ();
}
