/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays a brain on a simulator of this machine and reports the returns on
 * stdout.
 */

#pragma once

#include <glib.h>

#include "pictures.h"
#include "sh-store.h"

G_BEGIN_DECLS

/*
 * Plays `n_episodes` under the scenario of the brain's last lesson, without
 * exploration; episode k has seed `seed` + k. With `json` an object for each
 * episode and one for all, else lines for people. `pictures`, which may be NULL,
 * are finished when all were played. Errors: those of
 * ShLocalEngine and of the run; SH_ERROR_FAILED when it was interrupted.
 */
gboolean sh_play (ShStore *store,
                  ShBrain *brain,
                  const char *simulator,
                  guint n_episodes,
                  guint64 seed,
                  gboolean json,
                  ShPictures *pictures,
                  GError **error);

G_END_DECLS
