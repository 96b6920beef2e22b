/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Log messages kept for a test to look at.
 */

#pragma once

#include <glib.h>

/* From now on messages are kept instead of printed, and none ends the test.
 * Once in a program. */
void logs_keep (void);

/* How many messages of that level match the pattern ('*', '?'). */
guint logs_count (GLogLevelFlags level, const char *pattern);

/* The first message that begins with `prefix`, without it; NULL if there is
 * none. Owned by the log. */
const char *logs_find (const char *prefix);

void logs_clear (void);
