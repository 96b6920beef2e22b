/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One value of a record, and how it is written: as the original library wrote
 * it, which left that to Python's json and csv modules.
 *
 *              JSON                      CSV
 *   nothing    null                      (empty)
 *   truth      true, false               True, False
 *   number     1, 0.1, 1e+16, NaN,       1, 0.1, 1e+16, nan, inf
 *              Infinity, -Infinity
 *   text       "a\u00e4\n"               as it is; in quotes if it holds one of
 *                                        , " CR LF; its quotes are doubled
 *   array      [1.0, 2.0]                "[1.0, 2.0]"
 *
 * A float32 is written with the digits of the double that is equal to it:
 * 0.10000000149011612.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-value.h"

G_BEGIN_DECLS

typedef enum
{
  SH_RECORD_NOTHING,
  SH_RECORD_VALUE,
  SH_RECORD_ARRAY
} ShRecordKind;

/* What it points to is borrowed until the row is written. */
typedef struct
{
  ShRecordKind kind;
  ShValue value; /* VALUE */
  const SimhostField *field; /* ARRAY of numbers, at `member` */
  const guint8 *member;
} ShRecordCell;

/* A member of a plugin's struct. Images, and text that is not UTF-8, are
 * nothing. */
ShRecordCell sh_record_cell_from_field (const SimhostField *field,
                                        gconstpointer values);
ShRecordCell sh_record_cell_from_int (gint64 value);
ShRecordCell sh_record_cell_from_double (double value);
ShRecordCell sh_record_cell_from_bool (gboolean value);
/* UTF-8. */
ShRecordCell sh_record_cell_from_text (const char *text);

/* Append to `line`. */
void sh_record_cell_to_json (const ShRecordCell *cell, GString *line);
void sh_record_cell_to_csv (const ShRecordCell *cell, GString *line);

G_END_DECLS
