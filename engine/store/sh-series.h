/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The points of one metric of a training, in memory and in the database.
 *
 * There are at most SH_HISTORY_MAX_POINTS: when there are more, each two become one,
 * and from then on a point stands for twice as many values. Its own is their mean or,
 * where that has no meaning, the last of them.
 *
 * One thread: that of the database.
 */

#pragma once

#include "sh-history.h"

G_BEGIN_DECLS

/* An even number. */
#define SH_HISTORY_MAX_POINTS 4096u

typedef struct
{
  GArray *points; /* ShHistoryPoint */
  guint n_written; /* of the points, those that the database has */
  gboolean rewrite; /* the database has others */
  guint stride; /* values in a point */
  guint n_pending; /* values of the point that is being made */
  double sum;
} ShSeries;

void sh_series_init (ShSeries *series);
void sh_series_clear (ShSeries *series);

/* `mean`: a point is the mean of its values, else the last one. */
void
sh_series_add (ShSeries *series, const ShHistoryPoint *point, gboolean mean);

/* Takes what the database has of the training `id`; for a series without points. */
gboolean sh_series_load (ShSeries *series,
                         ShHistory *history,
                         gint64 id,
                         ShMetric metric,
                         GError **error);

/* Writes what the database does not have, in a transaction of the caller's, who says
 * when that is done. */
gboolean sh_series_write (ShSeries *series,
                          ShDatabase *database,
                          gint64 id,
                          ShMetric metric,
                          GError **error);
void sh_series_note_written (ShSeries *series);

/* NULL: there is none. */
const ShHistoryPoint *sh_series_get_last (const ShSeries *series);

G_END_DECLS
