/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The history: metrics that thin themselves out, trainings that go on, names
 * that are used up.
 */

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

#include "sh-error.h"
#include "sh-history-writer.h"

typedef struct
{
  char *home;
  ShStore *store;
  ShHistory *history;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = g_dir_make_tmp ("simhost-history-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = sh_store_new (self->home);
  self->history = sh_history_open (self->store, TRUE, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "history.db", "history.db-wal",
                                       "history.db-shm" };

  sh_history_free (self->history);
  sh_store_free (self->store);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->home, names[i], NULL);

      g_remove (path);
    }
  g_assert_cmpint (g_rmdir (self->home), ==, 0);
  g_free (self->home);
}

static ShHistoryWriter *
start (const Fixture *self, guint version, gboolean served, gboolean resumed)
{
  g_autoptr (GError) error = NULL;
  const ShHistoryStart options = {
    .brain = "Lift",
    .version = version,
    .concept = "Steer",
    .algorithm = "PPO",
    .simulator = "walker",
    .seed = G_MAXUINT64,
    .served = served,
    .resumed = resumed,
    .episodes = resumed ? 5000 : 0,
    .iterations = resumed ? 50000 : 0,
  };
  ShHistoryWriter *writer =
      sh_history_writer_new (self->history, &options, &error);

  g_assert_no_error (error);
  return writer;
}

static ShHistoryRun *
get_run (const Fixture *self, guint version)
{
  g_autoptr (GError) error = NULL;
  ShHistoryRun *run =
      sh_history_get_run (self->history, "LIFT", version, &error);

  g_assert_no_error (error);
  g_assert_nonnull (run);
  return run;
}

static GArray *
get_points (const Fixture *self, ShMetric metric)
{
  g_autoptr (ShHistoryRun) run = get_run (self, 0);
  g_autoptr (GError) error = NULL;
  GArray *points =
      sh_history_get_points (self->history, run->id, metric, &error);

  g_assert_no_error (error);
  return points;
}

/* Episode e returns e, after 10 e iterations. */
static void
add_episodes (ShHistoryWriter *writer, guint first, guint n)
{
  for (guint e = first; e < first + n; e++)
    {
      sh_history_writer_add (writer, SH_METRIC_EPISODE_VALUE, e, 10 * e, e);
      if (e % 997 == 0)
        g_assert_true (sh_history_writer_flush (writer));
    }
  g_assert_true (sh_history_writer_flush (writer));
}

/* Points stand for as many episodes each, one after the other from the first;
 * the mean of consecutive numbers is that of the first and the last. */
static void
check_points (const Fixture *self, guint stride, guint n)
{
  g_autoptr (GArray) points = get_points (self, SH_METRIC_EPISODE_VALUE);

  g_assert_cmpuint (points->len, ==, n);
  for (guint i = 0; i < n; i++)
    {
      const ShHistoryPoint *point = &g_array_index (points, ShHistoryPoint, i);

      g_assert_cmpuint (point->episode, ==, (i + 1) * stride);
      g_assert_cmpuint (point->iteration, ==, 10 * point->episode);
      g_assert_cmpfloat (point->value, ==,
                         (double) point->episode - (stride - 1) / 2.0);
      g_assert_cmpstr (point->lesson, ==, "one");
    }
}

static void
test_thins_out (Fixture *self, gconstpointer data)
{
  g_autoptr (ShHistoryWriter) writer = start (self, 1, FALSE, FALSE);

  sh_history_writer_begin_lesson (writer, "one", 0);
  add_episodes (writer, 1, 4095);
  check_points (self, 1, 4095);
  add_episodes (writer, 4096, 1);
  check_points (self, 2, 2048);
  add_episodes (writer, 4097, 10000 - 4096);
  check_points (self, 4, 2500);
}

static void
test_thins_out_across_processes (Fixture *self, gconstpointer data)
{
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);

  sh_history_writer_begin_lesson (writer, "one", 0);
  add_episodes (writer, 1, 5000);
  check_points (self, 2, 2500);
  sh_history_writer_end (writer, "interrupted", 5000, 50000);
  sh_history_writer_free (writer);
  writer = start (self, 1, FALSE, TRUE);
  add_episodes (writer, 5001, 5000);
  check_points (self, 4, 2500);
  sh_history_writer_free (writer);
}

