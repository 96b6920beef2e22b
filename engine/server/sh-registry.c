/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains that a server knows.
 */

#include "sh-registry.h"

#include "sh-error.h"
#include "sh-push.h"
#include "sh-served-trainings.h"

struct ShRegistry
{
  ShStore *store;
  ShHistory *history; /* NULL with history_error */
  GError *history_error;
  ShServedTrainings *trainings;
  ShPredictHubs *predict_hubs;
};

/* Without its stored versions. `name` is used when it is not in training. */
static ShServedBrain *
served_brain_for (const char *name, const ShServedTraining *training)
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
  registry->history = sh_history_open (store, TRUE, &registry->history_error);
  if (registry->history == NULL)
    g_warning ("%s", registry->history_error->message);
  registry->trainings = sh_served_trainings_new (turn);
  registry->predict_hubs = sh_predict_hubs_new (store, turn);
  return registry;
}

void
sh_registry_free (ShRegistry *registry)
{
  if (registry == NULL)
    return;
  sh_served_trainings_free (registry->trainings);
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

  sh_served_trainings_set_func (registry->trainings, func, data);
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
sh_registry_set_muscles (ShRegistry *registry, guint n_muscles)
{
  g_return_if_fail (registry != NULL);

  sh_served_trainings_set_muscles (registry->trainings, n_muscles);
}

/* Trainings. */

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
         sh_served_trainings_check_idle (registry->trainings, name,
                                         SH_ERROR_USAGE, error) &&
         sh_served_trainings_add (registry->trainings, name, version, run,
                                  error) != NULL;
}

ShKeeper *
sh_registry_train (ShRegistry *registry,
                   const char *name,
                   ShProgram *program,
                   guint64 seed,
                   gboolean served,
                   GError **error)
{
  const ShKeeperOptions options = {
    .brain = name, .seed = seed, .served = served, .background = TRUE
  };
  ShKeeper *keeper;

  g_return_val_if_fail (registry != NULL && program != NULL, NULL);

  if (!sh_served_trainings_check_idle (
          registry->trainings, name, served ? SH_ERROR_REFUSED : SH_ERROR_USAGE,
          error))
    return NULL;
  keeper = sh_keeper_new (registry->store, registry->history, program, &options,
                          error);
  if (keeper == NULL ||
      !sh_served_trainings_add_keeper (registry->trainings, keeper, error))
    return NULL;
  return keeper;
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

  if (!sh_served_trainings_check_idle (registry->trainings, name,
                                       SH_ERROR_REFUSED, error))
    return FALSE;
  keeper = sh_keeper_resume (registry->store, registry->history, version,
                             &options, error);
  return keeper != NULL &&
         sh_served_trainings_add_keeper (registry->trainings, keeper, error);
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
  return sh_registry_train (registry, name, compiled->program, seed, TRUE,
                            error) != NULL;
}

void
sh_registry_resume_open (ShRegistry *registry)
{
  g_autoptr (GPtrArray) runs = NULL;
  g_autoptr (GError) list_error = NULL;

  g_return_if_fail (registry != NULL);

  if (registry->history == NULL)
    return;
  if (!sh_history_close_lost_runs (registry->history, registry->store,
                                   &list_error))
    g_warning ("%s", list_error->message);
  g_clear_error (&list_error);
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
  g_return_val_if_fail (registry != NULL, FALSE);

  return sh_served_trainings_stop (registry->trainings, name, error);
}

gboolean
sh_registry_end (ShRegistry *registry)
{
  g_return_val_if_fail (registry != NULL, TRUE);

  return sh_served_trainings_end (registry->trainings);
}

void
sh_registry_suspend (ShRegistry *registry)
{
  g_return_if_fail (registry != NULL);

  sh_served_trainings_suspend (registry->trainings);
}

void
sh_registry_flush (ShRegistry *registry, const char *name)
{
  const ShServedTraining *training;

  g_return_if_fail (registry != NULL);

  training = sh_served_trainings_find (registry->trainings, name);
  if (training != NULL && training->keeper != NULL)
    sh_keeper_flush (training->keeper);
}

gboolean
sh_registry_delete (ShRegistry *registry, const char *name, GError **error)
{
  g_autoptr (ShServedBrain) brain = NULL;
  g_autoptr (GError) own_error = NULL;

  g_return_val_if_fail (registry != NULL, FALSE);

  brain = sh_registry_get_brain (registry, name, error);
  if (brain == NULL ||
      !sh_served_trainings_drop (registry->trainings, name, error))
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
                       guint concept,
                       GError **error)
{
  g_autoptr (ShBrain) brain = NULL;
  guint n;

  g_return_val_if_fail (registry != NULL, NULL);

  brain = sh_store_load (registry->store, name, version, error);
  if (brain == NULL)
    return NULL;
  n = concept > 0 ? concept : brain->program->n_concepts;
  if (n <= brain->onnx->len)
    return g_bytes_ref (brain->onnx->pdata[n - 1]);
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "brain '%s' version %u has no policy-%u.onnx", name,
               brain->info->version, n);
  return NULL;
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
  ShServedTraining *training;
  guint index = 0;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  training = sh_served_trainings_find (registry->trainings, name);
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
      ShServedTraining *own =
          sh_served_trainings_find (registry->trainings, info->name);
      g_autoptr (ShServedBrain) brain = served_brain_for (info->name, own);

      take_versions (brain, infos, &index);
      if (own != NULL)
        g_hash_table_add (seen, own);
      if (own != NULL || brain->versions->len > 0)
        g_ptr_array_add (brains, g_steal_pointer (&brain));
    }
  sh_served_trainings_init_iter (registry->trainings, &iter);
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
  ShServedTraining *training;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  training = sh_served_trainings_find (registry->trainings, name);
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
    *version = sh_served_trainings_find (registry->trainings, name)->version;
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
  g_return_if_fail (registry != NULL);

  sh_served_trainings_dispatch (registry->trainings);
  sh_predict_hubs_dispatch (registry->predict_hubs);
}

void
sh_registry_tick (ShRegistry *registry, gint64 now)
{
  g_return_if_fail (registry != NULL);

  sh_served_trainings_tick (registry->trainings, now);
  sh_predict_hubs_tick (registry->predict_hubs, now);
}

void
sh_registry_finish (ShRegistry *registry)
{
  g_return_if_fail (registry != NULL);

  sh_served_trainings_finish (registry->trainings);
  sh_predict_hubs_finish (registry->predict_hubs);
}

guint
sh_registry_get_n_sessions (ShRegistry *registry)
{
  g_return_val_if_fail (registry != NULL, 0);

  return sh_served_trainings_get_n_sessions (registry->trainings) +
         sh_predict_hubs_get_n_sessions (registry->predict_hubs, NULL);
}

gboolean
sh_registry_is_ending (ShRegistry *registry)
{
  g_return_val_if_fail (registry != NULL, FALSE);

  return sh_served_trainings_are_ending (registry->trainings);
}
