/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `.brains`, which the original command line tool leaves in a project's folder:
 * {"brains": [{"name": "x", "default": true}, ...]}.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/*
 * The name of the default brain, freed by the caller; NULL without an error
 * when no entry is the default. Entries without "default" are not. `path` is
 * for messages. Errors: SH_ERROR_SYNTAX naming the file.
 */
char *sh_brains_file_parse (const char *path, const char *text, GError **error);

G_END_DECLS
