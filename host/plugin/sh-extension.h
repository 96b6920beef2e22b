/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The extensions of simulators that the host knows, read from plugins as
 * carefully as their other tables.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>
#include <simhost/render.h>
#include <simhost/snapshot.h>

#include "sh-call-slot.h"

G_BEGIN_DECLS

/* Bits of a set of extensions, in the order of the names. */
#define SH_EXTENSION_RENDER (1u << 0)
#define SH_EXTENSION_SNAPSHOT (1u << 1)

/* "simhost.render/1", ...; NULL-terminated. */
extern const char *const sh_extension_names[];

/* Which ones the simulator says that it has; their tables are not looked at.
 * `slot`, here and below, may be NULL. */
guint32 sh_extension_list (const SimhostSimulator *simulator, ShCallSlot *slot);

/*
 * Copies the table of an extension. Errors: SH_ERROR_NOT_FOUND when the
 * simulator does not have it; SH_ERROR_PLUGIN "simulator 'lift':
 * simhost.render/1: there is no render function".
 */
gboolean sh_extension_get_render (const SimhostSimulator *simulator,
                                  ShCallSlot *slot,
                                  SimhostRender *render,
                                  GError **error);
gboolean sh_extension_get_snapshot (const SimhostSimulator *simulator,
                                    ShCallSlot *slot,
                                    SimhostSnapshot *snapshot,
                                    GError **error);

G_END_DECLS
