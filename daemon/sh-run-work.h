/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Methods of a run that wait for files or for its process: each in a thread of its
 * own, which answers. The run may be gone by then.
 *
 * Thread: the main context in which the invocation came.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks at the training's door for so many muscles. Takes the invocation. */
void sh_run_work_set_muscles (GDBusMethodInvocation *invocation,
                              const char *brain,
                              guint version,
                              guint muscles);

/* Answers with the curve and lessons of `known`, which is consumed if it is
 * floating, and the tests that the history has; its type is that of what GetCurve
 * gives. Takes the invocation. */
void sh_run_work_get_curve (GDBusMethodInvocation *invocation,
                            const char *brain,
                            guint version,
                            GVariant *known);

G_END_DECLS
