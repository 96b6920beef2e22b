/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Programs that own their loop: what they get from a trained brain, and how
 * they end.
 */

#include <pthread.h>
#include <string.h>

#include "../host/logs.h"
#include "loop-program.h"
#include "sh-error.h"

static SimhostExternal *shared;

/* ---- prediction ---- */

/* The original library's helper answered with the action for the state before:
 * here it is the one for the state that was given. */
static int32_t
run_predict (void *self, SimhostExternal *external)
{
  static const int values[] = { 3, 90, -4, 0, 7, 7, 12 };

  for (guint n = 0; n < 2; n++)
    {
      EPISODE (episode);

      g_assert_cmpint (external->start_episode (external, NULL, 1, &episode),
                       ==, OK);
      for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
        g_assert_cmpint (get (external, episode.id, values[i], (int) i), ==,
                         values[i] + 1);
      end (external, episode.id, 1, 7);
    }
  return SIMHOST_OK;
}

static void
test_predict (void)
{
  LoopHost host = { 0 };

  host.predict = TRUE;
  play (&host, run_predict, PATIENCE);
  g_assert_no_error (loop_host_seat (&host, 0)->error);
  g_assert_cmpuint (host.seats->len, ==, 1);
  loop_host_clear (&host);
}

static int32_t
run_one_action (void *self, SimhostExternal *external)
{
  LiftAction action;

  start (external, "a");
  g_assert_cmpint (external->get_action (external, "a", STATE (1, 0), &action),
                   ==, FINISHED);
  return SIMHOST_OK;
}

static gboolean
has_failed (LoopHost *host)
{
  return loop_host_seat (host, 0)->error != NULL ||
         loop_host_seat (host, 0)->finished;
}

static void
test_predict_forbidden (void)
{
  static const struct
  {
    const char *hex, *says; /* NULL: it is allowed */
  } cases[] = {
    { "0802", "unexpected message during prediction: SET_PROPERTIES" },
    { "0803", "unexpected message during prediction: START" },
    { "0804", "unexpected message during prediction: STOP" },
    { "0806", "unexpected message during prediction: RESET" },
    { "0800", "unknown message (0)" },
    { "0807", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LoopHost host = { 0 };
      LoopSeat *seat;

      host.predict = TRUE;
      loop_host_init_external (&host, run_one_action, 0, PATIENCE);
      seat = loop_host_seat (&host, 0);
      seat->play_next = cases[i].hex;
      loop_host_serve (&host, has_failed);
      g_assert_cmpint (seat->finished, ==, cases[i].says == NULL);
      if (cases[i].says != NULL)
        g_assert_nonnull (strstr (seat->error->message, cases[i].says));
      sh_external_finish (host.external, NULL);
      loop_host_play (&host);
      loop_host_clear (&host);
    }
}

/* ---- the program's end ---- */

static int told, gone; /* atomic: of a first answer; the program's thread */

static void
on_gone (gpointer unused)
{
  g_atomic_int_set (&gone, TRUE);
}

static GPrivate thread_end = G_PRIVATE_INIT (on_gone);

/* The second episode ends, and run returns, while the main loop is busy with the
 * end of the first. */
static int32_t
run_last_words (void *self, SimhostExternal *external)
{
  start (external, "a");
  start (external, "b");
  get (external, "a", 1, 0);
  get (external, "b", 2, 0);
  g_private_set (&thread_end, external);
  end (external, "a", 3, 1);
  while (!g_atomic_int_get (&told))
    g_thread_yield ();
  end (external, "b", 4, 1);
  return SIMHOST_OK;
}

/* The first answer is the episode's first state, the next one its end. */
static void
wait_until_gone (LoopSeat *seat)
{
  if (seat->log->len == 0)
    return;
  g_atomic_int_set (&told, TRUE);
  while (!g_atomic_int_get (&gone))
    g_thread_yield ();
}

static gboolean
has_ended (LoopHost *host)
{
  return sh_external_has_ended (host->external);
}

static void
test_last_words (void)
{
  static const char *const logs[] = { "1/0 r0; 3/1 r0 T a0802",
                                      "2/0 r0; 4/1 r0 T a0803" };
  LoopHost host = { 0 };

  g_atomic_int_set (&told, FALSE);
  g_atomic_int_set (&gone, FALSE);
  loop_host_init_external (&host, run_last_words, 0, PATIENCE);
  loop_host_seat (&host, 0)->answered = wait_until_gone;
  loop_host_serve (&host, has_ended);
  /* The engine has it all by now. */
  g_assert_cmpuint (host.seats->len, ==, G_N_ELEMENTS (logs));
  for (guint i = 0; i < G_N_ELEMENTS (logs); i++)
    {
      g_assert_no_error (loop_host_seat (&host, i)->error);
      g_assert_cmpstr (loop_host_seat (&host, i)->log->str, ==, logs[i]);
    }
  loop_host_play (&host);
  g_assert_no_error (host.error);
  loop_host_clear (&host);
}

static int32_t
run_failing (void *self, SimhostExternal *external)
{
  const SimhostHost *host = self;

  host->set_error (host, "the shop has burnt down");
  return SIMHOST_ERROR;
}

static int32_t
run_ending_thread (void *self, SimhostExternal *external)
{
  pthread_exit (NULL);
}

static int32_t
run_nothing (void *self, SimhostExternal *external)
{
  shared = external;
  return SIMHOST_OK;
}

static void
test_end (void)
{
  static const struct
  {
    int32_t (*run) (void *self, SimhostExternal *external);
    const char *says; /* NULL: no error */
  } cases[] = {
    { run_failing, "run failed: the shop has burnt down" },
    { run_ending_thread, "ended the host's thread" },
    { run_nothing, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LoopHost host = { 0 };

      loop_host_init_external (&host, cases[i].run, 0, PATIENCE);
      loop_host_play (&host);
      if (cases[i].says == NULL)
        {
          EPISODE (episode);

          g_assert_no_error (host.error);
          logs_clear ();
          assert_misuse (shared,
                         shared->start_episode (shared, "a", 1, &episode),
                         "after run has returned");
          g_assert_cmpuint (
              logs_count (G_LOG_LEVEL_WARNING, "*after run has returned*"), ==,
              1);
        }
      else
        loop_assert_error (host.error, SH_ERROR_FATAL, cases[i].says);
      loop_host_clear (&host);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();
  g_test_add_func ("/session/external/predict/no-lag", test_predict);
  g_test_add_func ("/session/external/predict/forbidden",
                   test_predict_forbidden);
  g_test_add_func ("/session/external/last-words", test_last_words);
  g_test_add_func ("/session/external/end", test_end);
  return g_test_run ();
}
