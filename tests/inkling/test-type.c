/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Questions that one asks of types, against sets of values that are counted out
 * one by one.
 */

#include "sh-program.h"

#include <math.h>

/* The type of the only field of a program's config. */
static ShType *
make_type (const char *text)
{
  g_autofree char *program_text = g_strdup_printf (
      "inkling \"2.0\"\n"
      "graph (input: { x: number }): { y: number } { concept C(input) {\n"
      "curriculum { source simulator (a: { y: number }, c: { field: %s }):\n"
      "{ x: number } { } } } }\n",
      text);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program =
      sh_program_compile (program_text, -1, text, NULL, &error);

  g_assert_no_error (error);
  return sh_type_ref (program->concepts[0].source.config->fields[0].type);
}

static const char *const types[] = {
  "number",
  "number<-2 .. 2>",
  "number<-1.5 .. 1>",
  "number<1 .. 1>",
  "number<0 .. 2 step 0.5>",
  "number<0 .. 2 step 1>",
  "number<0 .. 2.5 step 1>",
  "number<-3 .. 3 step 1.5>",
  "number<0 .. 0.75 step 0.25>",
  "number<0 .. 1 step 5>",
  "number<0, 1>",
  "number<-1, 0.5, 2>",
  "number<A = 1, B = 0>",
  "number<1>",
  "number<B = 1>",
  "Number.Int8",
  "Number.Int8<-2 .. 2>",
  "Number.Int8<0, 1, 2>",
  "Number.Int8<-2 .. 2 step 2>",
  "Number.UInt8<0 .. 2>",
  "Number.Bool",
  "Number.Bool<1>",
  "Number.Float32<0 .. 1>",
};

/* Values that tell these types apart: quarters from -200 to 300, as there are
 * no bounds at other values. */
#define FIRST (-800)
#define LAST 1200

static gboolean
has_quarter (const char *type, double value)
{
  /* Written again, by hand, for each type of the table. */
  static const double any[] = { -1000, 1000 };
  const double *range = any;
  gboolean whole = g_str_has_prefix (type, "Number.Int") ||
                   g_str_has_prefix (type, "Number.UInt") ||
                   g_str_has_prefix (type, "Number.Bool");
  static const struct
  {
    const char *type;
    double range[2];
    double values[8];
    guint n_values;
  } known[] = {
    { "number<-2 .. 2>", { -2, 2 }, { 0 }, 0 },
    { "number<-1.5 .. 1>", { -1.5, 1 }, { 0 }, 0 },
    { "number<1 .. 1>", { 1, 1 }, { 0 }, 0 },
    { "number<0 .. 2 step 0.5>", { 0, 2 }, { 0, 0.5, 1, 1.5, 2 }, 5 },
    { "number<0 .. 2 step 1>", { 0, 2 }, { 0, 1, 2 }, 3 },
    { "number<0 .. 2.5 step 1>", { 0, 2 }, { 0, 1, 2 }, 3 },
    { "number<-3 .. 3 step 1.5>", { -3, 3 }, { -3, -1.5, 0, 1.5, 3 }, 5 },
    { "number<0 .. 0.75 step 0.25>", { 0, 0.75 }, { 0, 0.25, 0.5, 0.75 }, 4 },
    { "number<0 .. 1 step 5>", { 0, 0 }, { 0 }, 1 },
    { "number<0, 1>", { 0, 1 }, { 0, 1 }, 2 },
    { "number<-1, 0.5, 2>", { -1, 2 }, { -1, 0.5, 2 }, 3 },
    { "number<A = 1, B = 0>", { 0, 1 }, { 0, 1 }, 2 },
    { "number<1>", { 1, 1 }, { 1 }, 1 },
    { "number<B = 1>", { 1, 1 }, { 1 }, 1 },
    { "Number.Int8", { -128, 127 }, { 0 }, 0 },
    { "Number.Int8<-2 .. 2>", { -2, 2 }, { 0 }, 0 },
    { "Number.Int8<0, 1, 2>", { 0, 2 }, { 0, 1, 2 }, 3 },
    { "Number.Int8<-2 .. 2 step 2>", { -2, 2 }, { -2, 0, 2 }, 3 },
    { "Number.UInt8<0 .. 2>", { 0, 2 }, { 0 }, 0 },
    { "Number.Bool", { 0, 1 }, { 0 }, 0 },
    { "Number.Bool<1>", { 1, 1 }, { 1 }, 1 },
    { "Number.Float32<0 .. 1>", { 0, 1 }, { 0 }, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].type, type))
      {
        range = known[i].range;
        for (guint j = 0; j < known[i].n_values; j++)
          if (known[i].values[j] == value)
            return TRUE;
        if (known[i].n_values > 0)
          return FALSE;
      }
  return value >= range[0] && value <= range[1] &&
         (!whole || value == floor (value));
}

