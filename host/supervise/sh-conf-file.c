/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From keys to settings: a table says what each key is and where it goes.
 */

#include "sh-conf-file.h"

#include <string.h>
#include <sys/stat.h>

#include <gio/gio.h>

#include "sh-conf-lines.h"
#include "sh-error.h"
#include "sh-small-file.h"
#include "sh-text.h"

#define SESSION_PREFIX "session "
#define DEFAULT_TRAININGS 8u

typedef enum
{
  TEXT, /* char * */
  LIST, /* char ** */
  SWITCH, /* gboolean */
  WHOLE, /* guint, up to max */
  SECONDS, /* the same, kept as milliseconds */
  NATURAL, /* guint64 */
  BYTES, /* guint64 */
  ADDRESS, /* char *, "HOST:PORT" */
  MODE, /* gboolean: predict */
  VERSION, /* guint; 0: "latest" */
  POLICY /* ShRestartPolicy */
} Kind;

typedef struct
{
  const char *key;
  Kind kind;
  gsize offset;
  guint min, max; /* of WHOLE and SECONDS */
} Row;

static const Row session_rows[] = {
#define ROW(KEY, KIND, MEMBER, ...)                                            \
  {                                                                            \
    KEY, KIND, G_STRUCT_OFFSET (ShUnitSettings, MEMBER), __VA_ARGS__           \
  }
  ROW ("simulator", TEXT, simulator, 0, 0),
  ROW ("instances", WHOLE, n_instances, 1, SH_WORKER_MAX_INSTANCES),
  ROW ("engine", TEXT, engine, 0, 0),
  ROW ("username", TEXT, username, 0, 0),
  ROW ("accesskey", TEXT, access_key, 0, 0),
  ROW ("brain", TEXT, brain, 0, 0),
  ROW ("mode", MODE, predict, 0, 0),
  ROW ("version", VERSION, version, 0, 0),
  ROW ("autostart", SWITCH, autostart, 0, 0),
  ROW ("restart", POLICY, restart, 0, 0),
  ROW ("memory", BYTES, limits.memory, 0, 0),
  ROW ("cpu-time", WHOLE, limits.cpu, 1, G_MAXINT),
  ROW ("nice", WHOLE, limits.niceness, 0, 19),
  ROW ("call-timeout", SECONDS, call_deadline, 1, 86400),
  ROW ("set", LIST, set, 0, 0),
  ROW ("seed", NATURAL, seed, 0, 0),
  ROW ("record", TEXT, record, 0, 0),
#undef ROW
};

static const Row engine_rows[] = {
  { "autostart", SWITCH, G_STRUCT_OFFSET (ShConfEngine, autostart), 0, 0 },
  { "listen", ADDRESS, G_STRUCT_OFFSET (ShConfEngine, listen), 0, 0 },
  { "accesskey", TEXT, G_STRUCT_OFFSET (ShConfEngine, access_key), 0, 0 },
  { "url", TEXT, G_STRUCT_OFFSET (ShConfEngine, url), 0, 0 },
};

static const Row daemon_rows[] = {
  { "metrics", ADDRESS, G_STRUCT_OFFSET (ShConfDaemon, metrics), 0, 0 },
  { "trainings", WHOLE, G_STRUCT_OFFSET (ShConfDaemon, trainings), 1, 64 },
  { "notifications", SWITCH, G_STRUCT_OFFSET (ShConfDaemon, notifications), 0,
    0 },
};

/* ---- warnings ---- */

static void
warn (guint line, const char *text, gpointer data)
{
  ShConfFile *file = data;
  g_autofree char *whole =
      line > 0 ? g_strdup_printf ("%s:%u: %s", file->path, line, text)
               : g_strdup_printf ("%s: %s", file->path, text);

  if (file->warnings->len < SH_CONF_FILE_MAX_WARNINGS)
    g_ptr_array_add (file->warnings, sh_text_to_line (whole, -1));
}

/* ---- values ---- */

typedef struct
{
  const char *text;
  gboolean value;
} SwitchWord;

static const SwitchWord switch_words[] = {
  { "true", TRUE },   { "yes", TRUE }, { "1", TRUE },
  { "false", FALSE }, { "no", FALSE }, { "0", FALSE },
};

static char *
read_switch (const char *text, gboolean *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (switch_words); i++)
    if (strcmp (text, switch_words[i].text) == 0)
      {
        *value = switch_words[i].value;
        return NULL;
      }
  return g_strdup_printf ("'%s' is neither true nor false", text);
}

static char *
read_whole (const char *text, guint min, guint max, guint *value)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, min, max, &number, NULL))
    return g_strdup_printf ("'%s' is no whole number from %u to %u", text, min,
                            max);
  *value = (guint) number;
  return NULL;
}

static char *
read_natural (const char *text, guint64 *value)
{
  return g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, value, NULL)
             ? NULL
             : g_strdup_printf ("'%s' is no whole number", text);
}

