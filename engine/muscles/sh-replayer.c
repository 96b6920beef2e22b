/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From muscles' rows to a run, row by row.
 */

#include "sh-replayer.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

/* A simulation. */
typedef struct
{
  ShActor *actor;
  gboolean open;
  guint64 n_episodes; /* begun so far */
} Player;

struct ShReplayerSource
{
  ShRun *run; /* the replayer's */
  ShRolloutRows rows;
  guint first_instance, n_instances;
  Player *players; /* [n_instances] */
  gboolean leaving;
};

struct ShReplayer
{
  ShRun *run;
  char *simulator;
  const ShSpace *space;
  GPtrArray *sources; /* ShReplayerSource */
  guint n_all; /* in the numbers of episodes */
  float *action; /* [A] a step's, copied */
  float *observation; /* [O] the same */
  gsize mask_size; /* 0: there are no masks */
  guint8 *mask, *next_mask; /* [mask_size], before a step and after it */
  guint n_objectives;
  ShOutcome *outcomes; /* [n_objectives] */
};

/* Never called: these actors do not wait. */
static void
on_action (ShActor *actor, gconstpointer action, gpointer data)
{
}

static void
source_free (gpointer data)
{
  ShReplayerSource *source = data;

  for (guint i = 0; i < source->n_instances; i++)
    sh_run_remove_actor (source->run, source->players[i].actor);
  g_free (source->players);
  g_free (source);
}

ShReplayer *
sh_replayer_new (ShRun *run, const char *simulator, guint n_all)
{
  ShReplayer *self = g_new0 (ShReplayer, 1);

  self->run = g_object_ref (run);
  self->simulator = g_strdup (simulator);
  self->space = sh_codec_get_space (sh_run_get_codec (run));
  self->sources = g_ptr_array_new_with_free_func (source_free);
  self->n_all = n_all;
  self->action = g_new0 (float, self->space->n_actions);
  self->observation = g_new0 (float, self->space->n_observations);
  self->mask_size = sh_codec_get_mask_size (sh_run_get_codec (run));
  self->mask = g_malloc0 (self->mask_size + 1);
  self->next_mask = g_malloc0 (self->mask_size + 1);
  self->n_objectives = sh_run_get_concept (run)->n_objectives;
  self->outcomes = g_new0 (ShOutcome, self->n_objectives + 1);
  return self;
}

void
sh_replayer_free (ShReplayer *replayer)
{
  if (replayer == NULL)
    return;
  g_ptr_array_unref (replayer->sources);
  g_free (replayer->action);
  g_free (replayer->observation);
  g_free (replayer->mask);
  g_free (replayer->next_mask);
  g_free (replayer->outcomes);
  g_free (replayer->simulator);
  g_object_unref (replayer->run);
  g_free (replayer);
}

ShReplayerSource *
sh_replayer_add (ShReplayer *replayer,
                 const ShRolloutRows *rows,
                 guint first_instance,
                 guint n_instances,
                 guint64 first_episode)
{
  ShReplayerSource *source;

  g_return_val_if_fail (replayer != NULL && n_instances > 0, NULL);
  g_return_val_if_fail (first_instance + n_instances <= replayer->n_all, NULL);

  source = g_new0 (ShReplayerSource, 1);
  source->run = replayer->run;
  source->rows = *rows;
  source->first_instance = first_instance;
  source->n_instances = n_instances;
  source->players = g_new0 (Player, n_instances);
  for (guint i = 0; i < n_instances; i++)
    {
      source->players[i].actor =
          sh_run_add_actor (replayer->run, on_action, NULL);
      source->players[i].n_episodes = first_episode;
    }
  g_ptr_array_add (replayer->sources, source);
  return source;
}

void
sh_replayer_remove (ShReplayer *replayer, ShReplayerSource *source)
{
  g_return_if_fail (replayer != NULL && source != NULL);

  g_ptr_array_remove (replayer->sources, source);
}

void
sh_replayer_source_leave (ShReplayerSource *source)
{
  g_return_if_fail (source != NULL);

  source->leaving = TRUE;
}

