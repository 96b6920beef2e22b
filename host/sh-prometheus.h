/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Pages of figures for Prometheus, in its text format 0.0.4:
 * https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * A page is the text of one GString. Each metric is begun once; then come its
 * samples, one for each set of labels. Names and units are as
 * https://prometheus.io/docs/practices/naming/ wants them: base units at the end
 * of the name (seconds, bytes, ratio), "_total" at the end of a counter's.
 *
 * Any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_PROMETHEUS_TYPE "text/plain; version=0.0.4; charset=utf-8"

typedef enum
{
  SH_PROMETHEUS_GAUGE,
  SH_PROMETHEUS_COUNTER /* only grows; its name ends in "_total" */
} ShPrometheusType;

typedef struct
{
  const char *name; /* letters, digits and '_' */
  ShPrometheusType type;
  const char *help; /* one sentence */
} ShPrometheusMetric;

/* What the metric is. */
void sh_prometheus_begin (GString *page, const ShPrometheusMetric *metric);

/*
 * A sample of the metric that was begun last. After `value`, which need not be
 * finite, come the labels: names and values in turn, up to a NULL. What is not
 * UTF-8 in a value is replaced.
 */
void sh_prometheus_add (GString *page,
                        const ShPrometheusMetric *metric,
                        double value,
                        ...) G_GNUC_NULL_TERMINATED;

/* A metric of one sample without labels. */
void sh_prometheus_add_one (GString *page,
                            const ShPrometheusMetric *metric,
                            double value);

/* What all programs tell of their process, by the names that Prometheus's own
 * libraries use, and the version as simhost_build_info. */
void sh_prometheus_add_process (GString *page);

G_END_DECLS
