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
#define SH_VALUES_MAX_PIXELS (4u * 1024 * 1024)

typedef struct ShValues ShValues;

/* All zero. `schema` lives longer. */
ShValues *sh_values_new (const SimhostSchema *schema);
void sh_values_free (ShValues *values);

/* Takes over a struct of the schema. Errors: SH_ERROR_LIMIT naming the field
 * whose image is too large; then all is zero. */
gboolean sh_values_set (ShValues *values, gconstpointer from, GError **error);

/* The struct; as it is until the next sh_values_set. */
gconstpointer sh_values_get (const ShValues *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShValues, sh_values_free)

G_END_DECLS
