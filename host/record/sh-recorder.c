/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-recorder.h"

#include <string.h>

#include "sh-record-file.h"

typedef struct
{
  char *name;
  gboolean own; /* a plugin's */
} Column;

struct ShRecorder
{
  ShRecordFile *file;
  gboolean begun; /* a row has been written to this file */
  gboolean warned;
  guint n_own;
  GArray *columns; /* Column */
  GHashTable *by_name; /* name: number + 1 */
  GArray *row; /* ShRecordCell, one a column */
  GString *line;
};

static void
column_clear (gpointer data)
{
  g_free (((Column *) data)->name);
}

ShRecorder *
sh_recorder_new (const char *path, GError **error)
{
  g_autoptr (ShRecorder) recorder = g_new0 (ShRecorder, 1);

  g_return_val_if_fail (path != NULL, NULL);

  recorder->columns = g_array_new (FALSE, FALSE, sizeof (Column));
  g_array_set_clear_func (recorder->columns, column_clear);
  recorder->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  recorder->row = g_array_new (FALSE, TRUE, sizeof (ShRecordCell));
  recorder->line = g_string_new (NULL);
  if (!sh_recorder_set_path (recorder, path, error))
    return NULL;
  return g_steal_pointer (&recorder);
}

void
sh_recorder_free (ShRecorder *recorder)
{
  if (recorder == NULL)
    return;
  sh_record_file_free (recorder->file);
  g_hash_table_unref (recorder->by_name);
  g_array_unref (recorder->columns);
  g_array_unref (recorder->row);
  g_string_free (recorder->line, TRUE);
  g_free (recorder);
}

gboolean
sh_recorder_set_path (ShRecorder *recorder, const char *path, GError **error)
{
  ShRecordFile *file = sh_record_file_new (path, error);

  if (file == NULL)
    return FALSE;
  sh_record_file_free (recorder->file);
  recorder->file = file;
  recorder->begun = FALSE;
  return TRUE;
}

static char *
make_name (const char *prefix, const char *key)
{
  return prefix != NULL ? g_strconcat (prefix, ".", key, NULL) : g_strdup (key);
}

static int
find (const ShRecorder *recorder, const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (recorder->by_name, name)) - 1;
}

/* Takes the name. */
static guint
add_column (ShRecorder *recorder, char *name, gboolean own)
{
  Column column = { name, own };

  g_array_append_val (recorder->columns, column);
  g_array_set_size (recorder->row, recorder->columns->len);
  g_hash_table_insert (recorder->by_name, name,
                       GINT_TO_POINTER ((int) recorder->columns->len));
  return recorder->columns->len - 1;
}

int
sh_recorder_find (const ShRecorder *recorder,
                  const char *prefix,
                  const char *key)
{
  g_autofree char *name = make_name (prefix, key);

  return find (recorder, name);
}

guint
sh_recorder_enable (ShRecorder *recorder, const char *prefix, const char *key)
{
  g_autofree char *name = make_name (prefix, key);
  int found = find (recorder, name);

  return found >= 0 ? (guint) found
                    : add_column (recorder, g_steal_pointer (&name), FALSE);
}

static const char *
find_fault (const ShRecorder *recorder, const char *key)
{
  if (strnlen (key, SH_RECORDER_MAX_KEY + 1) > SH_RECORDER_MAX_KEY)
    return "is too long";
  if (key[0] == '\0' || !g_utf8_validate (key, -1, NULL))
    return "is not a text";
  if (find (recorder, key) >= 0)
    return "is the name of another column";
  if (recorder->n_own >= SH_RECORDER_MAX_OWN)
    return "is one too many";
  if (recorder->begun &&
      sh_record_file_get_format (recorder->file) == SH_RECORD_CSV)
    return "came after the first row of a CSV file";
  return NULL;
}

int
sh_recorder_enable_own (ShRecorder *recorder, const char *key)
{
  int found = -1;
  const char *fault;

  if (strnlen (key, SH_RECORDER_MAX_KEY + 1) <= SH_RECORDER_MAX_KEY)
    found = find (recorder, key);
  if (found >= 0 && g_array_index (recorder->columns, Column, found).own)
    return found;
  fault = find_fault (recorder, key);
  if (fault == NULL)
    {
      recorder->n_own++;
      return (int) add_column (recorder, g_strdup (key), TRUE);
    }
  if (!recorder->warned)
    {
      g_autofree char *start = g_strndup (key, 40);
      g_autofree char *shown = g_utf8_make_valid (start, -1);

      g_warning ("the record leaves '%s' out: the key %s (no more of these "
                 "are shown)",
                 shown, fault);
    }
  recorder->warned = TRUE;
  return -1;
}

void
sh_recorder_set (ShRecorder *recorder, guint column, const ShRecordCell *cell)
{
  g_return_if_fail (column < recorder->row->len);

  g_array_index (recorder->row, ShRecordCell, column) = *cell;
}

static gboolean
is_csv (const ShRecorder *recorder)
{
  return sh_record_file_get_format (recorder->file) == SH_RECORD_CSV;
}

static void
add_header (ShRecorder *recorder)
{
  for (guint i = 0; i < recorder->columns->len; i++)
    {
      const Column *column = &g_array_index (recorder->columns, Column, i);
      ShRecordCell cell = sh_record_cell_from_text (column->name);

      g_string_append (recorder->line, i > 0 ? "," : "");
      sh_record_cell_to_csv (&cell, recorder->line);
    }
  g_string_append (recorder->line, "\r\n");
}

static void
add_csv_row (ShRecorder *recorder)
{
  for (guint i = 0; i < recorder->row->len; i++)
    {
      g_string_append (recorder->line, i > 0 ? "," : "");
      sh_record_cell_to_csv (&g_array_index (recorder->row, ShRecordCell, i),
                             recorder->line);
    }
  g_string_append (recorder->line, "\r\n");
}

static void
add_json_row (ShRecorder *recorder)
{
  g_string_append_c (recorder->line, '{');
  for (guint i = 0; i < recorder->row->len; i++)
    {
      const Column *column = &g_array_index (recorder->columns, Column, i);
      ShRecordCell key = sh_record_cell_from_text (column->name);

      g_string_append (recorder->line, i > 0 ? ", " : "");
      sh_record_cell_to_json (&key, recorder->line);
      g_string_append (recorder->line, ": ");
      sh_record_cell_to_json (&g_array_index (recorder->row, ShRecordCell, i),
                              recorder->line);
    }
  g_string_append (recorder->line, "}\n");
}

gboolean
sh_recorder_write_row (ShRecorder *recorder, GError **error)
{
  gboolean created;

  if (!sh_record_file_open (recorder->file, &created, error))
    return FALSE;
  g_string_truncate (recorder->line, 0);
  if (created && is_csv (recorder))
    add_header (recorder);
  if (is_csv (recorder))
    add_csv_row (recorder);
  else
    add_json_row (recorder);
  memset (recorder->row->data, 0, recorder->row->len * sizeof (ShRecordCell));
  recorder->begun = TRUE;
  return sh_record_file_write (recorder->file, recorder->line, error);
}
