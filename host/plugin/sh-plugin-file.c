/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Opening a plugin's file and checking who could have written it.
 */

#include "sh-plugin-file.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-fd.h"

/* Debian's users have a group of their own and may work with umask 002. */
static gboolean
is_private_group (gid_t gid)
{
  char group_text[16384], user_text[16384];
  struct group group, *found_group = NULL;
  struct passwd user, *found_user = NULL;

  if (getgrgid_r (gid, &group, group_text, sizeof group_text, &found_group) !=
          0 ||
      found_group == NULL ||
      getpwuid_r (geteuid (), &user, user_text, sizeof user_text,
                  &found_user) != 0 ||
      found_user == NULL || strcmp (group.gr_name, user.pw_name) != 0)
    return FALSE;
  for (char **member = group.gr_mem; *member != NULL; member++)
    if (strcmp (*member, user.pw_name) != 0)
      return FALSE;
  return TRUE;
}

static gboolean
check_owner (const char *path, const struct stat *info, GError **error)
{
  if (info->st_uid != 0 && info->st_uid != geteuid ())
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "%s belongs to user %u; it must belong to you or to root",
                   path, (guint) info->st_uid);
      return FALSE;
    }
  if (info->st_mode & S_IWOTH)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "everyone may write to %s; run 'chmod o-w %s'", path, path);
      return FALSE;
    }
  if ((info->st_mode & S_IWGRP) && !is_private_group (info->st_gid))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN,
                   "group %u may write to %s; run 'chmod g-w %s'",
                   (guint) info->st_gid, path, path);
      return FALSE;
    }
  return TRUE;
}

/* A descriptor of the folder, or -1. */
static int
open_folder (const char *folder, GError **error)
{
  sh_autofd fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "cannot open its folder %s: %s", folder, g_strerror (errno));
      return -1;
    }
  if (!check_owner (folder, &info, error))
    return -1;
  return g_steal_fd (&fd);
}

/* The folder in which the file is when `path` is a symbolic link. */
static gboolean
check_real_folder (int fd, const char *folder, GError **error)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *real = g_file_read_link (link, NULL);
  g_autofree char *real_folder = real ? g_path_get_dirname (real) : NULL;
  sh_autofd folder_fd = -1;

  if (real_folder == NULL || strcmp (real_folder, folder) == 0)
    return TRUE;
  folder_fd = open_folder (real_folder, error);
  return folder_fd >= 0;
}

static int
open_checked (const char *path, struct stat *info, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *name = g_path_get_basename (path);
  sh_autofd folder_fd = open_folder (folder, error);
  sh_autofd fd = -1;

  if (folder_fd < 0)
    return -1;
  /* Not blocking: it might be a pipe. */
  fd = openat (folder_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0 || fstat (fd, info) != 0)
    {
      int code = errno;

      g_set_error (error, SH_ERROR,
                   code == ENOENT ? SH_ERROR_NOT_FOUND : SH_ERROR_PLUGIN,
                   "cannot be opened: %s", g_strerror (code));
      return -1;
    }
  if (!S_ISREG (info->st_mode))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "is not a file");
      return -1;
    }
  if (!check_owner (path, info, error) ||
      !check_real_folder (fd, folder, error))
    return -1;
  return g_steal_fd (&fd);
}

int
sh_plugin_file_open (const char *path, struct stat *info, GError **error)
{
  struct stat own;
  int fd;

  g_return_val_if_fail (path != NULL, -1);

  fd = open_checked (path, info != NULL ? info : &own, error);
  if (fd < 0)
    g_prefix_error (error, "%s: ", path);
  return fd;
}
