/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Clients of the bus that asked for signals which are sent to nobody else. Who
 * leaves the bus is forgotten.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Clients at a time, and objects that one of them may have asked about. */
#define SH_SUBSCRIBERS_MAX_CLIENTS 64u
#define SH_SUBSCRIBERS_MAX_OBJECTS 1024u

typedef struct ShSubscribers ShSubscribers;

ShSubscribers *sh_subscribers_new (GDBusConnection *connection);

/* `client`: the sender of the call, a unique name. To ask twice changes
 * nothing. Errors: SH_ERROR_LIMIT. */
gboolean sh_subscribers_add (ShSubscribers *subscribers,
                             const char *client,
                             const char *path,
                             GError **error);

/* One that had not asked changes nothing. */
void sh_subscribers_remove (ShSubscribers *subscribers,
                            const char *client,
                            const char *path);

/* The object goes away. */
void sh_subscribers_remove_object (ShSubscribers *subscribers,
                                   const char *path);

gboolean sh_subscribers_are_there (ShSubscribers *subscribers,
                                   const char *path);

/* Sends a signal of `path` to those who asked about it. `parameters`, a tuple,
 * is sunk. */
void sh_subscribers_emit (ShSubscribers *subscribers,
                          const char *path,
                          const char *interface,
                          const char *name,
                          GVariant *parameters);

void sh_subscribers_free (ShSubscribers *subscribers);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSubscribers, sh_subscribers_free)

G_END_DECLS
