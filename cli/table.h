/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Text in columns, for people.
 */

#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

typedef struct ShTable ShTable;

ShTable *sh_table_new (guint n_columns);

/* One cell after the other; copied. Control characters become blanks. */
void sh_table_add (ShTable *table, const char *cell);

/* Every row behind `indent` blanks, columns two blanks apart; the last one is
 * not filled up, and empty columns are left out. */
void sh_table_print (const ShTable *table, guint indent, FILE *stream);

void sh_table_free (ShTable *table);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShTable, sh_table_free)

G_END_DECLS
