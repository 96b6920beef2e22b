/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One training run, or one assessment, of one concept: episodes, lessons,
 * limits and the learner, without a notion of where the simulators are. Each
 * simulation that takes part is an actor. Whoever drives it (a websocket
 * session today) asks for an episode's config, hands in what the simulation
 * observed, and gets an action when the run has worked out those of all
 * waiting actors in one inference.
 *
 *   add_actor
 *     ( begin_episode  observe( action  observe )*  [end: done or stop] )*
 *   remove_actor
 *
 * One thread: that of the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-codec.h"
#include "sh-learner.h"
#include "sh-program.h"

G_BEGIN_DECLS

typedef struct ShActor ShActor;

#define SH_TYPE_RUN (sh_run_get_type ())
G_DECLARE_FINAL_TYPE (ShRun, sh_run, SH, RUN, GObject)

typedef enum
{
  SH_RUN_PRISTINE,
  SH_RUN_RUNNING,
  SH_RUN_STOPPING,
  SH_RUN_FINISHED,
  SH_RUN_ERROR
} ShRunState;

/* Why a run ended. */
typedef enum
{
  SH_RUN_REASON_NONE,
  SH_RUN_REASON_CURRICULUM_MET, /* "curriculum-met" */
  SH_RUN_REASON_ITERATION_LIMIT, /* "iteration-limit" */
  SH_RUN_REASON_NO_PROGRESS, /* "no-progress" */
  SH_RUN_REASON_INTERRUPTED, /* "interrupted" */
  SH_RUN_REASON_FAILED /* "failed" */
} ShRunReason;

const char *sh_run_reason_to_string (ShRunReason reason);

/* What an actor is to do next. */
typedef enum
{
  SH_RUN_ACT, /* wait: the action comes by ShActorFunc */
  SH_RUN_END_EPISODE, /* a limit is reached, or the run stops: STOP, then ask again */
  SH_RUN_EPISODE_OVER /* it was terminal: begin the next one */
} ShRunVerdict;

/*
 * Called in a batch for each actor that waits: `action` is the action struct
 * of the run's codec, valid during the call.
 */
typedef void (*ShActorFunc) (ShActor *actor,
                             gconstpointer action,
                             gpointer data);

/* Figures of a run so far; `mean_return` is NaN before the first episode ends. */
typedef struct
{
  const char *lesson;
  guint64 iterations, episodes;
  double mean_return;
  double best_mean_return;
  double iterations_per_second;
  double seconds;
} ShRunProgress;

/* An episode that is over; for assessments and records. */
typedef struct
{
  guint64 number; /* counts from 0 */
  double episode_return;
  guint64 length;
  gboolean terminal; /* FALSE: a limit ended it */
} ShEpisode;

/*
 * Signals, all in the run's thread:
 *   progress (ShRunProgress *)        at most 10 a second
 *   episode (ShEpisode *)             each episode that is over
 *   lesson (char *name, char *reason) a lesson is over
 *   finished ()                       see sh_run_get_reason
 */

/*
 * A run that trains. `learner` is owned by the run. Errors: SH_ERROR_SCHEMA
 * when the concept's types cannot be learnt from.
 */
ShRun *sh_run_new_training (const ShConcept *concept,
                            ShProgram *program,
                            ShLearner *learner,
                            guint64 seed);

/* A run that plays `policy` greedily for `n_episodes` (0: without end) under
 * the last lesson's scenario, and learns nothing. */
ShRun *sh_run_new_assessment (const ShConcept *concept,
                              ShProgram *program,
                              ShPolicy *policy,
                              guint64 n_episodes,
                              guint64 seed);

ShRunState sh_run_get_state (ShRun *self);
ShRunReason sh_run_get_reason (ShRun *self);
const ShCodec *sh_run_get_codec (ShRun *self);
void sh_run_get_progress (ShRun *self, ShRunProgress *progress);

ShActor *sh_run_add_actor (ShRun *self, ShActorFunc func, gpointer data);
/* Its unfinished episode is dropped. */
void sh_run_remove_actor (ShRun *self, ShActor *actor);

/*
 * A new episode of `actor`: fills the config struct of the codec and sets which
 * of its fields the scenario speaks of (one byte each; the others are not
 * sent). FALSE when the run wants no more episodes.
 */
gboolean sh_run_begin_episode (ShRun *self,
                               ShActor *actor,
                               gpointer config,
                               guint8 *config_set);

/*
 * The state after the episode's start (`reward` 0) or after a step. `state` is
 * the codec's state struct. On SH_RUN_ACT the actor waits until the next
 * sh_run_dispatch. `action_taken` is the action struct that was really taken,
 * NULL when it is the one proposed.
 */
ShRunVerdict sh_run_observe (ShRun *self,
                             ShActor *actor,
                             gconstpointer state,
                             double reward,
                             gboolean terminal);

/*
 * Works out the actions of all waiting actors and hands them out; learns when
 * a batch is complete. Called by the driver when it has taken in everything
 * that arrived in one turn of the loop.
 */
void sh_run_dispatch (ShRun *self);

/* Ends the run: SH_RUN_REASON_INTERRUPTED, or FAILED with an error. */
void sh_run_stop (ShRun *self, ShRunReason reason, const GError *error);

G_END_DECLS
