/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Lines that a process wrote, in a frame that scrolls, the last ones in sight.
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Lines that are kept, and characters of each. */
#define SH_LOG_LINES 500
#define SH_LOG_COLUMNS 2000

#define SH_TYPE_LOG (sh_log_get_type ())
G_DECLARE_FINAL_TYPE (ShLog, sh_log, SH, LOG, AdwBin)

GtkWidget *sh_log_new (const char *title, const char *empty);

/* time: microseconds since 1970, or 0 */
void sh_log_add (ShLog *log, gint64 time, const char *line);

G_END_DECLS
