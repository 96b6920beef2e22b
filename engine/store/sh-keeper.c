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
  ShStore *store;
  ShProgram *program;
  /* Of the concepts before: ShPolicy, and GBytes, as the store has them. */
  GPtrArray *policies, *onnx, *learners;
  char *from; /* as in ShKeeperOptions, or NULL */
  guint from_version;
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
  guint64 played; /* iterations of this concept before this run */
  double before_seconds;
  double before_mean_return; /* counts until an episode is over; or NaN */
  guint64 saved_iterations; /* of this run, at the last save */
  gint64 save_cost; /* microseconds */
  gint64 saved_at; /* monotonic; or when the run was made */
  gboolean background, served, resumed, saved, suspended, abandoned;
  gboolean is_next; /* made by sh_keeper_next */
  gboolean passed_on; /* to the keeper of the next concept */
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
  const ShConcept *next =
      sh_run_leads_on (self->run) ? self->concept + 1 : NULL;
  ShRunProgress progress;

  if (self->writer != NULL)
    sh_history_writer_flush (self->writer);
  sh_keeper_get_progress (self, &progress);
  info->algorithm = g_strdup (sh_learner_get_name (self->learner));
  info->reason = g_strdup (
      sh_run_reason_to_string (next != NULL ? SH_RUN_REASON_NONE : reason));
  info->lesson = g_strdup (progress.lesson);
  if (next != NULL)
    info->next = g_strdup (next->name);
  if (self->from != NULL && self->program->n_concepts > 1)
    info->from = g_strdup_printf ("%s:%u", self->from, self->from_version);
  info->iterations = progress.iterations;
  if (self->program->n_concepts > 1)
    info->concept_iterations =
        self->played + progress.iterations - self->before_iterations;
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
  if (sh_run_leads_on (run) && self->writer != NULL)
    sh_history_writer_leave_run (self->writer);
  self->holding = self->background;
  if (self->holding)
    sh_run_hold (run);
  save (self, self->suspended ? SH_RUN_REASON_NONE : sh_run_get_reason (run));
}

/* Others may go on with the version now, unless we do. */
static void
on_finished (ShRun *run, ShKeeper *self)
{
  if (!sh_keeper_has_next (self))
    sh_saver_close (self->saver);
}

/* Making one. */

/* *state: what the brain that a training starts from knows of the concept; NULL:
 * nothing. */
