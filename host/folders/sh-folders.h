/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The live catalog: which plugins are in some folders, while files come, change
 * and go. A file is probed (sh-probe.h) when nobody has touched it for
 * SH_FOLDERS_SETTLE milliseconds, or, if it is written to all the time, after
 * SH_FOLDERS_PATIENCE; a file that fails stays listed with its reason. Folders
 * need not exist; those that come are seen, and those that go take their plugins
 * with them. What file monitors miss, such as another file behind a symbolic
 * link, is found within SH_FOLDERS_SWEEP seconds.
 *
 * Never blocks, and loads nothing into this process. Works in the thread-default
 * main context of the thread that makes it.
 */

#pragma once

#include "sh-catalog.h"

G_BEGIN_DECLS

#define SH_FOLDERS_SETTLE 200u /* milliseconds */
#define SH_FOLDERS_PATIENCE 1000u /* milliseconds */
#define SH_FOLDERS_SWEEP 30u /* seconds */
typedef struct ShFolders ShFolders;

typedef enum
{
  SH_FOLDERS_ADDED,
  SH_FOLDERS_CHANGED, /* another file, or the same with another answer */
  SH_FOLDERS_REMOVED
} ShFoldersChange;

/* `info`: as it is now, or was when it was removed; borrowed. Called from the
 * main loop only, never from within a function of this header. It must not free
 * the folders. */
typedef void (*ShFoldersFunc) (ShFolders *folders,
                               ShFoldersChange change,
                               ShPluginInfo *info,
                               gpointer data);

/* `paths`: absolute, in the order in which simulators are looked for;
 * NULL-terminated and copied. What is there is told by and by. Never NULL. */
ShFolders *
sh_folders_new (const char *const *paths, ShFoldersFunc func, gpointer data);

/* Looks at all folders now, and probes the files again that failed. */
void sh_folders_rescan (ShFolders *folders);

/* TRUE when all that is there has been told. */
gboolean sh_folders_is_settled (const ShFolders *folders);

/* What has been told and not removed: an array of ShPluginInfo, in the order of
 * the folders, then by name. The caller unrefs it. */
GPtrArray *sh_folders_get_plugins (ShFolders *folders);

void sh_folders_free (ShFolders *folders);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFolders, sh_folders_free)

G_END_DECLS
