/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Text from a plugin or a child process, made fit for a log line or a message.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of such a line. */
#define SH_TEXT_MAX_LINE 2000u

/*
 * At most SH_TEXT_MAX_LINE bytes of `text`, as UTF-8, with control characters
 * turned into blanks and none at the ends. Reads at most `length` bytes (-1:
 * up to the NUL). NULL gives "". The caller frees it. Any thread.
 */
char *sh_text_to_line (const char *text, gssize length);

/* Logs a line that a plugin wrote: `who`, and the text. `level` is one of
 * SIMHOST_LOG_*; an error of a plugin is a warning to the host. Any thread. */
void sh_text_log (const char *who, guint32 level, const char *text);

/* A number in the shortest form that reads back as the same, or whole if it is, up
 * to 15 digits; in any locale. */
char *sh_text_from_number (double value);

/* Whether somebody who typed the one may have meant the other: it is the
 * beginning of the name, or there are few letters to change. */
gboolean sh_text_is_near (const char *typed, const char *name);

G_END_DECLS
