/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The page for Prometheus. A metric's samples stand together on it, so all
 * brains are looked at first.
 */

#include "sh-metrics-page.h"

#include <math.h>

#include "sh-prometheus.h"

/* What is told of a brain; NaN: there is nothing to tell. */
typedef struct
{
  const ShServedBrain *brain;
  char *training_version; /* NULL: not trained since the server started */

  double version, saved, predictors;
  /* Of its training. */
  double iterations, episodes, mean_return, success_rate, lesson, n_lessons,
      simulators;
} Row;

/* A metric and the member of Row that it tells. */
typedef struct
{
  ShPrometheusMetric metric;
  gsize offset;
} Column;

static const Column brain_columns[] = {
  { { "simhost_brain_version", SH_PROMETHEUS_GAUGE,
      "The version in training, or that will be; else the last one." },
    G_STRUCT_OFFSET (Row, version) },
  { { "simhost_brain_saved_timestamp_seconds", SH_PROMETHEUS_GAUGE,
      "When the last version was saved, since 1970." },
    G_STRUCT_OFFSET (Row, saved) },
  { { "simhost_prediction_simulators", SH_PROMETHEUS_GAUGE,
      "Simulators connected that ask the brain for actions." },
    G_STRUCT_OFFSET (Row, predictors) },
};

static const Column training_columns[] = {
  { { "simhost_training_iterations_total", SH_PROMETHEUS_COUNTER,
      "Iterations of a training." },
    G_STRUCT_OFFSET (Row, iterations) },
  { { "simhost_training_episodes_total", SH_PROMETHEUS_COUNTER,
      "Episodes of a training that are over." },
    G_STRUCT_OFFSET (Row, episodes) },
  { { "simhost_training_mean_return", SH_PROMETHEUS_GAUGE,
      "Mean return of a training's last episodes." },
    G_STRUCT_OFFSET (Row, mean_return) },
  { { "simhost_training_success_ratio", SH_PROMETHEUS_GAUGE,
      "Share of a training's last episodes that met all goals." },
    G_STRUCT_OFFSET (Row, success_rate) },
  { { "simhost_training_lesson", SH_PROMETHEUS_GAUGE,
      "The lesson that a training is in, from 1." },
    G_STRUCT_OFFSET (Row, lesson) },
  { { "simhost_training_lessons", SH_PROMETHEUS_GAUGE,
      "Lessons that a training has." },
    G_STRUCT_OFFSET (Row, n_lessons) },
  { { "simhost_training_simulators", SH_PROMETHEUS_GAUGE,
      "Simulators connected that train." },
    G_STRUCT_OFFSET (Row, simulators) },
};

static void
row_clear (gpointer data)
{
  g_free (((Row *) data)->training_version);
}

static void
read_brain (Row *row, ShRegistry *registry)
{
  const ShServedBrain *brain = row->brain;
  const GPtrArray *versions = brain->versions;
  const ShBrainInfo *last =
      versions->len > 0 ? versions->pdata[versions->len - 1] : NULL;

  row->version = sh_served_brain_get_version (brain);
  row->saved = last != NULL ? (double) last->created : NAN;
  row->predictors = sh_predict_hubs_get_n_sessions (
      sh_registry_get_predict_hubs (registry), brain->name);
}

static void
read_training (Row *row)
{
  ShRun *run = sh_train_hub_get_run (row->brain->hub);
  ShBrainFigures figures;

  sh_served_brain_get_figures (row->brain, &figures);
  row->training_version = g_strdup_printf ("%u", row->brain->training_version);
  row->iterations = (double) figures.iterations;
  row->episodes = (double) figures.episodes;
  row->mean_return = figures.mean_return;
  row->success_rate = figures.success_rate;
  row->lesson = sh_run_get_lesson (run) + 1;
  row->n_lessons = sh_run_get_concept (run)->n_lessons;
  row->simulators = figures.n_connected;
}

static GArray *
read_rows (ShRegistry *registry, const GPtrArray *brains)
{
  GArray *rows = g_array_new (FALSE, TRUE, sizeof (Row));

  g_array_set_clear_func (rows, row_clear);
  g_array_set_size (rows, brains->len);
  for (guint i = 0; i < brains->len; i++)
    {
      Row *row = &g_array_index (rows, Row, i);

      row->brain = brains->pdata[i];
      read_brain (row, registry);
      if (row->brain->hub != NULL)
        read_training (row);
    }
  return rows;
}

static void
add_column (GString *page,
            const Column *column,
            const GArray *rows,
            gboolean of_training)
{
  sh_prometheus_begin (page, &column->metric);
  for (guint i = 0; i < rows->len; i++)
    {
      const Row *row = &g_array_index (rows, Row, i);
      const double value = G_STRUCT_MEMBER (double, row, column->offset);

      if (isnan (value))
        continue;
      if (!of_training)
        sh_prometheus_add (page, &column->metric, value, "brain",
                           row->brain->name, NULL);
      else if (row->training_version != NULL)
        sh_prometheus_add (page, &column->metric, value, "brain",
                           row->brain->name, "version", row->training_version,
                           NULL);
    }
}

/* A sample for each state, so that a state can be counted and waited for. */
static void
add_states (GString *page, const GPtrArray *brains)
{
  static const ShPrometheusMetric metric = {
    "simhost_brain_state", SH_PROMETHEUS_GAUGE,
    "1 for the state that the brain is in, 0 for the others."
  };
  const char *const *states = sh_served_brain_get_states ();

  sh_prometheus_begin (page, &metric);
  for (guint i = 0; i < brains->len; i++)
    {
      const ShServedBrain *brain = brains->pdata[i];
      const char *own = sh_served_brain_get_state (brain);

      for (guint j = 0; states[j] != NULL; j++)
        sh_prometheus_add (page, &metric, g_str_equal (states[j], own), "brain",
                           brain->name, "state", states[j], NULL);
    }
}

char *
sh_metrics_page (ShRegistry *registry, GError **error)
{
  static const ShPrometheusMetric predictions = {
    "simhost_predictions_total", SH_PROMETHEUS_COUNTER,
    "Actions that simulators have asked brains for."
  };
  g_autoptr (GPtrArray) brains = NULL;
  g_autoptr (GArray) rows = NULL;
  GString *page;

  g_return_val_if_fail (registry != NULL, NULL);

  brains = sh_registry_get_brains (registry, error);
  if (brains == NULL)
    return NULL;
  rows = read_rows (registry, brains);
  page = g_string_new (NULL);
  add_states (page, brains);
  for (gsize i = 0; i < G_N_ELEMENTS (brain_columns); i++)
    add_column (page, &brain_columns[i], rows, FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (training_columns); i++)
    add_column (page, &training_columns[i], rows, TRUE);
  sh_prometheus_add_one (page, &predictions,
                         (double) sh_predict_hubs_get_n_predictions (
                             sh_registry_get_predict_hubs (registry)));
  sh_prometheus_add_process (page);
  return g_string_free (page, FALSE);
}
