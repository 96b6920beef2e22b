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

#include "sh-arena.h"

G_BEGIN_DECLS

/* Bytes in one message, either direction. */
#define SH_MESSAGE_MAX_BYTES (4u * 1024 * 1024)
/* Sub-messages in one message, those of all levels together. */
#define SH_MESSAGE_MAX_PARTS 65536u
/* Unknown fields in one message; they are skipped. */
#define SH_MESSAGE_MAX_UNKNOWN 4096u
/* Levels of messages in messages, the outermost included. */
#define SH_MESSAGE_MAX_DEPTH 16u
/* A good limit for an arena: what any useful message needs to be unpacked, and
 * a bound for those that repeat a field a million times. */
#define SH_MESSAGE_MAX_MEMORY (32u * 1024 * 1024)

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

/* The same for bytes from elsewhere, of which there may be `max_bytes`. */
gboolean sh_guard_check_within (const ProtobufCMessageDescriptor *descriptor,
                                const guint8 *data,
                                gsize size,
                                gsize max_bytes,
                                GError **error);

/*
 * Checks, empties `arena` and unpacks into it. The message is the arena's and
 * lasts until its next reset. Errors as above, and SH_ERROR_LIMIT when the
 * arena's limit does not suffice.
 */
ProtobufCMessage *sh_guard_unpack (const ProtobufCMessageDescriptor *descriptor,
                                   ShArena *arena,
                                   const guint8 *data,
                                   gsize size,
                                   GError **error);

G_END_DECLS
