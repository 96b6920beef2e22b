/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An instance in mid-episode, kept. Bytes for memory only: they are the
 * plugin's own, and mean nothing to another machine or version.
 */

#pragma once

#include "sh-instance.h"

G_BEGIN_DECLS

typedef struct ShSnapshot ShSnapshot;

/*
 * Saves an instance in state OBSERVED or TERMINAL. Errors: SH_ERROR_NOT_FOUND
 * without the extension, SH_ERROR_PLUGIN when its table makes no sense, those
 * of ShInstance; a simulator that writes beyond its bytes is SH_ERROR_FATAL.
 */
ShSnapshot *sh_snapshot_new (ShInstance *instance, GError **error);

/*
 * Puts an instance in state OBSERVED or TERMINAL where the saved one was;
 * sh_instance_observe is next, and gives what it gave then. The instance then
 * has the snapshot's properties. Errors: those above, and SH_ERROR_CORRUPT when
 * the simulator does not take the bytes: the instance is as before.
 */
gboolean sh_snapshot_restore (const ShSnapshot *snapshot,
                              ShInstance *instance,
                              GError **error);

/* The plugin's bytes. */
GBytes *sh_snapshot_get_bytes (const ShSnapshot *snapshot);

void sh_snapshot_free (ShSnapshot *snapshot);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSnapshot, sh_snapshot_free)

G_END_DECLS
