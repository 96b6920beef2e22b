/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains that a server knows.
 */

#include "sh-registry.h"

#include "sh-conductor-installed.h"
#include "sh-error.h"
#include "sh-push.h"

/* A brain in training, or trained since the server started. */
typedef struct
{
  char *name;
  guint version;
  ShTrainHub *hub;
  ShKeeper *keeper; /* NULL: the training is somebody else's */
  ShConductor *conductor; /* NULL: no simulators of this machine */
} Training;

struct ShRegistry
{
  ShStore *store;
  ShTurn *turn;
  ShHistory *history; /* NULL with history_error */
  GError *history_error;
  void (*training_func) (ShKeeper *keeper, gpointer data); /* or NULL */
  gpointer training_data;
  GHashTable *trainings; /* name in lower case: Training */
  GPtrArray *leaving; /* Training that another one, or nothing, has replaced, as
                       * long as simulators have to be told */
  ShPredictHubs *predict_hubs;
  guint n_muscles; /* of each training whose simulator is installed here */
  guint64 seed; /* of their simulations */
};

static void
training_free (gpointer data)
{
  Training *training = data;

  sh_conductor_free (training->conductor);
  sh_train_hub_free (training->hub);
  if (training->keeper != NULL)
    sh_keeper_free (training->keeper);
  g_free (training->name);
  g_free (training);
}

static ShRun *
get_run (const Training *training)
{
  return sh_train_hub_get_run (training->hub);
}

static gboolean
is_over (const Training *training)
{
  return sh_run_get_state (get_run (training)) >= SH_RUN_FINISHED;
}

static Training *
find_training (ShRegistry *registry, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);

  return g_hash_table_lookup (registry->trainings, key);
}

/* Without its stored versions. `name` is used when it is not in training. */
static ShServedBrain *
served_brain_for (const char *name, const Training *training)
{
  ShServedBrain *brain =
      sh_served_brain_new (training != NULL ? training->name : name);

  if (training != NULL)
    {
      brain->hub = training->hub;
      brain->keeper = training->keeper;
      brain->training_version = training->version;
    }
  return brain;
}

/* Moves what can be used of `infos` from *index on, as long as it is of the
 * brain's name. */
static void
take_versions (ShServedBrain *brain, GPtrArray *infos, guint *index)
{
  for (; *index < infos->len; (*index)++)
    {
      ShBrainInfo *info = infos->pdata[*index];

      if (g_ascii_strcasecmp (info->name, brain->name) != 0)
        return;
      if (info->failure != NULL)
        continue;
      infos->pdata[*index] = NULL;
      g_ptr_array_add (brain->versions, info);
    }
}

static int
compare_brains (gconstpointer a, gconstpointer b)
{
  const ShServedBrain *const *first = a, *const *second = b;

  return g_ascii_strcasecmp ((*first)->name, (*second)->name);
}

static const ShBrainInfo *
find_version (const ShServedBrain *brain, guint version, GError **error)
{
  const GPtrArray *versions = brain->versions;

  if (version == 0 && versions->len > 0)
    return versions->pdata[versions->len - 1];
  for (guint i = 0; i < versions->len; i++)
    {
      const ShBrainInfo *info = versions->pdata[i];

      if (info->version == version)
        return info;
    }
  if (version == 0)
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "brain '%s' has no version yet", brain->name);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "brain '%s' has no version %u", brain->name, version);
  return NULL;
}

/* Public functions. */

ShRegistry *
sh_registry_new (ShStore *store, ShTurn *turn)
{
  ShRegistry *registry = g_new0 (ShRegistry, 1);

  g_return_val_if_fail (store != NULL, NULL);
  g_return_val_if_fail (turn != NULL, NULL);

  registry->store = store;
  registry->turn = turn;
  registry->history = sh_history_open (store, TRUE, &registry->history_error);
  if (registry->history == NULL)
    g_warning ("%s", registry->history_error->message);
  registry->leaving = g_ptr_array_new_with_free_func (training_free);
  registry->trainings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, training_free);
  registry->predict_hubs = sh_predict_hubs_new (store, turn);
  return registry;
}

