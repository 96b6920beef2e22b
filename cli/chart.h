/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A chart of series over a common horizontal axis, drawn with cairo.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_CHART_FAINT, /* a thin line in the background */
  SH_CHART_LINE,
  SH_CHART_DOTS
} ShChartStyle;

typedef struct
{
  const char *label;
  ShChartStyle style;
  double colour[3]; /* red, green, blue: 0 to 1 */
  guint n;
  const double *x, *y; /* finite */
} ShChartSeries;

/* A vertical line. */
typedef struct
{
  double x;
  const char *label;
} ShChartMark;

typedef struct
{
  const char *title, *x_label, *y_label;
  guint n_series;
  const ShChartSeries *series; /* at least one point in all */
  guint n_marks;
  const ShChartMark *marks;
} ShChart;

/* Rounds a step between ticks up to 1, 2 or 5 times a power of ten. */
double sh_chart_round_step (double step);

/* The picture as bytes, `svg` or else PNG. Errors: SH_ERROR_FAILED. */
GBytes *sh_chart_draw (const ShChart *chart, gboolean svg, GError **error);

G_END_DECLS
