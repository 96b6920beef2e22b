/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Texts that nobody would write: pieces of good and bad programs, programs with
 * wrong bytes, and programs made to be expensive. Each compiles or gives errors;
 * none takes long, which the time limit of the test sees to, and none takes
 * memory that it does not give back, which the sanitizers do.
 */

#include "corpus.h"

#include "sh-error.h"

static void
compile (const char *text, gsize length)
{
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  ShProgram *program =
      sh_program_compile (text, length, "test.ink", &diagnostics, &error);
  guint n_errors = 0, line = 0;

  for (guint i = 0; i < diagnostics->len; i++)
    {
      const ShDiagnostic *diagnostic = g_ptr_array_index (diagnostics, i);

      g_assert_cmpuint (diagnostic->line, >=, MAX (line, 1));
      g_assert_cmpuint (diagnostic->column, >=, 1);
      g_assert_cmpuint (diagnostic->length, >=, 1);
      line = diagnostic->line;
      n_errors += !diagnostic->warning;
    }
  g_assert_cmpuint (n_errors, <=, SH_PROGRAM_MAX_ERRORS);
  if (program != NULL)
    {
      g_autofree char *model = sh_program_dump (program);

      g_assert_no_error (error);
      g_assert_cmpuint (n_errors, ==, 0);
      g_assert_nonnull (model);
      sh_program_unref (program);
    }
  else
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_SYNTAX);
      g_assert_cmpuint (n_errors, >, 0);
    }
}

typedef void (*EachFunc) (const char *text, gsize length, GRand *random);

static void
for_each_program (EachFunc func)
{
  static const char *const folders[] = { "good", "bad" };
  g_autoptr (GRand) random = g_rand_new_with_seed (20181129);

  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      g_autoptr (GPtrArray) names = corpus_list (folders[i]);

      for (guint j = 0; j < names->len; j++)
        {
          gsize length;
          g_autofree char *text =
              corpus_read (folders[i], names->pdata[j], ".ink", &length);

          func (text, length, random);
        }
    }
}

/* In a block of its own, so that a sanitizer sees the first byte too many. */
static void
compile_copy (const char *text, gsize length)
{
  g_autofree char *copy = g_memdup2 (text, length);

  compile (copy, length);
}

static void
cut (const char *text, gsize length, GRand *random)
{
  for (gsize end = g_rand_int_range (random, 0, 7); end < length; end += 7)
    compile_copy (text, end);
}

static void
test_truncated (void)
{
  for_each_program (cut);
}

static void
change_bytes (const char *text, gsize length, GRand *random)
{
  static const char bytes[] =
      "{}()[]<>,:.=\"`#\\+-* \n\r\t0aA_e;'!&\x80\xC3\xFF";

  for (guint i = 0; i < 60; i++)
    {
      g_autofree char *copy = g_memdup2 (text, length);
      guint n = g_rand_int_range (random, 1, 4);

      while (n-- > 0)
        copy[g_rand_int_range (random, 0, length)] =
            bytes[g_rand_int_range (random, 0, sizeof bytes)];
      compile (copy, length);
    }
}

static void
test_changed (void)
{
  for_each_program (change_bytes);
}

/* Takes out a piece, or says one twice. */
static void
move_pieces (const char *text, gsize length, GRand *random)
{
  for (guint i = 0; i < 30; i++)
    {
      gsize from = g_rand_int_range (random, 0, length);
      gsize size = g_rand_int_range (random, 0, MIN (length - from, 40) + 1);
      g_autoptr (GString) changed = g_string_new_len (text, length);

      if (i % 2 == 0)
        g_string_erase (changed, from, size);
      else
        g_string_insert_len (changed, g_rand_int_range (random, 0, length),
                             text + from, size);
      compile (changed->str, changed->len);
    }
}

static void
test_moved (void)
{
  for_each_program (move_pieces);
}