void
sh_registry_free (ShRegistry *registry)
{
  if (registry == NULL)
    return;
  g_hash_table_unref (registry->trainings);
  g_ptr_array_unref (registry->leaving);
  sh_predict_hubs_free (registry->predict_hubs);
  sh_history_free (registry->history);
  g_clear_error (&registry->history_error);
  g_free (registry);
}

void
sh_registry_set_training_func (ShRegistry *registry,
                               void (*func) (ShKeeper *keeper, gpointer data),
                               gpointer data)
{
  g_return_if_fail (registry != NULL);

  registry->training_func = func;
  registry->training_data = data;
}

ShHistory *
sh_registry_get_history (ShRegistry *registry, GError **error)
{
  g_return_val_if_fail (registry != NULL, NULL);

  if (registry->history == NULL && error != NULL)
    *error = g_error_copy (registry->history_error);
  return registry->history;
}

void
sh_registry_set_muscles (ShRegistry *registry, guint n_muscles, guint64 seed)
{
  g_return_if_fail (registry != NULL);

  registry->n_muscles = n_muscles;
  registry->seed = seed;
}

/* Trainings. */

/* Out of the table; it goes when its simulators have gone. */
static void
set_aside (ShRegistry *registry, const char *name)
{
  g_autofree char *key = g_ascii_strdown (name, -1);
  g_autofree char *stolen_key = NULL;
  gpointer training;

  if (g_hash_table_steal_extended (registry->trainings, key,
                                   (gpointer *) &stolen_key, &training))
    g_ptr_array_add (registry->leaving, training);
}

static gboolean
check_idle (ShRegistry *registry,
            const char *name,
            ShError code,
            GError **error)
{
  const Training *old = find_training (registry, name);

  if (old == NULL || is_over (old))
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

/* If the simulator is installed here; others train it in any case. */
static void
start_muscles (ShRegistry *registry, Training *training)
{
  g_autoptr (GError) error = NULL;

  training->conductor = sh_conductor_new_installed (
      get_run (training), registry->n_muscles, registry->seed,
      on_conductor_ended, NULL, &error);
  if (training->conductor == NULL)
    g_message ("brain '%s' is trained without muscles: %s", training->name,
               error->message);
}

static Training *
add_training (ShRegistry *registry,
              const char *name,
              guint version,
              ShRun *run,
              GError **error)
{
  ShTrainHub *hub = sh_train_hub_new (run, registry->turn, error);
  Training *training;

  if (hub == NULL)
    return NULL;
  training = g_new0 (Training, 1);
  training->name = g_strdup (name);
  training->version = version;
  training->hub = hub;
  set_aside (registry, name);
  g_hash_table_insert (registry->trainings, g_ascii_strdown (name, -1),
                       training);
  if (registry->n_muscles > 0)
    start_muscles (registry, training);
  return training;
}

gboolean
sh_registry_add_training (ShRegistry *registry,
                          const char *name,
                          guint version,
                          ShRun *run,
                          GError **error)
{
  g_return_val_if_fail (registry != NULL, FALSE);
  g_return_val_if_fail (SH_IS_RUN (run), FALSE);

  return sh_store_check_name (name, error) &&
         check_idle (registry, name, SH_ERROR_USAGE, error) &&
         add_training (registry, name, version, run, error) != NULL;
}

/* Takes the keeper over. */
static gboolean
add_keeper (ShRegistry *registry, ShKeeper *keeper, GError **error)
{
  Training *training = add_training (registry, sh_keeper_get_brain (keeper),
                                     sh_keeper_get_version (keeper),
                                     sh_keeper_get_run (keeper), error);

  if (training == NULL)
    {
      sh_keeper_abandon (keeper);
      sh_keeper_free (keeper);
      return FALSE;
    }
  training->keeper = keeper;
  g_message ("brain '%s' version %u: the training begins", training->name,
             training->version);
  if (registry->training_func != NULL)
    registry->training_func (keeper, registry->training_data);
  return TRUE;
}

gboolean
sh_registry_train (ShRegistry *registry,
                   const char *name,
                   ShProgram *program,
                   guint64 seed,
                   GError **error)
{
  const ShKeeperOptions options = {
    .brain = name, .seed = seed, .served = TRUE, .background = TRUE
  };
  ShKeeper *keeper;

  g_return_val_if_fail (registry != NULL && program != NULL, FALSE);

  if (!check_idle (registry, name, SH_ERROR_REFUSED, error))
    return FALSE;
  keeper = sh_keeper_new (registry->store, registry->history, program, &options,
                          error);
  return keeper != NULL && add_keeper (registry, keeper, error);
}

gboolean
sh_registry_resume (ShRegistry *registry,
                    const char *name,
                    guint version,
                    GError **error)
{
  const ShKeeperOptions options = { .brain = name,
                                    .served = TRUE,
                                    .background = TRUE };
  ShKeeper *keeper;

  g_return_val_if_fail (registry != NULL, FALSE);

  if (!check_idle (registry, name, SH_ERROR_REFUSED, error))
    return FALSE;
  keeper = sh_keeper_resume (registry->store, registry->history, version,
                             &options, error);
  return keeper != NULL && add_keeper (registry, keeper, error);
}

/* Begins a training anew of which nothing was saved. */
static gboolean
begin_again (ShRegistry *registry,
             const char *name,
             guint64 seed,
             GError **error)
{
  g_autoptr (GPtrArray) files =
      sh_history_get_files (registry->history, name, error);
  g_autoptr (ShCompiled) compiled = NULL;

  if (files == NULL)
    return FALSE;
  compiled = sh_project_compile (files, name);
  if (compiled->program == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                   "nothing of it was saved, and there is no program");
      return FALSE;
    }
  return sh_registry_train (registry, name, compiled->program, seed, error);
}

