/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Conversions between kinds of values. Everything here is independent of the
 * locale.
 */

#include "sh-value.h"

#include <math.h>
#include <string.h>

#include <simhost/plugin.h>

/* Longer texts are no numbers that anybody means. */
#define MAX_NUMBER_TEXT 400u
#define MAX_DESCRIBED 40u
#define TWO_TO_63 9223372036854775808.0
#define TWO_TO_64 18446744073709551616.0

static void
strip (const char **text, gsize *length)
{
  while (*length > 0 && g_ascii_isspace (**text))
    {
      (*text)++;
      (*length)--;
    }
  while (*length > 0 && g_ascii_isspace ((*text)[*length - 1]))
    (*length)--;
}

static gboolean
parse_integer (const ShValue *value, gboolean *negative, guint64 *magnitude)
{
  const char *text = value->text;
  gsize length = value->length, i = 0;

  strip (&text, &length);
  *negative = length > 0 && text[0] == '-';
  if (length > 0 && (text[0] == '-' || text[0] == '+'))
    i++;
  if (i == length)
    return FALSE;
  for (*magnitude = 0; i < length; i++)
    if (!g_ascii_isdigit (text[i]) ||
        !g_uint64_checked_mul (magnitude, *magnitude, 10) ||
        !g_uint64_checked_add (magnitude, *magnitude,
                               (guint64) (text[i] - '0')))
      return FALSE;
  return TRUE;
}

static gboolean
parse_double (const ShValue *value, double *result)
{
  const char *text = value->text;
  gsize length = value->length;
  char buffer[MAX_NUMBER_TEXT + 1], *end;

  strip (&text, &length);
  if (length == 0 || length > MAX_NUMBER_TEXT)
    return FALSE;
  /* strtod reads hexadecimal and "nan(...)" too. */
  for (gsize i = 0; i < length; i++)
    if (strchr ("xX(", text[i]) != NULL)
      return FALSE;
  memcpy (buffer, text, length);
  buffer[length] = '\0';
  *result = g_ascii_strtod (buffer, &end);
  return end == buffer + length;
}

/* The whole part of a double as sign and magnitude. */
static gboolean
cut_double (double number, gboolean *negative, guint64 *magnitude)
{
  *negative = number < 0;
  number = trunc (fabs (number));
  if (!(number < TWO_TO_64)) /* NaN too */
    return FALSE;
  *magnitude = (guint64) number;
  return TRUE;
}

static gboolean
to_whole (const ShValue *value, gboolean *negative, guint64 *magnitude)
{
  switch (value->kind)
    {
    case SH_VALUE_INT:
      *negative = value->integer < 0;
      *magnitude =
          *negative ? -(guint64) value->integer : (guint64) value->integer;
      return TRUE;
    case SH_VALUE_UINT:
    case SH_VALUE_BOOL:
      *negative = FALSE;
      *magnitude = value->unsigned_integer;
      return TRUE;
    case SH_VALUE_DOUBLE:
    case SH_VALUE_FLOAT:
      return cut_double (value->number, negative, magnitude);
    case SH_VALUE_TEXT:
    default:
      return parse_integer (value, negative, magnitude);
    }
}

gboolean
sh_value_to_int (const ShValue *value, gint64 min, gint64 max, gint64 *result)
{
  gboolean negative;
  guint64 magnitude;

  if (!to_whole (value, &negative, &magnitude) ||
      magnitude > (guint64) G_MAXINT64 + (negative ? 1 : 0))
    return FALSE;
  *result = negative ? (gint64) -magnitude : (gint64) magnitude;
  return *result >= min && *result <= max;
}

gboolean
sh_value_to_uint (const ShValue *value, guint64 max, guint64 *result)
{
  gboolean negative;

  return to_whole (value, &negative, result) && (!negative || *result == 0) &&
         *result <= max;
}

gboolean
sh_value_to_double (const ShValue *value, double *result)
{
  switch (value->kind)
    {
    case SH_VALUE_INT:
      *result = (double) value->integer;
      return TRUE;
    case SH_VALUE_UINT:
    case SH_VALUE_BOOL:
      *result = (double) value->unsigned_integer;
      return TRUE;
    case SH_VALUE_DOUBLE:
    case SH_VALUE_FLOAT:
      *result = value->number;
      return TRUE;
    case SH_VALUE_TEXT:
    default:
      return parse_double (value, result);
    }
}