/* Tokens in no order. */
static void
test_tokens (void)
{
  static const char *const words[] = {
    "type",   "const",    "graph",    "concept",    "curriculum", "source",
    "lesson", "scenario", "training", "simulator",  "function",   "var",
    "if",     "else",     "return",   "goal",       "avoid",      "in",
    "within", "number",   "Number.",  "Int8",       "string",     "Image.Gray",
    "using",  "output",   "select",   "mask",       "step",       "extends",
    "{",      "}",        "(",        ")",          "[",          "]",
    "<",      ">",        ",",        ":",          "..",         "=",
    "+",      "-",        "**",       "and",        "not",        "A",
    "B",      "1",        "2.5",      "\"text\"",   "\n",         "algorithm",
    "state",  "action",   "reward",   "import",     "programmed", "experiment",
    "weight", "package",  "Goal",     "constraint",
  };
  g_autoptr (GRand) random = g_rand_new_with_seed (7);

  for (guint i = 0; i < 4000; i++)
    {
      g_autoptr (GString) text = g_string_new ("inkling \"2.0\"\n");

      for (guint n = g_rand_int_range (random, 1, 60); n > 0; n--)
        g_string_append_printf (
            text, "%s ",
            words[g_rand_int_range (random, 0, G_N_ELEMENTS (words))]);
      compile (text->str, text->len);
    }
}

/* Programs that grow ------------------------------------------------------ */

#define GRAPH                                                                  \
  "graph (input: S): { y: number } { concept C(input) { curriculum {\n"        \
  "source simulator (a: { y: number }, c: S): S { }\n"

/* Bytes of a grown program; larger ones take longer, not other paths. */
#define GROWN (256u * 1024)

typedef struct
{
  const char *name;
  const char *start, *repeated, *end;
  gboolean is_numbered; /* `repeated` has the number of the repetition, %u */
} Growth;

static const Growth growths[] = {
  { "parentheses", "const A = ", "(", "", FALSE },
  { "closed-parentheses", "const A = ", ")", "", FALSE },
  { "brackets", "const A = ", "[", "", FALSE },
  { "braces", "const A = ", "{a:", "", FALSE },
  { "struct-types", "type A ", "{a:", "", FALSE },
  { "array-types", "type A number", "[1]", "", FALSE },
  { "array-type-ends", "type A number", "[", "", FALSE },
  { "constraints", "type A number", "<1 .. 2>", "", FALSE },
  { "constraint-starts", "type A number", "<", "", FALSE },
  { "minus", "const A = ", "-", "1", FALSE },
  { "not", "const A = ", "not ", "1", FALSE },
  { "sum", "const A = 1", "+1", "", FALSE },
  { "power", "const A = 1", "**1", "", FALSE },
  { "members", "const A = a", ".a", "", FALSE },
  { "calls", "const A = a", "()", "", FALSE },
  { "indices", "const A = a", "[0]", "", FALSE },
  { "elements", "const A = [1", ",1", "]", FALSE },
  { "fields", "const A = {", "a%u:1,", "}", TRUE },
  { "digits", "const A = ", "1", "", FALSE },
  { "fraction", "const A = 0.", "1", "", FALSE },
  { "exponent", "const A = 1e", "1", "", FALSE },
  { "name", "const ", "a", " = 1", FALSE },
  { "text", "const A = \"", "a", "\"", FALSE },
  { "strange-marks", "", "? ", "", FALSE },
  { "quotes", "", "'", "", FALSE },
  { "constants", "", "const A%u = 1 ", "", TRUE },
  { "same-constants", "", "const A = 1 ", "", FALSE },
  { "unknown-names", "", "const A%u = B%u ", "", TRUE },
  { "same-types", "", "type A number ", "", FALSE },
  { "struct-fields", "type S {", "a%u:number,", "}", TRUE },
  { "enum-values", "type S number<0", ",%u", ">", TRUE },
  { "enum-names", "type S number<", "a%u=%u,", ">", TRUE },
  { "narrow-enums", "type E number<1,2,3> type S {", "a%u:E<1>,", "}", TRUE },
  { "ifs", "function F(a: number) {", "if a {", "", FALSE },
  { "else-ifs", "function F(a: number) { if a { return 1 }",
    "else if a { return 1 }", "}", FALSE },
  { "statements", "function F(a: number) {", "a = 1 ", "}", FALSE },
  { "curricula", "graph (input: A): A { concept C(input) {", "curriculum {", "",
    FALSE },
  { "concepts", "graph (input: A): A {", "concept C%u(input) {}", "}", TRUE },
  { "goals",
    "graph (input: A): A { concept C(input) { curriculum { goal (s: A) {",
    "avoid a: s in s ", "}}}}", FALSE },
  { "records", "experiment ", "{a:", "", FALSE },
  { "training", "type S { x: number }\n" GRAPH " training {",
    "EpisodeIterationLimit: 1,", "}}}}", FALSE },
  { "lessons", "type S { x: number<0 .. 1> }\n" GRAPH,
    "lesson L%u { scenario S }", "}}}", TRUE },
  { "graphs", "", "graph () {}", "", FALSE },
  { "one-line-errors", "", "type ", "", FALSE },
};

