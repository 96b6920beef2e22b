/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost new NAME`: the start of a simulator. Writes the project in
 * plugin-api/template, which is built into this program, under another name.
 */

#include "cmd.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sh-error.h"

/* What the template is called, and what its types are called. */
#define PLACEHOLDER "my_simulator"
#define CAMEL_PLACEHOLDER "MySimulator"
#define TEMPLATE "/simhost/template/"

/* Characters; the names that are made from it are longer. */
#define MAX_NAME 48u

/* Words of Inkling, and targets that ninja or meson have of their own. */
static const char *const reserved[] = {
  "action",    "algorithm",  "all",         "and",      "as",     "auto",
  "benchmark", "build",      "clean",       "concept",  "config", "const",
  "coverage",  "curriculum", "dist",        "else",     "enum",   "experiment",
  "external",  "for",        "from",        "function", "goal",   "graph",
  "if",        "import",     "in",          "inkling",  "input",  "install",
  "lesson",    "mod",        "none",        "not",      "number", "or",
  "output",    "package",    "reconfigure", "return",   "reward", "scan",
  "scenario",  "select",     "simulator",   "source",   "state",  "string",
  "switch",    "terminal",   "test",        "training", "type",   "uninstall",
  "using",     "var",
};

/* Types are made from the name; those of plugin.h start with Simhost. */
static gboolean
is_reserved (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (reserved); i++)
    if (strcmp (name, reserved[i]) == 0)
      return TRUE;
  return g_str_has_prefix (name, "simhost");
}

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = strlen (name);
  gboolean good =
      length > 0 && length <= MAX_NAME && g_ascii_islower (name[0]) &&
      name[length - 1] != '_' && strstr (name, "__") == NULL &&
      strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;

  if (!good)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no name for a simulator: it takes a small letter, "
                   "then small letters, digits and single '_' between them, "
                   "at most %u in all, such as 'paper_mill'",
                   name, MAX_NAME);
      return FALSE;
    }
  if (is_reserved (name))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' has a meaning of its own in Inkling, in meson or in "
                   "plugin.h; take another name, such as 'my_%s'",
                   name, name);
      return FALSE;
    }
  return TRUE;
}

/* "paper_mill" is "PaperMill". */
static char *
camel_case (const char *name)
{
  GString *camel = g_string_new (NULL);
  gboolean begins = TRUE;

  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p != '_')
        g_string_append_c (camel, begins ? g_ascii_toupper (*p) : *p);
      begins = *p == '_';
    }
  return g_string_free (camel, FALSE);
}

/* "paper_mill" is "Paper mill". */
static char *
title_case (const char *name)
{
  char *title = g_strdelimit (g_strdup (name), "_", ' ');

  title[0] = g_ascii_toupper (title[0]);
  return title;
}

static char *
rename_text (const char *text, gsize size, const char *name)
{
  g_autofree char *camel = camel_case (name);
  g_autofree char *title = title_case (name);
  GString *renamed = g_string_new_len (text, (gssize) size);

  g_string_replace (renamed, PLACEHOLDER, name, 0);
  g_string_replace (renamed, CAMEL_PLACEHOLDER, camel, 0);
  g_string_replace (renamed, "\"My simulator\"", "\"\1\"", 0);
  g_string_replace (renamed, "\1", title, 0);
  return g_string_free (renamed, FALSE);
}

static gboolean
write_file (const char *folder,
            const char *file,
            const char *name,
            GPtrArray *made,
            GError **error)
{
  g_autofree char *resource = g_strconcat (TEMPLATE, file, NULL);
  g_autofree char *renamed = rename_text (file, strlen (file), name);
  g_autofree char *path = g_build_filename (folder, renamed, NULL);
  g_autofree char *content = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gconstpointer text;
  gsize size;

  bytes =
      g_resources_lookup_data (resource, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL)
    return FALSE;
  text = g_bytes_get_data (bytes, &size);
  content = rename_text (text, size, name);
  if (!sh_cmd_write_file (path, content, strlen (content), error))
    return FALSE;
  g_ptr_array_add (made, g_steal_pointer (&path));
  return TRUE;
}

/* A folder, and those above it that are missing. */
static gboolean
make_folders (const char *folder, GPtrArray *made)
{
  g_autofree char *parent = g_path_get_dirname (folder);

  if (!g_file_test (parent, G_FILE_TEST_EXISTS) && !make_folders (parent, made))
    return FALSE;
  /* Nobody else may write to a folder from which plugins are loaded. */
  if (g_mkdir (folder, 0755) != 0)
    return FALSE;
  g_ptr_array_add (made, g_strdup (folder));
  return TRUE;
}

/* Adds what it makes, folders before what is in them. */
static gboolean
write_project (const char *folder,
               const char *name,
               GPtrArray *made,
               GError **error)
{
  g_auto (GStrv) files = g_resources_enumerate_children (
      TEMPLATE, G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  if (files == NULL)
    return FALSE;
  if (!make_folders (folder, made))
    {
      const int reason = errno;

      if (g_file_test (folder, G_FILE_TEST_EXISTS))
        g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                     "%s is there already; take another name or another --dir",
                     folder);
      else
        g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot make %s: %s",
                     folder, g_strerror (reason));
      return FALSE;
    }
  for (char **file = files; *file != NULL; file++)
    if (!write_file (folder, *file, name, made, error))
      return FALSE;
  return TRUE;
}

/* What is left of a project that could not be written whole is in the way of the
 * next attempt. */
static void
remove_all (const GPtrArray *made)
{
  for (guint i = made->len; i > 0; i--)
    g_remove (g_ptr_array_index (made, i - 1));
}

static void
print_next (const char *folder, const char *name)
{
  g_autofree char *quoted = g_shell_quote (folder);

  printf ("%s holds a simulator, a room with a heater, to be changed into "
          "yours.\n"
          "Next:\n\n"
          "  cd %s\n"
          "  meson setup build && ninja -C build\n"
          "  export SIMHOST_PLUGIN_PATH=$PWD/build\n"
          "  simhost check build/%s.so\n"
          "  simhost train %s.ink\n"
          "  simhost predict %s --simulator %s\n",
          folder, quoted, name, name, name, name);
}

int
sh_cmd_new (int argc, char **argv)
{
  g_autofree char *parent = NULL;
  const GOptionEntry entries[] = {
    { "dir", 0, 0, G_OPTION_ARG_FILENAME, &parent,
      "Make the project's folder in DIR (default: here)", "DIR" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  if (!sh_cmd_parse (&argc, &argv, entries, "NAME",
                     "Writes a project with a simulator that builds and "
                     "trains.",
                     &status))
    return status;
  if (argc > 2)
    return sh_cmd_usage ("new", "'%s' is too much: one name is needed",
                         argv[2]);
  if (argc < 2)
    return sh_cmd_usage ("new", "one name is needed");
  if (!check_name (argv[1], &error))
    return sh_cmd_fail ("new", error);
  folder = parent != NULL ? g_build_filename (parent, argv[1], NULL)
                          : g_strdup (argv[1]);
  if (!write_project (folder, argv[1], made, &error))
    {
      remove_all (made);
      return sh_cmd_fail ("new", error);
    }
  print_next (folder, argv[1]);
  return SH_EXIT_DONE;
}
