/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's JSON documents. Their members are those that programs for the
 * original platform read; what this engine does not know of is null or empty.
 */

#include "sh-pages.h"

#include <math.h>
#include <string.h>

#include "sh-page-text.h"

static const ShBrainInfo *
get_last_version (const ShServedBrain *brain)
{
  return brain->versions->len > 0
             ? brain->versions->pdata[brain->versions->len - 1]
             : NULL;
}

/* Pages. */

char *
sh_pages_user (const char *user, const GPtrArray *brains)
{
  GString *text;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brains != NULL, NULL);

  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "user", user);
  sh_page_begin (text, "brains", '[');
  for (guint i = 0; i < brains->len; i++)
    {
      const ShServedBrain *brain = brains->pdata[i];
      const ShBrainInfo *last = get_last_version (brain);

      sh_page_begin (text, NULL, '{');
      sh_page_add_string (text, "name", brain->name);
      sh_page_add_string (text, "state", sh_served_brain_get_state (brain));
      sh_page_add_url (text, user, brain->name, 0);
      sh_page_add_int (text, "version", sh_served_brain_get_version (brain));
      if (last != NULL)
        sh_page_add_time (text, "last_modified", last->created);
      else
        sh_page_add_null (text, "last_modified");
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
  sh_page_add_empty_array (text, "datasets");
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_brain (const char *user, const ShServedBrain *brain)
{
  GString *text;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "name", brain->name);
  sh_page_add_string (text, "user", user);
  sh_page_add_string (text, "description",
                      brain->known != NULL ? brain->known->description : "");
  sh_page_begin (text, "versions", '[');
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      sh_page_begin (text, NULL, '{');
      sh_page_add_url (text, user, brain->name, info->version);
      sh_page_add_int (text, "version", info->version);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

static void
add_versions (GString *text, const ShServedBrain *brain)
{
  sh_page_begin (text, "versions", '[');
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      sh_page_begin (text, NULL, '{');
      sh_page_add_int (text, "version", info->version);
      sh_page_add_int (text, "iterations", info->iterations);
      sh_page_add_number (text, "reward", info->mean_return);
      sh_page_add_time (text, "last_modified", info->created);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
}

static void
add_concepts (GString *text, const ShBrainFigures *figures, const char *state)
{
  sh_page_begin (text, "concepts", '[');
  if (figures->concept != NULL)
    {
      sh_page_begin (text, NULL, '{');
      sh_page_add_string (text, "name", figures->concept);
      sh_page_add_string (text, "concept_name", figures->concept);
      sh_page_add_string (text, "algorithm", figures->algorithm);
      sh_page_add_string (text, "state", state);
      sh_page_add_bool (text, "is_estimator", FALSE);
      sh_page_add_string (text, "objective_name", "");
      sh_page_add_time (text, "training_start", figures->started);
      sh_page_add_time (text, "training_end", figures->ended);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
}

static void
add_simulators (GString *text, const ShBrainFigures *figures)
{
  sh_page_begin (text, "simulators", '[');
  if (figures->n_connected > 0)
    {
      sh_page_begin (text, NULL, '{');
      sh_page_add_string (text, "name", figures->simulator);
      sh_page_add_int (text, "instances", figures->n_connected);
      sh_page_add_number (text, "sample_rate", figures->rate);
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
}

char *
sh_pages_status (const char *user, const ShServedBrain *brain)
{
  GString *text;
  const char *state;
  ShBrainFigures figures;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  state = sh_served_brain_get_state (brain);
  sh_served_brain_get_figures (brain, &figures);
  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "name", brain->name);
  sh_page_add_string (text, "user", user);
  sh_page_add_string (text, "state", state);
  sh_page_add_int (text, "version", sh_served_brain_get_version (brain));
  add_versions (text, brain);
  add_concepts (text, &figures, state);
  sh_page_add_int (text, "episode", figures.episodes);
  sh_page_add_null (text, "episode_length");
  sh_page_add_int (text, "iteration", figures.iterations);
  sh_page_add_string (text, "objective_name", "");
  sh_page_add_number (text, "objective_score", figures.mean_return);
  sh_page_add_empty_array (text, "models");
  sh_page_add_bool (text, "simulator_loaded", figures.n_connected > 0);
  sh_page_add_bool (text, "simulator_manageable", FALSE);
  add_simulators (text, &figures);
  sh_page_add_null (text, "test_episode");
  sh_page_add_null (text, "test_episode_length");
  sh_page_add_null (text, "test_objective_score");
  sh_page_add_time (text, "training_start", figures.started);
  sh_page_add_time (text, "training_end", figures.ended);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

static void
note_simulator (const char *name, guint32 sim_id, gpointer data)
{
  GHashTable *names = data;
  GArray *ids = g_hash_table_lookup (names, name);

  if (ids == NULL)
    {
      ids = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_hash_table_insert (names, g_strdup (name), ids);
    }
  if (sim_id != 0)
    g_array_append_val (ids, sim_id);
}

static void
add_simulator (GString *text, const char *name, const GArray *ids)
{
  sh_page_begin (text, name, '{');
  sh_page_begin (text, "active", '[');
  for (guint i = 0; i < ids->len; i++)
    {
      sh_page_begin (text, NULL, '{');
      sh_page_add_int (text, "sim_id", g_array_index (ids, guint32, i));
      sh_page_end (text, '}');
    }
  sh_page_end (text, ']');
  sh_page_add_empty_array (text, "inactive");
  sh_page_end (text, '}');
}

char *
sh_pages_sims (const ShServedBrain *brain, const char *pushed)
{
  GString *text;
  g_autoptr (GHashTable) names = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  GHashTableIter iter;
  gpointer name, ids;
  ShBrainFigures figures;

  g_return_val_if_fail (brain != NULL, NULL);

  sh_served_brain_get_figures (brain, &figures);
  if (figures.simulator != NULL)
    note_simulator (figures.simulator, 0, names);
  if (pushed != NULL)
    note_simulator (pushed, 0, names);
  if (brain->hub != NULL)
    sh_train_hub_foreach (brain->hub, note_simulator, names);

  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &ids))
    add_simulator (text, name, ids);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_error (const char *code, const char *message)
{
  GString *text;

  g_return_val_if_fail (code != NULL, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  sh_page_begin (text, "error", '{');
  sh_page_add_string (text, "code", code);
  sh_page_add_string (text, "message", message);
  sh_page_end (text, '}');
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}
