/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rounds: what the muscles do next, and what comes of it.
 */

#include "sh-conductor-private.h"

#include <math.h>

#include "sh-error.h"

/* Steps of test passes that are played at once, at least: in most programs one is
 * over then. */
#define PASS_STEPS 1000u

static ShMuscleTask
get_task (const ShConductor *self)
{
  switch (self->phase)
    {
    case SH_PHASE_TEST:
      return SH_MUSCLE_TEST;
    case SH_PHASE_PASS:
      return SH_MUSCLE_PASS;
    default:
      return SH_MUSCLE_ROLL_OUT;
    }
}

/* ---- the end ---- */

static void
tell_if_over (ShConductor *self)
{
  if (self->over || self->phase != SH_PHASE_FINISH)
    return;
  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      if (sh_muscle_get_state (member->muscle) != SH_MUSCLE_GONE)
        return;
    }
  self->over = TRUE;
  self->ended (self, self->data);
}

/* The run is ending: nothing more is taken from the muscles. */
static void
finish (ShConductor *self)
{
  if (self->phase == SH_PHASE_FINISH)
    return;
  self->phase = SH_PHASE_FINISH;
  for (guint i = 0; i < self->members->len; i++)
    {
      ShMember *member = self->members->pdata[i];

      member->source = NULL;
      member->state = SH_CONDUCTOR_MUSCLE_GOING;
      sh_muscle_finish (member->muscle);
    }
  g_clear_pointer (&self->replayer, sh_replayer_free);
  tell_if_over (self);
}

static void
on_stopping (ShRun *run, ShConductor *self)
{
  if (!self->taking)
    finish (self);
}

static void
fail (ShConductor *self, const GError *error)
{
  sh_run_stop (self->run, SH_RUN_REASON_FAILED, error);
  if (!self->taking)
    finish (self);
}

/* ---- rounds ---- */

/* Asks a ready muscle for its part of this phase, if it has one. */
static void
request_part (ShConductor *self, ShMember *member)
{
  member->done = self->phase == SH_PHASE_PASS && member->n_passes == 0;
  if (member->done)
    return;
  if (self->phase == SH_PHASE_TEST)
    sh_muscle_test (member->muscle, self->lesson, self->n_tests, self->n);
  else if (self->phase == SH_PHASE_PASS)
    sh_muscle_pass (member->muscle, self->lesson, member->first_pass,
                    member->n_passes, self->n);
  else
    sh_muscle_roll_out (member->muscle, self->lesson, self->n);
}

static void
begin_phase (ShConductor *self, ShPhase phase, guint n)
{
  self->phase = phase;
  self->lesson = sh_run_get_lesson (self->run);
  self->n = n;
  for (guint i = 0; i < self->members->len; i++)
    {
      ShMember *member = self->members->pdata[i];

      member->done = FALSE;
      if (sh_member_plays (member) &&
          sh_muscle_get_state (member->muscle) == SH_MUSCLE_READY)
        request_part (self, member);
    }
}

static gboolean
has_passes (const ShConductor *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      if (sh_member_plays (member) && member->n_passes > 0)
        return TRUE;
    }
  return FALSE;
}

/* Hands out those that are due, the same number to each muscle. */
static gboolean
share_passes (ShConductor *self, guint n_playing)
{
  guint n =
      sh_run_replay_take_passes (self->run, n_playing, SH_ROLLOUT_MAX_PASSES);

  for (guint i = 0; n > 0 && i < self->members->len; i++)
    {
      ShMember *member = self->members->pdata[i];

      if (!sh_member_plays (member))
        continue;
      member->n_passes = n;
      member->first_pass = self->n_passes;
      self->n_passes += n;
    }
  return n > 0;
}

/* Whether passes come next: when all that were due are played more may be; when
 * not, they have had their time. */
static gboolean
is_time_for_passes (ShConductor *self, guint n_playing)
{
  if (has_passes (self))
    return self->phase != SH_PHASE_PASS;
  return share_passes (self, n_playing);
}

/* Nobody plays in rounds until a muscle joins. */
static void
rest (ShConductor *self)
{
  self->phase = SH_PHASE_REST;
  sh_run_set_tested (self->run, FALSE);
  sh_run_replay_set_rounds (self->run, FALSE);
}

