/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A plot with its title, what dots and marks mean, and a line in its place while
 * there is nothing to draw.
 */

#pragma once

#include <adwaita.h>

#include "sh-series.h"

G_BEGIN_DECLS

#define SH_TYPE_PLOT_CARD (sh_plot_card_get_type ())
G_DECLARE_FINAL_TYPE (ShPlotCard, sh_plot_card, SH, PLOT_CARD, AdwBin)

/* caption: how to read it; empty: what is shown while the series is empty. */
GtkWidget *sh_plot_card_new (const char *title,
                             const char *x_name,
                             const char *caption,
                             const char *empty);

void sh_plot_card_set_series (ShPlotCard *card, const ShSeries *series);

G_END_DECLS
