/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-plot.h"

#include <math.h>

#include "sh-tick.h"

#define HEIGHT 200
#define WIDTH 240
/* Pixels between what is drawn, and for one tick of each axis. */
#define GAP 6.0f
#define X_TICK 64.0f
#define Y_TICK 40.0f
#define DOT_RADIUS 3.0
/* More dots are pale, so that where they are dense can be seen. */
#define DOTS_MANY 100u

/* Where the data is on the widget, and which part of it. */
typedef struct
{
  graphene_rect_t area;
  ShRange range;
} Frame;

struct _ShPlot
{
  GtkWidget parent;
  char *title;
  char *x_name;
  ShSeries *series;
  Frame frame; /* as it was last drawn */
};

G_DEFINE_FINAL_TYPE (ShPlot, sh_plot, GTK_TYPE_WIDGET)

static double
get_x (const Frame *frame, double x)
{
  const ShRange *range = &frame->range;

  return frame->area.origin.x + frame->area.size.width * (x - range->x_low) /
                                    (range->x_high - range->x_low);
}

static double
get_y (const Frame *frame, double y)
{
  const ShRange *range = &frame->range;

  return frame->area.origin.y +
         frame->area.size.height *
             (1 - (y - range->y_low) / (range->y_high - range->y_low));
}

/* ---- what is written ---- */

