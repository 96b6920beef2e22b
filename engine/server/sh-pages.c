/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's JSON documents. Their members are those that programs for the
 * original platform read; what this engine does not know of is null or empty.
 */

#include "sh-pages.h"

#include <math.h>
#include <string.h>

#include "sh-algorithm.h"
#include "sh-json-text.h"

/* Building. */

/* A comma, unless something has just been opened. */
static void
separate (GString *text)
{
  if (text->len > 0 && strchr ("{[", text->str[text->len - 1]) == NULL)
    g_string_append_c (text, ',');
}

static void
add_name (GString *text, const char *name)
{
  separate (text);
  sh_json_text_append_string (text, name);
  g_string_append_c (text, ':');
}

/* `bracket`: '{' or '['. `name`: NULL inside an array. */
static void
begin (GString *text, const char *name, char bracket)
{
  if (name != NULL)
    add_name (text, name);
  else
    separate (text);
  g_string_append_c (text, bracket);
}

static void
end (GString *text, char bracket)
{
  g_string_append_c (text, bracket);
}

static void
add_string (GString *text, const char *name, const char *value)
{
  add_name (text, name);
  if (value != NULL)
    sh_json_text_append_string (text, value);
  else
    g_string_append (text, "null");
}

static void
add_int (GString *text, const char *name, guint64 value)
{
  add_name (text, name);
  g_string_append_printf (text, "%" G_GUINT64_FORMAT, value);
}

/* null when it is not finite. */
static void
add_number (GString *text, const char *name, double value)
{
  add_name (text, name);
  sh_json_text_append_double (text, value);
}

static void
add_bool (GString *text, const char *name, gboolean value)
{
  add_name (text, name);
  g_string_append (text, value ? "true" : "false");
}

static void
add_null (GString *text, const char *name)
{
  add_string (text, name, NULL);
}

static void
add_empty_array (GString *text, const char *name)
{
  begin (text, name, '[');
  end (text, ']');
}

/* Seconds since 1970. */
static void
add_time (GString *text, const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *value =
      time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  add_string (text, name, value);
}

/* A name as one segment of a path. */
static char *
escape (const char *name)
{
  return g_uri_escape_string (name, NULL, FALSE);
}

/* version 0: of the brain itself. */
static void
add_url (GString *text, const char *user, const char *brain, guint version)
{
  g_autofree char *user_part = escape (user);
  g_autofree char *brain_part = escape (brain);
  g_autofree char *url =
      version > 0
          ? g_strdup_printf ("/v1/%s/%s/%u", user_part, brain_part, version)
          : g_strdup_printf ("/v1/%s/%s", user_part, brain_part);

  add_string (text, "url", url);
}

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
  begin (text, NULL, '{');
  add_string (text, "user", user);
  begin (text, "brains", '[');
  for (guint i = 0; i < brains->len; i++)
    {
      const ShServedBrain *brain = brains->pdata[i];
      const ShBrainInfo *last = get_last_version (brain);

      begin (text, NULL, '{');
      add_string (text, "name", brain->name);
      add_string (text, "state", sh_served_brain_get_state (brain));
      add_url (text, user, brain->name, 0);
      add_int (text, "version", sh_served_brain_get_version (brain));
      if (last != NULL)
        add_time (text, "last_modified", last->created);
      else
        add_null (text, "last_modified");
      end (text, '}');
    }
  end (text, ']');
  add_empty_array (text, "datasets");
  end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_brain (const char *user, const ShServedBrain *brain)
{
  GString *text;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  text = g_string_new (NULL);
  begin (text, NULL, '{');
  add_string (text, "name", brain->name);
  add_string (text, "user", user);
  add_string (text, "description", "");
  begin (text, "versions", '[');
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      begin (text, NULL, '{');
      add_url (text, user, brain->name, info->version);
      add_int (text, "version", info->version);
      end (text, '}');
    }
  end (text, ']');
  end (text, '}');
  return g_string_free (text, FALSE);
}

/* What the status page says of the training, whether it runs or is stored. */
typedef struct
{
  const char *concept, *algorithm, *simulator;
  guint64 iterations, episodes;
  double mean_return, rate;
  guint n_connected;
} Figures;

static void
count_connected (const char *name, guint32 sim_id, gpointer data)
{
  (*(guint *) data)++;
}

