/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Drawing a chart.
 */

#include "chart.h"

#include <cairo-svg.h>
#include <math.h>
#include <stdio.h>

#include "sh-error.h"

/* Units of an SVG; a PNG has SCALE pixels each way for one. */
#define WIDTH 800.0
#define HEIGHT 480.0
#define SCALE 2.0

/* Around the axes. */
#define LEFT 72.0
#define RIGHT 24.0
#define TOP 64.0
#define BOTTOM 84.0

#define TEXT_SIZE 13.0
#define SMALL_SIZE 11.0
#define TITLE_SIZE 16.0
/* About so many ticks. */
#define TICKS_X 8.0
#define TICKS_Y 6.0

typedef struct
{
  double low, high, step;
} Axis;

typedef struct
{
  cairo_t *cairo;
  const ShChart *chart;
  Axis x, y;
} Drawing;

double
sh_chart_round_step (double step)
{
  double power = pow (10, floor (log10 (step)));

  /* A little more than 1, 2 and 5: rounding is no reason for a larger step. */
  for (guint i = 0; i < 3; i++)
    {
      static const double steps[] = { 1, 2, 5 };

      if (step <= steps[i] * power * 1.000001)
        return steps[i] * power;
    }
  return 10 * power;
}

/* Axes. */

static void
axis_init (Axis *axis, double low, double high, double n_ticks, gboolean round)
{
  /* A curve that is flat is in the middle. */
  if (!(high - low > 1e-9 * MAX (fabs (high), 1)))
    {
      low -= MAX (fabs (low) / 10, 1);
      high += MAX (fabs (high) / 10, 1);
    }
  axis->step = sh_chart_round_step ((high - low) / n_ticks);
  axis->low = round ? floor (low / axis->step) * axis->step : low;
  axis->high = round ? ceil (high / axis->step) * axis->step : high;
}

static void
find_ranges (Drawing *self)
{
  const ShChart *chart = self->chart;
  double x_high = 0, y_low = INFINITY, y_high = -INFINITY;

  for (guint s = 0; s < chart->n_series; s++)
    for (guint i = 0; i < chart->series[s].n; i++)
      {
        x_high = MAX (x_high, chart->series[s].x[i]);
        y_low = MIN (y_low, chart->series[s].y[i]);
        y_high = MAX (y_high, chart->series[s].y[i]);
      }
  for (guint i = 0; i < chart->n_marks; i++)
    x_high = MAX (x_high, chart->marks[i].x);
  axis_init (&self->x, 0, x_high > 0 ? x_high : 1, TICKS_X, FALSE);
  axis_init (&self->y, y_low, y_high, TICKS_Y, TRUE);
}

static double
to_x (const Drawing *self, double x)
{
  return LEFT + (x - self->x.low) / (self->x.high - self->x.low) *
                    (WIDTH - LEFT - RIGHT);
}

static double
to_y (const Drawing *self, double y)
{
  return HEIGHT - BOTTOM -
         (y - self->y.low) / (self->y.high - self->y.low) *
             (HEIGHT - TOP - BOTTOM);
}

/* Text. */

typedef enum
{
  ALIGN_LEFT,
  ALIGN_CENTRE,
  ALIGN_RIGHT
} Align;

static double
get_width (Drawing *self, const char *text)
{
  cairo_text_extents_t extents;

  cairo_text_extents (self->cairo, text, &extents);
  return extents.x_advance;
}

static void
show_text (Drawing *self, double x, double y, Align align, const char *text)
{
  double width = get_width (self, text);

  cairo_move_to (self->cairo,
                 align == ALIGN_LEFT    ? x
                 : align == ALIGN_RIGHT ? x - width
                                        : x - width / 2,
                 y);
  cairo_show_text (self->cairo, text);
}

/* 25k, 1.5M; the step says how many digits tell ticks apart. */
static char *
format_tick (double value, double step)
{
  static const struct
  {
    double unit;
    const char *name;
  } units[] = { { 1e9, "G" }, { 1e6, "M" }, { 1e3, "k" }, { 1, "" } };
  char buffer[G_ASCII_DTOSTR_BUF_SIZE], format[16];
  guint u = 0;
  int digits;

  while (u + 1 < G_N_ELEMENTS (units) && fabs (value) < units[u].unit)
    u++;
  digits = (int) ceil (-log10 (step / units[u].unit) - 1e-9);
  g_snprintf (format, sizeof format, "%%.%df", CLAMP (digits, 0, 9));
  /* No minus before a zero. */
  if (fabs (value) < step / 2)
    return g_strdup ("0");
  g_ascii_formatd (buffer, sizeof buffer, format, value / units[u].unit);
  return g_strconcat (buffer, units[u].name, NULL);
}

/* Parts. */

static void
set_grey (Drawing *self, double grey)
{
  cairo_set_source_rgb (self->cairo, grey, grey, grey);
}

static void
draw_line (Drawing *self, double x1, double y1, double x2, double y2)
{
  cairo_move_to (self->cairo, x1, y1);
  cairo_line_to (self->cairo, x2, y2);
  cairo_stroke (self->cairo);
}

