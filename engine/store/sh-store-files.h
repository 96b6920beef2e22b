/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Files and folders of the store, by descriptors of the folders they are in: a
 * folder that is renamed or replaced meanwhile stays the one that was opened.
 * Errors are G_IO_ERROR and name the path, but for what is said otherwise.
 */

#pragma once

#include <gio/gio.h>
#include <sys/stat.h>

G_BEGIN_DECLS

#define SH_FOLDER_DELETED ".deleted"

/* A folder that is open. */
typedef struct
{
  int fd; /* -1: not open */
  char *path; /* for messages */
} ShFolder;

#define SH_FOLDER_CLOSED                                                       \
  {                                                                            \
    -1, NULL                                                                   \
  }

/* `parent` NULL: `name` is a path. NULL `name` is not allowed. */
gboolean sh_folder_open (ShFolder *folder,
                         const ShFolder *parent,
                         const char *name,
                         GError **error);
void sh_folder_close (ShFolder *folder);
gboolean sh_folder_sync (const ShFolder *folder, GError **error);

/* Names in the folder but "." and "..", sorted; free with g_ptr_array_unref. */
GPtrArray *sh_folder_list (const ShFolder *folder, GError **error);
gboolean sh_folder_has (const ShFolder *folder, const char *name);

/* A new folder; FALSE without an error if there is one of that name. */
gboolean
sh_folder_make (const ShFolder *parent, const char *name, GError **error);

/* A new folder ".PREFIX.RANDOM" in `parent`, open and locked: it is in use for
 * as long as `folder` is open. */
gboolean sh_folder_open_temporary (ShFolder *folder,
                                   const ShFolder *parent,
                                   const char *prefix,
                                   char **name,
                                   GError **error);

/* Locks the folder, without waiting; FALSE when somebody else has. Locks end
 * with their process. Those that share it keep out only who wants it alone. */
gboolean sh_folder_lock (const ShFolder *folder);
gboolean sh_folder_lock_shared (const ShFolder *folder);

/* Whether `name` in `parent` is still the folder that is open. */
gboolean sh_folder_is_at (const ShFolder *folder,
                          const ShFolder *parent,
                          const char *name);

/* Writes a new file and syncs it; *written says what it is then, unless it is
 * NULL. */
gboolean sh_folder_write (const ShFolder *folder,
                          const char *name,
                          gconstpointer data,
                          gsize size,
                          struct stat *written,
                          GError **error);

/* Puts the file `name` of one folder into another one as well, if nobody has touched
 * it since it was written. FALSE: it is not there, or was touched, or the file system
 * cannot have a file in two folders. */
gboolean sh_folder_link (const ShFolder *from,
                         const ShFolder *to,
                         const char *name,
                         const struct stat *written);

/* A regular file's bytes. SH_ERROR_CORRUPT, naming the file, when it is
 * missing, none, or larger than `limit`. */
GBytes *sh_folder_read (const ShFolder *folder,
                        const char *name,
                        gsize limit,
                        GError **error);

gboolean sh_folder_rename (const ShFolder *parent,
                           const char *from,
                           const char *to,
                           GError **error);

/* Exchanges two folders, at once where the file system can. */
gboolean sh_folder_exchange (const ShFolder *parent,
                             const char *a,
                             const char *b,
                             GError **error);

/* Removes a folder and what is in it; what cannot be removed stays. */
void sh_folder_remove (const ShFolder *parent, const char *name);

/* Removes the folders of ours with a dot in front that nobody has locked: left
 * behind by processes that died. Ours are ".N", ".N." and more, and what ends in
 * SH_FOLDER_DELETED. */
void sh_folder_remove_leftovers (const ShFolder *parent);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShFolder, sh_folder_close)

G_END_DECLS
