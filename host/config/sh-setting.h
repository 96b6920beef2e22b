/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The settings of a run as one table: names, kinds, limits, defaults, and where
 * else than in flags they may stand. A setting's value is kept as the text that
 * somebody wrote, with a note of where; it is checked when all of it is known.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_SETTING_PROFILE,
  SH_SETTING_URL,
  SH_SETTING_USERNAME,
  SH_SETTING_ACCESS_KEY,
  SH_SETTING_PROXY,
  SH_SETTING_BRAIN,
  SH_SETTING_PREDICT,
  SH_SETTING_RECORD,
  SH_SETTING_RETRY_TIMEOUT,
  SH_SETTING_NETWORK_TIMEOUT,
  SH_SETTING_CALL_TIMEOUT,
  SH_SETTING_NAME,
  SH_SETTING_INSTANCES,
  SH_SETTING_SEED,
  SH_SETTING_STRICT,
  SH_SETTING_SET,
  SH_SETTING_LOG,
  SH_SETTING_VERBOSE,
  SH_SETTING_MUTE,
  SH_SETTING_HEADLESS,
  SH_N_SETTINGS
} ShSettingId;

typedef enum
{
  SH_SETTING_TEXT,
  SH_SETTING_SECRET, /* never shown */
  SH_SETTING_ADDRESS, /* a text whose password is not shown */
  SH_SETTING_WHOLE, /* min to max */
  SH_SETTING_NATURAL, /* 0 to 2^64 - 1 */
  SH_SETTING_VERSION, /* "latest" or a whole number */
  SH_SETTING_SWITCH, /* "true", or not set */
  SH_SETTING_LIST
} ShSettingKind;

typedef struct
{
  const char *name;
  ShSettingKind kind;
  const char *initial; /* the default; NULL: none */
  gint64 min, max; /* of WHOLE */
  const char *rule; /* of WHOLE: what it is, for who wrote something else */
  const char *file_key; /* in `.bonsai`; NULL: not there */
  const char *variable; /* of the environment; NULL: none */
  const char *only; /* the only value of the variable that counts; NULL: any */
} ShSettingRow;

extern const ShSettingRow sh_setting_rows[SH_N_SETTINGS];

typedef struct
{
  char *value; /* NULL: not set; of a list: its parts, a line each */
  char *source; /* "default", "--url", "environment ...", a file's path */
} ShSetting;

void sh_setting_clear (ShSetting *setting);

/* Both are copied; `value` may be NULL. */
void sh_setting_set (ShSetting *setting, const char *value, const char *source);

/* Adds to a list. */
void sh_setting_add (ShSetting *setting, const char *value, const char *source);

/* Errors: SH_ERROR_USAGE naming source, setting and what is wrong. */
gboolean
sh_setting_check (ShSettingId id, const ShSetting *setting, GError **error);

/* Values that have been checked. A number that is not set is 0, and so is
 * "latest". */
gint64 sh_setting_get_whole (const ShSetting *setting);
guint64 sh_setting_get_natural (const ShSetting *setting);
/* NULL-terminated; freed by the caller. */
char **sh_setting_get_list (const ShSetting *setting);

/* The value as it may be shown to everybody, or NULL; freed by the caller. */
char *sh_setting_show (ShSettingId id, const ShSetting *setting);

G_END_DECLS
