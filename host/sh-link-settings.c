/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-link-settings.h"

#include "sh-error.h"

static const struct
{
  const char *scheme, *websocket;
} schemes[] = {
  { "http", "ws" },
  { "https", "wss" },
  { "ws", "ws" },
  { "wss", "wss" },
};

void
sh_link_settings_init (ShLinkSettings *settings)
{
  *settings = (ShLinkSettings){
    .url = g_strdup (SH_LINK_DEFAULT_URL),
    .username = g_strdup (SH_LINK_DEFAULT_USERNAME),
    .retry_timeout = SH_LINK_DEFAULT_RETRY_TIMEOUT,
    .network_timeout = SH_LINK_DEFAULT_NETWORK_TIMEOUT,
  };
}

void
sh_link_settings_clear (ShLinkSettings *settings)
{
  g_clear_pointer (&settings->url, g_free);
  g_clear_pointer (&settings->username, g_free);
  g_clear_pointer (&settings->brain, g_free);
  g_clear_pointer (&settings->access_key, g_free);
  g_clear_pointer (&settings->proxy, g_free);
}

static gboolean
check_set (const char *value,
           const char *what,
           const char *flag,
           GError **error)
{
  if (value != NULL && *value != '\0')
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "%s is missing: give %s", what,
               flag);
  return FALSE;
}

/* A key travels in a header line: it must not end it. */
static gboolean
check_key (const char *key, GError **error)
{
  for (const char *at = key; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      {
        g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                             "the access key has a character that is not "
                             "printable ASCII");
        return FALSE;
      }
  return TRUE;
}

static const char *
find_websocket_scheme (GUri *uri)
{
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_ascii_strcasecmp (g_uri_get_scheme (uri), schemes[i].scheme) == 0)
      return schemes[i].websocket;
  return NULL;
}

static char *
build_path (const ShLinkSettings *settings)
{
  /* What a path segment may hold besides letters, digits and -._~ */
  const char *allowed = "!$&'()*+,;=:@";
  g_autofree char *user =
      g_uri_escape_string (settings->username, allowed, FALSE);
  g_autofree char *brain =
      g_uri_escape_string (settings->brain, allowed, FALSE);

  if (!settings->predict)
    return g_strdup_printf ("/v1/%s/%s/sims/ws", user, brain);
  if (settings->version == 0)
    return g_strdup_printf ("/v1/%s/%s/latest/predictions/ws", user, brain);
  return g_strdup_printf ("/v1/%s/%s/%u/predictions/ws", user, brain,
                          settings->version);
}

GUri *
sh_link_settings_build_uri (const ShLinkSettings *settings, GError **error)
{
  g_autoptr (GUri) base = NULL;
  g_autofree char *path = NULL;
  const char *scheme;

  if (!check_set (settings->url, "the engine's URL", "--url URL", error) ||
      !check_set (settings->username, "the user name", "--username NAME",
                  error) ||
      !check_set (settings->brain, "the brain", "--brain NAME", error) ||
      !check_set (settings->access_key, "the access key", "--accesskey KEY",
                  error) ||
      !check_key (settings->access_key, error))
    return NULL;

  base = g_uri_parse (settings->url, G_URI_FLAGS_NONE, NULL);
  if (base == NULL || g_uri_get_host (base) == NULL ||
      *g_uri_get_host (base) == '\0' ||
      (scheme = find_websocket_scheme (base)) == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "'%s' is no URL of an engine; write --url "
                   "http://HOST:PORT or https://HOST",
                   settings->url);
      return NULL;
    }
  path = build_path (settings);
  return g_uri_build (G_URI_FLAGS_ENCODED, scheme, NULL, g_uri_get_host (base),
                      g_uri_get_port (base), path, NULL, NULL);
}