static void
begin_next_phase (ShConductor *self)
{
  guint n_test = sh_run_get_test (self->run);
  guint n_playing = sh_conductor_change_team (self, n_test > 0);

  if (n_playing == 0)
    {
      rest (self);
      return;
    }
  if (self->phase == SH_PHASE_REST)
    {
      sh_run_set_tested (self->run, TRUE);
      sh_run_replay_set_rounds (self->run, TRUE);
    }
  if (n_test > 0)
    {
      sh_replayer_drop_all (self->replayer);
      begin_phase (self, SH_PHASE_TEST, n_test);
    }
  else if (is_time_for_passes (self, n_playing))
    begin_phase (self, SH_PHASE_PASS,
                 MAX (PASS_STEPS,
                      sh_replayer_get_n_steps (self->replayer) * self->n_each));
  else
    begin_phase (self, SH_PHASE_ROLL_OUT,
                 sh_replayer_get_n_steps (self->replayer));
}

/* Episodes have ended. */
static void
note_progress (ShConductor *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      sh_muscle_note_progress (member->muscle);
    }
}

static guint64
count_episodes (const ShConductor *self)
{
  ShRunProgress progress;

  sh_run_get_progress (self->run, &progress);
  return progress.episodes;
}

static void
take_steps (ShConductor *self)
{
  const guint64 n_episodes = count_episodes (self);
  g_autoptr (GError) error = NULL;

  self->taking = TRUE;
  if (!sh_replayer_take (self->replayer, self->n, self->lesson, &error))
    sh_run_stop (self->run, SH_RUN_REASON_FAILED, error);
  if (count_episodes (self) > n_episodes)
    note_progress (self);
  sh_run_replay_learn (self->run);
  self->taking = FALSE;
}

static void
take_test (ShConductor *self)
{
  double sum = 0;
  guint n = 0, n_successes = 0;

  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];
      const ShRolloutResult *result =
          &sh_muscle_get_answer (member->muscle)->result;

      if (!sh_member_plays (member))
        continue;
      sum += result->sum;
      n += MIN (result->n, self->n);
      n_successes += MIN (result->n_successes, self->n);
    }
  note_progress (self);
  self->n_tests += self->n;
  self->taking = TRUE;
  /* Of a test whose episodes were all lost nothing is known: it fails. */
  sh_run_finish_test (self->run, n > 0 ? sum / n : NAN,
                      n > 0 ? (double) n_successes / n : NAN);
  self->taking = FALSE;
}

static void
take_passes (ShConductor *self)
{
  self->taking = TRUE;
  for (guint i = 0; i < self->members->len; i++)
    {
      ShMember *member = self->members->pdata[i];
      const ShPasses *passes = &sh_muscle_get_answer (member->muscle)->passes;
      guint n_over;

      if (!sh_member_plays (member) || member->n_passes == 0)
        continue;
      n_over = MIN (passes->n_over, member->n_passes);
      if (n_over > 0)
        note_progress (self);
      member->n_passes -= n_over;
      member->first_pass += n_over;
      for (guint k = 0; k < MIN (passes->n, n_over); k++)
        if (isfinite (passes->returns[k]))
          sh_run_replay_note_pass (self->run, passes->returns[k]);
    }
  self->taking = FALSE;
}

/* All are ready, and have done what this phase is for. */
static void
end_phase (ShConductor *self)
{
  if (self->phase == SH_PHASE_ROLL_OUT)
    take_steps (self);
  else if (self->phase == SH_PHASE_TEST)
    take_test (self);
  else if (self->phase == SH_PHASE_PASS)
    take_passes (self);
  if (sh_run_get_state (self->run) >= SH_RUN_STOPPING)
    finish (self);
  else
    begin_next_phase (self);
}

void
sh_conductor_go_on (ShConductor *self)
{
  for (guint i = 0; i < self->members->len; i++)
    {
      const ShMember *member = self->members->pdata[i];

      if (sh_member_plays (member) && !member->done)
        return;
    }
  end_phase (self);
}

/* ---- what the muscles say ---- */

static void
on_ready (ShMuscle *muscle, gpointer data)
{
  ShMember *member = data;
  ShConductor *self = member->conductor;

  if (self->phase == SH_PHASE_FINISH || sh_conductor_take_ready (self, member))
    return;
  if (self->phase != SH_PHASE_SET_UP &&
      sh_muscle_get_answer (muscle)->task != get_task (self))
    {
      /* Set up again in the middle of a round: it has that still to play. */
      request_part (self, member);
      if (!member->done)
        return;
    }
  member->done = TRUE;
  sh_conductor_go_on (self);
}

