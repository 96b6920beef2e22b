/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-setting.h"

#include <string.h>

#include "sh-error.h"
#include "sh-link-settings.h"
#include "sh-retry.h"
#include "sh-text.h"
#include "sh-worker-options.h"
#include "sh-worker.h"

/* Seconds: a day. */
#define MAX_TIMEOUT 86400
#define TIMEOUT_RULE "a number of seconds from 1 to " G_STRINGIFY (MAX_TIMEOUT)

const ShSettingRow sh_setting_rows[SH_N_SETTINGS] = {
  [SH_SETTING_PROFILE] = { .name = "profile", .file_key = "profile" },
  [SH_SETTING_URL] = { .name = "url",
                       .kind = SH_SETTING_ADDRESS,
                       .initial = SH_LINK_DEFAULT_URL,
                       .file_key = "url" },
  [SH_SETTING_USERNAME] = { .name = "username",
                            .initial = SH_LINK_DEFAULT_USERNAME,
                            .file_key = "username" },
  [SH_SETTING_ACCESS_KEY] = { .name = "accesskey",
                              .kind = SH_SETTING_SECRET,
                              .file_key = "accesskey",
                              .variable = SH_ACCESS_KEY_VARIABLE },
  [SH_SETTING_PROXY] = { .name = "proxy",
                         .kind = SH_SETTING_ADDRESS,
                         .file_key = "proxy" },
  [SH_SETTING_BRAIN] = { .name = "brain", .variable = "BONSAI_TRAIN_BRAIN" },
  [SH_SETTING_PREDICT] = { .name = "predict", .kind = SH_SETTING_VERSION },
  [SH_SETTING_RECORD] = { .name = "record" },
  [SH_SETTING_RETRY_TIMEOUT] = { .name = "retry-timeout",
                                 .kind = SH_SETTING_WHOLE,
                                 .initial = G_STRINGIFY (
                                     SH_LINK_DEFAULT_RETRY_TIMEOUT),
                                 .min = SH_RETRY_FOREVER,
                                 .max = G_MAXINT,
                                 .rule = "a number of seconds, 0 (not at all) "
                                         "or -1 (for ever)" },
  [SH_SETTING_NETWORK_TIMEOUT] = { .name = "network-timeout",
                                   .kind = SH_SETTING_WHOLE,
                                   .initial = G_STRINGIFY (
                                       SH_LINK_DEFAULT_NETWORK_TIMEOUT),
                                   .min = 1,
                                   .max = MAX_TIMEOUT,
                                   .rule = TIMEOUT_RULE },
  [SH_SETTING_CALL_TIMEOUT] = { .name = "call-timeout",
                                .kind = SH_SETTING_WHOLE,
                                .initial = "10",
                                .min = 1,
                                .max = MAX_TIMEOUT,
                                .rule = TIMEOUT_RULE },
  [SH_SETTING_NAME] = { .name = "name" },
  [SH_SETTING_INSTANCES] = { .name = "instances",
                             .kind = SH_SETTING_WHOLE,
                             .initial = "1",
                             .min = 1,
                             .max = SH_WORKER_MAX_INSTANCES,
                             .rule = "a number from 1 to 1024" },
  [SH_SETTING_SEED] = { .name = "seed", .kind = SH_SETTING_NATURAL },
  [SH_SETTING_STRICT] = { .name = "strict", .kind = SH_SETTING_SWITCH },
  [SH_SETTING_SET] = { .name = "set", .kind = SH_SETTING_LIST },
  [SH_SETTING_LOG] = { .name = "log", .kind = SH_SETTING_LIST },
  [SH_SETTING_VERBOSE] = { .name = "verbose", .kind = SH_SETTING_SWITCH },
  [SH_SETTING_MUTE] = { .name = "mute", .kind = SH_SETTING_SWITCH },
  [SH_SETTING_HEADLESS] = { .name = "headless",
                            .kind = SH_SETTING_SWITCH,
                            .variable = "BONSAI_HEADLESS",
                            .only = "True" },
};

G_STATIC_ASSERT (SH_WORKER_CALL_DEADLINE == 10u);
G_STATIC_ASSERT (SH_WORKER_MAX_INSTANCES == 1024u);

