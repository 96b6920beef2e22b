/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains that a server knows.
 */

#include "sh-registry.h"

#include "sh-error.h"

/* A brain in training, or trained since the server started. */
typedef struct
{
  char *name;
  guint version;
  ShTrainHub *hub;
} Training;

struct ShRegistry
{
  ShStore *store;
  ShTurn *turn;
  GHashTable *trainings; /* name in lower case: Training */
  GHashTable *predict_hubs; /* what is stored, see get_hub_key: ShPredictHub */
};

static void
training_free (gpointer data)
{
  Training *training = data;

  sh_train_hub_free (training->hub);
  g_free (training->name);
  g_free (training);
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

/* What tells two saves of one version apart is in it, too. */
static char *
get_hub_key (const ShBrainInfo *info)
{
  g_autofree char *name = g_ascii_strdown (info->name, -1);

  return g_strdup_printf ("%s/%u/%" G_GINT64_FORMAT "/%" G_GUINT64_FORMAT, name,
                          info->version, info->created, info->iterations);
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
  registry->trainings =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, training_free);
  registry->predict_hubs = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) sh_predict_hub_free);
  return registry;
}

void
sh_registry_free (ShRegistry *registry)
{
  if (registry == NULL)
    return;
  g_hash_table_unref (registry->trainings);
  g_hash_table_unref (registry->predict_hubs);
  g_free (registry);
}

gboolean
sh_registry_add_training (ShRegistry *registry,
                          const char *name,
                          guint version,
                          ShRun *run,
                          GError **error)
{
  Training *training, *old;
  ShTrainHub *hub;

  g_return_val_if_fail (registry != NULL, FALSE);
  g_return_val_if_fail (SH_IS_RUN (run), FALSE);

  if (!sh_store_check_name (name, error))
    return FALSE;
  old = find_training (registry, name);
  if (old != NULL &&
      sh_run_get_state (sh_train_hub_get_run (old->hub)) < SH_RUN_FINISHED)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "brain '%s' is in training already", old->name);
      return FALSE;
    }
  hub = sh_train_hub_new (run, registry->turn, error);
  if (hub == NULL)
    return FALSE;

  training = g_new0 (Training, 1);
  training->name = g_strdup (name);
  training->version = version;
  training->hub = hub;
  g_hash_table_replace (registry->trainings, g_ascii_strdown (name, -1),
                        training);
  return TRUE;
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
  if (infos == NULL && training == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&list_error));
      return NULL;
    }
  if (infos != NULL && infos->len > 0)
    name = ((const ShBrainInfo *) infos->pdata[0])->name;
  brain = served_brain_for (name, training);
  if (infos != NULL)
    take_versions (brain, infos, &index);
  return g_steal_pointer (&brain);
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

ShPredictHub *
sh_registry_get_predict_hub (ShRegistry *registry,
                             const char *name,
                             guint version,
                             GError **error)
{
  g_autoptr (ShServedBrain) served = NULL;
  g_autoptr (ShBrain) brain = NULL;
  g_autofree char *key = NULL;
  const ShBrainInfo *info;
  ShPredictHub *hub;

  g_return_val_if_fail (registry != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  served = sh_registry_get_brain (registry, name, error);
  info = served != NULL ? find_version (served, version, error) : NULL;
  if (info == NULL)
    return NULL;
  key = get_hub_key (info);
  hub = g_hash_table_lookup (registry->predict_hubs, key);
  if (hub != NULL)
    return hub;

  brain = sh_store_load (registry->store, name, info->version, error);
  hub =
      brain != NULL ? sh_predict_hub_new (brain, registry->turn, error) : NULL;
  if (hub != NULL)
    g_hash_table_insert (registry->predict_hubs, g_steal_pointer (&key), hub);
  return hub;
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
  g_hash_table_iter_init (&iter, registry->predict_hubs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_predict_hub_dispatch (value);
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
  g_hash_table_iter_init (&iter, registry->predict_hubs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      sh_predict_hub_tick (value, now);
      if (sh_predict_hub_get_n_sessions (value) == 0)
        g_hash_table_iter_remove (&iter);
    }
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
  g_hash_table_iter_init (&iter, registry->predict_hubs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_predict_hub_finish (value);
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
  g_hash_table_iter_init (&iter, registry->predict_hubs);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    n += sh_predict_hub_get_n_sessions (value);
  return n;
}
