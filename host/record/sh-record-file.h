/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The file of a record. Lines are appended, each in one go, so that nothing is
 * lost when the process is stopped, and what others read are whole lines. When
 * a line finds no room its beginning is taken back.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_RECORD_JSON, /* an object a line */
  SH_RECORD_CSV
} ShRecordFormat;

typedef struct ShRecordFile ShRecordFile;

/* The name ends in .json or .csv, exactly so. Errors: SH_ERROR_USAGE. */
gboolean sh_record_format_from_path (const char *path,
                                     ShRecordFormat *format,
                                     GError **error);

/* Does not open it yet. Errors: SH_ERROR_USAGE; SH_ERROR_FAILED when there is no
 * such folder. */
ShRecordFile *sh_record_file_new (const char *path, GError **error);
void sh_record_file_free (ShRecordFile *file);

ShRecordFormat sh_record_file_get_format (const ShRecordFile *file);

/* Opens it, unless it is open. *created, if it was not there before. Errors
 * here and below: SH_ERROR_FAILED naming the file. */
gboolean
sh_record_file_open (ShRecordFile *file, gboolean *created, GError **error);

gboolean
sh_record_file_write (ShRecordFile *file, const GString *line, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRecordFile, sh_record_file_free)

G_END_DECLS
