/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What simulators there are. Each file in the folders of the plugin path is
 * probed by a child process with a deadline. The answer is kept in a cache,
 * $XDG_CACHE_HOME/simhost/plugins.json, by device, inode, size, modification
 * time, ABI and version of simhost; that a plugin crashed or hung is kept for
 * ten minutes. Other failures are looked at again each time: a missing library
 * may have come. A file that fails stays in the catalog with its reason.
 *
 * Loads nothing into this process. Functions block, and need no main loop, but
 * for ShCatalogSearch, which is the other way round; any one thread.
 */

#pragma once

#include <gio/gio.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/* Milliseconds a probe may take. */
#define SH_PROBE_DEADLINE 5000u

/* Files looked at in one folder. */
#define SH_CATALOG_MAX_FILES 1024u

typedef struct ShPluginInfo ShPluginInfo;

/* A simulator as its plugin describes it. The tables are copies that live as
 * long as the info; function pointers in them are NULL. */
typedef struct
{
  ShPluginInfo *plugin; /* not a reference */
  SimhostSimulator simulator;
  guint32 extensions; /* SH_EXTENSION_* */
} ShSimulatorInfo;

struct ShPluginInfo
{
  gatomicrefcount ref_count;
  char *path;
  char *failure; /* NULL: usable; else one line saying why not */
  char **output; /* the last lines that it printed before it failed; or NULL */
  char *id, *name, *version, *vendor, *license, *homepage;
  guint n_simulators;
  ShSimulatorInfo *simulators;
  GPtrArray *memory; /* of the tables */
};

ShPluginInfo *sh_plugin_info_ref (ShPluginInfo *info);
void sh_plugin_info_unref (ShPluginInfo *info);

/* The plugin path: SIMHOST_PLUGIN_PATH, $XDG_DATA_HOME/simhost/plugins,
 * LIBDIR/simhost/plugins; NULL-terminated. */
char **sh_catalog_get_folders (void);

/* Adds the paths of the folder's plugin files, by name: *.so, not hidden. A folder
 * that is not there has none. The array owns them. */
void sh_catalog_add_files (const char *folder, GPtrArray *paths);

/* Probes one file, whatever the cache says. Never NULL; a file that fails has
 * `failure` set. Blocks at most for the deadline. */
ShPluginInfo *sh_catalog_probe (const char *path);

/* Probes every *.so of the plugin path, several at a time; an array of
 * ShPluginInfo in the order of the path, then by name. */
GPtrArray *sh_catalog_scan (void);

/* The first usable simulator of that name in the plugin path; or, when `name`
 * has a '/' or ends in .so, the simulator in that file (which must hold one
 * only, unless it is given as FILE.so:NAME). Errors: SH_ERROR_NOT_FOUND naming
 * near matches and failed files of that name; SH_ERROR_PLUGIN. */
ShPluginInfo *sh_catalog_find (const char *name,
                               const ShSimulatorInfo **simulator,
                               GError **error);

/* The first usable simulator of that name among `infos`, of ShPluginInfo; never
 * a path. Errors as above. */
ShPluginInfo *sh_catalog_find_among (const GPtrArray *infos,
                                     const char *name,
                                     const ShSimulatorInfo **simulator,
                                     GError **error);

typedef struct ShCatalogSearch ShCatalogSearch;

/* Once, from the main loop: the simulator and its plugin, which the search
 * holds, or NULL and the error. The callee may free the search. */
typedef void (*ShCatalogFound) (ShPluginInfo *plugin,
                                const ShSimulatorInfo *simulator,
                                const GError *error,
                                gpointer data);

/* Looks for the first usable simulator of that name in the plugin path, never a
 * path, without waiting for it: in the thread-default main context. Errors as
 * sh_catalog_find_among. */
ShCatalogSearch *
sh_catalog_search_new (const char *name, ShCatalogFound found, gpointer data);

/* Kills the probes that still run. */
void sh_catalog_search_free (ShCatalogSearch *search);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPluginInfo, sh_plugin_info_unref)

G_END_DECLS
