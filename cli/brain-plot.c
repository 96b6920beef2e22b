/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From the history to a chart.
 */

#include "brain-plot.h"

#include <math.h>
#include <string.h>

#include "cmd.h"
#include "sh-error.h"
#include "sh-history.h"

#ifdef HAVE_PLOT

#include "chart.h"

/* The mean runs over at most so many points, and at most a tenth of them. */
#define MEAN_WINDOW 100u

typedef struct
{
  GArray *x, *y; /* double */
} Curve;

static void
curve_init (Curve *curve)
{
  curve->x = g_array_new (FALSE, FALSE, sizeof (double));
  curve->y = g_array_new (FALSE, FALSE, sizeof (double));
}

static void
curve_clear (Curve *curve)
{
  g_array_unref (curve->x);
  g_array_unref (curve->y);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Curve, curve_clear)

static void
curve_add (Curve *curve, double x, double y)
{
  g_array_append_val (curve->x, x);
  g_array_append_val (curve->y, y);
}

static gboolean
read_curve (Curve *curve,
            ShHistory *history,
            gint64 run,
            ShMetric metric,
            GError **error)
{
  g_autoptr (GArray) points =
      sh_history_get_points (history, run, metric, error);

  curve_init (curve);
  if (points == NULL)
    return FALSE;
  for (guint i = 0; i < points->len; i++)
    {
      const ShHistoryPoint *point = &g_array_index (points, ShHistoryPoint, i);

      if (isfinite (point->value))
        curve_add (curve, (double) point->iteration, point->value);
    }
  return TRUE;
}

/* The mean of the last points at each point. */
static void
smooth (const Curve *from, Curve *to)
{
  const guint n = from->x->len;
  const guint window = CLAMP (n / 10, 1, MEAN_WINDOW);
  const double *y = (const double *) from->y->data;
  double sum = 0;

  curve_init (to);
  for (guint i = 0; i < n; i++)
    {
      sum += y[i];
      if (i >= window)
        sum -= y[i - window];
      curve_add (to, g_array_index (from->x, double, i),
                 sum / MIN (i + 1, window));
    }
}

static ShChartSeries
make_series (const Curve *curve,
             const char *label,
             ShChartStyle style,
             double red,
             double green,
             double blue)
{
  return (ShChartSeries){
    .label = label,
    .style = style,
    .colour = { red, green, blue },
    .n = curve->x->len,
    .x = (const double *) curve->x->data,
    .y = (const double *) curve->y->data,
  };
}

/* Marks borrow the lessons' names. */
static ShChartMark *
make_marks (const GPtrArray *lessons, guint *n_marks)
{
  ShChartMark *marks = g_new0 (ShChartMark, lessons->len + 1);

  *n_marks = 0;
  for (guint i = 0; i < lessons->len; i++)
    {
      const ShHistoryLesson *lesson = lessons->pdata[i];

      if (lesson->reason[0] != '\0')
        marks[(*n_marks)++] =
            (ShChartMark){ (double) lesson->last_iteration, lesson->name };
    }
  return marks;
}

static GBytes *
draw (ShHistory *history,
      const char *name,
      const ShHistoryRun *run,
      gboolean svg,
      GError **error)
{
  g_auto (Curve) episodes = { NULL, NULL }, tests = { NULL, NULL },
                 mean = { NULL, NULL };
  g_autoptr (GPtrArray) lessons = NULL;
  g_autofree ShChartMark *marks = NULL;
  g_autofree char *title =
      g_strdup_printf ("%s, version %u: %s on %s", name, run->version,
                       run->algorithm, run->simulator);
  gboolean done =
      read_curve (&episodes, history, run->id, SH_METRIC_EPISODE_VALUE, error);

  done &= read_curve (&tests, history, run->id, SH_METRIC_TEST_PASS_VALUE,
                      done ? error : NULL);
  smooth (&episodes, &mean);
  if (!done)
    return NULL;
  if (episodes.x->len + tests.x->len == 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "no episode of brain '%s' version %u was over yet: there is "
                   "nothing to draw",
                   name, run->version);
      return NULL;
    }
  lessons = sh_history_get_lessons (history, run->id, error);
  if (lessons == NULL)
    return NULL;
  {
    const ShChartSeries series[] = {
      make_series (&episodes, "episodes", SH_CHART_FAINT, 0.2, 0.45, 0.75),
      make_series (&mean, "mean of the last episodes", SH_CHART_LINE, 0.1, 0.35,
                   0.7),
      make_series (&tests, "tests without exploration", SH_CHART_DOTS, 0.85,
                   0.4, 0.1),
    };
    ShChart chart = {
      .title = title,
      .x_label = "iterations",
      .y_label = "return",
      .n_series = G_N_ELEMENTS (series),
      .series = series,
    };

    marks = make_marks (lessons, &chart.n_marks);
    chart.marks = marks;
    return sh_chart_draw (&chart, svg, error);
  }
}

gboolean
sh_brain_plot (ShStore *store,
               const char *name,
               guint number,
               const char *file,
               GError **error)
{
  const gboolean svg = g_str_has_suffix (file, ".svg");
  g_autoptr (ShHistory) history = NULL;
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GBytes) picture = NULL;
  g_autoptr (GError) own_error = NULL;
  gconstpointer data;
  gsize size;

  if (!svg && !g_str_has_suffix (file, ".png"))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no picture: give FILE.svg or FILE.png", file);
      return FALSE;
    }
  history = sh_history_open (store, FALSE, &own_error);
  if (history != NULL)
    run = sh_history_get_run (history, name, number, &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  if (run == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "nothing is known of how brain '%s' was trained", name);
      return FALSE;
    }
  picture = draw (history, name, run, svg, error);
  if (picture == NULL)
    return FALSE;
  data = g_bytes_get_data (picture, &size);
  return sh_cmd_write_file (file, data, size, error);
}

#else

gboolean
sh_brain_plot (ShStore *store,
               const char *name,
               guint number,
               const char *file,
               GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "this simhost was built without cairo, which --plot needs");
  return FALSE;
}

#endif
