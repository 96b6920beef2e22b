/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus-client.h"

#include <math.h>
#include <string.h>

#include "sh-bus-error.h"
#include "sh-bus-object.h"
#include "sh-error.h"
#include "sh-json.h"
#include "sh-text.h"

/* Milliseconds for one call, the start of the daemon included. */
#define CALL_DEADLINE 30000

void
sh_bus_object_free (ShBusObject *object)
{
  if (object == NULL)
    return;
  g_free (object->path);
  g_variant_unref (object->properties);
  g_free (object);
}

GDBusConnection *
sh_bus_client_connect (gboolean system, GError **error)
{
  g_autoptr (GError) reason = NULL;
  GDBusConnection *connection = g_bus_get_sync (
      system ? G_BUS_TYPE_SYSTEM : G_BUS_TYPE_SESSION, NULL, &reason);

  if (connection != NULL)
    g_dbus_connection_set_exit_on_close (connection, FALSE);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                 "there is no %s to be reached; %s (%s)",
                 system ? "system bus" : "session bus",
                 system ? "start the system's D-Bus"
                        : "log in, or run this under 'dbus-run-session' "
                          "together with 'simhost daemon'",
                 reason->message);
  return connection;
}

/* What the bus says of the daemon, for people. */
static GError *
explain (GError *error)
{
  if (error->domain == G_DBUS_ERROR &&
      (error->code == G_DBUS_ERROR_SERVICE_UNKNOWN ||
       error->code == G_DBUS_ERROR_NAME_HAS_NO_OWNER))
    {
      g_error_free (error);
      return g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                          "the daemon is not running, and the bus does not "
                          "know how to start it; run 'simhost daemon'");
    }
  return sh_bus_error_take (error);
}

GVariant *
sh_bus_client_call (GDBusConnection *connection,
                    const char *path,
                    const char *interface,
                    const char *method,
                    GVariant *parameters,
                    const char *reply_type,
                    GError **error)
{
  g_autofree char *full = strchr (interface, '.') != NULL
                              ? g_strdup (interface)
                              : g_strconcat (SH_BUS_NAME ".", interface, NULL);
  GError *reason = NULL;
  GVariant *answer = g_dbus_connection_call_sync (
      connection, SH_BUS_NAME, path, full, method, parameters,
      G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NONE, CALL_DEADLINE, NULL,
      &reason);

  if (answer == NULL)
    g_propagate_error (error, explain (reason));
  return answer;
}

const char *
sh_bus_object_get_text (const ShBusObject *object, const char *property)
{
  const char *text = "";

  g_variant_lookup (object->properties, property, "&s", &text);
  return text;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (
      sh_bus_object_get_text (*(const ShBusObject *const *) a, "Name"),
      sh_bus_object_get_text (*(const ShBusObject *const *) b, "Name"));
}

GPtrArray *
sh_bus_client_list (GDBusConnection *connection,
                    const char *interface,
                    GError **error)
{
  g_autofree char *full = g_strconcat (SH_BUS_NAME ".", interface, NULL);
  g_autoptr (GPtrArray) list =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_bus_object_free);
  const char *path;
  GVariant *interfaces;
  GVariantIter *iter;
  g_autoptr (GVariant) answer = sh_bus_client_call (
      connection, SH_BUS_ROOT, "org.freedesktop.DBus.ObjectManager",
      "GetManagedObjects", NULL, "(a{oa{sa{sv}}})", error);

  if (answer == NULL)
    return NULL;
  g_variant_get (answer, "(a{oa{sa{sv}}})", &iter);
  while (g_variant_iter_next (iter, "{&o@a{sa{sv}}}", &path, &interfaces))
    {
      GVariant *properties =
          g_variant_lookup_value (interfaces, full, G_VARIANT_TYPE_VARDICT);

      if (properties != NULL)
        {
          ShBusObject *object = g_new0 (ShBusObject, 1);

          object->path = g_strdup (path);
          object->properties = properties;
          g_ptr_array_add (list, object);
        }
      g_variant_unref (interfaces);
    }
  g_variant_iter_free (iter);
  g_ptr_array_sort (list, compare_names);
  return g_steal_pointer (&list);
}

static char *
list_names (const GPtrArray *sessions)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < sessions->len && names->len < 200; i++)
    g_string_append_printf (
        names, "%s'%s'", i > 0 ? ", " : "",
        sh_bus_object_get_text (sessions->pdata[i], "Name"));
  return g_string_free (g_steal_pointer (&names), FALSE);
}

ShBusObject *
sh_bus_client_find_session (GDBusConnection *connection,
                            const char *name,
                            GError **error)
{
  g_autofree char *names = NULL;
  g_autoptr (GPtrArray) sessions =
      sh_bus_client_list (connection, "Session", error);

  if (sessions == NULL)
    return NULL;
  for (guint i = 0; i < sessions->len; i++)
    if (g_str_equal (sh_bus_object_get_text (sessions->pdata[i], "Name"), name))
      return g_ptr_array_steal_index (sessions, i);
  names = list_names (sessions);
  if (sessions->len > 0)
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is no session '%s'; there are %s", name, names);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "there is no session '%s', nor any other; 'simhost start "
                 "SIMULATOR' makes one",
                 name);
  return NULL;
}

/* ---- as JSON ---- */

/* "MeanReturn": "mean_return". */
static void
add_member (GString *json, const char *property)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *c = property; *c != '\0'; c++)
    {
      if (g_ascii_isupper (*c) && name->len > 0)
        g_string_append_c (name, '_');
      g_string_append_c (name, g_ascii_tolower (*c));
    }
  sh_json_member (json, name->str);
}

static void
add_texts (GString *json, GVariant *value)
{
  GVariantIter iter;
  const char *text;

  sh_json_open (json, '[');
  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "&s", &text))
    sh_json_string (json, text);
  sh_json_close (json, ']');
}

static void
add_value (GString *json, GVariant *value)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BOOLEAN:
      sh_json_bool (json, g_variant_get_boolean (value));
      break;
    case G_VARIANT_CLASS_UINT32:
      sh_json_int (json, g_variant_get_uint32 (value));
      break;
    case G_VARIANT_CLASS_UINT64:
      sh_json_int (json, (gint64) MIN (g_variant_get_uint64 (value),
                                       (guint64) G_MAXINT64));
      break;
    case G_VARIANT_CLASS_INT64:
      sh_json_int (json, g_variant_get_int64 (value));
      break;
    case G_VARIANT_CLASS_DOUBLE:
      if (isfinite (g_variant_get_double (value)))
        sh_json_number (json, g_variant_get_double (value));
      else
        sh_json_string (json, NULL);
      break;
    case G_VARIANT_CLASS_STRING:
      sh_json_string (json, g_variant_get_string (value, NULL));
      break;
    default:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
        add_texts (json, value);
      else
        sh_json_string (json, NULL);
    }
}

char *
sh_bus_object_to_json (const ShBusObject *object)
{
  g_autoptr (GString) json = g_string_new (NULL);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  sh_json_open (json, '{');
  g_variant_iter_init (&iter, object->properties);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) held = value;

      if (g_variant_is_of_type (held, G_VARIANT_TYPE_OBJECT_PATH))
        continue;
      add_member (json, name);
      add_value (json, held);
    }
  sh_json_close (json, '}');
  return g_string_free (g_steal_pointer (&json), FALSE);
}

GVariant *
sh_bus_client_no_options (void)
{
  return g_variant_new ("(a{sv})", NULL);
}
