/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-worker-options.h"

#include <stdlib.h>
#include <string.h>

#include "sh-error.h"

typedef enum
{
  TEXT, /* char * */
  LIST, /* char **; an argument for each part */
  FLAG, /* gboolean */
  SIGNED, /* int */
  UNSIGNED, /* guint */
  LONG /* guint64 */
} Type;

/* One row an argument: --NAME=VALUE, and where it goes. */
static const struct
{
  const char *name;
  Type type;
  gsize offset;
} rows[] = {
#define ROW(NAME, TYPE, MEMBER)                                                \
  {                                                                            \
    NAME, TYPE, G_STRUCT_OFFSET (ShWorkerOptions, MEMBER)                      \
  }
  ROW ("file", TEXT, file),
  ROW ("simulator", TEXT, simulator),
  ROW ("name", TEXT, name),
  ROW ("record", TEXT, record),
  ROW ("set", LIST, set),
  ROW ("log", LIST, log),
  ROW ("strict", FLAG, strict),
  ROW ("render", FLAG, render),
  ROW ("frame-width", UNSIGNED, frame_width),
  ROW ("frame-height", UNSIGNED, frame_height),
  ROW ("url", TEXT, link.url),
  ROW ("username", TEXT, link.username),
  ROW ("brain", TEXT, link.brain),
  ROW ("own", FLAG, link.own),
  ROW ("predict", FLAG, link.predict),
  ROW ("version", UNSIGNED, link.version),
  ROW ("await-brain", FLAG, link.await_brain),
  ROW ("retry-timeout", SIGNED, link.retry_timeout),
  ROW ("network-timeout", UNSIGNED, link.network_timeout),
  ROW ("instances", UNSIGNED, n_instances),
  ROW ("seed", LONG, seed),
  ROW ("first-episode", LONG, first_episode),
#undef ROW
};

void
sh_worker_options_init (ShWorkerOptions *options)
{
  *options = (ShWorkerOptions){ .n_instances = 1, .frame_fd = -1 };
  sh_link_settings_init (&options->link);
}

void
sh_worker_options_clear (ShWorkerOptions *options)
{
  g_clear_pointer (&options->file, g_free);
  g_clear_pointer (&options->simulator, g_free);
  g_clear_pointer (&options->name, g_free);
  g_clear_pointer (&options->record, g_free);
  g_clear_pointer (&options->set, g_strfreev);
  g_clear_pointer (&options->log, g_strfreev);
  sh_link_settings_clear (&options->link);
}

static char *
format_row (guint i, gconstpointer member)
{
  const char *name = rows[i].name;

  switch (rows[i].type)
    {
    case TEXT:
      {
        const char *text = *(char *const *) member;

        return text != NULL ? g_strdup_printf ("--%s=%s", name, text) : NULL;
      }
    case LIST:
      return NULL;
    case FLAG:
      return g_strdup_printf ("--%s=%d", name, *(const gboolean *) member);
    case SIGNED:
      return g_strdup_printf ("--%s=%d", name, *(const int *) member);
    case UNSIGNED:
      return g_strdup_printf ("--%s=%u", name, *(const guint *) member);
    case LONG:
    default:
      return g_strdup_printf ("--%s=%" G_GUINT64_FORMAT, name,
                              *(const guint64 *) member);
    }
}

static void
add_list (GPtrArray *arguments, guint i, char *const *list)
{
  for (; list != NULL && *list != NULL; list++)
    g_ptr_array_add (arguments,
                     g_strdup_printf ("--%s=%s", rows[i].name, *list));
}

char **
sh_worker_options_to_arguments (const ShWorkerOptions *options)
{
  g_autoptr (GPtrArray) arguments = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gconstpointer member = G_STRUCT_MEMBER_P (options, rows[i].offset);
      char *argument = format_row (i, member);

      if (rows[i].type == LIST)
        add_list (arguments, i, *(char *const *const *) member);
      if (argument != NULL)
        g_ptr_array_add (arguments, argument);
    }
  g_ptr_array_add (arguments, NULL);
  return (char **) g_ptr_array_steal (arguments, NULL);
}

