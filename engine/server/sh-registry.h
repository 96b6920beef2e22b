/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains that a server knows: those in the store, those in training, and
 * the hubs by which simulators reach them. Names of brains are the same in
 * whatever case.
 *
 * One thread.
 */

#pragma once

#include <gio/gio.h>

#include "sh-history.h"
#include "sh-keeper.h"
#include "sh-predict-hubs.h"
#include "sh-served-brain.h"
#include "sh-store.h"
#include "sh-train-hub.h"
#include "sh-turn.h"

G_BEGIN_DECLS

typedef struct ShRegistry ShRegistry;

/* Both are borrowed; the turn's function calls sh_registry_dispatch. The
 * history of the store is opened. A database that cannot be used is said on the
 * log; then there are no projects. */
ShRegistry *sh_registry_new (ShStore *store, ShTurn *turn);
void sh_registry_free (ShRegistry *registry);

/* See sh_server_set_muscles. */
void sh_registry_set_muscles (ShRegistry *registry, guint n_muscles);

/* See sh_server_add_training. */
gboolean sh_registry_add_training (ShRegistry *registry,
                                   const char *name,
                                   guint version,
                                   ShRun *run,
                                   GError **error);

/* See sh_server_set_training_func. */
void sh_registry_set_training_func (ShRegistry *registry,
                                    void (*func) (ShKeeper *keeper,
                                                  gpointer data),
                                    gpointer data);

/* The history, or NULL with the error that it could not be opened for. */
ShHistory *sh_registry_get_history (ShRegistry *registry, GError **error);

/*
 * Begins a training of a new version, or goes on with a stored one (0: the
 * highest); it is the registry's, as is the keeper, until it is over. `served`: as
 * in ShKeeperOptions. Errors: SH_ERROR_REFUSED, not served SH_ERROR_USAGE, when the
 * brain is in training; those of sh_keeper_new and sh_keeper_resume.
 */
ShKeeper *sh_registry_train (ShRegistry *registry,
                             const char *name,
                             ShProgram *program,
                             guint64 seed,
                             gboolean served,
                             GError **error);
gboolean sh_registry_resume (ShRegistry *registry,
                             const char *name,
                             guint version,
                             GError **error);

/* Goes on with the trainings that a server had begun and not ended; what cannot
 * be gone on with is said on the log. */
void sh_registry_resume_open (ShRegistry *registry);

/* Ends a training. SH_ERROR_REFUSED: the brain is not in training. */
gboolean
sh_registry_stop (ShRegistry *registry, const char *name, GError **error);

/* Stops the trainings that are the registry's and not served; TRUE once they are
 * over. */
gboolean sh_registry_end (ShRegistry *registry);

/* Saves those that are served and lets their simulators go, for another process to
 * go on. Neither is to be called from within a signal of a run. */
void sh_registry_suspend (ShRegistry *registry);

/*
 * Deletes a brain: its training ends, nothing of that is kept, and its name is
 * used up. Errors: SH_ERROR_NOT_FOUND; SH_ERROR_REFUSED when the brain is in a
 * training that is not the registry's.
 */
gboolean
sh_registry_delete (ShRegistry *registry, const char *name, GError **error);

/* The program of the last stored version; NULL: there is none. */
char *sh_registry_dup_program (ShRegistry *registry, const char *name);

/* The policy of a stored version (0: the highest), checked as it is when it is
 * loaded: of the so-maniest concept, from 1 in the order of training; 0: the only
 * or last one. Errors: those of sh_store_load; SH_ERROR_NOT_FOUND. */
GBytes *sh_registry_load_onnx (ShRegistry *registry,
                               const char *name,
                               guint version,
                               guint concept,
                               GError **error);

/* So that the history holds what is known now of a brain in training. */
void sh_registry_flush (ShRegistry *registry, const char *name);

/* Errors: SH_ERROR_NOT_FOUND, or SH_ERROR_USAGE for what is no name. */
ShServedBrain *
sh_registry_get_brain (ShRegistry *registry, const char *name, GError **error);

/* All of them by name, an array of ShServedBrain. */
GPtrArray *sh_registry_get_brains (ShRegistry *registry, GError **error);

/* The hub of a brain that is, or was, in training here. Errors:
 * SH_ERROR_NOT_FOUND. */
ShTrainHub *sh_registry_get_train_hub (ShRegistry *registry,
                                       const char *name,
                                       GError **error);

/* The same, with the version that it trains; never a stored brain's files. */
ShTrainHub *sh_registry_find_training (ShRegistry *registry,
                                       const char *name,
                                       guint *version,
                                       GError **error);

/*
 * The hub of *version (0: the latest, and set to that) of a stored brain, if there
 * is one: NULL without an error when the brain must be loaded first. A hub stays
 * as long as it has connections, and a little longer. A version that is stored
 * anew gets a new hub beside the old one. Errors: SH_ERROR_NOT_FOUND.
 */
ShPredictHub *sh_registry_find_predict_hub (ShRegistry *registry,
                                            const char *name,
                                            guint *version,
                                            GError **error);

/* By which brains are loaded. */
ShPredictHubs *sh_registry_get_predict_hubs (ShRegistry *registry);

/* All hubs. */
void sh_registry_dispatch (ShRegistry *registry);
void sh_registry_tick (ShRegistry *registry, gint64 now);
void sh_registry_finish (ShRegistry *registry);
guint sh_registry_get_n_sessions (ShRegistry *registry);

/* Whether a training is about to end: it still has to be saved, and said. */
gboolean sh_registry_is_ending (ShRegistry *registry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRegistry, sh_registry_free)

G_END_DECLS