/* What a process told after it had saved for the last time is played again. */
static void
test_goes_on_from_what_was_saved (Fixture *self, gconstpointer data)
{
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GPtrArray) lessons = NULL;
  const ShHistoryLesson *lesson;

  sh_history_writer_begin_lesson (writer, "one", 0);
  add_episodes (writer, 1, 6000);
  sh_history_writer_end_lesson (writer, "threshold", 60000);
  sh_history_writer_begin_lesson (writer, "two", 60000);
  add_episodes (writer, 6001, 1000);
  g_assert_true (sh_history_writer_flush (writer));
  sh_history_writer_free (writer);

  writer = start (self, 1, FALSE, TRUE);
  run = get_run (self, 1);
  g_assert_cmpuint (run->episodes, ==, 5000);
  g_assert_cmpuint (run->iterations, ==, 50000);
  lessons = sh_history_get_lessons (self->history, run->id, NULL);
  g_assert_cmpuint (lessons->len, ==, 1);
  lesson = lessons->pdata[0];
  g_assert_cmpuint (lesson->last_iteration, ==, 50000);
  g_assert_cmpstr (lesson->reason, ==, "");
  add_episodes (writer, 5001, 5000);
  check_points (self, 4, 2500);
  sh_history_writer_free (writer);
}

/* A process that could not write has left a hole, and the next one has died after
 * its first episode: that one is no mean over the hole. */
static void
test_hole_is_no_stride (Fixture *self, gconstpointer data)
{
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);
  g_autoptr (GArray) points = NULL;

  add_episodes (writer, 1, 50);
  sh_history_writer_free (writer);
  writer = start (self, 1, FALSE, TRUE);
  sh_history_writer_add (writer, SH_METRIC_EPISODE_VALUE, 5001, 50000, 5001);
  g_assert_true (sh_history_writer_flush (writer));
  sh_history_writer_free (writer);

  writer = start (self, 1, FALSE, TRUE);
  add_episodes (writer, 5002, 3);
  sh_history_writer_free (writer);
  points = get_points (self, SH_METRIC_EPISODE_VALUE);
  g_assert_cmpuint (points->len, ==, 54);
  for (guint i = 51; i < 54; i++)
    g_assert_cmpfloat (g_array_index (points, ShHistoryPoint, i).value, ==,
                       4951 + i);
}

/* Every fourth one fails at first, none later; 6000 are kept as pairs. */
static void
test_success_rate (Fixture *self, gconstpointer data)
{
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);
  g_autoptr (ShHistoryRun) run = NULL;
  guint64 n = 1;

  run = get_run (self, 1);
  g_assert_true (
      isnan (sh_history_get_success_rate (self->history, run->id, 100, &n)));
  g_assert_cmpuint (n, ==, 0);
  for (guint e = 1; e <= 40; e++)
    sh_history_writer_add (writer, SH_METRIC_EPISODE_SUCCESS, e, e, e % 4 != 0);
  g_assert_true (sh_history_writer_flush (writer));
  g_assert_cmpfloat (
      sh_history_get_success_rate (self->history, run->id, 100, &n), ==, 0.75);
  g_assert_cmpuint (n, ==, 40);
  g_assert_cmpfloat (
      sh_history_get_success_rate (self->history, run->id, 3, &n), ==, 2.0 / 3);
  g_assert_cmpuint (n, ==, 3);
  for (guint e = 41; e <= 6000; e++)
    sh_history_writer_add (writer, SH_METRIC_EPISODE_SUCCESS, e, e, 1);
  g_assert_true (sh_history_writer_flush (writer));
  g_assert_cmpfloat (
      sh_history_get_success_rate (self->history, run->id, 100, &n), ==, 1);
  g_assert_cmpuint (n, ==, 200);
  g_assert_cmpfloat_with_epsilon (
      sh_history_get_success_rate (self->history, run->id, 4096, &n),
      5990.0 / 6000, 1e-9);
  g_assert_cmpuint (n, ==, 6000);
  sh_history_writer_free (writer);
}

