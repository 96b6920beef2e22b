/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells that something in a folder may have changed, or that the folder itself
 * has come, gone, or been replaced. It need not exist: then the nearest folder
 * above that exists is watched for it. What cannot be watched, for want of
 * inotify watches or on a file system without, is said to have changed once a
 * second.
 *
 * Works in the thread-default main context of the thread that makes it.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct ShFolderWatch ShFolderWatch;

/* Must not free the watch. */
typedef void (*ShFolderWatchFunc) (ShFolderWatch *watch, gpointer data);

/* `path` is absolute. */
ShFolderWatch *
sh_folder_watch_new (const char *path, ShFolderWatchFunc func, gpointer data);

/* Looks whether the folder is still the one that is watched, as a change above
 * the watched ones would have it; to be called now and then. */
void sh_folder_watch_refresh (ShFolderWatch *watch);

const char *sh_folder_watch_get_path (const ShFolderWatch *watch);

void sh_folder_watch_free (ShFolderWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFolderWatch, sh_folder_watch_free)

G_END_DECLS
