/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-bus-path.h"

char *
sh_bus_path_new (const char *kind,
                 const char *name,
                 gboolean (*taken) (const char *path, gpointer data),
                 gpointer data)
{
  g_autoptr (GString) path = g_string_new (NULL);
  gsize length;

  g_return_val_if_fail (kind != NULL && name != NULL && taken != NULL, NULL);

  g_string_printf (path, SH_BUS_ROOT "/%s/", kind);
  for (guint i = 0; name[i] != '\0' && i < SH_BUS_MAX_NAME; i++)
    if (g_ascii_isalnum (name[i]))
      g_string_append_c (path, name[i]);
    else
      g_string_append_printf (path, "_%02x", (guchar) name[i]);
  /* An element must not be empty. */
  if (name[0] == '\0')
    g_string_append_c (path, '_');
  length = path->len;
  for (guint n = 2; taken (path->str, data); n++)
    {
      g_string_truncate (path, length);
      g_string_append_printf (path, "__%u", n);
    }
  return g_string_free (g_steal_pointer (&path), FALSE);
}
