/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whether a file may be loaded at all. Loading a shared object is running it as
 * the user, so nobody but the user and root may have had a hand in it.
 */

#pragma once

#include <glib.h>
#include <sys/stat.h>

G_BEGIN_DECLS

/*
 * Opens `path` once, close-on-exec, and checks on the descriptor that it is a
 * regular file, and that the file and its folder (of a symbolic link: the
 * link's and the file's) belong to root or the effective user and may not be
 * written by others. A group may write only if it is the user's private one:
 * named like the user, without other members.
 *
 * Returns the descriptor and, if `info` is not NULL, what fstat says of it; -1
 * with SH_ERROR_NOT_FOUND or SH_ERROR_PLUGIN, starting with the path. Any
 * thread.
 */
int sh_plugin_file_open (const char *path, struct stat *info, GError **error);

G_END_DECLS
