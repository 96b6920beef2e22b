/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writes a page for Prometheus. Usage: prometheus-page HELP (VALUE LABEL)...
 *
 * "test_size_bytes" has a sample for each VALUE with the label "name"; then come
 * a counter without labels, and the process.
 */

#include <locale.h>
#include <stdio.h>

#include "sh-prometheus.h"

int
main (int argc, char **argv)
{
  const ShPrometheusMetric size = { "test_size_bytes", SH_PROMETHEUS_GAUGE,
                                    argv[1] };
  const ShPrometheusMetric done = { "test_done_total", SH_PROMETHEUS_COUNTER,
                                    "What was done." };
  g_autoptr (GString) page = g_string_new (NULL);

  setlocale (LC_ALL, "");
  sh_prometheus_begin (page, &size);
  for (int i = 2; i + 1 < argc; i += 2)
    sh_prometheus_add (page, &size, g_ascii_strtod (argv[i], NULL), "name",
                       argv[i + 1], "kind", "none", NULL);
  sh_prometheus_add_one (page, &done, argc);
  sh_prometheus_add_process (page);
  fwrite (page->str, 1, page->len, stdout);
  return 0;
}
