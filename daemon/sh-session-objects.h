/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The sessions of the daemon, as objects on the bus: what is kept running, how
 * it goes, and the methods that start and stop it.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-notify.h"
#include "sh-plugin-objects.h"
#include "sh-unit-settings.h"

G_BEGIN_DECLS

/* Each has a process. */
#define SH_SESSIONS_MAX 1024u

typedef struct ShSessionObjects ShSessionObjects;

/* `plugins` and `notify` must outlive it. */
ShSessionObjects *sh_session_objects_new (GDBusObjectManagerServer *server,
                                          GDBusConnection *connection,
                                          ShPluginObjects *plugins,
                                          ShNotify *notify);

/* The plugins may be others than before. */
void sh_session_objects_update_plugins (ShSessionObjects *objects);

/* Makes the sessions that come from simhost.conf those of `settings`, of
 * ShUnitSettings, checked: they come, change and go. Those that are new are
 * started if they say autostart. One that a client has started, and that has
 * the same name, is from simhost.conf from then on. What is too many is left
 * out with a warning. */
void sh_session_objects_configure (ShSessionObjects *objects,
                                   const GPtrArray *settings);

/* The engine for sessions that name none; NULL: there is none. */
void sh_session_objects_set_engine (ShSessionObjects *objects,
                                    const char *url,
                                    const char *access_key);

/* What StartSession does: makes a session and starts it. Without a name it gets
 * its simulator's, made unique. Returns its path, owned by the session. Errors:
 * SH_ERROR_USAGE; SH_ERROR_BUSY when there is one of that name; SH_ERROR_LIMIT;
 * SH_ERROR_NOT_FOUND and SH_ERROR_PLUGIN when there is no such simulator. */
const char *sh_session_objects_start (ShSessionObjects *objects,
                                      const char *simulator,
                                      GVariant *options,
                                      GError **error);

/* Stops all; `stopped` is called once, from the main loop, when no worker is
 * left, or after a deadline. */
void sh_session_objects_stop (ShSessionObjects *objects,
                              void (*stopped) (gpointer data),
                              gpointer data);

/* Kills what still runs, and takes the objects off the bus. */
void sh_session_objects_free (ShSessionObjects *objects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSessionObjects, sh_session_objects_free)

G_END_DECLS
