/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How a brain learnt, as GetCurve answers it.
 */

#pragma once

#include "sh-store.h"

G_BEGIN_DECLS

/* Points of a curve. */
#define SH_BRAIN_CURVE_MAX 1000u

/*
 * The curve, tests and lessons of version `number` (0: the highest) from the
 * history: (a(tdd)a(td)a(ts)), floating; all empty when the history knows
 * nothing of it. A point's mean return is that of the lesson's last 100 episodes,
 * or of as many as there are; of more than SH_BRAIN_CURVE_MAX points some are left out,
 * never the last. Blocks on files. Errors: SH_ERROR_NOT_FOUND, and those of
 * sh-database.h.
 */
GVariant *sh_brain_curve_read (ShStore *store,
                               const char *name,
                               guint number,
                               GError **error);

G_END_DECLS
