/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The guard reads a message from a peer before protobuf-c does, and lets
 * through only what protobuf-c can unpack within known bounds of memory and
 * stack. protobuf-c itself has no limit on recursion, does not look at UTF-8,
 * fails on groups, and allocates up to 45 times a message's size.
 */

#pragma once

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

G_BEGIN_DECLS

/* Bytes in one message, either direction. */
#define SH_MESSAGE_MAX_BYTES (4u * 1024 * 1024)
/* Sub-messages in one message, those of all levels together. */
#define SH_MESSAGE_MAX_PARTS 65536u
/* Unknown fields in one message; they are skipped. */
#define SH_MESSAGE_MAX_UNKNOWN 4096u
/* Levels of messages in messages. */
#define SH_MESSAGE_MAX_DEPTH 16u

/*
 * Checks `size` bytes as a message of type `descriptor`. Errors: SH_ERROR_LIMIT
 * when a bound above is passed; SH_ERROR_PROTOCOL when the bytes are no such
 * message (truncated, over-long varint, a length past the end, a group, wrong
 * wire type, text that is not UTF-8 or holds NUL). Any thread.
 */
gboolean sh_guard_check (const ProtobufCMessageDescriptor *descriptor,
                         const guint8 *data,
                         gsize size,
                         GError **error);

/*
 * An arena for protobuf-c: everything that one unpack allocates, given back at
 * once. Memory is kept from message to message, so that in the steady state
 * nothing is allocated. Give sh_arena_get_allocator to unpack, and never call
 * free_unpacked. One thread.
 */
typedef struct ShArena ShArena;

/* `limit`: bytes after which an allocation fails, and with it the unpack. */
ShArena *sh_arena_new (gsize limit);
void sh_arena_free (ShArena *arena);
ProtobufCAllocator *sh_arena_get_allocator (ShArena *arena);
/* Everything allocated so far is gone. */
void sh_arena_reset (ShArena *arena);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShArena, sh_arena_free)

G_END_DECLS
