/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whole programs. Each file in good/ compiles to what stands in its sibling
 * .expected: the warnings, then the model. Each file in bad/ begins with the
 * errors that it must give, in lines that start with "#!".
 */

#include "corpus.h"

#include "sh-error.h"

static void
test_good (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *text = corpus_read ("good", name, ".ink", &length);
  g_autofree char *expected = corpus_read ("good", name, ".expected", NULL);
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program =
      sh_program_compile (text, length, name, &diagnostics, &error);
  g_autofree char *report = NULL, *model = NULL, *found = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (program);
  g_assert_cmpstr (program->text, ==, text);
  report = corpus_report (diagnostics);
  model = sh_program_dump (program);
  found = g_strconcat (report, model, NULL);
  g_assert_cmpstr (found, ==, expected);
}

/* The lines of `text` that start with "#! ", without that. */
static char *
get_expected (const char *text)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; g_str_has_prefix (lines[i], "#! "); i++)
    g_string_append_printf (out, "%s\n", lines[i] + 3);
  return g_string_free (out, FALSE);
}

static void
test_bad (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *text = corpus_read ("bad", name, ".ink", &length);
  g_autofree char *expected = get_expected (text);
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  ShProgram *program =
      sh_program_compile (text, length, name, &diagnostics, &error);
  g_autofree char *found = NULL;

  g_assert_error (error, SH_ERROR, SH_ERROR_SYNTAX);
  g_assert_null (program);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_null (strchr (error->message, '\n'));
  found = corpus_report (diagnostics);
  g_assert_cmpstr (found, ==, expected);

  for (guint i = 0; i < diagnostics->len; i++)
    {
      g_autofree char *shown =
          sh_diagnostic_format (g_ptr_array_index (diagnostics, i), name, text);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      g_assert_nonnull (strchr (shown, '^'));
    }
}

static void
add_tests (const char *folder, GTestDataFunc func)
{
  g_autoptr (GPtrArray) names = corpus_list (folder);

  g_assert_cmpuint (names->len, >=, 40);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_strdup_printf ("/inkling/%s/%s", folder, name);

      g_test_add_data_func_full (path, g_strdup (name), func, g_free);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("good", test_good);
  add_tests ("bad", test_bad);
  return g_test_run ();
}
