/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The server's JSON documents. Their members are those that programs for the
 * original platform read; what this engine does not know of is null or empty.
 */

#include "sh-pages.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "sh-algorithm.h"

/* Building. */

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, guint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, (gint64) MIN (value, G_MAXINT64));
}

static void
add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_bool (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

static void
add_null (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_null_value (builder);
}

static void
begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

static void
add_empty_array (JsonBuilder *builder, const char *name)
{
  begin_array (builder, name);
  json_builder_end_array (builder);
}

/* Seconds since 1970. */
static void
add_time (JsonBuilder *builder, const char *name, gint64 seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_utc (seconds);
  g_autofree char *text =
      time != NULL ? g_date_time_format (time, "%Y-%m-%dT%H:%M:%SZ") : NULL;

  add_string (builder, name, text);
}

/* A name as one segment of a path. */
static char *
escape (const char *name)
{
  return g_uri_escape_string (name, NULL, FALSE);
}

/* version 0: of the brain itself. */
static void
add_url (JsonBuilder *builder,
         const char *user,
         const char *brain,
         guint version)
{
  g_autofree char *user_part = escape (user);
  g_autofree char *brain_part = escape (brain);
  g_autofree char *url =
      version > 0
          ? g_strdup_printf ("/v1/%s/%s/%u", user_part, brain_part, version)
          : g_strdup_printf ("/v1/%s/%s", user_part, brain_part);

  add_string (builder, "url", url);
}

static char *
to_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
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
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brains != NULL, NULL);

  json_builder_begin_object (builder);
  add_string (builder, "user", user);
  begin_array (builder, "brains");
  for (guint i = 0; i < brains->len; i++)
    {
      const ShServedBrain *brain = brains->pdata[i];
      const ShBrainInfo *last = get_last_version (brain);

      json_builder_begin_object (builder);
      add_string (builder, "name", brain->name);
      add_string (builder, "state", sh_served_brain_get_state (brain));
      add_url (builder, user, brain->name, 0);
      add_int (builder, "version", sh_served_brain_get_version (brain));
      if (last != NULL)
        add_time (builder, "last_modified", last->created);
      else
        add_null (builder, "last_modified");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  add_empty_array (builder, "datasets");
  json_builder_end_object (builder);
  return to_text (builder);
}

char *
sh_pages_brain (const char *user, const ShServedBrain *brain)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  json_builder_begin_object (builder);
  add_string (builder, "name", brain->name);
  add_string (builder, "user", user);
  add_string (builder, "description", "");
  begin_array (builder, "versions");
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      json_builder_begin_object (builder);
      add_url (builder, user, brain->name, info->version);
      add_int (builder, "version", info->version);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return to_text (builder);
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
add_versions (JsonBuilder *builder, const ShServedBrain *brain)
{
  begin_array (builder, "versions");
  for (guint i = brain->versions->len; i > 0; i--)
    {
      const ShBrainInfo *info = brain->versions->pdata[i - 1];

      json_builder_begin_object (builder);
      add_int (builder, "version", info->version);
      add_int (builder, "iterations", info->iterations);
      add_number (builder, "reward", info->mean_return);
      add_time (builder, "last_modified", info->created);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_concepts (JsonBuilder *builder, const Figures *figures, const char *state)
{
  begin_array (builder, "concepts");
  if (figures->concept != NULL)
    {
      json_builder_begin_object (builder);
      add_string (builder, "name", figures->concept);
      add_string (builder, "concept_name", figures->concept);
      add_string (builder, "algorithm", figures->algorithm);
      add_string (builder, "state", state);
      add_bool (builder, "is_estimator", FALSE);
      add_string (builder, "objective_name", "");
      add_null (builder, "training_start");
      add_null (builder, "training_end");
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static void
add_simulators (JsonBuilder *builder, const Figures *figures)
{
  begin_array (builder, "simulators");
  if (figures->n_connected > 0)
    {
      json_builder_begin_object (builder);
      add_string (builder, "name", figures->simulator);
      add_int (builder, "instances", figures->n_connected);
      add_number (builder, "sample_rate", figures->rate);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

char *
sh_pages_status (const char *user, const ShServedBrain *brain)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const char *state;
  Figures figures;

  g_return_val_if_fail (user != NULL, NULL);
  g_return_val_if_fail (brain != NULL, NULL);

  state = sh_served_brain_get_state (brain);
  get_figures (brain, &figures);
  json_builder_begin_object (builder);
  add_string (builder, "name", brain->name);
  add_string (builder, "user", user);
  add_string (builder, "state", state);
  add_int (builder, "version", sh_served_brain_get_version (brain));
  add_versions (builder, brain);
  add_concepts (builder, &figures, state);
  add_int (builder, "episode", figures.episodes);
  add_null (builder, "episode_length");
  add_int (builder, "iteration", figures.iterations);
  add_string (builder, "objective_name", "");
  add_number (builder, "objective_score", figures.mean_return);
  add_empty_array (builder, "models");
  add_bool (builder, "simulator_loaded", figures.n_connected > 0);
  add_bool (builder, "simulator_manageable", FALSE);
  add_simulators (builder, &figures);
  add_null (builder, "test_episode");
  add_null (builder, "test_episode_length");
  add_null (builder, "test_objective_score");
  add_null (builder, "training_start");
  add_null (builder, "training_end");
  json_builder_end_object (builder);
  return to_text (builder);
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
add_simulator (JsonBuilder *builder, const char *name, const GArray *ids)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
  begin_array (builder, "active");
  for (guint i = 0; i < ids->len; i++)
    {
      json_builder_begin_object (builder);
      add_int (builder, "sim_id", g_array_index (ids, guint32, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  add_empty_array (builder, "inactive");
  json_builder_end_object (builder);
}

char *
sh_pages_sims (const ShServedBrain *brain)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
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

  json_builder_begin_object (builder);
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, &ids))
    add_simulator (builder, name, ids);
  json_builder_end_object (builder);
  return to_text (builder);
}

char *
sh_pages_error (const char *code, const char *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  g_return_val_if_fail (code != NULL, NULL);
  g_return_val_if_fail (message != NULL, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "error");
  json_builder_begin_object (builder);
  add_string (builder, "code", code);
  add_string (builder, "message", message);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  return to_text (builder);
}
