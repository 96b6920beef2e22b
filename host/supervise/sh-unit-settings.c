/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-unit-settings.h"

#include <string.h>

#include "sh-error.h"
#include "sh-text.h"

/* The texts, for what is done with each of them. */
static const struct
{
  const char *key; /* in simhost.conf, for messages */
  gsize offset;
} texts[] = {
#define ROW(KEY, MEMBER)                                                       \
  {                                                                            \
    KEY, G_STRUCT_OFFSET (ShUnitSettings, MEMBER)                              \
  }
  ROW ("name", name),
  ROW ("simulator", simulator),
  ROW ("engine", engine),
  ROW ("username", username),
  ROW ("accesskey", access_key),
  ROW ("brain", brain),
  ROW ("record", record),
#undef ROW
};

static char **
get_text (const ShUnitSettings *settings, guint i)
{
  return (char **) ((guint8 *) settings + texts[i].offset);
}

void
sh_unit_settings_init (ShUnitSettings *settings)
{
  *settings = (ShUnitSettings){
    .n_instances = 1,
    .restart = SH_RESTART_ON_FAILURE,
    .call_deadline = SH_WORKER_CALL_DEADLINE * 1000u,
  };
}

void
sh_unit_settings_clear (ShUnitSettings *settings)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (get_text (settings, i), g_free);
  g_clear_pointer (&settings->set, g_strfreev);
}

void
sh_unit_settings_copy (const ShUnitSettings *settings, ShUnitSettings *copy)
{
  *copy = *settings;
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    *get_text (copy, i) = g_strdup (*get_text (settings, i));
  copy->set = g_strdupv (settings->set);
}

static gboolean
lists_equal (char **a, char **b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

gboolean
sh_unit_settings_equal (const ShUnitSettings *a, const ShUnitSettings *b)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    if (g_strcmp0 (*get_text (a, i), *get_text (b, i)) != 0)
      return FALSE;
  return a->n_instances == b->n_instances && a->predict == b->predict &&
         a->version == b->version && a->autostart == b->autostart &&
         a->restart == b->restart && a->limits.memory == b->limits.memory &&
         a->limits.cpu == b->limits.cpu &&
         a->limits.niceness == b->limits.niceness &&
         a->call_deadline == b->call_deadline && a->has_seed == b->has_seed &&
         a->seed == b->seed && lists_equal (a->set, b->set);
}

/* ---- checks ---- */

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (SH_ERROR, SH_ERROR_USAGE, format, args);
  va_end (args);
  return FALSE;
}

