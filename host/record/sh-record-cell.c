/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-record-cell.h"

#include <math.h>
#include <string.h>

ShRecordCell
sh_record_cell_from_field (const SimhostField *field, gconstpointer values)
{
  ShRecordCell cell = { .kind = SH_RECORD_NOTHING };

  cell.field = field;
  cell.member = (const guint8 *) values + field->offset;
  if (field->type == SIMHOST_TYPE_LUMINANCE)
    return cell;
  if (field->count > 1)
    cell.kind = SH_RECORD_ARRAY;
  else if (sh_value_load (&cell.value, field->type, field->size, cell.member))
    cell.kind = SH_RECORD_VALUE;
  return cell;
}

ShRecordCell
sh_record_cell_from_int (gint64 value)
{
  return (ShRecordCell){
    .kind = SH_RECORD_VALUE,
    .value = { .kind = SH_VALUE_INT, .integer = value },
  };
}

ShRecordCell
sh_record_cell_from_double (double value)
{
  return (ShRecordCell){
    .kind = SH_RECORD_VALUE,
    .value = { .kind = SH_VALUE_DOUBLE, .number = value },
  };
}

ShRecordCell
sh_record_cell_from_bool (gboolean value)
{
  return (ShRecordCell){
    .kind = SH_RECORD_VALUE,
    .value = { .kind = SH_VALUE_BOOL, .unsigned_integer = value ? 1 : 0 },
  };
}

ShRecordCell
sh_record_cell_from_text (const char *text)
{
  return (ShRecordCell){
    .kind = SH_RECORD_VALUE,
    .value = { .kind = SH_VALUE_TEXT, .text = text, .length = strlen (text) },
  };
}

static void
append_escape (GString *line, gunichar unit)
{
  g_string_append_printf (line, "\\u%04x", unit);
}

static void
append_json_char (GString *line, gunichar c)
{
  static const char plain[] = "\"\\\b\f\n\r\t";
  static const char letters[] = "\"\\bfnrt";
  const char *found = c != 0 && c < 0x80 ? strchr (plain, (int) c) : NULL;

  if (found != NULL)
    {
      g_string_append_c (line, '\\');
      g_string_append_c (line, letters[found - plain]);
    }
  else if (c >= 0x20 && c < 0x7f)
    g_string_append_c (line, (char) c);
  else if (c < 0x10000)
    append_escape (line, c);
  else
    {
      append_escape (line, 0xd800 + ((c - 0x10000) >> 10));
      append_escape (line, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

static void
append_json_text (GString *line, const char *text, gsize length)
{
  g_string_append_c (line, '"');
  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    append_json_char (line, g_utf8_get_char (p));
  g_string_append_c (line, '"');
}

/* Python has no float32. */
static void
append_plain (GString *line, const ShValue *value)
{
  char buffer[SH_VALUE_TEXT_SIZE];
  ShValue shown = *value;
  gsize length;
  const char *text;

  if (shown.kind == SH_VALUE_FLOAT)
    shown.kind = SH_VALUE_DOUBLE;
  text = sh_value_to_text (&shown, buffer, &length);
  g_string_append_len (line, text, (gssize) length);
}

static void
append_json_value (GString *line, const ShValue *value)
{
  gboolean floating =
      value->kind == SH_VALUE_DOUBLE || value->kind == SH_VALUE_FLOAT;

  if (value->kind == SH_VALUE_TEXT)
    append_json_text (line, value->text, value->length);
  else if (value->kind == SH_VALUE_BOOL)
    g_string_append (line, value->unsigned_integer != 0 ? "true" : "false");
  else if (floating && isnan (value->number))
    g_string_append (line, "NaN");
  else if (floating && isinf (value->number))
    g_string_append (line, value->number < 0 ? "-Infinity" : "Infinity");
  else
    append_plain (line, value);
}

static void
append_array (GString *line,
              const ShRecordCell *cell,
              void (*append) (GString *line, const ShValue *value))
{
  gsize size = cell->field->size / cell->field->count;
  ShValue value;

  g_string_append_c (line, '[');
  for (guint i = 0; i < cell->field->count; i++)
    {
      g_string_append (line, i > 0 ? ", " : "");
      sh_value_load (&value, cell->field->type, size, cell->member + i * size);
      append (line, &value);
    }
  g_string_append_c (line, ']');
}

void
sh_record_cell_to_json (const ShRecordCell *cell, GString *line)
{
  switch (cell->kind)
    {
    case SH_RECORD_VALUE:
      append_json_value (line, &cell->value);
      break;
    case SH_RECORD_ARRAY:
      append_array (line, cell, append_json_value);
      break;
    case SH_RECORD_NOTHING:
    default:
      g_string_append (line, "null");
      break;
    }
}

static void
quote_from (GString *line, gsize start)
{
  g_autofree char *text = g_strdup (line->str + start);

  g_string_truncate (line, start);
  g_string_append_c (line, '"');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (line, '"');
      g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

void
sh_record_cell_to_csv (const ShRecordCell *cell, GString *line)
{
  gsize start = line->len;
  gboolean quote = FALSE;

  if (cell->kind == SH_RECORD_VALUE)
    append_plain (line, &cell->value);
  else if (cell->kind == SH_RECORD_ARRAY)
    append_array (line, cell, append_plain);

  for (gsize i = start; i < line->len; i++)
    if (strchr (",\"\r\n", line->str[i]) != NULL)
      quote = TRUE;
  if (quote)
    quote_from (line, start);
}
