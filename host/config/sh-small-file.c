/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-small-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-fd.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static gboolean
fail (const char *path, int number, GError **error)
{
  gboolean missing = number == ENOENT || number == ENOTDIR;

  g_set_error (error, SH_ERROR, missing ? SH_ERROR_NOT_FOUND : SH_ERROR_FAILED,
               "%s: cannot be read: %s", path, g_strerror (number));
  return FALSE;
}

/* A pipe or a device could keep the process waiting for ever. */
static int
open_regular (const char *path, GError **error)
{
  sh_autofd fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;

  if (fd < 0 || fstat (fd, &status) != 0)
    {
      fail (path, errno, error);
      return -1;
    }
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "%s: is no ordinary file",
                   path);
      return -1;
    }
  return g_steal_fd (&fd);
}

static gboolean
read_all (int fd, const char *path, GString *text, GError **error)
{
  char buffer[4096];
  gssize n;

  while ((n = read (fd, buffer, sizeof buffer)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (path, errno, error);
      g_string_append_len (text, buffer, n);
      if (text->len <= SH_SMALL_FILE_MAX)
        continue;
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%s: is larger than %u bytes", path, SH_SMALL_FILE_MAX);
      return FALSE;
    }
  return TRUE;
}

char *
sh_small_file_read (const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  sh_autofd fd = open_regular (path, error);

  if (fd < 0 || !read_all (fd, path, text, error))
    return NULL;
  if (!g_utf8_validate_len (text->str, text->len, NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX, "%s: is not UTF-8 text",
                   path);
      return NULL;
    }
  if (g_str_has_prefix (text->str, BYTE_ORDER_MARK))
    g_string_erase (text, 0, strlen (BYTE_ORDER_MARK));
  return g_string_free (g_steal_pointer (&text), FALSE);
}
