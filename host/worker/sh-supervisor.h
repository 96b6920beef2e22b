/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Keeps a worker running: starts another when one crashed or hung, after a
 * while that grows, until they die too often. A worker that ends by itself,
 * well or not, is not started again; nor is one that dies before any of its
 * kind has completed a step. Both can be changed.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include "sh-restarts.h"
#include "sh-worker-options.h"
#include "sh-worker.h"

G_BEGIN_DECLS

typedef struct ShSupervisor ShSupervisor;

typedef enum
{
  SH_RESTART_NEVER, /* whatever ends a worker, no other follows */
  /* Another follows when one crashed, hung or was killed, until that is too
   * often (ShRestarts). */
  SH_RESTART_ON_FAILURE,
  /* So it does when a worker gave up (a wrong key, an engine that refused it),
   * and, a second later, when the engine had no more to do. */
  SH_RESTART_ALWAYS
} ShRestartPolicy;

typedef struct
{
  ShRestartPolicy policy;
  /* Whether another follows one that died before any completed a step. */
  gboolean patient;
  const ShRetrySource *source; /* clock and chance */
} ShSupervisorRules;

/* Any of them may be NULL. */
typedef struct
{
  void (*started) (gpointer user_data); /* a worker, the first or another */
  /* A worker is gone: nothing more comes from it, but its slots can be read a
   * last time. What follows is told next, here or by `ended`. */
  void (*gone) (ShWorker *worker, gpointer user_data);
  /* Another worker will be started. `error`: why the last one ended; NULL: it
   * had no more to do. */
  void (*restarting) (const GError *error, gpointer user_data);
  ShLineFunc line; /* a line of a worker's output */
} ShSupervisorWatch;

/* Once, from the main loop. NULL: the worker's exit status was 0, or it was
 * stopped. */
typedef void (*ShSupervisorEnded) (ShSupervisor *supervisor,
                                   const GError *error,
                                   gpointer user_data);

/* `options` must outlive it.
 * `call_deadline`: milliseconds that one call into the plugin may take. */
ShSupervisor *sh_supervisor_new (const ShWorkerOptions *options,
                                 guint call_deadline,
                                 ShSupervisorEnded ended,
                                 gpointer user_data);
gboolean sh_supervisor_start (ShSupervisor *supervisor, GError **error);
/* Both before the start; `watch` must outlive it, the rules are copied. */
void sh_supervisor_set_rules (ShSupervisor *supervisor,
                              const ShSupervisorRules *rules);
void sh_supervisor_set_watch (ShSupervisor *supervisor,
                              const ShSupervisorWatch *watch);

/* The one that runs, or NULL. */
ShWorker *sh_supervisor_get_worker (ShSupervisor *supervisor);
/* `ended` follows, without an error. */
void sh_supervisor_stop (ShSupervisor *supervisor);
/* The same, but a worker has so many milliseconds to come to the end of its
 * episodes. */
void sh_supervisor_leave (ShSupervisor *supervisor, guint milliseconds);
void sh_supervisor_free (ShSupervisor *supervisor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSupervisor, sh_supervisor_free)

G_END_DECLS