static gboolean
parse_unsigned (const char *text, guint64 max, guint64 *value, GError **error)
{
  return g_ascii_string_to_unsigned (text, 10, 0, max, value, error);
}

static void
add_to_list (char ***list, const char *text)
{
  guint n = *list != NULL ? g_strv_length (*list) : 0;

  *list = g_renew (char *, *list, n + 2);
  (*list)[n] = g_strdup (text);
  (*list)[n + 1] = NULL;
}

static gboolean
parse_row (guint i, gpointer member, const char *text, GError **error)
{
  guint64 number;
  gint64 sign_and_number;

  switch (rows[i].type)
    {
    case TEXT:
      g_free (*(char **) member);
      *(char **) member = g_strdup (text);
      return TRUE;
    case LIST:
      add_to_list (member, text);
      return TRUE;
    case FLAG:
      if (!parse_unsigned (text, 1, &number, error))
        return FALSE;
      *(gboolean *) member = number != 0;
      return TRUE;
    case SIGNED:
      if (!g_ascii_string_to_signed (text, 10, G_MININT, G_MAXINT,
                                     &sign_and_number, error))
        return FALSE;
      *(int *) member = (int) sign_and_number;
      return TRUE;
    case UNSIGNED:
      if (!parse_unsigned (text, G_MAXUINT, &number, error))
        return FALSE;
      *(guint *) member = (guint) number;
      return TRUE;
    case LONG:
    default:
      return parse_unsigned (text, G_MAXUINT64, (guint64 *) member, error);
    }
}

static gboolean
parse_argument (ShWorkerOptions *options, const char *argument, GError **error)
{
  g_autoptr (GError) problem = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].name);

      if (!g_str_has_prefix (argument, "--") ||
          strncmp (argument + 2, rows[i].name, length) != 0 ||
          argument[2 + length] != '=')
        continue;
      if (parse_row (i, G_STRUCT_MEMBER_P (options, rows[i].offset),
                     argument + 2 + length + 1, &problem))
        return TRUE;
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "bad argument '%s': %s",
                   argument, problem->message);
      return FALSE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "unknown argument '%s'",
               argument);
  return FALSE;
}

char *
sh_take_secret (char *text)
{
  char *copy = g_strdup (text);

  if (text != NULL)
    memset (text, '*', strlen (text));
  return copy;
}

static void
take_variable (char **setting, const char *name)
{
  g_free (*setting);
  *setting = sh_take_secret (getenv (name));
  g_unsetenv (name);
}

static char *
format_variable (const char *setting, const char *name)
{
  return setting != NULL ? g_strconcat (name, "=", setting, NULL)
                         : g_strdup (name);
}

gboolean
sh_worker_options_parse (ShWorkerOptions *options,
                         int argc,
                         char **argv,
                         GError **error)
{
  take_variable (&options->link.access_key, SH_ACCESS_KEY_VARIABLE);
  take_variable (&options->link.proxy, SH_PROXY_VARIABLE);
  for (int i = 1; i < argc; i++)
    if (!parse_argument (options, argv[i], error))
      return FALSE;
  if (options->file == NULL || options->simulator == NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "a worker needs --file and --simulator; it is "
                           "started by 'simhost run'");
      return FALSE;
    }
  if (options->n_instances < 1 ||
      options->n_instances > SH_WORKER_MAX_INSTANCES)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%u instances: 1 to %u are possible", options->n_instances,
                   SH_WORKER_MAX_INSTANCES);
      return FALSE;
    }
  /* Frames of several would be mixed up in the one pipe. */
  if (options->render && options->n_instances > 1)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%u instances: pictures can be drawn of one only",
                   options->n_instances);
      return FALSE;
    }
  return TRUE;
}

char **
sh_worker_options_to_variables (const ShWorkerOptions *options)
{
  GStrv variables = g_new0 (char *, 3);

  variables[0] =
      format_variable (options->link.access_key, SH_ACCESS_KEY_VARIABLE);
  variables[1] = format_variable (options->link.proxy, SH_PROXY_VARIABLE);
  return variables;
}
