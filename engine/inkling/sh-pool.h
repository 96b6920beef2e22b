/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Memory that is taken piece by piece and given back at once: what a compiler
 * makes of a text lives no longer than the compilation.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShPool ShPool;

ShPool *sh_pool_new (void);
void sh_pool_free (ShPool *self);

/* Zeroed, aligned for any type; never NULL. */
gpointer sh_pool_alloc (ShPool *self, gsize size);
char *sh_pool_strdup (ShPool *self, const char *text);

#define sh_pool_new_item(pool, type)                                           \
  ((type *) sh_pool_alloc ((pool), sizeof (type)))
#define sh_pool_new_items(pool, type, n)                                       \
  ((type *) sh_pool_alloc ((pool), (n) * sizeof (type)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPool, sh_pool_free)

G_END_DECLS
