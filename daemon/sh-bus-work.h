/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Methods that read files, or wait for another process, do so in a thread and
 * answer later.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Calls that are worked on, or wait for it; more are refused. */
#define SH_BUS_MAX_WORK 64u

/* What the method answers with: a tuple, floating; NULL with an error. In
 * another thread, where it may block. */
typedef GVariant *(*ShBusWork) (gpointer data, GError **error);

/* Does the work and answers the call, which it takes. `data` is freed by
 * `free_data` in any case. */
void sh_bus_work (GDBusMethodInvocation *invocation,
                  ShBusWork work,
                  gpointer data,
                  GDestroyNotify free_data);

G_END_DECLS
