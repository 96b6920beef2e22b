/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Files in the format of `.bonsai`, as Python's configparser reads it:
 *
 *   # a comment; so is ; at the start of a line
 *   [DEFAULT]
 *   profile = dev
 *   [dev]
 *   Url: https://example.test
 *
 * Keys are the same in any case, sections are not. The value begins behind the
 * first = or :. A line that is indented deeper than its key's goes on with the
 * value. Several files can be read; a later one's keys replace an earlier
 * one's, section by section.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a line. */
#define SH_INI_MAX_LINE 4096u
/* The section whose keys all others inherit. */
#define SH_INI_DEFAULT "DEFAULT"

typedef struct ShIni ShIni;

ShIni *sh_ini_new (void);
void sh_ini_free (ShIni *ini);

/* Adds what `text` says; `path` is for messages and sh_ini_lookup. Errors:
 * SH_ERROR_SYNTAX and SH_ERROR_LIMIT with path and line; then nothing of the
 * text is added. */
gboolean
sh_ini_add (ShIni *ini, const char *path, const char *text, GError **error);

gboolean sh_ini_has_section (const ShIni *ini, const char *section);

/* The key's value in just this section, or NULL; `key` is in small letters.
 * *path, if given, is the file that said so. Both belong to `ini`. */
const char *sh_ini_lookup (const ShIni *ini,
                           const char *section,
                           const char *key,
                           const char **path);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShIni, sh_ini_free)

G_END_DECLS
