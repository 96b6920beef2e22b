/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table that a run writes to a file: columns, and one row after the other.
 * All sessions of a worker share one; the column sim_id tells them apart.
 *
 * A column is enabled once and stays. Every row has all columns that are
 * enabled when it is written; those that were not set are empty (CSV) or null
 * (JSON). A CSV file that is new gets a header before its first row; columns
 * that are enabled after that make rows longer, but not the header, as they did
 * in the original library. Columns of a plugin's own are the exception: in CSV
 * those that come after the first row are dropped, with one warning.
 *
 * One thread at a time.
 */

#pragma once

#include "sh-record-cell.h"

G_BEGIN_DECLS

/* Columns that plugins may add. */
#define SH_RECORDER_MAX_OWN 64u
/* Bytes of their names. */
#define SH_RECORDER_MAX_KEY 128u

typedef struct ShRecorder ShRecorder;

/* The file is opened with the first row. Errors: SH_ERROR_USAGE for a name that
 * ends in neither .json nor .csv; SH_ERROR_FAILED without its folder. */
ShRecorder *sh_recorder_new (const char *path, GError **error);
void sh_recorder_free (ShRecorder *recorder);

/* Goes on in another file, which gets a header of its own if it is new. */
gboolean
sh_recorder_set_path (ShRecorder *recorder, const char *path, GError **error);

/* The number of the column "PREFIX.KEY", or "KEY" without a prefix; it is
 * enabled, if it was not. */
guint
sh_recorder_enable (ShRecorder *recorder, const char *prefix, const char *key);

/* The same if it is enabled; else -1. */
int sh_recorder_find (const ShRecorder *recorder,
                      const char *prefix,
                      const char *key);

/* The column of a plugin's own key, or -1 when it is dropped: late, too many,
 * too long, not UTF-8, or the name of a column of ours. Warns once. */
int sh_recorder_enable_own (ShRecorder *recorder, const char *key);

/* Sets a value of the row being made. */
void
sh_recorder_set (ShRecorder *recorder, guint column, const ShRecordCell *cell);

/* Writes the row and begins another. Errors: SH_ERROR_FAILED naming the file;
 * then nothing of the row is in it. */
gboolean sh_recorder_write_row (ShRecorder *recorder, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRecorder, sh_recorder_free)

G_END_DECLS
