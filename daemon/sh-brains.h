/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains of the store, while processes train, save and delete them. File
 * monitors, one for the store's folder and one for each brain's, say when to
 * look; a thread then compares the files with what is known. It looks besides
 * every SH_BRAINS_SWEEP seconds, and each second while something is trained, as
 * the end of a process that is killed is no change of a file.
 *
 * Never blocks. Thread: the main context in which it was made.
 */

#pragma once

#include "sh-brain-summary.h"

G_BEGIN_DECLS

#define SH_BRAINS_SWEEP 5u /* seconds */
/* Brains that are listed, by name; there may be more in the store. */
#define SH_BRAINS_MAX 4096u

typedef struct ShBrains ShBrains;

/* There may be others than before. Must not free the brains. */
typedef void (*ShBrainsFunc) (ShBrains *brains, gpointer data);

/* Of the store that the environment says (sh_store_new). */
ShBrains *sh_brains_new (ShBrainsFunc func, gpointer data);

/* Looks soon: something was changed here. */
void sh_brains_look (ShBrains *brains);

/* TRUE once it has looked for the first time. */
gboolean sh_brains_is_settled (const ShBrains *brains);

/* Name in lower case to ShBrainSummary; the brains', until the next change. */
GHashTable *sh_brains_get (const ShBrains *brains);

/* Whatever the case of the name; NULL: there is none. The brains', until the next
 * change. */
ShBrainSummary *sh_brains_find (const ShBrains *brains, const char *name);

void sh_brains_free (ShBrains *brains);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBrains, sh_brains_free)

G_END_DECLS
