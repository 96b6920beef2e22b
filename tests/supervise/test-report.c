/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a worker tells, seen by its parent: in order, whole, and bounded,
 * whatever the worker does.
 */

#include <math.h>
#include <string.h>

#include "sh-report.h"

static ShReport report;

static GArray *
new_array (void)
{
  return g_array_new (FALSE, FALSE, sizeof (ShReportEpisode));
}

/* All of an episode follows from its number. */
static ShReportEpisode
make_episode (guint64 number)
{
  return (ShReportEpisode){
    .number = number,
    .instance = (guint32) (number % 7),
    .length = (guint32) (number * 3),
    .episode_return = (double) number / 8,
    .end = (ShReportEnd) (number % SH_REPORT_N_ENDS),
  };
}

static void
assert_is (const ShReportEpisode *episode, guint64 number)
{
  const ShReportEpisode expected = make_episode (number);

  g_assert_cmpuint (episode->number, ==, number);
  g_assert_cmpuint (episode->instance, ==, expected.instance);
  g_assert_cmpuint (episode->length, ==, expected.length);
  g_assert_cmpfloat (episode->episode_return, ==, expected.episode_return);
  g_assert_cmpint (episode->end, ==, expected.end);
}

static void
write_episodes (guint64 first, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      const ShReportEpisode episode = make_episode (first + i);

      sh_report_add_episode (&report, &episode);
    }
}

static void
test_order (void)
{
  g_autoptr (GArray) episodes = new_array ();
  ShReportPosition position = { 0 };
  guint64 left_out = 0;

  memset (&report, 0, sizeof report);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, ==, 0);
  write_episodes (1, 100);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  write_episodes (101, 200);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, ==, 300);
  for (guint i = 0; i < 300; i++)
    assert_is (&g_array_index (episodes, ShReportEpisode, i), i + 1);
  g_assert_cmpuint (left_out, ==, 0);

  /* Nobody to tell. */
  sh_report_add_episode (NULL, &g_array_index (episodes, ShReportEpisode, 0));
  sh_report_set_trouble (NULL, "trouble");
}

static void
test_left_out (void)
{
  g_autoptr (GArray) episodes = new_array ();
  ShReportPosition position = { 0 };
  guint64 left_out = 0;

  memset (&report, 0, sizeof report);
  write_episodes (1, 1000);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, ==, SH_REPORT_MAX_EPISODES - 1);
  g_assert_cmpuint (left_out, ==, 1000 - (SH_REPORT_MAX_EPISODES - 1));
  for (guint i = 0; i < episodes->len; i++)
    assert_is (&g_array_index (episodes, ShReportEpisode, i),
               1001 - episodes->len + i);
}

static void
test_nonsense (void)
{
  g_autoptr (GArray) episodes = new_array ();
  ShReportPosition position = { 0 };
  guint64 left_out = 0;

  memset (&report, 0, sizeof report);
  write_episodes (1, 3);
  report.episodes[0].end = SH_REPORT_N_ENDS;
  report.episodes[2].return_bits = G_GUINT64_CONSTANT (0x7ff8000000000000);
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, ==, 1);
  assert_is (&g_array_index (episodes, ShReportEpisode, 0), 2);
  g_assert_cmpuint (left_out, ==, 2);

  /* A count that goes back, and one that cannot be. */
  report.n_episodes = 1;
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, ==, 1);
  report.n_episodes = G_MAXUINT64;
  sh_report_read_episodes (&report, &position, episodes, &left_out);
  g_assert_cmpuint (episodes->len, <=, 1 + SH_REPORT_MAX_EPISODES);
}

/* A page full of anything. */
static void
test_garbage (void)
{
  g_autoptr (GRand) chance = g_rand_new_with_seed (1);
  ShReportPosition position = { 0 };

  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GArray) episodes = new_array ();
      g_autofree char *trouble = NULL;
      guint64 left_out = 0;
      guint32 *words = (guint32 *) &report;

      for (gsize i = 0; i < sizeof report / sizeof *words; i++)
        words[i] = g_rand_int (chance);
      sh_report_read_episodes (&report, &position, episodes, &left_out);
      g_assert_cmpuint (episodes->len, <=, SH_REPORT_MAX_EPISODES);
      for (guint i = 0; i < episodes->len; i++)
        {
          const ShReportEpisode *episode =
              &g_array_index (episodes, ShReportEpisode, i);

          g_assert_true (isfinite (episode->episode_return));
          g_assert_cmpuint (episode->end, <, SH_REPORT_N_ENDS);
        }
      trouble = sh_report_read_trouble (&report, &position);
      g_assert_true (trouble == NULL || g_utf8_validate (trouble, -1, NULL));
    }
}

static void
test_trouble (void)
{
  g_autofree char *long_text = g_strnfill (1000, 'x');
  g_autofree char *first = NULL, *cut = NULL, *newest = NULL;
  ShReportPosition position = { 0 };

  memset (&report, 0, sizeof report);
  g_assert_null (sh_report_read_trouble (&report, &position));
  sh_report_set_trouble (&report, "no engine\nthere");
  first = sh_report_read_trouble (&report, &position);
  g_assert_cmpstr (first, ==, "no engine there");
  g_assert_null (sh_report_read_trouble (&report, &position));
  sh_report_set_trouble (&report, long_text);
  cut = sh_report_read_trouble (&report, &position);
  g_assert_cmpuint (strlen (cut), ==, SH_REPORT_MAX_TROUBLE - 1);
  sh_report_set_trouble (&report, "one");
  sh_report_set_trouble (&report, "other");
  newest = sh_report_read_trouble (&report, &position);
  g_assert_cmpstr (newest, ==, "other");

  /* Another worker's. */
  sh_report_clear (&report);
  position = (ShReportPosition){ 0 };
  g_assert_null (sh_report_read_trouble (&report, &position));
}

#define N_FLOOD 2000000u

static gpointer
flood (gpointer data)
{
  write_episodes (1, N_FLOOD);
  return NULL;
}

/* A worker that tells as fast as it can costs no more than a turn, and what is
 * read of it is whole. */
static void
test_flood (void)
{
  g_autoptr (GArray) episodes = new_array ();
  ShReportPosition position = { 0 };
  guint64 left_out = 0, n_read = 0, last = 0;
  GThread *thread;

  memset (&report, 0, sizeof report);
  thread = g_thread_new ("flood", flood, NULL);
  while (n_read + left_out < N_FLOOD)
    {
      g_array_set_size (episodes, 0);
      sh_report_read_episodes (&report, &position, episodes, &left_out);
      g_assert_cmpuint (episodes->len, <, SH_REPORT_MAX_EPISODES);
      for (guint i = 0; i < episodes->len; i++)
        {
          const ShReportEpisode *episode =
              &g_array_index (episodes, ShReportEpisode, i);

          g_assert_cmpuint (episode->number, >, last);
          assert_is (episode, episode->number);
          last = episode->number;
        }
      n_read += episodes->len;
      if (episodes->len == 0)
        g_thread_yield ();
    }
  g_thread_join (thread);
  g_assert_cmpuint (n_read + left_out, ==, N_FLOOD);
  g_assert_cmpuint (n_read, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/report/episodes-come-in-order", test_order);
  g_test_add_func ("/report/what-is-overwritten-is-counted", test_left_out);
  g_test_add_func ("/report/nonsense-is-left-out", test_nonsense);
  g_test_add_func ("/report/garbage", test_garbage);
  g_test_add_func ("/report/trouble", test_trouble);
  g_test_add_func ("/report/flood", test_flood);
  return g_test_run ();
}
