/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A parser for JSON: one function for each rule of the grammar. The reader
 * stands before the next character to be read; a function that fails has set
 * the error. And what it takes to write JSON.
 */

#include "sh-json-text.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "sh-error.h"

typedef struct
{
  const char *start, *next, *end;
  guint depth;
  GError **error;
} Reader;

static JsonNode *read_value (Reader *reader);

static gboolean
fail (Reader *reader, const char *expected)
{
  gsize column = (gsize) (reader->next - reader->start) + 1;
  char found = reader->next < reader->end ? *reader->next : '\0';

  if (reader->next >= reader->end)
    g_set_error (reader->error, SH_ERROR, SH_ERROR_SYNTAX,
                 "not JSON: the text ends where %s should stand", expected);
  else if (g_ascii_isgraph (found))
    g_set_error (reader->error, SH_ERROR, SH_ERROR_SYNTAX,
                 "not JSON: column %" G_GSIZE_FORMAT
                 " has '%c' where %s should stand",
                 column, found, expected);
  else
    g_set_error (reader->error, SH_ERROR, SH_ERROR_SYNTAX,
                 "not JSON: column %" G_GSIZE_FORMAT
                 " has byte 0x%02x where %s should stand",
                 column, (guint8) found, expected);
  return FALSE;
}

static void
skip_space (Reader *reader)
{
  while (reader->next < reader->end && strchr (" \t\r\n", *reader->next) &&
         *reader->next != '\0')
    reader->next++;
}

/* Takes the character if it is next. */
static gboolean
take (Reader *reader, char character)
{
  if (reader->next >= reader->end || *reader->next != character)
    return FALSE;
  reader->next++;
  return TRUE;
}

/* Strings */

/* Four hexadecimal digits. */
static gboolean
read_unit (Reader *reader, gunichar *unit)
{
  *unit = 0;
  for (guint i = 0; i < 4; i++)
    {
      if (reader->next >= reader->end || !g_ascii_isxdigit (*reader->next))
        return fail (reader, "a hexadecimal digit");
      *unit = *unit * 16 + (gunichar) g_ascii_xdigit_value (*reader->next++);
    }
  return TRUE;
}

/* What follows \u: a character, or the halves of one, \ud83d\ude00. */
static gboolean
read_escaped_character (Reader *reader, GString *string)
{
  gunichar character, low;

  if (!read_unit (reader, &character))
    return FALSE;
  if (character >= 0xd800 && character < 0xdc00)
    {
      if (!take (reader, '\\') || !take (reader, 'u'))
        return fail (reader, "the second half of a \\u pair");
      if (!read_unit (reader, &low))
        return FALSE;
      if (low < 0xdc00 || low > 0xdfff)
        return fail (reader, "a \\u pair's end");
      character = 0x10000 + ((character - 0xd800) << 10) + (low - 0xdc00);
    }
  if (character == 0 || (character >= 0xdc00 && character <= 0xdfff))
    return fail (reader, "a character other than \\u0000 and half a pair");
  g_string_append_unichar (string, character);
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *string)
{
  static const char names[] = "\"\\/bfnrt";
  static const char characters[] = "\"\\/\b\f\n\r\t";
  const char *name;

  if (take (reader, 'u'))
    return read_escaped_character (reader, string);
  name = reader->next < reader->end && *reader->next != '\0'
             ? strchr (names, *reader->next)
             : NULL;
  if (name == NULL)
    return fail (reader, "one of \" \\ / b f n r t u");
  g_string_append_c (string, characters[name - names]);
  reader->next++;
  return TRUE;
}

static char *
read_string (Reader *reader)
{
  g_autoptr (GString) string = g_string_new (NULL);

  if (!take (reader, '"'))
    {
      fail (reader, "'\"'");
      return NULL;
    }
  while (!take (reader, '"'))
    {
      if (take (reader, '\\'))
        {
          if (!read_escape (reader, string))
            return NULL;
        }
      else if (reader->next < reader->end && (guint8) *reader->next >= 0x20)
        g_string_append_c (string, *reader->next++);
      else
        {
          fail (reader, "the end of a string");
          return NULL;
        }
    }
  return g_string_free (g_steal_pointer (&string), FALSE);
}

/* Numbers */

static gboolean
read_digits (Reader *reader)
{
  if (reader->next >= reader->end || !g_ascii_isdigit (*reader->next))
    return fail (reader, "a digit");
  while (reader->next < reader->end && g_ascii_isdigit (*reader->next))
    reader->next++;
  return TRUE;
}

static JsonNode *
read_number (Reader *reader)
{
  const char *start = reader->next;
  g_autofree char *text = NULL;
  gboolean whole = TRUE;
  JsonNode *node;
  gint64 number;

  take (reader, '-');
  if (!take (reader, '0') && !read_digits (reader))
    return NULL;
  if (take (reader, '.'))
    {
      whole = FALSE;
      if (!read_digits (reader))
        return NULL;
    }
  if (take (reader, 'e') || take (reader, 'E'))
    {
      whole = FALSE;
      if (!take (reader, '+'))
        take (reader, '-');
      if (!read_digits (reader))
        return NULL;
    }

  text = g_strndup (start, (gsize) (reader->next - start));
  node = json_node_new (JSON_NODE_VALUE);
  errno = 0;
  number = g_ascii_strtoll (text, NULL, 10);
  if (whole && errno == 0)
    json_node_set_int (node, number);
  else
    json_node_set_double (node, g_ascii_strtod (text, NULL));
  return node;
}

/* Values */

