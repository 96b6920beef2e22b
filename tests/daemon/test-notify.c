/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Notifications on a private bus: what a desktop gets of them.
 */

#include <string.h>

#include "sh-notify.h"

#define SERVICE "org.freedesktop.Notifications"
/* Seconds for what should happen soon. */
#define PATIENCE 30

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *desktop, *program;
  guint name_id;
  gboolean has_name;
  GPtrArray *got; /* of GVariant, arguments of Notify */
  ShNotify *notify;
} Fixture;

static const char interface_xml[] =
    "<node><interface name='" SERVICE "'><method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method></interface></node>";

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *path,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer data)
{
  g_ptr_array_add (((Fixture *) data)->got, g_variant_ref (parameters));
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
}

static void
on_name (GDBusConnection *connection, const char *name, gpointer data)
{
  ((Fixture *) data)->has_name = TRUE;
}

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
show_desktop (Fixture *fixture)
{
  static const GDBusInterfaceVTable table = { on_call, NULL, NULL, { NULL } };
  g_autoptr (GDBusNodeInfo) node =
      g_dbus_node_info_new_for_xml (interface_xml, NULL);

  g_assert_cmpuint (g_dbus_connection_register_object (
                        fixture->desktop, "/org/freedesktop/Notifications",
                        node->interfaces[0], &table, fixture, NULL, NULL),
                    >, 0);
  fixture->name_id = g_bus_own_name_on_connection (
      fixture->desktop, SERVICE, G_BUS_NAME_OWNER_FLAGS_NONE, on_name, NULL,
      fixture, NULL);
  while (!fixture->has_name)
    g_main_context_iteration (NULL, TRUE);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (fixture->bus);
  fixture->desktop = connect_to (fixture->bus);
  fixture->program = connect_to (fixture->bus);
  fixture->got =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_variant_unref);
  fixture->notify = sh_notify_new (fixture->program);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sh_notify_free (fixture->notify);
  g_clear_handle_id (&fixture->name_id, g_bus_unown_name);
  g_ptr_array_unref (fixture->got);
  g_dbus_connection_close_sync (fixture->program, NULL, NULL);
  g_dbus_connection_close_sync (fixture->desktop, NULL, NULL);
  g_object_unref (fixture->program);
  g_object_unref (fixture->desktop);
  g_test_dbus_down (fixture->bus);
  g_object_unref (fixture->bus);
}

static void
wait_for (Fixture *fixture, guint n)
{
  gint64 end = g_get_monotonic_time () + PATIENCE * G_USEC_PER_SEC;

  while (fixture->got->len < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

static void
assert_got (Fixture *fixture, guint i, const char *title, const char *body)
{
  GVariant *got = fixture->got->pdata[i];
  const char *program, *got_title, *got_body, *entry;
  g_autoptr (GVariant) hints = NULL;

  g_variant_get (got, "(&su&s&s&s^a&s@a{sv}i)", &program, NULL, NULL,
                 &got_title, &got_body, NULL, &hints, NULL);
  g_assert_cmpstr (program, ==, "Simhost");
  g_assert_cmpstr (got_title, ==, title);
  g_assert_cmpstr (got_body, ==, body);
  g_assert_true (g_variant_lookup (hints, "desktop-entry", "&s", &entry));
  g_assert_cmpstr (entry, ==, "org.simhost.Monitor");
}

static void
test_one (Fixture *fixture, gconstpointer data)
{
  show_desktop (fixture);
  sh_notify_add (fixture->notify, "Session 'a' has failed",
                 "it said <b>&</b>\xc3\xa9");
  wait_for (fixture, 1);
  assert_got (fixture, 0, "Session 'a' has failed",
              "it said &lt;b&gt;&amp;&lt;/b&gt;\xc3\xa9");
  sh_notify_add (fixture->notify, "Brain 'b' has learnt", "");
  wait_for (fixture, 2);
  assert_got (fixture, 1, "Brain 'b' has learnt", "");
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  show_desktop (fixture);
  for (guint i = 0; i < 300; i++)
    {
      g_autofree char *title = g_strdup_printf ("Session '%u' has failed", i);

      sh_notify_add (fixture->notify, title, i % 2 == 0 ? "so" : "");
    }
  sh_notify_add (fixture->notify, "last", "of all");
  wait_for (fixture, 1);
  assert_got (
      fixture, 0, "Session '0' has failed, and 300 more",
      "Session &apos;0&apos; has failed: so\nSession &apos;1&apos; has failed\n"
      "Session &apos;2&apos; has failed: so\n"
      "Session &apos;3&apos; has failed\n"
      "Session &apos;4&apos; has failed: so\n"
      "... and 296 more");
  /* And nothing of them is left. */
  sh_notify_add (fixture->notify, "next", "one");
  wait_for (fixture, 2);
  assert_got (fixture, 1, "next", "one");
}

static void
test_disabled (Fixture *fixture, gconstpointer data)
{
  show_desktop (fixture);
  sh_notify_add (fixture->notify, "waiting", "");
  sh_notify_set_enabled (fixture->notify, FALSE);
  sh_notify_add (fixture->notify, "off", "");
  sh_notify_set_enabled (fixture->notify, TRUE);
  sh_notify_add (fixture->notify, "on", "");
  wait_for (fixture, 1);
  assert_got (fixture, 0, "on", "");
}

/* The bus has taken all that the program has sent. */
static void
wait_for_bus (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_sync (
      fixture->program, "org.freedesktop.DBus", "/org/freedesktop/DBus",
      "org.freedesktop.DBus", "GetId", NULL, NULL, G_DBUS_CALL_FLAGS_NONE,
      PATIENCE * 1000, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (answer);
}

static gboolean
on_time (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Nobody shows notifications; later somebody does. */
static void
test_nobody (Fixture *fixture, gconstpointer data)
{
  gboolean sent = FALSE;

  sh_notify_add (fixture->notify, "nobody", "sees it");
  g_timeout_add (SH_NOTIFY_DELAY + 1, on_time, &sent);
  while (!sent)
    g_main_context_iteration (NULL, TRUE);
  wait_for_bus (fixture);
  show_desktop (fixture);
  sh_notify_add (fixture->notify, "somebody", "sees it");
  wait_for (fixture, 1);
  assert_got (fixture, 0, "somebody", "sees it");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(PATH, FUNC)                                                        \
  g_test_add (PATH, Fixture, NULL, set_up, FUNC, tear_down)
  ADD ("/notify/one", test_one);
  ADD ("/notify/many-become-one", test_many);
  ADD ("/notify/off", test_disabled);
  ADD ("/notify/nobody-there", test_nobody);
#undef ADD
  return g_test_run ();
}
