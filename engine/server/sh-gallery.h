/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The projects that come with this program: a curriculum each for the simulators
 * that come with it. They lie in the program itself.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The one category of them. */
#define SH_GALLERY_CATEGORY "curricula"

/* The files of a project, an array of ShProjectFile. '-' in `name` is the same
 * as '_', since names of brains have none of the latter. Errors:
 * SH_ERROR_NOT_FOUND, which says what there is. */
GPtrArray *
sh_gallery_load (const char *category, const char *name, GError **error);

G_END_DECLS
