/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the store needs of the file system.
 */

#include "sh-store-files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-error.h"

/* Folders in folders that sh_folder_remove goes down into. */
#define REMOVE_DEPTH 4u
/* Random names tried before giving up. */
#define MAX_TRIES 100u

static gboolean
fail (GError **error,
      const char *action,
      const ShFolder *folder,
      const char *name)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "cannot %s %s%s%s: %s", action,
               folder != NULL ? folder->path : "", folder != NULL ? "/" : "",
               name, g_strerror (code));
  return FALSE;
}

gboolean
sh_folder_open (ShFolder *folder,
                const ShFolder *parent,
                const char *name,
                GError **error)
{
  int fd = openat (parent != NULL ? parent->fd : AT_FDCWD, name,
                   O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return fail (error, "open", parent, name);
  folder->fd = fd;
  folder->path = parent != NULL ? g_strconcat (parent->path, "/", name, NULL)
                                : g_strdup (name);
  return TRUE;
}

void
sh_folder_close (ShFolder *folder)
{
  if (folder->fd >= 0)
    close (folder->fd);
  folder->fd = -1;
  g_clear_pointer (&folder->path, g_free);
}

gboolean
sh_folder_sync (const ShFolder *folder, GError **error)
{
  return fsync (folder->fd) == 0 || fail (error, "sync", NULL, folder->path);
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
sh_folder_list (const ShFolder *folder, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  /* A descriptor of its own: reading moves its position. */
  int fd = openat (folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *stream = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent *entry;

  if (stream == NULL)
    {
      fail (error, "read", NULL, folder->path);
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  while ((entry = readdir (stream)) != NULL)
    if (strcmp (entry->d_name, ".") != 0 && strcmp (entry->d_name, "..") != 0)
      g_ptr_array_add (names, g_strdup (entry->d_name));
  closedir (stream);
  g_ptr_array_sort (names, compare_names);
  return g_steal_pointer (&names);
}

gboolean
sh_folder_has (const ShFolder *folder, const char *name)
{
  struct stat info;

  return fstatat (folder->fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

gboolean
sh_folder_lock (const ShFolder *folder)
{
  return flock (folder->fd, LOCK_EX | LOCK_NB) == 0;
}

gboolean
sh_folder_lock_shared (const ShFolder *folder)
{
  return flock (folder->fd, LOCK_SH | LOCK_NB) == 0;
}

gboolean
sh_folder_is_at (const ShFolder *folder,
                 const ShFolder *parent,
                 const char *name)
{
  struct stat own, there;

  return fstat (folder->fd, &own) == 0 &&
         fstatat (parent->fd, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
         own.st_dev == there.st_dev && own.st_ino == there.st_ino;
}

gboolean
sh_folder_make (const ShFolder *parent, const char *name, GError **error)
{
  if (mkdirat (parent->fd, name, 0700) == 0)
    return TRUE;
  return errno == EEXIST ? FALSE : fail (error, "make", parent, name);
}

gboolean
sh_folder_open_temporary (ShFolder *folder,
                          const ShFolder *parent,
                          const char *prefix,
                          char **name,
                          GError **error)
{
  int code = EEXIST;

  for (guint i = 0; i < MAX_TRIES; i++)
    {
      g_autofree char *own =
          g_strdup_printf (".%s.%08x", prefix, g_random_int ());
      g_autoptr (GError) own_error = NULL;

      if (!sh_folder_make (parent, own, &own_error) ||
          !sh_folder_open (folder, parent, own, &own_error))
        {
          /* Taken for left behind at once, and removed; or the parent has
           * been. */
          gboolean gone =
              g_error_matches (own_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);

          code = gone ? ENOENT : EEXIST;
          if (gone || own_error == NULL)
            continue;
          g_propagate_error (error, g_steal_pointer (&own_error));
          return FALSE;
        }
      /* As above, between the calls. */
      if (sh_folder_lock (folder) && sh_folder_is_at (folder, parent, own))
        {
          *name = g_steal_pointer (&own);
          return TRUE;
        }
      sh_folder_close (folder);
    }
  errno = code;
  return fail (error, "make a folder in", NULL, parent->path);
}

/* Files */

static gboolean
write_all (int fd, const char *data, gsize size)
{
  while (size > 0)
    {
      gssize n = write (fd, data, MIN (size, G_MAXINT / 2));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      size -= (gsize) n;
    }
  return fsync (fd) == 0;
}

gboolean
sh_folder_write (const ShFolder *folder,
                 const char *name,
                 gconstpointer data,
                 gsize size,
                 struct stat *written,
                 GError **error)
{
  int fd = openat (folder->fd, name,
                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  gboolean done;

  if (fd < 0)
    return fail (error, "make", folder, name);
  done = write_all (fd, data, size) &&
         (written == NULL || fstat (fd, written) == 0);
  if (!done)
    fail (error, "write", folder, name);
  if (close (fd) != 0 && done)
    return fail (error, "write", folder, name);
  return done;
}

static gboolean
is_untouched (const struct stat *now, const struct stat *written)
{
  return now->st_ino == written->st_ino && now->st_dev == written->st_dev &&
         now->st_size == written->st_size &&
         now->st_mtim.tv_sec == written->st_mtim.tv_sec &&
         now->st_mtim.tv_nsec == written->st_mtim.tv_nsec;
}

/* It is looked at where it then is: between two calls there may be another one where
 * it came from. */
gboolean
sh_folder_link (const ShFolder *from,
                const ShFolder *to,
                const char *name,
                const struct stat *written)
{
  struct stat now;

  if (linkat (from->fd, name, to->fd, name, 0) != 0)
    return FALSE;
  if (fstatat (to->fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
      is_untouched (&now, written))
    return TRUE;
  unlinkat (to->fd, name, 0);
  return FALSE;
}

static GBytes *
read_all (int fd, gsize size)
{
  g_autofree char *data = g_try_malloc (size + 1);
  gsize have = 0;

  if (data == NULL)
    {
      errno = ENOMEM;
      return NULL;
    }
  while (have < size)
    {
      gssize n = read (fd, data + have, size - have);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return NULL;
      if (n == 0)
        break;
      have += (gsize) n;
    }
  return g_bytes_new_take (g_steal_pointer (&data), have);
}

GBytes *
sh_folder_read (const ShFolder *folder,
                const char *name,
                gsize limit,
                GError **error)
{
  /* Not blocking: what stands there might be a pipe. */
  int fd =
      openat (folder->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat info;
  GBytes *bytes = NULL;

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      int code = errno;

      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT, "%s/%s: %s", folder->path,
                   name, g_strerror (code));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (!S_ISREG (info.st_mode))
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT, "%s/%s is not a file",
                 folder->path, name);
  else if ((guint64) info.st_size > limit)
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                 "%s/%s is larger than %" G_GSIZE_FORMAT " bytes", folder->path,
                 name, limit);
  else
    {
      bytes = read_all (fd, (gsize) info.st_size);
      if (bytes == NULL)
        fail (error, "read", folder, name);
    }
  close (fd);
  return bytes;
}

/* Renaming and removing */

gboolean
sh_folder_rename (const ShFolder *parent,
                  const char *from,
                  const char *to,
                  GError **error)
{
  return renameat (parent->fd, from, parent->fd, to) == 0 ||
         fail (error, "make", parent, to);
}

static void
remove_empty (const ShFolder *parent, const char *name)
{
  if (unlinkat (parent->fd, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
    g_debug ("cannot remove %s/%s: %s", parent->path, name, g_strerror (errno));
}

/* What is in the folder that is open, and in folders of that, so deep. */
static void
remove_contents (const ShFolder *folder, guint depth)
{
  g_autoptr (GPtrArray) names = sh_folder_list (folder, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_auto (ShFolder) inner = SH_FOLDER_CLOSED;
      const char *name = names->pdata[i];

      if (unlinkat (folder->fd, name, 0) == 0)
        continue;
      if (depth > 0 && sh_folder_open (&inner, folder, name, NULL))
        remove_contents (&inner, depth - 1);
      remove_empty (folder, name);
    }
}

void
sh_folder_remove (const ShFolder *parent, const char *name)
{
  g_auto (ShFolder) folder = SH_FOLDER_CLOSED;

  if (unlinkat (parent->fd, name, 0) == 0)
    return;
  if (sh_folder_open (&folder, parent, name, NULL))
    remove_contents (&folder, REMOVE_DEPTH - 1);
  remove_empty (parent, name);
}

gboolean
sh_folder_exchange (const ShFolder *parent,
                    const char *a,
                    const char *b,
                    GError **error)
{
  g_autofree char *aside = NULL;

  if (renameat2 (parent->fd, a, parent->fd, b, RENAME_EXCHANGE) == 0)
    return TRUE;
  /* Network file systems know no exchange: there `b` is away for a moment. Who
   * dies just then leaves it under a name that nobody takes for a leftover. */
  if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
    return fail (error, "replace", parent, b);
  aside = g_strconcat (b, ".old", NULL);
  sh_folder_remove (parent, aside);
  return sh_folder_rename (parent, b, aside, error) &&
         sh_folder_rename (parent, a, b, error) &&
         sh_folder_rename (parent, aside, a, error);
}

/* Only what we can have made: people keep folders such as .git. */
static gboolean
is_leftover (const char *name)
{
  gsize digits = strspn (name + 1, "0123456789");

  return name[0] == '.' && (g_str_has_suffix (name, SH_FOLDER_DELETED) ||
                            (digits > 0 && (name[1 + digits] == '\0' ||
                                            name[1 + digits] == '.')));
}

void
sh_folder_remove_leftovers (const ShFolder *parent)
{
  g_autoptr (GPtrArray) names = sh_folder_list (parent, NULL);

  for (guint i = 0; names != NULL && i < names->len; i++)
    {
      g_auto (ShFolder) folder = SH_FOLDER_CLOSED;
      const char *name = names->pdata[i];

      /* Only the folder that is locked: another process may have removed it
       * since it was listed, and a third have its claim there now. That one is
       * not empty, so it stays. */
      if (is_leftover (name) && sh_folder_open (&folder, parent, name, NULL) &&
          sh_folder_lock (&folder))
        {
          remove_contents (&folder, REMOVE_DEPTH - 1);
          remove_empty (parent, name);
        }
    }
}