gboolean
sh_replayer_source_is_idle (const ShReplayerSource *source)
{
  g_return_val_if_fail (source != NULL, TRUE);

  for (guint i = 0; i < source->n_instances; i++)
    if (source->players[i].open)
      return FALSE;
  return TRUE;
}

guint
sh_replayer_get_n_steps (const ShReplayer *replayer)
{
  const guint wanted = sh_run_replay_get_wanted (replayer->run);
  guint n_players = 0, n_steps;

  for (guint i = 0; i < replayer->sources->len; i++)
    {
      const ShReplayerSource *source = replayer->sources->pdata[i];

      n_players += source->leaving ? 0 : source->n_instances;
    }
  n_steps = (wanted - 1) / MAX (n_players, 1) + 1;
  for (guint i = 0; i < replayer->sources->len; i++)
    {
      const ShReplayerSource *source = replayer->sources->pdata[i];

      n_steps = MIN (n_steps, source->rows.n_steps);
    }
  return n_steps;
}

void
sh_replayer_drop (ShReplayer *replayer, ShReplayerSource *source)
{
  g_return_if_fail (replayer != NULL && source != NULL);

  for (guint i = 0; i < source->n_instances; i++)
    {
      Player *player = &source->players[i];

      if (player->open)
        sh_run_replay_drop (replayer->run, player->actor);
      player->open = FALSE;
    }
}

void
sh_replayer_drop_all (ShReplayer *replayer)
{
  for (guint i = 0; i < replayer->sources->len; i++)
    sh_replayer_drop (replayer, replayer->sources->pdata[i]);
}

/* ---- steps ---- */

static gboolean
refuse (const ShReplayer *self, const char *what, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_PROTOCOL,
               "simulator '%s': the memory of its process holds %s; it has "
               "written where it may not",
               self->simulator, what);
  return FALSE;
}

/* Whether the copied action is one that the policy can have taken. */
static gboolean
is_action (const ShReplayer *self)
{
  for (guint i = 0; i < self->space->n_actions; i++)
    {
      const ShComponent *component = &self->space->actions[i];
      float value = self->action[i];

      if (component->kind == SH_COMPONENT_CONTINUOUS
              ? !isfinite (value)
              : !(value >= 0 && value < (float) component->n_choices &&
                  value == floorf (value)))
        return FALSE;
    }
  return TRUE;
}

/* Copies an observation; whether it is one that can be learnt from. */
static gboolean
take_observation (ShReplayer *self, const float *row)
{
  const guint n = self->space->n_observations;

  memcpy (self->observation, row, n * sizeof (float));
  for (guint i = 0; i < n; i++)
    if (!isfinite (self->observation[i]))
      return FALSE;
  return TRUE;
}

/* A mask as written, to `mask`: what is read of it after it was checked must be
 * what was checked. NULL: there are no masks. */
static const guint8 *
take_mask (const ShReplayer *self,
           const guint8 *masks,
           gsize place,
           guint8 *mask)
{
  if (self->mask_size == 0)
    return NULL;
  for (gsize i = 0; i < self->mask_size; i++)
    mask[i] = masks[place * self->mask_size + i] != 0;
  return mask;
}

/* Whether the copied mask allows the copied action. */
static gboolean
is_allowed (const ShReplayer *self)
{
  const guint8 *mask = self->mask;

  for (guint i = 0; self->mask_size > 0 && i < self->space->n_actions; i++)
    {
      const ShComponent *component = &self->space->actions[i];

      if (component->kind == SH_COMPONENT_CONTINUOUS)
        continue;
      if (!mask[(guint) self->action[i]])
        return FALSE;
      mask += component->n_choices;
    }
  return TRUE;
}

/* How the episode that ends at `place` came out: copied, and made numbers that
 * can be. */
static void
take_outcomes (ShReplayer *self, const ShRolloutRows *rows, gsize place)
{
  for (guint i = 0; i < self->n_objectives; i++)
    {
      const volatile ShOutcome *written =
          &rows->outcomes[place * self->n_objectives + i];
      double satisfaction = written->satisfaction;

      self->outcomes[i].success = written->success != 0;
      self->outcomes[i].satisfaction =
          isfinite (satisfaction) ? CLAMP (satisfaction, 0, 1) : 0;
    }
}

