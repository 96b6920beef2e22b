/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the sub-commands share: flags and errors.
 */

#include "cmd.h"

#include <glib/gstdio.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sh-error.h"
#include "sh-suggestion.h"
#include "sh-text.h"
#include "sh-worker-options.h"

/* The flag that was probably meant by one that is unknown; NULL: none is near. */
static const char *
find_near (const GOptionEntry *entries, const GError *error)
{
  const char *flag = strstr (error->message, "--");
  ShSuggestion suggestion;

  if (flag == NULL ||
      !g_error_matches (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION))
    return NULL;
  sh_suggestion_init (&suggestion, flag + 2);
  for (; entries != NULL && entries->long_name != NULL; entries++)
    if ((entries->flags & G_OPTION_FLAG_HIDDEN) == 0)
      sh_suggestion_offer (&suggestion, entries->long_name);
  return suggestion.best;
}

/* What GLib says of text that it could not convert names nothing. */
static int
fail_to_parse (const char *command,
               char **argv,
               const GOptionEntry *entries,
               const GError *error)
{
  const char *near = find_near (entries, error);
  const char *charset;

  if (near != NULL)
    return sh_cmd_usage (command, "%s, perhaps --%s", error->message, near);
  g_get_charset (&charset);
  for (char **text = argv + 1;
       error->domain == G_CONVERT_ERROR && *text != NULL; text++)
    {
      g_autofree char *converted =
          g_locale_to_utf8 (*text, -1, NULL, NULL, NULL);

      if (converted == NULL)
        return sh_cmd_usage (command,
                             "'%s' is no text in %s, which the locale says; a "
                             "locale with UTF-8 takes any",
                             *text, charset);
    }
  return sh_cmd_usage (command, "%s", error->message);
}

/* GOption leaves a "--" there when what follows it begins with a dash. */
static void
drop_separator (int *argc, char **argv)
{
  for (int i = 1; i < *argc; i++)
    if (strcmp (argv[i], "--") == 0)
      {
        memmove (argv + i, argv + i + 1, (gsize) (*argc - i) * sizeof *argv);
        --*argc;
        return;
      }
}

/* GLib would take 0x10 and 010, and says of no number what it may be. */
static gboolean
read_number (const char *flag,
             const char *text,
             ShCmdNumber *number,
             GError **error)
{
  gint64 value;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_signed (text, 10, number->least, number->most, &value,
                                 NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "--%s=%s: expected a whole number from %d to %d", flag, text,
                   number->least, number->most);
      return FALSE;
    }
  number->value = (int) value;
  number->is_given = TRUE;
  return TRUE;
}

/* Parses `entries`; those that are numbers are read as text first. */
static gboolean
parse_entries (GOptionContext *context,
               int *argc,
               char ***argv,
               const GOptionEntry *entries,
               GError **error)
{
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_free);
  g_autofree GOptionEntry *copies = NULL;
  guint n = 0;

  while (entries != NULL && entries[n].long_name != NULL)
    n++;
  copies = g_new0 (GOptionEntry, n + 1);
  g_ptr_array_set_size (texts, (int) n);
  for (guint i = 0; i < n; i++)
    {
      copies[i] = entries[i];
      if (entries[i].arg != G_OPTION_ARG_INT)
        continue;
      copies[i].arg = G_OPTION_ARG_STRING;
      copies[i].arg_data = &texts->pdata[i];
    }
  g_option_context_add_main_entries (context, copies, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!read_number (entries[i].long_name, texts->pdata[i],
                      entries[i].arg_data, error))
      return FALSE;
  return TRUE;
}

gboolean
sh_cmd_parse (int *argc,
              char ***argv,
              const GOptionEntry *entries,
              const char *parameters,
              const char *summary,
              int *status)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autoptr (GError) error = NULL;
  g_autofree char *command = g_strdup ((*argv)[0]);
  g_autofree char *name = g_strconcat ("simhost ", command, NULL);
  gboolean help = FALSE;
  const GOptionEntry own[] = {
    { "help", 'h', 0, G_OPTION_ARG_NONE, &help, "Show this text", NULL },
    G_OPTION_ENTRY_NULL,
  };

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, own, NULL);
  g_set_prgname (name);
  if (!parse_entries (context, argc, argv, entries, &error))
    {
      *status = fail_to_parse (command, *argv, entries, error);
      return FALSE;
    }
  drop_separator (argc, *argv);
  if (help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      fputs (text, stdout);
      *status = SH_EXIT_DONE;
      return FALSE;
    }
  return TRUE;
}

