/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling files: read and compiled with a report for people, and a compiled
 * program as JSON.
 */

#pragma once

#include "sh-program.h"

G_BEGIN_DECLS

/*
 * The compiler's errors and warnings are printed on stderr. Errors:
 * SH_ERROR_SYNTAX that counts them, SH_ERROR_LIMIT, those of the file.
 */
ShProgram *sh_program_file_compile (const char *file, GError **error);

/* One JSON object on one line, appended: what sh_program_dump says. */
void sh_program_add_json (const ShProgram *program, GString *json);

G_END_DECLS
