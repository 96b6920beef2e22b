/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When there is no room for another point, each two become one.
 */

#include "curve.h"

#include <math.h>

void
sh_curve_add (ShCurve *curve, double value)
{
  if (!isfinite (value))
    return;
  if (curve->n_points == SH_CURVE_MAX_POINTS)
    {
      for (guint i = 0; i < SH_CURVE_MAX_POINTS / 2; i++)
        curve->points[i] =
            curve->points[2 * i] / 2 + curve->points[2 * i + 1] / 2;
      curve->n_points /= 2;
      curve->stride *= 2;
    }
  curve->stride = MAX (curve->stride, 1);
  curve->sum += value;
  if (++curve->n < curve->stride)
    return;
  curve->points[curve->n_points++] = curve->sum / (double) curve->n;
  curve->sum = 0;
  curve->n = 0;
}

/* The mean of the points that fall to character `i` of `width`. */
static double
get_mean (const ShCurve *curve, guint i, guint width)
{
  guint from = i * curve->n_points / width;
  guint to = (i + 1) * curve->n_points / width;
  double sum = 0;

  for (guint j = from; j < to; j++)
    sum += curve->points[j] / (to - from);
  return sum;
}

void
sh_curve_draw (const ShCurve *curve,
               guint width,
               gboolean blocks,
               GString *text)
{
  static const char *const heights[][8] = {
    { "_", ".", "-", "=", "+", "*", "%", "#" },
    { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" },
  };
  double least = INFINITY, greatest = -INFINITY;

  width = MIN (width, curve->n_points);
  if (width < 2)
    return;
  for (guint i = 0; i < width; i++)
    {
      double mean = get_mean (curve, i, width);

      least = fmin (least, mean);
      greatest = fmax (greatest, mean);
    }
  for (guint i = 0; i < width; i++)
    {
      double span = greatest / 8 - least / 8;
      double place =
          span > 0 ? (get_mean (curve, i, width) / 8 - least / 8) / span : 0;

      g_string_append (text, heights[blocks != 0][(guint) (place * 7 + 0.5)]);
    }
}