static void
test_values_that_are_none (Fixture *self, gconstpointer data)
{
  g_autoptr (ShHistoryWriter) writer = start (self, 1, FALSE, FALSE);
  g_autoptr (GArray) points = NULL;

  sh_history_writer_add (writer, SH_METRIC_TEST_PASS_VALUE, 1, 1, NAN);
  sh_history_writer_add (writer, SH_METRIC_TEST_PASS_VALUE, 2, 2, -INFINITY);
  g_assert_true (sh_history_writer_flush (writer));
  points = get_points (self, SH_METRIC_TEST_PASS_VALUE);
  g_assert_cmpuint (points->len, ==, 2);
  g_assert_true (isnan (g_array_index (points, ShHistoryPoint, 0).value));
  g_assert_false (isfinite (g_array_index (points, ShHistoryPoint, 1).value));
}

/* Another process keeps the database busy: nobody waits for it, and nothing is
 * lost. */
static void
test_busy (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "history.db", NULL);
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GPtrArray) lessons = NULL;
  const ShHistoryLesson *lesson;
  sqlite3 *other;

  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sh_history_writer_begin_lesson (writer, "one", 0);
  for (guint e = 1; e <= 1000; e++)
    sh_history_writer_add (writer, SH_METRIC_EPISODE_VALUE, e, 10 * e, e);
  g_assert_false (sh_history_writer_flush (writer));
  sh_history_writer_end_lesson (writer, "threshold", 9000);
  sh_history_writer_end (writer, "curriculum-met", 1000, 10000);
  g_assert_cmpint (sqlite3_exec (other, "ROLLBACK", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      g_clear_pointer (&run, sh_history_run_free);
      run = get_run (self, 1);
    }
  while (run->ended == 0);
  g_assert_cmpstr (run->reason, ==, "curriculum-met");
  g_assert_cmpuint (run->episodes, ==, 1000);
  check_points (self, 1, 1000);
  lessons = sh_history_get_lessons (self->history, run->id, NULL);
  g_assert_cmpuint (lessons->len, ==, 1);
  lesson = lessons->pdata[0];
  g_assert_cmpstr (lesson->name, ==, "one");
  g_assert_cmpstr (lesson->reason, ==, "threshold");
  g_assert_cmpuint (lesson->last_iteration, ==, 9000);
  sqlite3_close (other);
  sh_history_writer_free (writer);
}

/* The end waits until the process itself ends. */
static void
test_busy_at_the_end (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "history.db", NULL);
  ShHistoryWriter *writer = start (self, 1, FALSE, FALSE);
  g_autoptr (ShHistoryRun) run = NULL;
  sqlite3 *other;

  g_assert_cmpint (sqlite3_open (path, &other), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (other, "BEGIN IMMEDIATE", NULL, NULL, NULL),
                   ==, SQLITE_OK);
  sh_history_writer_end (writer, "interrupted", 7, 70);
  g_assert_cmpint (sqlite3_exec (other, "ROLLBACK", NULL, NULL, NULL), ==,
                   SQLITE_OK);
  sh_history_writer_free (writer);
  run = get_run (self, 1);
  g_assert_cmpstr (run->reason, ==, "interrupted");
  g_assert_cmpuint (run->episodes, ==, 7);
  sqlite3_close (other);
}

static guint
count_open (const Fixture *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs =
      sh_history_list_open_runs (self->history, &error);

  g_assert_no_error (error);
  return runs->len;
}

static void
test_open_trainings (Fixture *self, gconstpointer data)
{
  g_autoptr (ShHistoryRun) run = NULL;

  sh_history_writer_free (start (self, 1, FALSE, FALSE));
  g_assert_cmpuint (count_open (self), ==, 0);
  sh_history_writer_free (start (self, 2, TRUE, FALSE));
  g_assert_cmpuint (count_open (self), ==, 1);
  {
    g_autoptr (ShHistoryWriter) writer = start (self, 2, TRUE, TRUE);

    sh_history_writer_end (writer, "curriculum-met", 7, 70);
  }
  g_assert_cmpuint (count_open (self), ==, 0);
  run = get_run (self, 0);
  g_assert_cmpuint (run->version, ==, 2);
  g_assert_cmpuint (run->episodes, ==, 7);
  g_assert_cmpuint (run->iterations, ==, 70);
  g_assert_cmpuint (run->seed, ==, G_MAXUINT64);
  g_assert_cmpstr (run->reason, ==, "curriculum-met");
  g_assert_cmpint (run->ended, >=, run->started);
  /* A version that is trained anew has but one training. */
  sh_history_writer_free (start (self, 2, TRUE, FALSE));
  g_assert_cmpuint (count_open (self), ==, 1);
  sh_history_run_free (g_steal_pointer (&run));
  run = get_run (self, 2);
  g_assert_cmpuint (run->episodes, ==, 0);
}

