/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-reply.h"

#include <string.h>

#include "simulator.pb-c.h"

/* Tags: field number * 8 + wire type (0 varint, 2 bytes, 5 four bytes). */
#define TAG_MESSAGE_TYPE 0x08
#define TAG_REGISTER_DATA 0x12
#define TAG_STATE_DATA 0x1a
#define TAG_SIM_ID 0x25
#define TAG_SIMULATOR_NAME 0x0a
#define TAG_STATE 0x0a
#define TAG_REWARD 0x15
#define TAG_TERMINAL 0x18
#define TAG_ACTION_TAKEN 0x22
/* Two bytes each: fields 1000 and 1001. */
#define TAG_DO_NOT_LEARN 0xc0, 0x3e
#define TAG_INFO 0xca, 0x3e

/* The longest that the parts of an entry around state and action get. */
#define MAX_ENTRY_OVERHEAD 32

static gsize
varint_size (gsize value)
{
  gsize size = 1;

  while (value >= 0x80)
    {
      value >>= 7;
      size++;
    }
  return size;
}

static guint8 *
put_varint (guint8 *at, gsize value)
{
  while (value >= 0x80)
    {
      *at++ = (guint8) (value | 0x80);
      value >>= 7;
    }
  *at++ = (guint8) value;
  return at;
}

static guint8 *
put_fixed32 (guint8 *at, guint8 tag, guint32 value)
{
  guint32 little = GUINT32_TO_LE (value);

  *at++ = tag;
  memcpy (at, &little, sizeof little);
  return at + sizeof little;
}

static guint8 *
put_bytes (guint8 *at, guint8 tag, const void *data, gsize size)
{
  *at++ = tag;
  at = put_varint (at, size);
  memcpy (at, data, size);
  return at + size;
}

/* Makes room for `size` more bytes; the array keeps what it once had. */
static guint8 *
grow (GByteArray *bytes, gsize size)
{
  guint before = bytes->len;

  g_byte_array_set_size (bytes, before + (guint) size);
  return bytes->data + before;
}

static void
shrink_to (GByteArray *bytes, const guint8 *end)
{
  g_byte_array_set_size (bytes, (guint) (end - bytes->data));
}

static void
begin (GByteArray *reply, guint8 message_type)
{
  const guint8 start[] = { TAG_MESSAGE_TYPE, message_type };

  g_byte_array_set_size (reply, 0);
  g_byte_array_append (reply, start, sizeof start);
}

/* proto3: what is zero is left out. */
static void
add_sim_id (GByteArray *reply, guint32 sim_id)
{
  if (sim_id != 0)
    put_fixed32 (grow (reply, 5), TAG_SIM_ID, sim_id);
}

void
sh_reply_register (GByteArray *reply, const char *simulator_name)
{
  gsize length = strlen (simulator_name);
  gsize inner = 1 + varint_size (length) + length;
  guint8 *at;

  begin (reply, SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__REGISTER);
  at = grow (reply, 1 + varint_size (inner) + inner);
  *at++ = TAG_REGISTER_DATA;
  at = put_varint (at, inner);
  put_bytes (at, TAG_SIMULATOR_NAME, simulator_name, length);
}

void
sh_reply_ready (GByteArray *reply, guint32 sim_id)
{
  begin (reply, SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__READY);
  add_sim_id (reply, sim_id);
}

void
sh_reply_state (GByteArray *reply)
{
  begin (reply, SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__STATE);
}

static gsize
bytes_size (gsize tag_size, gsize size)
{
  return size > 0 ? tag_size + varint_size (size) + size : 0;
}

static guint8 *
put_additions (guint8 *at, const ShReplyEntry *entry, gsize info_size)
{
  static const guint8 do_not_learn[] = { TAG_DO_NOT_LEARN, 1 };
  static const guint8 info[] = { TAG_INFO };

  if (entry->do_not_learn)
    {
      memcpy (at, do_not_learn, sizeof do_not_learn);
      at += sizeof do_not_learn;
    }
  if (info_size == 0)
    return at;
  memcpy (at, info, sizeof info);
  at = put_varint (at + sizeof info, info_size);
  memcpy (at, entry->info, info_size);
  return at + info_size;
}

void
sh_reply_add_entry (GByteArray *reply, const ShReplyEntry *entry)
{
  gsize state_size = entry->state->len;
  gsize info_size = entry->info != NULL ? strlen (entry->info) : 0;
  guint32 reward_bits;
  gsize inner;
  guint8 *at;

  /* By its bits: a reward of -0 is not left out. */
  memcpy (&reward_bits, &entry->reward, sizeof reward_bits);
  inner = bytes_size (1, state_size) + bytes_size (1, entry->action_size) +
          bytes_size (2, info_size);
  if (reward_bits != 0)
    inner += 5;
  if (entry->terminal)
    inner += 2;
  if (entry->do_not_learn)
    inner += 3;

  at = grow (reply, inner + MAX_ENTRY_OVERHEAD);
  *at++ = TAG_STATE_DATA;
  at = put_varint (at, inner);
  if (state_size > 0)
    at = put_bytes (at, TAG_STATE, entry->state->data, state_size);
  if (reward_bits != 0)
    at = put_fixed32 (at, TAG_REWARD, reward_bits);
  if (entry->terminal)
    {
      *at++ = TAG_TERMINAL;
      *at++ = 1;
    }
  if (entry->action_size > 0)
    at = put_bytes (at, TAG_ACTION_TAKEN, entry->action, entry->action_size);
  if (entry->do_not_learn || info_size > 0)
    at = put_additions (at, entry, info_size);
  shrink_to (reply, at);
}

void
sh_reply_end_state (GByteArray *reply, guint32 sim_id)
{
  add_sim_id (reply, sim_id);
}