static gboolean
enter (Reader *reader)
{
  if (++reader->depth <= SH_JSON_TEXT_MAX_DEPTH)
    return TRUE;
  g_set_error (reader->error, SH_ERROR, SH_ERROR_LIMIT,
               "the JSON is nested more than %u levels deep",
               SH_JSON_TEXT_MAX_DEPTH);
  return FALSE;
}

static JsonNode *
read_array (Reader *reader)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node;

  reader->next++;
  if (!enter (reader))
    return NULL;
  skip_space (reader);
  if (!take (reader, ']'))
    for (;;)
      {
        node = read_value (reader);
        if (node == NULL)
          return NULL;
        json_array_add_element (array, node);
        if (take (reader, ']'))
          break;
        if (!take (reader, ','))
          {
            fail (reader, "',' or ']'");
            return NULL;
          }
      }
  reader->depth--;
  node = json_node_new (JSON_NODE_ARRAY);
  json_node_take_array (node, g_steal_pointer (&array));
  return node;
}

static gboolean
read_member (Reader *reader, JsonObject *object)
{
  g_autofree char *name = NULL;
  JsonNode *node;

  skip_space (reader);
  name = read_string (reader);
  if (name == NULL)
    return FALSE;
  skip_space (reader);
  if (!take (reader, ':'))
    return fail (reader, "':'");
  node = read_value (reader);
  if (node == NULL)
    return FALSE;
  json_object_set_member (object, name, node);
  return TRUE;
}

static JsonNode *
read_object (Reader *reader)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node;

  reader->next++;
  if (!enter (reader))
    return NULL;
  skip_space (reader);
  if (!take (reader, '}'))
    for (;;)
      {
        if (!read_member (reader, object))
          return NULL;
        if (take (reader, '}'))
          break;
        if (!take (reader, ','))
          {
            fail (reader, "',' or '}'");
            return NULL;
          }
      }
  reader->depth--;
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, g_steal_pointer (&object));
  return node;
}

static JsonNode *
read_word (Reader *reader)
{
  static const char *const words[] = { "null", "false", "true" };
  gsize left = (gsize) (reader->end - reader->next);

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      gsize length = strlen (words[i]);

      if (left < length || memcmp (reader->next, words[i], length) != 0)
        continue;
      reader->next += length;
      return i == 0 ? json_node_new (JSON_NODE_NULL)
                    : json_node_init_boolean (json_node_alloc (), i == 2);
    }
  fail (reader, "a value");
  return NULL;
}

/* A value and the space around it. */
static JsonNode *
read_value (Reader *reader)
{
  JsonNode *node;
  char first;

  skip_space (reader);
  first = reader->next < reader->end ? *reader->next : '\0';
  if (first == '{')
    node = read_object (reader);
  else if (first == '[')
    node = read_array (reader);
  else if (first == '"')
    {
      g_autofree char *string = read_string (reader);

      node = string != NULL ? json_node_init_string (json_node_alloc (), string)
                            : NULL;
    }
  else if (first == '-' || g_ascii_isdigit (first))
    node = read_number (reader);
  else
    node = read_word (reader);
  skip_space (reader);
  return node;
}

JsonObject *
sh_json_text_parse_object (const char *text, gsize length, GError **error)
{
  Reader reader = { text, text, text + length, 0, error };
  g_autoptr (JsonNode) node = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (!g_utf8_validate_len (text, length, NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
                   "not JSON: the text is not UTF-8");
      return NULL;
    }
  node = read_value (&reader);
  if (node == NULL)
    return NULL;
  if (reader.next != reader.end)
    {
      fail (&reader, "the end of the text");
      return NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
                   "the JSON is not an object, {\"name\": value, ...}");
      return NULL;
    }
  return json_node_dup_object (node);
}

/* Writing */

void
sh_json_text_append_string (GString *text, const char *string)
{
  g_autofree char *valid = NULL;

  g_return_if_fail (text != NULL && string != NULL);

  if (!g_utf8_validate (string, -1, NULL))
    string = valid = g_utf8_make_valid (string, -1);
  g_string_append_c (text, '"');
  for (const char *next = string; *next != '\0'; next++)
    {
      if (*next == '"' || *next == '\\')
        g_string_append_c (text, '\\');
      if ((guint8) *next < 0x20 || *next == 0x7f)
        g_string_append_printf (text, "\\u%04x", (guint) *next);
      else
        g_string_append_c (text, *next);
    }
  g_string_append_c (text, '"');
}

/*
 * A decimal number of up to 15 digits survives the way to double and back, one
 * of up to 6 digits that to float: the first precision from there on that reads
 * back the same is the shortest. Subnormal numbers have fewer bits, and all
 * lengths are tried.
 */
static void
append_number (GString *text, double number, gboolean single)
{
  char format[8], buffer[G_ASCII_DTOSTR_BUF_SIZE] = "null";
  gboolean normal =
      number == 0 || fabs (number) >= (single ? (double) FLT_MIN : DBL_MIN);
  guint most = single ? FLT_DECIMAL_DIG : DBL_DECIMAL_DIG;
  guint least = normal ? (single ? FLT_DIG : DBL_DIG) : 1;

  for (guint digits = least; isfinite (number) && digits <= most; digits++)
    {
      double back;

      g_snprintf (format, sizeof format, "%%.%ug", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, number);
      back = g_ascii_strtod (buffer, NULL);
      if (single ? (float) back == (float) number : back == number)
        break;
    }
  g_string_append (text, buffer);
}

void
sh_json_text_append_double (GString *text, double number)
{
  g_return_if_fail (text != NULL);

  append_number (text, number, FALSE);
}

void
sh_json_text_append_float (GString *text, float number)
{
  g_return_if_fail (text != NULL);

  append_number (text, (double) number, TRUE);
}
