/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A program: the version, then declarations in any order.
 */

#include "sh-parser-private.h"

#include "sh-suggestion.h"

#include <string.h>

static const char *const item_words[] = {
  [SH_ITEM_USING] = "using",
  [SH_ITEM_CONST] = "const",
  [SH_ITEM_TYPE] = "type",
  [SH_ITEM_FUNCTION] = "function",
  [SH_ITEM_SIMULATOR] = "simulator",
  [SH_ITEM_GRAPH] = "graph",
  [SH_ITEM_EXPERIMENT] = "experiment",
  [SH_ITEM_ALGORITHM] = "algorithm",
};

static gboolean
find_item (const ShParser *self, ShItemKind *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (item_words); i++)
    if (sh_parser_at_word (self, item_words[i]))
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
parse_const (ShParser *self, ShItemNode *item)
{
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &item->name, "the constant's name"))
    return FALSE;
  if (sh_parser_accept (self, SH_TOKEN_COLON) &&
      (item->type = sh_parser_type (self)) == NULL)
    return FALSE;
  return sh_parser_expect (self, SH_TOKEN_ASSIGN, "the constant's name") &&
         (item->value = sh_parser_expression (self)) != NULL;
}

static gboolean
parse_type_item (ShParser *self, ShItemNode *item)
{
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &item->name, "the type's name"))
    return FALSE;
  if (sh_parser_accept_word (self, "extends") &&
      (item->base = sh_parser_type (self)) == NULL)
    return FALSE;
  return (item->type = sh_parser_type (self)) != NULL;
}

static gboolean
parse_item_body (ShParser *self, ShItemNode *item)
{
  switch (item->kind)
    {
    case SH_ITEM_USING:
      sh_parser_take (self);
      return sh_parser_expect_name (self, &item->name,
                                    "'Math', 'Number', 'Goal' or 'Image'");
    case SH_ITEM_CONST:
      return parse_const (self, item);
    case SH_ITEM_TYPE:
      return parse_type_item (self, item);
    case SH_ITEM_FUNCTION:
      item->function = sh_parser_function (self, TRUE);
      if (item->function != NULL)
        item->name = item->function->name;
      return item->function != NULL;
    case SH_ITEM_SIMULATOR:
      item->simulator = sh_parser_simulator (self, TRUE);
      if (item->simulator != NULL)
        item->name = item->simulator->name;
      return item->simulator != NULL;
    case SH_ITEM_GRAPH:
      return (item->graph = sh_parser_graph (self)) != NULL;
    case SH_ITEM_EXPERIMENT:
    case SH_ITEM_ALGORITHM:
    default:
      sh_parser_take (self);
      return (item->value = sh_parser_record (self)) != NULL;
    }
}

static void
refuse_word (ShParser *self)
{
  ShSuggestion suggestion;
  ShName name;

  if (sh_parser_at_word (self, "inkling") && !self->recovering)
    {
      sh_diagnostics_error (self->diagnostics, sh_parser_peek (self, 0)->span,
                            "'inkling' must come before everything else, and "
                            "once");
      self->recovering = TRUE;
      return;
    }
  sh_parser_expected (self, "a declaration, such as 'type' or 'graph'");
  if (!sh_diagnostics_wants_hint (self->diagnostics) ||
      !sh_parser_expect_name (self, &name, "a declaration"))
    return;
  self->recovering = TRUE;
  sh_suggestion_init (&suggestion, name.text);
  for (guint i = 0; i < G_N_ELEMENTS (item_words); i++)
    sh_suggestion_offer (&suggestion, item_words[i]);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean '%s'?",
                         suggestion.best);
}

static ShItemNode *
parse_item (ShParser *self)
{
  ShItemNode *item = sh_pool_new_item (self->pool, ShItemNode);

  if (!find_item (self, &item->kind))
    {
      refuse_word (self);
      return NULL;
    }
  item->span = sh_parser_peek (self, 0)->span;
  return parse_item_body (self, item) ? item : NULL;
}

/* To the next declaration: one at the margin, or one that is first in its line
 * and in no brackets; or to what looks like one of another language. */