static gboolean
check_name (const char *name, GError **error)
{
  gsize length = name != NULL ? strlen (name) : 0;

  if (length == 0)
    return refuse (error, "a session needs a name");
  if (length > SH_UNIT_MAX_NAME || !(g_ascii_isalnum (*name) || *name == '_') ||
      strspn (name, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_-.") != length)
    {
      g_autofree char *line = sh_text_to_line (name, SH_UNIT_MAX_NAME);

      return refuse (error,
                     "'%s' is no name for a session: it has letters, digits, "
                     "'_', '-' and '.', at most %u, and begins with a letter, "
                     "a digit or '_'",
                     line, SH_UNIT_MAX_NAME);
    }
  return TRUE;
}

/* One line that can be an argument of a process. */
static gboolean
check_text (const char *key, const char *text, GError **error)
{
  if (text == NULL)
    return TRUE;
  if (text[0] == '\0')
    return refuse (error, "%s: is empty", key);
  if (strlen (text) > SH_UNIT_MAX_TEXT)
    return refuse (error, "%s: longer than %u bytes", key, SH_UNIT_MAX_TEXT);
  if (!g_utf8_validate (text, -1, NULL) || strpbrk (text, "\n\r") != NULL)
    return refuse (error, "%s: not one line of UTF-8", key);
  return TRUE;
}

static gboolean
check_set (char **set, GError **error)
{
  guint n = set != NULL ? g_strv_length (set) : 0;

  if (n > SH_UNIT_MAX_SET)
    return refuse (error, "set: %u fields, and at most %u are possible", n,
                   SH_UNIT_MAX_SET);
  for (guint i = 0; i < n; i++)
    if (!check_text ("set", set[i], error))
      return FALSE;
    else if (strchr (set[i], '=') == NULL || set[i][0] == '=')
      return refuse (error, "set: '%s' is not FIELD=VALUE", set[i]);
  return TRUE;
}

static gboolean
check_numbers (const ShUnitSettings *settings, GError **error)
{
  if (settings->n_instances < 1 ||
      settings->n_instances > SH_WORKER_MAX_INSTANCES)
    return refuse (error, "instances: %u, and 1 to %u are possible",
                   settings->n_instances, SH_WORKER_MAX_INSTANCES);
  if (settings->limits.memory != 0 &&
      settings->limits.memory < SH_UNIT_MIN_MEMORY)
    return refuse (error,
                   "memory: %" G_GUINT64_FORMAT
                   " bytes, and a worker needs %u at least",
                   settings->limits.memory, SH_UNIT_MIN_MEMORY);
  if (settings->limits.niceness > 19)
    return refuse (error, "nice: %u, and 0 to 19 are possible",
                   settings->limits.niceness);
  if (settings->version != 0 && !settings->predict)
    return refuse (error, "version: is for mode 'predict' only");
  return TRUE;
}

static gboolean
check_engine (const ShUnitSettings *settings, GError **error)
{
  ShLinkSettings link = {
    .url = settings->engine,
    .username = (char *) SH_LINK_DEFAULT_USERNAME,
    .brain = (char *) "any",
    .access_key = (char *) "any",
  };
  g_autoptr (GUri) uri = NULL;

  if (settings->engine == NULL)
    return settings->access_key == NULL ||
           refuse (error, "accesskey: belongs to an engine; name that too");
  if (settings->access_key == NULL || settings->access_key[0] == '\0')
    return refuse (error, "accesskey: the engine '%s' wants one; give it",
                   settings->engine);
  uri = sh_link_settings_build_uri (&link, NULL);
  if (uri == NULL)
    return refuse (error,
                   "engine: '%s' is no URL of an engine; write "
                   "http://HOST:PORT or https://HOST",
                   settings->engine);
  for (const char *at = settings->access_key; *at != '\0'; at++)
    if (!g_ascii_isprint (*at))
      return refuse (error, "accesskey: has a character that is not printable "
                            "ASCII");
  return TRUE;
}

gboolean
sh_unit_settings_check (const ShUnitSettings *settings, GError **error)
{
  if (!check_name (settings->name, error))
    return FALSE;
  for (guint i = 1; i < G_N_ELEMENTS (texts); i++)
    if (!check_text (texts[i].key, *get_text (settings, i), error))
      return FALSE;
  if (settings->simulator == NULL || settings->simulator[0] == '\0')
    return refuse (error, "which simulator? 'simhost list' shows those there "
                          "are");
  if (strchr (settings->simulator, '/') != NULL)
    return refuse (error,
                   "simulator: '%s' is a path; write the simulator's name, and "
                   "put its file into a plugin folder",
                   settings->simulator);
  return check_set (settings->set, error) && check_numbers (settings, error) &&
         check_engine (settings, error);
}

/* ---- restart policies ---- */

static const char *const policies[] = { "never", "on-failure", "always" };

const char *
sh_restart_policy_to_string (ShRestartPolicy policy)
{
  g_return_val_if_fail (policy < G_N_ELEMENTS (policies), policies[0]);

  return policies[policy];
}

gboolean
sh_restart_policy_parse (const char *text,
                         ShRestartPolicy *policy,
                         GError **error)
{
  g_return_val_if_fail (text != NULL && policy != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_str_equal (text, policies[i]))
      {
        *policy = (ShRestartPolicy) i;
        return TRUE;
      }
  return refuse (error,
                 "restart: '%s', and it is 'never', 'on-failure' or 'always'",
                 text);
}
