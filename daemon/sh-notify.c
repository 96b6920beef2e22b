/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-notify.h"

#define SERVICE "org.freedesktop.Notifications"
/* The desktop file by which a desktop groups notifications, and lets people turn
 * them off. */
#define DESKTOP_ENTRY "org.simhost.Monitor"

struct ShNotify
{
  GDBusConnection *connection;
  gboolean enabled;
  guint timer; /* 0: nothing is to be told */
  char *title, *body; /* of the first; the body is markup, a title is not */
  GString *lines; /* markup; of those that are told */
  guint n_added;
};

static void
forget (ShNotify *notify)
{
  g_clear_handle_id (&notify->timer, g_source_remove);
  g_clear_pointer (&notify->title, g_free);
  g_clear_pointer (&notify->body, g_free);
  g_string_truncate (notify->lines, 0);
  notify->n_added = 0;
}

static void
send (ShNotify *notify, const char *title, const char *body)
{
  GVariantBuilder hints;

  g_variant_builder_init (&hints, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&hints, "{sv}", "desktop-entry",
                         g_variant_new_string (DESKTOP_ENTRY));
  /* Without a callback no reply is expected. */
  g_dbus_connection_call (notify->connection, SERVICE,
                          "/org/freedesktop/Notifications", SERVICE, "Notify",
                          g_variant_new ("(susssasa{sv}i)", "Simhost", 0u, "",
                                         title, body, NULL, &hints, -1),
                          NULL, G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL,
                          NULL);
}

static gboolean
on_delay (gpointer data)
{
  ShNotify *notify = data;
  g_autofree char *title =
      g_strdup_printf ("%s, and %u more", notify->title, notify->n_added - 1);

  notify->timer = 0;
  if (notify->n_added > SH_NOTIFY_MAX_TOLD)
    g_string_append_printf (notify->lines, "\n... and %u more",
                            notify->n_added - SH_NOTIFY_MAX_TOLD);
  if (notify->n_added == 1)
    send (notify, notify->title, notify->body);
  else
    send (notify, title, notify->lines->str);
  forget (notify);
  return G_SOURCE_REMOVE;
}

ShNotify *
sh_notify_new (GDBusConnection *connection)
{
  ShNotify *notify = g_new0 (ShNotify, 1);

  notify->connection = g_object_ref (connection);
  notify->enabled = TRUE;
  notify->lines = g_string_new (NULL);
  return notify;
}

void
sh_notify_set_enabled (ShNotify *notify, gboolean enabled)
{
  g_return_if_fail (notify != NULL);

  notify->enabled = enabled;
  if (!enabled)
    forget (notify);
}

static void
add_line (ShNotify *notify, const char *title, const char *body)
{
  g_autofree char *line = body[0] != '\0'
                              ? g_markup_printf_escaped ("%s: %s", title, body)
                              : g_markup_escape_text (title, -1);

  if (notify->lines->len > 0)
    g_string_append_c (notify->lines, '\n');
  g_string_append (notify->lines, line);
}

void
sh_notify_add (ShNotify *notify, const char *title, const char *body)
{
  g_return_if_fail (notify != NULL && title != NULL && body != NULL);

  if (!notify->enabled)
    return;
  if (notify->n_added == 0)
    {
      notify->title = g_strdup (title);
      notify->body = g_markup_escape_text (body, -1);
    }
  if (notify->n_added < SH_NOTIFY_MAX_TOLD)
    add_line (notify, title, body);
  notify->n_added++;
  if (notify->timer == 0)
    notify->timer = g_timeout_add (SH_NOTIFY_DELAY, on_delay, notify);
}

void
sh_notify_free (ShNotify *notify)
{
  if (notify == NULL)
    return;
  forget (notify);
  g_object_unref (notify->connection);
  g_string_free (notify->lines, TRUE);
  g_free (notify);
}
