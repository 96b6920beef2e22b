/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The window's size, kept from one time to the next in
 * $XDG_STATE_HOME/simhost/monitor.ini. A file that cannot be read or written is
 * the same as none.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void sh_window_state_load (GtkWindow *window);
void sh_window_state_save (GtkWindow *window);

G_END_DECLS
