/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-bus-options.h"

#include <string.h>

#include "sh-error.h"
#include "sh-text.h"

/* Characters of a client's text that a message repeats. */
#define SHOWN 60

static char *
list_names (const ShBusOption *table, gsize n_rows)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < n_rows; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", table[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static const ShBusOption *
find_row (const ShBusOption *table,
          gsize n_rows,
          const char *method,
          const char *key,
          GError **error)
{
  g_autofree char *names = NULL;
  g_autofree char *shown = NULL;

  for (gsize i = 0; i < n_rows; i++)
    if (g_str_equal (table[i].name, key))
      return &table[i];
  names = list_names (table, n_rows);
  shown = sh_text_to_line (key, SHOWN);
  if (n_rows == 0)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "%s takes no option '%s'; it has none", method, shown);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "%s takes no option '%s'; there are: %s", method, shown,
                 names);
  return NULL;
}

gboolean
sh_bus_check_text (const char *what, const char *text, GError **error)
{
  if (strlen (text) > SH_BUS_MAX_TEXT)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%s is longer than %u bytes", what, SH_BUS_MAX_TEXT);
      return FALSE;
    }
  for (const char *c = text; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                     "%s has a control character in it", what);
        return FALSE;
      }
  return TRUE;
}

static gboolean
check_texts (const char *what, GVariant *value, GError **error)
{
  const char *text;
  GVariantIter iter;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    return sh_bus_check_text (what, g_variant_get_string (value, NULL), error);
  if (!g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return TRUE;
  if (g_variant_n_children (value) > SH_BUS_MAX_TEXTS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%s has more than %u entries", what, SH_BUS_MAX_TEXTS);
      return FALSE;
    }
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "&s", &text))
    if (!sh_bus_check_text (what, text, error))
      return FALSE;
  return TRUE;
}

static gboolean
check_row (const ShBusOption *row,
           const char *method,
           GVariant *value,
           GError **error)
{
  g_autofree char *what =
      g_strdup_printf ("option '%s' of %s", row->name, method);

  if (!g_variant_is_of_type (value, G_VARIANT_TYPE (row->type)))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%s has the type '%s', not '%.*s'", what, row->type, SHOWN,
                   g_variant_get_type_string (value));
      return FALSE;
    }
  return check_texts (what, value, error);
}

static void
store (const ShBusOption *row, GVariant *value, gpointer into)
{
  gpointer member = G_STRUCT_MEMBER_P (into, row->offset);

  if (row->type[0] == 's')
    {
      g_free (*(char **) member);
      *(char **) member = g_variant_dup_string (value, NULL);
    }
  else if (row->type[0] == 'a')
    {
      g_strfreev (*(char ***) member);
      *(char ***) member = g_variant_dup_strv (value, NULL);
    }
  else
    g_variant_get (value, row->type, member);
}

gboolean
sh_bus_options_read (GVariant *options,
                     const char *method,
                     const ShBusOption *table,
                     gsize n_rows,
                     gpointer into,
                     GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_return_val_if_fail (g_variant_is_of_type (options, G_VARIANT_TYPE_VARDICT),
                        FALSE);

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;
      const ShBusOption *row = find_row (table, n_rows, method, key, error);

      if (row == NULL || !check_row (row, method, held, error))
        return FALSE;
    }
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) held = value;

      store (find_row (table, n_rows, method, key, NULL), held, into);
    }
  return TRUE;
}

gboolean
sh_bus_options_check_none (GVariant *options,
                           const char *method,
                           GError **error)
{
  return sh_bus_options_read (options, method, NULL, 0, NULL, error);
}
