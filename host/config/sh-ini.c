/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-ini.h"

#include <string.h>

#include "sh-error.h"

typedef struct
{
  char *section, *key, *value;
  const char *path;
} Entry;

struct ShIni
{
  GPtrArray *entries; /* Entry; the last of several with one name counts */
  GPtrArray *sections; /* names */
  GPtrArray *paths;
};

/* One text being read. */
typedef struct
{
  ShIni *ini; /* of this text only */
  const char *path;
  guint line;
  const char *section; /* NULL: none yet */
  Entry *open; /* whose value may go on; NULL: none */
  gsize indent; /* of its key */
} Reader;

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_free (entry->section);
  g_free (entry->key);
  g_free (entry->value);
  g_free (entry);
}

ShIni *
sh_ini_new (void)
{
  ShIni *ini = g_new0 (ShIni, 1);

  ini->entries = g_ptr_array_new_with_free_func (entry_free);
  ini->sections = g_ptr_array_new_with_free_func (g_free);
  ini->paths = g_ptr_array_new_with_free_func (g_free);
  return ini;
}

void
sh_ini_free (ShIni *ini)
{
  if (ini == NULL)
    return;
  g_ptr_array_unref (ini->entries);
  g_ptr_array_unref (ini->sections);
  g_ptr_array_unref (ini->paths);
  g_free (ini);
}

static gboolean
fail (const Reader *reader, const char *what, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX, "%s, line %u: %s",
               reader->path, reader->line, what);
  return FALSE;
}

static gboolean
read_section (Reader *reader, const char *line, GError **error)
{
  const char *end = strrchr (line, ']');
  char *name;

  if (end == NULL || end == line + 1)
    return fail (reader, "a section is written [NAME]", error);
  name = g_strndup (line + 1, (gsize) (end - line - 1));
  g_ptr_array_add (reader->ini->sections, name);
  reader->section = name;
  reader->open = NULL;
  return TRUE;
}

static gboolean
read_key (Reader *reader, const char *line, gsize indent, GError **error)
{
  gsize length = strcspn (line, "=:");
  g_autofree char *key = g_strstrip (g_strndup (line, length));
  Entry *entry;

  if (reader->section == NULL)
    return fail (reader, "a key stands before the first [SECTION]", error);
  if (line[length] == '\0' || key[0] == '\0')
    return fail (reader, "expected KEY = VALUE", error);
  entry = g_new0 (Entry, 1);
  entry->section = g_strdup (reader->section);
  entry->key = g_utf8_strdown (key, -1);
  entry->value = g_strstrip (g_strdup (line + length + 1));
  entry->path = reader->path;
  g_ptr_array_add (reader->ini->entries, entry);
  reader->open = entry;
  reader->indent = indent;
  return TRUE;
}

static void
continue_value (Reader *reader, const char *text)
{
  char *value = g_strconcat (reader->open->value, "\n", text, NULL);

  g_free (reader->open->value);
  reader->open->value = value;
}

/* `line` is stripped of blanks at both ends. */
static gboolean
read_line (Reader *reader, const char *line, gsize indent, GError **error)
{
  if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
    return TRUE;
  if (reader->open != NULL && indent > reader->indent)
    {
      continue_value (reader, line);
      return TRUE;
    }
  if (line[0] == '[')
    return read_section (reader, line, error);
  return read_key (reader, line, indent, error);
}

static gboolean
read_lines (Reader *reader, const char *text, GError **error)
{
  while (*text != '\0')
    {
      gsize length = strcspn (text, "\r\n");
      gsize indent = strspn (text, " \t");
      g_autofree char *line = NULL;

      reader->line++;
      if (length > SH_INI_MAX_LINE)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                       "%s, line %u: is longer than %u bytes", reader->path,
                       reader->line, SH_INI_MAX_LINE);
          return FALSE;
        }
      line = g_strstrip (g_strndup (text, length));
      if (!read_line (reader, line, indent, error))
        return FALSE;
      text += length;
      if (*text == '\r' && text[1] == '\n')
        text++;
      text += *text != '\0';
    }
  return TRUE;
}

static void
move_all (GPtrArray *to, GPtrArray *from)
{
  g_ptr_array_extend_and_steal (to, g_ptr_array_ref (from));
}

gboolean
sh_ini_add (ShIni *ini, const char *path, const char *text, GError **error)
{
  g_autoptr (ShIni) part = sh_ini_new ();
  Reader reader = { .ini = part };

  g_return_val_if_fail (ini != NULL && path != NULL && text != NULL, FALSE);

  reader.path = g_strdup (path);
  g_ptr_array_add (part->paths, (char *) reader.path);
  if (!read_lines (&reader, text, error))
    return FALSE;
  move_all (ini->entries, part->entries);
  move_all (ini->sections, part->sections);
  move_all (ini->paths, part->paths);
  return TRUE;
}

gboolean
sh_ini_has_section (const ShIni *ini, const char *section)
{
  for (guint i = 0; i < ini->sections->len; i++)
    if (strcmp (ini->sections->pdata[i], section) == 0)
      return TRUE;
  return FALSE;
}

const char *
sh_ini_lookup (const ShIni *ini,
               const char *section,
               const char *key,
               const char **path)
{
  for (guint i = ini->entries->len; i-- > 0;)
    {
      const Entry *entry = ini->entries->pdata[i];

      if (strcmp (entry->section, section) != 0 ||
          strcmp (entry->key, key) != 0)
        continue;
      if (path != NULL)
        *path = entry->path;
      return entry->value;
    }
  return NULL;
}
