/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reads a file that people write by hand.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of such a file. */
#define SH_SMALL_FILE_MAX (64u * 1024)

/*
 * The file's text, ended by NUL and freed by the caller. Only ordinary files
 * are read; a byte order mark is skipped. Errors name the file:
 * SH_ERROR_NOT_FOUND when there is none, SH_ERROR_LIMIT, SH_ERROR_SYNTAX when
 * it is not UTF-8, SH_ERROR_FAILED.
 */
char *sh_small_file_read (const char *path, GError **error);

G_END_DECLS
