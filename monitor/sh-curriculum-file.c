/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-curriculum-file.h"

#include <string.h>

typedef struct
{
  gsize most;
} Limit;

/* In a thread, since opening a file may wait for another machine. */
static void
read_it (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Limit *limit = data;
  GFile *file = source;
  g_autofree char *name = g_file_get_parse_name (file);
  g_autofree char *text = g_malloc (limit->most + 2);
  g_autoptr (GFileInputStream) stream = NULL;
  GError *error = NULL;
  gsize length = 0;

  /* A pipe or a device may never end. */
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) ==
      G_FILE_TYPE_SPECIAL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE,
                               "%s: is not a file of text", name);
      return;
    }
  stream = g_file_read (file, cancellable, &error);
  if (stream == NULL ||
      !g_input_stream_read_all (G_INPUT_STREAM (stream), text, limit->most + 1,
                                &length, cancellable, &error))
    {
      g_prefix_error (&error, "%s: ", name);
      g_task_return_error (task, error);
      return;
    }
  text[length] = '\0';
  if (length > limit->most)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                             "%s: is larger than %" G_GSIZE_FORMAT " KiB", name,
                             limit->most / 1024);
  else if (strlen (text) != length || !g_utf8_validate (text, -1, NULL))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                             "%s: is not text in UTF-8", name);
  else
    g_task_return_pointer (task, g_steal_pointer (&text), g_free);
}

void
sh_curriculum_file_read (GFile *file,
                         gsize most_bytes,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
  g_autoptr (GTask) task = NULL;
  Limit *limit;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (file, cancellable, callback, data);
  g_task_set_name (task, "read a curriculum");
  limit = g_new0 (Limit, 1);
  limit->most = most_bytes;
  g_task_set_task_data (task, limit, g_free);
  g_task_run_in_thread (task, read_it);
}

char *
sh_curriculum_file_read_finish (GFile *file,
                                GAsyncResult *result,
                                GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, file), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
