/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The daemon as a client on the bus sees it: whether it runs, its objects, and its
 * methods. Needs no display. Main thread only; nothing here waits: what takes time
 * ends in a callback, and within SH_HOST_DEADLINE.
 *
 * Signals:
 *   "state-changed" ()
 *   "manager-changed" ()       properties of the daemon itself
 *   "item-removed" (ShItem)    it is gone from the bus; or is not listed any more
 */

#pragma once

#include "sh-item.h"

G_BEGIN_DECLS

#define SH_HOST_NAME "org.simhost.Host1"
#define SH_HOST_ROOT "/org/simhost/Host1"
#define SH_HOST_MANAGER "org.simhost.Host1.Manager"
/* Milliseconds that the daemon may take for an answer. */
#define SH_HOST_DEADLINE 30000

typedef enum
{
  SH_HOST_ABSENT, /* nobody has the name */
  SH_HOST_LOADING, /* it was asked to start, or for its objects */
  SH_HOST_PRESENT,
} ShHostState;

#define SH_TYPE_HOST_MODEL (sh_host_model_get_type ())
G_DECLARE_FINAL_TYPE (ShHostModel, sh_host_model, SH, HOST_MODEL, GObject)

ShHostModel *sh_host_model_new (GDBusConnection *connection);

GDBusConnection *sh_host_model_get_connection (ShHostModel *model);

ShHostState sh_host_model_get_state (ShHostModel *model);
/* Why it is absent though it was asked to start, or ""; the daemon's or the bus's
 * own words. */
const char *sh_host_model_get_problem (ShHostModel *model);
/* Has the bus start the daemon; the state tells what comes of it. */
void sh_host_model_start (ShHostModel *model);

/* What people look at, a list of ShItem, ordered: simulators, plugins that failed,
 * sessions, brains, and runs whose brain is not there. */
GListModel *sh_host_model_get_items (ShHostModel *model);
/* Any object of the daemon; NULL if there is none at the path. */
ShItem *sh_host_model_get_item (ShHostModel *model, const char *path);
/* What is listed for the object at a path: itself, or of a run the brain; or NULL. */
ShItem *sh_host_model_get_listed (ShHostModel *model, const char *path);
/* The training of a brain that goes on, else the one that began last; or NULL. */
ShItem *sh_host_model_get_run (ShHostModel *model, ShItem *brain);

/* Of the daemon itself; empty while it is not there. Free with g_strfreev. */
char **sh_host_model_dup_folders (ShHostModel *model);
char **sh_host_model_dup_warnings (ShHostModel *model);
/* Of the daemon's own engine: "off", "starting", "running" or "failed"; "" if it is
 * not known. Free with g_free. */
char *sh_host_model_dup_engine_state (ShHostModel *model);
/* The same for people, with where it listens or why it failed; "" if there is
 * nothing to say. Free with g_free. */
char *sh_host_model_dup_engine_text (ShHostModel *model);

/* Calls a method. `parameters` may float; reply: NULL for "()". An error's message
 * is what the daemon said, and nothing else. */
void sh_host_model_call (ShHostModel *model,
                         const char *path,
                         const char *interface,
                         const char *method,
                         GVariant *parameters,
                         const char *reply,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data);
GVariant *sh_host_model_call_finish (ShHostModel *model,
                                     GAsyncResult *result,
                                     GError **error);

G_END_DECLS
