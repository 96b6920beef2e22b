/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The options of StartSession.
 */

#pragma once

#include "sh-unit-settings.h"

G_BEGIN_DECLS

/* Reads them, and the simulator's name, into `settings`, which were
 * initialised; ranges are checked with the settings as a whole. Errors: SH_ERROR_USAGE,
 * SH_ERROR_LIMIT. */
gboolean sh_session_options_read (const char *simulator,
                                  GVariant *options,
                                  ShUnitSettings *settings,
                                  GError **error);

G_END_DECLS
