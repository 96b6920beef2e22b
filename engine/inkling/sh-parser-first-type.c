/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling 1: literals and constants, types with their ranges, and schemas.
 */

#include "sh-parser-first-private.h"

#include <math.h>
#include <string.h>

/* Literals ---------------------------------------------------------------- */

static ShExprNode *
make_number (ShParserFirst *self, double number, ShSpan span)
{
  ShExprNode *node = NEW (self, ShExprNode);

  node->kind = SH_EXPR_NUMBER;
  node->number = number;
  node->span = span;
  return node;
}

/* Whether a number, with or without a sign, true, false or a text is next. */
static gboolean
is_plain_literal (const ShParser *parser)
{
  const guint sign = sh_parser_at (parser, SH_TOKEN_MINUS) ||
                     sh_parser_at (parser, SH_TOKEN_PLUS);

  return sh_parser_at (parser, SH_TOKEN_STRING) ||
         sh_parser_at_word (parser, "true") ||
         sh_parser_at_word (parser, "false") ||
         (sh_parser_is (parser, sign, SH_TOKEN_NUMBER) &&
          isfinite (sh_token_get_number (sh_parser_peek (parser, sign),
                                         parser->diagnostics->text)));
}

static ShExprNode *
read_plain_number (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  guint first = parser->at;
  double sign = 1, number;

  if (sh_parser_at_word (parser, "true") || sh_parser_at_word (parser, "false"))
    {
      number = sh_parser_at_word (parser, "true");
      return make_number (self, number, sh_parser_take (parser)->span);
    }
  if (sh_parser_accept (parser, SH_TOKEN_MINUS))
    sign = -1;
  else
    sh_parser_accept (parser, SH_TOKEN_PLUS);
  if (!sh_parser_at (parser, SH_TOKEN_NUMBER))
    {
      sh_parser_expected (parser, "a number");
      return NULL;
    }
  number = sign * sh_token_get_number (sh_parser_take (parser),
                                       parser->diagnostics->text);
  if (isfinite (number))
    return make_number (self, number, sh_parser_span (parser, first));
  sh_diagnostics_error (parser->diagnostics, sh_parser_span (parser, first),
                        "the number is too large");
  return NULL;
}

ShExprNode *
sh_parser_first_plain_literal (ShParserFirst *self)
{
  ShExprNode *node;

  if (!sh_parser_at (self->parser, SH_TOKEN_STRING))
    return read_plain_number (self);
  node = NEW (self, ShExprNode);
  node->kind = SH_EXPR_STRING;
  if (!sh_parser_expect_string (self->parser, &node->name, "a text"))
    return NULL;
  node->span = node->name.span;
  return node;
}

void
sh_parser_first_find_constants (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShName name;

  for (; !sh_parser_at (parser, SH_TOKEN_END); parser->at++)
    {
      const guint first = parser->at;

      if (!sh_parser_at_word (parser, "constant") ||
          !sh_parser_is (parser, 1, SH_TOKEN_NAME))
        continue;
      parser->at += 2;
      if (sh_parser_at (parser, SH_TOKEN_LEFT_BRACE))
        while (parser->tokens[parser->at - 1].kind != SH_TOKEN_RIGHT_BRACE &&
               !sh_parser_at (parser, SH_TOKEN_END))
          parser->at++;
      if (sh_parser_at (parser, SH_TOKEN_NAME) &&
          sh_parser_is (parser, 1, SH_TOKEN_ASSIGN) &&
          sh_parser_expect_name (parser, &name, "the constant's name"))
        g_hash_table_insert (self->constants, (gpointer) name.text,
                             GUINT_TO_POINTER (parser->at + 1));
      parser->at = first;
    }
  parser->at = 0;
  parser->recovering = FALSE;
}

/* The value of the constant that is named here. */
static ShExprNode *
read_constant (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShExprNode *node;
  gpointer place;
  guint behind;
  ShName name;

  if (!sh_parser_expect_name (parser, &name, "a constant"))
    return NULL;
  if (!g_hash_table_lookup_extended (self->constants, name.text, NULL, &place))
    {
      sh_diagnostics_error (parser->diagnostics, name.span,
                            "there is no constant '%s'", name.text);
      return NULL;
    }
  behind = parser->at;
  parser->at = GPOINTER_TO_UINT (place);
  /* What is wrong with it is said where it is declared. */
  node =
      is_plain_literal (parser) ? sh_parser_first_plain_literal (self) : NULL;
  parser->at = behind;
  if (node != NULL)
    node->span = name.span;
  return node;
}

ShExprNode *
sh_parser_first_literal (ShParserFirst *self)
{
  const ShParser *parser = self->parser;

  return sh_parser_at (parser, SH_TOKEN_NAME) &&
                 !sh_parser_at_word (parser, "end") &&
                 !is_plain_literal (parser)
             ? read_constant (self)
             : sh_parser_first_plain_literal (self);
}

