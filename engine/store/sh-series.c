/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Points of a metric, and which of them the database has.
 */

#include "sh-series.h"

void
sh_series_init (ShSeries *series)
{
  series->points = g_array_new (FALSE, FALSE, sizeof (ShHistoryPoint));
  series->stride = 1;
}

void
sh_series_clear (ShSeries *series)
{
  g_clear_pointer (&series->points, g_array_unref);
}

static void
merge (ShHistoryPoint *into, const ShHistoryPoint *a, const ShHistoryPoint *b)
{
  const double value = (a->value + b->value) / 2;

  *into = *b;
  into->value = value;
}

static void
thin (ShSeries *series, gboolean mean)
{
  ShHistoryPoint *points = (ShHistoryPoint *) series->points->data;
  const guint n = series->points->len / 2;

  for (guint i = 0; i < n; i++)
    if (mean)
      merge (&points[i], &points[2 * i], &points[2 * i + 1]);
    else
      points[i] = points[2 * i + 1];
  g_array_set_size (series->points, n);
  series->stride *= 2;
  series->rewrite = TRUE;
}

void
sh_series_add (ShSeries *series, const ShHistoryPoint *point, gboolean mean)
{
  ShHistoryPoint whole = *point;

  series->sum += point->value;
  if (++series->n_pending < series->stride)
    return;
  if (mean)
    whole.value = series->sum / series->n_pending;
  series->sum = 0;
  series->n_pending = 0;
  g_array_append_val (series->points, whole);
  if (series->points->len >= SH_HISTORY_MAX_POINTS)
    thin (series, mean);
}

/* Episodes in a point. Between two points there are more where a process has died
 * that could not write. */
static guint
get_stride (const GArray *points)
{
  const ShHistoryPoint *all = (const ShHistoryPoint *) points->data;
  guint64 stride = G_MAXINT;

  for (guint i = 1; i < points->len; i++)
    if (all[i].episode > all[i - 1].episode)
      stride = MIN (stride, all[i].episode - all[i - 1].episode);
  return stride < G_MAXINT ? (guint) stride : 1;
}

/* What earlier processes have written. */
gboolean
sh_series_load (ShSeries *series,
                ShHistory *history,
                gint64 id,
                ShMetric metric,
                GError **error)
{
  GArray *points = sh_history_get_points (history, id, metric, error);

  if (points == NULL)
    return FALSE;
  g_array_unref (series->points);
  series->points = points;
  series->n_written = points->len;
  if (metric == SH_METRIC_EPISODE_VALUE || metric == SH_METRIC_EPISODE_SUCCESS)
    series->stride = get_stride (points);
  return TRUE;
}

gboolean
sh_series_write (ShSeries *series,
                 ShDatabase *database,
                 gint64 id,
                 ShMetric metric,
                 GError **error)
{
  guint from = series->rewrite ? 0 : series->n_written;

  if (series->rewrite &&
      !sh_database_run (database, error,
                        "DELETE FROM point WHERE run = ? AND metric = ?", "ii",
                        id, (gint64) metric))
    return FALSE;
  for (guint i = from; i < series->points->len; i++)
    {
      const ShHistoryPoint *point =
          &g_array_index (series->points, ShHistoryPoint, i);

      if (!sh_database_run (
              database, error,
              "INSERT OR REPLACE INTO point (run, metric, number, episode, "
              "iteration, lesson, value, time) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
              "iiiiitdi", id, (gint64) metric, (gint64) i,
              (gint64) point->episode, (gint64) point->iteration, point->lesson,
              point->value, point->time))
        return FALSE;
    }
  return TRUE;
}

void
sh_series_note_written (ShSeries *series)
{
  series->n_written = series->points->len;
  series->rewrite = FALSE;
}

const ShHistoryPoint *
sh_series_get_last (const ShSeries *series)
{
  return series->points->len > 0
             ? &g_array_index (series->points, ShHistoryPoint,
                               series->points->len - 1)
             : NULL;
}