gboolean
sh_value_to_bool (const ShValue *value)
{
  switch (value->kind)
    {
    case SH_VALUE_DOUBLE:
    case SH_VALUE_FLOAT:
      return value->number < 0 || value->number > 0 || isnan (value->number);
    case SH_VALUE_TEXT:
      return value->length > 0;
    case SH_VALUE_INT:
    case SH_VALUE_UINT:
    case SH_VALUE_BOOL:
    default:
      return value->unsigned_integer != 0;
    }
}

/* The fewest digits that read back as the same number, as "d.ddde+xx". */
static void
find_digits (double number, gboolean single, char buffer[SH_VALUE_TEXT_SIZE])
{
  for (int digits = 0; digits < 17; digits++)
    {
      char format[8];
      double back;

      g_snprintf (format, sizeof format, "%%.%de", digits);
      g_ascii_formatd (buffer, SH_VALUE_TEXT_SIZE, format, number);
      back = g_ascii_strtod (buffer, NULL);
      if (single ? !((float) back < (float) number) &&
                       !((float) back > (float) number)
                 : !(back < number) && !(back > number))
        return;
    }
}

/* Python's repr: an exponent from 1e16 on and below 1e-4. */
static void
format_finite (double number, gboolean single, char buffer[SH_VALUE_TEXT_SIZE])
{
  char scientific[SH_VALUE_TEXT_SIZE], digits[SH_VALUE_TEXT_SIZE];
  const char *p = scientific;
  char *out = buffer;
  int n_digits = 0, exponent, point;

  find_digits (number, single, scientific);
  if (*p == '-')
    *out++ = *p++;
  for (; *p != 'e'; p++)
    if (*p != '.')
      digits[n_digits++] = *p;
  exponent = (int) g_ascii_strtoll (p + 1, NULL, 10);

  /* The digit before which the point stands. */
  point = exponent < -4 || exponent >= 16 ? 1 : exponent + 1;
  if (point <= 0)
    {
      *out++ = '0';
      *out++ = '.';
      for (int i = point; i < 0; i++)
        *out++ = '0';
    }
  for (int i = 0; i < n_digits || i < point; i++)
    {
      if (i == point && i > 0)
        *out++ = '.';
      *out++ = i < n_digits ? digits[i] : '0';
    }
  if (exponent < -4 || exponent >= 16)
    g_snprintf (out, 6, "e%c%02d", exponent < 0 ? '-' : '+', ABS (exponent));
  else
    g_strlcpy (out, n_digits > point ? "" : ".0", 3);
}

const char *
sh_value_to_text (const ShValue *value,
                  char buffer[SH_VALUE_TEXT_SIZE],
                  gsize *length)
{
  switch (value->kind)
    {
    case SH_VALUE_TEXT:
      *length = value->length;
      return value->text;
    case SH_VALUE_INT:
      g_snprintf (buffer, SH_VALUE_TEXT_SIZE, "%" G_GINT64_FORMAT,
                  value->integer);
      break;
    case SH_VALUE_UINT:
      g_snprintf (buffer, SH_VALUE_TEXT_SIZE, "%" G_GUINT64_FORMAT,
                  value->unsigned_integer);
      break;
    case SH_VALUE_BOOL:
      g_strlcpy (buffer, value->unsigned_integer ? "True" : "False",
                 SH_VALUE_TEXT_SIZE);
      break;
    case SH_VALUE_DOUBLE:
    case SH_VALUE_FLOAT:
    default:
      if (isnan (value->number))
        g_strlcpy (buffer, "nan", SH_VALUE_TEXT_SIZE);
      else if (isinf (value->number))
        g_strlcpy (buffer, value->number < 0 ? "-inf" : "inf",
                   SH_VALUE_TEXT_SIZE);
      else
        format_finite (value->number, value->kind == SH_VALUE_FLOAT, buffer);
      break;
    }
  *length = strlen (buffer);
  return buffer;
}

