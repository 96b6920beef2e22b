/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks for what a session needs; what is left empty the daemon decides. What it
 * refuses is said in the dialog, which stays.
 */

#pragma once

#include "sh-dialog.h"

G_BEGIN_DECLS

#define SH_TYPE_SESSION_DIALOG (sh_session_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ShSessionDialog,
                      sh_session_dialog,
                      SH,
                      SESSION_DIALOG,
                      ShDialog)

GtkWidget *sh_session_dialog_new (ShWindow *window, ShItem *simulator);

G_END_DECLS
