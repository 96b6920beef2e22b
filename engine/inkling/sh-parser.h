/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Text to syntax tree: the whole of Inkling 2, and Inkling 1. After an error the
 * parser finds its feet at the next field, clause, statement or declaration and
 * goes on, so that one run shows all the mistakes.
 */

#pragma once

#include "sh-syntax.h"

G_BEGIN_DECLS

/* Brackets, types, blocks and operators within one another. */
#define SH_PARSER_MAX_DEPTH 100u

/*
 * The declarations of the text of `diagnostics`, which must be valid UTF-8. The
 * tree borrows nothing from the text. After errors it has what could be read
 * (Inkling 2), or nothing (Inkling 1, or a text that is none): each declaration,
 * clause, objective and parameter of a record in it is as it was written, and the
 * tree says what it lacks.
 */
ShProgramNode sh_parser_parse (ShDiagnostics *diagnostics, ShPool *pool);

/* Whether that is a text of Inkling 1, which begins with one of its own words in
 * place of a version. Reports nothing that is not reported by parsing. */
gboolean sh_parser_is_first_version (ShDiagnostics *diagnostics);

G_END_DECLS
