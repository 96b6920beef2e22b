/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The configuration of a run: every setting, and where its value comes from.
 * Later ones win:
 *
 *   1  defaults
 *   2  the environment: BONSAI_TRAIN_BRAIN, BONSAI_HEADLESS (only "True"),
 *      SIMHOST_ACCESS_KEY
 *   3  section DEFAULT of $XDG_CONFIG_HOME/simhost/config, ~/.bonsai, ./.bonsai,
 *      of which a later one's keys replace an earlier one's
 *   4  the profile's section of these: --profile, else DEFAULT's `profile`
 *   5  ./.brains
 *   6  flags
 *   7  flags of earlier versions of the original tool
 *
 * A profile that is nowhere has no effect but a warning. A URL without a scheme
 * that comes from a file is an https one; from a flag it is an error.
 *
 * Unlike the original, `proxy` in a file has an effect, no empty ~/.bonsai is
 * made (nobody asked for a file), and the default URL is that of an engine on
 * this machine: the service that the original spoke to is gone.
 */

#pragma once

#include "sh-flags.h"
#include "sh-setting.h"

G_BEGIN_DECLS

typedef struct
{
  ShSetting settings[SH_N_SETTINGS];
} ShConfig;

/*
 * Reads files and environment, adds the flags and checks everything. `config`
 * is zeroed. Errors: SH_ERROR_USAGE for a value; SH_ERROR_SYNTAX or
 * SH_ERROR_LIMIT naming a file. Files that cannot be read are warned of.
 */
gboolean
sh_config_load (ShConfig *config, const ShFlags *flags, GError **error);
void sh_config_clear (ShConfig *config);

const char *sh_config_get (const ShConfig *config, ShSettingId id);

/* "name = value (source)", a line each; or an object
 * {"name":{"value":...,"source":"..."},...}. Keys and passwords are hidden. The
 * caller frees it. */
char *sh_config_to_text (const ShConfig *config);
char *sh_config_to_json (const ShConfig *config);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShConfig, sh_config_clear)

G_END_DECLS
