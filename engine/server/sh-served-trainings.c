/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The trainings of a server.
 */

#include "sh-served-trainings.h"

#include "sh-conductor-installed.h"

struct ShServedTrainings
{
  ShTurn *turn;
  GHashTable *table; /* name in lower case: ShServedTraining */
  GPtrArray
      *leaving; /* ShServedTraining that another one, or nothing, has replaced,
                       * as long as simulators have to be told */
  void (*func) (ShKeeper *keeper, gpointer data); /* of a beginning; or NULL */
  gpointer data;
  guint n_muscles; /* of each training whose simulator is installed here */
  gboolean has_finished; /* a run has since the last turn */
  gboolean suspended; /* none begins any more */
};

static void
training_free (gpointer data)
{
  ShServedTraining *training = data;

  sh_catalog_search_free (training->search);
  sh_conductor_free (training->conductor);
  g_signal_handler_disconnect (sh_served_training_get_run (training),
                               training->finished_handler);
  sh_train_hub_free (training->hub);
  if (training->keeper != NULL)
    sh_keeper_free (training->keeper);
  g_free (training->name);
  g_free (training);
}

ShRun *
sh_served_training_get_run (const ShServedTraining *training)
{
  return sh_train_hub_get_run (training->hub);
}

gboolean
sh_served_training_is_over (const ShServedTraining *training)
{
  return sh_run_get_state (sh_served_training_get_run (training)) >=
             SH_RUN_FINISHED &&
         (training->keeper == NULL || !sh_keeper_has_next (training->keeper));
}

ShServedTrainings *
sh_served_trainings_new (ShTurn *turn)
{
  ShServedTrainings *trainings = g_new0 (ShServedTrainings, 1);

  trainings->turn = turn;
  trainings->table =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, training_free);
  trainings->leaving = g_ptr_array_new_with_free_func (training_free);
  return trainings;
}

void
sh_served_trainings_free (ShServedTrainings *trainings)
{
  g_hash_table_unref (trainings->table);
  g_ptr_array_unref (trainings->leaving);
  g_free (trainings);
}

void
sh_served_trainings_set_func (ShServedTrainings *trainings,
                              void (*func) (ShKeeper *keeper, gpointer data),
                              gpointer data)
{
  trainings->func = func;
  trainings->data = data;
}

void
sh_served_trainings_set_muscles (ShServedTrainings *trainings, guint n_muscles)
{
  trainings->n_muscles = n_muscles;
}

ShServedTraining *
sh_served_trainings_find (ShServedTrainings *trainings, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (trainings->table, key);
}

void
sh_served_trainings_init_iter (ShServedTrainings *trainings,
                               GHashTableIter *iter)
{
  g_hash_table_iter_init (iter, trainings->table);
}

/* Out of the table; it goes when its simulators have gone. */
static void
set_aside (ShServedTrainings *trainings, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  g_autofree char *stolen_key = NULL;
  gpointer training;

  if (g_hash_table_steal_extended (trainings->table, key,
                                   (gpointer *) &stolen_key, &training))
    g_ptr_array_add (trainings->leaving, training);
}

gboolean
sh_served_trainings_check_idle (ShServedTrainings *trainings,
                                const char *name,
                                ShError code,
                                GError **error)
{
  const ShServedTraining *old = sh_served_trainings_find (trainings, name);

  if (old == NULL || sh_served_training_is_over (old))
    return TRUE;
  g_set_error (error, SH_ERROR, (int) code, "brain '%s' is in training already",
               old->name);
  return FALSE;
}

/* Whoever asks for it looks at the run. */
static void
on_conductor_ended (ShConductor *conductor, gpointer data)
{
}

static const ShConcept *
get_concept (const ShServedTraining *training)
{
  return sh_run_get_concept (sh_served_training_get_run (training));
}

/* Others may train it in any case. */
static void
tell_without (const ShServedTraining *training,
              const ShConcept *concept,
              const char *reason)
{
  if (concept == get_concept (training))
    g_message ("brain '%s' is trained without muscles: %s", training->name,
               reason);
  else
    g_message ("concept '%s' of brain '%s' will be trained without muscles: %s",
               concept->name, training->name, reason);
}

static void find_muscles (ShServedTraining *training, const ShConcept *concept);

/* The one whose simulator is looked for after that of `concept`: whoever begins a
 * training is told of all at once. NULL: there is none, or nobody cares any more. */
static const ShConcept *
get_next_sought (const ShServedTraining *training, const ShConcept *concept)
{
  const ShProgram *program =
      sh_run_get_program (sh_served_training_get_run (training));

  return !training->stopped && !sh_keeper_is_next (training->keeper) &&
                 concept->place + 1 < program->n_concepts
             ? concept + 1
             : NULL;
}

