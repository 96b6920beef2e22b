/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells the user at the desktop what is worth a look, by
 * org.freedesktop.Notifications:
 * https://specifications.freedesktop.org/notification-spec/1.2/
 *
 * Nothing waits for an answer; where nobody shows notifications, nothing is
 * started for it. What comes within SH_NOTIFY_DELAY becomes one notification,
 * so that hundreds of sessions that fail together do not fill a screen.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Milliseconds. */
#define SH_NOTIFY_DELAY 1000u
/* Of those that become one, so many are told; of the others the number. */
#define SH_NOTIFY_MAX_TOLD 5u

typedef struct ShNotify ShNotify;

ShNotify *sh_notify_new (GDBusConnection *connection);

/* Off: what is added is dropped. On at first. */
void sh_notify_set_enabled (ShNotify *notify, gboolean enabled);

/* `title`: what happened, a short line; `body`: more of it, plain text; "". */
void sh_notify_add (ShNotify *notify, const char *title, const char *body);

/* What has not been told yet is not told any more. */
void sh_notify_free (ShNotify *notify);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShNotify, sh_notify_free)

G_END_DECLS
