/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Functions and goals: the parts of a program that are worked out while it
 * trains.
 */

#include "sh-parser-private.h"

static gboolean
parse_block (ShParser *self, ShStatementNode **body, ShSpan *end);

static ShStatementNode *
parse_var (ShParser *self, ShStatementNode *statement)
{
  statement->kind = SH_STATEMENT_VAR;
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &statement->name, "the name of a variable"))
    return NULL;
  if (sh_parser_accept (self, SH_TOKEN_COLON))
    {
      statement->type = sh_parser_type (self);
      if (statement->type == NULL)
        return NULL;
    }
  if (sh_parser_accept (self, SH_TOKEN_ASSIGN))
    {
      statement->value = sh_parser_expression (self);
      if (statement->value == NULL)
        return NULL;
    }
  return statement;
}

static ShStatementNode *
parse_assignment (ShParser *self, ShStatementNode *statement)
{
  statement->kind = SH_STATEMENT_ASSIGN;
  statement->target = sh_parser_expression (self);
  if (statement->target == NULL ||
      !sh_parser_expect (self, SH_TOKEN_ASSIGN, "what is assigned to"))
    return NULL;
  statement->value = sh_parser_expression (self);
  return statement->value != NULL ? statement : NULL;
}

static gboolean
parse_branch (ShParser *self, ShBranchNode ***tail)
{
  ShBranchNode *branch = sh_pool_new_item (self->pool, ShBranchNode);

  if (sh_parser_at (self, SH_TOKEN_LEFT_BRACE))
    {
      sh_parser_expected (self, "a condition");
      sh_diagnostics_hint (self->diagnostics,
                           "put a struct in a condition in parentheses");
      return FALSE;
    }
  branch->condition = sh_parser_condition (self);
  if (branch->condition == NULL)
    {
      /* The block may be fine all the same. */
      while (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE) &&
             !sh_parser_at (self, SH_TOKEN_RIGHT_BRACE) &&
             !sh_parser_at (self, SH_TOKEN_END) && !sh_parser_at_item (self))
        self->at++;
    }
  if (!parse_block (self, &branch->body, NULL))
    return FALSE;
  **tail = branch;
  *tail = &branch->next;
  return TRUE;
}

static ShStatementNode *
parse_if (ShParser *self, ShStatementNode *statement)
{
  ShBranchNode **tail = &statement->branches;

  statement->kind = SH_STATEMENT_IF;
  sh_parser_take (self);
  if (!parse_branch (self, &tail))
    return NULL;
  while (sh_parser_accept_word (self, "else"))
    {
      if (sh_parser_accept_word (self, "if"))
        {
          if (!parse_branch (self, &tail))
            return NULL;
          continue;
        }
      statement->has_otherwise = TRUE;
      return parse_block (self, &statement->otherwise, NULL) ? statement : NULL;
    }
  return statement;
}

static ShStatementNode *
parse_return (ShParser *self, ShStatementNode *statement)
{
  statement->kind = SH_STATEMENT_RETURN;
  sh_parser_take (self);
  statement->value = sh_parser_expression (self);
  return statement->value != NULL ? statement : NULL;
}

static void
refuse_loop (ShParser *self)
{
  sh_parser_expected (self, "'var', 'if', 'return' or an assignment");
  sh_diagnostics_hint (self->diagnostics, "Inkling has no loops");
}

static ShStatementNode *
parse_statement (ShParser *self)
{
  ShStatementNode *statement = sh_pool_new_item (self->pool, ShStatementNode);
  guint first = self->at;

  if (!sh_parser_at (self, SH_TOKEN_NAME))
    {
      sh_parser_expected (self, "'var', 'if', 'return' or an assignment");
      return NULL;
    }
  if ((sh_parser_at_word (self, "for") || sh_parser_at_word (self, "while")) &&
      (sh_parser_is (self, 1, SH_TOKEN_NAME) ||
       sh_parser_is (self, 1, SH_TOKEN_LEFT_PAREN)))
    {
      refuse_loop (self);
      return NULL;
    }
  if (sh_parser_is (self, 1, SH_TOKEN_ASSIGN))
    statement = parse_assignment (self, statement);
  else if (sh_parser_at_word (self, "var"))
    statement = parse_var (self, statement);
  else if (sh_parser_at_word (self, "if"))
    statement = parse_if (self, statement);
  else if (sh_parser_at_word (self, "return"))
    statement = parse_return (self, statement);
  else
    statement = parse_assignment (self, statement);
  if (statement != NULL)
    statement->span = sh_parser_span (self, first);
  return statement;
}

static gboolean
parse_statements (ShParser *self, ShStatementNode **tail)
{
  gboolean is_whole = TRUE;

  while (sh_parser_is_inside (self))
    {
      guint before = self->at;
      ShStatementNode *statement = parse_statement (self);

      if (statement != NULL)
        {
          *tail = statement;
          tail = &statement->next;
          continue;
        }
      is_whole = FALSE;
      sh_parser_skip_from (self, SH_SKIP_STATEMENT, before);
    }
  return is_whole;
}

static gboolean
parse_block (ShParser *self, ShStatementNode **body, ShSpan *end)
{
  guint open = self->at;
  gboolean is_whole;

  if (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE))
    {
      sh_parser_expected (self, "'{'");
      return FALSE;
    }
  if (!sh_parser_enter (self))
    return FALSE;
  sh_parser_take (self);
  is_whole = parse_statements (self, body);
  sh_parser_leave (self);
  if (end != NULL)
    *end = sh_parser_peek (self, 0)->span;
  return sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACE, open) && is_whole;
}

