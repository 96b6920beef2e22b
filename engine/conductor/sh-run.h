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
 * A run that is to end is SH_RUN_STOPPING, its reason known and its policy
 * final, until no actor has an open episode: each is told to end its episode by
 * the next answer that it gets. Then it is SH_RUN_FINISHED, or SH_RUN_ERROR.
 * Whoever cannot wait for a slow simulation removes its actor.
 *
 * One thread: that of the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-codec.h"
#include "sh-learner.h"
#include "sh-program.h"
#include "sh-schema.h"

G_BEGIN_DECLS

typedef struct ShActor ShActor;

#define SH_TYPE_RUN (sh_run_get_type ())
G_DECLARE_FINAL_TYPE (ShRun, sh_run, SH, RUN, GObject)

typedef enum
{
  SH_RUN_PRISTINE, /* no episode has begun */
  SH_RUN_RUNNING,
  SH_RUN_STOPPING,
  SH_RUN_FINISHED,
  SH_RUN_ERROR /* as finished, with SH_RUN_REASON_FAILED */
} ShRunState;

/* Why a run ended. */
typedef enum
{
  SH_RUN_REASON_NONE,
  SH_RUN_REASON_CURRICULUM_MET, /* "curriculum-met" */
  SH_RUN_REASON_ITERATION_LIMIT, /* "iteration-limit" */
  SH_RUN_REASON_NO_PROGRESS, /* "no-progress" */
  SH_RUN_REASON_ASSESSED, /* "assessed": an assessment's episodes are over */
  SH_RUN_REASON_INTERRUPTED, /* "interrupted" */
  SH_RUN_REASON_FAILED /* "failed" */
} ShRunReason;

/* "none" for SH_RUN_REASON_NONE. */
const char *sh_run_reason_to_string (ShRunReason reason);

/* What an actor is to do next. */
typedef enum
{
  SH_RUN_ACT, /* wait: the action comes by ShActorFunc */
  SH_RUN_END_EPISODE, /* a limit is reached, or the run stops: STOP, then ask again */
  SH_RUN_EPISODE_OVER /* it was terminal: begin the next one */
} ShRunVerdict;

/*
 * Called from sh_run_dispatch for each actor that waits: `action` is the action
 * struct of the run's codec, valid during the call; NULL: the run stops, and
 * the episode ends here as with SH_RUN_END_EPISODE. May call sh_run_observe,
 * sh_run_begin_episode and sh_run_remove_actor; not sh_run_dispatch.
 */
typedef void (*ShActorFunc) (ShActor *actor,
                             gconstpointer action,
                             gpointer data);

/* How one objective of the goal does. */
typedef struct
{
  const char *name;
  double success_rate; /* share of episodes; NaN as in ShRunProgress */
  double satisfaction; /* mean, 0 .. 1 */
} ShObjectiveProgress;

/* Figures of a run so far. */
typedef struct
{
  const char *lesson; /* the current one's name; of the run's program */
  guint64 iterations, episodes; /* steps taken; episodes that are over */
  /* Of the last 100 episodes of the lesson, or of as many as its assessment
   * window holds when that is fewer; of the test that ended it; in an assessment
   * of all. NaN before the first episode is over. */
  double mean_return;
  double best_mean_return; /* the highest of a full window so far; or NaN */
  double success_rate; /* of the same episodes; NaN without goals */
  guint n_objectives; /* 0: no goals */
  const ShObjectiveProgress
      *objectives; /* the run's, until its next figures; of
                                          * training, not of a test */
  double iterations_per_second; /* over the last second or so */
  double seconds; /* since the first episode began */
} ShRunProgress;

/* An episode that is over; for assessments and records. */
typedef struct
{
  guint64 number; /* counts from 0, in the order in which they begin */
  double episode_return;
  guint64 length;
  gboolean terminal; /* FALSE: a limit ended it */
  gboolean success; /* with goals: all objectives succeeded */
  const ShOutcome *outcomes; /* by objective; NULL without goals */
} ShEpisode;

/*
 * Signals, all in the run's thread:
 *   progress (ShRunProgress *)        at most 10 a second, and one at the end
 *   episode (ShEpisode *)             each episode that is over
 *   lesson (char *name, char *reason) a lesson is over: "threshold" when its
 *                                     reward threshold is met, "converged" when
 *                                     it has none and learning has levelled off
 *   test (double)                     a test, or a test pass, was played: its
 *                                     mean return
 *   stopping ()                       the reason is known, the policy final
 *   finished ()                       no episode is open any more
 * A handler may not free the run's last reference.
 */

/*
 * A run that trains `concept` of `program`. Takes over `learner`, which must be
 * made for the codec's space; holds references to the others.
 */
ShRun *sh_run_new_training (ShProgram *program,
                            const ShConcept *concept,
                            ShCodec *codec,
                            ShLearner *learner,
                            guint64 seed);

/* A run that plays `policy` greedily for `n_episodes` (0: without end) under
 * the last lesson's scenario, and learns nothing. `policy` must outlive it. */
ShRun *sh_run_new_assessment (ShProgram *program,
                              const ShConcept *concept,
                              ShCodec *codec,
                              ShPolicy *policy,
                              guint64 n_episodes,
                              guint64 seed);

ShRunState sh_run_get_state (ShRun *self);
ShRunReason sh_run_get_reason (ShRun *self);
/* Whether what the run was for is learned, and another concept of the program is
 * to be learned after it, by another run. Once the reason is known. */
