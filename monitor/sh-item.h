/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * One object that the daemon shows on the bus: a simulator, a plugin, a session,
 * a brain or a run, with the last known values of its properties.
 *
 * Whatever the daemon sends, the getters answer: a property that is missing or
 * has another type is "", NaN or FALSE.
 *
 * Signals: "changed", when properties changed. Main thread only.
 */

#pragma once

#include <gio/gio.h>

#include "sh-series.h"

G_BEGIN_DECLS

#define SH_TYPE_ITEM (sh_item_get_type ())
G_DECLARE_FINAL_TYPE (ShItem, sh_item, SH, ITEM, GObject)

/* In the order in which they are listed. */
typedef enum
{
  SH_ITEM_SIMULATOR,
  SH_ITEM_PLUGIN,
  SH_ITEM_SESSION,
  SH_ITEM_BRAIN,
  SH_ITEM_RUN,
  SH_ITEM_N_KINDS,
} ShItemKind;

/* NULL if the proxy's interface is none of those that are known. */
ShItem *sh_item_new (GDBusProxy *proxy);

ShItemKind sh_item_get_kind (ShItem *item);
const char *sh_item_get_path (ShItem *item);
const char *sh_item_get_interface (ShItem *item);

/* What people call it: its name; of a plugin the file's, of a run the brain's. */
const char *sh_item_get_name (ShItem *item);
/* The kind, as a word: "Simulator". */
const char *sh_item_get_kind_name (ShItem *item);

/* Valid until the property changes. Strings and object paths. */
const char *sh_item_get_text (ShItem *item, const char *property);
/* Of any type of number. */
double sh_item_get_number (ShItem *item, const char *property);
gboolean sh_item_get_flag (ShItem *item, const char *property);
/* Strings or object paths; free with g_strfreev. */
char **sh_item_dup_strings (ShItem *item, const char *property);

/* A session's mean return against its episodes since the monitor knows it; empty
 * for other kinds. */
const ShSeries *sh_item_get_history (ShItem *item);

/* Orders by kind, then by name and path. */
int sh_item_compare (gconstpointer a, gconstpointer b, gpointer unused);

/* For the model: its proxy has new values. */
void sh_item_notify_changed (ShItem *item);

G_END_DECLS