void
sh_setting_clear (ShSetting *setting)
{
  g_clear_pointer (&setting->value, g_free);
  g_clear_pointer (&setting->source, g_free);
}

void
sh_setting_set (ShSetting *setting, const char *value, const char *source)
{
  ShSetting old = *setting;

  setting->value = g_strdup (value);
  setting->source = g_strdup (source);
  sh_setting_clear (&old);
}

void
sh_setting_add (ShSetting *setting, const char *value, const char *source)
{
  g_autofree char *all = setting->value != NULL
                             ? g_strconcat (setting->value, "\n", value, NULL)
                             : g_strdup (value);

  sh_setting_set (setting, all, source);
}

/* "--predict=x", or "/home/x/.bonsai, profile dev: url = x". */
static gboolean
fail (ShSettingId id,
      const ShSetting *setting,
      const char *rule,
      GError **error)
{
  g_autofree char *shown = sh_setting_show (id, setting);
  g_autofree char *line = sh_text_to_line (shown, 100);

  if (g_str_has_prefix (setting->source, "--"))
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "%s=%s: expected %s",
                 setting->source, line, rule);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE, "%s: %s = %s: expected %s",
                 setting->source, sh_setting_rows[id].name, line, rule);
  return FALSE;
}

gboolean
sh_setting_check (ShSettingId id, const ShSetting *setting, GError **error)
{
  const ShSettingRow *row = &sh_setting_rows[id];
  guint64 version, natural;
  gint64 whole;

  if (setting->value == NULL)
    return TRUE;
  if (!g_utf8_validate (setting->value, -1, NULL))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%s: the value of %s is not UTF-8 text", setting->source,
                   row->name);
      return FALSE;
    }
  if (row->kind == SH_SETTING_WHOLE &&
      !g_ascii_string_to_signed (setting->value, 10, row->min, row->max, &whole,
                                 NULL))
    return fail (id, setting, row->rule, error);
  if (row->kind == SH_SETTING_NATURAL &&
      !g_ascii_string_to_unsigned (setting->value, 10, 0, G_MAXUINT64, &natural,
                                   NULL))
    return fail (id, setting, "a whole number from 0 to 18446744073709551615",
                 error);
  if (row->kind == SH_SETTING_VERSION &&
      strcmp (setting->value, "latest") != 0 &&
      !g_ascii_string_to_unsigned (setting->value, 10, 0, G_MAXINT, &version,
                                   NULL))
    return fail (id, setting,
                 "a version: a number from 0 to 2147483647, or 'latest'",
                 error);
  return TRUE;
}

gint64
sh_setting_get_whole (const ShSetting *setting)
{
  return setting->value != NULL ? g_ascii_strtoll (setting->value, NULL, 10)
                                : 0;
}

guint64
sh_setting_get_natural (const ShSetting *setting)
{
  return setting->value != NULL ? g_ascii_strtoull (setting->value, NULL, 10)
                                : 0;
}

char **
sh_setting_get_list (const ShSetting *setting)
{
  return setting->value != NULL ? g_strsplit (setting->value, "\n", -1)
                                : g_new0 (char *, 1);
}

/* Without what stands before the last @ of the authority. */
static char *
hide_password (const char *address)
{
  const char *start = strstr (address, "://");
  const char *at;

  start = start != NULL ? start + 3 : address;
  at = strrchr (start, '@');
  return at != NULL ? g_strdup_printf ("%.*s********%s",
                                       (int) (start - address), address, at)
                    : g_strdup (address);
}

char *
sh_setting_show (ShSettingId id, const ShSetting *setting)
{
  if (setting->value == NULL)
    return NULL;
  switch (sh_setting_rows[id].kind)
    {
    case SH_SETTING_SECRET:
      return g_strdup ("********");
    case SH_SETTING_ADDRESS:
      return hide_password (setting->value);
    case SH_SETTING_TEXT:
    case SH_SETTING_WHOLE:
    case SH_SETTING_NATURAL:
    case SH_SETTING_VERSION:
    case SH_SETTING_SWITCH:
    case SH_SETTING_LIST:
    default:
      return g_strdup (setting->value);
    }
}
