/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-record-file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-error.h"
#include "sh-fd.h"

struct ShRecordFile
{
  char *path;
  ShRecordFormat format;
  int fd; /* -1: not open yet */
};

gboolean
sh_record_format_from_path (const char *path,
                            ShRecordFormat *format,
                            GError **error)
{
  if (g_str_has_suffix (path, ".json"))
    *format = SH_RECORD_JSON;
  else if (g_str_has_suffix (path, ".csv"))
    *format = SH_RECORD_CSV;
  else
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "a record is a file that ends in .json or .csv, not '%s'",
                   path);
      return FALSE;
    }
  return TRUE;
}

/* Better said now than after the first episode. */
static gboolean
check_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_file_test (folder, G_FILE_TEST_IS_DIR))
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "the record '%s' cannot be made: there is no folder '%s'", path,
               folder);
  return FALSE;
}

ShRecordFile *
sh_record_file_new (const char *path, GError **error)
{
  ShRecordFormat format;
  ShRecordFile *file;

  if (!sh_record_format_from_path (path, &format, error) ||
      !check_folder (path, error))
    return NULL;
  file = g_new0 (ShRecordFile, 1);
  file->path = g_strdup (path);
  file->format = format;
  file->fd = -1;
  return file;
}

void
sh_record_file_free (ShRecordFile *file)
{
  if (file == NULL)
    return;
  sh_fd_clear (&file->fd);
  g_free (file->path);
  g_free (file);
}

ShRecordFormat
sh_record_file_get_format (const ShRecordFile *file)
{
  return file->format;
}

static gboolean
fail (const ShRecordFile *file, const char *what, int number, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "the record '%s' %s: %s",
               file->path, what, g_strerror (number));
  return FALSE;
}

/* Something else, such as a pipe, could keep the process waiting for ever. */
static gboolean
check_regular (ShRecordFile *file, GError **error)
{
  struct stat status;

  if (fstat (file->fd, &status) == 0 && S_ISREG (status.st_mode))
    return TRUE;
  sh_fd_clear (&file->fd);
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "the record '%s' is no ordinary file", file->path);
  return FALSE;
}

gboolean
sh_record_file_open (ShRecordFile *file, gboolean *created, GError **error)
{
  int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK;

  *created = FALSE;
  if (file->fd >= 0)
    return TRUE;
  file->fd = open (file->path, flags | O_CREAT | O_EXCL, 0666);
  *created = file->fd >= 0;
  if (file->fd < 0 && errno == EEXIST)
    file->fd = open (file->path, flags);
  if (file->fd < 0)
    return fail (file, "cannot be opened", errno, error);
  return check_regular (file, error);
}

gboolean
sh_record_file_write (ShRecordFile *file, const GString *line, GError **error)
{
  off_t before = lseek (file->fd, 0, SEEK_END);
  gsize done = 0;

  while (done < line->len)
    {
      gssize n = write (file->fd, line->str + done, line->len - done);

      if (n > 0)
        done += (gsize) n;
      else if (n == 0 || errno != EINTR)
        {
          int number = n == 0 ? ENOSPC : errno;

          if (done > 0 && before >= 0 && ftruncate (file->fd, before) != 0)
            number = errno;
          return fail (file, "cannot be written", number, error);
        }
    }
  return TRUE;
}
