/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * How a brain or a run learns: the mean return with tests and lessons, and the
 * success rate where there is one. It asks the daemon anew while the training goes
 * on, every two seconds at most.
 */

#pragma once

#include <adwaita.h>

#include "sh-host-model.h"

G_BEGIN_DECLS

#define SH_TYPE_CURVE_VIEW (sh_curve_view_get_type ())
G_DECLARE_FINAL_TYPE (ShCurveView, sh_curve_view, SH, CURVE_VIEW, AdwBin)

/* item: a brain, whose newest version is shown, or a run. */
GtkWidget *sh_curve_view_new (ShHostModel *model, ShItem *item);

G_END_DECLS
