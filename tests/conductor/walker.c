/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulation in the process.
 */

#include "walker.h"

#include "fixture.h"

static void on_action (ShActor *actor, gconstpointer action, gpointer data);

Walker *
walker_new (ShRun *run, guint number)
{
  Walker *self = g_new0 (Walker, 1);

  self->run = g_object_ref (run);
  self->number = number;
  self->ways =
      g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  self->actor = sh_run_add_actor (run, on_action, self);
  return self;
}

void
walker_leave (Walker *self)
{
  if (self->actor != NULL)
    sh_run_remove_actor (self->run, self->actor);
  self->actor = NULL;
}

void
walker_free (Walker *self)
{
  walker_leave (self);
  g_hash_table_unref (self->ways);
  g_object_unref (self->run);
  g_free (self);
}

double
walker_reward (guint number, guint episode, guint step)
{
  return number + 0.5 * episode + 0.25 * step;
}

static gint64
make_key (guint episode, guint step)
{
  return ((gint64) episode << 32) | step;
}

double
walker_way (Walker *self, guint episode, guint step)
{
  gint64 key = make_key (episode, step);
  double *way = g_hash_table_lookup (self->ways, &key);

  g_assert_nonnull (way);
  return *way;
}

static void
observe (Walker *self, double reward, gboolean terminal)
{
  const SimhostSchema *table =
      sh_codec_get_state_table (sh_run_get_codec (self->run));
  g_autofree char *state = g_malloc0 (table->size);

  *(double *) fixture_member (table, state, "walker") = self->number;
  *(double *) fixture_member (table, state, "episode") = self->episode;
  *(double *) fixture_member (table, state, "step") =
      self->bad_state != 0 ? self->bad_state : self->step;
  switch (sh_run_observe (self->run, self->actor, state, reward, terminal))
    {
    case SH_RUN_ACT:
      break;
    case SH_RUN_END_EPISODE:
      self->n_ended++;
      self->begun = FALSE;
      break;
    case SH_RUN_EPISODE_OVER:
    default:
      g_assert_true (terminal);
      self->begun = FALSE;
      break;
    }
}

void
walker_begin (Walker *self)
{
  const SimhostSchema *table =
      sh_codec_get_config_table (sh_run_get_codec (self->run));
  g_autofree char *config = g_malloc0 (table->size);

  if (self->actor == NULL || self->finished)
    return;
  g_assert_false (self->begun);
  if (!sh_run_begin_episode (self->run, self->actor, config, &self->lesson))
    {
      self->finished = TRUE;
      return;
    }
  self->length = *(double *) fixture_member (table, config, "length");
  self->slope = *(double *) fixture_member (table, config, "slope");
  self->episode++;
  self->step = 0;
  self->begun = TRUE;
  /* Neither counts after a start. */
  observe (self, 1e9, TRUE);
}

void
walker_step (Walker *self)
{
  gint64 *key = g_new (gint64, 1);
  double reward;

  g_assert_true (self->begun);
  self->acting = FALSE;
  *key = make_key (self->episode, self->step);
  g_hash_table_insert (self->ways, key,
                       g_memdup2 (&self->way, sizeof self->way));
  self->step++;
  reward = self->bad_reward != 0
               ? self->bad_reward
               : walker_reward (self->number, self->episode, self->step);
  observe (self, reward, self->step == self->length);
  if (!self->begun)
    walker_begin (self);
}

static void
on_action (ShActor *actor, gconstpointer action, gpointer data)
{
  Walker *self = data;

  g_assert_true (actor == self->actor);
  if (action == NULL)
    {
      self->n_ended++;
      self->begun = FALSE;
      walker_begin (self);
      return;
    }
  self->way = *(const double *) action;
  self->acting = TRUE;
  if (!self->hold)
    walker_step (self);
}
