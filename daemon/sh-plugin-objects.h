/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The plugins of the plugin path, and their simulators, as objects on the bus.
 * A file keeps its object while it is there, and a simulator keeps its object
 * while its file holds one of that name, whatever is put in place of the file.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-catalog.h"

G_BEGIN_DECLS

typedef struct ShPluginObjects ShPluginObjects;

ShPluginObjects *sh_plugin_objects_new (GDBusObjectManagerServer *server);

/* Makes the objects show `plugins`, of ShPluginInfo in the order of the plugin
 * path, and nothing else. What is as it was costs nothing on the bus. The array
 * is kept; it must not change. */
void sh_plugin_objects_update (ShPluginObjects *objects, GPtrArray *plugins);

/* The object of the simulator that is used under this name, or NULL; owned by
 * the objects. */
const char *sh_plugin_objects_find_simulator (ShPluginObjects *objects,
                                              const char *name);

/* As sh_catalog_find_among, among the plugins that are shown. */
ShPluginInfo *sh_plugin_objects_find_plugin (ShPluginObjects *objects,
                                             const char *name,
                                             const ShSimulatorInfo **simulator,
                                             GError **error);

/* Takes them off the bus. */
void sh_plugin_objects_free (ShPluginObjects *objects);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPluginObjects, sh_plugin_objects_free)

G_END_DECLS
