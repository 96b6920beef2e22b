/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Making a keeper: of a program, of what was saved, or of the concept after another
 * one.
 */

#include "sh-keeper-private.h"

#include <math.h>
#include <string.h>

#include "sh-algorithm.h"
#include "sh-error.h"

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
  sh_keeper_take_version (self, version);
  self->served = options->served;
  self->background = options->background;
  make_writer (self, store, history, options->served);
  sh_keeper_follow_run (self);
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
  sh_keeper_take_version (self, g_steal_pointer (&version));
  make_writer (self, store, history, options->served);
  sh_keeper_follow_run (self);
  return g_steal_pointer (&self);
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
  sh_keeper_take_version (next, sh_saver_steal_version (self->saver));
  next->writer = g_steal_pointer (&self->writer);
  if (next->writer != NULL)
    sh_history_writer_follow (next->writer, next->run);
  sh_keeper_follow_run (next);
  return g_steal_pointer (&next);
}
