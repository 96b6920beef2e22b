/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where brains are kept: DATA/brains/NAME/VERSION/, DATA being
 * $SIMHOST_DATA_HOME or $XDG_DATA_HOME/simhost, and NAME in lower case. A
 * version is a folder of files:
 *
 *   brain.json    ShBrainInfo, and the SHA-256 of the others
 *   policy.onnx   sh_policy_to_onnx
 *   program.ink   the Inkling program
 *   learner.bin   the learner's state; only where training can go on
 *
 * Of a program with several learned concepts there are policy-1.onnx, learner-1.bin
 * and so on, in the order of training.
 *
 * A version appears whole or not at all: it is written into a hidden folder
 * beside, synced, and renamed. Saved again, the folders are exchanged; a file that
 * has not changed is not written again, but moves along, by a hard link. What a
 * process that died left behind is removed by the next one that writes.
 * Several processes may use one store at once.
 *
 * Names are letters, digits, '-' and '_', at most SH_STORE_MAX_NAME of them;
 * case makes no difference. All functions block on files; any thread, but one
 * at a time for one ShStoreVersion.
 */

#pragma once

#include <gio/gio.h>

#include "sh-brain.h"

G_BEGIN_DECLS

#define SH_STORE_MAX_NAME 64u
/* Bytes in a stored state of a learner, replay memory and all. */
#define SH_STORE_MAX_LEARNER (G_GUINT64_CONSTANT (4) << 30)

typedef struct ShStore ShStore;
/* A version that is being written. */
typedef struct ShStoreVersion ShStoreVersion;

/* `data_home`: instead of the folder from the environment; or NULL. Touches no
 * file. */
ShStore *sh_store_new (const char *data_home);
/* For another thread. */
ShStore *sh_store_copy (const ShStore *store);
void sh_store_free (ShStore *store);
/* The folder that holds the brains. */
const char *sh_store_get_folder (const ShStore *store);

/* FALSE with SH_ERROR_USAGE, saying what a name may be. */
gboolean sh_store_check_name (const char *name, GError **error);

/*
 * Claims the next version number of brain `name`. Nothing is seen of it until
 * it is saved. Errors: SH_ERROR_USAGE for the name, or that of the file system.
 */
ShStoreVersion *
sh_store_begin_version (ShStore *store, const char *name, GError **error);

/*
 * The same for version `number` (0: the highest) of a brain, that is there
 * already: what is saved takes its place. Errors: SH_ERROR_NOT_FOUND;
 * G_IO_ERROR_BUSY when somebody else is writing it.
 */
ShStoreVersion *sh_store_resume_version (ShStore *store,
                                         const char *name,
                                         guint number,
                                         GError **error);

/* Whether somebody, here or in another process, is writing that version. */
gboolean sh_store_is_claimed (ShStore *store, const char *name, guint number);

guint sh_store_version_get_number (const ShStoreVersion *version);

/* Of the program's concepts before the one that is saved: the models, and the
 * learners' states or NULL, GBytes. References are taken. */
void sh_store_version_set_before (ShStoreVersion *version,
                                  GPtrArray *onnx,
                                  GPtrArray *learners);

/* The learner's state that goes with the next saves, until there is another or
 * NULL; a reference is taken. */
void sh_store_version_set_learner (ShStoreVersion *version, GBytes *state);

/*
 * Saves, as often as wanted: readers see the version before or the one after.
 * Of `info` only concept-independent figures are read (algorithm, reason,
 * iterations, episodes, mean_return, seconds, seed); the rest is filled in from
 * `program` and `concept`.
 */
gboolean sh_store_version_save (ShStoreVersion *version,
                                const ShBrainInfo *info,
                                const ShProgram *program,
                                const ShConcept *concept,
                                const ShPolicy *policy,
                                GError **error);

/* A version that was never saved leaves nothing behind. */
void sh_store_version_free (ShStoreVersion *version);

/*
 * Loads version `number` (0: the highest) of a brain and checks all of it.
 * Errors: SH_ERROR_NOT_FOUND naming near names and 'simhost brain list';
 * SH_ERROR_CORRUPT naming the file and, if the highest was asked for, an older
 * version that is whole.
 */
ShBrain *
sh_store_load (ShStore *store, const char *name, guint number, GError **error);

/* The same for a brain that is to act: SH_ERROR_NOT_FOUND when one of its concepts
 * has not been trained, naming an older version that is whole as well. */
ShBrain *sh_store_load_whole (ShStore *store,
                              const char *name,
                              guint number,
                              GError **error);

/*
 * The learner's state of version `number` (0: the highest), its check sum
 * checked: of the concept of that name, or with NULL of the one that was trained
 * last. Errors: as sh_store_load, and SH_ERROR_NOT_FOUND when it has none.
 */
GBytes *sh_store_load_learner (ShStore *store,
                               const char *name,
                               guint number,
                               const char *concept,
                               GError **error);

/* The text of the program of version `number` (0: the highest), its check sum
 * checked. */
GBytes *sh_store_load_program (ShStore *store,
                               const char *name,
                               guint number,
                               GError **error);

/* The folders of brains, names in lower case, sorted; a brain need not have a
 * version yet. Free with g_ptr_array_unref. */
GPtrArray *sh_store_list_names (ShStore *store);

/*
 * An array of ShBrainInfo, by name and then version; empty when there are none.
 * `name`: of this brain only (SH_ERROR_NOT_FOUND as above), NULL: of all. A
 * version whose brain.json cannot be used has `failure` set.
 */
GPtrArray *sh_store_list (ShStore *store, const char *name, GError **error);

/* Deletes version `number` of a brain, or with 0 all of them. Errors:
 * SH_ERROR_NOT_FOUND; G_IO_ERROR_BUSY while one of them is written by somebody,
 * here or in another process. */
gboolean sh_store_delete (ShStore *store,
                          const char *name,
                          guint number,
                          GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShStore, sh_store_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShStoreVersion, sh_store_version_free)

G_END_DECLS
