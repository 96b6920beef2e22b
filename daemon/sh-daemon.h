/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost daemon`: watches the plugin folders and shows on the bus, as
 * org.simhost.Host1, what is there. It loads no plugin: probes do.
 *
 * Thread: the main thread.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean replace; /* take the place of one that runs */
  gboolean system; /* on the system bus, else on the session's */
  /* "HOST:PORT" of the page for Prometheus, borrowed; NULL: what simhost.conf
   * says. */
  const char *metrics;
} ShDaemonOptions;

typedef struct ShDaemon ShDaemon;

ShDaemon *sh_daemon_new (const ShDaemonOptions *options);

/*
 * Until it is stopped, another takes its place, or the bus goes away: TRUE.
 * Errors: SH_ERROR_NETWORK when there is no bus; SH_ERROR_BUSY when another
 * daemon has the name; SH_ERROR_REFUSED when the bus does not give it.
 */
gboolean sh_daemon_run (ShDaemon *daemon, GError **error);

void sh_daemon_stop (ShDaemon *daemon);

void sh_daemon_free (ShDaemon *daemon);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShDaemon, sh_daemon_free)

G_END_DECLS
