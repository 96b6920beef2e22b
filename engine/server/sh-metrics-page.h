/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The page for Prometheus: the engine's brains, trainings, simulators, and its
 * process. docs/rest.md lists the metrics.
 */

#pragma once

#include "sh-registry.h"

G_BEGIN_DECLS

/* The text, of SH_PROMETHEUS_TYPE. Errors: those of sh_registry_get_brains. One
 * thread: that of the registry. */
char *sh_metrics_page (ShRegistry *registry, GError **error);

G_END_DECLS
