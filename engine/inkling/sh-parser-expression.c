/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Expressions, by precedence climbing. Tightest first: postfix, unary, **,
 * * / %, + -, comparison, equality, and, or. All binary operators go from left
 * to right, ** too; a unary minus binds tighter than **, so that -2 ** 2 is 4.
 */

#include "sh-parser-private.h"

typedef enum
{
  LEVEL_OR,
  LEVEL_AND,
  LEVEL_EQUALITY,
  LEVEL_COMPARISON,
  LEVEL_ADDITIVE,
  LEVEL_MULTIPLICATIVE,
  LEVEL_POWER
} Level;

static const struct
{
  ShTokenKind token;
  const char *word;
  Level level;
  ShOperator op;
} operators[] = {
  { SH_TOKEN_NAME, "or", LEVEL_OR, SH_OPERATOR_OR },
  { SH_TOKEN_NAME, "and", LEVEL_AND, SH_OPERATOR_AND },
  { SH_TOKEN_EQUAL, NULL, LEVEL_EQUALITY, SH_OPERATOR_EQUAL },
  { SH_TOKEN_NOT_EQUAL, NULL, LEVEL_EQUALITY, SH_OPERATOR_NOT_EQUAL },
  { SH_TOKEN_LESS, NULL, LEVEL_COMPARISON, SH_OPERATOR_LESS },
  { SH_TOKEN_LESS_EQUAL, NULL, LEVEL_COMPARISON, SH_OPERATOR_LESS_EQUAL },
  { SH_TOKEN_GREATER, NULL, LEVEL_COMPARISON, SH_OPERATOR_GREATER },
  { SH_TOKEN_GREATER_EQUAL, NULL, LEVEL_COMPARISON, SH_OPERATOR_GREATER_EQUAL },
  { SH_TOKEN_PLUS, NULL, LEVEL_ADDITIVE, SH_OPERATOR_ADD },
  { SH_TOKEN_MINUS, NULL, LEVEL_ADDITIVE, SH_OPERATOR_SUBTRACT },
  { SH_TOKEN_STAR, NULL, LEVEL_MULTIPLICATIVE, SH_OPERATOR_MULTIPLY },
  { SH_TOKEN_SLASH, NULL, LEVEL_MULTIPLICATIVE, SH_OPERATOR_DIVIDE },
  { SH_TOKEN_PERCENT, NULL, LEVEL_MULTIPLICATIVE, SH_OPERATOR_REMAINDER },
  { SH_TOKEN_STAR_STAR, NULL, LEVEL_POWER, SH_OPERATOR_POWER },
};

static ShExprNode *
new_node (ShParser *self, ShExprKind kind)
{
  ShExprNode *node = sh_pool_new_item (self->pool, ShExprNode);

  node->kind = kind;
  node->span = sh_parser_peek (self, 0)->span;
  return node;
}

/* Makes `node` reach from where it starts to the last token taken. */
static ShExprNode *
close_node (ShParser *self, ShExprNode *node, guint first)
{
  node->span = sh_parser_span (self, first);
  return node;
}

/* Expressions between brackets, the opening one taken already. */
static gboolean
parse_items (ShParser *self, ShTokenKind close, guint open, ShExprNode **items)
{
  gboolean no_struct = self->no_struct;
  gboolean is_whole = TRUE;

  self->no_struct = FALSE;
  for (gboolean is_first = TRUE; sh_parser_more (self, close, is_first);
       is_first = FALSE)
    {
      ShExprNode *item = sh_parser_expression (self);

      if (item == NULL)
        {
          sh_parser_skip (self, SH_SKIP_ELEMENT);
          is_whole = FALSE;
          continue;
        }
      *items = item;
      items = &item->next;
    }
  self->no_struct = no_struct;
  return sh_parser_expect_close (self, close, open) && is_whole;
}

static ShMemberNode *
parse_member (ShParser *self)
{
  ShMemberNode *member = sh_pool_new_item (self->pool, ShMemberNode);
  gboolean is_text = sh_parser_at (self, SH_TOKEN_STRING);

  if (is_text)
    sh_parser_expect_string (self, &member->name, "a name");
  else if (!sh_parser_expect_name (self, &member->name, "a name"))
    return NULL;
  if (!sh_parser_expect (self, SH_TOKEN_COLON, "the name"))
    return NULL;
  member->value = sh_parser_expression (self);
  return member->value != NULL ? member : NULL;
}

