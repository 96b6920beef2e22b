/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Saves a version of a brain in a thread of its own, so that nobody waits for
 * disks. What is saved are copies, made when it is asked for; saves are done in
 * that order, one at a time, and of those that wait only the latest one.
 *
 * Thread: all functions, and `saved`, in the main context where it was made.
 */

#pragma once

#include "sh-codec.h"
#include "sh-store.h"

G_BEGIN_DECLS

typedef struct ShSaver ShSaver;

/* A save is done, or failed with `error`; it took `cost` microseconds. May not
 * free the saver. */
typedef void (*ShSaverFunc) (const GError *error, gint64 cost, gpointer data);

/* Takes the version over; holds references to program and codec. `concept` is one
 * of the program's. */
ShSaver *sh_saver_new (ShStoreVersion *version,
                       ShProgram *program,
                       const ShConcept *concept,
                       ShCodec *codec,
                       ShSaverFunc saved,
                       gpointer data);

/* Waits for what is being saved, of which `saved` is told, and frees the version:
 * nothing more can be saved. May be called from `saved`, and again. */
void sh_saver_close (ShSaver *saver);

/* As sh_saver_close, but the version is the caller's then. */
ShStoreVersion *sh_saver_steal_version (ShSaver *saver);

/* Closes it, too. */
void sh_saver_free (ShSaver *saver);

/* Takes `info` and the references over: what sh_policy_save and sh_learner_save
 * gave. Returns at once. */
void sh_saver_save (ShSaver *saver,
                    ShBrainInfo *info,
                    GBytes *policy,
                    GBytes *learner);

/* Whether something is being saved, or waits to be. */
gboolean sh_saver_is_busy (const ShSaver *saver);

/* Blocks until nothing is; `saved` is told. */
void sh_saver_wait (ShSaver *saver);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSaver, sh_saver_free)

G_END_DECLS
