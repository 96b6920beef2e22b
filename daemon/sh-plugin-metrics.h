/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the page for Prometheus says of plugins. docs/metrics.md lists it.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `plugins`: of ShPluginInfo. */
void sh_plugin_metrics_write (GString *page, const GPtrArray *plugins);

G_END_DECLS
