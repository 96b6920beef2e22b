/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The lexer. It never stops at a mistake before the end of the text, unless
 * there are too many: a string without an end ends with its line, characters
 * that mean nothing are skipped together.
 */

#include "sh-lexer.h"

#include <string.h>

typedef struct
{
  const char *text; /* ends in NUL, so that one may look ahead */
  gsize at;
  ShDiagnostics *diagnostics;
  GArray *tokens;
  gboolean is_first, at_margin; /* the next token: see ShToken */
} Lexer;

/* Longer ones come first. */
static const struct
{
  const char text[3];
  ShTokenKind kind;
} marks[] = {
  { "..", SH_TOKEN_DOT_DOT },
  { "==", SH_TOKEN_EQUAL },
  { "!=", SH_TOKEN_NOT_EQUAL },
  { "<=", SH_TOKEN_LESS_EQUAL },
  { ">=", SH_TOKEN_GREATER_EQUAL },
  { "**", SH_TOKEN_STAR_STAR },
  { "{", SH_TOKEN_LEFT_BRACE },
  { "}", SH_TOKEN_RIGHT_BRACE },
  { "(", SH_TOKEN_LEFT_PAREN },
  { ")", SH_TOKEN_RIGHT_PAREN },
  { "[", SH_TOKEN_LEFT_BRACKET },
  { "]", SH_TOKEN_RIGHT_BRACKET },
  { ",", SH_TOKEN_COMMA },
  { ":", SH_TOKEN_COLON },
  { ".", SH_TOKEN_DOT },
  { "=", SH_TOKEN_ASSIGN },
  { "<", SH_TOKEN_LESS },
  { ">", SH_TOKEN_GREATER },
  { "+", SH_TOKEN_PLUS },
  { "-", SH_TOKEN_MINUS },
  { "*", SH_TOKEN_STAR },
  { "/", SH_TOKEN_SLASH },
  { "%", SH_TOKEN_PERCENT },
};

/* What becomes of a mark of another language, once it is reported. */
typedef enum
{
  FOREIGN_SKIP,
  FOREIGN_COMMENT, /* skip the rest of the line with it */
  FOREIGN_STRING, /* up to the same mark, or its twin, it is a text */
  FOREIGN_TOKEN
} ForeignUse;

/* What people write who come from elsewhere. Longer ones come first. */
static const struct
{
  const char *text;
  ForeignUse use;
  const char *message, *hint;
} foreign[] = {
  { "//", FOREIGN_COMMENT, "'//' does not begin a comment", "write '#'" },
  { "/*", FOREIGN_COMMENT, "'/*' does not begin a comment",
    "write '#' before each line" },
  { "&&", FOREIGN_TOKEN, "'&&' is not an operator", "write 'and'" },
  { "||", FOREIGN_TOKEN, "'||' is not an operator", "write 'or'" },
  { "!", FOREIGN_TOKEN, "'!' is not an operator", "write 'not'" },
  { ";", FOREIGN_SKIP, "';' has no meaning",
    "write ',' between parts, nothing behind a statement" },
  { "^", FOREIGN_TOKEN, "'^' is not an operator", "write '**'" },
  { "?", FOREIGN_TOKEN, "'?' is not an operator",
    "write if x > 0 { ... } else { ... }" },
  { "'", FOREIGN_STRING, "a text is quoted with \"", "write \"text\"" },
  { "\u201C", FOREIGN_STRING, "a text is quoted with \"",
    "this is a typographic quotation mark" },
  { "\u201D", FOREIGN_STRING, "a text is quoted with \"",
    "this is a typographic quotation mark" },
  { "\u2212", FOREIGN_TOKEN, "this is no minus sign", "write '-'" },
  { "\u2013", FOREIGN_TOKEN, "this is no minus sign", "write '-'" },
};