static PangoLayout *
make_layout (ShPlot *plot, const char *text)
{
  PangoLayout *layout =
      gtk_widget_create_pango_layout (GTK_WIDGET (plot), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

/* x_align: 0: begins at x; 0.5: its middle is there; 1: ends there. */
static void
write_text (GtkSnapshot *snapshot,
            PangoLayout *layout,
            const GdkRGBA *color,
            float x,
            float y,
            float x_align)
{
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot,
      &GRAPHENE_POINT_INIT (roundf (x - x_align * (float) width), roundf (y)));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

/* ---- the axes ---- */

typedef struct
{
  double ticks[SH_TICKS_MAX];
  PangoLayout *layouts[SH_TICKS_MAX];
  guint n;
  int width, height; /* of the largest */
} Axis;

/* whole: of counts, which have nothing between */
static void
axis_init (Axis *axis,
           ShPlot *plot,
           double low,
           double high,
           double most,
           gboolean whole)
{
  double step, largest = 0;
  guint n, i;

  n = sh_ticks (low, high, (guint) CLAMP (most, 2, 12), axis->ticks, &step);
  axis->n = 0;
  for (i = 0; i < n; i++)
    if (!whole || fabs (axis->ticks[i] - rint (axis->ticks[i])) < step / 2)
      axis->ticks[axis->n++] = axis->ticks[i];
  if (whole)
    step = MAX (step, 1);
  for (i = 0; i < axis->n; i++)
    largest = MAX (largest, fabs (axis->ticks[i]));
  axis->width = axis->height = 0;
  for (i = 0; i < axis->n; i++)
    {
      g_autofree char *text = sh_tick_text (axis->ticks[i], step, largest);
      int width, height;

      axis->layouts[i] = make_layout (plot, text);
      pango_layout_get_pixel_size (axis->layouts[i], &width, &height);
      axis->width = MAX (axis->width, width);
      axis->height = MAX (axis->height, height);
    }
}

static void
axis_clear (Axis *axis)
{
  guint i;

  for (i = 0; i < axis->n; i++)
    g_object_unref (axis->layouts[i]);
}

/* The largest label decides what remains for the data; names of marks stand above
 * it. */
static void
place (ShPlot *plot,
       Frame *frame,
       const Axis *y_axis,
       float width,
       float height)
{
  float line = (float) y_axis->height;
  float left = (float) y_axis->width + GAP;
  float above = GAP + (plot->series->marks->len > 0 ? line : 0);

  frame->area =
      GRAPHENE_RECT_INIT (left, above, MAX (width - left - 2 * GAP, 1),
                          MAX (height - line - GAP - above, 1));
}

static void
draw_axes (GtkSnapshot *snapshot,
           const Frame *frame,
           const Axis *x_axis,
           const Axis *y_axis,
           const GdkRGBA *text)
{
  GdkRGBA grid = *text, label = *text;
  const graphene_rect_t *area = &frame->area;
  float bottom = area->origin.y + area->size.height;
  guint i;

  grid.alpha *= 0.15f;
  label.alpha *= 0.7f;
  for (i = 0; i < y_axis->n; i++)
    {
      float y = roundf ((float) get_y (frame, y_axis->ticks[i]));

      gtk_snapshot_append_color (
          snapshot, &grid,
          &GRAPHENE_RECT_INIT (area->origin.x, y, area->size.width, 1));
      write_text (snapshot, y_axis->layouts[i], &label, area->origin.x - GAP,
                  y - (float) y_axis->height / 2, 1);
    }
  gtk_snapshot_append_color (
      snapshot, &label,
      &GRAPHENE_RECT_INIT (area->origin.x, bottom, area->size.width, 1));
  for (i = 0; i < x_axis->n; i++)
    {
      float x = roundf ((float) get_x (frame, x_axis->ticks[i]));
      float end = area->origin.x + area->size.width + 2 * GAP;
      int width;

      gtk_snapshot_append_color (snapshot, &label,
                                 &GRAPHENE_RECT_INIT (x, bottom, 1, 4));
      pango_layout_get_pixel_size (x_axis->layouts[i], &width, NULL);
      /* The last one must not stand out of the widget. */
      x = MIN (x, end - (float) width / 2);
      write_text (snapshot, x_axis->layouts[i], &label, x, bottom + GAP, 0.5f);
    }
}

/* ---- the data ---- */

static void
draw_marks (ShPlot *plot,
            GtkSnapshot *snapshot,
            const Frame *frame,
            const GdkRGBA *text)
{
  const GArray *marks = plot->series->marks;
  const graphene_rect_t *area = &frame->area;
  GdkRGBA line = *text, label = *text;
  float free_from = 0; /* over the labels of the other axis, too */
  guint i;

  line.alpha *= 0.4f;
  label.alpha *= 0.7f;
  for (i = 0; i < marks->len; i++)
    {
      const ShMark *mark = &g_array_index (marks, ShMark, i);
      g_autoptr (PangoLayout) layout = NULL;
      float x = roundf ((float) get_x (frame, mark->x));
      int width;

      if (mark->x < frame->range.x_low || mark->x > frame->range.x_high)
        continue;
      gtk_snapshot_append_color (
          snapshot, &line,
          &GRAPHENE_RECT_INIT (x, 0, 1, area->origin.y + area->size.height));
      layout = make_layout (plot, mark->name);
      pango_layout_get_pixel_size (layout, &width, NULL);
      /* It names what ends there; where there is no room it is left out. */
      if (x - GAP - (float) width < free_from)
        continue;
      write_text (snapshot, layout, &label, x - GAP, 0, 1);
      free_from = x;
    }
}

static void
draw_line (cairo_t *cr, const Frame *frame, const GArray *line)
{
  guint i;

  for (i = 0; i < line->len; i++)
    {
      const ShPoint *point = &g_array_index (line, ShPoint, i);

      cairo_line_to (cr, get_x (frame, point->x), get_y (frame, point->y));
    }
  /* One point alone is a dot, by the round caps. */
  if (line->len == 1)
    cairo_close_path (cr);
  cairo_set_line_width (cr, line->len == 1 ? 2 * DOT_RADIUS : 2);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_stroke (cr);
}

static void
draw_dots (cairo_t *cr, const Frame *frame, const GArray *dots)
{
  guint i;

  for (i = 0; i < dots->len; i++)
    {
      const ShPoint *point = &g_array_index (dots, ShPoint, i);

      cairo_new_sub_path (cr);
      cairo_arc (cr, get_x (frame, point->x), get_y (frame, point->y),
                 DOT_RADIUS, 0, 2 * G_PI);
    }
  cairo_fill (cr);
}

static void
draw_data (ShPlot *plot, GtkSnapshot *snapshot, const Frame *frame)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (plot));
  GdkRGBA line, dots;
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT (
                    0, 0, (float) gtk_widget_get_width (GTK_WIDGET (plot)),
                    (float) gtk_widget_get_height (GTK_WIDGET (plot))));

  if (!gtk_style_context_lookup_color (style, "sh_line_color", &line))
    gtk_style_context_get_color (style, &line);
  if (!gtk_style_context_lookup_color (style, "sh_dot_color", &dots))
    dots = line;
  if (plot->series->dots->len > DOTS_MANY)
    dots.alpha *= 0.5f;
  gdk_cairo_set_source_rgba (cr, &dots);
  draw_dots (cr, frame, plot->series->dots);
  gdk_cairo_set_source_rgba (cr, &line);
  draw_line (cr, frame, plot->series->line);
  cairo_destroy (cr);
}

