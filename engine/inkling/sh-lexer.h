/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Text to tokens. Inkling has no reserved words: what a name means is decided
 * by where it stands, so a keyword is a name here.
 */

#pragma once

#include "sh-diagnostics.h"

G_BEGIN_DECLS

typedef enum
{
  SH_TOKEN_END, /* of the text; always the last token */
  SH_TOKEN_NAME,
  SH_TOKEN_NUMBER,
  SH_TOKEN_STRING,
  SH_TOKEN_LEFT_BRACE,
  SH_TOKEN_RIGHT_BRACE,
  SH_TOKEN_LEFT_PAREN,
  SH_TOKEN_RIGHT_PAREN,
  SH_TOKEN_LEFT_BRACKET,
  SH_TOKEN_RIGHT_BRACKET,
  SH_TOKEN_COMMA,
  SH_TOKEN_COLON,
  SH_TOKEN_DOT,
  SH_TOKEN_DOT_DOT,
  SH_TOKEN_ASSIGN,
  SH_TOKEN_EQUAL,
  SH_TOKEN_NOT_EQUAL,
  SH_TOKEN_LESS,
  SH_TOKEN_LESS_EQUAL,
  SH_TOKEN_GREATER,
  SH_TOKEN_GREATER_EQUAL,
  SH_TOKEN_PLUS,
  SH_TOKEN_MINUS,
  SH_TOKEN_STAR,
  SH_TOKEN_STAR_STAR,
  SH_TOKEN_SLASH,
  SH_TOKEN_PERCENT,
  SH_TOKEN_ERROR /* what has been reported already */
} ShTokenKind;

typedef struct
{
  guint8 kind; /* ShTokenKind */
  guint8 quoted; /* a name in back-quotes, which is never a keyword */
  guint8 is_first; /* of its line */
  guint8 at_margin; /* first, and nothing before it */
  ShSpan span;
} ShToken;

/*
 * The tokens of diagnostics->text, which must be valid UTF-8 and end in NUL.
 * What is no token is reported. Free with g_array_unref.
 */
GArray *sh_lexer_run (ShDiagnostics *diagnostics);

/* "'{'", for messages. */
const char *sh_token_kind_to_string (ShTokenKind kind);

/* What a name or a string says, without quotes and escapes; appended to out. */
void sh_token_get_text (const ShToken *token, const char *text, GString *out);

/* Infinite when the number is too large. */
double sh_token_get_number (const ShToken *token, const char *text);

G_END_DECLS
