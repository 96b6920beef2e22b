/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Asks for what a training needs: the brain's name, and a curriculum, which is the
 * simulator's own or a file's. The daemon gets it as text. What it refuses is said
 * in the dialog, which stays.
 */

#pragma once

#include "sh-dialog.h"

G_BEGIN_DECLS

/* Bytes of a curriculum. */
#define SH_CURRICULUM_MAX (1024 * 1024)

#define SH_TYPE_TRAIN_DIALOG (sh_train_dialog_get_type ())
G_DECLARE_FINAL_TYPE (ShTrainDialog,
                      sh_train_dialog,
                      SH,
                      TRAIN_DIALOG,
                      ShDialog)

GtkWidget *sh_train_dialog_new (ShWindow *window, ShItem *simulator);

G_END_DECLS
