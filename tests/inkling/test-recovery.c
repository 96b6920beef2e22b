/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the compiler says besides a syntax error. A good program in which one
 * token is wrong has nothing but that wrong with it: whatever else is reported
 * would be a consequence. What is wrong in a bad program is reported as well when
 * there is a syntax error elsewhere.
 */

#include "corpus.h"

#include <string.h>

/* Pieces of what is said of syntax; all else is said of meaning. */
static const char *const syntax[] = {
  "expected ",
  "is followed by no",
  "must come before everything else",
  "the version is missing",
  "only version 2.0",
  "this is no Inkling program",
  "a number cannot go on",
  "digits are missing",
  "numbers are decimal",
  "the closing ",
  "a name cannot be empty",
  "there is no type 'Number.",
  "there is no type 'Image.",
  "an image has a width",
  "levels of nesting",
};

static gboolean
is_syntax (const ShDiagnostic *diagnostic)
{
  for (guint i = 0; i < G_N_ELEMENTS (syntax); i++)
    if (strstr (diagnostic->message, syntax[i]) != NULL)
      return TRUE;
  return FALSE;
}

static GPtrArray *
compile (const char *text, gssize length)
{
  GPtrArray *diagnostics = NULL;
  ShProgram *program =
      sh_program_compile (text, length, "test.ink", &diagnostics, NULL);

  if (program != NULL)
    sh_program_unref (program);
  return diagnostics;
}

static void
count (const GPtrArray *diagnostics, guint *n_syntax, guint *n_others)
{
  *n_syntax = *n_others = 0;
  for (guint i = 0; i < diagnostics->len; i++)
    {
      const ShDiagnostic *diagnostic = g_ptr_array_index (diagnostics, i);

      if (!diagnostic->warning)
        ++*(is_syntax (diagnostic) ? n_syntax : n_others);
    }
}

/* The end of the token at `c`, roughly as the language has them; NULL: white
 * space, or a comment. */
static const char *
find_end (const char *c)
{
  const char *end = c + 1;

  if (g_ascii_isspace (*c) || *c == '#')
    return NULL;
  if (*c == '"' || *c == '`')
    {
      while (*end != *c && *end != '\0')
        end += *end == '\\' ? 2 : 1;
      return *end == '\0' ? end : end + 1;
    }
  while ((g_ascii_isalnum (*c) || *c == '_' || (*c & 0x80) != 0) &&
         (g_ascii_isalnum (*end) || *end == '_' || (*end & 0x80) != 0))
    end++;
  return end;
}

/* Whether the text has a syntax error; then it must have no other. */
static gboolean
check_edit (const char *text)
{
  g_autoptr (GPtrArray) diagnostics = compile (text, -1);
  guint n_syntax, n_others;

  count (diagnostics, &n_syntax, &n_others);
  if (n_syntax > 0 && n_others > 0)
    {
      g_autofree char *report = corpus_report (diagnostics);

      g_error ("a consequence is reported:\n%s\n%s", text, report);
    }
  return n_syntax > 0;
}

/* Without each token, and with one that does not belong there before it. */
static void
test_consequences (gconstpointer data)
{
  static const char *const wrong[] = { "= ", ") ", "} ", "{ ", ", " };
  const char *name = data;
  g_autofree char *text = corpus_read ("good", name, ".ink", NULL);
  guint n = 0, n_tokens = 0;

  /* Of Inkling 1 nothing is said but its syntax. */
  if (strcmp (sh_program_find_version (text), "1.0") == 0)
    return;
  for (const char *c = text, *end; *c != '\0'; c = end)
    {
      const gsize start = c - text;
      g_autoptr (GString) edited = g_string_new (text);

      end = find_end (c);
      if (end == NULL)
        {
          end = c + (*c == '#' ? strcspn (c, "\n") : 1);
          continue;
        }
      g_string_insert (edited, start, wrong[n_tokens % G_N_ELEMENTS (wrong)]);
      n += check_edit (edited->str);
      g_string_assign (edited, text);
      g_string_erase (edited, start, end - c);
      n += check_edit (edited->str);
      n_tokens++;
    }
  g_assert_cmpuint (n, >, n_tokens / 2);
}

/* Programs of which something is said only where nothing else is wrong. */
static const char *const last[] = { "graph-learned-mask", "graph-select-blind",
                                    "item-no-graph", NULL };

/* What is wrong in a program, and a declaration that ends too early. */
static void
test_both (gconstpointer data)
{
  const char *name = data;
  g_autofree char *text = corpus_read ("bad", name, ".ink", NULL);
  g_autofree char *longer = g_strconcat (text, "\nconst Unfinished =\n", NULL);
  g_autoptr (GPtrArray) before = compile (text, -1);
  g_autoptr (GPtrArray) after = compile (longer, -1);
  g_autofree char *expected = NULL, *found = NULL;
  guint n_syntax, n_others;

  count (before, &n_syntax, &n_others);
  if (n_syntax > 0 || n_others >= SH_PROGRAM_MAX_ERRORS ||
      strcmp (sh_program_find_version (text), "1.0") == 0 ||
      g_strv_contains (last, name))
    return;
  expected = corpus_report (before);
  g_assert_cmpuint (after->len, ==, before->len + 1);
  g_ptr_array_remove_index (after, before->len);
  found = corpus_report (after);
  g_assert_cmpstr (found, ==, expected);
}

static void
add_tests (const char *folder, const char *path, GTestDataFunc func)
{
  g_autoptr (GPtrArray) names = corpus_list (folder);

  g_assert_cmpuint (names->len, >=, 40);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *whole =
          g_strdup_printf ("/inkling/recovery/%s/%s", path, name);

      g_test_add_data_func_full (whole, g_strdup (name), func, g_free);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("good", "no-consequences", test_consequences);
  add_tests ("bad", "both", test_both);
  return g_test_run ();
}
