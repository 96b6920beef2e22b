/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-subscribers.h"

#include "sh-error.h"

typedef struct
{
  ShSubscribers *subscribers; /* not owned */
  char *name;
  guint watch;
  GHashTable *paths; /* a set of char * */
} Client;

struct ShSubscribers
{
  GDBusConnection *connection;
  GHashTable *clients; /* name to Client */
  /* How many clients asked about a path; only those above 0. */
  GHashTable *counts; /* char * to guint */
};

static void
client_free (Client *client)
{
  g_bus_unwatch_name (client->watch);
  g_hash_table_unref (client->paths);
  g_free (client->name);
  g_free (client);
}

ShSubscribers *
sh_subscribers_new (GDBusConnection *connection)
{
  ShSubscribers *subscribers = g_new0 (ShSubscribers, 1);

  subscribers->connection = g_object_ref (connection);
  subscribers->clients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                (GDestroyNotify) client_free);
  subscribers->counts =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return subscribers;
}

static void
count (ShSubscribers *subscribers, const char *path, int step)
{
  guint before =
      GPOINTER_TO_UINT (g_hash_table_lookup (subscribers->counts, path));
  guint after = before + (guint) step;

  if (after == 0)
    g_hash_table_remove (subscribers->counts, path);
  else
    g_hash_table_insert (subscribers->counts, g_strdup (path),
                         GUINT_TO_POINTER (after));
}

static void
forget (ShSubscribers *subscribers, Client *client)
{
  GHashTableIter iter;
  gpointer path;

  g_hash_table_iter_init (&iter, client->paths);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    count (subscribers, path, -1);
  g_hash_table_remove (subscribers->clients, client->name);
}

static void
on_vanished (GDBusConnection *connection, const char *name, gpointer data)
{
  Client *client = data;

  forget (client->subscribers, client);
}

static Client *
add_client (ShSubscribers *subscribers, const char *name, GError **error)
{
  Client *client = g_hash_table_lookup (subscribers->clients, name);

  if (client != NULL)
    return client;
  if (g_hash_table_size (subscribers->clients) >= SH_SUBSCRIBERS_MAX_CLIENTS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%u clients have subscribed, and more there cannot be",
                   SH_SUBSCRIBERS_MAX_CLIENTS);
      return NULL;
    }
  client = g_new0 (Client, 1);
  client->subscribers = subscribers;
  client->name = g_strdup (name);
  client->paths = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  client->watch = g_bus_watch_name_on_connection (
      subscribers->connection, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
      on_vanished, client, NULL);
  g_hash_table_insert (subscribers->clients, client->name, client);
  return client;
}

gboolean
sh_subscribers_add (ShSubscribers *subscribers,
                    const char *name,
                    const char *path,
                    GError **error)
{
  Client *client;

  g_return_val_if_fail (subscribers != NULL && name != NULL, FALSE);

  client = add_client (subscribers, name, error);
  if (client == NULL)
    return FALSE;
  if (g_hash_table_contains (client->paths, path))
    return TRUE;
  if (g_hash_table_size (client->paths) >= SH_SUBSCRIBERS_MAX_OBJECTS)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "this client has subscribed to %u objects, and more there "
                   "cannot be",
                   SH_SUBSCRIBERS_MAX_OBJECTS);
      return FALSE;
    }
  g_hash_table_add (client->paths, g_strdup (path));
  count (subscribers, path, 1);
  return TRUE;
}

void
sh_subscribers_remove (ShSubscribers *subscribers,
                       const char *name,
                       const char *path)
{
  Client *client;

  g_return_if_fail (subscribers != NULL && name != NULL);

  client = g_hash_table_lookup (subscribers->clients, name);
  if (client == NULL || !g_hash_table_remove (client->paths, path))
    return;
  count (subscribers, path, -1);
  if (g_hash_table_size (client->paths) == 0)
    g_hash_table_remove (subscribers->clients, name);
}

void
sh_subscribers_remove_object (ShSubscribers *subscribers, const char *path)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (subscribers != NULL);

  g_hash_table_iter_init (&iter, subscribers->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Client *client = value;

      if (g_hash_table_remove (client->paths, path) &&
          g_hash_table_size (client->paths) == 0)
        g_hash_table_iter_remove (&iter);
    }
  g_hash_table_remove (subscribers->counts, path);
}

gboolean
sh_subscribers_are_there (ShSubscribers *subscribers, const char *path)
{
  g_return_val_if_fail (subscribers != NULL, FALSE);

  return g_hash_table_contains (subscribers->counts, path);
}

void
sh_subscribers_emit (ShSubscribers *subscribers,
                     const char *path,
                     const char *interface,
                     const char *name,
                     GVariant *parameters)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (parameters);
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (subscribers != NULL);

  g_hash_table_iter_init (&iter, subscribers->clients);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Client *client = value;

      /* It can only fail when the connection is closed, which ends the
       * daemon. */
      if (g_hash_table_contains (client->paths, path))
        g_dbus_connection_emit_signal (subscribers->connection, client->name,
                                       path, interface, name, held, NULL);
    }
}

void
sh_subscribers_free (ShSubscribers *subscribers)
{
  if (subscribers == NULL)
    return;
  g_hash_table_unref (subscribers->clients);
  g_hash_table_unref (subscribers->counts);
  g_object_unref (subscribers->connection);
  g_free (subscribers);
}
