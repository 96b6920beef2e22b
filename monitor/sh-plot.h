/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A widget that draws a series: axes with ticks, the line, its dots and marks, in
 * the colours of the style. It describes itself to screen readers by its last
 * value, and tells the value below the pointer in a tooltip.
 */

#pragma once

#include <gtk/gtk.h>

#include "sh-series.h"

G_BEGIN_DECLS

#define SH_TYPE_PLOT (sh_plot_get_type ())
G_DECLARE_FINAL_TYPE (ShPlot, sh_plot, SH, PLOT, GtkWidget)

/* title: "Mean return"; x_name: what is counted along it, "iteration". */
GtkWidget *sh_plot_new (const char *title, const char *x_name);

/* Shows a copy. */
void sh_plot_set_series (ShPlot *plot, const ShSeries *series);

G_END_DECLS
