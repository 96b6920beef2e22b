/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reading what is known of trainings.
 */

#include "sh-history.h"

#include <math.h>

void
sh_history_run_free (ShHistoryRun *run)
{
  if (run == NULL)
    return;
  g_free (run->concept);
  g_free (run->algorithm);
  g_free (run->simulator);
  g_free (run->reason);
  g_free (run);
}

static gboolean
take_run (sqlite3_stmt *row, gpointer data)
{
  ShHistoryRun *run = g_new0 (ShHistoryRun, 1);
  g_autofree char *seed = sh_database_dup_text (row, 5);

  run->id = sqlite3_column_int64 (row, 0);
  run->version = (guint) sqlite3_column_int64 (row, 1);
  run->concept = sh_database_dup_text (row, 2);
  run->algorithm = sh_database_dup_text (row, 3);
  run->simulator = sh_database_dup_text (row, 4);
  run->seed = g_ascii_strtoull (seed, NULL, 10);
  run->started = sqlite3_column_int64 (row, 6);
  run->ended = sqlite3_column_int64 (row, 7);
  run->reason = sh_database_dup_text (row, 8);
  run->iterations = (guint64) sqlite3_column_int64 (row, 9);
  run->episodes = (guint64) sqlite3_column_int64 (row, 10);
  run->served = sqlite3_column_int (row, 11) != 0;
  *(ShHistoryRun **) data = run;
  return FALSE;
}

ShHistoryRun *
sh_history_get_run (ShHistory *self,
                    const char *name,
                    guint version,
                    GError **error)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  ShHistoryRun *run = NULL;

  sh_database_query (
      sh_history_get_database (self), take_run, &run, error,
      "SELECT id, version, concept, algorithm, simulator, seed, started, "
      "ended, reason, iterations, episodes, served FROM run WHERE brain = "
      "(SELECT id FROM brain WHERE key = ?1) AND (?2 = 0 OR version = ?2) "
      "ORDER BY version DESC, id DESC LIMIT 1",
      "ti", key, (gint64) version);
  return run;
}

void
sh_history_lesson_free (ShHistoryLesson *lesson)
{
  if (lesson == NULL)
    return;
  g_free (lesson->name);
  g_free (lesson->reason);
  g_free (lesson);
}

static gboolean
add_lesson (sqlite3_stmt *row, gpointer data)
{
  ShHistoryLesson *lesson = g_new0 (ShHistoryLesson, 1);

  lesson->name = sh_database_dup_text (row, 0);
  lesson->first_iteration = (guint64) sqlite3_column_int64 (row, 1);
  lesson->last_iteration = (guint64) sqlite3_column_int64 (row, 2);
  lesson->reason = sh_database_dup_text (row, 3);
  g_ptr_array_add (data, lesson);
  return TRUE;
}

GPtrArray *
sh_history_get_lessons (ShHistory *self, gint64 run, GError **error)
{
  g_autoptr (GPtrArray) lessons =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_history_lesson_free);

  if (!sh_database_query (sh_history_get_database (self), add_lesson, lessons,
                          error,
                          "SELECT name, first_iteration, last_iteration, "
                          "reason FROM lesson WHERE run = ? ORDER BY number",
                          "i", run))
    return NULL;
  return g_steal_pointer (&lessons);
}

static gboolean
add_point (sqlite3_stmt *row, gpointer data)
{
  g_autofree char *lesson = sh_database_dup_text (row, 2);
  const ShHistoryPoint point = {
    .episode = (guint64) sqlite3_column_int64 (row, 0),
    .iteration = (guint64) sqlite3_column_int64 (row, 1),
    .lesson = g_intern_string (lesson),
    .value = sh_database_get_double (row, 3),
    .time = sqlite3_column_int64 (row, 4),
  };

  g_array_append_val ((GArray *) data, point);
  return TRUE;
}

GArray *
sh_history_get_points (ShHistory *self,
                       gint64 run,
                       ShMetric metric,
                       GError **error)
{
  g_autoptr (GArray) points =
      g_array_new (FALSE, FALSE, sizeof (ShHistoryPoint));

  if (!sh_database_query (sh_history_get_database (self), add_point, points,
                          error,
                          "SELECT episode, iteration, lesson, value, time FROM "
                          "point WHERE run = ? AND metric = ? ORDER BY number",
                          "ii", run, (gint64) metric))
    return NULL;
  return g_steal_pointer (&points);
}

double
sh_history_get_success_rate (ShHistory *self,
                             gint64 run,
                             guint n_points,
                             guint64 *n_episodes)
{
  g_autoptr (GArray) points =
      sh_history_get_points (self, run, SH_METRIC_EPISODE_SUCCESS, NULL);
  const ShHistoryPoint *all;
  guint first;
  double sum = 0;

  g_return_val_if_fail (n_points > 0 && n_episodes != NULL, NAN);

  *n_episodes = 0;
  if (points == NULL || points->len == 0)
    return NAN;
  all = (const ShHistoryPoint *) points->data;
  first = points->len - MIN (points->len, n_points);
  for (guint i = first; i < points->len; i++)
    sum += all[i].value;
  /* A point is told with the last of its episodes. */
  *n_episodes =
      all[points->len - 1].episode - (first > 0 ? all[first - 1].episode : 0);
  return sum / (points->len - first);
}
