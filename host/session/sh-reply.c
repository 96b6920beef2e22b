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

void
sh_reply_add_entry (GByteArray *reply,
                    const GByteArray *state,
                    float reward,
                    gboolean terminal,
                    const guint8 *action,
                    gsize action_size)
{
  guint32 reward_bits;
  gsize inner = 0;
  guint8 *at;

  /* By its bits: a reward of -0 is not left out. */
  memcpy (&reward_bits, &reward, sizeof reward_bits);
  if (state->len > 0)
    inner += 1 + varint_size (state->len) + state->len;
  if (reward_bits != 0)
    inner += 5;
  if (terminal)
    inner += 2;
  if (action_size > 0)
    inner += 1 + varint_size (action_size) + action_size;

  at = grow (reply, inner + MAX_ENTRY_OVERHEAD);
  *at++ = TAG_STATE_DATA;
  at = put_varint (at, inner);
  if (state->len > 0)
    at = put_bytes (at, TAG_STATE, state->data, state->len);
  if (reward_bits != 0)
    at = put_fixed32 (at, TAG_REWARD, reward_bits);
  if (terminal)
    {
      *at++ = TAG_TERMINAL;
      *at++ = 1;
    }
  if (action_size > 0)
    at = put_bytes (at, TAG_ACTION_TAKEN, action, action_size);
  shrink_to (reply, at);
}

void
sh_reply_end_state (GByteArray *reply, guint32 sim_id)
{
  add_sim_id (reply, sim_id);
}