static void
test_has_number (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autoptr (ShType) type = make_type (types[i]);

      for (int quarter = FIRST; quarter <= LAST; quarter++)
        if (sh_type_has_number (type, quarter / 4.0) !=
            has_quarter (types[i], quarter / 4.0))
          g_error ("%s and %g", types[i], quarter / 4.0);
      g_assert_false (sh_type_has_number (type, NAN));
      g_assert_false (sh_type_has_text (type, "1"));
    }
}

static void
test_includes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    for (guint j = 0; j < G_N_ELEMENTS (types); j++)
      {
        g_autoptr (ShType) outer = make_type (types[i]);
        g_autoptr (ShType) inner = make_type (types[j]);
        gboolean includes = TRUE;

        for (int quarter = FIRST; quarter <= LAST; quarter++)
          if (has_quarter (types[j], quarter / 4.0) &&
              !has_quarter (types[i], quarter / 4.0))
            includes = FALSE;
        if (sh_type_includes (outer, inner) != includes)
          g_error ("%s and %s", types[i], types[j]);
        g_assert_cmpint (sh_type_equivalent (outer, inner), ==, i == j);
      }
}

static void
test_choices (void)
{
  static const struct
  {
    const char *type;
    guint n;
    double first, last;
  } cases[] = {
    { "number", 0, 0, 0 },
    { "number<0 .. 5>", 0, 0, 0 },
    { "Number.Int32<0 .. 5>", 0, 0, 0 },
    { "number<0 .. 5 step 1>", 6, 0, 5 },
    { "number<0 .. 1 step 0.1>", 11, 0, 1 },
    { "number<0 .. 0.3 step 0.1>", 4, 0, 0.3 },
    { "number<0 .. 1 step 0.3>", 4, 0, 0.9 },
    { "number<1 .. 2 step 5>", 1, 1, 1 },
    { "number<-1, 4, 9>", 3, -1, 9 },
    { "number<B = 7, A = 3>", 2, 7, 3 },
    { "Number.Bool", 2, 0, 1 },
    { "Number.Bool<1>", 1, 1, 1 },
    { "string", 0, 0, 0 },
    { "string<\"a\", \"b\">", 2, 0, 0 },
    { "number<0 .. 10 ** 12 step 1>", G_MAXUINT, 0, G_MAXUINT - 1.0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShType) type = make_type (cases[i].type);

      g_assert_cmpuint (sh_type_get_n_choices (type), ==, cases[i].n);
      if (cases[i].n == 0)
        continue;
      g_assert_cmpfloat (sh_type_get_choice (type, 0), ==, cases[i].first);
      g_assert_cmpfloat_with_epsilon (sh_type_get_choice (type, cases[i].n - 1),
                                      cases[i].last, 1e-12);
    }
}

