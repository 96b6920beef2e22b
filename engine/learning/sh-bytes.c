/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Numbers as bytes, and back.
 */

#include "sh-bytes.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

/* FNV-1a. */
static guint64
checksum (const guint8 *bytes, gsize size)
{
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325);

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (0x100000001b3);
  return hash;
}

void
sh_bytes_put_u32 (GByteArray *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  g_byte_array_append (to, (const guint8 *) &value, sizeof value);
}

void
sh_bytes_put_u64 (GByteArray *to, guint64 value)
{
  value = GUINT64_TO_LE (value);
  g_byte_array_append (to, (const guint8 *) &value, sizeof value);
}

void
sh_bytes_put_double (GByteArray *to, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  sh_bytes_put_u64 (to, bits);
}

void
sh_bytes_put_floats (GByteArray *to, const float *values, gsize n)
{
#if G_BYTE_ORDER == G_LITTLE_ENDIAN
  sh_bytes_put_block (to, values, n * sizeof (float));
#else
  for (gsize i = 0; i < n; i++)
    {
      guint32 bits;

      memcpy (&bits, &values[i], sizeof bits);
      sh_bytes_put_u32 (to, bits);
    }
#endif
}

void
sh_bytes_put_random (GByteArray *to, const ShRandom *random)
{
  for (guint i = 0; i < G_N_ELEMENTS (random->state); i++)
    sh_bytes_put_u64 (to, random->state[i]);
}

void
sh_bytes_put_block (GByteArray *to, const void *data, gsize size)
{
  g_return_if_fail (size <= G_MAXUINT - to->len);

  if (size > 0)
    g_byte_array_append (to, data, (guint) size);
}

GByteArray *
sh_bytes_begin (const char *magic)
{
  GByteArray *to = g_byte_array_new ();

  sh_bytes_put_block (to, magic, SH_BYTES_MAGIC_SIZE);
  return to;
}

GBytes *
sh_bytes_end (GByteArray *to)
{
  sh_bytes_put_u64 (to, checksum (to->data, to->len));
  return g_byte_array_free_to_bytes (to);
}

gboolean
sh_bytes_open (GBytes *bytes,
               const char *magic,
               const char *what,
               ShBytesReader *reader,
               GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  ShBytesReader end;

  if (size < SH_BYTES_MAGIC_SIZE + sizeof (guint64) ||
      memcmp (data, magic, SH_BYTES_MAGIC_SIZE) != 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT, "This is not a saved %s",
                   what);
      return FALSE;
    }
  size -= sizeof (guint64);
  end = (ShBytesReader){ data + size, sizeof (guint64), FALSE };
  if (sh_bytes_take_u64 (&end) != checksum (data, size))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "The %s is damaged: its checksum does not match", what);
      return FALSE;
    }
  *reader = (ShBytesReader){ data + SH_BYTES_MAGIC_SIZE,
                             size - SH_BYTES_MAGIC_SIZE, FALSE };
  return TRUE;
}

const guint8 *
sh_bytes_take_block (ShBytesReader *reader, gsize size)
{
  const guint8 *at = reader->at;

  if (reader->failed || reader->left < size)
    {
      reader->failed = TRUE;
      return NULL;
    }
  reader->at += size;
  reader->left -= size;
  return at;
}

static guint64
take_integer (ShBytesReader *reader, gsize size)
{
  const guint8 *at = sh_bytes_take_block (reader, size);
  guint64 value = 0;

  for (guint i = 0; at != NULL && i < size; i++)
    value |= (guint64) at[i] << (8 * i);
  return value;
}

guint64
sh_bytes_take_u64 (ShBytesReader *reader)
{
  return take_integer (reader, sizeof (guint64));
}

guint32
sh_bytes_take_u32 (ShBytesReader *reader)
{
  return (guint32) take_integer (reader, sizeof (guint32));
}

double
sh_bytes_take_double (ShBytesReader *reader)
{
  guint64 bits = sh_bytes_take_u64 (reader);
  double value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

double
sh_bytes_take_finite (ShBytesReader *reader)
{
  double value = sh_bytes_take_double (reader);

  if (!isfinite (value))
    reader->failed = TRUE;
  return reader->failed ? 0 : value;
}

void
sh_bytes_take_floats (ShBytesReader *reader, float *values, gsize n)
{
  for (gsize i = 0; i < n && !reader->failed; i++)
    {
      guint32 bits = sh_bytes_take_u32 (reader);

      memcpy (&values[i], &bits, sizeof bits);
      if (!isfinite (values[i]))
        {
          values[i] = 0;
          reader->failed = TRUE;
        }
    }
}

void
sh_bytes_take_random (ShBytesReader *reader, ShRandom *random)
{
  guint64 any = 0;

  for (guint i = 0; i < G_N_ELEMENTS (random->state); i++)
    any |= random->state[i] = sh_bytes_take_u64 (reader);
  /* From that state it would never come away. */
  if (any == 0)
    reader->failed = TRUE;
}
