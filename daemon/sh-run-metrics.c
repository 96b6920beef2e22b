/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-run-metrics.h"

#include <math.h>

#include "sh-prometheus.h"

#define GAUGE SH_PROMETHEUS_GAUGE
#define COUNTER SH_PROMETHEUS_COUNTER

typedef struct
{
  ShPrometheusMetric metric;
  double (*get) (const ShRunReport *report);
} RunColumn;

static double
get_run_iterations (const ShRunReport *report)
{
  return (double) report->iterations;
}

static double
get_run_episodes (const ShRunReport *report)
{
  return (double) report->episodes;
}

static double
get_run_mean_return (const ShRunReport *report)
{
  return report->mean_return;
}

static double
get_run_success_rate (const ShRunReport *report)
{
  return report->success_rate;
}

static const RunColumn run_columns[] = {
  { { "simhost_training_iterations_total", COUNTER,
      "Iterations of a training." },
    get_run_iterations },
  { { "simhost_training_episodes_total", COUNTER,
      "Episodes of a training that are over." },
    get_run_episodes },
  { { "simhost_training_mean_return", GAUGE,
      "Mean return of a training's last episodes." },
    get_run_mean_return },
  { { "simhost_training_success_ratio", GAUGE,
      "Share of a training's last episodes that met all goals." },
    get_run_success_rate },
};

/* No two of those that go on are of one brain. */
static void
write_run_column (GString *page, const RunColumn *column, const GPtrArray *runs)
{
  sh_prometheus_begin (page, &column->metric);
  for (guint i = 0; i < runs->len; i++)
    {
      const ShRunObject *run = runs->pdata[i];
      const ShRunReport *report = sh_run_object_get_report (run);
      double value = column->get (report);
      char version[16];

      if (isnan (value) || sh_run_object_is_over (run) ||
          sh_run_object_get_path (run) == NULL)
        continue;
      g_snprintf (version, sizeof version, "%u", report->version);
      sh_prometheus_add (page, &column->metric, value, "brain",
                         sh_run_object_get_brain (run), "version", version,
                         NULL);
    }
}

void
sh_run_metrics_write (GString *page, const ShRunObjects *runs)
{
  g_return_if_fail (page != NULL && runs != NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (run_columns); i++)
    write_run_column (page, &run_columns[i], sh_run_objects_get_runs (runs));
}
