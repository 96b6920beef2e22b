/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Types: a base and any number of suffixes. Whether a name is that of a type or
 * of a constant shows only later; an expression is told from a type by what
 * follows its first name.
 */

#include "sh-parser-private.h"

#include "sh-suggestion.h"

#include <string.h>

static gboolean
parse_fields (ShParser *self,
              ShTokenKind close,
              const char *what,
              ShFieldNode **fields)
{
  guint open = self->at;
  gboolean is_whole = TRUE;

  sh_parser_take (self);
  for (gboolean is_first = TRUE; sh_parser_more (self, close, is_first);
       is_first = FALSE)
    {
      ShFieldNode *field = sh_pool_new_item (self->pool, ShFieldNode);

      if (!sh_parser_expect_name (self, &field->name, what) ||
          !sh_parser_expect (self, SH_TOKEN_COLON, what) ||
          (field->type = sh_parser_type (self)) == NULL)
        {
          sh_parser_skip (self, SH_SKIP_ELEMENT);
          is_whole = FALSE;
          continue;
        }
      *fields = field;
      fields = &field->next;
    }
  return sh_parser_expect_close (self, close, open) && is_whole;
}

gboolean
sh_parser_parameters (ShParser *self, ShFieldNode **parameters)
{
  if (!sh_parser_at (self, SH_TOKEN_LEFT_PAREN))
    {
      sh_parser_expected (self, "'('");
      return FALSE;
    }
  return parse_fields (self, SH_TOKEN_RIGHT_PAREN, "the name of a parameter",
                       parameters);
}

static void
refuse_kind (ShParser *self, const ShName *name)
{
  ShSuggestion suggestion;

  sh_diagnostics_error (self->diagnostics, name->span,
                        "there is no type 'Number.%s'", name->text);
  sh_suggestion_init (&suggestion, name->text);
  for (guint kind = 0; kind <= SH_NUMBER_BOOL; kind++)
    sh_suggestion_offer (&suggestion, sh_number_kind_to_string (kind));
  if (suggestion.best != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean 'Number.%s'?",
                         suggestion.best);
  else
    sh_diagnostics_hint (self->diagnostics,
                         "there are Float32, Float64, Int8 to Int64, UInt8 to "
                         "UInt64, and Bool");
}

/* Number.X */
static gboolean
parse_number_kind (ShParser *self, ShTypeNode *node)
{
  ShName name;

  sh_parser_take (self);
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &name, "a kind of number after 'Number.'"))
    return FALSE;
  node->kind = SH_TYPE_NODE_NUMBER;
  if (!sh_number_kind_from_string (name.text, &node->number))
    refuse_kind (self, &name);
  return TRUE;
}

static ShEnumNode *
parse_value (ShParser *self)
{
  ShEnumNode *value = sh_pool_new_item (self->pool, ShEnumNode);

  if (sh_parser_is (self, 0, SH_TOKEN_NAME) &&
      sh_parser_is (self, 1, SH_TOKEN_ASSIGN))
    {
      sh_parser_expect_name (self, &value->name, "a name");
      sh_parser_take (self);
    }
  value->value = sh_parser_additive (self);
  return value->value != NULL ? value : NULL;
}

/* Values with or without names up to the closing '>'; `values` may have one
 * already. */
static gboolean
parse_values (ShParser *self, ShEnumNode **values)
{
  gboolean is_first = TRUE, is_whole = TRUE;

  if (*values != NULL)
    {
      values = &(*values)->next;
      is_first = FALSE;
    }
  for (; sh_parser_more (self, SH_TOKEN_GREATER, is_first); is_first = FALSE)
    {
      ShEnumNode *value;

      /* The '>' of "T<1>=2" is part of another token. */
      if (sh_parser_at (self, SH_TOKEN_GREATER_EQUAL))
        break;
      value = parse_value (self);
      if (value == NULL)
        {
          sh_parser_skip (self, SH_SKIP_ELEMENT);
          is_whole = FALSE;
          continue;
        }
      *values = value;
      values = &value->next;
    }
  return is_whole;
}

