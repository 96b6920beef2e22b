/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The parser's cursor, its errors, and the way back into step after one.
 */

#include "sh-parser-private.h"

#include <string.h>

/* Bytes of a token that a message shows. */
#define MAX_SHOWN 40

const ShToken *
sh_parser_peek (const ShParser *self, guint ahead)
{
  const ShToken *token = &self->tokens[self->at];

  while (ahead-- > 0 && token->kind != SH_TOKEN_END)
    token++;
  return token;
}

gboolean
sh_parser_is (const ShParser *self, guint ahead, ShTokenKind kind)
{
  return sh_parser_peek (self, ahead)->kind == kind;
}

gboolean
sh_parser_is_word (const ShParser *self, guint ahead, const char *word)
{
  const ShToken *token = sh_parser_peek (self, ahead);
  gsize length = strlen (word);

  return token->kind == SH_TOKEN_NAME && !token->quoted &&
         token->span.length == length &&
         memcmp (self->diagnostics->text + token->span.offset, word, length) ==
             0;
}

gboolean
sh_parser_at (const ShParser *self, ShTokenKind kind)
{
  return self->tokens[self->at].kind == kind;
}

gboolean
sh_parser_at_word (const ShParser *self, const char *word)
{
  return sh_parser_is_word (self, 0, word);
}

/* Whether a declaration begins here, judged by its look alone: it stands at the
 * margin. Then a bracket before it was not closed. */
gboolean
sh_parser_at_item (const ShParser *self)
{
  static const char *const words[] = { "const", "type", "function", "simulator",
                                       "using" };

  if (!self->tokens[self->at].at_margin)
    return FALSE;
  if (sh_parser_at_word (self, "graph"))
    return sh_parser_is (self, 1, SH_TOKEN_LEFT_PAREN);
  if (!sh_parser_is (self, 1, SH_TOKEN_NAME))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (sh_parser_at_word (self, words[i]))
      return TRUE;
  return FALSE;
}

const ShToken *
sh_parser_take (ShParser *self)
{
  const ShToken *token = &self->tokens[self->at];

  if (token->kind != SH_TOKEN_END)
    self->at++;
  self->recovering = FALSE;
  return token;
}

gboolean
sh_parser_accept (ShParser *self, ShTokenKind kind)
{
  if (!sh_parser_at (self, kind))
    return FALSE;
  sh_parser_take (self);
  return TRUE;
}

gboolean
sh_parser_accept_word (ShParser *self, const char *word)
{
  if (!sh_parser_at_word (self, word))
    return FALSE;
  sh_parser_take (self);
  return TRUE;
}

/* Goes to the end when there have been too many errors. */
static void
note_error (ShParser *self)
{
  self->recovering = TRUE;
  if (sh_diagnostics_is_full (self->diagnostics))
    while (self->tokens[self->at].kind != SH_TOKEN_END)
      self->at++;
}

static char *
describe_token (const ShParser *self)
{
  const ShToken *token = &self->tokens[self->at];
  const char *text = self->diagnostics->text + token->span.offset;
  gsize length = MIN (token->span.length, MAX_SHOWN);

  if (token->kind > SH_TOKEN_STRING || token->kind == SH_TOKEN_END)
    return g_strdup (sh_token_kind_to_string (token->kind));
  while (length < token->span.length && ((guchar) text[length] & 0xC0) == 0x80)
    length--;
  return g_strdup_printf (*text == '"' ? "%.*s%s" : "'%.*s%s'", (int) length,
                          text, length < token->span.length ? "..." : "");
}

void
sh_parser_expected (ShParser *self, const char *what)
{
  if (!self->recovering)
    {
      g_autofree char *found = describe_token (self);

      sh_diagnostics_error (self->diagnostics, self->tokens[self->at].span,
                            "expected %s, found %s", what, found);
      sh_parser_hint_habit (self, what);
    }
  note_error (self);
}

gboolean
sh_parser_expect (ShParser *self, ShTokenKind kind, const char *after)
{
  g_autofree char *what = NULL;

  if (sh_parser_accept (self, kind))
    return TRUE;
  what = g_strdup_printf ("%s after %s", sh_token_kind_to_string (kind), after);
  sh_parser_expected (self, what);
  return FALSE;
}

