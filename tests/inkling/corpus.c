/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "corpus.h"

static char *
get_path (const char *folder, const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "inkling", folder, name, NULL);
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

GPtrArray *
corpus_list (const char *folder)
{
  g_autofree char *path = get_path (folder, NULL);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  dir = g_dir_open (path, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".ink"))
      g_ptr_array_add (names, g_strndup (name, strlen (name) - 4));
  g_ptr_array_sort (names, compare_names);
  return names;
}

char *
corpus_read (const char *folder,
             const char *name,
             const char *ending,
             gsize *length)
{
  g_autofree char *file = g_strconcat (name, ending, NULL);
  g_autofree char *path = get_path (folder, file);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, length, &error);
  g_assert_no_error (error);
  return text;
}

char *
corpus_report (const GPtrArray *diagnostics)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < diagnostics->len; i++)
    {
      const ShDiagnostic *diagnostic = g_ptr_array_index (diagnostics, i);

      g_string_append_printf (
          out, "%u:%u-%u: %s: %s\n", diagnostic->line, diagnostic->column,
          diagnostic->column + diagnostic->length,
          diagnostic->warning ? "warning" : "error", diagnostic->message);
      if (diagnostic->hint != NULL)
        g_string_append_printf (out, "hint: %s\n", diagnostic->hint);
    }
  return g_string_free (out, FALSE);
}