/* "512M": a whole number of bytes, KiB, MiB or GiB. */
static char *
read_bytes (const char *text, guint64 *value)
{
  static const char units[] = "KMG";
  gsize length = strlen (text);
  const char *unit = length > 0 ? strchr (units, text[length - 1]) : NULL;
  g_autofree char *digits =
      g_strndup (text, unit != NULL ? length - 1 : length);
  guint shift = unit != NULL ? 10 * (guint) (unit - units + 1) : 0;
  guint64 number;

  if (!g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT64 >> shift, &number,
                                   NULL))
    return g_strdup_printf ("'%s' is no number of bytes; write 512M or 2G",
                            text);
  *value = number << shift;
  return NULL;
}

static char *
read_address (const char *text, char **value)
{
  g_autoptr (GSocketConnectable) address =
      strchr (text, ':') != NULL ? g_network_address_parse (text, 0, NULL)
                                 : NULL;

  if (address == NULL)
    return g_strdup_printf ("'%s' is no HOST:PORT", text);
  g_free (*value);
  *value = g_strdup (text);
  return NULL;
}

static char *
read_mode (const char *text, gboolean *predict)
{
  *predict = strcmp (text, "predict") == 0;
  return *predict || strcmp (text, "train") == 0
             ? NULL
             : g_strdup_printf ("'%s' is neither train nor predict", text);
}

static char *
read_policy (const char *text, ShRestartPolicy *policy)
{
  return sh_restart_policy_parse (text, policy, NULL)
             ? NULL
             : g_strdup_printf ("'%s' is neither never, on-failure nor always",
                                text);
}

static char *
read_text (const char *text, char **value)
{
  g_free (*value);
  *value = g_strdup (text);
  return NULL;
}

static char *
read_version (const char *text, guint *version)
{
  *version = 0;
  return strcmp (text, "latest") == 0 ? NULL
                                      : read_whole (text, 1, G_MAXINT, version);
}

static char *
read_seconds (const char *text, const Row *row, guint *milliseconds)
{
  char *problem = read_whole (text, row->min, row->max, milliseconds);

  if (problem == NULL)
    *milliseconds *= 1000;
  return problem;
}

/* What is wrong with it, to be freed; or NULL. */
static char *
read_value (const Row *row, const char *text, gpointer member)
{
  switch (row->kind)
    {
    case SWITCH:
      return read_switch (text, member);
    case WHOLE:
      return read_whole (text, row->min, row->max, member);
    case SECONDS:
      return read_seconds (text, row, member);
    case NATURAL:
      return read_natural (text, member);
    case BYTES:
      return read_bytes (text, member);
    case ADDRESS:
      return read_address (text, member);
    case MODE:
      return read_mode (text, member);
    case VERSION:
      return read_version (text, member);
    case POLICY:
      return read_policy (text, member);
    case TEXT:
    case LIST:
    default:
      return read_text (text, member);
    }
}

/* ---- groups ---- */

typedef struct
{
  ShConfFile *file;
  const ShConfLines *lines;
  const char *group;
} Group;

static void
warn_of_key (const Group *group, const char *key, const char *problem)
{
  g_autofree char *text =
      g_strdup_printf ("[%s] %s: %s", group->group, key, problem);

  warn (sh_conf_lines_find (group->lines, group->group, key), text,
        group->file);
}

static void
read_key (const Group *group, const Row *row, gpointer data)
{
  gpointer member = (guint8 *) data + row->offset;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *problem = NULL;

  if (row->kind == LIST)
    {
      g_strfreev (*(char ***) member);
      *(char ***) member = g_key_file_get_string_list (
          group->lines->keys, group->group, row->key, NULL, &error);
    }
  else
    text = g_key_file_get_string (group->lines->keys, group->group, row->key,
                                  &error);
  if (text != NULL)
    problem = read_value (row, text, member);
  if (error != NULL)
    warn_of_key (group, row->key, error->message);
  else if (problem != NULL)
    warn_of_key (group, row->key, problem);
}

static void
warn_of_unknown (const Group *group,
                 const char *key,
                 const Row *rows,
                 gsize n_rows)
{
  g_autoptr (GString) text = g_string_new ("is no key of this group");

  for (gsize i = 0; i < n_rows; i++)
    if (sh_text_is_near (key, rows[i].key))
      g_string_append_printf (text, "; is '%s' meant?", rows[i].key);
  warn_of_key (group, key, text->str);
}

static void
read_group (const Group *group, const Row *rows, gsize n_rows, gpointer data)
{
  g_auto (GStrv) keys =
      g_key_file_get_keys (group->lines->keys, group->group, NULL, NULL);

  for (guint i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      gsize row = 0;

      while (row < n_rows && strcmp (rows[row].key, keys[i]) != 0)
        row++;
      if (row < n_rows)
        read_key (group, &rows[row], data);
      else
        warn_of_unknown (group, keys[i], rows, n_rows);
    }
}