static gboolean
load_from (ShKeeper *self, GBytes **state, GError **error)
{
  const char *name = self->concept->name;
  g_autoptr (GError) own_error = NULL;
  g_autoptr (ShBrain) brain = NULL;

  *state = NULL;
  if (self->from == NULL)
    return TRUE;
  *state = sh_store_load_learner (self->store, self->from, self->from_version,
                                  name, &own_error);
  if (*state != NULL)
    return TRUE;
  if (!g_error_matches (own_error, SH_ERROR, SH_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  /* One concept may be called something else there. */
  if (self->program->n_concepts == 1)
    {
      *state = sh_store_load_learner (self->store, self->from,
                                      self->from_version, NULL, error);
      return *state != NULL;
    }
  g_clear_error (&own_error);
  brain =
      sh_store_load (self->store, self->from, self->from_version, &own_error);
  if (brain == NULL && self->before_iterations == 0)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  g_message ("concept '%s' begins with nothing: %s", name,
             brain == NULL ? own_error->message
                           : "the brain that the training starts from has no "
                             "state of learning for one of that name");
  return TRUE;
}

static ShLearner *
make_learner (const ShKeeper *self, const ShCodec *codec, GError **error)
{
  return sh_algorithm_new_learner (self->concept, sh_codec_get_space (codec),
                                   self->seed, error);
}

/* A learner that goes on from `state`, if it is not NULL. `is_from`: that is of the
 * brain `from`; of several concepts one that has another shape there begins with
 * nothing. */
static ShLearner *
start_learner (const ShKeeper *self,
               const ShCodec *codec,
               GBytes *state,
               gboolean is_from,
               GError **error)
{
  g_autoptr (ShLearner) learner = make_learner (self, codec, error);
  g_autoptr (GError) own_error = NULL;

  if (learner == NULL || state == NULL ||
      sh_learner_load (learner, state, &own_error))
    return g_steal_pointer (&learner);
  if (is_from && self->program->n_concepts > 1)
    {
      g_message ("concept '%s' begins with nothing, as it is another one in "
                 "brain '%s': %s",
                 self->concept->name, self->from, own_error->message);
      return make_learner (self, codec, error);
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&own_error),
                              "training cannot go on from brain '%s': ",
                              is_from ? self->from : self->brain);
  return NULL;
}

static gboolean
make_run (ShKeeper *self, GBytes *state, gboolean is_from, GError **error)
{
  g_autoptr (ShCodec) codec =
      sh_codec_new_for_graph (self->concept, self->policies, error);
  ShLearner *learner;

  if (codec == NULL)
    return FALSE;
  learner = start_learner (self, codec, state, is_from, error);
  if (learner == NULL)
    return FALSE;
  self->learner = learner;
  /* Episode k has the seed and k: those that come have others than those that
   * were. */
  self->run = sh_run_new_training (self->program, self->concept, codec, learner,
                                   self->seed + self->before_episodes);
  sh_run_set_played (self->run, self->played);
  self->saved_at = g_get_monotonic_time ();
  return TRUE;
}

/* Takes the version over. */
static void
make_saver (ShKeeper *self, ShStoreVersion *version)
{
  self->number = sh_store_version_get_number (version);
  sh_store_version_set_before (version, self->onnx, self->learners);
  self->saver = sh_saver_new (version, self->program, self->concept,
                              sh_run_get_codec (self->run), on_saved, self);
}

static void
make_writer (ShKeeper *self,
             ShStore *store,
             ShHistory *history,
             gboolean served)
{
  g_autoptr (GError) error = NULL;
  const ShHistoryStart start = {
    .brain = self->brain,
    .version = self->number,
    .concept = self->program->concepts[self->program->output].name,
    .algorithm = sh_learner_get_name (self->learner),
    .simulator = self->concept->source.name,
    .seed = self->seed,
    .served = served,
    .resumed = self->resumed,
    .episodes = self->before_episodes,
    .iterations = self->before_iterations,
  };

  if (history == NULL)
    return;
  if (!self->background)
    sh_database_set_patience (sh_history_get_database (history),
                              SH_DATABASE_LONG_PATIENCE);
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

static ShKeeper *
keeper_new (ShStore *store, ShProgram *program, const char *brain)
{
  ShKeeper *self = g_new0 (ShKeeper, 1);

  self->store = store;
  self->program = sh_program_ref (program);
  self->brain = g_strdup (brain);
  self->policies =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_policy_free);
  self->onnx = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->learners =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  self->before_mean_return = NAN;
  return self;
}

/* The highest version is another one once ours is saved. */
static void
pin_from (ShKeeper *self)
{
  g_autoptr (GPtrArray) infos = NULL;

  if (self->from_version == 0)
    infos = sh_store_list (self->store, self->from, NULL);
  if (infos != NULL)
    self->from_version =
        ((const ShBrainInfo *) infos->pdata[infos->len - 1])->version;
}

/* All must be such that they can be trained before the first one is. */
static gboolean
check_program (const ShProgram *program, GError **error)
{
  for (guint i = 0; i < program->n_concepts; i++)
    {
      g_autoptr (ShCodec) codec = sh_codec_new (&program->concepts[i], error);
      g_autoptr (ShLearner) learner = NULL;

      if (codec == NULL)
        return FALSE;
      learner = sh_algorithm_new_learner (&program->concepts[i],
                                          sh_codec_get_space (codec), 0, error);
      if (learner == NULL)
        return FALSE;
    }
  return TRUE;
}

ShKeeper *
sh_keeper_new (ShStore *store,
               ShHistory *history,
               ShProgram *program,
               const ShKeeperOptions *options,
               GError **error)
{
  g_autoptr (ShKeeper) self = NULL;
  g_autoptr (GBytes) state = NULL;
  ShStoreVersion *version;

  g_return_val_if_fail (store != NULL && program != NULL, NULL);

  self = keeper_new (store, program, options->brain);
  self->concept = &program->concepts[0];
  self->seed = options->seed;
  self->from = g_strdup (options->from);
  self->from_version = options->from_version;
  if (self->from != NULL && program->n_concepts > 1)
    pin_from (self);
  if (!load_from (self, &state, error) ||
      (program->n_concepts > 1 && !check_program (program, error)) ||
      !make_run (self, state, TRUE, error))
    return NULL;
  version = sh_store_begin_version (store, self->brain, error);
  if (version == NULL)
    return NULL;
  make_saver (self, version);
  self->served = options->served;
  self->background = options->background;
  make_writer (self, store, history, options->served);
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
get_lesson (ShHistory *history, const ShBrain *brain, const ShConcept *concept)
{
  const ShBrainInfo *info = brain->info;
  g_autoptr (ShHistoryRun) run = NULL;
  g_autoptr (GPtrArray) lessons = NULL;
  const ShHistoryLesson *last;

  if (info->lesson != NULL && info->lesson[0] != '\0')
    return find_lesson (concept, info->lesson);
  if (history != NULL)
    run = sh_history_get_run (history, info->name, info->version, NULL);
  if (run != NULL)
    lessons = sh_history_get_lessons (history, run->id, NULL);
  if (lessons == NULL || lessons->len == 0)
    return 0;
  last = lessons->pdata[lessons->len - 1];
  return find_lesson (concept, last->name);
}

/* Takes what is stored of the concepts before. */
static gboolean
take_before (ShKeeper *self, const ShBrain *brain, GError **error)
{
  for (guint i = 0; i < self->concept->place; i++)
    {
      GBytes *state = sh_store_load_learner (
          self->store, brain->info->name, brain->info->version,
          self->program->concepts[i].name, error);
      g_autoptr (ShPolicy) policy = sh_policy_copy (brain->policies->pdata[i]);

      if (state == NULL)
        return FALSE;
      g_ptr_array_add (self->learners, state);
      g_ptr_array_add (self->policies, g_steal_pointer (&policy));
      g_ptr_array_add (self->onnx, g_bytes_ref (brain->onnx->pdata[i]));
    }
  return TRUE;
}

/* "NAME:VERSION" */
static void
read_from (ShKeeper *self, const ShBrainInfo *info)
{
  const char *colon = info->from != NULL ? strchr (info->from, ':') : NULL;
  guint64 version;

  if (colon == NULL ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXINT, &version, NULL))
    return;
  self->from = g_strndup (info->from, colon - info->from);
  self->from_version = (guint) version;
}

/* What a training goes on with: the concept that it was at, in the lesson that it
 * was in, or the one after it. */
static gboolean
go_on (ShKeeper *self, ShHistory *history, const ShBrain *brain, GError **error)
{
  const ShBrainInfo *info = brain->info;
  const guint place = brain->policies->len - 1;
  g_autoptr (GBytes) state = NULL;

  self->concept = &self->program->concepts[place];
  if (info->next != NULL && place + 1 < self->program->n_concepts)
    {
      self->concept = &self->program->concepts[place + 1];
      return load_from (self, &state, error) &&
             take_before (self, brain, error) &&
             make_run (self, state, TRUE, error);
    }
  self->played = self->program->n_concepts > 1 ? info->concept_iterations
                                               : info->iterations;
  state = sh_store_load_learner (self->store, info->name, info->version, NULL,
                                 error);
  if (state == NULL || !take_before (self, brain, error) ||
      !make_run (self, state, FALSE, error))
    return FALSE;
  self->before_mean_return = info->mean_return;
  sh_run_skip_lessons (self->run, get_lesson (history, brain, self->concept));
  return TRUE;
}

ShKeeper *
sh_keeper_resume (ShStore *store,
                  ShHistory *history,
                  guint number,
                  const ShKeeperOptions *options,
                  GError **error)
{
  g_autoptr (ShKeeper) self = NULL;
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (ShBrain) brain = NULL;

  g_return_val_if_fail (store != NULL && options != NULL, NULL);

  /* First the claim: from then on nobody else writes it. */
  version = sh_store_resume_version (store, options->brain, number, error);
  if (version == NULL)
    return NULL;
  number = sh_store_version_get_number (version);
  brain = sh_store_load (store, options->brain, number, error);
  if (brain == NULL)
    return NULL;
  self = keeper_new (store, brain->program, brain->info->name);
  self->seed = brain->info->seed;
  self->served = options->served;
  self->background = options->background;
  self->resumed = TRUE;
  self->before_iterations = brain->info->iterations;
  self->before_episodes = brain->info->episodes;
  self->before_seconds = brain->info->seconds;
  read_from (self, brain->info);
  if (!go_on (self, history, brain, error))
    return NULL;
  make_saver (self, g_steal_pointer (&version));
  make_writer (self, store, history, options->served);
  follow_run (self);
  return g_steal_pointer (&self);
}

gboolean
sh_keeper_has_next (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return sh_run_get_state (self->run) == SH_RUN_FINISHED &&
         sh_run_leads_on (self->run) && !self->passed_on && !self->abandoned &&
         self->error == NULL;
}

gboolean
sh_keeper_is_next (const ShKeeper *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_next;
}

ShKeeper *
sh_keeper_next (ShKeeper *self, GError **error)
{
  g_autoptr (ShKeeper) next = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GBytes) state = NULL;
  ShRunProgress progress;

  g_return_val_if_fail (self != NULL && sh_keeper_has_next (self), NULL);

  self->passed_on = TRUE;
  /* What is saved is what a process that is started again would go on with. */
  brain = sh_store_load (self->store, self->brain, self->number, error);
  if (brain == NULL)
    return NULL;
  next = keeper_new (self->store, self->program, self->brain);
  next->concept = &self->program->concepts[self->concept->place + 1];
  next->seed = self->seed;
  next->served = self->served;
  next->background = self->background;
  next->resumed = self->resumed;
  next->is_next = TRUE;
  next->from = g_strdup (self->from);
  next->from_version = self->from_version;
  sh_keeper_get_progress (self, &progress);
  next->before_iterations = progress.iterations;
  next->before_episodes = progress.episodes;
  next->before_seconds = progress.seconds;
  next->saved = TRUE;
  if (!load_from (next, &state, error) || !take_before (next, brain, error) ||
      !make_run (next, state, TRUE, error))
    return NULL;
  make_saver (next, sh_saver_steal_version (self->saver));
  next->writer = g_steal_pointer (&self->writer);
  if (next->writer != NULL)
    sh_history_writer_follow (next->writer, next->run);
  follow_run (next);
  return g_steal_pointer (&next);
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
  g_clear_pointer (&self->policies, g_ptr_array_unref);
  g_clear_pointer (&self->onnx, g_ptr_array_unref);
  g_clear_pointer (&self->learners, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->from);
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
