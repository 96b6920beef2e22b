/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * JSON in and out of single lines.
 */

#include "sh-json.h"

#include <string.h>

#include "sh-error.h"
#include "sh-text.h"

/*
 * json-glib goes down one stack frame for each level, without a limit. It also
 * takes comments and other quotes, in which a bracket would be miscounted here:
 * outside of texts JSON has none of these characters.
 */
static gboolean
check_depth (const char *text, gsize size, GError **error)
{
  gboolean in_text = FALSE;
  guint depth = 0;

  for (gsize i = 0; i < size; i++)
    {
      char c = text[i];

      if (in_text && c == '\\')
        i++;
      else if (c == '"')
        in_text = !in_text;
      else if (in_text)
        continue;
      else if (c == '/' || c == '#' || c == '\'')
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
                       "not valid JSON: '%c' outside of a text", c);
          return FALSE;
        }
      else if (c == ']' || c == '}')
        depth -= depth > 0;
      else if ((c == '[' || c == '{') && ++depth > SH_JSON_MAX_DEPTH)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                       "JSON of more than %u levels", SH_JSON_MAX_DEPTH);
          return FALSE;
        }
    }
  return TRUE;
}

JsonNode *
sh_json_parse (const char *text, gssize size, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) own = NULL;
  gsize length = size < 0 ? strlen (text) : (gsize) size;
  JsonNode *root = NULL;

  if (!check_depth (text, length, error))
    return NULL;
  if (!g_utf8_validate (text, (gssize) length, NULL) ||
      !json_parser_load_from_data (parser, text, (gssize) length, &own) ||
      (root = json_parser_steal_root (parser)) == NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX, "not valid JSON: %s",
                 own != NULL ? own->message : "it is empty or not UTF-8");
  return root;
}

static void
separate (GString *json)
{
  /* Texts end in a quote, so these are always structure. */
  if (json->len > 0 && strchr ("{[:\n", json->str[json->len - 1]) == NULL)
    g_string_append_c (json, ',');
}

void
sh_json_open (GString *json, char bracket)
{
  separate (json);
  g_string_append_c (json, bracket);
}

void
sh_json_close (GString *json, char bracket)
{
  g_string_append_c (json, bracket);
}

void
sh_json_member (GString *json, const char *name)
{
  sh_json_string (json, name);
  g_string_append_c (json, ':');
}

void
sh_json_bool (GString *json, gboolean value)
{
  separate (json);
  g_string_append (json, value ? "true" : "false");
}

void
sh_json_int (GString *json, gint64 value)
{
  separate (json);
  g_string_append_printf (json, "%" G_GINT64_FORMAT, value);
}

void
sh_json_number (GString *json, double value)
{
  g_autofree char *text = sh_text_from_number (value);

  separate (json);
  g_string_append (json, text);
  /* "-0" is a whole number to readers: 0. */
  if (strcmp (text, "-0") == 0)
    g_string_append (json, ".0");
}

void
sh_json_string (GString *json, const char *text)
{
  g_autofree char *valid = NULL;

  separate (json);
  if (text == NULL)
    {
      g_string_append (json, "null");
      return;
    }
  valid = g_utf8_make_valid (text, -1);
  g_string_append_c (json, '"');
  for (const char *p = valid; *p != '\0'; p++)
    if (*p == '"' || *p == '\\')
      g_string_append_printf (json, "\\%c", *p);
    else if ((guchar) *p < 0x20 || *p == 0x7f)
      g_string_append_printf (json, "\\u%04x", (guint) *p);
    else
      g_string_append_c (json, *p);
  g_string_append_c (json, '"');
}
