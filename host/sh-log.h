/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Log lines for people who run a command: "simhost: warning: ..." on stderr,
 * without a time or a process number. Debug and info lines stay GLib's, and
 * are shown as G_MESSAGES_DEBUG says.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* `prefix` stands before each line; "" for a process whose parent adds one.
 * It must stay valid. Once in a process, before there are threads. */
void sh_log_init (const char *prefix);

G_END_DECLS
