/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A learning curve in a few characters: the means of numbers that came one
 * after the other, each as high as its place between the least and the greatest.
 * However many come, it holds no more than ShCurve does.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_CURVE_MAX_POINTS 128u

typedef struct
{
  double points[SH_CURVE_MAX_POINTS]; /* each the mean of `stride` numbers */
  guint n_points;
  guint64 stride; /* 0 at first, which is 1 */
  double sum; /* of the numbers after the last point */
  guint64 n;
} ShCurve;

/* A number that is not finite is left out. */
void sh_curve_add (ShCurve *curve, double value);

/* At most `width` characters, appended: block characters, or ASCII. As many as
 * there are points; none at all for fewer than two. */
void sh_curve_draw (const ShCurve *curve,
                    guint width,
                    gboolean blocks,
                    GString *text);

G_END_DECLS