static void
sh_plot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  ShPlot *plot = SH_PLOT (widget);
  float width = (float) gtk_widget_get_width (widget);
  float height = (float) gtk_widget_get_height (widget);
  Axis x_axis, y_axis;
  GdkRGBA text;
  Frame frame;

  if (!sh_series_get_range (plot->series, &frame.range))
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &text);
  axis_init (&y_axis, plot, frame.range.y_low, frame.range.y_high,
             height / Y_TICK, FALSE);
  place (plot, &frame, &y_axis, width, height);
  axis_init (&x_axis, plot, frame.range.x_low, frame.range.x_high,
             frame.area.size.width / X_TICK, TRUE);
  draw_axes (snapshot, &frame, &x_axis, &y_axis, &text);
  draw_marks (plot, snapshot, &frame, &text);
  draw_data (plot, snapshot, &frame);
  axis_clear (&x_axis);
  axis_clear (&y_axis);
  plot->frame = frame;
}

/* ---- the widget ---- */

static void
sh_plot_measure (GtkWidget *widget,
                 GtkOrientation orientation,
                 int for_size,
                 int *minimum,
                 int *natural,
                 int *minimum_baseline,
                 int *natural_baseline)
{
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH : HEIGHT;
}

static const ShPoint *
find_nearest (const GArray *line, double x)
{
  const ShPoint *nearest = NULL;
  guint i;

  for (i = 0; i < line->len; i++)
    {
      const ShPoint *point = &g_array_index (line, ShPoint, i);

      if (nearest == NULL || fabs (point->x - x) < fabs (nearest->x - x))
        nearest = point;
    }
  return nearest;
}

static gboolean
on_tooltip (GtkWidget *widget,
            int x,
            int y,
            gboolean by_keyboard,
            GtkTooltip *tooltip,
            gpointer unused)
{
  ShPlot *plot = SH_PLOT (widget);
  const Frame *frame = &plot->frame;
  g_autofree char *text = NULL;
  g_autofree char *count = NULL;
  g_autofree char *value = NULL;
  const ShPoint *point;
  double share;

  if (by_keyboard || !(frame->area.size.width > 0))
    return FALSE;
  share = ((double) x - frame->area.origin.x) / frame->area.size.width;
  point = find_nearest (plot->series->line,
                        frame->range.x_low +
                            (frame->range.x_high - frame->range.x_low) * share);
  if (point == NULL)
    return FALSE;
  count = sh_count_text (point->x);
  value = sh_number_text (point->y);
  text = g_strdup_printf ("%s at %s %s", value, plot->x_name, count);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
describe (ShPlot *plot)
{
  g_autofree char *text = NULL;
  g_autofree char *count = NULL;
  g_autofree char *value = NULL;
  ShPoint last;

  if (sh_series_get_last (plot->series, &last))
    {
      count = sh_count_text (last.x);
      value = sh_number_text (last.y);
      text = g_strdup_printf ("Last value %s at %s %s", value, plot->x_name,
                              count);
    }
  gtk_accessible_update_property (GTK_ACCESSIBLE (plot),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  text == NULL ? "No values yet" : text, -1);
}

static void
sh_plot_finalize (GObject *object)
{
  ShPlot *plot = SH_PLOT (object);

  sh_series_free (plot->series);
  g_free (plot->title);
  g_free (plot->x_name);
  G_OBJECT_CLASS (sh_plot_parent_class)->finalize (object);
}

static void
sh_plot_class_init (ShPlotClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = sh_plot_finalize;
  widget_class->snapshot = sh_plot_snapshot;
  widget_class->measure = sh_plot_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "plot");
}

static void
sh_plot_init (ShPlot *plot)
{
  plot->series = sh_series_new ();
  gtk_widget_set_has_tooltip (GTK_WIDGET (plot), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (plot), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (plot), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (plot, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
}

GtkWidget *
sh_plot_new (const char *title, const char *x_name)
{
  ShPlot *plot = g_object_new (SH_TYPE_PLOT, NULL);

  plot->title = g_strdup (title);
  plot->x_name = g_strdup (x_name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (plot),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  describe (plot);
  return GTK_WIDGET (plot);
}

void
sh_plot_set_series (ShPlot *plot, const ShSeries *series)
{
  g_return_if_fail (SH_IS_PLOT (plot) && series != NULL);

  sh_series_free (plot->series);
  plot->series = sh_series_copy (series);
  describe (plot);
  gtk_widget_queue_draw (GTK_WIDGET (plot));
}
