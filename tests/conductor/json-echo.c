/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For test-json.py: reads JSON documents, one a line in hexadecimal, and writes
 * for each what was understood, or "error". Numbers are written as the bits of
 * a double, and once more as JSON text; "float NUMBER" is answered with the
 * text for a float.
 */

#include <stdio.h>
#include <string.h>

#include "sh-error.h"
#include "sh-json-text.h"

static void
print_double (double number)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint64 bits;

  memcpy (&bits, &number, sizeof bits);
  sh_json_text_append_double (text, number);
  printf ("%016" G_GINT64_MODIFIER "x=%s", bits, text->str);
}

static void
print_node (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      JsonObject *object = json_node_get_object (node);
      JsonObjectIter iter;
      const char *name;
      JsonNode *member;

      putchar ('{');
      json_object_iter_init_ordered (&iter, object);
      while (json_object_iter_next_ordered (&iter, &name, &member))
        {
          g_autoptr (GString) text = g_string_new (NULL);

          sh_json_text_append_string (text, name);
          printf ("%s:", text->str);
          print_node (member);
          putchar (';');
        }
      putchar ('}');
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      putchar ('[');
      for (guint i = 0; i < json_array_get_length (array); i++)
        {
          print_node (json_array_get_element (array, i));
          putchar (';');
        }
      putchar (']');
    }
  else if (JSON_NODE_HOLDS_NULL (node))
    fputs ("null", stdout);
  else if (json_node_get_value_type (node) == G_TYPE_BOOLEAN)
    fputs (json_node_get_boolean (node) ? "true" : "false", stdout);
  else if (json_node_get_value_type (node) == G_TYPE_STRING)
    {
      g_autoptr (GString) text = g_string_new (NULL);

      sh_json_text_append_string (text, json_node_get_string (node));
      fputs (text->str, stdout);
    }
  else if (json_node_get_value_type (node) == G_TYPE_INT64)
    printf ("%" G_GINT64_FORMAT, json_node_get_int (node));
  else
    print_double (json_node_get_double (node));
}

static void
answer (const char *line)
{
  gsize length = strlen (line) / 2;
  g_autofree char *text = g_malloc (length + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) object = NULL;

  for (gsize i = 0; i < length; i++)
    text[i] = (char) (g_ascii_xdigit_value (line[2 * i]) * 16 +
                      g_ascii_xdigit_value (line[2 * i + 1]));
  text[length] = 'x'; /* beyond the end: nobody may look */
  object = sh_json_text_parse_object (text, length, &error);
  if (object == NULL)
    {
      g_assert_true (error->domain == SH_ERROR);
      printf ("error %s\n", error->message);
      return;
    }
  else
    {
      g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

      json_node_set_object (node, object);
      print_node (node);
      putchar ('\n');
    }
}

int
main (void)
{
  g_autoptr (GString) line = g_string_new (NULL);
  int character;

  while ((character = getchar ()) != EOF)
    {
      if (character != '\n')
        {
          g_string_append_c (line, (char) character);
          continue;
        }
      if (g_str_has_prefix (line->str, "float "))
        {
          g_autoptr (GString) text = g_string_new (NULL);

          sh_json_text_append_float (
              text, (float) g_ascii_strtod (line->str + 6, NULL));
          puts (text->str);
        }
      else
        answer (line->str);
      g_string_truncate (line, 0);
    }
  return 0;
}
