/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "sh-brains-file.h"
#include "sh-error.h"
#include "sh-ini.h"
#include "sh-proxy.h"
#include "sh-record-file.h"
#include "sh-small-file.h"

#define BONSAI_FILE ".bonsai"
#define BRAINS_FILE ".brains"

void
sh_config_clear (ShConfig *config)
{
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    sh_setting_clear (&config->settings[i]);
}

const char *
sh_config_get (const ShConfig *config, ShSettingId id)
{
  return config->settings[id].value;
}

/* ---- where values come from ---- */

static void
set_defaults (ShConfig *config)
{
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    sh_setting_set (&config->settings[i], sh_setting_rows[i].initial,
                    "default");
}

static void
read_environment (ShConfig *config)
{
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    {
      const ShSettingRow *row = &sh_setting_rows[i];
      const char *value =
          row->variable != NULL ? g_getenv (row->variable) : NULL;
      g_autofree char *source = NULL;

      if (value == NULL || *value == '\0' ||
          (row->only != NULL && strcmp (value, row->only) != 0))
        continue;
      source = g_strconcat ("environment ", row->variable, NULL);
      sh_setting_set (&config->settings[i],
                      row->kind == SH_SETTING_SWITCH ? "true" : value, source);
    }
}

/* NULL without an error: there is none, or it was warned of. */
static char *
read_file (const char *path, GError **error)
{
  g_autoptr (GError) own = NULL;
  char *text = sh_small_file_read (path, &own);

  if (text != NULL || g_error_matches (own, SH_ERROR, SH_ERROR_NOT_FOUND))
    return text;
  if (g_error_matches (own, SH_ERROR, SH_ERROR_FAILED))
    g_warning ("%s; it is ignored", own->message);
  else
    g_propagate_error (error, g_steal_pointer (&own));
  return NULL;
}

