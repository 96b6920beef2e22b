/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The hubs of all versions that are asked for actions now.
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
  g_hash_table_unref (hubs->table);
  g_free (hubs);
}

ShPredictHub *
sh_predict_hubs_get (ShPredictHubs *hubs,
                     const ShBrainInfo *info,
                     GError **error)
{
  g_autofree char *key = get_key (info);
  ShPredictHub *hub = g_hash_table_lookup (hubs->table, key);
  g_autoptr (ShBrain) brain = NULL;

  if (hub != NULL)
    return hub;
  brain = sh_store_load (hubs->store, info->name, info->version, error);
  hub = brain != NULL ? sh_predict_hub_new (brain, hubs->turn, error) : NULL;
  if (hub != NULL)
    g_hash_table_insert (hubs->table, g_steal_pointer (&key), hub);
  return hub;
}

guint
sh_predict_hubs_count_askers (ShPredictHubs *hubs, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  g_autofree char *prefix = g_strconcat (lower, "/", NULL);
  GHashTableIter iter;
  gpointer key, hub;
  guint n = 0;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, &key, &hub))
    if (g_str_has_prefix (key, prefix))
      n += sh_predict_hub_get_n_sessions (hub);
  return n;
}

guint64
sh_predict_hubs_count_predictions (ShPredictHubs *hubs)
{
  guint64 n = hubs->old_predictions;
  GHashTableIter iter;
  gpointer hub;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    n += sh_predict_hub_get_n_predictions (hub);
  return n;
}

void
sh_predict_hubs_dispatch (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer hub;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    sh_predict_hub_dispatch (hub);
}

void
sh_predict_hubs_tick (ShPredictHubs *hubs, gint64 now)
{
  GHashTableIter iter;
  gpointer hub;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    {
      sh_predict_hub_tick (hub, now);
      if (sh_predict_hub_get_n_sessions (hub) > 0)
        continue;
      hubs->old_predictions += sh_predict_hub_get_n_predictions (hub);
      g_hash_table_iter_remove (&iter);
    }
}

void
sh_predict_hubs_finish (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer hub;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    sh_predict_hub_finish (hub);
}

guint
sh_predict_hubs_get_n_sessions (ShPredictHubs *hubs)
{
  GHashTableIter iter;
  gpointer hub;
  guint n = 0;

  g_hash_table_iter_init (&iter, hubs->table);
  while (g_hash_table_iter_next (&iter, NULL, &hub))
    n += sh_predict_hub_get_n_sessions (hub);
  return n;
}
