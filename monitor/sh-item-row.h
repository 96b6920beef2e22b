/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * An item in the sidebar: its name, a line about it, and a sign of its state.
 */

#pragma once

#include <gtk/gtk.h>

#include "sh-item.h"

G_BEGIN_DECLS

#define SH_TYPE_ITEM_ROW (sh_item_row_get_type ())
G_DECLARE_FINAL_TYPE (ShItemRow, sh_item_row, SH, ITEM_ROW, GtkListBoxRow)

GtkWidget *sh_item_row_new (ShItem *item);

ShItem *sh_item_row_get_item (ShItemRow *row);

/* A header function of a list: above the first row of each kind its name. */
void sh_item_row_update_header (GtkListBoxRow *row,
                                GtkListBoxRow *before,
                                gpointer unused);

G_END_DECLS