static void
free_settings (gpointer settings)
{
  sh_unit_settings_clear (settings);
  g_free (settings);
}

static void
read_session (const Group *group)
{
  ShUnitSettings *settings = g_new (ShUnitSettings, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) no_seed = NULL;
  g_autofree char *text = NULL;

  sh_unit_settings_init (settings);
  settings->autostart = TRUE;
  settings->name =
      g_strstrip (g_strdup (group->group + strlen (SESSION_PREFIX)));
  settings->simulator = g_strdup (settings->name);
  read_group (group, session_rows, G_N_ELEMENTS (session_rows), settings);
  g_key_file_get_uint64 (group->lines->keys, group->group, "seed", &no_seed);
  settings->has_seed = no_seed == NULL;
  if (group->file->sessions->len == SH_CONF_FILE_MAX_SESSIONS)
    g_set_error (&error, SH_ERROR, SH_ERROR_LIMIT,
                 "more than %u sessions; this one is left out",
                 SH_CONF_FILE_MAX_SESSIONS);
  else if (sh_unit_settings_check (settings, &error))
    {
      g_ptr_array_add (group->file->sessions, settings);
      return;
    }
  text = g_strdup_printf ("[%s] is left out: %s", group->group, error->message);
  warn (sh_conf_lines_find (group->lines, group->group, NULL), text,
        group->file);
  free_settings (settings);
}

static void
read_any_group (const Group *group)
{
  g_autofree char *text = NULL;

  if (strcmp (group->group, "engine") == 0)
    read_group (group, engine_rows, G_N_ELEMENTS (engine_rows),
                &group->file->engine);
  else if (strcmp (group->group, "daemon") == 0)
    read_group (group, daemon_rows, G_N_ELEMENTS (daemon_rows),
                &group->file->daemon);
  else if (g_str_has_prefix (group->group, SESSION_PREFIX))
    read_session (group);
  else
    {
      text = g_strdup_printf (
          "[%s] is no group of this file; there are [session NAME], [engine] "
          "and [daemon]",
          group->group);
      warn (sh_conf_lines_find (group->lines, group->group, NULL), text,
            group->file);
    }
}

/* ---- the file ---- */

char *
sh_conf_file_get_path (void)
{
  return g_build_filename (g_get_user_config_dir (), "simhost", "simhost.conf",
                           NULL);
}

static ShConfFile *
new_file (const char *path)
{
  ShConfFile *file = g_new0 (ShConfFile, 1);

  file->path = g_strdup (path);
  file->sessions = g_ptr_array_new_with_free_func (free_settings);
  file->warnings = g_ptr_array_new_with_free_func (g_free);
  file->daemon.trainings = DEFAULT_TRAININGS;
  file->daemon.notifications = TRUE;
  return file;
}

static void
check_engine (ShConfFile *file)
{
  ShConfEngine *engine = &file->engine;

  if (engine->url == NULL || engine->access_key != NULL)
    return;
  warn (0, "[engine] url: is left out, as there is no accesskey for it", file);
  g_clear_pointer (&engine->url, g_free);
}

ShConfFile *
sh_conf_file_parse (const char *path, const char *text)
{
  ShConfFile *file = new_file (path);
  ShConfLines lines;
  g_auto (GStrv) groups = NULL;

  sh_conf_lines_init (&lines, text, warn, file);
  groups = g_key_file_get_groups (lines.keys, NULL);
  for (guint i = 0; groups[i] != NULL; i++)
    read_any_group (&(Group){ file, &lines, groups[i] });
  check_engine (file);
  sh_conf_lines_clear (&lines);
  return file;
}

static gboolean
has_key (const ShConfFile *file)
{
  for (guint i = 0; i < file->sessions->len; i++)
    if (((const ShUnitSettings *) file->sessions->pdata[i])->access_key != NULL)
      return TRUE;
  return file->engine.access_key != NULL;
}

ShConfFile *
sh_conf_file_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = sh_small_file_read (path, &error);
  struct stat info;
  ShConfFile *file = sh_conf_file_parse (path, text != NULL ? text : "");

  if (error != NULL && !g_error_matches (error, SH_ERROR, SH_ERROR_NOT_FOUND))
    {
      g_ptr_array_add (file->warnings, g_strdup (error->message));
      file->unreadable = TRUE;
    }
  if (text != NULL && has_key (file) && stat (path, &info) == 0 &&
      (info.st_mode & (S_IRGRP | S_IROTH)) != 0)
    warn (0,
          "has an access key, and others can read it: chmod 600 keeps it "
          "secret",
          file);
  return file;
}

void
sh_conf_file_free (ShConfFile *file)
{
  if (file == NULL)
    return;
  g_ptr_array_unref (file->sessions);
  g_ptr_array_unref (file->warnings);
  g_free (file->engine.listen);
  g_free (file->engine.access_key);
  g_free (file->engine.url);
  g_free (file->daemon.metrics);
  g_free (file->path);
  g_free (file);
}
