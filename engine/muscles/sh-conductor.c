/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Rounds: what the muscles do next, and what comes of it.
 */

#include "sh-conductor.h"

#include "sh-error.h"
#include "sh-muscle.h"
#include "sh-replayer.h"

typedef enum
{
  PHASE_SET_UP,
  PHASE_ROLL_OUT,
  PHASE_TEST,
  PHASE_FINISH
} Phase;

struct ShConductor
{
  ShRun *run;
  char *file, *simulator;
  ShConductorEnded ended;
  gpointer data;
  gulong stopping_handler;

  ShRestarts restarts;
  guint n_muscles;
  ShMuscle **muscles;
  ShReplayer *replayer;

  Phase phase;
  guint lesson, n; /* what the muscles were asked for in this phase */
  guint64 n_tests; /* episodes of tests so far, the present one not counted */
  gboolean *done; /* [n_muscles] this phase's task */
  gboolean taking; /* steps are being replayed */
  gboolean over; /* `ended` was told */
};

static ShMuscleTask
get_task (const ShConductor *self)
{
  return self->phase == PHASE_TEST ? SH_MUSCLE_TEST : SH_MUSCLE_ROLL_OUT;
}

/* ---- the end ---- */

static void
tell_if_over (ShConductor *self)
{
  if (self->over || self->phase != PHASE_FINISH)
    return;
  for (guint i = 0; i < self->n_muscles; i++)
    if (sh_muscle_get_state (self->muscles[i]) != SH_MUSCLE_GONE)
      return;
  self->over = TRUE;
  self->ended (self, self->data);
}

