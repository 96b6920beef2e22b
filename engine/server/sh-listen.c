/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a text to a socket that listens.
 */

#include "sh-listen.h"

#include "sh-error.h"

/* The address of a host by its name or number. */
static GInetAddress *
resolve (const char *host, GError **error)
{
  GInetAddress *address = g_inet_address_new_from_string (host);
  GList *found;

  if (address != NULL)
    return address;
  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  found =
      g_resolver_lookup_by_name (g_resolver_get_default (), host, NULL, error);
  if (found == NULL)
    return NULL;
  address = g_object_ref (found->data);
  g_resolver_free_addresses (found);
  return address;
}

/* How this machine reaches what listens on `address`. */
static char *
make_url (GInetAddress *address, guint port)
{
  gboolean is_v6 = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) loopback = NULL;
  g_autofree char *host = NULL;

  if (g_inet_address_get_is_any (address))
    loopback =
        g_inet_address_new_loopback (g_inet_address_get_family (address));
  host = g_inet_address_to_string (loopback != NULL ? loopback : address);
  return g_strdup_printf (is_v6 ? "http://[%s]:%u" : "http://%s:%u", host,
                          port);
}

static void
set_error (const char *address,
           const char *option,
           const GError *cause,
           GError **error)
{
  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                 "cannot listen on %s: the port is in use; choose another with "
                 "%s=HOST:PORT, or port 0 for any that is free",
                 address, option);
  else if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                 "cannot listen on %s: a port below 1024 is for root; choose "
                 "another with %s=HOST:PORT, or port 0 for any that is free",
                 address, option);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK, "cannot listen on %s: %s",
                 address, cause->message);
}

char *
sh_listen (ShConnections *connections,
           const char *address,
           guint default_port,
           const char *option,
           GError **error)
{
  g_autoptr (GSocketConnectable) parsed = NULL;
  g_autoptr (GInetAddress) host = NULL;
  g_autoptr (GSocketAddress) socket_address = NULL;
  g_autoptr (GError) cause = NULL;
  guint port;

  g_return_val_if_fail (connections != NULL && address != NULL, NULL);
  g_return_val_if_fail (option != NULL, NULL);

  parsed = g_network_address_parse (address, (guint16) default_port, NULL);
  if (parsed == NULL ||
      *g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)) == '\0')
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no address to listen on; give HOST:PORT", address);
      return NULL;
    }
  host = resolve (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)),
                  &cause);
  if (host != NULL)
    socket_address = g_inet_socket_address_new (
        host, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
  if (host != NULL &&
      sh_connections_listen (connections, socket_address, &port, &cause))
    return make_url (host, port);
  set_error (address, option, cause, error);
  return NULL;
}