gboolean
sh_cmd_read_seed (const char *text, guint64 *seed, GError **error)
{
  *seed = g_random_int ();
  if (text == NULL ||
      g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, seed, NULL))
    return TRUE;
  g_set_error (
      error, SH_ERROR, SH_ERROR_USAGE,
      "--seed=%s: a seed is a whole number from 0 to %" G_GUINT64_FORMAT, text,
      G_MAXUINT64);
  return FALSE;
}

gboolean
sh_cmd_read_brain (const char *text,
                   char **name,
                   guint *version,
                   GError **error)
{
  const char *colon = strchr (text, ':');
  guint64 number = 0;

  if (colon == NULL)
    {
      *name = g_strdup (text);
      return TRUE;
    }
  if (*version != 0)
    {
      g_set_error_literal (
          error, SH_ERROR, SH_ERROR_USAGE,
          "give the version with --version or as NAME:VERSION, not "
          "both");
      return FALSE;
    }
  if (colon == text ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXINT, &number, NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no brain: write NAME, or NAME:VERSION with a "
                   "version from 1",
                   text);
      return FALSE;
    }
  *name = g_strndup (text, (gsize) (colon - text));
  *version = (guint) number;
  return TRUE;
}

int
sh_cmd_fail (const char *command, const GError *error)
{
  /* What a user or an engine wrote may be part of it. */
  g_autofree char *line = sh_text_to_line (error->message, -1);

  fprintf (stderr, "simhost: %s: %s\n", command, line);
  return g_error_matches (error, SH_ERROR, SH_ERROR_USAGE) ? SH_EXIT_USAGE
                                                           : SH_EXIT_FAILED;
}

int
sh_cmd_usage (const char *command, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  line = sh_text_to_line (text, -1);
  fprintf (stderr, "simhost: %s: %s; see 'simhost %s --help'\n", command, line,
           command);
  return SH_EXIT_USAGE;
}

/* GLib names the file, and last the reason. */
static const char *
get_reason (const GError *error)
{
  const char *reason = strrchr (error->message, ':');

  return reason != NULL ? reason : "";
}

/* What has a name, but is no file; NULL: it is one. */
static const char *
name_kind (const GStatBuf *info)
{
  if (S_ISREG (info->st_mode))
    return NULL;
  return S_ISDIR (info->st_mode) ? "a folder" : "a pipe or a device";
}

char *
sh_cmd_read_file (const char *path, gsize max, gsize *size, GError **error)
{
  g_autoptr (GError) own_error = NULL;
  GStatBuf info;
  char *content;

  if (g_stat (path, &info) != 0)
    g_set_error (error, SH_ERROR,
                 errno == ENOENT ? SH_ERROR_NOT_FOUND : SH_ERROR_FAILED,
                 "cannot read '%s': %s", path, g_strerror (errno));
  else if (name_kind (&info) != NULL)
    /* A pipe or a device may have no end. */
    g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                 "cannot read '%s': it is %s; give a file", path,
                 name_kind (&info));
  else if (info.st_size > (goffset) max)
    g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                 "cannot read '%s': it has more than %" G_GSIZE_FORMAT " bytes",
                 path, max);
  else if (g_file_get_contents (path, &content, size, &own_error))
    return content;
  else
    g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "cannot read '%s'%s", path,
                 get_reason (own_error));
  return NULL;
}

gboolean
sh_cmd_write_file (const char *path,
                   gconstpointer data,
                   gsize size,
                   GError **error)
{
  g_autoptr (GError) own_error = NULL;
  GStatBuf info;

  /* The new file would take the place of the device. */
  if (g_stat (path, &info) == 0 && name_kind (&info) != NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "cannot write '%s': it is %s; give a file", path,
                   name_kind (&info));
      return FALSE;
    }
  if (g_file_set_contents_full (path, data, (gssize) size,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0666,
                                &own_error))
    return TRUE;
  /* The file that GLib names is a temporary one. */
  g_set_error (error, own_error->domain, own_error->code, "cannot write '%s'%s",
               path, get_reason (own_error));
  return FALSE;
}

char *
sh_cmd_hide_key (int argc, char **argv)
{
  for (int i = 1; i < argc; i++)
    {
      if (!g_str_has_prefix (argv[i], "--accesskey") &&
          !g_str_has_prefix (argv[i], "--access-key"))
        continue;
      if (strchr (argv[i], '=') == NULL && ++i == argc)
        return NULL;
      argv[i] = sh_take_secret (argv[i]);
      return argv[i];
    }
  return NULL;
}