/* The run is ending: nothing more is taken from the muscles. */
static void
finish (ShConductor *self)
{
  if (self->phase == PHASE_FINISH)
    return;
  self->phase = PHASE_FINISH;
  for (guint i = 0; i < self->n_muscles; i++)
    sh_muscle_finish (self->muscles[i]);
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

/* Asks a ready muscle for its part of this phase. */
static void
request_part (ShConductor *self, ShMuscle *muscle)
{
  if (self->phase == PHASE_TEST)
    sh_muscle_test (muscle, self->lesson, self->n_tests, self->n);
  else
    sh_muscle_roll_out (muscle, self->lesson, self->n);
}

static void
begin_phase (ShConductor *self, Phase phase, guint n)
{
  self->phase = phase;
  self->lesson = sh_run_get_lesson (self->run);
  self->n = n;
  for (guint i = 0; i < self->n_muscles; i++)
    {
      self->done[i] = FALSE;
      if (sh_muscle_get_state (self->muscles[i]) == SH_MUSCLE_READY)
        request_part (self, self->muscles[i]);
    }
}

static void
begin_next_phase (ShConductor *self)
{
  guint n_test = sh_run_get_test (self->run);

  if (n_test > 0)
    {
      sh_replayer_drop_all (self->replayer);
      begin_phase (self, PHASE_TEST, n_test);
    }
  else
    begin_phase (self, PHASE_ROLL_OUT,
                 sh_replayer_get_n_steps (self->replayer));
}

static void
take_steps (ShConductor *self)
{
  g_autoptr (GError) error = NULL;

  self->taking = TRUE;
  if (!sh_replayer_take (self->replayer, self->n, self->lesson, &error))
    sh_run_stop (self->run, SH_RUN_REASON_FAILED, error);
  sh_run_replay_learn (self->run);
  self->taking = FALSE;
}

static void
take_test (ShConductor *self)
{
  double sum = 0;
  guint n = 0, n_successes = 0;

  for (guint i = 0; i < self->n_muscles; i++)
    {
      const ShRolloutResult *result =
          &sh_muscle_get_answer (self->muscles[i])->result;

      sum += result->sum;
      n += MIN (result->n, self->n);
      n_successes += MIN (result->n_successes, self->n);
    }
  self->n_tests += self->n;
  self->taking = TRUE;
  sh_run_finish_test (self->run, sum / MAX (n, 1),
                      (double) n_successes / MAX (n, 1));
  self->taking = FALSE;
}

/* All are ready, and have done what this phase is for. */
static void
end_phase (ShConductor *self)
{
  if (self->phase == PHASE_ROLL_OUT)
    take_steps (self);
  else if (self->phase == PHASE_TEST)
    take_test (self);
  if (sh_run_get_state (self->run) >= SH_RUN_STOPPING)
    finish (self);
  else
    begin_next_phase (self);
}

/* ---- what the muscles say ---- */

static guint
get_index (const ShConductor *self, const ShMuscle *muscle)
{
  guint i = 0;

  while (self->muscles[i] != muscle)
    i++;
  return i;
}

static void
on_ready (ShMuscle *muscle, gpointer data)
{
  ShConductor *self = data;
  guint index = get_index (self, muscle);

  if (self->phase == PHASE_FINISH)
    return;
  if (self->phase == PHASE_SET_UP ||
      sh_muscle_get_answer (muscle)->task == get_task (self))
    self->done[index] = TRUE;
  else
    {
      /* Set up again in the middle of a round: it has that still to play. */
      request_part (self, muscle);
      return;
    }
  for (guint i = 0; i < self->n_muscles; i++)
    if (!self->done[i])
      return;
  end_phase (self);
}

static void
on_lost (ShMuscle *muscle, gpointer data)
{
  ShConductor *self = data;
  guint index = get_index (self, muscle);

  if (self->phase == PHASE_FINISH)
    return;
  self->done[index] = FALSE;
  sh_replayer_drop (self->replayer, index);
}

static void
on_gone (ShMuscle *muscle, const GError *error, gpointer data)
{
  ShConductor *self = data;

  if (self->phase != PHASE_FINISH && error != NULL)
    fail (self, error);
  tell_if_over (self);
}

static const ShMuscleFuncs muscle_funcs = { on_ready, on_lost, on_gone };

/* ---- the start ---- */

/* Muscle k of K plays the instances from k M / K to (k + 1) M / K. */
static guint
get_first_instance (const ShConductorOptions *options, guint n_muscles, guint k)
{
  return (guint) ((guint64) options->n_instances * k / n_muscles);
}

static gboolean
add_muscle (ShConductor *self,
            const ShConductorOptions *options,
            guint index,
            GError **error)
{
  ShPolicy *policy = sh_run_get_policy (self->run);
  guint first = get_first_instance (options, self->n_muscles, index);
  guint next = get_first_instance (options, self->n_muscles, index + 1);
  guint wanted = sh_run_replay_get_most_wanted (self->run);
  g_autofree char *name =
      g_strdup_printf ("muscle %u of %u of the run of %s", index + 1,
                       self->n_muscles, sh_run_get_concept (self->run)->name);

  self->muscles[index] = sh_muscle_new (
      &(ShMuscleOptions){
          .name = name,
          .file = self->file,
          .simulator = self->simulator,
          .program = sh_run_get_program (self->run)->text,
          .program_file = sh_run_get_program (self->run)->file,
          .policy = policy,
          .space = sh_codec_get_space (sh_run_get_codec (self->run)),
          .mask_size = sh_codec_get_mask_size (sh_run_get_codec (self->run)),
          .n_objectives = sh_run_get_concept (self->run)->n_objectives,
          .n_instances = next - first,
          .first_instance = first,
          .n_all = options->n_instances,
          .n_steps = (wanted - 1) / options->n_instances + 1,
          .patient = self->n_muscles < g_get_num_processors (),
          .seed = options->seed,
          .call_deadline = options->call_deadline,
          .restarts = &self->restarts,
      },
      &muscle_funcs, self, error);
  if (self->muscles[index] == NULL)
    return FALSE;
  sh_replayer_add (self->replayer, sh_muscle_get_rows (self->muscles[index]),
                   first, next - first);
  return TRUE;
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

ShConductor *
sh_conductor_new (const ShConductorOptions *options,
                  ShConductorEnded ended,
                  gpointer data,
                  GError **error)
{
  g_autoptr (ShConductor) self = NULL;

  g_return_val_if_fail (SH_IS_RUN (options->run) && ended != NULL, NULL);
  g_return_val_if_fail (options->n_instances > 0, NULL);

  self = g_new0 (ShConductor, 1);
  self->run = g_object_ref (options->run);
  self->file = g_strdup (options->file);
  self->simulator = g_strdup (options->simulator);
  self->ended = ended;
  self->data = data;
  self->n_muscles = get_n_muscles (options);
  self->muscles = g_new0 (ShMuscle *, self->n_muscles);
  self->done = g_new0 (gboolean, self->n_muscles);
  self->replayer =
      sh_replayer_new (self->run, self->simulator, options->n_instances);
  sh_restarts_init (&self->restarts, &sh_retry_system_source);
  sh_run_set_tested (self->run, TRUE);
  self->stopping_handler =
      g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  for (guint i = 0; i < self->n_muscles; i++)
    if (!add_muscle (self, options, i, error))
      return NULL;
  return g_steal_pointer (&self);
}

void
sh_conductor_free (ShConductor *conductor)
{
  if (conductor == NULL)
    return;
  g_signal_handler_disconnect (conductor->run, conductor->stopping_handler);
  for (guint i = 0; i < conductor->n_muscles; i++)
    sh_muscle_free (conductor->muscles[i]);
  g_free (conductor->muscles);
  g_free (conductor->done);
  sh_replayer_free (conductor->replayer);
  g_free (conductor->file);
  g_free (conductor->simulator);
  g_object_unref (conductor->run);
  g_free (conductor);
}

guint
sh_conductor_get_n_muscles (const ShConductor *conductor)
{
  return conductor->n_muscles;
}

GPid
sh_conductor_get_pid (const ShConductor *conductor, guint muscle)
{
  g_return_val_if_fail (muscle < conductor->n_muscles, 0);

  return sh_muscle_get_pid (conductor->muscles[muscle]);
}
