/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Websockets on which programs look at one simulator of a training: what is
 * said of it, a line of text each, or what it does:
 *
 *   {"action": {f: {"value"}}, "reward", "state": {f: {"value"}}}
 *
 * A simulator is known by its number: the lowest that was free when it
 * connected, from 1. One that is not there yet is waited for; its place may be
 * taken by another. The last step is told with each tick in which it is new,
 * so that a fast simulator is told of a few times a second. A watcher that does
 * not read is dropped. Of what a watcher sends nothing is looked at. When the
 * training of that version is over, all are closed with 1001.
 *
 * One thread: that of the registry.
 */

#pragma once

#include <gio/gio.h>

#include "sh-registry.h"

G_BEGIN_DECLS

#define SH_SIM_WATCH_MAX_WATCHERS 64u
/* Bytes that a watcher may leave unread. */
#define SH_SIM_WATCH_MAX_PENDING (256u * 1024u)

typedef enum
{
  SH_SIM_WATCH_LOGS,
  SH_SIM_WATCH_STATE
} ShSimWatchKind;

typedef struct ShSimWatch ShSimWatch;

/* `registry` must outlive it. */
ShSimWatch *sh_sim_watch_new (ShRegistry *registry);
/* Drops all connections. */
void sh_sim_watch_free (ShSimWatch *watch);

gboolean sh_sim_watch_has_room (const ShSimWatch *watch);

/* Whether there is a training of `version` (0: whichever goes on). Errors:
 * SH_ERROR_NOT_FOUND. */
gboolean sh_sim_watch_check (ShSimWatch *watch,
                             const char *brain,
                             guint version,
                             GError **error);

void sh_sim_watch_connect (ShSimWatch *watch,
                           ShSimWatchKind kind,
                           const char *brain,
                           guint version,
                           guint number,
                           GIOStream *stream,
                           GSocket *socket);

void sh_sim_watch_tick (ShSimWatch *watch, gint64 now);

/* Ends all with 1001. */
void sh_sim_watch_finish (ShSimWatch *watch);
guint sh_sim_watch_get_n_watchers (const ShSimWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSimWatch, sh_sim_watch_free)

G_END_DECLS
