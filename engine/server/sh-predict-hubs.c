/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Hubs by what they play.
 */

#include "sh-predict-hubs.h"

struct ShPredictHubs
{
  ShStore *store;
  ShTurn *turn;
  GHashTable *table; /* what is stored, see get_key: ShPredictHub */
  guint64 old_predictions; /* of hubs that have gone */
};

/* What tells two saves of one version apart is in it, too. */
static char *
get_key (const ShBrainInfo *info)
{
  g_autofree char *name = g_ascii_strdown (info->name, -1);

  return g_strdup_printf ("%s/%u/%" G_GINT64_FORMAT "/%" G_GUINT64_FORMAT, name,
                          info->version, info->created, info->iterations);
}

ShPredictHubs *
sh_predict_hubs_new (ShStore *store, ShTurn *turn)
{
  ShPredictHubs *hubs = g_new0 (ShPredictHubs, 1);

  hubs->store = store;
  hubs->turn = turn;
  hubs->table = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify) sh_predict_hub_free);
  return hubs;
}

void
sh_predict_hubs_free (ShPredictHubs *hubs)
{
  if (hubs == NULL)
    return;
  g_hash_table_unref (hubs->table);
  g_free (hubs);
}

ShPredictHub *
sh_predict_hubs_find (ShPredictHubs *hubs, const ShBrainInfo *info)
{
  g_autofree char *key = NULL;

  g_return_val_if_fail (hubs != NULL && info != NULL, NULL);

  key = get_key (info);
  return g_hash_table_lookup (hubs->table, key);
}

/* What a thread needs to load a brain. */
typedef struct
{
  ShStore *store;
  char *name;
  guint version;
} Load;

static void
load_free (gpointer data)
{
  Load *load = data;

  sh_store_free (load->store);
  g_free (load->name);
  g_free (load);
}

static void
load_in_thread (GTask *task,
                gpointer source,
                gpointer data,
                GCancellable *cancellable)
{
  const Load *load = data;
  GError *error = NULL;
  ShBrain *brain =
      sh_store_load_whole (load->store, load->name, load->version, &error);

  if (brain != NULL)
    g_task_return_pointer (task, brain, (GDestroyNotify) sh_brain_unref);
  else
    g_task_return_error (task, error);
}

void
sh_predict_hubs_load_async (ShPredictHubs *hubs,
                            const char *name,
                            guint version,
                            GAsyncReadyCallback callback,
                            gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Load *load = g_new0 (Load, 1);

  g_return_if_fail (hubs != NULL && name != NULL);

  load->store = sh_store_copy (hubs->store);
  load->name = g_strdup (name);
  load->version = version;
  g_task_set_name (task, "load brain");
  g_task_set_task_data (task, load, load_free);
  g_task_run_in_thread (task, load_in_thread);
}

ShPredictHub *
sh_predict_hubs_load_finish (ShPredictHubs *hubs,
                             GAsyncResult *result,
                             GError **error)
{
  g_autoptr (ShBrain) brain = NULL;
  g_autofree char *key = NULL;
  ShPredictHub *hub;

  g_return_val_if_fail (hubs != NULL, NULL);
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  brain = g_task_propagate_pointer (G_TASK (result), error);
  if (brain == NULL)
    return NULL;
  key = get_key (brain->info);
  /* Two may have asked for it at the same time. */
  hub = g_hash_table_lookup (hubs->table, key);
  if (hub != NULL)
    return hub;
  hub = sh_predict_hub_new (brain, hubs->turn, error);
  if (hub != NULL)
    g_hash_table_insert (hubs->table, g_steal_pointer (&key), hub);
  return hub;
}

void
sh_predict_hubs_dispatch (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_predict_hub_dispatch (value);
}

void
sh_predict_hubs_tick (ShPredictHubs *hubs, gint64 now)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      sh_predict_hub_tick (value, now);
      if (!sh_predict_hub_is_idle (value, now))
        continue;
      hubs->old_predictions += sh_predict_hub_get_n_predictions (value);
      g_hash_table_iter_remove (&iter);
    }
}

void
sh_predict_hubs_finish (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    sh_predict_hub_finish (value);
}

guint
sh_predict_hubs_get_n_sessions (ShPredictHubs *hubs, const char *name)
{
  g_autofree char *lower = NULL, *prefix = NULL;
  GHashTableIter iter;
  gpointer key, hub;
  guint n = 0;

  g_return_val_if_fail (hubs != NULL, 0);

  lower = name != NULL ? g_ascii_strdown (name, -1) : NULL;
  prefix = lower != NULL ? g_strconcat (lower, "/", NULL) : g_strdup ("");
  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, &key, &hub))
    if (g_str_has_prefix (key, prefix))
      n += sh_predict_hub_get_n_sessions (hub);
  return n;
}

guint64
sh_predict_hubs_get_n_predictions (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer hub;
  guint64 n;

  g_return_val_if_fail (hubs != NULL, 0);

  n = hubs->old_predictions;
  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    n += sh_predict_hub_get_n_predictions (hub);
  return n;
}
