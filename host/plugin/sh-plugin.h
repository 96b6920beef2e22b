/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A plugin loaded into this process. Only workers and probes do that: the code
 * that is loaded may crash, hang and scribble.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-call-slot.h"

G_BEGIN_DECLS

typedef struct ShPlugin ShPlugin;

/*
 * Opens the file once, checks on the descriptor that it and its folder belong
 * to root or the user and are not writable by others, loads it from that
 * descriptor with all symbols bound and none made global, checks magic,
 * version, sizes and every table, and calls init. A plugin stays loaded until
 * the process ends. Errors: SH_ERROR_PLUGIN, SH_ERROR_NOT_FOUND, with the path
 * and what is wrong. The process's main thread.
 */
ShPlugin *sh_plugin_load (const char *path, GError **error);

/* The same, noting in `slot` which of the plugin's functions is running; the
 * slot, which may be NULL, must outlive the plugin. */
ShPlugin *
sh_plugin_load_watched (const char *path, ShCallSlot *slot, GError **error);

const char *sh_plugin_get_path (const ShPlugin *plugin);
/* Tables, here and below, are the host's copies: structs and rows have the
 * sizes that the host knows, whatever the plugin was built with. */
const SimhostPlugin *sh_plugin_get_table (const ShPlugin *plugin);
guint sh_plugin_get_n_simulators (const ShPlugin *plugin);
const SimhostSimulator *sh_plugin_get_simulator (const ShPlugin *plugin,
                                                 guint index);
/* Errors: SH_ERROR_NOT_FOUND listing the simulators that it has. */
const SimhostSimulator *sh_plugin_find_simulator (const ShPlugin *plugin,
                                                  const char *name,
                                                  GError **error);
/* Calls deinit. */
void sh_plugin_close (ShPlugin *plugin);

G_END_DECLS
