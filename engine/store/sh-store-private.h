/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of the store: sh-store.c finds and deletes, sh-store-load.c reads,
 * sh-store-version.c writes.
 */

#pragma once

#include "sh-brain-json.h"
#include "sh-store-files.h"
#include "sh-store.h"

G_BEGIN_DECLS

#define SH_STORE_INFO_NAME "brain.json"
/* Milliseconds. */
#define SH_STORE_HOLD_PATIENCE 5000

struct ShStore
{
  char *folder;
};

/* The folder of a brain in lower case, made if `make`. Without it
 * SH_ERROR_NOT_FOUND naming near ones. */
gboolean sh_store_open_brain (ShStore *store,
                              const char *name,
                              gboolean make,
                              ShFolder *folder,
                              GError **error);

/*
 * The same, and as long as it is open the folder stays where it is: who claims a
 * version in it shares it with others that do, who deletes has it `alone`. Each
 * waits for the other, which is over at once, unless the machine holds it up:
 * G_IO_ERROR_BUSY after SH_STORE_HOLD_PATIENCE.
 */
gboolean sh_store_hold_brain (ShStore *store,
                              const char *name,
                              gboolean make,
                              gboolean alone,
                              ShFolder *folder,
                              GError **error);

/* Opens the folder of version `*number`, of the highest one if that is 0, and
 * says which. SH_ERROR_NOT_FOUND. */
gboolean sh_store_open_version (ShStore *store,
                                const char *name,
                                guint *number,
                                const ShFolder *brain,
                                ShFolder *folder,
                                GError **error);

/* The versions in a brain's folder, guint, ascending; g_array_unref. */
GArray *sh_store_list_numbers (const ShFolder *brain, GError **error);

/* What brain.json says of the version in the folder; `sums` as in
 * sh_brain_info_from_json. Errors: SH_ERROR_CORRUPT naming it. */
ShBrainInfo *sh_store_read_info (const ShFolder *folder,
                                 const char *name,
                                 guint number,
                                 char *sums[SH_BRAIN_N_FILES],
                                 GError **error);

/* G_IO_ERROR_BUSY: that version is in training. */
void sh_store_set_busy (const char *name, guint number, GError **error);

/* The number that a name of a folder is, "12"; 0: none. */
guint sh_store_parse_number (const char *name);

G_END_DECLS