const char *
sh_token_kind_to_string (ShTokenKind kind)
{
  static const char *const names[] = {
    [SH_TOKEN_END] = "the end of the file",
    [SH_TOKEN_NAME] = "a name",
    [SH_TOKEN_NUMBER] = "a number",
    [SH_TOKEN_STRING] = "a text",
    [SH_TOKEN_LEFT_BRACE] = "'{'",
    [SH_TOKEN_RIGHT_BRACE] = "'}'",
    [SH_TOKEN_LEFT_PAREN] = "'('",
    [SH_TOKEN_RIGHT_PAREN] = "')'",
    [SH_TOKEN_LEFT_BRACKET] = "'['",
    [SH_TOKEN_RIGHT_BRACKET] = "']'",
    [SH_TOKEN_COMMA] = "','",
    [SH_TOKEN_COLON] = "':'",
    [SH_TOKEN_DOT] = "'.'",
    [SH_TOKEN_DOT_DOT] = "'..'",
    [SH_TOKEN_ASSIGN] = "'='",
    [SH_TOKEN_EQUAL] = "'=='",
    [SH_TOKEN_NOT_EQUAL] = "'!='",
    [SH_TOKEN_LESS] = "'<'",
    [SH_TOKEN_LESS_EQUAL] = "'<='",
    [SH_TOKEN_GREATER] = "'>'",
    [SH_TOKEN_GREATER_EQUAL] = "'>='",
    [SH_TOKEN_PLUS] = "'+'",
    [SH_TOKEN_MINUS] = "'-'",
    [SH_TOKEN_STAR] = "'*'",
    [SH_TOKEN_STAR_STAR] = "'**'",
    [SH_TOKEN_SLASH] = "'/'",
    [SH_TOKEN_PERCENT] = "'%'",
    [SH_TOKEN_ERROR] = "something else",
  };

  g_return_val_if_fail (kind < G_N_ELEMENTS (names), NULL);

  return names[kind];
}

static gunichar
character_at (const Lexer *self, gsize at)
{
  return g_utf8_get_char (self->text + at);
}

static gboolean
is_name_start (gunichar c)
{
  return c == '_' || g_unichar_isalpha (c);
}

static gboolean
is_name_part (gunichar c)
{
  return is_name_start (c) || g_unichar_isdigit (c) || g_unichar_ismark (c);
}

static gboolean
is_digit_at (const Lexer *self, gsize at)
{
  return g_ascii_isdigit (self->text[at]);
}

static ShSpan
span_from (const Lexer *self, gsize start)
{
  return (ShSpan){ .offset = start, .length = self->at - start };
}

static void
add_token (Lexer *self, ShTokenKind kind, gsize start, gboolean quoted)
{
  ShToken token = {
    .kind = kind,
    .quoted = quoted,
    .is_first = self->is_first,
    .at_margin = self->at_margin,
    .span = span_from (self, start),
  };

  g_array_append_val (self->tokens, token);
}

static void
skip_name_parts (Lexer *self)
{
  while (is_name_part (character_at (self, self->at)))
    self->at = g_utf8_next_char (self->text + self->at) - self->text;
}

static void
skip_digits (Lexer *self)
{
  while (is_digit_at (self, self->at))
    self->at++;
}

/* Past an exponent, if there is one: 'e', or 'f' as the language's documents
 * have it. */
static void
skip_exponent (Lexer *self)
{
  gsize at = self->at;

  if (self->text[at] == '\0' || strchr ("eEfF", self->text[at]) == NULL)
    return;
  at++;
  if (self->text[at] == '+' || self->text[at] == '-')
    at++;
  if (!is_digit_at (self, at))
    return;
  self->at = at;
  skip_digits (self);
}

/* Whether what was read is digits in groups, 1_000. */
static gboolean
is_grouped (const Lexer *self, gsize start)
{
  for (gsize i = start; i < self->at; i++)
    if (!g_ascii_isdigit (self->text[i]) && self->text[i] != '_' &&
        self->text[i] != '.')
      return FALSE;
  return TRUE;
}

