/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The learning curve of a brain as a picture: returns of training episodes and
 * of tests by iterations, and where lessons end.
 */

#pragma once

#include "sh-store.h"

G_BEGIN_DECLS

/*
 * Draws into a file that ends in ".svg" or ".png", of version `number` (0: the
 * highest) of a brain; what was there is replaced only by a whole picture.
 * Errors: SH_ERROR_USAGE for another file, or when this program was built
 * without cairo; SH_ERROR_NOT_FOUND when nothing is known of the training.
 */
gboolean sh_brain_plot (ShStore *store,
                        const char *name,
                        guint number,
                        const char *file,
                        GError **error);

G_END_DECLS
