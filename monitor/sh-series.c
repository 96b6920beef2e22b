/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-series.h"

#include <math.h>

static void
clear_mark (gpointer data)
{
  ShMark *mark = data;

  g_free (mark->name);
}

ShSeries *
sh_series_new (void)
{
  ShSeries *series = g_new0 (ShSeries, 1);

  series->line = g_array_new (FALSE, FALSE, sizeof (ShPoint));
  series->dots = g_array_new (FALSE, FALSE, sizeof (ShPoint));
  series->marks = g_array_new (FALSE, FALSE, sizeof (ShMark));
  g_array_set_clear_func (series->marks, clear_mark);
  return series;
}

ShSeries *
sh_series_copy (const ShSeries *series)
{
  ShSeries *copy = sh_series_new ();
  guint i;

  g_return_val_if_fail (series != NULL, copy);

  g_array_append_vals (copy->line, series->line->data, series->line->len);
  g_array_append_vals (copy->dots, series->dots->data, series->dots->len);
  for (i = 0; i < series->marks->len; i++)
    {
      const ShMark *mark = &g_array_index (series->marks, ShMark, i);

      sh_series_add_mark (copy, mark->x, mark->name);
    }
  return copy;
}

void
sh_series_free (ShSeries *series)
{
  if (series == NULL)
    return;
  g_array_unref (series->line);
  g_array_unref (series->dots);
  g_array_unref (series->marks);
  g_free (series);
}

/* Every second point goes; the last one stays. */
static void
thin (GArray *line)
{
  ShPoint *points = (ShPoint *) (void *) line->data;
  guint kept = 0, i;

  for (i = (line->len - 1) % 2; i < line->len; i += 2)
    points[kept++] = points[i];
  g_array_set_size (line, kept);
}

void
sh_series_add_line (ShSeries *series, double x, double y)
{
  ShPoint point = { x, y };
  ShPoint last;

  g_return_if_fail (series != NULL);

  if (!isfinite (x) || !isfinite (y))
    return;
  if (series->line->len > 0)
    {
      last = g_array_index (series->line, ShPoint, series->line->len - 1);
      if (x < last.x)
        g_array_set_size (series->line, 0);
      else if (x <= last.x)
        g_array_set_size (series->line, series->line->len - 1);
    }
  if (series->line->len >= SH_SERIES_MAX)
    thin (series->line);
  g_array_append_val (series->line, point);
}

void
sh_series_add_dot (ShSeries *series, double x, double y)
{
  ShPoint point = { x, y };

  g_return_if_fail (series != NULL);

  if (!isfinite (x) || !isfinite (y))
    return;
  if (series->dots->len >= SH_SERIES_MAX)
    g_array_remove_range (series->dots, 0, SH_SERIES_MAX / 4);
  g_array_append_val (series->dots, point);
}

void
sh_series_add_mark (ShSeries *series, double x, const char *name)
{
  ShMark mark = { x, NULL };

  g_return_if_fail (series != NULL && name != NULL);

  if (!isfinite (x) || series->marks->len >= SH_SERIES_MAX)
    return;
  mark.name = g_strdup (name);
  g_array_append_val (series->marks, mark);
}

gboolean
sh_series_is_empty (const ShSeries *series)
{
  return series->line->len == 0 && series->dots->len == 0;
}

gboolean
sh_series_get_last (const ShSeries *series, ShPoint *last)
{
  const GArray *points = series->line->len > 0 ? series->line : series->dots;

  if (points->len == 0)
    return FALSE;
  *last = g_array_index (points, ShPoint, points->len - 1);
  return TRUE;
}

static void
widen (ShRange *range, const GArray *points)
{
  guint i;

  for (i = 0; i < points->len; i++)
    {
      const ShPoint *point = &g_array_index (points, ShPoint, i);

      range->x_low = MIN (range->x_low, point->x);
      range->x_high = MAX (range->x_high, point->x);
      range->y_low = MIN (range->y_low, point->y);
      range->y_high = MAX (range->y_high, point->y);
    }
}

gboolean
sh_series_get_range (const ShSeries *series, ShRange *range)
{
  double room;

  *range = (ShRange){ HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL };
  widen (range, series->line);
  widen (range, series->dots);
  if (sh_series_is_empty (series))
    return FALSE;
  if (range->x_high <= range->x_low)
    range->x_low = MIN (0, range->x_high - 1);
  /* Half of each, for the difference of two large numbers is none. */
  room = (range->y_high / 2 - range->y_low / 2) * 0.1;
  if (!(room > 0))
    room = MAX (fabs (range->y_high) * 0.1, 0.5);
  range->y_low = MAX (range->y_low - room, -G_MAXDOUBLE / 4);
  range->y_high = MIN (range->y_high + room, G_MAXDOUBLE / 4);
  return TRUE;
}

ShSeries *
sh_series_new_from_curve (GVariant *curve, gboolean success)
{
  ShSeries *series = sh_series_new ();
  g_autoptr (GVariantIter) points = NULL;
  g_autoptr (GVariantIter) tests = NULL;
  g_autoptr (GVariantIter) lessons = NULL;
  guint64 iteration;
  double mean, rate;
  const char *name;

  if (curve == NULL ||
      !g_variant_is_of_type (curve, G_VARIANT_TYPE (SH_SERIES_CURVE_TYPE)))
    return series;
  g_variant_get (curve, SH_SERIES_CURVE_TYPE, &points, &tests, &lessons);
  while (g_variant_iter_loop (points, "(tdd)", &iteration, &mean, &rate))
    sh_series_add_line (series, (double) iteration,
                        success ? rate * 100 : mean);
  while (!success && g_variant_iter_loop (tests, "(td)", &iteration, &mean))
    sh_series_add_dot (series, (double) iteration, mean);
  while (g_variant_iter_loop (lessons, "(t&s)", &iteration, &name))
    sh_series_add_mark (series, (double) iteration, name);
  return series;
}