static void
create (const Fixture *self, const char *name, int expected)
{
  g_autoptr (GError) error = NULL;

  if (sh_history_create_brain (self->history, name, "text", &error))
    g_assert_cmpint (expected, ==, 0);
  else
    g_assert_error (error, SH_ERROR, expected);
}

static guint
count_brains (const Fixture *self)
{
  g_autoptr (GPtrArray) brains = sh_history_list_brains (self->history, NULL);

  return brains->len;
}

static void
test_names (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  create (self, "a", 0);
  create (self, "A", SH_ERROR_REFUSED);
  /* One that was trained from a file has no project yet. */
  sh_history_writer_free (start (self, 1, FALSE, FALSE));
  g_assert_cmpuint (count_brains (self), ==, 1);
  create (self, "lift", 0);
  g_assert_cmpuint (count_brains (self), ==, 2);
  g_assert_true (sh_history_delete_brain (self->history, "LIFT", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_brains (self), ==, 1);
  g_assert_null (sh_history_get_run (self->history, "lift", 0, &error));
  g_assert_no_error (error);
  create (self, "lift", SH_ERROR_REFUSED);
  /* Of one that was never heard of, too, the name is used up then. */
  g_assert_true (sh_history_delete_brain (self->history, "new", &error));
  create (self, "new", SH_ERROR_REFUSED);
}

static void
test_files (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) files =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_project_file_free);
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new_static ("a\0b", 3);
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);
  g_autoptr (ShHistoryBrain) brain = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (files, sh_project_file_new ("z/\xc3\xa4", bytes));
  g_ptr_array_add (files, sh_project_file_new ("empty", nothing));
  g_assert_true (
      sh_history_set_files (self->history, "Lift", files, TRUE, &error));
  g_assert_no_error (error);
  found = sh_history_get_files (self->history, "lift", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (found->len, ==, 2);
  g_assert_cmpstr (((ShProjectFile *) found->pdata[0])->path, ==, "empty");
  g_assert_cmpuint (
      g_bytes_get_size (((ShProjectFile *) found->pdata[0])->content), ==, 0);
  g_assert_cmpstr (((ShProjectFile *) found->pdata[1])->path, ==, "z/\xc3\xa4");
  g_assert_true (
      g_bytes_equal (((ShProjectFile *) found->pdata[1])->content, bytes));
  brain = sh_history_get_brain (self->history, "LIFT", &error);
  g_assert_true (brain->loaded);
  sh_history_brain_free (g_steal_pointer (&brain));
  /* Once it is trained it is not news any more. */
  sh_history_writer_free (start (self, 1, FALSE, FALSE));
  brain = sh_history_get_brain (self->history, "LIFT", &error);
  g_assert_false (brain->loaded);
  g_assert_true (brain->has_project);
}

static const struct
{
  const char *path;
  void (*test) (Fixture *, gconstpointer);
} tests[] = {
  { "/history/points/thin-out", test_thins_out },
  { "/history/points/thin-out-across-processes",
    test_thins_out_across_processes },
  { "/history/goes-on-from-what-was-saved", test_goes_on_from_what_was_saved },
  { "/history/a-hole-is-no-stride", test_hole_is_no_stride },
  { "/history/points/success-rate", test_success_rate },
  { "/history/points/values-that-are-none", test_values_that_are_none },
  { "/history/busy-is-not-waited-for", test_busy },
  { "/history/busy-at-the-end", test_busy_at_the_end },
  { "/history/open-trainings", test_open_trainings },
  { "/history/names", test_names },
  { "/history/files", test_files },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
