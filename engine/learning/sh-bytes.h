/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Numbers as bytes, for what is saved: little-endian, floats as IEEE 754 says.
 * What was saved is framed by eight bytes that say what it is and a checksum
 * that finds damage; every number is checked besides, for bytes that were made
 * to do harm.
 */

#pragma once

#include <glib.h>

#include "sh-random.h"

G_BEGIN_DECLS

#define SH_BYTES_MAGIC_SIZE 8u

void sh_bytes_put_u32 (GByteArray *to, guint32 value);
void sh_bytes_put_u64 (GByteArray *to, guint64 value);
void sh_bytes_put_double (GByteArray *to, double value);
void sh_bytes_put_floats (GByteArray *to, const float *values, gsize n);
void sh_bytes_put_random (GByteArray *to, const ShRandom *random);
void sh_bytes_put_block (GByteArray *to, const void *data, gsize size);

/* Begins what is `magic`; and ends it with the checksum, freeing `to`. */
GByteArray *sh_bytes_begin (const char *magic);
GBytes *sh_bytes_end (GByteArray *to);

/* Reads on; past the end, or at a number that may not be, it gives 0 and
 * remembers. */
typedef struct
{
  const guint8 *at;
  gsize left;
  gboolean failed;
} ShBytesReader;

/* A reader of what is between magic and checksum. `what` is "policy" in
 * messages. Errors: SH_ERROR_CORRUPT. */
gboolean sh_bytes_open (GBytes *bytes,
                        const char *magic,
                        const char *what,
                        ShBytesReader *reader,
                        GError **error);

guint32 sh_bytes_take_u32 (ShBytesReader *reader);
guint64 sh_bytes_take_u64 (ShBytesReader *reader);
double sh_bytes_take_double (ShBytesReader *reader);
/* Those that may be finite only. */
double sh_bytes_take_finite (ShBytesReader *reader);
void sh_bytes_take_floats (ShBytesReader *reader, float *values, gsize n);
void sh_bytes_take_random (ShBytesReader *reader, ShRandom *random);
/* `size` bytes, in the reader's own memory; NULL past the end. */
const guint8 *sh_bytes_take_block (ShBytesReader *reader, gsize size);

G_END_DECLS