static void
test_growth (gconstpointer data)
{
  const Growth *growth = data;
  g_autoptr (GString) text = g_string_new ("inkling \"2.0\"\n");

  g_string_append (text, growth->start);
  for (guint i = 1; text->len + strlen (growth->end) + 64 < GROWN; i++)
    {
      if (growth->is_numbered)
        {
          g_auto (GStrv) parts = g_strsplit (growth->repeated, "%u", -1);
          g_autofree char *number = g_strdup_printf ("%u", i);
          g_autofree char *piece = g_strjoinv (number, parts);

          g_string_append (text, piece);
        }
      else
        g_string_append (text, growth->repeated);
    }
  g_string_append (text, growth->end);
  compile (text->str, text->len);
}

/* Each line stands for twice the one before: a short text for a huge type. */
static void
test_doubling (void)
{
  static const struct
  {
    const char *first, *next;
  } cases[] = {
    { "type A0 number", "type A%u { a: A%u, b: A%u }" },
    { "type A0 number", "type A%u A%u[2]" },
    { "type A0 { a0: number }", "type A%u extends A%u { a%u: number }" },
    { "const A0 = [1, 1]", "const A%u = [A%u, A%u]" },
    { "const A0 = { a: 1 }", "const A%u = { a: A%u, b: A%u }" },
    { "const A0 = [1, 1]", "const A%u = [A%u, A%u] type T%u { a: A%u }" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new ("inkling \"2.0\"\n");

      g_string_append (text, cases[i].first);
      for (guint j = 1; j < 200; j++)
        {
          g_auto (GStrv) parts = g_strsplit (cases[i].next, "%u", -1);

          g_string_append_c (text, '\n');
          for (guint k = 0; parts[k] != NULL; k++)
            {
              g_string_append (text, parts[k]);
              if (parts[k + 1] == NULL)
                break;
              /* The first name is new, those after the '=' are not. */
              g_string_append_printf (
                  text, "%u",
                  k == 0 || g_str_has_suffix (parts[k], "T") ? j : j - 1);
            }
        }
      compile (text->str, text->len);
    }
}

/* Each rests on the next one. */
static void
test_chain (void)
{
  static const char *const kinds[] = {
    "const A%u = A%u + 1\n", "type A%u A%u\n", "type A%u { a: A%u }\n",
    "type A%u A%u<0 .. 1>\n", "type A%u extends A%u { }\n"
  };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    for (guint backward = 0; backward < 2; backward++)
      {
        g_autoptr (GString) text = g_string_new ("inkling \"2.0\"\n");
        g_auto (GStrv) parts = g_strsplit (kinds[i], "%u", -1);

        for (guint j = 1; j < 20000; j++)
          {
            guint k = backward ? 20000 - j : j;

            g_string_append_printf (text, "%s%u%s%u%s", parts[0], k, parts[1],
                                    k + 1, parts[2]);
          }
        g_string_append (text,
                         i == 0 ? "const A20000 = 1\n" : "type A20000 { }\n");
        compile (text->str, text->len);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inkling/robust/truncated", test_truncated);
  g_test_add_func ("/inkling/robust/changed", test_changed);
  g_test_add_func ("/inkling/robust/moved", test_moved);
  g_test_add_func ("/inkling/robust/tokens", test_tokens);
  g_test_add_func ("/inkling/robust/doubling", test_doubling);
  g_test_add_func ("/inkling/robust/chain", test_chain);
  for (guint i = 0; i < G_N_ELEMENTS (growths); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/inkling/robust/growth/%s", growths[i].name);

      g_test_add_data_func (path, &growths[i], test_growth);
    }
  return g_test_run ();
}