static void
skip_item (ShParser *self)
{
  gint depth = 0;
  ShItemKind kind;

  for (; !sh_parser_at (self, SH_TOKEN_END); self->at++)
    {
      const ShToken *token = sh_parser_peek (self, 0);

      if (sh_parser_at_item (self) ||
          (depth <= 0 && token->is_first && find_item (self, &kind)) ||
          (depth <= 0 && token->at_margin && token->kind == SH_TOKEN_NAME &&
           sh_parser_is (self, 1, SH_TOKEN_NAME)))
        return;
      if (token->kind == SH_TOKEN_LEFT_BRACE)
        depth++;
      else if (token->kind == SH_TOKEN_RIGHT_BRACE)
        depth--;
    }
}

/* Inkling 1 begins without a version, with one of its own words. */
static gboolean
is_first_version (const ShParser *self)
{
  static const char *const words[] = { "schema", "constant", "concept",
                                       "curriculum", "experimental" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (sh_parser_at_word (self, words[i]))
      return TRUE;
  if (!sh_parser_at_word (self, "simulator") &&
      !sh_parser_at_word (self, "algorithm") &&
      !sh_parser_at_word (self, "using") &&
      !sh_parser_at_word (self, "generator") &&
      !sh_parser_at_word (self, "datastore"))
    return FALSE;
  for (const ShToken *token = self->tokens; token->kind != SH_TOKEN_END;
       token++)
    if (token->kind == SH_TOKEN_NAME && token->span.length == 3 &&
        memcmp (self->diagnostics->text + token->span.offset, "end", 3) == 0)
      return TRUE;
  return FALSE;
}

/* The only error of a text that is not worth reading on. */
static void
refuse_text (ShParser *self, ShSpan span, const char *message, const char *hint)
{
  sh_diagnostics_forget (self->diagnostics);
  sh_diagnostics_error (self->diagnostics, span, "%s", message);
  sh_diagnostics_hint (self->diagnostics, "%s", hint);
}

/* FALSE when what follows is not worth reading. */
static gboolean
parse_version (ShParser *self)
{
  const ShToken *first = sh_parser_peek (self, 0);
  ShItemKind kind;
  ShName version = { 0 };

  if (sh_parser_accept_word (self, "inkling"))
    {
      const ShToken *token = sh_parser_peek (self, 0);

      if (sh_parser_at (self, SH_TOKEN_STRING))
        sh_parser_expect_string (self, &version, "the version");
      if (g_strcmp0 (version.text, "2.0") == 0)
        return TRUE;
      refuse_text (self, token->span,
                   "only version 2.0 of Inkling is supported",
                   "write inkling \"2.0\"");
      return FALSE;
    }
  if (!find_item (self, &kind))
    {
      refuse_text (self, first->span,
                   "this is no Inkling program: it does not begin with its "
                   "version",
                   "write inkling \"2.0\" in the first line");
      return FALSE;
    }
  sh_diagnostics_error (self->diagnostics, first->span,
                        "the version is missing");
  sh_diagnostics_hint (self->diagnostics,
                       "write inkling \"2.0\" in the first line");
  return TRUE;
}

gboolean
sh_parser_is_first_version (ShDiagnostics *diagnostics)
{
  g_autoptr (GArray) tokens = sh_lexer_run (diagnostics);
  const ShParser self = {
    .diagnostics = diagnostics,
    .tokens = (ShToken *) tokens->data,
  };

  return is_first_version (&self);
}

ShItemNode *
sh_parser_parse (ShDiagnostics *diagnostics, ShPool *pool)
{
  g_autoptr (GArray) tokens = sh_lexer_run (diagnostics);
  g_autoptr (GString) scratch = g_string_new (NULL);
  ShParser self = {
    .diagnostics = diagnostics,
    .pool = pool,
    .tokens = (ShToken *) tokens->data,
    .scratch = scratch,
  };
  ShItemNode *items = NULL, **tail = &items;

  if (is_first_version (&self))
    return sh_parser_first (&self);
  if (!parse_version (&self))
    return NULL;
  while (!sh_parser_at (&self, SH_TOKEN_END) &&
         !sh_diagnostics_is_full (diagnostics))
    {
      guint before = self.at;
      ShItemNode *item = parse_item (&self);

      if (item != NULL)
        {
          *tail = item;
          tail = &item->next;
          continue;
        }
      if (self.at == before)
        self.at++;
      skip_item (&self);
      self.recovering = FALSE;
    }
  return items;
}
