/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Bytes in tests: written in hexadecimal, compared, and put together.
 */

#pragma once

#include <glib.h>

/* Spaces are left out, "-" is nothing. */
static inline GByteArray *
bytes_from_hex (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; *text != '\0'; text++)
    if (g_ascii_isxdigit (text[0]) && g_ascii_isxdigit (text[1]))
      {
        guint8 byte = (guint8) (g_ascii_xdigit_value (text[0]) << 4 |
                                g_ascii_xdigit_value (text[1]));

        g_byte_array_append (bytes, &byte, 1);
        text++;
      }
  return bytes;
}

/* Appends `count` times what `hex` stands for. */
static inline void
bytes_append_hex (GByteArray *bytes, const char *hex, guint count)
{
  g_autoptr (GByteArray) more = bytes_from_hex (hex);

  for (guint i = 0; i < count; i++)
    g_byte_array_append (bytes, more->data, more->len);
}
