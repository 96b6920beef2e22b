/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What passes between a run and its actors: episodes begin, states come in,
 * actions go out, and experience is gathered on the way.
 *
 * An actor may be removed by any callback or signal handler, and the run may
 * end in any of them: after one, nothing here touches the actor again.
 */

#include "sh-run.h"

#include <string.h>

#include "sh-run-private.h"
#include "sh-step.h"

/* Actors */

ShActor *
sh_run_add_actor (ShRun *self, ShActorFunc func, gpointer data)
{
  ShActor *actor;

  g_return_val_if_fail (SH_IS_RUN (self) && func != NULL, NULL);

  actor = g_new0 (ShActor, 1);
  actor->run = self;
  actor->func = func;
  actor->data = data;
  actor->evaluator = sh_codec_new_evaluator (self->codec, self->concept);
  if (self->learner == NULL)
    actor->observation =
        g_new (float, sh_codec_get_space (self->codec)->n_observations);
  if (sh_codec_get_mask_size (self->codec) > 0)
    actor->mask = g_malloc (sh_codec_get_mask_size (self->codec));
  g_ptr_array_add (self->actors, actor);
  return actor;
}

/* The episode is not learnt from: what was gathered of it since the last batch
 * is forgotten. */
void
sh_actor_drop_episode (ShActor *actor)
{
  ShRun *self = actor->run;

  if (actor->phase == SH_ACTOR_IDLE)
    return;
  actor->phase = SH_ACTOR_IDLE;
  self->n_open--;
  /* Somebody else plays it. */
  self->n_passes_due += actor->pass;
  if (actor->fragment != NULL)
    {
      self->collected -= actor->fragment->n_steps;
      sh_experience_drop (self->experience, g_steal_pointer (&actor->fragment));
    }
}

void
sh_actor_free (ShActor *actor)
{
  sh_actor_drop_episode (actor);
  g_free (actor->observation);
  g_free (actor->mask);
  sh_evaluator_free (actor->evaluator);
  g_free (actor);
}

void
sh_run_remove_actor (ShRun *self, ShActor *actor)
{
  guint index;

  g_return_if_fail (SH_IS_RUN (self) && actor != NULL);
  g_return_if_fail (actor->run == self);

  if (actor->phase == SH_ACTOR_WAITING)
    {
      g_ptr_array_remove (self->waiting, actor);
      if (g_ptr_array_find (self->answering, actor, &index))
        self->answering->pdata[index] = NULL;
    }
  g_ptr_array_remove (self->actors, actor);
  sh_actor_free (actor);
  sh_run_finish_if_idle (self);
}

gboolean
sh_run_is_pass (ShActor *actor)
{
  g_return_val_if_fail (actor != NULL, FALSE);

  return actor->pass;
}

static ShFragment *
borrow_fragment (ShRun *self)
{
  ShFragment *fragment = sh_experience_borrow (self->experience);

  if (sh_codec_get_mask_size (self->codec) > 0)
    sh_fragment_need_masks (fragment, sh_codec_get_space (self->codec));
  return fragment;
}

void
sh_actor_begin_episode (ShActor *actor, guint64 number, guint lesson)
{
  ShRun *self = actor->run;

  if (self->state == SH_RUN_PRISTINE)
    {
      self->state = SH_RUN_RUNNING;
      self->began_at = g_get_monotonic_time ();
      self->mark.at = self->last_mark.at = self->began_at;
    }
  actor->phase = SH_ACTOR_BEGUN;
  actor->number = number;
  actor->lesson = lesson;
  actor->length = 0;
  actor->episode_return = 0;
  sh_evaluator_begin (actor->evaluator, &self->concept->lessons[lesson]);
  actor->excluded = FALSE;
  actor->pass = FALSE;
  actor->live = FALSE;
  self->n_open++;
  if (self->experience != NULL)
    actor->fragment = borrow_fragment (self);
}

