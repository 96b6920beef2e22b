/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-conf-lines.h"

#include <string.h>

/* The line alone is what GKeyFile takes, below `group`. */
static gboolean
is_good (const char *group, const char *line)
{
  g_autoptr (GKeyFile) keys = g_key_file_new ();
  g_autofree char *text = g_strconcat (group, line, "\n", NULL);

  return g_key_file_load_from_data (keys, text, strlen (text), G_KEY_FILE_NONE,
                                    NULL);
}

static char *
make_name (const char *group, const char *key)
{
  return key != NULL ? g_strconcat (group, "\n", key, NULL) : g_strdup (group);
}

/* FALSE: there was one. */
static gboolean
note (ShConfLines *lines, const char *group, const char *key, guint number)
{
  return g_hash_table_replace (lines->numbers, make_name (group, key),
                               GUINT_TO_POINTER (number));
}

/* "[NAME]" without the brackets. */
static char *
get_group (const char *line)
{
  return g_strndup (line + 1, strcspn (line + 1, "]"));
}

static char *
get_key (const char *line)
{
  return g_strchomp (g_strndup (line, strcspn (line, "=")));
}

typedef struct
{
  ShConfLines *lines;
  char *group; /* NULL: none yet */
  GString *good;
  ShConfWarn warn;
  gpointer data;
} Reader;

static void
add_key (Reader *reader, const char *line, guint number)
{
  g_autofree char *key = get_key (line);
  g_autofree char *text = NULL;

  if (reader->group == NULL)
    {
      reader->warn (number, "stands before any [group]", reader->data);
      return;
    }
  if (!is_good ("[group]\n", line))
    {
      reader->warn (number, "is no KEY=VALUE, [group] or # comment",
                    reader->data);
      return;
    }
  if (!note (reader->lines, reader->group, key, number))
    {
      text = g_strdup_printf ("[%s] %s: stands there twice; this one counts",
                              reader->group, key);
      reader->warn (number, text, reader->data);
    }
  g_string_append_printf (reader->good, "%s\n", line);
}

static void
add_line (Reader *reader, char *line, guint number)
{
  g_strstrip (line);
  if (line[0] == '\0' || line[0] == '#')
    return;
  if (line[0] != '[')
    {
      add_key (reader, line, number);
      return;
    }
  /* Keys below a group that cannot be read belong to none. */
  g_clear_pointer (&reader->group, g_free);
  if (!is_good ("", line))
    {
      reader->warn (number, "is no [group]", reader->data);
      return;
    }
  reader->group = get_group (line);
  if (sh_conf_lines_find (reader->lines, reader->group, NULL) == 0)
    note (reader->lines, reader->group, NULL, number);
  g_string_append_printf (reader->good, "%s\n", line);
}

void
sh_conf_lines_init (ShConfLines *lines,
                    const char *text,
                    ShConfWarn warn,
                    gpointer data)
{
  g_auto (GStrv) parts = g_strsplit (text, "\n", -1);
  g_autoptr (GString) good = g_string_new (NULL);
  Reader reader = { lines, NULL, good, warn, data };

  lines->keys = g_key_file_new ();
  lines->numbers =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; parts[i] != NULL; i++)
    add_line (&reader, parts[i], i + 1);
  g_free (reader.group);
  g_key_file_load_from_data (lines->keys, good->str, good->len, G_KEY_FILE_NONE,
                             NULL);
}

void
sh_conf_lines_clear (ShConfLines *lines)
{
  g_clear_pointer (&lines->keys, g_key_file_unref);
  g_clear_pointer (&lines->numbers, g_hash_table_unref);
}

guint
sh_conf_lines_find (const ShConfLines *lines,
                    const char *group,
                    const char *key)
{
  g_autofree char *name = make_name (group, key);

  return GPOINTER_TO_UINT (g_hash_table_lookup (lines->numbers, name));
}
