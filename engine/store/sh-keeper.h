/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A training and what is kept of it: a program becomes a run with a learner; the
 * brain is saved with the learner's state while the run goes on, and once more
 * when its outcome is known; the history is written.
 *
 * Of a program with several learned concepts a keeper has one; the next one's takes
 * over the version and the history where it is over.
 *
 * One thread: that of the run.
 */

#pragma once

#include "sh-history-writer.h"
#include "sh-run.h"
#include "sh-store.h"

G_BEGIN_DECLS

/* Seconds between two saves, at least; saving takes no more than a twentieth of
 * the time. */
#define SH_KEEPER_SAVE_INTERVAL 10

typedef struct ShKeeper ShKeeper;

typedef struct
{
  const char *brain;
  guint64 seed;
  gboolean served; /* a server goes on with it when it starts again */
  /* Saved in a thread, while the main loop goes on: the run is finished when that
   * is done. Else, and in sh_keeper_free and sh_keeper_abandon, it is waited for. */
  gboolean background;
  /* A brain whose learner's state a new training starts from, of several concepts
   * those of the same name; NULL: from nothing. */
  const char *from;
  guint from_version; /* 0: the highest */
} ShKeeperOptions;

/*
 * A training of a new version of the brain. `history` may be NULL; it and
 * `store` must outlive the training. Errors: SH_ERROR_USAGE, SH_ERROR_SCHEMA
 * for the program, and those of the store. A history that cannot be written is
 * said on the log.
 */
ShKeeper *sh_keeper_new (ShStore *store,
                         ShHistory *history,
                         ShProgram *program,
                         const ShKeeperOptions *options,
                         GError **error);

/*
 * Goes on with version `number` (0: the highest) from where it was saved last:
 * with its program, its learner's state, the lesson it was in and what is left of
 * TotalIterationLimit; its episodes are other ones than those before. Errors: those
 * of sh_store_resume_version, sh_store_load and sh_store_load_learner.
 */
ShKeeper *sh_keeper_resume (ShStore *store,
                            ShHistory *history,
                            guint number,
                            const ShKeeperOptions *options,
                            GError **error);

/*
 * Whether the concept's run has finished, its curriculum met, and another concept
 * is to be trained now: sh_keeper_next, once, from outside of the run's signals,
 * gives the keeper of that. It goes on counting where this one has ended, which is
 * to be freed after it. Errors: those of sh_store_load; then the training is over.
 */
gboolean sh_keeper_has_next (const ShKeeper *self);
ShKeeper *sh_keeper_next (ShKeeper *self, GError **error);

/* Whether it is the keeper of a next concept: made by sh_keeper_next. */
gboolean sh_keeper_is_next (const ShKeeper *self);

/* What was not saved is lost. Not from within a signal of the run. */
void sh_keeper_free (ShKeeper *self);

/* As in ShKeeperOptions. */
gboolean sh_keeper_is_served (const ShKeeper *self);

/* TRUE once the brain has been saved, in the background too. */
gboolean sh_keeper_is_saved (const ShKeeper *self);
guint64 sh_keeper_get_seed (const ShKeeper *self);

ShRun *sh_keeper_get_run (ShKeeper *self);
const char *sh_keeper_get_brain (const ShKeeper *self);
guint sh_keeper_get_version (const ShKeeper *self);
/* Counts of the whole training, earlier processes included. */
void sh_keeper_get_progress (ShKeeper *self, ShRunProgress *progress);

/* Stops the run; the brain is saved, but the training stays open for a later
 * process. */
void sh_keeper_suspend (ShKeeper *self);

/* From now on nothing is saved and the version is free: the brain is deleted. */
void sh_keeper_abandon (ShKeeper *self);

/* Writes what is waiting of the history. */
void sh_keeper_flush (ShKeeper *self);

/* Why the last save failed; NULL: it has not. That of a save on the way is said
 * on the log too, as another follows; that of the last one only where nobody
 * waits for it, in a training that is served. */
const GError *sh_keeper_get_error (const ShKeeper *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShKeeper, sh_keeper_free)

G_END_DECLS