/* The '>' that ends a constraint, taken off a '>=' when need be. */
static gboolean
close_constraint (ShParser *self, guint open)
{
  if (sh_parser_at (self, SH_TOKEN_GREATER_EQUAL))
    {
      ShToken *token = &self->tokens[self->at];

      token->kind = SH_TOKEN_ASSIGN;
      token->span.offset++;
      token->span.length--;
      self->recovering = FALSE;
      return TRUE;
    }
  return sh_parser_expect_close (self, SH_TOKEN_GREATER, open);
}

/* `mask` and `in` are also good names for a constant. */
static gboolean
at_mask (const ShParser *self)
{
  return (sh_parser_at_word (self, "mask") || sh_parser_at_word (self, "in")) &&
         (sh_parser_is (self, 1, SH_TOKEN_LEFT_BRACKET) ||
          sh_parser_is (self, 1, SH_TOKEN_NAME));
}

static gboolean
parse_range (ShParser *self, ShSuffixNode *suffix, ShExprNode *min)
{
  suffix->kind = SH_SUFFIX_RANGE;
  suffix->min = min;
  suffix->max = sh_parser_additive (self);
  if (suffix->max == NULL)
    return FALSE;
  if (!sh_parser_accept_word (self, "step"))
    return TRUE;
  suffix->size = sh_parser_additive (self);
  return suffix->size != NULL;
}

static gboolean
parse_constraint_body (ShParser *self, ShSuffixNode *suffix)
{
  ShEnumNode *first;

  if (at_mask (self))
    {
      suffix->kind =
          sh_parser_at_word (self, "mask") ? SH_SUFFIX_MASK : SH_SUFFIX_IN;
      sh_parser_take (self);
      suffix->value = sh_parser_additive (self);
      return suffix->value != NULL;
    }
  suffix->kind = SH_SUFFIX_VALUES;
  first = parse_value (self);
  if (first == NULL)
    {
      sh_parser_skip (self, SH_SKIP_ELEMENT);
      return FALSE;
    }
  if (first->name.text == NULL && sh_parser_accept (self, SH_TOKEN_DOT_DOT))
    return parse_range (self, suffix, first->value);
  suffix->values = first;
  if (sh_parser_at (self, SH_TOKEN_GREATER_EQUAL))
    return TRUE;
  return parse_values (self, &suffix->values);
}

static ShSuffixNode *
parse_constraint (ShParser *self)
{
  ShSuffixNode *suffix = sh_pool_new_item (self->pool, ShSuffixNode);
  guint open = self->at;
  gboolean is_whole;

  sh_parser_take (self);
  is_whole = parse_constraint_body (self, suffix);
  if (!close_constraint (self, open) || !is_whole)
    return NULL;
  suffix->span = sh_parser_span (self, open);
  return suffix;
}

static ShSuffixNode *
parse_array (ShParser *self)
{
  ShSuffixNode *suffix = sh_pool_new_item (self->pool, ShSuffixNode);
  guint open = self->at;

  sh_parser_take (self);
  suffix->kind = SH_SUFFIX_ARRAY;
  suffix->size = sh_parser_expression (self);
  if (suffix->size == NULL)
    sh_parser_skip (self, SH_SKIP_ELEMENT);
  if (!sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACKET, open) ||
      suffix->size == NULL)
    return NULL;
  suffix->span = sh_parser_span (self, open);
  return suffix;
}

/* Image.Gray<width, height> */
static gboolean
parse_image (ShParser *self, ShTypeNode *node)
{
  ShName name;
  ShSuffixNode *size;

  node->kind = SH_TYPE_NODE_IMAGE;
  sh_parser_take (self);
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &name, "'Gray' after 'Image.'"))
    return FALSE;
  if (strcmp (name.text, "Gray") != 0)
    {
      sh_diagnostics_error (self->diagnostics, name.span,
                            "there is no type 'Image.%s'", name.text);
      sh_diagnostics_hint (self->diagnostics, "did you mean 'Image.Gray'?");
    }
  if (!sh_parser_at (self, SH_TOKEN_LESS))
    {
      sh_parser_expected (self, "'<' and the width and height of the image");
      return FALSE;
    }
  size = parse_constraint (self);
  if (size == NULL)
    return FALSE;
  if (size->kind != SH_SUFFIX_VALUES)
    {
      sh_diagnostics_error (self->diagnostics, size->span,
                            "an image has a width and a height, as in "
                            "Image.Gray<84, 84>");
      return FALSE;
    }
  node->image = size->values;
  return TRUE;
}