gboolean
sh_parser_expect_close (ShParser *self, ShTokenKind kind, guint open)
{
  const ShToken *opening = &self->tokens[open];
  guint line, here;
  g_autofree char *what = NULL;

  if (sh_parser_accept (self, kind))
    return TRUE;
  if (self->recovering)
    return FALSE;

  line = sh_diagnostics_get_line (self->diagnostics, opening->span.offset);
  here = sh_diagnostics_get_line (self->diagnostics,
                                  self->tokens[self->at].span.offset);
  what = line == here
             ? g_strdup (sh_token_kind_to_string (kind))
             : g_strdup_printf ("%s for the %s of line %u",
                                sh_token_kind_to_string (kind),
                                sh_token_kind_to_string (opening->kind), line);
  sh_parser_expected (self, what);
  return FALSE;
}

gboolean
sh_parser_close_list (ShParser *self, guint open, guint n_errors)
{
  self->recovering |= self->diagnostics->n_errors > n_errors;
  return sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACE, open);
}

static void
set_text (ShParser *self, const ShToken *token, ShName *name)
{
  g_string_truncate (self->scratch, 0);
  sh_token_get_text (token, self->diagnostics->text, self->scratch);
  name->text = sh_pool_strdup (self->pool, self->scratch->str);
  name->span = token->span;
}

/* A text where a name must be: how it is written as one. */
static void
hint_quoted_name (ShParser *self)
{
  const ShToken *token = &self->tokens[self->at];
  const char *text = self->diagnostics->text + token->span.offset;
  gboolean is_word;
  guint length;

  /* Not one that ends with its line, either. */
  if (token->kind != SH_TOKEN_STRING || token->span.length < 3 ||
      token->span.length > MAX_SHOWN || text[token->span.length - 1] != '"')
    return;
  text++;
  length = token->span.length - 2;
  is_word = !g_ascii_isdigit (*text);
  for (guint i = 0; i < length; i++)
    {
      if (text[i] == '\\' || text[i] == '`')
        return;
      is_word = is_word && (g_ascii_isalnum (text[i]) || text[i] == '_');
    }
  sh_diagnostics_hint (self->diagnostics,
                       is_word ? "write it without quotes: %.*s"
                               : "write `%.*s`",
                       (int) length, text);
}

gboolean
sh_parser_expect_name (ShParser *self, ShName *name, const char *what)
{
  /* A declaration is never meant as a name. */
  if (!sh_parser_at (self, SH_TOKEN_NAME) || sh_parser_at_item (self))
    {
      const gboolean is_new = !self->recovering;

      sh_parser_expected (self, what);
      if (is_new)
        hint_quoted_name (self);
      return FALSE;
    }
  set_text (self, sh_parser_take (self), name);
  return TRUE;
}

gboolean
sh_parser_expect_string (ShParser *self, ShName *text, const char *what)
{
  if (!sh_parser_at (self, SH_TOKEN_STRING))
    {
      sh_parser_expected (self, what);
      return FALSE;
    }
  set_text (self, sh_parser_take (self), text);
  return TRUE;
}

gboolean
sh_parser_enter (ShParser *self)
{
  if (self->depth >= SH_PARSER_MAX_DEPTH)
    {
      if (!self->recovering)
        sh_diagnostics_error (self->diagnostics, self->tokens[self->at].span,
                              "more than %u levels of nesting",
                              SH_PARSER_MAX_DEPTH);
      note_error (self);
      return FALSE;
    }
  self->depth++;
  return TRUE;
}

void
sh_parser_leave (ShParser *self)
{
  g_assert (self->depth > 0);
  self->depth--;
}

ShSpan
sh_parser_span (const ShParser *self, guint first)
{
  guint last = MAX (self->at, first + 1) - 1;
  const ShSpan *start = &self->tokens[first].span;
  const ShSpan *end = &self->tokens[last].span;

  return (ShSpan){ .offset = start->offset,
                   .length = end->offset + end->length - start->offset };
}

