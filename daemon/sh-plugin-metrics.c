/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-plugin-metrics.h"

#include "sh-catalog.h"
#include "sh-prometheus.h"

void
sh_plugin_metrics_write (GString *page, const GPtrArray *plugins)
{
  static const ShPrometheusMetric files = {
    "simhost_plugins", SH_PROMETHEUS_GAUGE,
    "Plugin files, by whether they can be used."
  };
  static const ShPrometheusMetric simulators = {
    "simhost_simulators", SH_PROMETHEUS_GAUGE,
    "Simulators in the plugins that can be used."
  };
  guint n_failed = 0, n_simulators = 0;

  for (guint i = 0; i < plugins->len; i++)
    {
      const ShPluginInfo *plugin = plugins->pdata[i];

      if (plugin->failure != NULL)
        n_failed++;
      else
        n_simulators += plugin->n_simulators;
    }
  sh_prometheus_begin (page, &files);
  sh_prometheus_add (page, &files, plugins->len - n_failed, "state", "usable",
                     NULL);
  sh_prometheus_add (page, &files, n_failed, "state", "failed", NULL);
  sh_prometheus_add_one (page, &simulators, n_simulators);
}