static ShExprNode *
parse_struct (ShParser *self)
{
  guint open = self->at;
  ShExprNode *node = new_node (self, SH_EXPR_STRUCT);
  ShMemberNode **tail = &node->members;
  gboolean is_whole = TRUE;

  sh_parser_take (self);
  for (gboolean is_first = TRUE;
       sh_parser_more (self, SH_TOKEN_RIGHT_BRACE, is_first); is_first = FALSE)
    {
      ShMemberNode *member = parse_member (self);

      if (member == NULL)
        {
          sh_parser_skip (self, SH_SKIP_ELEMENT);
          is_whole = FALSE;
          continue;
        }
      *tail = member;
      tail = &member->next;
    }
  if (!sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACE, open) || !is_whole)
    return NULL;
  return close_node (self, node, open);
}

static ShExprNode *
parse_parenthesis (ShParser *self)
{
  guint open = self->at;
  gboolean no_struct = self->no_struct;
  ShExprNode *node;

  sh_parser_take (self);
  self->no_struct = FALSE;
  node = sh_parser_expression (self);
  self->no_struct = no_struct;
  if (node == NULL)
    sh_parser_skip (self, SH_SKIP_ELEMENT);
  if (!sh_parser_expect_close (self, SH_TOKEN_RIGHT_PAREN, open) ||
      node == NULL)
    return NULL;
  return close_node (self, node, open);
}

static ShExprNode *
parse_number (ShParser *self)
{
  ShExprNode *node = new_node (self, SH_EXPR_NUMBER);
  const ShToken *token = sh_parser_take (self);

  node->number = sh_token_get_number (token, self->diagnostics->text);
  if (node->number > G_MAXDOUBLE)
    {
      sh_diagnostics_error (self->diagnostics, token->span,
                            "the number is too large");
      sh_diagnostics_hint (self->diagnostics,
                           "the largest that can be computed with is about "
                           "1.8e308");
    }
  return node;
}

static ShExprNode *
parse_name (ShParser *self)
{
  guint first = self->at;
  ShExprNode *node;

  if (sh_parser_at_word (self, "constraint") &&
      sh_parser_is (self, 1, SH_TOKEN_NAME) &&
      !sh_parser_is_word (self, 1, "and") && !sh_parser_is_word (self, 1, "or"))
    {
      node = new_node (self, SH_EXPR_CONSTRAINT);
      sh_parser_take (self);
      sh_parser_expect_name (self, &node->name, "the name of a type");
      node->type = sh_parser_type (self);
      return node->type != NULL ? close_node (self, node, first) : NULL;
    }
  node = new_node (self, SH_EXPR_NAME);
  return sh_parser_expect_name (self, &node->name, "a value") ? node : NULL;
}

static ShExprNode *
parse_primary (ShParser *self)
{
  guint first = self->at;
  ShExprNode *node;

  switch (sh_parser_peek (self, 0)->kind)
    {
    case SH_TOKEN_NUMBER:
      return parse_number (self);
    case SH_TOKEN_STRING:
      node = new_node (self, SH_EXPR_STRING);
      sh_parser_expect_string (self, &node->name, "a text");
      return node;
    case SH_TOKEN_NAME:
      return parse_name (self);
    case SH_TOKEN_LEFT_PAREN:
      return parse_parenthesis (self);
    case SH_TOKEN_LEFT_BRACKET:
      node = new_node (self, SH_EXPR_ARRAY);
      sh_parser_take (self);
      if (!parse_items (self, SH_TOKEN_RIGHT_BRACKET, first, &node->items))
        return NULL;
      return close_node (self, node, first);
    case SH_TOKEN_LEFT_BRACE:
      if (!self->no_struct)
        return parse_struct (self);
      G_GNUC_FALLTHROUGH;
    default:
      sh_parser_expected (self, "a value");
      return NULL;
    }
}

static ShExprNode *
parse_index (ShParser *self, ShExprNode *object, guint first)
{
  ShExprNode *node = new_node (self, SH_EXPR_INDEX);
  guint open = self->at;
  gboolean no_struct = self->no_struct;

  sh_parser_take (self);
  node->left = object;
  self->no_struct = FALSE;
  node->right = sh_parser_expression (self);
  self->no_struct = no_struct;
  if (node->right == NULL)
    sh_parser_skip (self, SH_SKIP_ELEMENT);
  if (!sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACKET, open) ||
      node->right == NULL)
    return NULL;
  return close_node (self, node, first);
}