void
sh_registry_resume_open (ShRegistry *registry)
{
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) list_error = NULL;

  g_return_if_fail (registry != NULL);

  if (registry->history == NULL)
    return;
  runs = sh_history_list_open_runs (registry->history, &list_error);
  if (runs == NULL)
    {
      g_warning ("%s", list_error->message);
      return;
    }
  for (guint i = 0; i < runs->len; i++)
    {
      const ShHistoryOpenRun *run = runs->pdata[i];
      g_autoptr (GError) error = NULL;

      /* By another engine on this store, which lives. */
      if (sh_store_is_claimed (registry->store, run->name, run->version))
        continue;
      if (sh_registry_resume (registry, run->name, run->version, &error))
        continue;
      if (g_error_matches (error, SH_ERROR, SH_ERROR_NOT_FOUND))
        {
          g_clear_error (&error);
          if (begin_again (registry, run->name, run->seed, &error))
            continue;
        }
      g_warning ("the training of brain '%s' cannot go on: %s", run->name,
                 error->message);
    }
}

gboolean
sh_registry_stop (ShRegistry *registry, const char *name, GError **error)
{
  Training *training;

  g_return_val_if_fail (registry != NULL, FALSE);

  training = find_training (registry, name);
  if (training != NULL && !is_over (training))
    {
      sh_run_stop (get_run (training), SH_RUN_REASON_INTERRUPTED, NULL);
      sh_turn_request (registry->turn);
      return TRUE;
    }
  g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
               "brain '%s' is not in training", name);
  return FALSE;
}

void
sh_registry_suspend (ShRegistry *registry)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (registry != NULL);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Training *training = value;

      if (training->keeper == NULL || is_over (training))
        continue;
      sh_train_hub_suspend (training->hub);
      sh_keeper_suspend (training->keeper);
    }
}

void
sh_registry_flush (ShRegistry *registry, const char *name)
{
  const Training *training;

  g_return_if_fail (registry != NULL);

  training = find_training (registry, name);
  if (training != NULL && training->keeper != NULL)
    sh_keeper_flush (training->keeper);
}

/* Ends the training without a trace. */
static gboolean
drop_training (ShRegistry *registry, const char *name, GError **error)
{
  Training *training = find_training (registry, name);

  if (training == NULL)
    return TRUE;
  if (!is_over (training) && training->keeper == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_REFUSED,
                   "brain '%s' is being trained from a file; stop that first",
                   training->name);
      return FALSE;
    }
  if (training->keeper != NULL)
    sh_keeper_abandon (training->keeper);
  sh_run_stop (get_run (training), SH_RUN_REASON_INTERRUPTED, NULL);
  sh_turn_request (registry->turn);
  set_aside (registry, name);
  return TRUE;
}

