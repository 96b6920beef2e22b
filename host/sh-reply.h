/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writes what a simulator sends. Of the three messages STATE is the one that
 * counts: it has an entry for each step of a batch, so it is written straight
 * into one buffer that is kept from message to message, where protobuf-c would
 * want a tree of structs first.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GByteArray *bytes;
} ShReply;

void sh_reply_init (ShReply *reply);
void sh_reply_clear (ShReply *reply);

/* Each begins a message anew, in place of the last one. */
void sh_reply_register (ShReply *reply, const char *simulator_name);
void sh_reply_ready (ShReply *reply, guint32 sim_id);
void sh_reply_state (ShReply *reply);

/* Adds an entry to a STATE. `state` and `action` are messages themselves, the
 * latter the bytes as they were received; empty ones are left out. */
void sh_reply_add_entry (ShReply *reply,
                         const GByteArray *state,
                         float reward,
                         gboolean terminal,
                         const guint8 *action,
                         gsize action_size);

/* Ends a STATE. */
void sh_reply_end_state (ShReply *reply, guint32 sim_id);

G_END_DECLS
