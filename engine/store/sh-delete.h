/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Deleting a brain with all that is known of it: its files and its history.
 */

#pragma once

#include "sh-store.h"

G_BEGIN_DECLS

/*
 * Deletes version `number` of a brain; 0: the brain, also one that was never
 * trained. A history that cannot be written is said on the log where there were
 * files, which are gone then. Errors: those of sh_store_delete and sh-database.h.
 */
gboolean sh_delete_brain (ShStore *store,
                          const char *name,
                          guint number,
                          GError **error);

G_END_DECLS