/* A type; that of a mask function may be Type.DynamicType<type>. */
static ShTypeNode *
parse_result (ShParser *self, gboolean *is_dynamic)
{
  ShTypeNode *type;

  *is_dynamic = sh_parser_at_word (self, "Type") &&
                sh_parser_is (self, 1, SH_TOKEN_DOT) &&
                sh_parser_is_word (self, 2, "DynamicType");
  if (!*is_dynamic)
    return sh_parser_type (self);
  self->at += 3;
  if (!sh_parser_expect (self, SH_TOKEN_LESS, "'DynamicType'"))
    return NULL;
  type = sh_parser_type (self);
  return type != NULL &&
                 sh_parser_expect (self, SH_TOKEN_GREATER, "the action's type")
             ? type
             : NULL;
}

ShFunctionNode *
sh_parser_function (ShParser *self, gboolean needs_name)
{
  ShFunctionNode *function = sh_pool_new_item (self->pool, ShFunctionNode);
  guint first = self->at;

  sh_parser_take (self);
  if (needs_name || sh_parser_at (self, SH_TOKEN_NAME))
    if (!sh_parser_expect_name (self, &function->name, "the function's name"))
      return NULL;
  if (!sh_parser_parameters (self, &function->parameters))
    return NULL;
  if (sh_parser_accept (self, SH_TOKEN_COLON))
    {
      function->result = parse_result (self, &function->is_dynamic);
      if (function->result == NULL)
        return NULL;
    }
  function->span = sh_parser_span (self, first);
  return parse_block (self, &function->body, &function->end) ? function : NULL;
}

/* Goals ------------------------------------------------------------------- */

static gboolean
find_objective (const ShParser *self, ShObjectiveKind *kind)
{
  for (ShObjectiveKind i = 0; i <= SH_OBJECTIVE_MAXIMIZE; i++)
    if (sh_parser_at_word (self, sh_objective_kind_to_string (i)))
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

/* Takes the word for the kind. */
static gboolean
parse_objective_kind (ShParser *self, ShObjectiveNode *objective)
{
  const gboolean is_new = !self->recovering;

  if (find_objective (self, &objective->kind))
    {
      sh_parser_take (self);
      return TRUE;
    }
  sh_parser_expected (self, "'avoid', 'reach', 'drive', 'minimize' or "
                            "'maximize'");
  if (is_new && sh_parser_at_clause (self))
    sh_diagnostics_hint (self->diagnostics,
                         "perhaps a '}' is missing before it");
  return FALSE;
}

/* Name and weight, up to the colon. */
static gboolean
parse_objective_name (ShParser *self, ShObjectiveNode *objective, guint first)
{
  if (!sh_parser_expect_name (self, &objective->name, "the objective's name"))
    return FALSE;
  objective->span = sh_parser_span (self, first);
  if (sh_parser_accept_word (self, "weight") &&
      (objective->weight = sh_parser_additive (self)) == NULL)
    return FALSE;
  return sh_parser_expect (self, SH_TOKEN_COLON, "the objective's name");
}

/* Whether an objective begins with its name, as in Middle: drive state.x in ... */
static gboolean
at_objective_name (const ShParser *self)
{
  return sh_parser_at (self, SH_TOKEN_NAME) &&
         (sh_parser_is (self, 1, SH_TOKEN_COLON) ||
          (!sh_parser_at_objective (self) &&
           sh_parser_is_word (self, 1, "weight")));
}

/* kind NAME: value in region, or NAME: kind value in region. */
static ShObjectiveNode *
parse_objective (ShParser *self)
{
  ShObjectiveNode *objective = sh_pool_new_item (self->pool, ShObjectiveNode);
  guint first = self->at;

  if (at_objective_name (self)
          ? !parse_objective_name (self, objective, first) ||
                !parse_objective_kind (self, objective)
          : !parse_objective_kind (self, objective) ||
                !parse_objective_name (self, objective, first))
    return NULL;
  objective->value = sh_parser_expression (self);
  if (objective->value == NULL)
    return NULL;
  if (!sh_parser_accept_word (self, "in"))
    {
      sh_parser_expected (self, "'in' and a region");
      return NULL;
    }
  objective->target = sh_parser_expression (self);
  if (objective->target == NULL)
    return NULL;
  if (sh_parser_accept_word (self, "within") &&
      (objective->within = sh_parser_additive (self)) == NULL)
    return NULL;
  return objective;
}

gboolean
sh_parser_at_objective (const ShParser *self)
{
  ShObjectiveKind kind;

  return find_objective (self, &kind);
}

gboolean
sh_parser_goal (ShParser *self, ShClauseNode *clause)
{
  ShObjectiveNode **tail = &clause->objectives, **last = tail;
  guint open, n_errors = self->diagnostics->n_errors;

  /* One of several that could not be read would be missed below. */
  if (!sh_parser_parameters (self, &clause->parameters) ||
      self->diagnostics->n_errors > n_errors)
    return FALSE;
  open = self->at;
  if (!sh_parser_expect (self, SH_TOKEN_LEFT_BRACE, "the goal's parameters"))
    return FALSE;
  while (sh_parser_is_inside (self))
    {
      const guint before = self->at, n_before = self->diagnostics->n_errors;
      const gboolean is_rest =
          !sh_parser_at_clause (self) && sh_parser_is_rest (self);
      ShObjectiveNode *objective = parse_objective (self);

      if (objective == NULL)
        {
          sh_parser_skip_from (self, SH_SKIP_CLAUSE, before);
          if (is_rest)
            tail = last;
          *tail = NULL;
        }
      else if (sh_parser_is_clean (self, before, n_before))
        {
          last = tail;
          *tail = objective;
          tail = &objective->next;
        }
    }
  sh_parser_close_list (self, open, n_errors);
  return TRUE;
}