char *
sh_value_describe (const ShValue *value)
{
  char buffer[SH_VALUE_TEXT_SIZE];
  g_autofree char *shown = NULL;
  gsize length;
  const char *text = sh_value_to_text (value, buffer, &length);
  gboolean cut = length > MAX_DESCRIBED;

  if (value->kind != SH_VALUE_TEXT)
    return g_strdup (text);
  shown = g_utf8_make_valid (text, cut ? MAX_DESCRIBED : (gssize) length);
  for (char *p = shown; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return g_strdup_printf ("\"%s%s\"", shown, cut ? "..." : "");
}

static guint64
load_bits (gconstpointer member, gsize size)
{
  union
  {
    guint8 bits8;
    guint16 bits16;
    guint32 bits32;
    guint64 bits64;
  } from;

  memcpy (&from, member, size);
  switch (size)
    {
    case 1:
      return from.bits8;
    case 2:
      return from.bits16;
    case 4:
      return from.bits32;
    default:
      return from.bits64;
    }
}

static void
store_bits (guint64 bits, gpointer member, gsize size)
{
  union
  {
    guint8 bits8;
    guint16 bits16;
    guint32 bits32;
    guint64 bits64;
  } to;

  switch (size)
    {
    case 1:
      to.bits8 = (guint8) bits;
      break;
    case 2:
      to.bits16 = (guint16) bits;
      break;
    case 4:
      to.bits32 = (guint32) bits;
      break;
    default:
      to.bits64 = bits;
      break;
    }
  memcpy (member, &to, size);
}

static gboolean
is_unsigned (guint32 type)
{
  return type >= SIMHOST_TYPE_UINT8 && type <= SIMHOST_TYPE_UINT64;
}

gboolean
sh_value_load (ShValue *value, guint32 type, gsize size, gconstpointer member)
{
  guint unused = 64 - 8 * (guint) MIN (size, 8);
  float single;

  switch (type)
    {
    case SIMHOST_TYPE_DOUBLE:
      value->kind = SH_VALUE_DOUBLE;
      memcpy (&value->number, member, sizeof value->number);
      return TRUE;
    case SIMHOST_TYPE_FLOAT:
      value->kind = SH_VALUE_FLOAT;
      memcpy (&single, member, sizeof single);
      value->number = single;
      return TRUE;
    case SIMHOST_TYPE_BOOL:
      value->kind = SH_VALUE_BOOL;
      value->unsigned_integer = *(const guint8 *) member != 0;
      return TRUE;
    case SIMHOST_TYPE_STRING:
      value->kind = SH_VALUE_TEXT;
      value->text = member;
      value->length = strnlen (member, size);
      return value->length < size &&
             g_utf8_validate_len (value->text, value->length, NULL);
    default:
      value->kind = is_unsigned (type) ? SH_VALUE_UINT : SH_VALUE_INT;
      value->unsigned_integer = load_bits (member, size);
      if (value->kind == SH_VALUE_INT)
        value->integer = (gint64) (value->unsigned_integer << unused) >> unused;
      return TRUE;
    }
}

static gboolean
store_text (const ShValue *value, gsize size, char *member)
{
  char buffer[SH_VALUE_TEXT_SIZE];
  gsize length;
  const char *text = sh_value_to_text (value, buffer, &length);

  if (length >= size)
    return FALSE;
  memcpy (member, text, length);
  memset (member + length, 0, size - length);
  return TRUE;
}

static gboolean
store_whole (const ShValue *value, guint32 type, gsize size, gpointer member)
{
  guint unused = 64 - 8 * (guint) size;
  gint64 max = G_MAXINT64 >> unused;
  guint64 bits;
  gint64 integer;

  if (is_unsigned (type))
    {
      if (!sh_value_to_uint (value, G_MAXUINT64 >> unused, &bits))
        return FALSE;
    }
  else
    {
      if (!sh_value_to_int (value, -max - 1, max, &integer))
        return FALSE;
      bits = (guint64) integer;
    }
  store_bits (bits, member, size);
  return TRUE;
}

gboolean
sh_value_store (const ShValue *value, guint32 type, gsize size, gpointer member)
{
  double number;
  float single;

  switch (type)
    {
    case SIMHOST_TYPE_DOUBLE:
      if (!sh_value_to_double (value, &number))
        return FALSE;
      memcpy (member, &number, sizeof number);
      return TRUE;
    case SIMHOST_TYPE_FLOAT:
      if (!sh_value_to_double (value, &number))
        return FALSE;
      single = (float) number;
      memcpy (member, &single, sizeof single);
      return TRUE;
    case SIMHOST_TYPE_BOOL:
      *(guint8 *) member = sh_value_to_bool (value);
      return TRUE;
    case SIMHOST_TYPE_STRING:
      return store_text (value, size, member);
    default:
      return store_whole (value, type, size, member);
    }
}
