/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Memory that is taken piece by piece and given back at once: what a compiler
 * makes of a text lives no longer than the compilation.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShSyntaxArena ShSyntaxArena;

ShSyntaxArena *sh_syntax_arena_new (void);
void sh_syntax_arena_free (ShSyntaxArena *self);

/* Zeroed, aligned for any type; never NULL. */
gpointer sh_syntax_arena_alloc (ShSyntaxArena *self, gsize size);
char *sh_syntax_arena_strdup (ShSyntaxArena *self, const char *text);

#define sh_syntax_arena_new_item(arena, type)                                  \
  ((type *) sh_syntax_arena_alloc ((arena), sizeof (type)))
#define sh_syntax_arena_new_items(arena, type, n)                              \
  ((type *) sh_syntax_arena_alloc ((arena), (n) * sizeof (type)))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSyntaxArena, sh_syntax_arena_free)

G_END_DECLS
