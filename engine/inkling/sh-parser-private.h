/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the files of the parser share: a cursor over the tokens, and one function
 * for each part of the grammar.
 *
 * A function of the grammar that finds an error reports it and returns NULL (or
 * FALSE) with the cursor where the error is. Whoever reads a list of such parts
 * skips to where the next one may begin. While `recovering`, until a token fits
 * again, nothing is reported: it would be a consequence.
 */

#pragma once

#include "sh-lexer.h"
#include "sh-parser.h"

G_BEGIN_DECLS

typedef struct
{
  ShDiagnostics *diagnostics;
  ShPool *pool;
  ShToken *tokens;
  guint at;
  guint depth;
  guint n_lexical; /* the errors that the tokens had before */
  gboolean recovering;
  gboolean no_struct; /* '{' opens a block: the condition of an `if` */
  GString *scratch;
} ShParser;

/* Where skipping ends, besides closing brackets. */
typedef enum
{
  SH_SKIP_ELEMENT, /* a comma */
  SH_SKIP_CLAUSE, /* a word that begins a clause, first in its line */
  SH_SKIP_STATEMENT /* the same for statements */
} ShSkip;

/* The cursor (sh-parser.c) */
const ShToken *sh_parser_peek (const ShParser *self, guint ahead);
gboolean sh_parser_is (const ShParser *self, guint ahead, ShTokenKind kind);
gboolean
sh_parser_is_word (const ShParser *self, guint ahead, const char *word);
gboolean sh_parser_at (const ShParser *self, ShTokenKind kind);
gboolean sh_parser_at_word (const ShParser *self, const char *word);
gboolean sh_parser_at_item (const ShParser *self);
const ShToken *sh_parser_take (ShParser *self);
gboolean sh_parser_accept (ShParser *self, ShTokenKind kind);
gboolean sh_parser_accept_word (ShParser *self, const char *word);

/* "expected WHAT, found ..." */
void sh_parser_expected (ShParser *self, const char *what);
/* Advice for that, when it is a common mistake (sh-parser-habit.c). */
void sh_parser_hint_habit (ShParser *self, const char *expected);
gboolean sh_parser_expect (ShParser *self, ShTokenKind kind, const char *after);
/* The bracket that closes the one at `open`, an index. */
gboolean sh_parser_expect_close (ShParser *self, ShTokenKind kind, guint open);
/* The brace that closes a list of which the parts that are in error were left
 * out; when there were any since there were `n_errors`, it is not missed. */
gboolean sh_parser_close_list (ShParser *self, guint open, guint n_errors);
gboolean sh_parser_expect_name (ShParser *self, ShName *name, const char *what);
gboolean
sh_parser_expect_string (ShParser *self, ShName *text, const char *what);

/* Whether one more level of nesting is allowed; if so, to be left again. */
gboolean sh_parser_enter (ShParser *self);
void sh_parser_leave (ShParser *self);

/* From the start of token `first` to the end of the last one taken. */
ShSpan sh_parser_span (const ShParser *self, guint first);

/* Whether no error lies in what was read since `first`, an index, when there
 * were `n_errors`. */
gboolean sh_parser_is_clean (const ShParser *self, guint first, guint n_errors);

void sh_parser_skip (ShParser *self, ShSkip skip);
/* The same in a list without commas, of which an element failed that began at
 * `first`: gets past that in any case. */
void sh_parser_skip_from (ShParser *self, ShSkip skip, guint first);
/* Whether what stands here, and is not what was expected, may belong to what was
 * read before: it does not look as if it began something. */
gboolean sh_parser_is_rest (const ShParser *self);
/* Whether a list in braces, without commas, goes on here. */
gboolean sh_parser_is_inside (const ShParser *self);
/* Before each element of a list between brackets, `is_first` before the first:
 * takes the comma, and says whether an element follows. */
gboolean sh_parser_more (ShParser *self, ShTokenKind close, gboolean is_first);

/* Expressions (sh-parser-expression.c) */
ShExprNode *sh_parser_expression (ShParser *self);
ShExprNode *sh_parser_condition (ShParser *self);
/* One in which '<' and '>' are no operators. */
ShExprNode *sh_parser_additive (ShParser *self);
/* One from which what could not be read is left out; NULL: there is none. */
ShExprNode *sh_parser_record (ShParser *self);

/* Types (sh-parser-type.c) */
ShTypeNode *sh_parser_type (ShParser *self);
gboolean sh_parser_parameters (ShParser *self, ShFieldNode **parameters);

/* Functions and goals (sh-parser-function.c) */
ShFunctionNode *sh_parser_function (ShParser *self, gboolean needs_name);
gboolean sh_parser_goal (ShParser *self, ShClauseNode *clause);
gboolean sh_parser_at_objective (const ShParser *self);

/* Simulators and graphs (sh-parser-graph.c) */
ShSimulatorNode *sh_parser_simulator (ShParser *self, gboolean needs_name);
ShGraphNode *sh_parser_graph (ShParser *self);
gboolean sh_parser_at_clause (const ShParser *self);

/* Inkling 1 (sh-parser-first.c); NULL after an error */
ShItemNode *sh_parser_first (ShParser *self);

G_END_DECLS
