/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShKeeper: between a run, its files and its history.
 */

#include "sh-keeper.h"

#include <math.h>
#include <string.h>

#include "sh-algorithm.h"
#include "sh-error.h"
#include "sh-saver.h"

/* Of the time, at most one part in so many is spent saving. */
#define SAVE_SHARE 20

struct ShKeeper
{
  ShProgram *program;
  const ShConcept *concept;
  ShLearner *learner; /* the run's */
  ShRun *run;
  ShSaver *saver; /* has the version until the run is over */
  guint number; /* of the version */
  ShHistoryWriter *writer; /* NULL: there is no history */
  char *brain;
  guint64 seed;
  /* Of earlier processes. */
  guint64 before_iterations, before_episodes;
  double before_seconds;
  double before_mean_return; /* counts until an episode is over; or NaN */
  guint64 saved_iterations; /* of this run, at the last save */
  gint64 save_cost; /* microseconds */
  gint64 saved_at; /* monotonic; or when the run was made */
  gboolean background, served, resumed, saved, suspended, abandoned;
  gboolean holding; /* the run, until its last save is done */
  GError *error;
};

void
sh_keeper_get_progress (ShKeeper *self, ShRunProgress *progress)
{
  g_return_if_fail (self != NULL && progress != NULL);

  sh_run_get_progress (self->run, progress);
  progress->iterations += self->before_iterations;
  progress->episodes += self->before_episodes;
  progress->seconds += self->before_seconds;
  if (isnan (progress->mean_return))
    progress->mean_return = self->before_mean_return;
}

/* Saving. */

static void
on_saved (const GError *error, gint64 cost, gpointer data)
{
  ShKeeper *self = data;

  self->save_cost = cost;
  self->saved_at = g_get_monotonic_time ();
  g_clear_error (&self->error);
  if (error == NULL)
    self->saved = TRUE;
  else
    {
      self->error = g_error_copy (error);
      if (self->served || sh_run_get_state (self->run) == SH_RUN_RUNNING)
        g_warning ("%s", error->message);
    }
  if (!self->holding || sh_saver_is_busy (self->saver))
    return;
  self->holding = FALSE;
  if (self->writer != NULL)
    sh_history_writer_end_run (self->writer);
  sh_run_release (self->run);
}

static void
save (ShKeeper *self, ShRunReason reason)
{
  ShBrainInfo *info = sh_brain_info_new ();
  ShRunProgress progress;

  if (self->writer != NULL)
    sh_history_writer_flush (self->writer);
  sh_keeper_get_progress (self, &progress);
  info->algorithm = g_strdup (sh_learner_get_name (self->learner));
  info->reason = g_strdup (sh_run_reason_to_string (reason));
  info->lesson = g_strdup (progress.lesson);
  info->iterations = progress.iterations;
  info->episodes = progress.episodes;
  info->mean_return = progress.mean_return;
  info->seconds = progress.seconds;
  info->seed = self->seed;
  self->saved_iterations = progress.iterations - self->before_iterations;
  self->saved_at = g_get_monotonic_time ();
  sh_saver_save (self->saver, info,
                 sh_policy_save (sh_run_get_policy (self->run)),
                 sh_learner_save (self->learner));
  if (!self->background)
    sh_saver_wait (self->saver);
}

static void
on_progress (ShRun *run, const ShRunProgress *progress, ShKeeper *self)
{
  const gint64 waited = g_get_monotonic_time () - self->saved_at;

  /* The last one is told before the policy is final. */
  if (sh_run_get_state (run) == SH_RUN_RUNNING && !self->abandoned &&
      !sh_saver_is_busy (self->saver) &&
      progress->iterations > self->saved_iterations &&
      waited >= SH_KEEPER_SAVE_INTERVAL * G_USEC_PER_SEC &&
      waited >= SAVE_SHARE * self->save_cost)
    save (self, SH_RUN_REASON_NONE);
}

/* After the last lesson the run stops, and is saved for that. */
static void
on_lesson (ShRun *run, const char *name, const char *reason, ShKeeper *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (!self->abandoned && sh_run_get_state (run) == SH_RUN_RUNNING &&
      g_strcmp0 (progress.lesson, name) != 0)
    save (self, SH_RUN_REASON_NONE);
}

