/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tables of fields, read with care: their rows may be longer than the ones
 * known here, and a plugin's author may have got one wrong.
 */

#include "sh-table.h"

#include <string.h>

#include "sh-error.h"

static const struct
{
  const char *name;
  gsize size;
} types[] = {
  [SIMHOST_TYPE_DOUBLE] = { "double", sizeof (double) },
  [SIMHOST_TYPE_FLOAT] = { "float", sizeof (float) },
  [SIMHOST_TYPE_INT8] = { "int8", 1 },
  [SIMHOST_TYPE_INT16] = { "int16", 2 },
  [SIMHOST_TYPE_INT32] = { "int32", 4 },
  [SIMHOST_TYPE_INT64] = { "int64", 8 },
  [SIMHOST_TYPE_UINT8] = { "uint8", 1 },
  [SIMHOST_TYPE_UINT16] = { "uint16", 2 },
  [SIMHOST_TYPE_UINT32] = { "uint32", 4 },
  [SIMHOST_TYPE_UINT64] = { "uint64", 8 },
  [SIMHOST_TYPE_BOOL] = { "bool", 1 },
  [SIMHOST_TYPE_STRING] = { "text", 0 },
  [SIMHOST_TYPE_LUMINANCE] = { "image", sizeof (SimhostLuminance) },
};

const SimhostField *
sh_table_field (const SimhostSchema *table, guint index)
{
  g_return_val_if_fail (table != NULL, NULL);
  g_return_val_if_fail (index < table->n_fields, NULL);

  return (const SimhostField *) (const void *) ((const char *) table->fields +
                                                (gsize) index *
                                                    table->field_size);
}

const SimhostField *
sh_table_find (const SimhostSchema *table, const char *name)
{
  g_return_val_if_fail (table != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < table->n_fields; i++)
    {
      const SimhostField *field = sh_table_field (table, i);

      if (g_strcmp0 (field->name, name) == 0)
        return field;
    }
  return NULL;
}

void
sh_table_fill_defaults (const SimhostSchema *table, gpointer values)
{
  g_return_if_fail (table != NULL);
  g_return_if_fail (values != NULL || table->size == 0);

  if (table->size == 0)
    return;
  if (table->defaults != NULL)
    memcpy (values, table->defaults, table->size);
  else
    memset (values, 0, table->size);
}

gsize
sh_table_element_size (guint32 simhost_type)
{
  return simhost_type < G_N_ELEMENTS (types) ? types[simhost_type].size : 0;
}

const char *
sh_table_type_to_string (guint32 simhost_type)
{
  if (simhost_type >= G_N_ELEMENTS (types) || types[simhost_type].name == NULL)
    return "?";
  return types[simhost_type].name;
}

gboolean
sh_table_check_field (const SimhostSchema *table,
                      const SimhostField *field,
                      const char *owner,
                      GError **error)
{
  gsize size;
  const char *what = NULL;

  g_return_val_if_fail (table != NULL, FALSE);
  g_return_val_if_fail (field != NULL, FALSE);

  size = sh_table_element_size (field->type);
  if (field->name == NULL || *field->name == '\0')
    what = "has no name";
  else if (size == 0 && field->type != SIMHOST_TYPE_STRING)
    what = "has an unknown type";
  else if (field->count == 0)
    what = "has a count of 0";
  else if (field->size == 0 || field->size % field->count != 0 ||
           (size != 0 && field->size / field->count != size))
    what = "has a size that does not fit its type and count";
  else if ((guint64) field->offset + field->size > table->size)
    what = "lies beyond the struct";
  if (what == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_PLUGIN, "%s: field '%s' of %s %s",
               owner, field->name != NULL ? field->name : "",
               table->name != NULL ? table->name : "", what);
  return FALSE;
}
