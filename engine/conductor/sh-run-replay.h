/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A run's other entrance: for steps that were already played elsewhere, by a
 * copy of its policy. Whoever played them keeps to the run's rules of its own
 * accord (episode limits, scenarios, lessons); here the run counts and judges
 * them by the same rules as any others.
 *
 *   add_actor
 *     ( replay_begin  replay_step*  [drop] )*
 *   remove_actor
 *
 * The run's thread. Actors of this kind never wait for an action: their
 * ShActorFunc is not called, and sh_run_dispatch does not concern them.
 */

#pragma once

#include "sh-run.h"

G_BEGIN_DECLS

/* A step, in the shapes of ShFragment: before it, the action, after it. */
typedef struct
{
  const float *action; /* [A] */
  float log_prob, value; /* of the action, of the observation before it */
  float reward; /* as in ShEvaluation; finite */
  double earned; /* so, too */
  gboolean terminal; /* nothing of worth follows */
  gboolean over; /* the simulator, or the program, has ended the episode */
  /* How it came out, for each objective of the concept; of a step that ends an
   * episode. */
  const ShOutcome *outcomes;
  const float *observation; /* [O], after the step */
  const guint8
      *mask; /* so, too; [sh_codec_get_mask_size], or NULL if that is 0 */
} ShReplayStep;

/* An episode has begun with `observation` [O] and `mask`, as episode `number`, under
 * `lesson`. The actor's last one must be over. Not for a run that is ending. */
void sh_run_replay_begin (ShRun *self,
                          ShActor *actor,
                          guint64 number,
                          guint lesson,
                          const float *observation,
                          const guint8 *mask);

/* The next step of the open episode: SH_RUN_ACT when the episode goes on. The
 * run may be ending afterwards. */
ShRunVerdict
sh_run_replay_step (ShRun *self, ShActor *actor, const ShReplayStep *step);

/* Its unfinished episode, if there is one, will not go on. */
void sh_run_replay_drop (ShRun *self, ShActor *actor);

/*
 * Whether the run goes in rounds of steps that are replayed: then it learns when
 * one is complete (sh_run_replay_learn), and not whenever a simulation that is
 * asked for its steps has made a batch full; what those have gathered meanwhile
 * is learnt from, too. Their episodes are numbered from SH_RUN_FIRST_LIVE on
 * then, so that no two episodes of the run are the same.
 */
void sh_run_replay_set_rounds (ShRun *self, gboolean rounds);

/* Far from the numbers of replayed episodes. */
#define SH_RUN_FIRST_LIVE (G_GUINT64_CONSTANT (1) << 61)

/*
 * How many test passes, at most `most`, each of `n_players` is to play: there is one
 * for each SH_RUN_PASS_INTERVAL training episodes that were replayed. The caller
 * tells what comes of each.
 */
guint sh_run_replay_take_passes (ShRun *self, guint n_players, guint most);
void sh_run_replay_note_pass (ShRun *self, double episode_return);

/* Steps still wanted for one update of the policy, at least 1. */
guint sh_run_replay_get_wanted (ShRun *self);

/* The most that it will want at once. */
guint sh_run_replay_get_most_wanted (ShRun *self);

/* Learns when a batch is complete, and tells the listeners how far the run is.
 * Blocks while learning. */
void sh_run_replay_learn (ShRun *self);

G_END_DECLS