static ShExprNode *
parse_postfix (ShParser *self)
{
  guint first = self->at;
  ShExprNode *node = parse_primary (self);

  while (node != NULL)
    {
      ShExprNode *object = node;
      guint open = self->at;

      if (sh_parser_at (self, SH_TOKEN_DOT))
        {
          node = new_node (self, SH_EXPR_MEMBER);
          sh_parser_take (self);
          node->left = object;
          if (!sh_parser_expect_name (self, &node->name, "a name after '.'"))
            return NULL;
          close_node (self, node, first);
        }
      else if (sh_parser_at (self, SH_TOKEN_LEFT_BRACKET))
        node = parse_index (self, object, first);
      else if (sh_parser_at (self, SH_TOKEN_LEFT_PAREN))
        {
          node = new_node (self, SH_EXPR_CALL);
          sh_parser_take (self);
          node->left = object;
          if (!parse_items (self, SH_TOKEN_RIGHT_PAREN, open, &node->items))
            return NULL;
          close_node (self, node, first);
        }
      else
        break;
    }
  return node;
}

static ShExprNode *
parse_unary (ShParser *self)
{
  guint first = self->at;
  ShExprNode *node = new_node (self, SH_EXPR_UNARY);

  if (sh_parser_accept (self, SH_TOKEN_PLUS))
    node->op = SH_OPERATOR_ADD;
  else if (sh_parser_accept (self, SH_TOKEN_MINUS))
    node->op = SH_OPERATOR_SUBTRACT;
  else if (sh_parser_at_word (self, "not") &&
           !sh_parser_is (self, 1, SH_TOKEN_DOT))
    {
      sh_parser_take (self);
      node->op = SH_OPERATOR_NOT;
    }
  else
    return parse_postfix (self);

  if (!sh_parser_enter (self))
    return NULL;
  node->left = parse_unary (self);
  sh_parser_leave (self);
  return node->left != NULL ? close_node (self, node, first) : NULL;
}

/* The index of the operator here, if it binds at least as tight as `level`. */
static gboolean
find_operator (const ShParser *self, Level level, guint *index)
{
  ShTokenKind kind = sh_parser_peek (self, 0)->kind;

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    if (operators[i].token == kind && operators[i].level >= level &&
        (operators[i].word == NULL ||
         sh_parser_at_word (self, operators[i].word)))
      {
        *index = i;
        return TRUE;
      }
  return FALSE;
}

static ShExprNode *
parse_binary (ShParser *self, Level level)
{
  guint first = self->at;
  ShExprNode *node = parse_unary (self);
  guint i;

  while (node != NULL && find_operator (self, level, &i))
    {
      ShExprNode *left = node;

      node = new_node (self, SH_EXPR_BINARY);
      sh_parser_take (self);
      node->op = operators[i].op;
      node->left = left;
      node->right = parse_binary (self, operators[i].level + 1);
      if (node->right == NULL)
        return NULL;
      close_node (self, node, first);
    }
  return node;
}

static ShExprNode *
parse_level (ShParser *self, Level level)
{
  ShExprNode *node;

  if (!sh_parser_enter (self))
    return NULL;
  node = parse_binary (self, level);
  sh_parser_leave (self);
  return node;
}

ShExprNode *
sh_parser_expression (ShParser *self)
{
  return parse_level (self, LEVEL_OR);
}

ShExprNode *
sh_parser_condition (ShParser *self)
{
  ShExprNode *node;

  self->no_struct = TRUE;
  node = parse_level (self, LEVEL_OR);
  self->no_struct = FALSE;
  return node;
}

ShExprNode *
sh_parser_additive (ShParser *self)
{
  return parse_level (self, LEVEL_ADDITIVE);
}

ShExprNode *
sh_parser_record (ShParser *self)
{
  const guint open = self->at;
  ShExprNode *node = new_node (self, SH_EXPR_STRUCT);
  ShMemberNode **tail = &node->members, **last = tail;
  guint n_errors = self->diagnostics->n_errors;

  if (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE))
    {
      sh_parser_expected (self, "'{'");
      return NULL;
    }
  sh_parser_take (self);
  for (gboolean is_first = TRUE;
       sh_parser_more (self, SH_TOKEN_RIGHT_BRACE, is_first); is_first = FALSE)
    {
      const guint first = self->at;
      /* After an error between them the one before may not have ended. */
      gboolean is_rest = self->diagnostics->n_errors > n_errors;
      ShMemberNode *member;

      n_errors = self->diagnostics->n_errors;
      member = parse_member (self);
      is_rest |= member == NULL && self->at == first;
      if (is_rest)
        *(tail = last) = NULL;
      if (member == NULL)
        sh_parser_skip (self, SH_SKIP_ELEMENT);
      else if (sh_parser_is_clean (self, first, n_errors))
        {
          last = tail;
          *tail = member;
          tail = &member->next;
        }
      n_errors = self->diagnostics->n_errors;
    }
  if (self->diagnostics->n_errors > n_errors)
    *last = NULL;
  sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACE, open);
  return close_node (self, node, open);
}