static void
on_found (ShPluginInfo *plugin,
          const ShSimulatorInfo *simulator,
          const GError *error,
          gpointer data)
{
  ShServedTraining *training = data;
  const ShConcept *concept = training->sought;
  ShRun *run = sh_served_training_get_run (training);
  g_autoptr (GError) own = NULL;

  if (error == NULL && concept != get_concept (training))
    sh_conductor_check_installed (simulator, &own);
  else if (error == NULL && sh_run_get_state (run) < SH_RUN_STOPPING)
    training->conductor = sh_conductor_new_installed (
        run, simulator, training->trainings->n_muscles, on_conductor_ended,
        NULL, &own);
  if (error != NULL || own != NULL)
    tell_without (training, concept, (own != NULL ? own : error)->message);
  g_clear_pointer (&training->search, sh_catalog_search_free);
  find_muscles (training, get_next_sought (training, concept));
}

/* If the simulator is installed here, and those of later concepts. */
static void
find_muscles (ShServedTraining *training, const ShConcept *concept)
{
  for (; concept != NULL && concept->source.name == NULL;
       concept = get_next_sought (training, concept))
    tell_without (training, concept, "the program does not name its simulator");
  training->sought = concept;
  if (concept != NULL)
    training->search =
        sh_catalog_search_new (concept->source.name, on_found, training);
}

/* It may have a next concept, and somebody may wait for its end. */
static void
on_finished (ShRun *run, ShServedTraining *training)
{
  training->trainings->has_finished = TRUE;
  sh_turn_request (training->trainings->turn);
}

ShServedTraining *
sh_served_trainings_add (ShServedTrainings *trainings,
                         const char *name,
                         guint version,
                         ShRun *run,
                         GError **error)
{
  ShTrainHub *hub = sh_train_hub_new (run, trainings->turn, error);
  ShServedTraining *training;

  if (hub == NULL)
    return NULL;
  training = g_new0 (ShServedTraining, 1);
  training->name = g_strdup (name);
  training->version = version;
  training->hub = hub;
  training->trainings = trainings;
  training->finished_handler =
      g_signal_connect (run, "finished", G_CALLBACK (on_finished), training);
  set_aside (trainings, name);
  g_hash_table_insert (trainings->table, g_ascii_strdown (name, -1), training);
  return training;
}

/* Whoever has it begun from a file hears of it otherwise. */
static void
tell_begin (const ShServedTraining *training)
{
  const gboolean several =
      sh_run_get_program (sh_served_training_get_run (training))->n_concepts >
      1;

  g_message ("brain '%s' version %u: the training %s%s begins", training->name,
             training->version, several ? "of concept " : "",
             several ? get_concept (training)->name : "");
}

gboolean
sh_served_trainings_add_keeper (ShServedTrainings *trainings,
                                ShKeeper *keeper,
                                GError **error)
{
  const ShConcept *concept = sh_run_get_concept (sh_keeper_get_run (keeper));
  ShServedTraining *training = sh_served_trainings_add (
      trainings, sh_keeper_get_brain (keeper), sh_keeper_get_version (keeper),
      sh_keeper_get_run (keeper), error);

  if (training == NULL)
    {
      sh_keeper_abandon (keeper);
      sh_keeper_free (keeper);
      return FALSE;
    }
  training->keeper = keeper;
  if (sh_keeper_is_served (keeper))
    tell_begin (training);
  if (trainings->func != NULL)
    trainings->func (keeper, trainings->data);
  if (trainings->n_muscles > 0)
    find_muscles (training, concept);
  return TRUE;
}

/* A concept is learned: the training of the next one begins. */
static void
advance (ShServedTrainings *trainings, ShServedTraining *training)
{
  g_autoptr (GError) error = NULL;
  const gboolean stopped = training->stopped;
  g_autofree char *name = g_strdup (training->name);
  ShKeeper *next = sh_keeper_next (training->keeper, &error);

  if (next != NULL && sh_served_trainings_add_keeper (trainings, next, &error))
    {
      /* The hub of before is set aside, and tells its simulators. */
      if (stopped)
        sh_run_stop (sh_keeper_get_run (next), SH_RUN_REASON_INTERRUPTED, NULL);
      sh_turn_request (trainings->turn);
      return;
    }
  g_warning (
      "the training of brain '%s' cannot go on with its next concept: %s", name,
      error->message);
}

