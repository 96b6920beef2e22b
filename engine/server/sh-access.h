/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The access keys that a server takes.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Characters of the longest key. */
#define SH_ACCESS_MAX_KEY 256u

typedef struct ShAccess ShAccess;

ShAccess *sh_access_new (void);
void sh_access_free (ShAccess *access);

/* Errors: SH_ERROR_USAGE for a key that is empty, too long, or holds anything
 * but printable ASCII without blanks: it travels in a header. */
gboolean sh_access_add_key (ShAccess *access, const char *key, GError **error);

/*
 * TRUE if `key` (NULL: none was given) is one of the keys. The time that it
 * takes depends on the length of `key` alone.
 */
gboolean sh_access_check (const ShAccess *access, const char *key);

/* A new random key of 128 bits; NULL with SH_ERROR_FAILED when the system has
 * no randomness to give. Free with g_free. */
char *sh_access_generate_key (GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShAccess, sh_access_free)

G_END_DECLS