gboolean sh_run_leads_on (ShRun *self);
/* What went wrong, when the reason is SH_RUN_REASON_FAILED; else NULL. */
const GError *sh_run_get_error (ShRun *self);
ShProgram *sh_run_get_program (ShRun *self);
const ShConcept *sh_run_get_concept (ShRun *self);
/* The current lesson, an index into the concept's. */
guint sh_run_get_lesson (ShRun *self);
ShCodec *sh_run_get_codec (ShRun *self);
/* The policy that is learnt or played; belongs to the run or its learner. */
ShPolicy *sh_run_get_policy (ShRun *self);
void sh_run_get_progress (ShRun *self, ShRunProgress *progress);

/* Begins with lesson `lesson` (an index into the concept's): a training that
 * goes on. Before the first episode. */
void sh_run_skip_lessons (ShRun *self, guint lesson);

/* A training that goes on has played so many iterations before: they count
 * towards TotalIterationLimit. Where that was reached already, as many as it
 * allows come once more. Before the first episode. */
void sh_run_set_played (ShRun *self, guint64 iterations);

/* That of its episodes. */
guint64 sh_run_get_seed (ShRun *self);

/*
 * The config fields that episodes of a lesson (an index into the concept's
 * lessons) send: the codec's config schema without those of which neither the
 * scenario nor the config type says anything. A driver compiles one encoder a
 * lesson from it and the codec's config table. Belongs to the run.
 */
ShSchema *sh_run_get_config_schema (ShRun *self, guint lesson);

/*
 * Whether a lesson is over by a test: as many episodes as its assessment window
 * holds, played greedily with the policy as it is then, must reach the
 * threshold. Returns of training are those of many policies, all of which
 * explored, and what is saved is the last one; so they only say when to test
 * (sh-curriculum.h). Off at first: whoever turns it on asks sh_run_get_test and
 * plays.
 */
void sh_run_set_tested (ShRun *self, gboolean tested);

/* How many episodes a test of the current lesson that is due has; 0: none is
 * due. */
guint sh_run_get_test (ShRun *self);

/* The test was played; `success_rate` counts with goals only. One without an
 * episode, NaN, fails. After one that fails the threshold must be met anew by
 * training episodes to come. */
void sh_run_finish_test (ShRun *self, double mean_return, double success_rate);

/* Training episodes after which a test pass is played: an episode without
 * exploration, which is not learnt from and counts for nothing, not even as
 * iterations; the signal "test" tells its return. So it was on the original
 * platform. */
#define SH_RUN_PASS_INTERVAL 20u

/*
 * Adds a simulation that is asked for its steps. After each
 * SH_RUN_PASS_INTERVAL training episodes of all such actors the next one that
 * begins an episode plays a test pass.
 */
ShActor *sh_run_add_actor (ShRun *self, ShActorFunc func, gpointer data);
/* Its unfinished episode is dropped; `actor` is gone. */
void sh_run_remove_actor (ShRun *self, ShActor *actor);

/*
 * A new episode of `actor`, whose last one must be over: fills the codec's
 * config struct and stores the lesson under which the episode is. FALSE when
 * the run wants no more episodes of this actor.
 */
gboolean sh_run_begin_episode (ShRun *self,
                               ShActor *actor,
                               gpointer config,
                               guint *lesson);

/* Whether the actor's current or last episode is a test pass. */
gboolean sh_run_is_pass (ShActor *actor);

/*
 * The state after the episode's start (`reward` and `terminal` are not looked
 * at) or after a step. `state` is the codec's state struct. On SH_RUN_ACT the
 * actor waits until the next sh_run_dispatch. A state or reward that cannot be
 * learnt from (not finite, a value that an enumeration lacks) fails the run with
 * SH_ERROR_VALUE naming simulator and field.
 */
ShRunVerdict sh_run_observe (ShRun *self,
                             ShActor *actor,
                             gconstpointer state,
                             double reward,
                             gboolean terminal);

/*
 * Before sh_run_observe of a step: it was not done what the run proposed, but
 * this, an action struct of the codec. The step is external (see sh-fragment.h).
 * FALSE with SH_ERROR_VALUE when it is no action.
 */
gboolean sh_run_replace_action (ShRun *self,
                                ShActor *actor,
                                gconstpointer action,
                                GError **error);

/* The open episode is not to be learnt from: what was gathered of it since the
 * last batch is forgotten, and it counts for nothing but iterations. Nothing in
 * an assessment. */
void sh_run_exclude_episode (ShRun *self, ShActor *actor);

/*
 * Learns when a batch is complete, works out the actions of all waiting actors
 * and hands them out. Called by the driver when it has taken in everything
 * that arrived in one turn of the loop. Blocks while learning.
 */
void sh_run_dispatch (ShRun *self);

/* Ends the run: SH_RUN_REASON_INTERRUPTED, or SH_RUN_REASON_FAILED with an
 * error. Waiting actors hear of it in the next sh_run_dispatch. Does nothing
 * when the run is ending already. */
void sh_run_stop (ShRun *self, ShRunReason reason, const GError *error);

/* Between the two the run is not finished, whatever else: somebody still has to
 * do something about what was learnt, such as save it. As often as the other. */
void sh_run_hold (ShRun *self);
void sh_run_release (ShRun *self);
gboolean sh_run_is_held (ShRun *self);

G_END_DECLS