/* A type's text is a type, and that type. */
static void
test_to_string (void)
{
  static const char *const more[] = {
    "string",
    "string<\"a\", \"b \\\"c\\\" \\\\\">",
    "Image.Gray<84, 64>",
    "number[3]",
    "number<0 .. 1>[2][3]",
    "{ a: number, `b c`: Number.Int8<`x y` = 1, Z = 2>[4] }[2]",
    "{}",
    "number<0 .. 0.3 step 0.1>",
    "number<0.1, 0.30000000000000004, 1e+300>",
    "number<-0.1 .. 1e-07 step 3.3333333333333334e-08>",
    "Number.UInt64<0 .. 1.844674407370955e+19>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (types) + G_N_ELEMENTS (more); i++)
    {
      const char *text =
          i < G_N_ELEMENTS (types) ? types[i] : more[i - G_N_ELEMENTS (types)];
      g_autoptr (ShType) type = make_type (text);
      g_autofree char *found = sh_type_to_string (type);
      g_autoptr (ShType) again = make_type (found);

      g_assert_cmpstr (found, ==, text);
      g_assert_true (sh_type_equivalent (type, again));
      g_assert_true (sh_type_includes (type, again));
    }
}

static void
test_equivalent (void)
{
  static const struct
  {
    const char *a, *b;
    gboolean equivalent;
  } cases[] = {
    { "number<A = 1, B = 2>", "number<B = 2, A = 1>", TRUE },
    { "number<A = 1, B = 2>", "number<A = 1, C = 2>", FALSE },
    { "number<A = 1, B = 2>", "number<A = 2, B = 1>", FALSE },
    { "number<A = 1, B = 2>", "number<1, 2>", FALSE },
    { "number<0 .. 1>", "number<0 .. 1 step 1>", FALSE },
    { "number<0 .. 1>", "Number.Float32<0 .. 1>", FALSE },
    { "number", "Number.Float64", TRUE },
    { "{ a: number, b: number }", "{ a: number, b: number }", TRUE },
    { "{ a: number, b: number }", "{ b: number, a: number }", FALSE },
    { "{ a: number, b: number }", "{ a: number }", FALSE },
    { "{ a: number }", "{ a: number<0 .. 1> }", FALSE },
    { "number[2]", "number[3]", FALSE },
    { "number[2][3]", "number[3][2]", FALSE },
    { "number[2]", "{ a: number }", FALSE },
    { "Image.Gray<1, 2>", "Image.Gray<Height = 2, Width = 1>", TRUE },
    { "Image.Gray<1, 2>", "Image.Gray<2, 1>", FALSE },
    { "string<\"a\", \"b\">", "string<\"b\", \"a\">", TRUE },
    { "string<\"a\", \"b\">", "string", FALSE },
    { "5", "number<5>", TRUE },
    { "\"a\"", "string<\"a\">", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShType) a = make_type (cases[i].a);
      g_autoptr (ShType) b = make_type (cases[i].b);

      if (sh_type_equivalent (a, b) != cases[i].equivalent ||
          sh_type_equivalent (b, a) != cases[i].equivalent)
        g_error ("%s and %s", cases[i].a, cases[i].b);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 1, "1" },
    { -1, "-1" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1.0 / 3, "0.3333333333333333" },
    { 1e15, "1e+15" },
    { 123456789012345.0, "123456789012345" },
    { 9007199254740993.0, "9007199254740992" },
    { 5e-324, "4.94065645841247e-324" },
    { G_MAXDOUBLE, "1.797693134862316e+308" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sh_number_to_string (cases[i].value);

      g_assert_cmpfloat (g_ascii_strtod (text, NULL), ==, cases[i].value);
      if (cases[i].value != G_MAXDOUBLE)
        g_assert_cmpstr (text, ==, cases[i].text);
    }
}

/* What a type is made of, counted by hand. */
static void
test_size (void)
{
  static const struct
  {
    const char *type;
    guint depth, n_fields, size;
  } cases[] = {
    { "number", 0, 0, 1 },
    { "string", 0, 0, 1 },
    { "Image.Gray<4, 5>", 0, 0, 20 },
    { "number[3]", 1, 0, 3 },
    { "number[3][4]", 2, 0, 12 },
    { "{}", 1, 0, 0 },
    { "{ a: number, b: string }", 1, 2, 2 },
    { "{ a: number[5], b: { c: number, d: { e: number } } }", 3, 5, 7 },
    { "{ a: { b: number }[2] }[3]", 4, 2, 6 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ShType) type = make_type (cases[i].type);

      g_assert_cmpuint (type->depth, ==, cases[i].depth);
      g_assert_cmpuint (type->n_all_fields, ==, cases[i].n_fields);
      g_assert_cmpuint (type->size, ==, cases[i].size);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inkling/type/has-number", test_has_number);
  g_test_add_func ("/inkling/type/includes", test_includes);
  g_test_add_func ("/inkling/type/choices", test_choices);
  g_test_add_func ("/inkling/type/to-string", test_to_string);
  g_test_add_func ("/inkling/type/equivalent", test_equivalent);
  g_test_add_func ("/inkling/type/numbers", test_numbers);
  g_test_add_func ("/inkling/type/size", test_size);
  return g_test_run ();
}
