/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Taking in steps that were played elsewhere.
 */

#include "sh-run-replay.h"

#include <string.h>

#include "sh-run-private.h"

void
sh_run_replay_begin (ShRun *self,
                     ShActor *actor,
                     guint64 number,
                     guint lesson,
                     const float *observation,
                     const guint8 *mask)
{
  const ShSpace *space = sh_codec_get_space (self->codec);

  g_return_if_fail (actor != NULL && actor->phase == SH_ACTOR_IDLE);
  g_return_if_fail (!sh_run_is_ending (self) && self->learner != NULL);
  g_return_if_fail (lesson < self->concept->n_lessons);

  sh_actor_begin_episode (actor, number, lesson);
  memcpy (actor->fragment->observations, observation,
          space->n_observations * sizeof (float));
  if (mask != NULL)
    memcpy (actor->fragment->masks, mask, sh_codec_get_mask_size (self->codec));
}

ShRunVerdict
sh_run_replay_step (ShRun *self, ShActor *actor, const ShReplayStep *step)
{
  const ShSpace *space = sh_codec_get_space (self->codec);
  const ShEvaluation evaluation = {
    .reward = (double) step->reward,
    .earned = step->earned,
    .terminal = step->terminal,
    .over = step->over,
  };
  const gsize mask_size = sh_codec_get_mask_size (self->codec);
  ShFragment *fragment;
  gsize n;

  g_return_val_if_fail (actor != NULL && actor->phase == SH_ACTOR_BEGUN,
                        SH_RUN_END_EPISODE);

  fragment = sh_experience_grow (self->experience, actor->fragment);
  actor->fragment = fragment;
  n = fragment->n_steps;
  memcpy (fragment->actions + n * space->n_actions, step->action,
          space->n_actions * sizeof (float));
  fragment->log_probs[n] = step->log_prob;
  fragment->values[n] = step->value;
  memcpy (fragment->observations + (n + 1) * space->n_observations,
          step->observation, space->n_observations * sizeof (float));
  if (step->mask != NULL)
    memcpy (fragment->masks + (n + 1) * mask_size, step->mask, mask_size);
  return sh_actor_take_step (actor, &evaluation, step->over, step->outcomes);
}

void
sh_run_replay_drop (ShRun *self, ShActor *actor)
{
  g_return_if_fail (SH_IS_RUN (self) && actor != NULL);

  sh_actor_drop_episode (actor);
}

void
sh_run_replay_set_rounds (ShRun *self, gboolean rounds)
{
  g_return_if_fail (SH_IS_RUN (self) && self->learner != NULL);

  self->rounds = rounds;
  if (rounds)
    self->next_number = MAX (self->next_number, SH_RUN_FIRST_LIVE);
}

guint
sh_run_replay_take_passes (ShRun *self, guint n_players, guint most)
{
  guint n;

  g_return_val_if_fail (SH_IS_RUN (self) && n_players > 0, 0);

  n = MIN (self->n_replay_passes_due / n_players, most);
  self->n_replay_passes_due -= n * n_players;
  return n;
}

void
sh_run_replay_note_pass (ShRun *self, double episode_return)
{
  g_return_if_fail (SH_IS_RUN (self));

  if (!sh_run_is_ending (self))
    sh_run_note_pass (self, episode_return);
}

guint
sh_run_replay_get_wanted (ShRun *self)
{
  guint batch;

  g_return_val_if_fail (SH_IS_RUN (self) && self->learner != NULL, 1);

  batch = sh_learner_get_batch_size (self->learner);
  return self->collected < batch ? batch - (guint) self->collected : 1;
}

guint
sh_run_replay_get_most_wanted (ShRun *self)
{
  g_return_val_if_fail (SH_IS_RUN (self) && self->learner != NULL, 1);

  return MAX (sh_learner_get_largest_batch_size (self->learner), 1);
}

void
sh_run_replay_learn (ShRun *self)
{
  g_return_if_fail (SH_IS_RUN (self));

  sh_run_learn_if_due (self);
  sh_run_report (self);
}
