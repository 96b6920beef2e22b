/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The flags of `simhost run`: those of the original library with their meaning,
 * and ours. They are rows of a table, from which --help is made too.
 *
 * GOption cannot read them: --predict takes a value only behind a =, --log
 * takes all that follow, and flags that are not known are ignored, since people
 * share one set of flags between programs. Names are not abbreviated.
 */

#pragma once

#include "sh-setting.h"

G_BEGIN_DECLS

typedef struct
{
  char *simulator; /* the first argument that is no flag; NULL: none */
  gboolean help, show_config, json;
  GPtrArray *values; /* what was given for settings, in this order */
  GPtrArray *unknown; /* arguments that are ignored */
} ShFlags;

/*
 * Reads arguments; argv[0] is skipped. `flags` is zeroed. Keys and proxies are
 * taken out of `argv`, which everybody can read. Errors: SH_ERROR_USAGE.
 */
gboolean sh_flags_parse (ShFlags *flags, int argc, char **argv, GError **error);
void sh_flags_clear (ShFlags *flags);

/* Puts what was given into the setting: legacy flags win, then the last. */
void sh_flags_apply (const ShFlags *flags, ShSettingId id, ShSetting *setting);

/* The text of --help; the caller frees it. */
char *sh_flags_get_help (void);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShFlags, sh_flags_clear)

G_END_DECLS
