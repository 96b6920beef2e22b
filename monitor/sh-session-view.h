/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What a session does while somebody looks: the returns of its episodes, and its
 * log. It is subscribed to both as long as the widget is there.
 */

#pragma once

#include <adwaita.h>

#include "sh-host-model.h"

G_BEGIN_DECLS

#define SH_TYPE_SESSION_VIEW (sh_session_view_get_type ())
G_DECLARE_FINAL_TYPE (ShSessionView, sh_session_view, SH, SESSION_VIEW, AdwBin)

GtkWidget *sh_session_view_new (ShHostModel *model, ShItem *session);

G_END_DECLS
