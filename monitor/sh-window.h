/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window: the list of what there is, the page of what was chosen, and in their
 * place what to do while there is no daemon or no simulator. Its actions do to the
 * item that is shown what the buttons say.
 */

#pragma once

#include <adwaita.h>

#include "sh-host-model.h"

G_BEGIN_DECLS

#define SH_TYPE_WINDOW (sh_window_get_type ())
G_DECLARE_FINAL_TYPE (ShWindow, sh_window, SH, WINDOW, AdwApplicationWindow)

GtkWidget *sh_window_new (GtkApplication *application, ShHostModel *model);

/* Shows the object at a path, now or as soon as it is there. */
void sh_window_show_path (ShWindow *window, const char *path);
/* Words that go away by themselves; no markup. */
void sh_window_say (ShWindow *window, const char *text);

ShHostModel *sh_window_get_model (ShWindow *window);
/* NULL if none is shown. */
ShItem *sh_window_get_item (ShWindow *window);

G_END_DECLS
