/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The last lines of a unit: what its workers printed, and what happened to
 * them. Bounded by lines and by bytes.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_UNIT_LOG_MAX_LINES 500u
#define SH_UNIT_LOG_MAX_BYTES (128u * 1024)

typedef struct
{
  gint64 time; /* microseconds since 1970, UTC */
  char *text; /* one line, UTF-8, at most SH_TEXT_MAX_LINE bytes */
} ShUnitLine;

typedef struct
{
  GQueue lines; /* of ShUnitLine, the oldest first */
  gsize n_bytes; /* of all texts */
} ShUnitLog;

void sh_unit_log_init (ShUnitLog *log);
void sh_unit_log_clear (ShUnitLog *log);

/* Adds a line with the present time, and drops old ones for it. The line
 * belongs to the log. */
const ShUnitLine *sh_unit_log_add (ShUnitLog *log, const char *text);

/* At most `n` of the last lines, the oldest first; they belong to the log and
 * are valid until the next one is added. The caller frees the array. */
GPtrArray *sh_unit_log_get_last (const ShUnitLog *log, guint n);

G_END_DECLS
