/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs on walkers.
 */

#include "run-fixture.h"

#include <math.h>
#include <string.h>

#include "fixture.h"

/* Turns after which a test that goes on has failed. */
#define MAX_TURNS 100000u

static void
on_progress (ShRun *run, ShRunProgress *progress, RunFixture *self)
{
  self->n_progress++;
  self->progress = *progress;
}

static void
on_episode (ShRun *run, ShEpisode *episode, RunFixture *self)
{
  g_array_append_val (self->episodes, *episode);
}

static void
on_lesson (ShRun *run, const char *name, const char *reason, RunFixture *self)
{
  g_string_append_printf (self->log, "%s: %s\n", name, reason);
}

static void
on_stopping (ShRun *run, RunFixture *self)
{
  g_assert_cmpint (sh_run_get_state (run), ==, SH_RUN_STOPPING);
  g_string_append_printf (self->log, "stopping: %s\n",
                          sh_run_reason_to_string (sh_run_get_reason (run)));
}

static void
on_finished (ShRun *run, RunFixture *self)
{
  g_string_append (self->log, "finished\n");
}

void
run_add_walkers (RunFixture *self, guint n_walkers)
{
  for (guint i = 0; i < n_walkers; i++)
    self->walkers[i] = walker_new (self->run, i);
  self->n_walkers = n_walkers;
}

void
run_listen (RunFixture *self)
{
  self->log = g_string_new (NULL);
  self->episodes = g_array_new (FALSE, FALSE, sizeof (ShEpisode));
  g_signal_connect (self->run, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->run, "episode", G_CALLBACK (on_episode), self);
  g_signal_connect (self->run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  g_signal_connect (self->run, "finished", G_CALLBACK (on_finished), self);
}

void
run_prepare (RunFixture *self, const char *curriculum)
{
  g_autoptr (GError) error = NULL;

  memset (self, 0, sizeof *self);
  self->program =
      fixture_program (WALKER_STATE, WALKER_ACTION, WALKER_CONFIG, curriculum);
  self->codec = sh_codec_new (fixture_concept (self->program), &error);
  g_assert_no_error (error);
}

void
run_set_up (RunFixture *self,
            const char *curriculum,
            guint n_walkers,
            guint batch_size)
{
  run_prepare (self, curriculum);
  self->learner =
      fixture_learner_new (sh_codec_get_space (self->codec), batch_size, 3);
  self->run =
      sh_run_new_training (self->program, fixture_concept (self->program),
                           self->codec, self->learner, 11);
  run_listen (self);
  run_add_walkers (self, n_walkers);
}

void
run_set_up_assessment (RunFixture *self,
                       const char *curriculum,
                       guint n_walkers,
                       guint64 n_episodes)
{
  const guint layers[] = { 8 };

  run_prepare (self, curriculum);
  self->policy = sh_policy_new (sh_codec_get_space (self->codec), layers, 1, 3);
  self->run =
      sh_run_new_assessment (self->program, fixture_concept (self->program),
                             self->codec, self->policy, n_episodes, 11);
  run_listen (self);
  run_add_walkers (self, n_walkers);
}

void
run_tear_down (RunFixture *self)
{
  for (guint i = 0; i < self->n_walkers; i++)
    walker_free (self->walkers[i]);
  g_assert_finalize_object (self->run);
  g_clear_pointer (&self->policy, sh_policy_free);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
  g_string_free (self->log, TRUE);
  g_array_unref (self->episodes);
}

void
run_begin_all (RunFixture *self)
{
  for (guint i = 0; i < self->n_walkers; i++)
    if (!self->walkers[i]->begun)
      walker_begin (self->walkers[i]);
}

void
run_turn (RunFixture *self, guint n)
{
  for (guint i = 0; i < n; i++)
    sh_run_dispatch (self->run);
}

void
run_play (RunFixture *self)
{
  run_begin_all (self);
  for (guint i = 0; sh_run_get_state (self->run) <= SH_RUN_STOPPING; i++)
    {
      g_assert_cmpuint (i, <, MAX_TURNS);
      sh_run_dispatch (self->run);
    }
}

/* Fragments */

/*
 * Checks a fragment against what its walker did: rows are consecutive, actions
 * and rewards those of their steps, values those of the policy. Each step may
 * come once: `seen` holds their keys.
 */
static void
check_fragment (RunFixture *self,
                const ShFragment *fragment,
                GHashTable *seen,
                RunCounts *counts)
{
  const float *row = fragment->observations;
  guint number = (guint) row[0], episode = (guint) row[1];
  guint step = (guint) row[2];
  Walker *walker = self->walkers[number];

  g_assert_cmpuint (fragment->n_steps, >, 0);
  for (guint i = 0; i <= fragment->n_steps; i++, row += 3)
    {
      float value;

      g_assert_cmpfloat (row[0], ==, number);
      g_assert_cmpfloat (row[1], ==, episode);
      g_assert_cmpfloat (row[2], ==, step + i);
      if (i == fragment->n_steps)
        break;
      g_assert_true (g_hash_table_add (
          seen, g_strdup_printf ("%u/%u/%u", number, episode, step + i)));
      g_assert_cmpfloat (fragment->actions[i], ==,
                         walker_way (walker, episode, step + i));
      g_assert_cmpfloat (fragment->rewards[i], ==,
                         walker_reward (number, episode, step + i + 1));
      sh_policy_value (sh_run_get_policy (self->run), 1, row, &value);
      g_assert_cmpfloat_with_epsilon (fragment->values[i], value, 1e-5);
      g_assert_cmpfloat (fragment->log_probs[i], <, 0);
    }
  counts->n_steps += fragment->n_steps;
  counts->n_open += fragment->end == SH_FRAGMENT_OPEN;
  counts->n_terminal += fragment->end == SH_FRAGMENT_TERMINAL;
  counts->n_truncated += fragment->end == SH_FRAGMENT_TRUNCATED;
}

RunCounts
run_check_batches (RunFixture *self)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *batches = fixture_learner_get_batches (self->learner);
  RunCounts counts = { 0 };

  for (guint i = 0; i < batches->len; i++)
    {
      GPtrArray *batch = batches->pdata[i];
      guint before = counts.n_steps;

      for (guint j = 0; j < batch->len; j++)
        check_fragment (self, batch->pdata[j], seen, &counts);
      g_assert_cmpuint (counts.n_steps - before, >=,
                        sh_learner_get_batch_size (self->learner));
      g_assert_cmpuint (counts.n_steps - before, <,
                        sh_learner_get_batch_size (self->learner) +
                            self->n_walkers);
    }
  return counts;
}

ShFragment *
run_get_fragment (RunFixture *self, guint batch, guint index)
{
  GPtrArray *batches = fixture_learner_get_batches (self->learner);
  GPtrArray *fragments;

  g_assert_cmpuint (batch, <, batches->len);
  fragments = batches->pdata[batch];
  g_assert_cmpuint (index, <, fragments->len);
  return fragments->pdata[index];
}
