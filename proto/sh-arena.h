/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An arena for protobuf-c: everything that one unpack allocates, given back at
 * once. Memory is kept from message to message, so that in the steady state
 * nothing is allocated. Give sh_arena_get_allocator to unpack, and never call
 * free_unpacked. One thread.
 */

#pragma once

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

typedef struct ShArena ShArena;

/* `limit`: bytes after which an allocation fails, and with it the unpack. */
ShArena *sh_arena_new (gsize limit);
void sh_arena_free (ShArena *arena);
ProtobufCAllocator *sh_arena_get_allocator (ShArena *arena);
/* Everything allocated so far is gone. */
void sh_arena_reset (ShArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShArena, sh_arena_free)

G_END_DECLS