static gboolean
add_file (ShIni *ini, const char *path, GError **error)
{
  g_autoptr (GError) own = NULL;
  g_autofree char *text = read_file (path, &own);

  if (text != NULL)
    return sh_ini_add (ini, path, text, error);
  if (own == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

static gboolean
add_files (ShIni *ini, GError **error)
{
  g_autofree char *own =
      g_build_filename (g_get_user_config_dir (), "simhost", "config", NULL);
  g_autofree char *home =
      g_build_filename (g_get_home_dir (), BONSAI_FILE, NULL);
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *local = g_build_filename (here, BONSAI_FILE, NULL);

  return add_file (ini, own, error) && add_file (ini, home, error) &&
         (strcmp (home, local) == 0 || add_file (ini, local, error));
}

static void
take_section (ShConfig *config, const ShIni *ini, const char *section)
{
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    {
      const char *key = sh_setting_rows[i].file_key;
      const char *path;
      const char *value =
          key != NULL ? sh_ini_lookup (ini, section, key, &path) : NULL;
      g_autofree char *full = NULL;
      g_autofree char *source = NULL;

      if (value == NULL || i == SH_SETTING_PROFILE)
        continue;
      source = strcmp (section, SH_INI_DEFAULT) == 0
                   ? g_strdup (path)
                   : g_strdup_printf ("%s, profile %s", path, section);
      if (i == SH_SETTING_URL && strstr (value, "://") == NULL)
        value = full = g_strconcat ("https://", value, NULL);
      sh_setting_set (&config->settings[i], value, source);
    }
}

static void
choose_profile (ShConfig *config, const ShIni *ini, const ShFlags *flags)
{
  ShSetting *profile = &config->settings[SH_SETTING_PROFILE];
  const char *path;
  const char *value = sh_ini_lookup (ini, SH_INI_DEFAULT, "profile", &path);

  if (value != NULL)
    sh_setting_set (profile, value, path);
  sh_flags_apply (flags, SH_SETTING_PROFILE, profile);
  if (profile->value == NULL || *profile->value == '\0' ||
      strcmp (profile->value, SH_INI_DEFAULT) == 0)
    return;
  if (sh_ini_has_section (ini, profile->value))
    take_section (config, ini, profile->value);
  else
    g_warning ("no configuration file has a profile '%s' (%s)", profile->value,
               profile->source);
}

static gboolean
read_brains (ShConfig *config, GError **error)
{
  g_autofree char *here = g_get_current_dir ();
  g_autofree char *path = g_build_filename (here, BRAINS_FILE, NULL);
  g_autoptr (GError) own = NULL;
  g_autofree char *text = read_file (path, &own);
  g_autofree char *brain =
      text != NULL ? sh_brains_file_parse (path, text, &own) : NULL;

  if (brain != NULL)
    sh_setting_set (&config->settings[SH_SETTING_BRAIN], brain, path);
  if (own == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

/* ---- the whole ---- */

static gboolean
check_url (const ShSetting *url, GError **error)
{
  if (url->value == NULL || *url->value == '\0' ||
      strstr (url->value, "://") != NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "%s=%s: a URL begins with its scheme; write %s https://%s or "
               "%s http://%s",
               url->source, url->value, url->source, url->value, url->source,
               url->value);
  return FALSE;
}

static gboolean
check (ShConfig *config, GError **error)
{
  const ShSetting *record = &config->settings[SH_SETTING_RECORD];
  ShRecordFormat format;

  for (guint i = 0; i < SH_N_SETTINGS; i++)
    if (!sh_setting_check ((ShSettingId) i, &config->settings[i], error))
      return FALSE;
  if (record->value != NULL &&
      !sh_record_format_from_path (record->value, &format, error))
    {
      g_prefix_error (error, "%s: ", record->source);
      return FALSE;
    }
  return check_url (&config->settings[SH_SETTING_URL], error);
}

gboolean
sh_config_load (ShConfig *config, const ShFlags *flags, GError **error)
{
  g_autoptr (ShIni) ini = sh_ini_new ();

  set_defaults (config);
  read_environment (config);
  if (!add_files (ini, error))
    return FALSE;
  take_section (config, ini, SH_INI_DEFAULT);
  choose_profile (config, ini, flags);
  if (!read_brains (config, error))
    return FALSE;
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    if (i != SH_SETTING_PROFILE)
      sh_flags_apply (flags, (ShSettingId) i, &config->settings[i]);
  return check (config, error) &&
         sh_proxy_resolve (&config->settings[SH_SETTING_PROXY],
                           config->settings[SH_SETTING_URL].value, error);
}

/* ---- showing it ---- */

char *
sh_config_to_text (const ShConfig *config)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < SH_N_SETTINGS; i++)
    {
      const ShSetting *setting = &config->settings[i];
      g_autofree char *shown = sh_setting_show ((ShSettingId) i, setting);

      if (shown != NULL)
        g_strdelimit (shown, "\n", ' ');
      g_string_append_printf (text, "%s = %s (%s)\n", sh_setting_rows[i].name,
                              shown != NULL ? shown : "not set",
                              setting->source);
    }
  return g_string_free (text, FALSE);
}

static void
add_json_value (JsonBuilder *builder, ShSettingId id, const ShSetting *setting)
{
  g_autofree char *shown = sh_setting_show (id, setting);
  ShSettingKind kind = sh_setting_rows[id].kind;

  if (kind == SH_SETTING_LIST)
    {
      g_auto (GStrv) list = sh_setting_get_list (setting);

      json_builder_begin_array (builder);
      for (guint i = 0; list[i] != NULL; i++)
        json_builder_add_string_value (builder, list[i]);
      json_builder_end_array (builder);
    }
  else if (kind == SH_SETTING_SWITCH)
    json_builder_add_boolean_value (builder, shown != NULL);
  else if (shown == NULL)
    json_builder_add_null_value (builder);
  else if (kind == SH_SETTING_WHOLE ||
           (kind == SH_SETTING_NATURAL &&
            sh_setting_get_natural (setting) <= G_MAXINT64) ||
           (kind == SH_SETTING_VERSION && strcmp (shown, "latest") != 0))
    json_builder_add_int_value (builder, sh_setting_get_whole (setting));
  else
    json_builder_add_string_value (builder, shown);
}

char *
sh_config_to_json (const ShConfig *config)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  for (guint i = 0; i < SH_N_SETTINGS; i++)
    {
      json_builder_set_member_name (builder, sh_setting_rows[i].name);
      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "value");
      add_json_value (builder, (ShSettingId) i, &config->settings[i]);
      json_builder_set_member_name (builder, "source");
      json_builder_add_string_value (builder, config->settings[i].source);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}
