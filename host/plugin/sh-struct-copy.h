/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A struct of a schema that is kept: pixels of images, which a plain copy would
 * share, are copied too. The memory is used again from copy to copy.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/* Bytes of pixels in one struct: more does not fit a message. */
#define SH_STRUCT_COPY_MAX_PIXELS (4u * 1024 * 1024)

typedef struct ShStructCopy ShStructCopy;

/* All zero. `schema` lives longer. */
ShStructCopy *sh_struct_copy_new (const SimhostSchema *schema);
void sh_struct_copy_free (ShStructCopy *copy);

/* Takes over a struct of the schema. Errors: SH_ERROR_LIMIT naming the field
 * whose image is too large; then all is zero. */
gboolean
sh_struct_copy_set (ShStructCopy *copy, gconstpointer from, GError **error);

/* The struct; as it is until the next sh_struct_copy_set. */
gconstpointer sh_struct_copy_get (const ShStructCopy *copy);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShStructCopy, sh_struct_copy_free)

G_END_DECLS