/* What is observed next goes to the actor, not into a fragment. */
static void
detach (ShActor *actor)
{
  ShRun *self = actor->run;

  if (actor->observation == NULL)
    actor->observation =
        g_new0 (float, sh_codec_get_space (self->codec)->n_observations);
  self->collected -= actor->fragment->n_steps;
  sh_experience_drop (self->experience, g_steal_pointer (&actor->fragment));
}

gboolean
sh_run_begin_episode (ShRun *self,
                      ShActor *actor,
                      gpointer config,
                      guint *lesson)
{
  g_return_val_if_fail (SH_IS_RUN (self) && actor != NULL, FALSE);
  g_return_val_if_fail (config != NULL && lesson != NULL, FALSE);
  g_return_val_if_fail (actor->phase == SH_ACTOR_IDLE, FALSE);

  if (sh_run_is_ending (self))
    return FALSE;
  if (self->learner == NULL && self->n_episodes > 0 &&
      self->episodes + self->n_open >= self->n_episodes)
    return FALSE;

  sh_actor_begin_episode (actor, self->next_number++, sh_run_get_lesson (self));
  sh_scenario_draw (self->scenarios[actor->lesson], self->seed, actor->number,
                    config);
  actor->live = TRUE;
  if (self->n_passes_due > 0)
    {
      self->n_passes_due--;
      actor->pass = TRUE;
      detach (actor);
    }
  *lesson = actor->lesson;
  return TRUE;
}

/* Observations */

static float *
get_observation (const ShActor *actor)
{
  const ShSpace *space = sh_codec_get_space (actor->run->codec);

  if (actor->fragment == NULL)
    return actor->observation;
  return actor->fragment->observations +
         (gsize) actor->fragment->n_steps * space->n_observations;
}

/* The choices that are allowed after `n` more steps of the fragment; NULL: all. */
static guint8 *
get_mask (const ShActor *actor, guint n)
{
  gsize size = sh_codec_get_mask_size (actor->run->codec);

  if (size == 0 || actor->fragment == NULL)
    return actor->mask;
  return actor->fragment->masks + (actor->fragment->n_steps + n) * size;
}

static ShRunVerdict
fail_episode (ShActor *actor, const GError *error)
{
  ShRun *self = actor->run;

  sh_actor_drop_episode (actor);
  sh_run_end (self, SH_RUN_REASON_FAILED, error);
  return SH_RUN_END_EPISODE;
}

/* How the episode came out, into the run's outcomes: as told, or as the actor's
 * evaluator has seen it. */
static gboolean
finish_outcomes (ShActor *actor, const ShOutcome *told)
{
  ShRun *self = actor->run;
  gboolean success = self->concept->n_objectives > 0;

  if (told == NULL)
    return sh_evaluator_finish (actor->evaluator, self->outcomes);
  for (guint i = 0; i < self->concept->n_objectives; i++)
    {
      self->outcomes[i] = told[i];
      success &= told[i].success != 0;
    }
  return success;
}

/* A training episode that was to be learnt from is over. */
static void
count_to_pass (guint *n_until, guint *n_due)
{
  if (--*n_until > 0)
    return;
  *n_until = SH_RUN_PASS_INTERVAL;
  ++*n_due;
}

static void
end_episode (ShActor *actor, gboolean terminal, const ShOutcome *told)
{
  ShRun *self = actor->run;
  gboolean success = finish_outcomes (actor, told);
  const ShEpisode episode = {
    .number = actor->number,
    .episode_return = actor->episode_return,
    .length = actor->length,
    .terminal = terminal,
    .success = success,
    .outcomes = self->concept->n_objectives > 0 ? self->outcomes : NULL,
  };

  actor->phase = SH_ACTOR_IDLE;
  self->n_open--;
  if (actor->fragment != NULL)
    sh_experience_add (self->experience, g_steal_pointer (&actor->fragment),
                       terminal ? SH_FRAGMENT_TERMINAL : SH_FRAGMENT_TRUNCATED);
  if (actor->pass)
    {
      sh_run_note_pass (self, episode.episode_return);
      return;
    }
  if (actor->excluded)
    return;
  if (actor->live && self->curriculum != NULL)
    count_to_pass (&self->n_until_pass, &self->n_passes_due);
  else if (self->curriculum != NULL)
    count_to_pass (&self->n_until_replay_pass, &self->n_replay_passes_due);
  sh_run_note_episode (self, &episode, actor->lesson);
}