gboolean
sh_parser_is_clean (const ShParser *self, guint first, guint n_errors)
{
  const ShSpan span = sh_parser_span (self, first);

  if (self->diagnostics->n_errors > n_errors)
    return FALSE;
  for (guint i = 0; i < self->n_lexical; i++)
    {
      const guint32 offset =
          g_array_index (self->diagnostics->offsets, guint32, i);

      if (offset >= span.offset && offset - span.offset < span.length)
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_opening (ShTokenKind kind)
{
  return kind == SH_TOKEN_LEFT_BRACE || kind == SH_TOKEN_LEFT_PAREN ||
         kind == SH_TOKEN_LEFT_BRACKET;
}

static gboolean
is_closing (ShTokenKind kind)
{
  return kind == SH_TOKEN_RIGHT_BRACE || kind == SH_TOKEN_RIGHT_PAREN ||
         kind == SH_TOKEN_RIGHT_BRACKET;
}

static gboolean
ends_skip (const ShParser *self, ShSkip skip)
{
  const ShToken *token = &self->tokens[self->at];

  switch (skip)
    {
    case SH_SKIP_ELEMENT:
      return token->kind == SH_TOKEN_COMMA;
    case SH_SKIP_CLAUSE:
      return token->is_first && sh_parser_at_clause (self);
    case SH_SKIP_STATEMENT:
    default:
      return token->is_first && (sh_parser_at_word (self, "var") ||
                                 sh_parser_at_word (self, "if") ||
                                 sh_parser_at_word (self, "return"));
    }
}

void
sh_parser_skip (ShParser *self, ShSkip skip)
{
  guint depth = 0;

  self->recovering = TRUE;
  for (; !sh_parser_at (self, SH_TOKEN_END) && !sh_parser_at_item (self);
       self->at++)
    {
      ShTokenKind kind = self->tokens[self->at].kind;

      if (depth == 0 && (is_closing (kind) || ends_skip (self, skip)))
        return;
      if (is_opening (kind))
        depth++;
      else if (is_closing (kind))
        depth--;
    }
}

gboolean
sh_parser_is_rest (const ShParser *self)
{
  static const char *const statements[] = { "var", "if", "else", "return" };

  if (!sh_parser_at (self, SH_TOKEN_NAME) || !self->tokens[self->at].is_first ||
      sh_parser_is (self, 1, SH_TOKEN_ASSIGN) ||
      sh_parser_is (self, 1, SH_TOKEN_DOT) ||
      sh_parser_is (self, 1, SH_TOKEN_LEFT_BRACKET))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (statements); i++)
    if (sh_parser_at_word (self, statements[i]))
      return TRUE;
  return FALSE;
}

gboolean
sh_parser_is_inside (const ShParser *self)
{
  return !sh_parser_at (self, SH_TOKEN_RIGHT_BRACE) &&
         !sh_parser_at (self, SH_TOKEN_END) && !sh_parser_at_item (self);
}

void
sh_parser_skip_from (ShParser *self, ShSkip skip, guint first)
{
  sh_parser_skip (self, skip);
  /* A closing bracket of another kind would hold it up for ever. */
  if (self->at == first && sh_parser_is_inside (self))
    self->at++;
}

/* To the comma, or the end of the list: '>' is no bracket elsewhere. */
static void
skip_element (ShParser *self, ShTokenKind close)
{
  if (close != SH_TOKEN_GREATER)
    {
      sh_parser_skip (self, SH_SKIP_ELEMENT);
      return;
    }
  while (!sh_parser_at (self, SH_TOKEN_COMMA) && !sh_parser_at (self, close) &&
         !is_closing (self->tokens[self->at].kind) &&
         !sh_parser_at (self, SH_TOKEN_END) && !sh_parser_at_item (self))
    self->at++;
  self->recovering = TRUE;
}

gboolean
sh_parser_more (ShParser *self, ShTokenKind close, gboolean is_first)
{
  if (!is_first && !sh_parser_accept (self, SH_TOKEN_COMMA))
    {
      g_autofree char *what = NULL;

      if (self->recovering || sh_parser_at (self, close) ||
          sh_parser_at (self, SH_TOKEN_END) || sh_parser_at_item (self))
        return FALSE;
      what = g_strdup_printf ("',' or %s", sh_token_kind_to_string (close));
      sh_parser_expected (self, what);
      /* On a line of its own it is the next element, the comma forgotten. */
      if (!self->tokens[self->at].is_first ||
          is_closing (self->tokens[self->at].kind))
        {
          skip_element (self, close);
          return sh_parser_more (self, close, FALSE);
        }
      sh_diagnostics_hint (self->diagnostics,
                           "a comma is missing at the end of the line before");
      self->recovering = FALSE;
    }
  return !sh_parser_at (self, close) && !sh_parser_at (self, SH_TOKEN_END) &&
         !sh_parser_at_item (self);
}
