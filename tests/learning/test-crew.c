/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Threads that share work: each lane of each call is done exactly once, and the
 * call is over when all are.
 */

#include "sh-crew.h"

#define N_CALLS 20000u
#define MAX_LANES 7u

typedef struct
{
  guint call;
  guint done[MAX_LANES]; /* the last call in which a lane was done */
} Work;

/* Plain writes: ThreadSanitizer sees whether calls order them. */
static void
do_lane (guint lane, gpointer data)
{
  Work *work = data;

  g_assert_cmpuint (lane, <, MAX_LANES);
  g_assert_cmpuint (work->done[lane], !=, work->call);
  work->done[lane] = work->call;
}

static void
test_each_lane_once (gconstpointer data)
{
  g_autoptr (ShCrew) crew = sh_crew_new (GPOINTER_TO_UINT (data));
  Work work = { 0 };

  for (guint call = 1; call <= N_CALLS; call++)
    {
      const guint n_lanes = call % (MAX_LANES + 1);

      work.call = call;
      if (call % 5 == 0)
        sh_crew_wake (crew);
      sh_crew_run (crew, n_lanes, do_lane, &work);
      for (guint lane = 0; lane < n_lanes; lane++)
        g_assert_cmpuint (work.done[lane], ==, call);
    }
}

/* Helpers that sleep are woken, and let go. */
static void
test_after_sleep (void)
{
  for (guint i = 0; i < 20; i++)
    {
      g_autoptr (ShCrew) crew = sh_crew_new (2);
      Work work = { 0 };

      for (work.call = 1; work.call < 5; work.call++)
        {
          sh_crew_run (crew, MAX_LANES, do_lane, &work);
          g_usleep (i * 20);
        }
    }
}

static void
test_unused (void)
{
  g_autoptr (ShCrew) crew = sh_crew_new (3);

  g_assert_nonnull (crew);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/crew/each-lane-once/alone", GUINT_TO_POINTER (0),
                        test_each_lane_once);
  g_test_add_data_func ("/crew/each-lane-once/one-helper", GUINT_TO_POINTER (1),
                        test_each_lane_once);
  g_test_add_data_func ("/crew/each-lane-once/three-helpers",
                        GUINT_TO_POINTER (3), test_each_lane_once);
  g_test_add_func ("/crew/after-sleep", test_after_sleep);
  g_test_add_func ("/crew/unused", test_unused);
  return g_test_run ();
}