static gboolean
has_reached (const ShRun *self, guint64 limit)
{
  return self->played % limit + self->iterations >= limit;
}

ShRunVerdict
sh_actor_take_step (ShActor *actor,
                    const ShEvaluation *evaluation,
                    gboolean is_over,
                    const ShOutcome *outcomes)
{
  ShRun *self = actor->run;
  const ShTraining *training = &self->concept->lessons[actor->lesson].training;
  gboolean limit;

  if (actor->fragment != NULL)
    {
      actor->fragment->rewards[actor->fragment->n_steps++] =
          (float) evaluation->reward;
      self->collected++;
    }
  if (!actor->pass)
    self->iterations++;
  actor->length++;
  actor->episode_return += evaluation->earned;

  limit = self->learner != NULL && !actor->pass &&
          has_reached (self, training->total_iteration_limit);
  if (evaluation->over || actor->length >= training->episode_iteration_limit)
    end_episode (actor, evaluation->terminal, outcomes);
  else if (!limit)
    return SH_RUN_ACT;
  else
    sh_actor_drop_episode (actor);

  if (limit)
    sh_run_end (self, SH_RUN_REASON_ITERATION_LIMIT, NULL);
  return is_over ? SH_RUN_EPISODE_OVER : SH_RUN_END_EPISODE;
}

ShRunVerdict
sh_run_observe (ShRun *self,
                ShActor *actor,
                gconstpointer state,
                double reward,
                gboolean terminal)
{
  g_autoptr (GError) error = NULL;
  ShRunVerdict verdict = SH_RUN_ACT;
  ShEvaluation evaluation;
  float *observation;
  gboolean first;

  g_return_val_if_fail (SH_IS_RUN (self), SH_RUN_END_EPISODE);
  g_return_val_if_fail (actor != NULL && state != NULL, SH_RUN_END_EPISODE);
  g_return_val_if_fail (actor->phase == SH_ACTOR_BEGUN ||
                            actor->phase == SH_ACTOR_ACTING,
                        SH_RUN_END_EPISODE);

  first = actor->phase == SH_ACTOR_BEGUN;
  if (sh_run_is_ending (self))
    {
      sh_actor_drop_episode (actor);
      sh_run_finish_if_idle (self);
      return terminal && !first ? SH_RUN_EPISODE_OVER : SH_RUN_END_EPISODE;
    }

  /* Where the observation goes: the row after the step that is now complete. */
  observation = get_observation (actor);
  if (!first && actor->fragment != NULL)
    observation += sh_codec_get_space (self->codec)->n_observations;
  if (!sh_step_read (actor->evaluator, self->concept, self->codec, state,
                     reward, terminal, observation, get_mask (actor, !first),
                     &evaluation, &error))
    return fail_episode (actor, error);
  if (!first)
    verdict = sh_actor_take_step (actor, &evaluation, terminal, NULL);
  if (verdict == SH_RUN_ACT)
    {
      actor->phase = SH_ACTOR_WAITING;
      g_ptr_array_add (self->waiting, actor);
    }
  return verdict;
}

