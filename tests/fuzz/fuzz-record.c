/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds messages, texts and names of files to what makes a record. What is
 * written in JSON is one line that json-glib can read.
 */

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "sh-record-file.h"
#include "sh-record-message.h"

#define N_FIELDS 14

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
check_json (const ShRecordCell *cell)
{
  g_autoptr (GString) line = g_string_new ("[");
  g_autoptr (JsonParser) parser = json_parser_new ();
  gboolean floating =
      cell->value.kind == SH_VALUE_DOUBLE || cell->value.kind == SH_VALUE_FLOAT;

  sh_record_cell_to_json (cell, line);
  g_string_append_c (line, ']');
  g_assert (strpbrk (line->str, "\r\n") == NULL);
  /* NaN and Infinity are Python's, not JSON's. */
  if (cell->kind == SH_RECORD_VALUE && floating &&
      !isfinite (cell->value.number))
    return;
  g_assert (
      json_parser_load_from_data (parser, line->str, (gssize) line->len, NULL));
}

/* A field is in quotes, or has nothing that needs them. */
static void
check_csv (const ShRecordCell *cell)
{
  g_autoptr (GString) line = g_string_new (NULL);
  guint quotes = 0;

  sh_record_cell_to_csv (cell, line);
  for (gsize i = 0; i < line->len; i++)
    quotes += line->str[i] == '"';
  g_assert (quotes % 2 == 0);
  if (quotes == 0)
    g_assert (strpbrk (line->str, ",\r\n") == NULL);
  else
    g_assert (line->str[0] == '"' && line->str[line->len - 1] == '"');
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const ShWireType types[N_FIELDS] = {
    SH_WIRE_DOUBLE, SH_WIRE_FLOAT,    SH_WIRE_INT64,   SH_WIRE_UINT64,
    SH_WIRE_INT32,  SH_WIRE_FIXED64,  SH_WIRE_FIXED32, SH_WIRE_BOOL,
    SH_WIRE_STRING, SH_WIRE_MESSAGE,  SH_WIRE_BYTES,   SH_WIRE_UINT32,
    SH_WIRE_SINT32, SH_WIRE_SFIXED64,
  };
  ShSchemaField fields[N_FIELDS];
  ShRecordCell cells[N_FIELDS];
  const ShSchema schema = { (char *) "S", N_FIELDS, fields };
  g_autofree char *text = g_strndup ((const char *) data, size);
  ShRecordFormat format;

  for (guint i = 0; i < N_FIELDS; i++)
    fields[i] = (ShSchemaField){ (char *) "f", i + 1, types[i], i == 13 };
  sh_record_read_message (&schema, data, size, cells);
  for (guint i = 0; i < N_FIELDS; i++)
    {
      check_json (&cells[i]);
      check_csv (&cells[i]);
    }
  if (g_utf8_validate (text, -1, NULL))
    {
      ShRecordCell cell = sh_record_cell_from_text (text);

      check_json (&cell);
      check_csv (&cell);
    }
  g_assert (
      sh_record_format_from_path (text, &format, NULL) ==
      (g_str_has_suffix (text, ".csv") || g_str_has_suffix (text, ".json")));
  return 0;
}