/* The policy is final. */
static void
on_stopping (ShRun *run, ShKeeper *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  if (self->abandoned ||
      (progress.iterations == 0 && self->before_iterations == 0))
    return;
  self->holding = self->background;
  if (self->holding)
    sh_run_hold (run);
  save (self, self->suspended ? SH_RUN_REASON_NONE : sh_run_get_reason (run));
}

/* Others may go on with the version now. */
static void
on_finished (ShRun *run, ShKeeper *self)
{
  sh_saver_close (self->saver);
}

/* Making one. */

/* The state of the brain that a training starts from; NULL without an error: of
 * none. */
static GBytes *
load_from (ShStore *store, const ShKeeperOptions *options, GError **error)
{
  if (options->from == NULL)
    return NULL;
  return sh_store_load_learner (store, options->from, options->from_version,
                                error);
}

static gboolean
make_run (ShKeeper *self, GBytes *state, const char *of, GError **error)
{
  g_autoptr (ShCodec) codec = sh_codec_new (self->concept, error);
  g_autoptr (ShLearner) learner = NULL;

  if (codec == NULL)
    return FALSE;
  learner = sh_algorithm_new_learner (self->concept, sh_codec_get_space (codec),
                                      self->seed, error);
  if (learner == NULL)
    return FALSE;
  if (state != NULL && !sh_learner_load (learner, state, error))
    {
      g_prefix_error (error, "training cannot go on from brain '%s': ", of);
      return FALSE;
    }
  self->learner = learner;
  /* Episode k has the seed and k: those that come have others than those that
   * were. */
  self->run = sh_run_new_training (self->program, self->concept, codec,
                                   g_steal_pointer (&learner),
                                   self->seed + self->before_episodes);
  self->saved_at = g_get_monotonic_time ();
  return TRUE;
}

/* Takes the version over. */
static void
make_saver (ShKeeper *self, ShStoreVersion *version)
{
  self->number = sh_store_version_get_number (version);
  self->saver = sh_saver_new (version, self->program, self->concept,
                              sh_run_get_codec (self->run), on_saved, self);
}

static void
make_writer (ShKeeper *self,
             ShStore *store,
             ShHistory *history,
             const ShKeeperOptions *options)
{
  g_autoptr (GError) error = NULL;
  const ShHistoryStart start = {
    .brain = self->brain,
    .version = self->number,
    .concept = self->concept->name,
    .algorithm = sh_learner_get_name (self->learner),
    .simulator = self->concept->source.name,
    .seed = self->seed,
    .served = options->served,
    .resumed = self->resumed,
    .episodes = self->before_episodes,
    .iterations = self->before_iterations,
  };

  if (history == NULL)
    return;
  if (sh_history_close_lost_runs (history, store, &error))
    self->writer = sh_history_writer_new (history, &start, &error);
  if (self->writer != NULL)
    sh_history_writer_follow (self->writer, self->run);
  else
    g_warning ("brain '%s' is trained without a history: %s", self->brain,
               error->message);
}

/* After the history's writer: what is saved is in the history, or a process that
 * goes on would not know of it. */