/* An end is what the run makes of the step by its own rules. */
static gboolean
is_same_end (ShStepEnd end, ShRunVerdict verdict)
{
  switch (verdict)
    {
    case SH_RUN_ACT:
      return end == SH_STEP_GOES_ON;
    case SH_RUN_EPISODE_OVER:
      return end == SH_STEP_TERMINAL || end == SH_STEP_OVER;
    case SH_RUN_END_EPISODE:
    default:
      return end == SH_STEP_LIMIT;
    }
}

/* Step `t` of simulation `i` of a muscle. */
static gboolean
take_step (ShReplayer *self,
           ShReplayerSource *source,
           guint t,
           guint i,
           guint lesson,
           GError **error)
{
  const ShRolloutRows *rows = &source->rows;
  const gsize n_observations = self->space->n_observations;
  const gsize n_actions = self->space->n_actions;
  const gsize place = (gsize) t * source->n_instances + i;
  const guint index = source->first_instance + i;
  Player *player = &source->players[i];
  /* Read once. */
  ShStepEnd end = *(const volatile guint8 *) &rows->ends[place];
  const guint8 *mask;
  ShReplayStep step;

  if (end > SH_STEP_NONE ||
      (end == SH_STEP_NONE && (player->open || !source->leaving)))
    return refuse (self, "a step with an end that there is not", error);
  if (end == SH_STEP_NONE)
    return TRUE;
  mask = take_mask (self, rows->masks, place, self->mask);
  if (!player->open)
    {
      if (!take_observation (self, rows->observations + place * n_observations))
        return refuse (self, "a state that cannot be", error);
      sh_run_replay_begin (self->run, player->actor,
                           index + player->n_episodes++ * self->n_all, lesson,
                           self->observation, mask);
    }
  player->open = end == SH_STEP_GOES_ON;
  if (end == SH_STEP_LOST)
    {
      sh_run_replay_drop (self->run, player->actor);
      return TRUE;
    }
  if (end != SH_STEP_GOES_ON)
    take_outcomes (self, rows, place);
  memcpy (self->action, rows->actions + place * n_actions,
          n_actions * sizeof (float));
  step = (ShReplayStep){
    .action = self->action,
    .log_prob = *(const volatile float *) &rows->log_probs[place],
    .value = *(const volatile float *) &rows->values[place],
    .reward = *(const volatile float *) &rows->rewards[place],
    .earned = *(const volatile double *) &rows->earned[place],
    .terminal = end == SH_STEP_TERMINAL,
    .over = end == SH_STEP_TERMINAL || end == SH_STEP_OVER,
    .outcomes = self->outcomes,
    .observation = self->observation,
    .mask = end == SH_STEP_GOES_ON
                ? take_mask (self, rows->masks, place + source->n_instances,
                             self->next_mask)
                : take_mask (self, rows->last_masks, place, self->next_mask),
  };
  if (!is_action (self) || !is_allowed (self) || !isfinite (step.reward) ||
      !isfinite (step.earned) || !isfinite (step.log_prob) ||
      !isfinite (step.value) ||
      !take_observation (self, end == SH_STEP_GOES_ON
                                   ? rows->observations +
                                         (place + source->n_instances) *
                                             n_observations
                                   : rows->last + place * n_observations))
    return refuse (self, "a step that cannot be", error);
  if (!is_same_end (end,
                    sh_run_replay_step (self->run, player->actor, &step)) &&
      sh_run_get_state (self->run) < SH_RUN_STOPPING)
    return refuse (self, "an episode that ends at the wrong step", error);
  return TRUE;
}

gboolean
sh_replayer_take (ShReplayer *replayer,
                  guint n_steps,
                  guint lesson,
                  GError **error)
{
  for (guint t = 0; t < n_steps; t++)
    for (guint s = 0; s < replayer->sources->len; s++)
      {
        ShReplayerSource *source = replayer->sources->pdata[s];

        for (guint i = 0; i < source->n_instances; i++)
          {
            if (!take_step (replayer, source, t, i, lesson, error))
              return FALSE;
            if (sh_run_get_state (replayer->run) >= SH_RUN_STOPPING)
              return TRUE;
          }
      }
  return TRUE;
}
