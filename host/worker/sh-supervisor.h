/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Keeps a worker running: starts another when one crashed or hung, after a
 * while that grows, until they die too often. A worker that ends by itself,
 * well or not, is not started again; nor is one that dies before any of its
 * kind has completed a step.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-worker-options.h"

G_BEGIN_DECLS

typedef struct ShSupervisor ShSupervisor;

/* Once, from the main loop. NULL: the worker's exit status was 0, or it was
 * stopped. */
typedef void (*ShSupervisorEnded) (ShSupervisor *supervisor,
                                   const GError *error,
                                   gpointer user_data);

/* `options` must outlive it. The key is put into this process's environment.
 * `call_deadline`: milliseconds that one call into the plugin may take. */
ShSupervisor *sh_supervisor_new (const ShWorkerOptions *options,
                                 guint call_deadline,
                                 ShSupervisorEnded ended,
                                 gpointer user_data);
gboolean sh_supervisor_start (ShSupervisor *supervisor, GError **error);
/* Has `restarting` called, if it is not NULL, whenever a worker is gone and
 * another will be started: nothing more comes from that one. */
void sh_supervisor_set_restarting (ShSupervisor *supervisor,
                                   void (*restarting) (gpointer user_data));
void sh_supervisor_stop (ShSupervisor *supervisor);
void sh_supervisor_free (ShSupervisor *supervisor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSupervisor, sh_supervisor_free)

G_END_DECLS
