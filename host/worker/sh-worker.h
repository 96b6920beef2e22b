/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A worker process, seen from its parent: `simhost worker` is spawned in a
 * process group of its own, with PR_SET_PDEATHSIG, no_new_privs and limits; its
 * output is logged line by line with the simulator's name; a shared page of
 * call slots tells where it is. A call that does not come back within the
 * deadline has the worker killed.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <gio/gio.h>

#include "sh-call-slot.h"
#include "sh-child.h"

G_BEGIN_DECLS

#define SH_TYPE_WORKER (sh_worker_get_type ())
G_DECLARE_FINAL_TYPE (ShWorker, sh_worker, SH, WORKER, GObject)

/* Seconds that one call into a plugin may take. */
#define SH_WORKER_CALL_DEADLINE 10u
/* Milliseconds from SIGTERM to SIGKILL: a machine that stands still for a while
 * must not cost a worker that is well its close in good order. */
#define SH_WORKER_STOP_DEADLINE 5000u

/* `name` stands before each line of output; `arguments` follow
 * `simhost worker`. `n_slots`: sessions it will run. */
ShWorker *
sh_worker_new (const char *name, const char *const *arguments, guint n_slots);

void sh_worker_set_call_deadline (ShWorker *self, guint milliseconds);

/* Handed to each child, which takes it with sh_child_take_reply_fd; not owned.
 * -1, as at first: none. */
void sh_worker_set_reply_fd (ShWorker *self, int fd);

/* What each child may use, and the variables it gets; see ShChildSetup. They
 * are copied. */
void sh_worker_set_limits (ShWorker *self, const ShChildLimits *limits);
void sh_worker_set_variables (ShWorker *self, const char *const *variables);

/* Has `line` called, unless it is NULL, with each line that is logged. */
void sh_worker_set_line (ShWorker *self, ShLineFunc line, gpointer line_data);

gboolean sh_worker_start (ShWorker *self, GError **error);

/* SIGTERM, and after the deadline SIGKILL. The end comes by the signal. */
void sh_worker_stop (ShWorker *self);

/* Asks it to end with its episodes; see sh_child_leave. */
void sh_worker_leave (ShWorker *self, guint milliseconds);

gboolean sh_worker_is_running (ShWorker *self);
GPid sh_worker_get_pid (ShWorker *self);
const ShCallSlot *sh_worker_get_slots (ShWorker *self, guint *n_slots);
/* Cleared with each start; NULL before the first. */
const ShReport *sh_worker_get_report (ShWorker *self);

/*
 * Signal "exited" (GError *error): once for each start. NULL: exit status 0.
 * Else SH_ERROR_CRASHED "simulator 'lift' crashed in advance: segmentation
 * fault", SH_ERROR_HUNG "... did not return from advance within 10 s",
 * SH_ERROR_KILLED "... was killed in advance: SIGTERM", or SH_ERROR_FAILED with
 * the worker's own last error line.
 */

/* In the child: maps the page that the parent shared, or a private one when
 * there is no parent. The same one each time. */
ShCallSlot *sh_worker_slots_from_environment (guint *n_slots);
/* The report in that page. */
ShReport *sh_worker_report_from_environment (void);

G_END_DECLS
