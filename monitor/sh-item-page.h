/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * All about one item: what went wrong, what can be done, plots, facts and log.
 * Buttons activate the window's actions, which act on the item that is shown.
 */

#pragma once

#include <adwaita.h>

#include "sh-fact.h"
#include "sh-host-model.h"

G_BEGIN_DECLS

#define SH_TYPE_ITEM_PAGE (sh_item_page_get_type ())
G_DECLARE_FINAL_TYPE (ShItemPage, sh_item_page, SH, ITEM_PAGE, AdwBin)

GtkWidget *sh_item_page_new (ShHostModel *model, ShItem *item);

/* The window's action of a verb: "win.start". Static. */
const char *sh_item_page_get_action (ShVerb verb);

G_END_DECLS