/* One that is a number. */
static gboolean
read_number (ShParserFirst *self, double *number, ShSpan *span)
{
  const ShExprNode *node = sh_parser_first_literal (self);

  if (node == NULL)
    return FALSE;
  if (node->kind != SH_EXPR_NUMBER)
    {
      sh_diagnostics_error (self->parser->diagnostics, node->span,
                            "a text is no end of a range");
      return FALSE;
    }
  *number = node->number;
  *span = node->span;
  return TRUE;
}

/* Types ------------------------------------------------------------------- */

static void
set_steps (ShParserFirst *self,
           ShSuffixNode *suffix,
           double min,
           double max,
           double step)
{
  suffix->kind = SH_SUFFIX_RANGE;
  suffix->min = make_number (self, min, suffix->span);
  suffix->max = make_number (self, max, suffix->span);
  if (step != 0)
    suffix->size = make_number (self, step, suffix->span);
}

static void
add_value (ShParserFirst *self, ShEnumNode ***tail, ShExprNode *value)
{
  ShEnumNode *node = NEW (self, ShEnumNode);

  node->value = value;
  **tail = node;
  *tail = &node->next;
}

static gint
compare_values (gconstpointer a, gconstpointer b)
{
  const double first = (*(ShExprNode *const *) a)->number;
  const double second = (*(ShExprNode *const *) b)->number;

  return (first > second) - (first < second);
}

/* Numbers in any order and more than once, as Inkling 1 has them; Inkling 2 wants
 * them to increase. */
static void
set_values (ShParserFirst *self, ShSuffixNode *suffix, GPtrArray *values)
{
  ShEnumNode **tail = &suffix->values;
  guint n_numbers = 0;

  for (guint i = 0; i < values->len; i++)
    n_numbers +=
        ((ShExprNode *) g_ptr_array_index (values, i))->kind == SH_EXPR_NUMBER;
  if (n_numbers == values->len)
    g_ptr_array_sort (values, compare_values);
  for (guint i = 0; i < values->len; i++)
    if (i == 0 || n_numbers < values->len ||
        compare_values (&values->pdata[i - 1], &values->pdata[i]) != 0)
      add_value (self, &tail, g_ptr_array_index (values, i));
}

/* { a:b } and { a:step:b }, behind the first colon. */
static gboolean
read_interval (ShParserFirst *self,
               gboolean is_whole,
               double a,
               ShSuffixNode *suffix)
{
  ShDiagnostics *diagnostics = self->parser->diagnostics;
  double b, c, step, n;
  ShSpan span;

  if (!read_number (self, &b, &span))
    return FALSE;
  if (!sh_parser_accept (self->parser, SH_TOKEN_COLON))
    {
      set_steps (self, suffix, a, b, is_whole ? 1 : 0);
      return TRUE;
    }
  step = b;
  if (!read_number (self, &c, &span))
    return FALSE;
  if (step == 0 || (step < 0) != (c < a) ||
      (c != a && fabs (step) > fabs (c - a)))
    {
      sh_diagnostics_error (diagnostics, span,
                            step == 0 ? "the step is 0"
                            : (step < 0) != (c < a)
                                ? "the step leads away from "
                                  "the end"
                                : "the step is longer than "
                                  "the range");
      return FALSE;
    }
  if (step > 0)
    {
      set_steps (self, suffix, a, c, step);
      return TRUE;
    }
  n = floor ((a - c) / -step + 1e-9);
  set_steps (self, suffix, a + n * step, a, -step);
  return TRUE;
}

/* { a..b:n }, behind the dots. */
static gboolean
read_spaced (ShParserFirst *self,
             double a,
             ShSuffixNode *suffix,
             ShEnumNode **tail)
{
  double b, n;
  ShSpan span;

  if (!read_number (self, &b, &span) ||
      !sh_parser_expect (self->parser, SH_TOKEN_COLON,
                         "the end of the range") ||
      !read_number (self, &n, &span))
    return FALSE;
  if (!(n >= 1) || n != floor (n) || n > 1e9 || (n == 1) != (a == b))
    {
      sh_diagnostics_error (self->parser->diagnostics, span,
                            "so many values do not fit between the ends");
      return FALSE;
    }
  if (n == 1)
    add_value (self, &tail, make_number (self, a, span));
  else
    set_steps (self, suffix, fmin (a, b), fmax (a, b), fabs (b - a) / (n - 1));
  return TRUE;
}

/* Behind the opening brace. */
static gboolean
read_range (ShParserFirst *self, gboolean is_whole, ShSuffixNode *suffix)
{
  ShParser *parser = self->parser;
  g_autoptr (GPtrArray) values = g_ptr_array_new ();
  ShExprNode *first = sh_parser_first_literal (self);

  suffix->kind = SH_SUFFIX_VALUES;
  if (first == NULL)
    return FALSE;
  if (first->kind == SH_EXPR_NUMBER &&
      sh_parser_accept (parser, SH_TOKEN_COLON))
    return read_interval (self, is_whole, first->number, suffix);
  if (first->kind == SH_EXPR_NUMBER &&
      sh_parser_accept (parser, SH_TOKEN_DOT_DOT))
    return read_spaced (self, first->number, suffix, &suffix->values);
  g_ptr_array_add (values, first);
  while (sh_parser_accept (parser, SH_TOKEN_COMMA))
    {
      ShExprNode *value = sh_parser_first_literal (self);

      if (value == NULL)
        return FALSE;
      g_ptr_array_add (values, value);
    }
  set_values (self, suffix, values);
  return TRUE;
}

