/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What commands that train a brain with an Inkling file have in common.
 */

#pragma once

#include <glib.h>

#include "sh-keeper.h"

G_BEGIN_DECLS

/*
 * Compiles `file`; the compiler's errors and warnings are printed on stderr.
 * *brain: `wanted`, or if that is NULL a name after the file; it can be a brain's,
 * and is the caller's. Errors: SH_ERROR_SYNTAX, SH_ERROR_SCHEMA for the program,
 * SH_ERROR_USAGE for the name, those of the file.
 */
ShProgram *sh_training_read (const char *file,
                             const char *wanted,
                             char **brain,
                             GError **error);

/* Why a training has failed: the run's error, or that of saving; NULL: it has
 * not. */
const GError *sh_training_get_error (ShKeeper *keeper);

G_END_DECLS