static void
follow_run (ShKeeper *self)
{
  g_signal_connect (self->run, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (self->run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  g_signal_connect (self->run, "finished", G_CALLBACK (on_finished), self);
}

ShKeeper *
sh_keeper_new (ShStore *store,
               ShHistory *history,
               ShProgram *program,
               const ShKeeperOptions *options,
               GError **error)
{
  g_autoptr (ShKeeper) self = g_new0 (ShKeeper, 1);
  g_autoptr (GBytes) state = NULL;
  ShStoreVersion *version;

  g_return_val_if_fail (store != NULL && program != NULL, NULL);

  state = load_from (store, options, error);
  if (state == NULL && options->from != NULL)
    return NULL;

  self->program = sh_program_ref (program);
  self->concept = &program->concepts[program->output];
  self->brain = g_strdup (options->brain);
  self->seed = options->seed;
  self->before_mean_return = NAN;
  if (!make_run (self, state, options->from, error))
    return NULL;
  version = sh_store_begin_version (store, self->brain, error);
  if (version == NULL)
    return NULL;
  make_saver (self, version);
  self->served = options->served;
  self->background = options->background;
  make_writer (self, store, history, options);
  follow_run (self);
  return g_steal_pointer (&self);
}

static guint
find_lesson (const ShConcept *concept, const char *name)
{
  for (guint i = 0; name != NULL && i < concept->n_lessons; i++)
    if (strcmp (concept->lessons[i].name, name) == 0)
      return i;
  return 0;
}

/* The lesson in which a training was when it was saved. Where the brain does not
 * say so, by what is known of it. */
static guint
get_lesson (ShHistory *history, const ShBrain *brain)
{
  const ShBrainInfo *info = brain->info;
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GPtrArray) lessons = NULL;
  const ShHistoryLesson *last;

  if (info->lesson != NULL && info->lesson[0] != '\0')
    return find_lesson (brain->concept, info->lesson);
  if (history != NULL)
    run = sh_history_get_run (history, info->name, info->version, NULL);
  if (run != NULL)
    lessons = sh_history_get_lessons (history, run->id, NULL);
  if (lessons == NULL || lessons->len == 0)
    return 0;
  last = lessons->pdata[lessons->len - 1];
  return find_lesson (brain->concept, last->name);
}

ShKeeper *
sh_keeper_resume (ShStore *store,
                  ShHistory *history,
                  guint number,
                  const ShKeeperOptions *options,
                  GError **error)
{
  g_autoptr (ShKeeper) self = g_new0 (ShKeeper, 1);
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GBytes) state = NULL;

  g_return_val_if_fail (store != NULL && options != NULL, NULL);

  /* First the claim: from then on nobody else writes it. */
  version = sh_store_resume_version (store, options->brain, number, error);
  if (version == NULL)
    return NULL;
  number = sh_store_version_get_number (version);
  brain = sh_store_load (store, options->brain, number, error);
  if (brain == NULL)
    return NULL;
  state = sh_store_load_learner (store, options->brain, number, error);
  if (state == NULL)
    return NULL;
  self->program = sh_program_ref (brain->program);
  self->concept = brain->concept;
  self->brain = g_strdup (brain->info->name);
  self->seed = brain->info->seed;
  self->served = options->served;
  self->background = options->background;
  self->resumed = TRUE;
  self->before_iterations = brain->info->iterations;
  self->before_episodes = brain->info->episodes;
  self->before_seconds = brain->info->seconds;
  self->before_mean_return = brain->info->mean_return;
  if (!make_run (self, state, self->brain, error))
    return NULL;
  make_saver (self, g_steal_pointer (&version));
  sh_run_skip_lessons (self->run, get_lesson (history, brain));
  sh_run_set_played (self->run, self->before_iterations);
  make_writer (self, store, history, options);
  follow_run (self);
  return g_steal_pointer (&self);
}

void
sh_keeper_free (ShKeeper *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->writer, sh_history_writer_free);
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  self->holding = FALSE;
  g_clear_pointer (&self->saver, sh_saver_free);
  g_clear_object (&self->run);
  g_clear_pointer (&self->program, sh_program_unref);
  g_clear_error (&self->error);
  g_free (self->brain);
  g_free (self);
}

ShRun *
sh_keeper_get_run (ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->run;
}

const char *
sh_keeper_get_brain (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->brain;
}

guint
sh_keeper_get_version (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number;
}

void
sh_keeper_suspend (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  if (sh_run_get_state (self->run) > SH_RUN_RUNNING)
    return;
  self->suspended = TRUE;
  if (self->writer != NULL)
    sh_history_writer_suspend (self->writer);
  sh_run_stop (self->run, SH_RUN_REASON_INTERRUPTED, NULL);
}

void
sh_keeper_abandon (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  self->abandoned = TRUE;
  sh_saver_close (self->saver);
  if (self->writer != NULL)
    g_clear_pointer (&self->writer, sh_history_writer_free);
}

void
sh_keeper_flush (ShKeeper *self)
{
  g_return_if_fail (self != NULL);

  if (self->writer != NULL && sh_run_get_state (self->run) <= SH_RUN_RUNNING)
    sh_history_writer_flush (self->writer);
}

gboolean
sh_keeper_is_saved (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->saved;
}

guint64
sh_keeper_get_seed (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->seed;
}

const GError *
sh_keeper_get_error (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->error;
}