static void
get_figures (const ShServedBrain *brain, Figures *figures)
{
  const ShBrainInfo *last = get_last_version (brain);

  *figures = (Figures){ .mean_return = NAN };
  if (brain->hub != NULL)
    {
      ShRun *run = sh_train_hub_get_run (brain->hub);
      const ShConcept *concept = sh_run_get_concept (run);
      ShRunProgress progress;

      sh_run_get_progress (run, &progress);
      figures->concept = concept->name;
      figures->algorithm = sh_algorithm_get_name (concept);
      figures->simulator = concept->source.name;
      figures->iterations = progress.iterations;
      figures->episodes = progress.episodes;
      figures->mean_return = progress.mean_return;
      sh_train_hub_foreach (brain->hub, count_connected, &figures->n_connected);
      if (sh_run_get_state (run) <= SH_RUN_RUNNING && figures->n_connected > 0)
        figures->rate = progress.iterations_per_second;
    }
  else if (last != NULL)
    {
      figures->concept = last->concept;
      figures->algorithm = last->algorithm;
      figures->simulator = last->simulator;
      figures->iterations = last->iterations;
      figures->episodes = last->episodes;
      figures->mean_return = last->mean_return;
    }
}

static void
add_versions (GString *text, const ShServedBrain *brain)
{
  begin (text, "versions", '[');
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      begin (text, NULL, '{');
      add_int (text, "version", info->version);
      add_int (text, "iterations", info->iterations);
      add_number (text, "reward", info->mean_return);
      add_time (text, "last_modified", info->created);
      end (text, '}');
    }
  end (text, ']');
}

static void
add_concepts (GString *text, const Figures *figures, const char *state)
{
  begin (text, "concepts", '[');
  if (figures->concept != NULL)
    {
      begin (text, NULL, '{');
      add_string (text, "name", figures->concept);
      add_string (text, "concept_name", figures->concept);
      add_string (text, "algorithm", figures->algorithm);
      add_string (text, "state", state);
      add_bool (text, "is_estimator", FALSE);
      add_string (text, "objective_name", "");
      add_null (text, "training_start");
      add_null (text, "training_end");
      end (text, '}');
    }
  end (text, ']');
}

static void
add_simulators (GString *text, const Figures *figures)
{
  begin (text, "simulators", '[');
  if (figures->n_connected > 0)
    {
      begin (text, NULL, '{');
      add_string (text, "name", figures->simulator);
      add_int (text, "instances", figures->n_connected);
      add_number (text, "sample_rate", figures->rate);
      end (text, '}');
    }
  end (text, ']');
}

char *
sh_pages_status (const char *user, const ShServedBrain *brain)
{
  GString *text;
  const char *state;
  Figures figures;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  state = sh_served_brain_get_state (brain);
  get_figures (brain, &figures);
  text = g_string_new (NULL);
  begin (text, NULL, '{');
  add_string (text, "name", brain->name);
  add_string (text, "user", user);
  add_string (text, "state", state);
  add_int (text, "version", sh_served_brain_get_version (brain));
  add_versions (text, brain);
  add_concepts (text, &figures, state);
  add_int (text, "episode", figures.episodes);
  add_null (text, "episode_length");
  add_int (text, "iteration", figures.iterations);
  add_string (text, "objective_name", "");
  add_number (text, "objective_score", figures.mean_return);
  add_empty_array (text, "models");
  add_bool (text, "simulator_loaded", figures.n_connected > 0);
  add_bool (text, "simulator_manageable", FALSE);
  add_simulators (text, &figures);
  add_null (text, "test_episode");
  add_null (text, "test_episode_length");
  add_null (text, "test_objective_score");
  add_null (text, "training_start");
  add_null (text, "training_end");
  end (text, '}');
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
  begin (text, name, '{');
  begin (text, "active", '[');
  for (guint i = 0; i < ids->len; i++)
    {
      begin (text, NULL, '{');
      add_int (text, "sim_id", g_array_index (ids, guint32, i));
      end (text, '}');
    }
  end (text, ']');
  add_empty_array (text, "inactive");
  end (text, '}');
}

char *
sh_pages_sims (const ShServedBrain *brain)
{
  GString *text;
  g_autoptr (GHashTable) names = g_hash_table_new_full (
      g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  GHashTableIter iter;
  gpointer name, ids;
  Figures figures;

  g_return_val_if_fail (brain != NULL, NULL);

  get_figures (brain, &figures);
  if (figures.simulator != NULL)
    note_simulator (figures.simulator, 0, names);
  if (brain->hub != NULL)
    sh_train_hub_foreach (brain->hub, note_simulator, names);

  text = g_string_new (NULL);
  begin (text, NULL, '{');
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &ids))
    add_simulator (text, name, ids);
  end (text, '}');
  return g_string_free (text, FALSE);
}

char *
sh_pages_error (const char *code, const char *message)
{
  GString *text;

  g_return_val_if_fail (code != NULL, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  text = g_string_new (NULL);
  begin (text, NULL, '{');
  begin (text, "error", '{');
  add_string (text, "code", code);
  add_string (text, "message", message);
  end (text, '}');
  end (text, '}');
  return g_string_free (text, FALSE);
}
