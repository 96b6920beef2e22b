/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The trainings of a server: of each brain the one that goes on, or was the last
 * since the server started; and older ones as long as their simulators have to
 * be told. Names of brains are the same in whatever case.
 *
 * One thread: that of the turn.
 */

#pragma once

#include "sh-catalog.h"
#include "sh-conductor.h"
#include "sh-error.h"
#include "sh-keeper.h"
#include "sh-train-hub.h"
#include "sh-turn.h"

G_BEGIN_DECLS

typedef struct ShServedTrainings ShServedTrainings;

typedef struct
{
  ShServedTrainings *trainings;
  char *name;
  guint version;
  ShTrainHub *hub;
  ShKeeper *keeper; /* NULL: the training is somebody else's */
  gboolean stopped; /* somebody has asked for the end */
  gulong finished_handler;
  ShCatalogSearch *search; /* for simulators of this machine; NULL: over */
  const ShConcept *sought; /* whose simulator is looked for */
  ShConductor *conductor; /* NULL: there are none, or not yet */
} ShServedTraining;

ShRun *sh_served_training_get_run (const ShServedTraining *training);
gboolean sh_served_training_is_over (const ShServedTraining *training);

/* `turn` is borrowed. */
ShServedTrainings *sh_served_trainings_new (ShTurn *turn);
void sh_served_trainings_free (ShServedTrainings *trainings);

/* Calls `func` with the keeper of each training that begins from now on. */
void sh_served_trainings_set_func (ShServedTrainings *trainings,
                                   void (*func) (ShKeeper *keeper,
                                                 gpointer data),
                                   gpointer data);

/* From now on trainings whose simulator is installed here have so many muscles.
 * Where it is not, for whichever concept, that is said on the log when the training
 * begins. */
void sh_served_trainings_set_muscles (ShServedTrainings *trainings,
                                      guint n_muscles);

/* NULL: the brain has not been trained since the server started. */
ShServedTraining *sh_served_trainings_find (ShServedTrainings *trainings,
                                            const char *name);

/* Over the ShServedTraining of all brains. */
void sh_served_trainings_init_iter (ShServedTrainings *trainings,
                                    GHashTableIter *iter);

/* FALSE with an error of that code: the brain is in training. */
gboolean sh_served_trainings_check_idle (ShServedTrainings *trainings,
                                         const char *name,
                                         ShError code,
                                         GError **error);

/* A training of a brain that is in none; takes a reference to the run. Errors:
 * SH_ERROR_SCHEMA. */
ShServedTraining *sh_served_trainings_add (ShServedTrainings *trainings,
                                           const char *name,
                                           guint version,
                                           ShRun *run,
                                           GError **error);

/* That of a keeper, which is taken over, also when it fails. When its concept is
 * learned the training goes on with the next one. */
gboolean sh_served_trainings_add_keeper (ShServedTrainings *trainings,
                                         ShKeeper *keeper,
                                         GError **error);

/* Ends a training. SH_ERROR_REFUSED: the brain is not in training. */
gboolean sh_served_trainings_stop (ShServedTrainings *trainings,
                                   const char *name,
                                   GError **error);

/* Ends a brain's training without a trace; TRUE if there is none, too.
 * SH_ERROR_REFUSED: it is somebody else's and not over. */
gboolean sh_served_trainings_drop (ShServedTrainings *trainings,
                                   const char *name,
                                   GError **error);

/* See sh_registry_end and sh_registry_suspend. */
gboolean sh_served_trainings_end (ShServedTrainings *trainings);
void sh_served_trainings_suspend (ShServedTrainings *trainings);

/* Whether a training is about to end: it still has to be saved, and said. Those
 * that another has replaced have been saved, or are forgotten. */
gboolean sh_served_trainings_are_ending (ShServedTrainings *trainings);

/* Those of all hubs: see sh-train-hub.h. The dispatch also begins the training of
 * the next concept where one is learned. */
void sh_served_trainings_dispatch (ShServedTrainings *trainings);
void sh_served_trainings_tick (ShServedTrainings *trainings, gint64 now);
void sh_served_trainings_finish (ShServedTrainings *trainings);
guint sh_served_trainings_get_n_sessions (ShServedTrainings *trainings);

G_END_DECLS
