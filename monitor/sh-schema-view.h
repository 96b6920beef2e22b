/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fields of a simulator's config, action and state: names, types, ranges,
 * units and what their author says of them.
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* schemas: the property Schemas of a simulator. What cannot be read is left out. */
GtkWidget *sh_schema_view_new (const char *schemas);

G_END_DECLS