static void
on_lost (ShMuscle *muscle, gpointer data)
{
  ShMember *member = data;
  ShConductor *self = member->conductor;

  if (self->phase == SH_PHASE_FINISH || sh_conductor_take_lost (self, member))
    return;
  member->done = FALSE;
  if (sh_member_plays (member))
    sh_replayer_drop (self->replayer, member->source);
  else /* it was leaving, and the others may have waited for it */
    sh_conductor_go_on (self);
}

static void
on_gone (ShMuscle *muscle, const GError *error, gpointer data)
{
  ShMember *member = data;
  ShConductor *self = member->conductor;

  if (self->phase != SH_PHASE_FINISH &&
      !sh_conductor_take_gone (self, member, error) && error != NULL)
    fail (self, error);
  tell_if_over (self);
}

const ShMuscleFuncs sh_conductor_muscle_funcs = { on_ready, on_lost, on_gone };

/* ---- the start ---- */

/* Muscle k of K plays the instances from k M / K to (k + 1) M / K. */
static guint
get_first_instance (const ShConductor *self, guint n_muscles, guint k)
{
  return (guint) ((guint64) self->n_all * k / n_muscles);
}

/* One process plays as many steps as this in less time than it takes to wake a
 * second one. */
#define WORTH_A_MUSCLE 64u

static guint
get_n_muscles (const ShConductorOptions *options)
{
  guint wanted = sh_run_replay_get_wanted (options->run);
  guint n = options->n_muscles;

  if (n == 0)
    n = CLAMP (wanted / WORTH_A_MUSCLE, 1, g_get_num_processors ());
  return MIN (MIN (n, options->n_instances), SH_CONDUCTOR_MAX_MUSCLES);
}

static gboolean
add_members (ShConductor *self, guint n_muscles, GError **error)
{
  for (guint k = 0; k < n_muscles; k++)
    {
      guint first = get_first_instance (self, n_muscles, k);
      guint next = get_first_instance (self, n_muscles, k + 1);

      if (!sh_conductor_add_member (self, first, next - first, 0, error))
        return FALSE;
    }
  return TRUE;
}

ShConductor *
sh_conductor_new (const ShConductorOptions *options,
                  ShConductorEnded ended,
                  gpointer data,
                  GError **error)
{
  g_autoptr (ShConductor) self = NULL;
  const guint n_muscles = get_n_muscles (options);

  g_return_val_if_fail (SH_IS_RUN (options->run) && ended != NULL, NULL);
  g_return_val_if_fail (options->n_instances > 0, NULL);

  self = g_new0 (ShConductor, 1);
  self->run = g_object_ref (options->run);
  self->file = g_strdup (options->file);
  self->simulator = g_strdup (options->simulator);
  self->ended = ended;
  self->data = data;
  self->seed = options->seed;
  self->call_deadline = options->call_deadline;
  self->leave_deadline = options->leave_deadline > 0
                             ? options->leave_deadline
                             : SH_CONDUCTOR_LEAVE_DEADLINE;
  self->may_rest = options->may_rest;
  self->n_all = options->n_instances;
  self->n_each = (options->n_instances - 1) / n_muscles + 1;
  self->n_steps =
      (sh_run_replay_get_most_wanted (self->run) - 1) / options->n_instances +
      1;
  self->members = g_ptr_array_new_with_free_func (sh_member_free);
  self->replayer =
      sh_replayer_new (self->run, self->simulator, options->n_instances);
  sh_restarts_init (&self->restarts, &sh_retry_system_source);
  sh_run_set_tested (self->run, TRUE);
  sh_run_replay_set_rounds (self->run, TRUE);
  self->stopping_handler =
      g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  return add_members (self, n_muscles, error) ? g_steal_pointer (&self) : NULL;
}

void
sh_conductor_free (ShConductor *conductor)
{
  if (conductor == NULL)
    return;
  g_signal_handler_disconnect (conductor->run, conductor->stopping_handler);
  g_clear_handle_id (&conductor->sweep, g_source_remove);
  g_ptr_array_unref (conductor->members);
  sh_replayer_free (conductor->replayer);
  g_free (conductor->file);
  g_free (conductor->simulator);
  g_object_unref (conductor->run);
  g_free (conductor);
}
