/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window's actions on the item that is shown: start, stop, restart, train,
 * delete, and looking for plugins again.
 */

#pragma once

#include "sh-window.h"

G_BEGIN_DECLS

void sh_verbs_install (GtkWidgetClass *window_class);
/* Enables those that the item's state allows. */
void sh_verbs_update (ShWindow *window);

/* Accelerators of all actions. */
void sh_verbs_set_accels (GtkApplication *application);

G_END_DECLS