gboolean
sh_registry_delete (ShRegistry *registry, const char *name, GError **error)
{
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GError) own_error = NULL;

  g_return_val_if_fail (registry != NULL, FALSE);

  brain = sh_registry_get_brain (registry, name, error);
  if (brain == NULL || !drop_training (registry, name, error))
    return FALSE;
  if (!sh_store_delete (registry->store, name, 0, &own_error) &&
      !g_error_matches (own_error, SH_ERROR, SH_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  return registry->history == NULL ||
         sh_history_delete_brain (registry->history, name, error);
}

/* What there is. */

char *
sh_registry_dup_program (ShRegistry *registry, const char *name)
{
  g_autoptr (ShBrain) brain = NULL;

  g_return_val_if_fail (registry != NULL, NULL);

  brain = sh_store_load (registry->store, name, 0, NULL);
  return brain != NULL ? g_strdup (brain->program->text) : NULL;
}

GBytes *
sh_registry_load_onnx (ShRegistry *registry,
                       const char *name,
                       guint version,
                       GError **error)
{
  g_return_val_if_fail (registry != NULL, NULL);

  return sh_store_load_onnx (registry->store, name, version, error);
}

/* Adds what the history knows. */
static void
add_history (ShRegistry *registry, ShServedBrain *brain)
{
  if (registry->history == NULL)
    return;
  brain->known = sh_history_get_brain (registry->history, brain->name, NULL);
  if (brain->known != NULL && !brain->known->has_project)
    g_clear_pointer (&brain->known, sh_history_brain_free);
  brain->last_run =
      sh_history_get_run (registry->history, brain->name, 0, NULL);
}

ShServedBrain *
sh_registry_get_brain (ShRegistry *registry, const char *name, GError **error)
{
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GError) list_error = NULL;
  Training *training;
  guint index = 0;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  training = find_training (registry, name);
  if (training == NULL && !sh_store_check_name (name, error))
    return NULL;
  infos = sh_store_list (registry->store, name, &list_error);
  if (infos != NULL && infos->len > 0)
    name = ((const ShBrainInfo *) infos->pdata[0])->name;
  brain = served_brain_for (name, training);
  if (infos != NULL)
    take_versions (brain, infos, &index);
  add_history (registry, brain);
  if (infos == NULL && training == NULL && brain->known == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&list_error));
      return NULL;
    }
  if (infos == NULL && training == NULL)
    {
      g_free (brain->name);
      brain->name = g_strdup (brain->known->name);
    }
  return g_steal_pointer (&brain);
}

/* Those of the history that have neither versions nor a training. */
static gboolean
add_known (ShRegistry *registry, GPtrArray *brains, GError **error)
{
  g_autoptr (GHashTable) seen =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) known = NULL;

  if (registry->history == NULL)
    return TRUE;
  known = sh_history_list_brains (registry->history, error);
  if (known == NULL)
    return FALSE;
  for (guint i = 0; i < brains->len; i++)
    g_hash_table_add (
        seen, g_ascii_strdown (((ShServedBrain *) brains->pdata[i])->name, -1));
  for (guint i = 0; i < known->len; i++)
    {
      const ShHistoryBrain *brain = known->pdata[i];
      g_autofree char *key = g_ascii_strdown (brain->name, -1);

      if (!g_hash_table_contains (seen, key))
        g_ptr_array_add (brains, sh_served_brain_new (brain->name));
    }
  return TRUE;
}

GPtrArray *
sh_registry_get_brains (ShRegistry *registry, GError **error)
{
  g_autoptr (GPtrArray) brains =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_served_brain_free);
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GPtrArray) infos = NULL;
  GHashTableIter iter;
  gpointer training;
  guint index = 0;

  g_return_val_if_fail (registry != NULL, NULL);

  infos = sh_store_list (registry->store, NULL, error);
  if (infos == NULL)
    return NULL;
  while (index < infos->len)
    {
      const ShBrainInfo *info = infos->pdata[index];
      Training *own = find_training (registry, info->name);
      g_autoptr (ShServedBrain) brain = served_brain_for (info->name, own);

      take_versions (brain, infos, &index);
      if (own != NULL)
        g_hash_table_add (seen, own);
      if (own != NULL || brain->versions->len > 0)
        g_ptr_array_add (brains, g_steal_pointer (&brain));
    }
  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &training))
    if (!g_hash_table_contains (seen, training))
      g_ptr_array_add (brains, served_brain_for (NULL, training));
  if (!add_known (registry, brains, error))
    return NULL;
  for (guint i = 0; i < brains->len; i++)
    add_history (registry, brains->pdata[i]);
  g_ptr_array_sort (brains, compare_brains);
  return g_steal_pointer (&brains);
}

