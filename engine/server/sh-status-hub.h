/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Websockets on which programs watch brains: JSON objects, as text.
 *
 *   {"type": "PROPERTY_CHANGED", "property", "value"}
 *   {"type": "CONCEPTS_SET", "concepts": [{name, state, algorithm,
 *                                          is_estimator}]}
 *   {"type": "CONCEPT_CHANGED", "concept": {...}}
 *   {"type": "ADD_DATA_POINT", "metric", "value", "episode", "iteration",
 *    "concept", "lesson"}
 *   {"type": "TRAINING_INITIALIZED", "version"}
 *   {"type": "FILES_UPDATED"}, {"type": "FILE_UPDATED", "filename", "hash"}
 *
 * A brain that is watched is looked at with each tick, and what has changed is
 * told: of many episodes between two looks the mean return, as one point. Of
 * what a watcher sends nothing is looked at.
 *
 * One thread: that of the registry.
 */

#pragma once

#include <gio/gio.h>

#include "sh-registry.h"

G_BEGIN_DECLS

#define SH_STATUS_HUB_MAX_WATCHERS 64u

typedef struct ShStatusHub ShStatusHub;

/* `registry` must outlive it. */
ShStatusHub *sh_status_hub_new (ShRegistry *registry);
/* Drops all connections. */
void sh_status_hub_free (ShStatusHub *hub);

gboolean sh_status_hub_has_room (const ShStatusHub *hub);
void sh_status_hub_connect (ShStatusHub *hub,
                            const char *brain,
                            GIOStream *stream,
                            GSocket *socket);

void sh_status_hub_tick (ShStatusHub *hub, gint64 now);

/* Ends all with 1001. */
void sh_status_hub_finish (ShStatusHub *hub);
guint sh_status_hub_get_n_watchers (const ShStatusHub *hub);

/* What a tick would not see. */
void sh_status_hub_tell_state (ShStatusHub *hub,
                               const char *brain,
                               const char *state);
void sh_status_hub_tell_start (ShStatusHub *hub, const char *brain);
void sh_status_hub_tell_files (ShStatusHub *hub,
                               const char *brain,
                               const GPtrArray *files);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShStatusHub, sh_status_hub_free)

G_END_DECLS