gboolean
sh_run_replace_action (ShRun *self,
                       ShActor *actor,
                       gconstpointer action,
                       GError **error)
{
  const ShSpace *space = sh_codec_get_space (self->codec);
  g_autofree float *taken = g_new (float, space->n_actions);
  ShFragment *fragment;
  gsize n;

  g_return_val_if_fail (SH_IS_RUN (self), FALSE);
  g_return_val_if_fail (actor != NULL && action != NULL, FALSE);
  g_return_val_if_fail (actor->phase == SH_ACTOR_ACTING, FALSE);

  if (!sh_codec_read_action (self->codec, action, taken, error) ||
      !sh_evaluator_took (actor->evaluator, action, error))
    return FALSE;
  fragment = actor->fragment;
  if (fragment == NULL)
    return TRUE;
  n = fragment->n_steps;
  memcpy (fragment->actions + n * space->n_actions, taken,
          space->n_actions * sizeof *taken);
  fragment->external[n] = 1;
  return TRUE;
}

void
sh_run_exclude_episode (ShRun *self, ShActor *actor)
{
  g_return_if_fail (SH_IS_RUN (self) && actor != NULL);

  if (actor->phase == SH_ACTOR_IDLE)
    return;
  /* A test pass that may not count is played anew. */
  self->n_passes_due += actor->pass;
  actor->excluded |= actor->pass;
  actor->pass = FALSE;
  if (actor->fragment == NULL)
    return;
  actor->excluded = TRUE;
  if (actor->mask != NULL)
    memcpy (actor->mask, get_mask (actor, 0),
            sh_codec_get_mask_size (self->codec));
  detach (actor);
}

/* Actions */

/*
 * Ends the actor's fragment where it is and begins another in the same episode.
 * An action that is out goes over into the new one with the probability and
 * value that it had: it was drawn from the policy as it was, and that is what
 * an importance ratio needs to know.
 */
static void
cut_fragment (ShActor *actor)
{
  ShRun *self = actor->run;
  const ShSpace *space = sh_codec_get_space (self->codec);
  ShFragment *old = actor->fragment;
  ShFragment *fragment;
  gsize n;

  if (old == NULL || old->n_steps == 0)
    return;
  n = old->n_steps;
  fragment = borrow_fragment (self);
  memcpy (fragment->observations, old->observations + n * space->n_observations,
          space->n_observations * sizeof (float));
  if (fragment->masks != NULL)
    memcpy (fragment->masks, get_mask (actor, 0),
            sh_codec_get_mask_size (self->codec));
  if (actor->phase == SH_ACTOR_ACTING)
    {
      memcpy (fragment->actions, old->actions + n * space->n_actions,
              space->n_actions * sizeof (float));
      fragment->log_probs[0] = old->log_probs[n];
      fragment->values[0] = old->values[n];
    }
  actor->fragment = fragment;
  sh_experience_add (self->experience, old, SH_FRAGMENT_OPEN);
}

void
sh_run_learn_if_due (ShRun *self)
{
  ShFragment *const *fragments;
  guint n_fragments;

  if (self->learner == NULL || sh_run_is_ending (self) ||
      self->collected < sh_learner_get_batch_size (self->learner))
    return;
  for (guint i = 0; i < self->actors->len; i++)
    cut_fragment (self->actors->pdata[i]);
  fragments = sh_experience_get_batch (self->experience, &n_fragments);
  sh_learner_learn (self->learner, fragments, n_fragments, NULL);
  sh_experience_clear (self->experience);
  self->collected = 0;
}

static void
make_room (ShRun *self, guint n)
{
  const ShSpace *space = sh_codec_get_space (self->codec);

  if (n <= self->room)
    return;
  self->room = MAX (n, self->room * 2);
  self->observations = g_renew (float, self->observations,
                                (gsize) self->room * space->n_observations);
  self->actions =
      g_renew (float, self->actions, (gsize) self->room * space->n_actions);
  if (sh_codec_get_mask_size (self->codec) > 0)
    self->masks =
        g_renew (guint8, self->masks,
                 (gsize) self->room * sh_codec_get_mask_size (self->codec));
  self->log_probs = g_renew (float, self->log_probs, self->room);
  self->values = g_renew (float, self->values, self->room);
}

