/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What happened to the simulators of one training, a line for each thing, for
 * whoever wants to read on. Only the last lines are kept.
 *
 * One thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lines that are kept. */
#define SH_SIM_LOG_MAX_LINES 512u

typedef struct ShSimLog ShSimLog;

ShSimLog *sh_sim_log_new (void);
void sh_sim_log_free (ShSimLog *log);

/* A line about simulator `number`, with the time before it. NULL: nobody keeps
 * a log. */
void sh_sim_log_add (ShSimLog *log, guint number, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* The first kept line about `number` from position *next on, and *next after
 * it; NULL: there is no more. It lies in the log. Positions begin with 0. */
const char *sh_sim_log_read (const ShSimLog *log, guint number, guint64 *next);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSimLog, sh_sim_log_free)

G_END_DECLS
