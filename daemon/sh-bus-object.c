/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-bus-object.h"

static gboolean
is_taken (GDBusObjectManagerServer *server, const char *path)
{
  g_autoptr (GDBusObject) object =
      g_dbus_object_manager_get_object (G_DBUS_OBJECT_MANAGER (server), path);

  return object != NULL;
}

char *
sh_bus_path_new (GDBusObjectManagerServer *server,
                 const char *kind,
                 const char *name)
{
  g_autoptr (GString) path = g_string_new (NULL);
  gsize length;

  g_return_val_if_fail (server != NULL && kind != NULL && name != NULL, NULL);

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
  for (guint n = 2; is_taken (server, path->str); n++)
    {
      g_string_truncate (path, length);
      g_string_append_printf (path, "__%u", n);
    }
  return g_string_free (g_steal_pointer (&path), FALSE);
}

void
sh_bus_show (GDBusObjectManagerServer *server,
             const char *path,
             gpointer skeleton)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_return_if_fail (server != NULL);

  g_dbus_object_skeleton_add_interface (object, skeleton);
  g_dbus_object_manager_server_export (server, object);
}

void
sh_bus_allow_nan (gpointer skeleton)
{
  guint n;
  g_autofree GParamSpec **specs =
      g_object_class_list_properties (G_OBJECT_GET_CLASS (skeleton), &n);

  for (guint i = 0; i < n; i++)
    if (G_IS_PARAM_SPEC_DOUBLE (specs[i]))
      {
        GParamSpec *own = g_param_spec_get_redirect_target (specs[i]);

        (own != NULL ? own : specs[i])->flags |= G_PARAM_LAX_VALIDATION;
      }
}
