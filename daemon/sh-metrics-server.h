/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One page by HTTP, GET /metrics, for Prometheus and for whoever else asks. It
 * wants no key: it listens where the user says, and nowhere unless he does.
 * Connections have the limits and the deadline of sh-connections.h; a request's
 * body is not kept.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShMetricsServer ShMetricsServer;

/* Writes the page, of SH_PROMETHEUS_TYPE, at each request. */
typedef void (*ShMetricsWrite) (GString *page, gpointer data);

/* Listens nowhere yet. */
ShMetricsServer *sh_metrics_server_new (ShMetricsWrite write, gpointer data);

/*
 * Listens on "HOST:PORT" alone from now on; NULL: nowhere. HOST is a number or
 * "localhost", since a name would have to be looked up; port 0 takes any that is
 * free. The same address again changes nothing while it listens there. Errors:
 * SH_ERROR_USAGE, SH_ERROR_NETWORK; then it listens nowhere.
 */
gboolean sh_metrics_server_listen (ShMetricsServer *server,
                                   const char *address,
                                   GError **error);

/* "http://127.0.0.1:9100/metrics"; NULL: nowhere. */
const char *sh_metrics_server_get_url (const ShMetricsServer *server);

void sh_metrics_server_free (ShMetricsServer *server);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShMetricsServer, sh_metrics_server_free)

G_END_DECLS