static void
draw_axes (Drawing *self)
{
  const double bottom = HEIGHT - BOTTOM, right = WIDTH - RIGHT;

  cairo_set_font_size (self->cairo, TEXT_SIZE);
  cairo_set_line_width (self->cairo, 1);
  for (double i = ceil (self->y.low / self->y.step - 1e-6);
       i * self->y.step <= self->y.high + self->y.step * 1e-6; i++)
    {
      const double y = to_y (self, i * self->y.step);
      g_autofree char *text = format_tick (i * self->y.step, self->y.step);

      set_grey (self, 0.88);
      draw_line (self, LEFT, y, right, y);
      set_grey (self, 0.25);
      show_text (self, LEFT - 8, y + TEXT_SIZE / 3, ALIGN_RIGHT, text);
    }
  for (double i = 0; i * self->x.step <= self->x.high * (1 + 1e-9); i++)
    {
      const double x = to_x (self, i * self->x.step);
      g_autofree char *text = format_tick (i * self->x.step, self->x.step);

      set_grey (self, 0.25);
      draw_line (self, x, bottom, x, bottom + 5);
      show_text (self, x, bottom + 8 + TEXT_SIZE, ALIGN_CENTRE, text);
    }
  set_grey (self, 0.25);
  draw_line (self, LEFT, TOP, LEFT, bottom);
  draw_line (self, LEFT, bottom, right, bottom);
  show_text (self, (LEFT + right) / 2, bottom + 44, ALIGN_CENTRE,
             self->chart->x_label);
  cairo_save (self->cairo);
  cairo_translate (self->cairo, 18, (TOP + bottom) / 2);
  cairo_rotate (self->cairo, -G_PI / 2);
  show_text (self, 0, 0, ALIGN_CENTRE, self->chart->y_label);
  cairo_restore (self->cairo);
  cairo_set_font_size (self->cairo, TITLE_SIZE);
  show_text (self, LEFT, 26, ALIGN_LEFT, self->chart->title);
}

/* A label that would run into the one before it is left out. */
static void
draw_marks (Drawing *self)
{
  static const double dashes[] = { 5, 4 };
  double free_from = LEFT;

  cairo_set_font_size (self->cairo, SMALL_SIZE);
  set_grey (self, 0.45);
  cairo_set_dash (self->cairo, dashes, G_N_ELEMENTS (dashes), 0);
  for (guint i = 0; i < self->chart->n_marks; i++)
    {
      const ShChartMark *mark = &self->chart->marks[i];
      const double x = to_x (self, mark->x);
      const double begin = x - get_width (self, mark->label);

      draw_line (self, x, TOP - 6, x, HEIGHT - BOTTOM);
      if (begin < free_from)
        continue;
      show_text (self, x, TOP - 10, ALIGN_RIGHT, mark->label);
      free_from = x + 10;
    }
  cairo_set_dash (self->cairo, NULL, 0, 0);
}

static void
set_style (Drawing *self, const ShChartSeries *series)
{
  cairo_set_source_rgba (self->cairo, series->colour[0], series->colour[1],
                         series->colour[2],
                         series->style == SH_CHART_FAINT ? 0.35 : 1);
  cairo_set_line_width (self->cairo,
                        series->style == SH_CHART_FAINT ? 1 : 2.25);
}

static void
draw_dot (Drawing *self, double x, double y)
{
  cairo_arc (self->cairo, x, y, 4, 0, 2 * G_PI);
  cairo_fill (self->cairo);
}

static void
draw_series (Drawing *self, const ShChartSeries *series)
{
  set_style (self, series);
  for (guint i = 0; i < series->n; i++)
    {
      const double x = to_x (self, series->x[i]);
      const double y = to_y (self, series->y[i]);

      if (series->style == SH_CHART_DOTS || series->n == 1)
        draw_dot (self, x, y);
      else if (i == 0)
        cairo_move_to (self->cairo, x, y);
      else
        cairo_line_to (self->cairo, x, y);
    }
  cairo_stroke (self->cairo);
}

static void
draw_legend (Drawing *self)
{
  double x = LEFT;
  const double y = HEIGHT - 12;

  cairo_set_font_size (self->cairo, TEXT_SIZE);
  for (guint s = 0; s < self->chart->n_series; s++)
    {
      const ShChartSeries *series = &self->chart->series[s];

      if (series->n == 0)
        continue;
      set_style (self, series);
      if (series->style == SH_CHART_DOTS)
        draw_dot (self, x + 12, y - TEXT_SIZE / 3);
      else
        draw_line (self, x, y - TEXT_SIZE / 3, x + 24, y - TEXT_SIZE / 3);
      set_grey (self, 0.25);
      show_text (self, x + 31, y, ALIGN_LEFT, series->label);
      x += 31 + get_width (self, series->label) + 28;
    }
}

static void
draw (cairo_t *cairo, const ShChart *chart)
{
  Drawing self = { .cairo = cairo, .chart = chart };

  cairo_set_source_rgb (cairo, 1, 1, 1);
  cairo_paint (cairo);
  cairo_select_font_face (cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                          CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_line_join (cairo, CAIRO_LINE_JOIN_ROUND);
  find_ranges (&self);
  draw_axes (&self);
  draw_marks (&self);
  for (guint s = 0; s < chart->n_series; s++)
    draw_series (&self, &chart->series[s]);
  draw_legend (&self);
}

/* Files. */

static cairo_status_t
append (void *data, const unsigned char *bytes, unsigned int size)
{
  g_byte_array_append (data, bytes, size);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
sh_chart_draw (const ShChart *chart, gboolean svg, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface =
      svg ? cairo_svg_surface_create_for_stream (append, bytes, WIDTH, HEIGHT)
          : cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                        (int) (WIDTH * SCALE),
                                        (int) (HEIGHT * SCALE));
  cairo_t *cairo = cairo_create (surface);
  cairo_status_t status;

  if (!svg)
    cairo_scale (cairo, SCALE, SCALE);
  draw (cairo, chart);
  status = cairo_status (cairo);
  cairo_destroy (cairo);
  if (status == CAIRO_STATUS_SUCCESS && !svg)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot draw: %s",
               cairo_status_to_string (status));
  return NULL;
}
