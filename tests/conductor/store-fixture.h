/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A store in a folder of its own, and a brain to put there.
 */

#pragma once

#include "sh-store.h"

G_BEGIN_DECLS

typedef struct
{
  char *home;
  ShStore *store;
  ShProgram *program;
  const ShConcept *concept;
  ShCodec *codec;
  ShPolicy *policy;
} StoreFixture;

/* For g_test_add. */
void store_set_up (StoreFixture *self, gconstpointer data);
void store_tear_down (StoreFixture *self, gconstpointer data);

/* A path below the folder of the brains. */
char *store_get_path (const StoreFixture *self, const char *relative);
gboolean store_exists (const StoreFixture *self, const char *relative);
/* Names in a folder, hidden ones too, sorted, with a blank between. */
char *store_list_folder (const StoreFixture *self, const char *relative);
/* A folder with a file in it. */
void store_make_folder (const StoreFixture *self, const char *relative);

ShStoreVersion *store_begin (const StoreFixture *self, const char *name);
void store_save (const StoreFixture *self,
                 ShStoreVersion *version,
                 guint64 iterations);
/* A version from nothing, of 100 iterations; its number. */
guint store_store (const StoreFixture *self, const char *name);

ShBrain *store_load (const StoreFixture *self, const char *name, guint number);
void store_check_loaded (const StoreFixture *self,
                         const char *name,
                         guint number,
                         guint version,
                         guint64 iterations);
/* `message`: a part of the error's. */
void store_check_not_loaded (const StoreFixture *self,
                             const char *name,
                             guint number,
                             int code,
                             const char *message);

G_END_DECLS