/* Whether what begins with a name here is an expression. */
static gboolean
is_expression (const ShParser *self)
{
  if (sh_parser_at_word (self, "true") || sh_parser_at_word (self, "false") ||
      sh_parser_at_word (self, "not"))
    return TRUE;
  switch (sh_parser_peek (self, 1)->kind)
    {
    case SH_TOKEN_DOT:
    case SH_TOKEN_LEFT_PAREN:
    case SH_TOKEN_PLUS:
    case SH_TOKEN_MINUS:
    case SH_TOKEN_STAR:
    case SH_TOKEN_STAR_STAR:
    case SH_TOKEN_SLASH:
    case SH_TOKEN_PERCENT:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
parse_value_type (ShParser *self, ShTypeNode *node)
{
  node->kind = SH_TYPE_NODE_VALUE;
  node->value = sh_parser_additive (self);
  return node->value != NULL;
}

static gboolean
parse_base (ShParser *self, ShTypeNode *node)
{
  switch (sh_parser_peek (self, 0)->kind)
    {
    case SH_TOKEN_LEFT_BRACE:
      node->kind = SH_TYPE_NODE_STRUCT;
      return parse_fields (self, SH_TOKEN_RIGHT_BRACE, "the name of a field",
                           &node->fields);
    case SH_TOKEN_NAME:
      break;
    case SH_TOKEN_NUMBER:
    case SH_TOKEN_STRING:
    case SH_TOKEN_PLUS:
    case SH_TOKEN_MINUS:
    case SH_TOKEN_LEFT_PAREN:
    case SH_TOKEN_LEFT_BRACKET:
      return parse_value_type (self, node);
    case SH_TOKEN_LESS:
      sh_diagnostics_error (self->diagnostics, sh_parser_peek (self, 0)->span,
                            "the type of which these are the values is "
                            "missing");
      sh_diagnostics_hint (self->diagnostics,
                           "write 'number' before it, as in number<0 .. 10>");
      return TRUE;
    default:
      sh_parser_expected (self, "a type");
      return FALSE;
    }

  if (sh_parser_is (self, 1, SH_TOKEN_DOT))
    {
      if (sh_parser_at_word (self, "Number"))
        return parse_number_kind (self, node);
      if (sh_parser_at_word (self, "Image"))
        return parse_image (self, node);
    }
  if (is_expression (self))
    return parse_value_type (self, node);
  if (sh_parser_accept_word (self, "number"))
    node->kind = SH_TYPE_NODE_NUMBER;
  else if (sh_parser_accept_word (self, "string") ||
           sh_parser_accept_word (self, "String"))
    node->kind = SH_TYPE_NODE_STRING;
  else
    {
      node->kind = SH_TYPE_NODE_NAMED;
      return sh_parser_expect_name (self, &node->name, "a type");
    }
  return TRUE;
}

static gboolean
parse_suffixes (ShParser *self, ShTypeNode *node)
{
  ShSuffixNode **tail = &node->suffixes;

  for (;;)
    {
      if (sh_parser_at (self, SH_TOKEN_LESS))
        *tail = parse_constraint (self);
      else if (sh_parser_at (self, SH_TOKEN_LEFT_BRACKET))
        *tail = parse_array (self);
      else
        return TRUE;
      if (*tail == NULL)
        return FALSE;
      tail = &(*tail)->next;
    }
}

ShTypeNode *
sh_parser_type (ShParser *self)
{
  ShTypeNode *node = sh_pool_new_item (self->pool, ShTypeNode);
  guint first = self->at;
  gboolean is_whole;

  if (!sh_parser_enter (self))
    return NULL;
  node->number = SH_NUMBER_FLOAT64;
  is_whole = parse_base (self, node) && parse_suffixes (self, node);
  sh_parser_leave (self);
  if (!is_whole)
    return NULL;
  node->span = sh_parser_span (self, first);
  return node;
}
