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

/* Declares the name here, if it is one. */
static gboolean
add_broken (ShParser *self, ShItemNode ***tail)
{
  ShItemNode *item;

  if (!sh_parser_at (self, SH_TOKEN_NAME) || sh_parser_at_item (self))
    return FALSE;
  item = sh_pool_new_item (self->pool, ShItemNode);
  item->kind = SH_ITEM_BROKEN;
  sh_parser_expect_name (self, &item->name, "a name");
  **tail = item;
  *tail = &item->next;
  return TRUE;
}

/* Whether a declaration has its name behind the word here. */
static gboolean
is_declaring (const ShParser *self)
{
  ShItemKind kind;

  return find_item (self, &kind) &&
         (kind == SH_ITEM_CONST || kind == SH_ITEM_TYPE ||
          kind == SH_ITEM_FUNCTION || kind == SH_ITEM_SIMULATOR);
}

/* Declares all that may have been declared from token `first` up to here, where
 * there were errors. It began with no word that it may begin with unless
 * `is_known`. */
static void
note_broken (ShParser *self,
             guint first,
             gboolean is_known,
             ShItemNode ***tail,
             ShProgramNode *program)
{
  const guint end = self->at;
  gboolean has_name = is_known;

  self->at = first;
  /* That word was forgotten, or misspelt. */
  if (!is_known && add_broken (self, tail))
    has_name = TRUE;
  if (!is_known && !is_declaring (self) && add_broken (self, tail))
    has_name = TRUE;
  while (self->at < end)
    {
      const gboolean is_word = sh_parser_at (self, SH_TOKEN_NAME);

      if (is_declaring (self))
        {
          self->at++;
          has_name = add_broken (self, tail);
        }
      else
        self->at++;
      program->lacks_names |= is_word && !has_name;
    }
  self->at = end;
}

static void
parse_items (ShParser *self, ShProgramNode *program)
{
  ShItemNode **tail = &program->items, *last = NULL;

  while (!sh_parser_at (self, SH_TOKEN_END) &&
         !sh_diagnostics_is_full (self->diagnostics))
    {
      const guint before = self->at, n_errors = self->diagnostics->n_errors;
      ShItemKind kind = SH_ITEM_BROKEN;
      const gboolean is_known = find_item (self, &kind);
      ShItemNode *item;
      gboolean is_clean;

      if (!is_known && last != NULL && sh_parser_is_rest (self))
        {
          last->kind = SH_ITEM_BROKEN;
          /* Was its name one? */
          program->lacks_names |= !sh_parser_at (self, SH_TOKEN_RIGHT_BRACE);
        }
      item = parse_item (self);
      is_clean = item != NULL && sh_parser_is_clean (self, before, n_errors);
      /* Of use without those of their parts that are in error. */
      last = is_clean || kind == SH_ITEM_GRAPH || kind == SH_ITEM_ALGORITHM
                 ? item
                 : NULL;
      if (last != NULL)
        {
          *tail = last;
          tail = &last->next;
        }
      if (is_clean)
        continue;
      if (item == NULL)
        {
          /* What was taken for its name may be something else. */
          program->lacks_names |= is_known && self->at <= before + 2;
          if (self->at == before)
            self->at++;
          skip_item (self);
        }
      program->lacks_parts |= !is_known || kind == SH_ITEM_GRAPH;
      note_broken (self, before, is_known, &tail, program);
      self->recovering = FALSE;
    }
}

ShProgramNode
sh_parser_parse (ShDiagnostics *diagnostics, ShPool *pool)
{
  g_autoptr (GArray) tokens = sh_lexer_run (diagnostics);
  g_autoptr (GString) scratch = g_string_new (NULL);
  ShParser self = {
    .diagnostics = diagnostics,
    .pool = pool,
    .tokens = (ShToken *) tokens->data,
    .n_lexical = diagnostics->offsets->len,
    .scratch = scratch,
  };
  ShProgramNode program = { 0 };

  if (is_first_version (&self))
    program.items = sh_parser_first (&self);
  else if (parse_version (&self))
    parse_items (&self, &program);
  return program;
}