static void
advance_all (ShServedTrainings *trainings)
{
  g_autoptr (GPtrArray) due = NULL;
  GHashTableIter iter;
  gpointer value;

  if (!trainings->has_finished)
    return;
  trainings->has_finished = FALSE;
  due = g_ptr_array_new ();
  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ShServedTraining *training = value;

      if (training->keeper != NULL && sh_keeper_has_next (training->keeper))
        g_ptr_array_add (due, training);
    }
  for (guint i = 0; i < due->len && !trainings->suspended; i++)
    advance (trainings, due->pdata[i]);
}

gboolean
sh_served_trainings_stop (ShServedTrainings *trainings,
                          const char *name,
                          GError **error)
{
  ShServedTraining *training = sh_served_trainings_find (trainings, name);

  if (training != NULL && !sh_served_training_is_over (training))
    {
      training->stopped = TRUE;
      sh_run_stop (sh_served_training_get_run (training),
                   SH_RUN_REASON_INTERRUPTED, NULL);
      sh_turn_request (trainings->turn);
      return TRUE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
               "brain '%s' is not in training", name);
  return FALSE;
}

gboolean
sh_served_trainings_drop (ShServedTrainings *trainings,
                          const char *name,
                          GError **error)
{
  ShServedTraining *training = sh_served_trainings_find (trainings, name);

  if (training == NULL)
    return TRUE;
  if (!sh_served_training_is_over (training) &&
      (training->keeper == NULL || !sh_keeper_is_served (training->keeper)))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
                   "brain '%s' is being trained from a file; stop that first",
                   training->name);
      return FALSE;
    }
  if (training->keeper != NULL)
    sh_keeper_abandon (training->keeper);
  training->stopped = TRUE;
  sh_run_stop (sh_served_training_get_run (training), SH_RUN_REASON_INTERRUPTED,
               NULL);
  sh_turn_request (trainings->turn);
  set_aside (trainings, name);
  return TRUE;
}

gboolean
sh_served_trainings_end (ShServedTrainings *trainings)
{
  GHashTableIter iter;
  gpointer value;
  gboolean ended = TRUE;

  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      ShServedTraining *training = value;

      if (training->keeper == NULL || sh_keeper_is_served (training->keeper) ||
          sh_served_training_is_over (training))
        continue;
      training->stopped = TRUE;
      sh_run_stop (sh_served_training_get_run (training),
                   SH_RUN_REASON_INTERRUPTED, NULL);
      ended &= sh_served_training_is_over (training);
    }
  return ended;
}

void
sh_served_trainings_suspend (ShServedTrainings *trainings)
{
  GHashTableIter iter;
  gpointer value;

  trainings->suspended = TRUE;
  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const ShServedTraining *training = value;

      if (training->keeper == NULL || !sh_keeper_is_served (training->keeper) ||
          sh_served_training_is_over (training))
        continue;
      sh_train_hub_suspend (training->hub);
      sh_keeper_suspend (training->keeper);
    }
}

gboolean
sh_served_trainings_are_ending (ShServedTrainings *trainings)
{
  GHashTableIter iter;
  gpointer training;
  gboolean ending = FALSE;

  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &training))
    ending |= sh_run_get_state (sh_served_training_get_run (training)) ==
              SH_RUN_STOPPING;
  return ending;
}

/* Hubs. */

static void
foreach_hub (ShServedTrainings *trainings, void (*func) (ShTrainHub *hub))
{
  GHashTableIter iter;
  gpointer training;

  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &training))
    func (((ShServedTraining *) training)->hub);
  for (guint i = 0; i < trainings->leaving->len; i++)
    func (((ShServedTraining *) trainings->leaving->pdata[i])->hub);
}

void
sh_served_trainings_dispatch (ShServedTrainings *trainings)
{
  foreach_hub (trainings, sh_train_hub_dispatch);
  advance_all (trainings);
}

void
sh_served_trainings_finish (ShServedTrainings *trainings)
{
  foreach_hub (trainings, sh_train_hub_finish);
}

void
sh_served_trainings_tick (ShServedTrainings *trainings, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_train_hub_tick (((ShServedTraining *) value)->hub, now);
  for (guint i = trainings->leaving->len; i > 0; i--)
    {
      const ShServedTraining *training = trainings->leaving->pdata[i - 1];

      sh_train_hub_tick (training->hub, now);
      if (sh_served_training_is_over (training) &&
          sh_train_hub_get_n_sessions (training->hub) == 0)
        g_ptr_array_remove_index (trainings->leaving, i - 1);
    }
}

guint
sh_served_trainings_get_n_sessions (ShServedTrainings *trainings)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_hash_table_iter_init (&iter, trainings->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += sh_train_hub_get_n_sessions (((ShServedTraining *) value)->hub);
  for (guint i = 0; i < trainings->leaving->len; i++)
    n += sh_train_hub_get_n_sessions (
        ((ShServedTraining *) trainings->leaving->pdata[i])->hub);
  return n;
}
