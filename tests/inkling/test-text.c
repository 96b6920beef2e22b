/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Texts as bytes: encodings, line ends, places of errors, and how an error is
 * shown.
 */

#include "corpus.h"

#include "sh-error.h"

#define PROGRAM                                                                \
  "graph (input: { x: number }): { y: number } {\n"                            \
  "  concept C(input) {\n"                                                     \
  "    curriculum { source simulator (a: { y: number }): { x: number } { } "   \
  "}\n"                                                                        \
  "  }\n"                                                                      \
  "}\n"

#define BOM "\xEF\xBB\xBF"

static char *
replace (const char *text, const char *from, const char *to)
{
  g_auto (GStrv) parts = g_strsplit (text, from, -1);

  return g_strjoinv (to, parts);
}

static void
assert_compiles (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program =
      sh_program_compile (text, -1, "test.ink", NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (program);
  g_assert_cmpstr (program->text, ==, text);
}

/* Whatever ends its lines and stands before it, a program is the same. */
static void
test_line_ends (void)
{
  static const char *const starts[] = { "",     BOM,       " ",
                                        "\n\n", "\t# x\n", BOM "\n" };
  static const char *const ends[] = { "\n", "\r\n", "\r", "\n\n", "\f\n" };

  for (guint i = 0; i < G_N_ELEMENTS (starts); i++)
    for (guint j = 0; j < G_N_ELEMENTS (ends); j++)
      {
        g_autofree char *text = g_strconcat (
            starts[i], "inkling \"2.0\" # version\n# type\n" PROGRAM, NULL);
        g_autofree char *changed = replace (text, "\n", ends[j]);

        assert_compiles (changed);
      }
}

/* A non-breaking space, as pasted from a page. */
static void
test_blanks (void)
{
  assert_compiles ("inkling\t\"2.0\"\f" PROGRAM "\xC2\xA0\xE2\x80\x83");
}

typedef struct
{
  const char *name;
  const char *text;
  gssize length;
  const char *expected; /* the report */
} Place;

static const Place places[] = {
  { "first", "x", -1,
    "1:1-2: error: this is no Inkling program: it does not begin with its "
    "version\nhint: write inkling \"2.0\" in the first line\n" },
  { "bom", BOM "inkling \"2.0\" type A B", -1,
    "1:22-23: error: there is no type 'B'\n" },
  { "tab", "inkling \"2.0\"\n\t\ttype A B", -1,
    "2:10-11: error: there is no type 'B'\n" },
  { "crlf", "inkling \"2.0\"\r\n\r\ntype A B\r\n", -1,
    "3:8-9: error: there is no type 'B'\n" },
  { "cr", "inkling \"2.0\"\r\rtype A B\r", -1,
    "3:8-9: error: there is no type 'B'\n" },
  { "characters",
    "inkling \"2.0\"\n# \xE7\x89\xA9\ntype \xC3\xA4\xF0\x9D\x92\x9C B", -1,
    "3:9-10: error: there is no type 'B'\n" },
  { "end", "inkling \"2.0\"\ntype A {\n", -1,
    "3:1-2: error: expected '}' for the '{' of line 2, found the end of the "
    "file\n" },
  { "end-without-newline", "inkling \"2.0\" type A {", -1,
    "1:23-24: error: expected '}', found the end of the file\n" },
  { "comment-at-end", "inkling \"2.0\" type A B #", -1,
    "1:22-23: error: there is no type 'B'\n" },
  { "length", "inkling \"2.0\" type A B rest", 22,
    "1:22-23: error: there is no type 'B'\n" },
  { "zero-byte", "inkling \"2.0\"\ntype\0A B", 21,
    "2:5-6: error: the file has a zero byte\n" },
  { "not-utf8", "inkling \"2.0\"\n# caf\xE9\n", -1,
    "2:6-7: error: the byte 0xE9 is not UTF-8\n"
    "hint: save the file as UTF-8\n" },
  { "cut-character", "inkling \"2.0\"\n# \xC3\xA4\xE7\x89", -1,
    "2:4-5: error: the byte 0xE7 is not UTF-8\n"
    "hint: save the file as UTF-8\n" },
  { "over-long", "inkling \"2.0\"\n\xC0\xAF", -1,
    "2:1-2: error: the byte 0xC0 is not UTF-8\n"
    "hint: save the file as UTF-8\n" },
  { "surrogate", "\xED\xA0\x80", -1,
    "1:1-2: error: the byte 0xED is not UTF-8\n"
    "hint: save the file as UTF-8\n" },
  { "utf16", "\xFF\xFEi\0n\0", 6,
    "1:1-2: error: the byte 0xFF is not UTF-8\n"
    "hint: save the file as UTF-8\n" },
  { "nothing", "", 0,
    "1:1-2: error: this is no Inkling program: it does not begin with its "
    "version\nhint: write inkling \"2.0\" in the first line\n" },
};

static void
test_place (gconstpointer data)
{
  const Place *place = data;
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *report = NULL;

  g_assert_null (sh_program_compile (place->text, place->length, "test.ink",
                                     &diagnostics, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SYNTAX);
  report = corpus_report (diagnostics);
  g_assert_cmpstr (report, ==, place->expected);
}

static void
test_size (void)
{
  g_autoptr (GString) text = g_string_new ("inkling \"2.0\"\n" PROGRAM "#");
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autofree char *report = NULL;

  while (text->len < SH_PROGRAM_MAX_BYTES)
    g_string_append_c (text, 'x');
  assert_compiles (text->str);
  g_string_append_c (text, 'x');
  g_assert_null (
      sh_program_compile (text->str, -1, "test.ink", &diagnostics, NULL));
  report = corpus_report (diagnostics);
  g_assert_cmpstr (report, ==,
                   "1:1-2: error: the program is larger than 1024 KiB\n");
}

/* The first error is the GError's, on one line; those before may be warnings. */
static void
test_error (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sh_program_compile ("inkling \"2.0\"\nexperiment { a: 1 }\n"
                                     "type Size number\ntype A Sise\ntype B C",
                                     -1, "dir/my.ink", NULL, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_SYNTAX);
  g_assert_cmpstr (error->message, ==,
                   "dir/my.ink:4:8: there is no type 'Sise'; did you mean "
                   "'Size'?");
}

typedef struct
{
  const char *name;
  const char *text;
  ShDiagnostic diagnostic;
  const char *expected;
} Shown;

static const Shown shown[] = {
  { "plain",
    "one\ntwo three\nfour",
    { FALSE, 2, 5, 5, (char *) "wrong", (char *) "right" },
    "f:2:5: error: wrong\n"
    "     2 | two three\n"
    "       |     ^~~~~\n"
    "hint: right\n" },
  { "warning",
    "x",
    { TRUE, 1, 1, 1, (char *) "odd", NULL },
    "f:1:1: warning: odd\n"
    "     1 | x\n"
    "       | ^\n" },
  { "tabs",
    "\ta\tb",
    { FALSE, 1, 4, 1, (char *) "m", NULL },
    "f:1:4: error: m\n"
    "     1 | \ta\tb\n"
    "       | \t \t^\n" },
  { "wide",
    "\xE7\x89\xA9\xE7\x90\x86 x",
    { FALSE, 1, 2, 3, (char *) "m", NULL },
    "f:1:2: error: m\n"
    "     1 | \xE7\x89\xA9\xE7\x90\x86 x\n"
    "       |   ^~~~\n" },
  { "combining",
    "e\xCC\x81x",
    { FALSE, 1, 3, 1, (char *) "m", NULL },
    "f:1:3: error: m\n"
    "     1 | e\xCC\x81x\n"
    "       |  ^\n" },
  { "past-end",
    "ab",
    { FALSE, 1, 3, 1, (char *) "m", NULL },
    "f:1:3: error: m\n"
    "     1 | ab\n"
    "       |   ^\n" },
  { "past-last-line",
    "ab",
    { FALSE, 7, 3, 1, (char *) "m", NULL },
    "f:7:3: error: m\n" },
  { "longer-than-line",
    "ab\ncd",
    { FALSE, 1, 2, 50, (char *) "m", NULL },
    "f:1:2: error: m\n"
    "     1 | ab\n"
    "       |  ^\n" },
  { "crlf",
    "ab\r\ncd\r\n",
    { FALSE, 2, 1, 1, (char *) "m", NULL },
    "f:2:1: error: m\n"
    "     2 | cd\n"
    "       | ^\n" },
  { "bom",
    BOM "ab",
    { FALSE, 1, 2, 1, (char *) "m", NULL },
    "f:1:2: error: m\n"
    "     1 | ab\n"
    "       |  ^\n" },
  { "escape-sequence",
    "a\x1b[2Jb",
    { FALSE, 1, 6, 1, (char *) "m", NULL },
    "f:1:6: error: m\n"
    "     1 | a\xEF\xBF\xBD[2Jb\n"
    "       |      ^\n" },
  { "not-utf8",
    "a\xE9z",
    { FALSE, 1, 2, 1, (char *) "m", NULL },
    "f:1:2: error: m\n"
    "     1 | a\xEF\xBF\xBDz\n"
    "       |  ^\n" },
  { "no-text",
    NULL,
    { FALSE, 1, 2, 1, (char *) "m", NULL },
    "f:1:2: error: m\n" },
};

static void
test_shown (gconstpointer data)
{
  const Shown *one = data;
  g_autofree char *text =
      sh_diagnostic_format (&one->diagnostic, "f", one->text);

  g_assert_cmpstr (text, ==, one->expected);
}

/* Of a long line a part is shown, the place in it. */
static void
test_long_line (void)
{
  static const guint columns[] = { 1, 59, 60, 61, 150, 500, 999, 1000, 1001 };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < 1000; i++)
    g_string_append_c (text, 'a' + i % 26);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      ShDiagnostic diagnostic = {
        .line = 1, .column = columns[i], .length = 1, .message = (char *) "m"
      };
      g_autofree char *message =
          sh_diagnostic_format (&diagnostic, "f", text->str);
      g_auto (GStrv) lines = g_strsplit (message, "\n", -1);
      const char *caret = strchr (lines[2], '^');
      char above;

      g_assert_cmpuint (strlen (lines[1]), <, 200);
      g_assert_nonnull (caret);
      above = lines[1][caret - lines[2]];
      if (columns[i] <= 1000)
        g_assert_cmpint (above, ==, text->str[columns[i] - 1]);
      else
        g_assert_cmpint (above, ==, '\0');
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inkling/text/line-ends", test_line_ends);
  g_test_add_func ("/inkling/text/blanks", test_blanks);
  g_test_add_func ("/inkling/text/size", test_size);
  g_test_add_func ("/inkling/text/error", test_error);
  g_test_add_func ("/inkling/shown/long-line", test_long_line);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/inkling/place/%s", places[i].name);

      g_test_add_data_func (path, &places[i], test_place);
    }
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/inkling/shown/%s", shown[i].name);

      g_test_add_data_func (path, &shown[i], test_shown);
    }
  return g_test_run ();
}
