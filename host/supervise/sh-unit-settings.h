/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What somebody wants of a unit: a group of simhost.conf, or what a client of
 * the daemon asked for.
 */

#pragma once

#include "sh-supervisor.h"

G_BEGIN_DECLS

/* Characters of a name: letters, digits, '_', '-' and '.', a letter, a digit or
 * '_' first. */
#define SH_UNIT_MAX_NAME 64u
/* Of a text, "FIELD=VALUE" among them. */
#define SH_UNIT_MAX_TEXT 1024u
/* Fields that are set. */
#define SH_UNIT_MAX_SET 64u
/* The least that a worker can live with, in bytes. */
#define SH_UNIT_MIN_MEMORY (16u * 1024 * 1024)

typedef struct
{
  char *name;
  char *simulator; /* its name; never a path */
  guint n_instances;
  char *engine; /* its URL; NULL: the default engine (sh_unit_set_engine) */
  char *username; /* NULL: the default */
  char *access_key; /* of `engine`; NULL: none */
  char *brain; /* NULL: named as the simulator */
  gboolean predict;
  guint version; /* of the brain, to predict with; 0: the newest */
  gboolean autostart;
  ShRestartPolicy restart;
  ShChildLimits limits; /* of each worker */
  guint call_deadline; /* milliseconds that one call into the plugin may take */
  char **set; /* "FIELD=VALUE"; NULL: none */
  gboolean has_seed; /* otherwise each start draws one */
  guint64 seed;
  char *record; /* a file's path; NULL: none */
} ShUnitSettings;

/* One instance, to train, restarted on failure, without limits. */
void sh_unit_settings_init (ShUnitSettings *settings);
void sh_unit_settings_clear (ShUnitSettings *settings);
/* `copy` need not be initialised. */
void sh_unit_settings_copy (const ShUnitSettings *settings,
                            ShUnitSettings *copy);
gboolean sh_unit_settings_equal (const ShUnitSettings *a,
                                 const ShUnitSettings *b);

/* Whether a unit can be made of it: names, ranges, the URL. What only the
 * simulator knows (the fields that are set) is not looked at. Errors:
 * SH_ERROR_USAGE, one line. */
gboolean sh_unit_settings_check (const ShUnitSettings *settings,
                                 GError **error);

/* "never", "on-failure", "always". */
const char *sh_restart_policy_to_string (ShRestartPolicy policy);
/* Errors: SH_ERROR_USAGE. */
gboolean sh_restart_policy_parse (const char *text,
                                  ShRestartPolicy *policy,
                                  GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShUnitSettings, sh_unit_settings_clear)

G_END_DECLS