ShTrainHub *
sh_registry_get_train_hub (ShRegistry *registry,
                           const char *name,
                           GError **error)
{
  g_autoptr (ShServedBrain) brain = NULL;
  Training *training;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  training = find_training (registry, name);
  if (training != NULL)
    return training->hub;
  brain = sh_registry_get_brain (registry, name, error);
  if (brain != NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "brain '%s' is not in training", brain->name);
  return NULL;
}

ShTrainHub *
sh_registry_find_training (ShRegistry *registry,
                           const char *name,
                           guint *version,
                           GError **error)
{
  ShTrainHub *hub = sh_registry_get_train_hub (registry, name, error);

  g_return_val_if_fail (version != NULL, NULL);

  if (hub != NULL)
    *version = find_training (registry, name)->version;
  return hub;
}

ShPredictHub *
sh_registry_find_predict_hub (ShRegistry *registry,
                              const char *name,
                              guint *version,
                              GError **error)
{
  g_autoptr (ShServedBrain) served = NULL;
  const ShBrainInfo *info;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL && version != NULL, NULL);

  served = sh_registry_get_brain (registry, name, error);
  info = served != NULL ? find_version (served, *version, error) : NULL;
  if (info == NULL)
    return NULL;
  *version = info->version;
  return sh_predict_hubs_find (registry->predict_hubs, info);
}

ShPredictHubs *
sh_registry_get_predict_hubs (ShRegistry *registry)
{
  g_return_val_if_fail (registry != NULL, NULL);

  return registry->predict_hubs;
}

void
sh_registry_dispatch (ShRegistry *registry)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (registry != NULL);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_train_hub_dispatch (((Training *) value)->hub);
  for (guint i = 0; i < registry->leaving->len; i++)
    sh_train_hub_dispatch (((Training *) registry->leaving->pdata[i])->hub);
  sh_predict_hubs_dispatch (registry->predict_hubs);
}

void
sh_registry_tick (ShRegistry *registry, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (registry != NULL);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_train_hub_tick (((Training *) value)->hub, now);
  for (guint i = registry->leaving->len; i > 0; i--)
    {
      const Training *training = registry->leaving->pdata[i - 1];

      sh_train_hub_tick (training->hub, now);
      if (is_over (training) &&
          sh_train_hub_get_n_sessions (training->hub) == 0)
        g_ptr_array_remove_index (registry->leaving, i - 1);
    }
  sh_predict_hubs_tick (registry->predict_hubs, now);
}

void
sh_registry_finish (ShRegistry *registry)
{
  GHashTableIter iter;
  gpointer value;

  g_return_if_fail (registry != NULL);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_train_hub_finish (((Training *) value)->hub);
  for (guint i = 0; i < registry->leaving->len; i++)
    sh_train_hub_finish (((Training *) registry->leaving->pdata[i])->hub);
  sh_predict_hubs_finish (registry->predict_hubs);
}

guint
sh_registry_get_n_sessions (ShRegistry *registry)
{
  GHashTableIter iter;
  gpointer value;
  guint n = 0;

  g_return_val_if_fail (registry != NULL, 0);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += sh_train_hub_get_n_sessions (((Training *) value)->hub);
  for (guint i = 0; i < registry->leaving->len; i++)
    n += sh_train_hub_get_n_sessions (
        ((Training *) registry->leaving->pdata[i])->hub);
  return n + sh_predict_hubs_get_n_sessions (registry->predict_hubs, NULL);
}

/* Those that are set aside have been saved, or are forgotten. */
gboolean
sh_registry_is_ending (ShRegistry *registry)
{
  GHashTableIter iter;
  gpointer value;
  gboolean ending = FALSE;

  g_return_val_if_fail (registry != NULL, FALSE);

  g_hash_table_iter_init (&iter, registry->trainings);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    ending |= sh_run_get_state (get_run (value)) == SH_RUN_STOPPING;
  return ending;
}
