/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tables of fields (SimhostSchema) as this library reads them: descriptions of
 * C structs that plugins write by hand and the engine makes from programs. They
 * stay plain data; these functions look into them.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/* The i-th row of a table, whatever size its rows have. */
const SimhostField *sh_table_field (const SimhostSchema *table, guint index);

/* NULL if there is none. */
const SimhostField *sh_table_find (const SimhostSchema *table,
                                   const char *name);

/* Fills `values` with the table's defaults, or zero where there are none. */
void sh_table_fill_defaults (const SimhostSchema *table, gpointer values);

/* Bytes of one element of a SIMHOST_TYPE_* that is no text; 0 for text and for
 * a number that is no type. */
gsize sh_table_element_size (guint32 simhost_type);

/* "float", "int8", ... as a person would write it; "?" if it is no type. */
const char *sh_table_type_to_string (guint32 simhost_type);

/*
 * Whether a row can be used: a name, a type, a member that lies within the
 * struct and has room for `count` elements. SH_ERROR_PLUGIN naming `owner`,
 * the table and the row.
 */
gboolean sh_table_check_field (const SimhostSchema *table,
                               const SimhostField *field,
                               const char *owner,
                               GError **error);

G_END_DECLS