static void
read_number (Lexer *self)
{
  gsize start = self->at;
  gboolean hexadecimal;

  skip_digits (self);
  hexadecimal = self->at == start + 1 && self->text[start] == '0' &&
                (self->text[self->at] == 'x' || self->text[self->at] == 'X');
  if (self->text[self->at] == '.' && is_digit_at (self, self->at + 1))
    {
      self->at++;
      skip_digits (self);
    }
  skip_exponent (self);

  if (is_name_part (character_at (self, self->at)))
    {
      skip_name_parts (self);
      sh_diagnostics_error (self->diagnostics, span_from (self, start),
                            hexadecimal ? "numbers are decimal"
                                        : "a number cannot go on with letters");
      if (is_grouped (self, start))
        sh_diagnostics_hint (self->diagnostics, "write it without '_'");
    }
  else if (self->text[self->at] == '.' && self->text[self->at + 1] != '.' &&
           !is_name_start (character_at (self, self->at + 1)))
    {
      self->at++;
      sh_diagnostics_error (self->diagnostics, span_from (self, start),
                            "digits are missing after the point");
    }
  add_token (self, SH_TOKEN_NUMBER, start, FALSE);
}

/* From the quote to its twin on the same line. */
static void
read_quoted (Lexer *self, ShTokenKind kind, char quote)
{
  static const char escapes[] = "\\\"`'/ntr";
  gsize start = self->at++;

  while (self->text[self->at] != quote)
    {
      char c = self->text[self->at];

      if (c == '\0' || c == '\n' || c == '\r')
        {
          sh_diagnostics_error (self->diagnostics, span_from (self, start),
                                "the closing %c is missing", quote);
          add_token (self, kind, start, TRUE);
          /* What the parser misses next is a consequence. */
          add_token (self, SH_TOKEN_ERROR, start, FALSE);
          return;
        }
      if (c == '\\')
        {
          char next = self->text[self->at + 1];

          if (next == '\0' || next == '\n' || next == '\r')
            {
              self->at++;
              continue;
            }
          if (strchr (escapes, next) == NULL)
            {
              ShSpan span = { .offset = self->at, .length = 2 };

              sh_diagnostics_error (self->diagnostics, span,
                                    "unknown escape in a text");
              sh_diagnostics_hint (self->diagnostics,
                                   "write '\\\\' for a backslash");
            }
          self->at += 2;
        }
      else
        self->at = g_utf8_next_char (self->text + self->at) - self->text;
    }
  self->at++;
  if (kind == SH_TOKEN_NAME && self->at == start + 2)
    sh_diagnostics_error (self->diagnostics, span_from (self, start),
                          "a name cannot be empty");
  add_token (self, kind, start, kind == SH_TOKEN_NAME);
}

static gboolean
read_mark (Lexer *self)
{
  gsize start = self->at;

  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    if (g_str_has_prefix (self->text + start, marks[i].text))
      {
        self->at += strlen (marks[i].text);
        add_token (self, marks[i].kind, start, FALSE);
        return TRUE;
      }
  return FALSE;
}

/* Past the text that a wrong quotation mark begins, on the same line. */
static void
skip_foreign_text (Lexer *self, const char *mark)
{
  const char *start = self->text + self->at;
  const char *line_end = start + strcspn (start, "\r\n");
  const char *twin = strstr (start, *mark == '\'' ? mark : "\u201D");

  if (twin != NULL && twin < line_end)
    self->at += twin - start + strlen (mark);
}

static gboolean
read_foreign (Lexer *self)
{
  gsize start = self->at;
  const char *c = self->text + start;
  guint i = 0;

  while (i < G_N_ELEMENTS (foreign) && !g_str_has_prefix (c, foreign[i].text))
    i++;
  if (i == G_N_ELEMENTS (foreign) || g_str_has_prefix (c, "!="))
    return FALSE;

  self->at += strlen (foreign[i].text);
  sh_diagnostics_error (self->diagnostics, span_from (self, start), "%s",
                        foreign[i].message);
  sh_diagnostics_hint (self->diagnostics, "%s", foreign[i].hint);
  switch (foreign[i].use)
    {
    case FOREIGN_COMMENT:
      self->at += strcspn (self->text + self->at, "\r\n");
      break;
    case FOREIGN_STRING:
      skip_foreign_text (self, foreign[i].text);
      add_token (self, SH_TOKEN_STRING, start, TRUE);
      break;
    case FOREIGN_TOKEN:
      add_token (self, SH_TOKEN_ERROR, start, FALSE);
      break;
    case FOREIGN_SKIP:
    default:
      break;
    }
  return TRUE;
}

