/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A metric's samples stand together on the page, so the sessions are gone through
 * for each.
 */

#include "sh-session-metrics.h"

#include <math.h>

#include "sh-prometheus.h"
#include "sh-unit.h"

#define GAUGE SH_PROMETHEUS_GAUGE
#define COUNTER SH_PROMETHEUS_COUNTER

typedef struct
{
  ShPrometheusMetric metric;
  /* NaN: there is nothing to tell. */
  double (*get) (ShUnit *unit, const ShUnitStatus *status);
} SessionColumn;

static double
get_instances (ShUnit *unit, const ShUnitStatus *status)
{
  return sh_unit_get_settings (unit)->n_instances;
}

static double
get_connected (ShUnit *unit, const ShUnitStatus *status)
{
  return status->n_connected;
}

static double
get_iterations (ShUnit *unit, const ShUnitStatus *status)
{
  return (double) status->n_iterations;
}

static double
get_episodes (ShUnit *unit, const ShUnitStatus *status)
{
  return (double) status->n_episodes;
}

static double
get_mean_return (ShUnit *unit, const ShUnitStatus *status)
{
  return status->mean_return;
}

static double
get_restarts (ShUnit *unit, const ShUnitStatus *status)
{
  return (double) status->n_restarts;
}

static double
get_reconnects (ShUnit *unit, const ShUnitStatus *status)
{
  return (double) status->n_reconnects;
}

static double
get_memory (ShUnit *unit, const ShUnitStatus *status)
{
  return status->pid != 0 ? (double) sh_unit_get_memory (unit) : NAN;
}

static double
get_start_time (ShUnit *unit, const ShUnitStatus *status)
{
  return status->pid != 0 ? (double) status->start_time / G_USEC_PER_SEC : NAN;
}

static const SessionColumn session_columns[] = {
  { { "simhost_session_instances", GAUGE,
      "Instances that a session is to have." },
    get_instances },
  { { "simhost_session_connected_instances", GAUGE,
      "Instances that the engine has registered." },
    get_connected },
  { { "simhost_session_iterations_total", COUNTER,
      "Iterations since the session was started." },
    get_iterations },
  { { "simhost_session_episodes_total", COUNTER,
      "Episodes that have ended since the session was started." },
    get_episodes },
  { { "simhost_session_mean_return", GAUGE,
      "Mean return of the last episodes, 100 at most." },
    get_mean_return },
  { { "simhost_session_restarts_total", COUNTER,
      "Workers after the first, since the session was started." },
    get_restarts },
  { { "simhost_session_reconnects_total", COUNTER,
      "Connections to the engine that were made again." },
    get_reconnects },
  { { "simhost_session_worker_resident_memory_bytes", GAUGE,
      "Memory of the worker that is resident." },
    get_memory },
  { { "simhost_session_worker_start_time_seconds", GAUGE,
      "When the worker started, since 1970." },
    get_start_time },
};

/* A sample for each state, so that a state can be counted and waited for. */
static void
write_session_states (GString *page, const GPtrArray *units)
{
  static const ShPrometheusMetric metric = {
    "simhost_session_state", GAUGE,
    "1 for the state that the session is in, 0 for the others."
  };

  sh_prometheus_begin (page, &metric);
  for (guint i = 0; i < units->len; i++)
    for (guint state = 0; state < SH_UNIT_N_STATES; state++)
      sh_prometheus_add (
          page, &metric, sh_unit_get_status (units->pdata[i])->state == state,
          "session", sh_unit_get_settings (units->pdata[i])->name, "state",
          sh_unit_state_to_string (state), NULL);
}

static void
write_session_info (GString *page, const GPtrArray *units)
{
  static const ShPrometheusMetric metric = {
    "simhost_session_info", GAUGE,
    "Always 1; the labels tell what the session is."
  };

  sh_prometheus_begin (page, &metric);
  for (guint i = 0; i < units->len; i++)
    {
      const ShUnitSettings *settings = sh_unit_get_settings (units->pdata[i]);

      sh_prometheus_add (page, &metric, 1, "session", settings->name,
                         "simulator", settings->simulator, "brain",
                         sh_unit_get_status (units->pdata[i])->brain, "mode",
                         settings->predict ? "predict" : "train", NULL);
    }
}

static void
write_session_column (GString *page,
                      const SessionColumn *column,
                      const GPtrArray *units)
{
  sh_prometheus_begin (page, &column->metric);
  for (guint i = 0; i < units->len; i++)
    {
      double value =
          column->get (units->pdata[i], sh_unit_get_status (units->pdata[i]));

      if (!isnan (value))
        sh_prometheus_add (page, &column->metric, value, "session",
                           sh_unit_get_settings (units->pdata[i])->name, NULL);
    }
}

void
sh_session_metrics_write (GString *page, ShSessionObjects *sessions)
{
  g_autoptr (GPtrArray) units = NULL;

  g_return_if_fail (page != NULL && sessions != NULL);

  units = sh_session_objects_get_units (sessions);
  write_session_info (page, units);
  write_session_states (page, units);
  for (gsize i = 0; i < G_N_ELEMENTS (session_columns); i++)
    write_session_column (page, &session_columns[i], units);
}
