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

/* Each begins a message anew in `reply`, in place of the last one. */
void sh_reply_register (GByteArray *reply, const char *simulator_name);
void sh_reply_ready (GByteArray *reply, guint32 sim_id);
void sh_reply_state (GByteArray *reply);

/* One entry of a STATE. `state` and `action` are messages themselves; what is
 * empty, zero or NULL is left out. */
typedef struct
{
  const GByteArray *state;
  float reward;
  gboolean terminal;
  const guint8 *action;
  gsize action_size;
  /* Additions of ours. */
  gboolean do_not_learn;
  const char *info; /* JSON */
} ShReplyEntry;

void sh_reply_add_entry (GByteArray *reply, const ShReplyEntry *entry);

/* Ends a STATE. */
void sh_reply_end_state (GByteArray *reply, guint32 sim_id);

G_END_DECLS
