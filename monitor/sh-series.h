/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a plot shows: a line, dots beside it, and marks on the horizontal axis.
 * Numbers that are not finite are left out, and there are never more than
 * SH_SERIES_MAX of each: a line that grows longer is thinned.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_SERIES_MAX 2000u

typedef struct
{
  double x, y;
} ShPoint;

typedef struct
{
  double x;
  char *name;
} ShMark;

typedef struct
{
  GArray *line; /* of ShPoint, x ascending */
  GArray *dots; /* of ShPoint */
  GArray *marks; /* of ShMark */
} ShSeries;

typedef struct
{
  double x_low, x_high, y_low, y_high;
} ShRange;

ShSeries *sh_series_new (void);
ShSeries *sh_series_copy (const ShSeries *series);
void sh_series_free (ShSeries *series);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSeries, sh_series_free)

/* A point whose x is the last one's takes its place; one before it begins the line
 * anew, since a count that went back is another count. */
void sh_series_add_line (ShSeries *series, double x, double y);
/* The oldest dot goes when there are too many. */
void sh_series_add_dot (ShSeries *series, double x, double y);
void sh_series_add_mark (ShSeries *series, double x, const char *name);

gboolean sh_series_is_empty (const ShSeries *series);
/* The last point of the line, else the last dot; FALSE if there is neither. */
gboolean sh_series_get_last (const ShSeries *series, ShPoint *last);
/* What holds all points; never empty, and with some room above and below.
 * FALSE if the series is empty. */
gboolean sh_series_get_range (const ShSeries *series, ShRange *range);

/* Answers of GetCurve, (a(tdd)a(td)a(ts)): how the mean return went, with tests
 * and lessons; or the success rate in percent, with lessons, if `success`. Other
 * types give an empty series. */
#define SH_SERIES_CURVE_TYPE "(a(tdd)a(td)a(ts))"
ShSeries *sh_series_new_from_curve (GVariant *curve, gboolean success);

G_END_DECLS
