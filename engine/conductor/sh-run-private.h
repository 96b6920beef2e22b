/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a run, for the files that implement it: sh-run.c holds its life
 * and figures, sh-run-actor.c what passes between it and its actors,
 * sh-run-replay.c takes in steps that were played elsewhere.
 */

#pragma once

#include "sh-curriculum.h"
#include "sh-experience.h"
#include "sh-run.h"
#include "sh-scenario.h"

G_BEGIN_DECLS

typedef enum
{
  SH_ACTOR_IDLE, /* no episode is open */
  SH_ACTOR_BEGUN, /* the first state is awaited */
  SH_ACTOR_WAITING, /* for an action */
  SH_ACTOR_ACTING /* an action is out; the state after it is awaited */
} ShActorPhase;

struct ShActor
{
  ShRun *run;
  ShActorFunc func;
  gpointer data;

  ShActorPhase phase;
  guint lesson; /* under which the episode began */
  guint64 number, length;
  double episode_return;
  ShEvaluator *evaluator;
  /* Training: the steps since the last batch; row n_steps of its observations
   * is the current one. NULL when idle. */
  ShFragment *fragment;
  gboolean live; /* the episode is played here, and not replayed */
  gboolean excluded; /* the episode counts for nothing, and has no fragment */
  gboolean pass; /* so, too, but its return is told: a test pass */
  float *observation; /* without a fragment: the current one */
  guint8 *mask; /* so, too; NULL: the program has no mask function */
};

struct _ShRun
{
  GObject parent_instance;

  ShProgram *program;
  const ShConcept *concept;
  ShCodec *codec;
  ShLearner *learner; /* NULL: an assessment */
  ShPolicy *policy;
  guint64 seed, n_episodes;
  ShScenario **scenarios; /* one for each lesson */

  ShRunState state;
  ShRunReason reason;
  GError *error;

  GPtrArray *actors; /* owned */
  GPtrArray *waiting; /* those to be answered by the next dispatch */
  GPtrArray *answering; /* those being answered by this one */
  guint n_open; /* actors with an open episode */
  guint n_holds; /* as sh_run_hold */
  guint64 next_number;

  ShCurriculum *curriculum; /* NULL: an assessment */
  gboolean rounds; /* learns at the end of a round, see sh-run-replay.h */
  gboolean tested; /* lessons end by a test */
  gboolean test_due;
  /* Training episodes that are asked for, and those that are replayed, until a test
   * pass is due; and passes that are: the former by whoever begins an episode
   * next. */
  guint n_until_pass, n_until_replay_pass;
  guint n_passes_due, n_replay_passes_due;
  ShExperience *experience; /* NULL: an assessment */
  guint64 collected; /* steps in the batch and in open fragments */

  /* One inference, rows for `room` actors. */
  guint room;
  float *observations, *actions, *log_probs, *values;
  guint8 *masks; /* NULL: the program has no mask function */
  gpointer output; /* the concept's, a struct of the codec */
  ShOutcome *outcomes; /* of the episode that is over, by objective */

  guint64 iterations, episodes;
  guint64 played; /* iterations before this run, as sh_run_set_played */
  double return_sum; /* assessment */
  guint64 n_successes; /* assessment */
  ShObjectiveProgress *objectives; /* assessment: sums; as handed out */
  gint64 began_at, ended_at; /* monotonic; 0: not yet */
  gint64 reported_at;
  /* Two marks a second or more apart, from which the rate is worked out. */
  struct
  {
    gint64 at;
    guint64 iterations;
  } mark, last_mark;
};

/* An episode is over: counts it, judges the lesson, tells the listeners. The
 * actor must be idle by then; it may be gone afterwards. */
void sh_run_note_episode (ShRun *self, const ShEpisode *episode, guint lesson);

/* A test pass is over. The actor must be idle by then. */
void sh_run_note_pass (ShRun *self, double episode_return);

/* Ends the run unless it is ending; `error` is copied. */
void sh_run_end (ShRun *self, ShRunReason reason, const GError *error);

/* SH_RUN_STOPPING and nothing open: the run is finished. */
void sh_run_finish_if_idle (ShRun *self);

/* Tells the listeners how far it is, if it is time to. */
void sh_run_report (ShRun *self);

/* Learns when a batch is complete: blocks. */
void sh_run_learn_if_due (ShRun *self);

/* An episode of an idle actor begins. */
void sh_actor_begin_episode (ShActor *actor, guint64 number, guint lesson);

/*
 * The step is complete: what it amounts to and the observation after it are
 * there. `is_over` is the simulator's own word on the episode. `outcomes` are
 * those of an episode that was played elsewhere and ends here; NULL: the actor's
 * evaluator knows. With SH_RUN_ACT the episode goes on.
 */
ShRunVerdict sh_actor_take_step (ShActor *actor,
                                 const ShEvaluation *evaluation,
                                 gboolean is_over,
                                 const ShOutcome *outcomes);

/* The episode is not learnt from: what was gathered of it since the last batch
 * is forgotten. */
void sh_actor_drop_episode (ShActor *actor);

/* Drops the actor's unfinished episode and frees it. */
void sh_actor_free (ShActor *actor);

static inline gboolean
sh_run_is_ending (const ShRun *self)
{
  return self->state >= SH_RUN_STOPPING;
}

G_END_DECLS
