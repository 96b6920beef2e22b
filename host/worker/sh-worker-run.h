/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The body of a worker: loads the plugin, and lets some instances of one of its
 * simulators serve an engine, all in the process's main loop, until the engine
 * has finished with them, one of them has failed, or SIGTERM or SIGINT comes.
 * After SH_CHILD_LEAVE_SIGNAL each instance ends with its episode.
 */

#pragma once

#include "sh-worker-options.h"

G_BEGIN_DECLS

/* FALSE: something failed, or was refused for good. */
gboolean sh_worker_run (const ShWorkerOptions *options, GError **error);

G_END_DECLS