static gboolean
starts_something (const Lexer *self)
{
  gunichar c = character_at (self, self->at);

  return c < 0x80 || is_name_start (c) || g_unichar_isspace (c);
}

/* Characters that have no meaning, reported as one. */
static void
skip_unknown (Lexer *self)
{
  gsize start = self->at;
  gunichar c = character_at (self, start);

  do
    self->at = g_utf8_next_char (self->text + self->at) - self->text;
  while (!starts_something (self));

  if (g_unichar_isprint (c) && !g_unichar_iszerowidth (c))
    {
      char character[7] = "";

      g_unichar_to_utf8 (c, character);
      sh_diagnostics_error (self->diagnostics, span_from (self, start),
                            "'%s' has no meaning here", character);
    }
  else
    {
      sh_diagnostics_error (self->diagnostics, span_from (self, start),
                            "the invisible character U+%04X has no meaning",
                            (guint) c);
      sh_diagnostics_hint (self->diagnostics, "remove it");
    }
}

static void
read_token (Lexer *self)
{
  gunichar c = character_at (self, self->at);
  gsize start = self->at;

  if (c < 0x80 &&
      (g_ascii_isdigit (c) || (c == '.' && is_digit_at (self, self->at + 1))))
    read_number (self);
  else if (c == '"')
    read_quoted (self, SH_TOKEN_STRING, '"');
  else if (c == '`')
    read_quoted (self, SH_TOKEN_NAME, '`');
  else if (is_name_start (c))
    {
      skip_name_parts (self);
      add_token (self, SH_TOKEN_NAME, start, FALSE);
    }
  else if (!read_foreign (self) && !read_mark (self))
    skip_unknown (self);
}

/* Past white space and comments; notes where in its line the next token is. */
static void
skip_blank (Lexer *self)
{
  for (;;)
    {
      gunichar c = character_at (self, self->at);

      if (c == '\n' || c == '\r')
        {
          self->is_first = self->at_margin = TRUE;
          self->at++;
        }
      else if (c == '#')
        self->at += strcspn (self->text + self->at, "\r\n");
      else if (c != '\0' && g_unichar_isspace (c))
        {
          self->at_margin = FALSE;
          self->at = g_utf8_next_char (self->text + self->at) - self->text;
        }
      else
        return;
    }
}

GArray *
sh_lexer_run (ShDiagnostics *diagnostics)
{
  Lexer self = {
    .text = diagnostics->text,
    .diagnostics = diagnostics,
    .tokens = g_array_new (FALSE, FALSE, sizeof (ShToken)),
    .is_first = TRUE,
    .at_margin = TRUE,
  };

  if (g_str_has_prefix (self.text, "\xEF\xBB\xBF"))
    self.at = 3;
  for (skip_blank (&self);
       self.text[self.at] != '\0' && !sh_diagnostics_is_full (diagnostics);
       skip_blank (&self))
    {
      read_token (&self);
      self.is_first = self.at_margin = FALSE;
    }
  add_token (&self, SH_TOKEN_END, self.at, FALSE);
  return self.tokens;
}

void
sh_token_get_text (const ShToken *token, const char *text, GString *out)
{
  const char *c = text + token->span.offset;
  const char *end = c + token->span.length;
  char quote = *c;

  if (quote != '"' && quote != '`')
    {
      g_string_append_len (out, c, end - c);
      return;
    }
  for (c++; c < end && *c != quote; c++)
    {
      if (*c == '\\' && c + 1 < end)
        {
          c++;
          g_string_append_c (out, *c == 'n'   ? '\n'
                                  : *c == 't' ? '\t'
                                  : *c == 'r' ? '\r'
                                              : *c);
        }
      else
        g_string_append_c (out, *c);
    }
}

double
sh_token_get_number (const ShToken *token, const char *text)
{
  g_autofree char *digits =
      g_strndup (text + token->span.offset, token->span.length);

  g_strdelimit (digits, "fF", 'e');
  return g_ascii_strtod (digits, NULL);
}
