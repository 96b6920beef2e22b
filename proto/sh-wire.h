/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The smallest pieces of protobuf's wire format, shared by the guard and the
 * plans. Readers take a cursor and the end of the bytes, move the cursor and
 * return FALSE when the bytes stop short or break a rule; the cursor is then
 * anywhere up to the end. Writers return the new cursor; the caller has made
 * room. How the format works: protobuf.dev/programming-guides/encoding.
 */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

#define SH_WIRE_VARINT 0u
#define SH_WIRE_64BIT 1u
#define SH_WIRE_BYTES_LIKE 2u
#define SH_WIRE_32BIT 5u

#define SH_WIRE_MAX_NUMBER ((1u << 29) - 1)
#define SH_WIRE_MAX_VARINT 10
#define SH_WIRE_MAX_KEY 5

/* Up to ten bytes; bits beyond the 64th are dropped, as protobuf does. */
static inline gboolean
sh_wire_read_varint (const guint8 **cursor, const guint8 *end, guint64 *value)
{
  const guint8 *p = *cursor;
  guint64 result = 0;

  if (G_LIKELY (p < end && *p < 0x80))
    {
      *cursor = p + 1;
      *value = *p;
      return TRUE;
    }
  for (guint shift = 0; shift < 70 && p < end; shift += 7)
    {
      guint8 byte = *p++;

      result |= (guint64) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *cursor = p;
          *value = result;
          return TRUE;
        }
    }
  *cursor = p;
  return FALSE;
}

/* Keys and lengths: up to five bytes and 32 bits, as protobuf demands. */
static inline gboolean
sh_wire_read_uint32 (const guint8 **cursor, const guint8 *end, guint32 *value)
{
  const guint8 *p = *cursor;
  guint32 result = 0;

  for (guint shift = 0; shift < 35 && p < end; shift += 7)
    {
      guint8 byte = *p++;

      if (shift == 28 && byte > 0x0f)
        break;
      result |= (guint32) (byte & 0x7f) << shift;
      if (byte < 0x80)
        {
          *cursor = p;
          *value = result;
          return TRUE;
        }
    }
  *cursor = p;
  return FALSE;
}

/* A length and as many bytes, which `data` then points to. */
static inline gboolean
sh_wire_read_bytes (const guint8 **cursor,
                    const guint8 *end,
                    const guint8 **data,
                    guint32 *size)
{
  if (!sh_wire_read_uint32 (cursor, end, size) ||
      *size > (gsize) (end - *cursor))
    return FALSE;
  *data = *cursor;
  *cursor += *size;
  return TRUE;
}

static inline guint32
sh_wire_load32 (const guint8 *p)
{
  guint32 value;

  memcpy (&value, p, sizeof value);
  return GUINT32_FROM_LE (value);
}

static inline guint64
sh_wire_load64 (const guint8 *p)
{
  guint64 value;

  memcpy (&value, p, sizeof value);
  return GUINT64_FROM_LE (value);
}

/*
 * Skips a field's value. FALSE also for wire types that do not exist and for
 * groups, which nobody has used since protobuf became public.
 */
static inline gboolean
sh_wire_skip (const guint8 **cursor, const guint8 *end, guint wire_type)
{
  const guint8 *data;
  guint64 varint;
  guint32 size;

  switch (wire_type)
    {
    case SH_WIRE_VARINT:
      return sh_wire_read_varint (cursor, end, &varint);
    case SH_WIRE_BYTES_LIKE:
      return sh_wire_read_bytes (cursor, end, &data, &size);
    case SH_WIRE_64BIT:
    case SH_WIRE_32BIT:
      size = wire_type == SH_WIRE_64BIT ? 8 : 4;
      if ((gsize) (end - *cursor) < size)
        return FALSE;
      *cursor += size;
      return TRUE;
    default:
      return FALSE;
    }
}

static inline guint8 *
sh_wire_write_varint (guint8 *p, guint64 value)
{
  while (value >= 0x80)
    {
      *p++ = (guint8) (value | 0x80);
      value >>= 7;
    }
  *p++ = (guint8) value;
  return p;
}

static inline guint8 *
sh_wire_write32 (guint8 *p, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (p, &value, sizeof value);
  return p + sizeof value;
}

static inline guint8 *
sh_wire_write64 (guint8 *p, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (p, &value, sizeof value);
  return p + sizeof value;
}

/* 0, -1, 1, -2, ... as 0, 1, 2, 3, ...: protobuf's sint32 and sint64. */
static inline guint64
sh_wire_zigzag (gint64 value)
{
  return ((guint64) value << 1) ^ (value < 0 ? G_MAXUINT64 : 0);
}

static inline gint64
sh_wire_unzigzag (guint64 value)
{
  return (gint64) ((value >> 1) ^ ((value & 1) ? G_MAXUINT64 : 0));
}

G_END_DECLS
