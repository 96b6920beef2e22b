/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Aligning columns.
 */

#include "table.h"

#include "sh-text.h"

struct ShTable
{
  guint n_columns;
  glong *widths; /* in characters */
  GPtrArray *cells;
};

ShTable *
sh_table_new (guint n_columns)
{
  ShTable *table = g_new0 (ShTable, 1);

  table->n_columns = n_columns;
  table->widths = g_new0 (glong, n_columns);
  table->cells = g_ptr_array_new_with_free_func (g_free);
  return table;
}

void
sh_table_add (ShTable *table, const char *cell)
{
  glong *width = &table->widths[table->cells->len % table->n_columns];
  char *text = sh_text_to_line (cell, -1);

  *width = MAX (*width, g_utf8_strlen (text, -1));
  g_ptr_array_add (table->cells, text);
}

static void
print_row (const ShTable *table, guint row, guint indent, FILE *stream)
{
  glong blanks = indent;

  for (guint column = 0; column < table->n_columns; column++)
    {
      const char *cell = table->cells->pdata[row * table->n_columns + column];

      if (table->widths[column] == 0)
        continue;
      /* Blanks are printed only before what is not blank. */
      if (cell[0] != '\0')
        {
          fprintf (stream, "%*s%s", (int) blanks, "", cell);
          blanks = 0;
        }
      blanks += table->widths[column] - g_utf8_strlen (cell, -1) + 2;
    }
  fputc ('\n', stream);
}

void
sh_table_print (const ShTable *table, guint indent, FILE *stream)
{
  for (guint row = 0; row < table->cells->len / table->n_columns; row++)
    print_row (table, row, indent, stream);
}

void
sh_table_free (ShTable *table)
{
  if (table == NULL)
    return;
  g_ptr_array_unref (table->cells);
  g_free (table->widths);
  g_free (table);
}
