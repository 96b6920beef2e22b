/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-proxy.h"

#include <gio/gio.h>
#include <string.h>

#include "sh-error.h"

#define DEFAULT_PORT 80

char *
sh_proxy_normalise (const char *address)
{
  g_autofree char *full = strstr (address, "://") != NULL
                              ? g_strdup (address)
                              : g_strconcat ("http://", address, NULL);
  g_autoptr (GUri) uri = g_uri_parse (full, G_URI_FLAGS_ENCODED, NULL);
  g_autoptr (GUri) clean = NULL;

  if (uri == NULL || strcmp (g_uri_get_scheme (uri), "http") != 0 ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_port (uri) == 0)
    return NULL;
  clean = g_uri_build (G_URI_FLAGS_ENCODED, "http", g_uri_get_userinfo (uri),
                       g_uri_get_host (uri),
                       g_uri_get_port (uri) > 0 ? g_uri_get_port (uri)
                                                : DEFAULT_PORT,
                       "", NULL, NULL);
  return g_uri_to_string (clean);
}

/* The variable in small letters or in capitals; empty is not set. */
static const char *
get_variable (const char *name, const char **found)
{
  static const char *const capitals[][2] = {
    { "https_proxy", "HTTPS_PROXY" },
    { "http_proxy", "HTTP_PROXY" },
    { "all_proxy", "ALL_PROXY" },
    { "no_proxy", "NO_PROXY" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (capitals); i++)
    for (guint j = 0; strcmp (name, capitals[i][0]) == 0 && j < 2; j++)
      {
        const char *value = g_getenv (capitals[i][j]);

        *found = capitals[i][j];
        if (value != NULL && *value != '\0')
          return value;
      }
  return NULL;
}

static const char *
find_in_environment (GUri *uri, const char **variable)
{
  static const char *const names[] = { "https_proxy", "http_proxy",
                                       "all_proxy" };
  const char *scheme = g_uri_get_scheme (uri);
  gboolean tls = strcmp (scheme, "https") == 0 || strcmp (scheme, "wss") == 0;

  for (guint i = tls ? 0 : 1; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = get_variable (names[i], variable);

      if (value != NULL)
        return value;
    }
  return NULL;
}

static gboolean
is_this_machine (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return g_ascii_strcasecmp (host, "localhost") == 0 ||
         (address != NULL && g_inet_address_get_is_loopback (address));
}

/* A list such as "example.org, .local, 10.0.0.0/8, host:8010", or "*". GLib
 * knows how to match it. */
static gboolean
is_excepted (GUri *uri, const char *list)
{
  g_auto (GStrv) hosts = g_strsplit_set (list, ", \t", -1);
  g_autoptr (GStrvBuilder) named = g_strv_builder_new ();
  g_auto (GStrv) all = NULL;
  g_autoptr (GProxyResolver) resolver = NULL;
  g_autofree char *text = g_uri_to_string (uri);
  g_auto (GStrv) found = NULL;

  for (guint i = 0; hosts[i] != NULL; i++)
    if (strcmp (hosts[i], "*") == 0)
      return TRUE;
    else if (hosts[i][0] != '\0')
      g_strv_builder_add (named, hosts[i]);
  all = g_strv_builder_end (named);
  resolver = g_simple_proxy_resolver_new ("http://proxy:1", all);
  found = g_proxy_resolver_lookup (resolver, text, NULL, NULL);
  return found != NULL && found[0] != NULL &&
         strcmp (found[0], "direct://") == 0;
}

static void
take_from_environment (ShSetting *setting, const char *url)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *source = NULL;
  const char *value, *list, *variable, *list_variable;

  if (uri == NULL || g_uri_get_host (uri) == NULL ||
      is_this_machine (g_uri_get_host (uri)))
    return;
  value = find_in_environment (uri, &variable);
  if (value == NULL)
    return;
  list = get_variable ("no_proxy", &list_variable);
  if (list != NULL && is_excepted (uri, list))
    {
      source = g_strconcat ("environment ", list_variable, NULL);
      sh_setting_set (setting, NULL, source);
      return;
    }
  source = g_strconcat ("environment ", variable, NULL);
  sh_setting_set (setting, value, source);
}

gboolean
sh_proxy_resolve (ShSetting *setting, const char *url, GError **error)
{
  g_autofree char *normal = NULL;

  if (setting->value == NULL)
    take_from_environment (setting, url);
  if (setting->value == NULL)
    return TRUE;
  if (*setting->value == '\0')
    {
      g_clear_pointer (&setting->value, g_free);
      return TRUE;
    }
  normal = sh_proxy_normalise (setting->value);
  if (normal == NULL)
    {
      g_autofree char *shown = sh_setting_show (SH_SETTING_PROXY, setting);

      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%s: '%s' is no http proxy; write http://HOST:PORT, or "
                   "--proxy= to use none",
                   setting->source, shown);
      return FALSE;
    }
  g_free (setting->value);
  setting->value = g_steal_pointer (&normal);
  return TRUE;
}

GProxyResolver *
sh_proxy_new_resolver (const char *proxy)
{
  return proxy != NULL ? g_simple_proxy_resolver_new (proxy, NULL) : NULL;
}