/* Those that explore first, in their order: returns how many. */
static guint
sort_answering (ShRun *self)
{
  gpointer *actors = self->answering->pdata;
  guint n = 0;

  for (guint i = 0; i < self->answering->len; i++)
    {
      ShActor *actor = actors[i];

      if (actor->pass || self->learner == NULL)
        continue;
      memmove (actors + n + 1, actors + n, (i - n) * sizeof *actors);
      actors[n++] = actor;
    }
  return n;
}

static void
infer (ShRun *self)
{
  const guint n = self->answering->len;
  const guint n_explore = sort_answering (self);
  const gsize n_actions = sh_codec_get_space (self->codec)->n_actions;
  gsize n_observations = sh_codec_get_space (self->codec)->n_observations;
  gsize mask_size = sh_codec_get_mask_size (self->codec);

  make_room (self, n);
  for (guint i = 0; i < n; i++)
    {
      memcpy (self->observations + i * n_observations,
              get_observation (self->answering->pdata[i]),
              n_observations * sizeof (float));
      if (mask_size > 0)
        memcpy (self->masks + i * mask_size,
                get_mask (self->answering->pdata[i], 0), mask_size);
    }
  if (n_explore > 0)
    sh_policy_act_masked (self->policy, SH_ACT_EXPLORE, n_explore,
                          self->observations, self->masks, self->actions,
                          self->log_probs, self->values);
  if (n_explore < n)
    sh_policy_act_masked (self->policy, SH_ACT_GREEDY, n - n_explore,
                          self->observations + n_explore * n_observations,
                          mask_size > 0 ? self->masks + n_explore * mask_size
                                        : NULL,
                          self->actions + n_explore * n_actions, NULL, NULL);
}

/* The action is out of reach: the program's fault, and the run's end. */
static void
fail_action (ShActor *actor, const GError *error)
{
  ShRun *self = actor->run;

  sh_actor_drop_episode (actor);
  actor->func (actor, NULL, actor->data);
  sh_run_end (self, SH_RUN_REASON_FAILED, error);
}

/* Hands the i-th row of the last inference to its actor. */
static void
answer (ShRun *self, guint i)
{
  gsize n_actions = sh_codec_get_space (self->codec)->n_actions;
  const float *action = self->actions + i * n_actions;
  ShActor *actor = self->answering->pdata[i];
  g_autoptr (GError) error = NULL;
  gconstpointer taken;

  if (actor == NULL)
    return; /* removed in another's callback */

  self->answering->pdata[i] = NULL;
  if (sh_run_is_ending (self))
    {
      sh_actor_drop_episode (actor);
      actor->func (actor, NULL, actor->data);
      return;
    }
  actor->phase = SH_ACTOR_ACTING;
  if (actor->fragment != NULL)
    {
      ShFragment *fragment =
          sh_experience_grow (self->experience, actor->fragment);
      gsize n = fragment->n_steps;

      memcpy (fragment->actions + n * n_actions, action,
              n_actions * sizeof (float));
      fragment->log_probs[n] = self->log_probs[i];
      fragment->values[n] = self->values[i];
      actor->fragment = fragment;
    }
  sh_codec_act (self->codec, action, self->output);
  taken = sh_evaluator_act (actor->evaluator, self->output, &error);
  if (taken != NULL)
    actor->func (actor, taken, actor->data);
  else
    fail_action (actor, error);
}

void
sh_run_dispatch (ShRun *self)
{
  GPtrArray *answering;

  g_return_if_fail (SH_IS_RUN (self));
  g_return_if_fail (self->answering->len == 0);

  if (!self->rounds)
    sh_run_learn_if_due (self);

  /* Callbacks may make actors wait again: those are for the next time. */
  answering = self->waiting;
  self->waiting = self->answering;
  self->answering = answering;
  if (answering->len > 0 && !sh_run_is_ending (self))
    infer (self);
  for (guint i = 0; i < answering->len; i++)
    answer (self, i);
  g_ptr_array_set_size (answering, 0);

  sh_run_finish_if_idle (self);
  sh_run_report (self);
}