static gboolean
read_image (ShParserFirst *self, ShTypeNode *type)
{
  ShParser *parser = self->parser;
  ShEnumNode **tail = &type->image;
  guint open = parser->at;

  type->kind = SH_TYPE_NODE_IMAGE;
  if (!sh_parser_expect (parser, SH_TOKEN_LEFT_PAREN, "'Luminance'"))
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      ShExprNode *size;

      if (i == 1 && !sh_parser_expect (parser, SH_TOKEN_COMMA, "the width"))
        return FALSE;
      size = sh_parser_first_literal (self);
      if (size == NULL)
        return FALSE;
      add_value (self, &tail, size);
    }
  if (sh_parser_at (parser, SH_TOKEN_COMMA))
    {
      sh_diagnostics_error (parser->diagnostics,
                            sh_parser_peek (parser, 0)->span,
                            "an image has a width and a height, and no more");
      return FALSE;
    }
  return sh_parser_expect_close (parser, SH_TOKEN_RIGHT_PAREN, open);
}

static gboolean
find_kind (const ShName *name, ShNumberKind *kind)
{
  if (strcmp (name->text, "Double") == 0)
    *kind = SH_NUMBER_FLOAT64;
  else if (strcmp (name->text, "Byte") == 0)
    *kind = SH_NUMBER_UINT8;
  else
    return sh_number_kind_from_string (name->text, kind);
  return TRUE;
}

ShTypeNode *
sh_parser_first_type (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShTypeNode *type = NEW (self, ShTypeNode);
  guint first = parser->at, open;
  ShName name;

  if (!sh_parser_expect_name (parser, &name, "a type"))
    return NULL;
  type->kind = SH_TYPE_NODE_NUMBER;
  if (strcmp (name.text, "String") == 0)
    type->kind = SH_TYPE_NODE_STRING;
  else if (strcmp (name.text, "Luminance") == 0)
    {
      if (!read_image (self, type))
        return NULL;
    }
  else if (!find_kind (&name, &type->number))
    {
      sh_diagnostics_error (parser->diagnostics, name.span,
                            "there is no type '%s'", name.text);
      sh_diagnostics_hint (parser->diagnostics,
                           "there are Double, Float32, Float64, Int8 to Int64, "
                           "UInt8 to UInt64, Bool, Byte, String and "
                           "Luminance(width, height)");
      return NULL;
    }
  open = parser->at;
  if (sh_parser_accept (parser, SH_TOKEN_LEFT_BRACE))
    {
      type->suffixes = NEW (self, ShSuffixNode);
      type->suffixes->span = sh_parser_span (parser, open);
      if (!read_range (self,
                       type->kind == SH_TYPE_NODE_NUMBER &&
                           sh_number_kind_is_integer (type->number),
                       type->suffixes) ||
          !sh_parser_expect_close (parser, SH_TOKEN_RIGHT_BRACE, open))
        return NULL;
      type->suffixes->span = sh_parser_span (parser, open);
    }
  type->span = sh_parser_span (parser, first);
  return type;
}

gboolean
sh_parser_first_fields (ShParserFirst *self, ShFieldNode **tail)
{
  if (sh_parser_at_word (self->parser, "end") ||
      sh_parser_at (self->parser, SH_TOKEN_RIGHT_PAREN))
    {
      sh_parser_expected (self->parser, "a field, such as 'Float32 speed'");
      return FALSE;
    }
  do
    {
      ShFieldNode *field = NEW (self, ShFieldNode);

      field->type = sh_parser_first_type (self);
      if (field->type == NULL ||
          !sh_parser_expect_name (self->parser, &field->name,
                                  "the field's name"))
        return FALSE;
      *tail = field;
      tail = &field->next;
    }
  while (sh_parser_accept (self->parser, SH_TOKEN_COMMA) &&
         !sh_parser_at_word (self->parser, "end") &&
         !sh_parser_at (self->parser, SH_TOKEN_RIGHT_PAREN));
  return TRUE;
}

ShTypeNode *
sh_parser_first_schema (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShTypeNode *type = NEW (self, ShTypeNode);
  guint open = parser->at;
  gboolean in_parens = sh_parser_accept (parser, SH_TOKEN_LEFT_PAREN);

  if (!in_parens || (sh_parser_at (parser, SH_TOKEN_NAME) &&
                     sh_parser_is (parser, 1, SH_TOKEN_RIGHT_PAREN)))
    {
      type->kind = SH_TYPE_NODE_NAMED;
      if (!sh_parser_expect_name (parser, &type->name, "a schema"))
        return NULL;
    }
  else
    {
      type->kind = SH_TYPE_NODE_STRUCT;
      if (!sh_parser_first_fields (self, &type->fields))
        return NULL;
    }
  type->span = sh_parser_span (parser, in_parens ? open + 1 : open);
  if (in_parens && !sh_parser_expect_close (parser, SH_TOKEN_RIGHT_PAREN, open))
    return NULL;
  return type;
}
