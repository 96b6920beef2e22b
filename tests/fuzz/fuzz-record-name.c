/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds names of files to the recorder. One that is taken makes the file of
 * exactly that name, with a row in it; one that is not leaves nothing behind.
 * The first byte says whether something with that name is there already.
 */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sh-recorder.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static char *scratch;

static void
remove_scratch (void)
{
  g_rmdir (scratch);
}

static void
write_row (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShRecorder) recorder = sh_recorder_new (path, &error);
  g_autofree char *folder = g_path_get_dirname (path);
  gboolean named =
      (g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".json")) &&
      g_file_test (folder, G_FILE_TEST_IS_DIR);
  struct stat status;

  g_assert ((recorder != NULL) == named && (error == NULL) == named);
  if (recorder == NULL)
    return;
  sh_recorder_enable (recorder, "state", "x");
  if (sh_recorder_write_row (recorder, &error))
    g_assert (g_stat (path, &status) == 0 && S_ISREG (status.st_mode) &&
              status.st_size > 0);
  else
    g_assert (error != NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;

  if (scratch == NULL)
    {
      scratch = g_dir_make_tmp ("simhost-fuzz-XXXXXX", NULL);
      atexit (remove_scratch);
    }
  if (size == 0)
    return 0;
  name = g_strndup ((const char *) data + 1, size - 1);
  /* Nothing outside of the scratch folder. */
  if (strstr (name, "..") != NULL)
    return 0;
  path = g_strconcat (scratch, "/", name, NULL);
  if (data[0] % 4 == 1)
    g_mkdir (path, 0700);
  else if (data[0] % 4 == 2)
    g_file_set_contents (path, "x\r\n", 3, NULL);
  else if (data[0] % 4 == 3)
    /* To itself. It does not matter whether it can be made. */
    (void) !symlink (name, path);
  write_row (path);
  g_remove (path);
  return 0;
}
