/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * A group of rows with the facts of an item, which follow its changes. Rows with
 * nothing to show are hidden.
 */

#pragma once

#include <adwaita.h>

#include "sh-item.h"

G_BEGIN_DECLS

#define SH_TYPE_FACT_LIST (sh_fact_list_get_type ())
G_DECLARE_FINAL_TYPE (ShFactList, sh_fact_list, SH, FACT_LIST, AdwBin)

GtkWidget *sh_fact_list_new (const char *title, ShItem *item);

/* A row "label  value" for a list of the style boxed-list; value may be set later
 * by sh_fact_row_set. */
GtkWidget *sh_fact_row_new (const char *label, const char *value);
void sh_fact_row_set (GtkWidget *row, const char *value);

G_END_DECLS
