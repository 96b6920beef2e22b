/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lays out structs for Inkling types.
 */

#include <string.h>

#include "sh-codec-private.h"
#include "sh-error.h"
#include "sh-member.h"

const char *
sh_codec_describe_type (const ShType *type)
{
  switch (type->kind)
    {
    case SH_TYPE_STRING:
      return "text";
    case SH_TYPE_IMAGE:
      return "an image";
    case SH_TYPE_ARRAY:
      return "an array";
    case SH_TYPE_STRUCT:
      return "a struct";
    case SH_TYPE_NUMBER:
    default:
      return "a number";
    }
}

gboolean
sh_codec_check_texts (const ShType *type,
                      const char *where,
                      const char *field,
                      GError **error)
{
  for (guint i = 0; type->kind == SH_TYPE_STRING && i < type->n_values; i++)
    if (strlen (type->values[i].text) >= SH_CODEC_TEXT_SIZE)
      {
        g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                     "%s field '%s': the text \"%.20s...\" is longer than %u "
                     "bytes",
                     where, field, type->values[i].text,
                     SH_CODEC_TEXT_SIZE - 1);
        return FALSE;
      }
  return TRUE;
}

static void
fill_row (SimhostField *row,
          const ShTypeField *field,
          guint32 type,
          guint32 *offset)
{
  guint32 size = sh_member_get_size (type);
  guint32 alignment = type == SIMHOST_TYPE_STRING ? 1 : size;
  const ShType *declared = field->type;

  *offset = (*offset + alignment - 1) / alignment * alignment;
  row->name = g_strdup (field->name);
  row->type = type;
  row->offset = *offset;
  row->size = size;
  row->count = 1;
  *offset += size;
  if (type == SIMHOST_TYPE_STRING)
    return;

  if (declared->constraint == SH_CONSTRAINT_RANGE ||
      declared->constraint == SH_CONSTRAINT_STEPS)
    {
      row->flags = SIMHOST_FIELD_HAS_MIN | SIMHOST_FIELD_HAS_MAX;
      row->min = declared->min;
      row->max = declared->max;
    }
  if (declared->constraint == SH_CONSTRAINT_STEPS)
    {
      row->flags |= SIMHOST_FIELD_HAS_STEP;
      row->step = declared->step;
    }
  if (declared->n_values > 0)
    {
      SimhostValue *values = g_new0 (SimhostValue, declared->n_values);

      for (guint i = 0; i < declared->n_values; i++)
        {
          values[i].name = g_strdup (declared->values[i].name);
          values[i].value = declared->values[i].value;
        }
      row->n_values = declared->n_values;
      row->values = values;
    }
}

gboolean
sh_codec_table_init (ShCodecTable *table,
                     const ShType *type,
                     const char *where,
                     gboolean free_text,
                     ShCodecNeeded needed,
                     const ShConcept *concept,
                     GError **error)
{
  guint32 offset = 0, n = 0;

  table->rows = g_new0 (SimhostField, type->n_fields + 1);
  table->types = g_new0 (ShType *, type->n_fields + 1);
  table->schema.struct_size = sizeof (SimhostSchema);
  table->schema.field_size = sizeof (SimhostField);
  table->schema.name = g_strdup (type->name != NULL ? type->name : "");
  table->schema.fields = table->rows;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const ShTypeField *field = &type->fields[i];
      guint32 member = sh_member_type_for (field->type);

      if (member == SIMHOST_TYPE_STRING && field->type->n_values == 0 &&
          !free_text)
        member = 0;
      if (member == 0 && !needed (field->name, concept))
        continue;
      if (member == 0)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                       "concept '%s': %s field '%s' is %s; a brain works with "
                       "numbers and enumerations only",
                       concept->name, where, field->name,
                       sh_codec_describe_type (field->type));
          return FALSE;
        }
      if (!sh_codec_check_texts (field->type, where, field->name, error))
        return FALSE;
      fill_row (&table->rows[n], field, member, &offset);
      table->types[n] = sh_type_ref (field->type);
      table->schema.n_fields = ++n;
    }
  /* A multiple of the largest alignment, and never 0: an allocation of it is
   * then always good. */
  table->schema.size = MAX (offset + 7, 8) / 8 * 8;
  return TRUE;
}

void
sh_codec_table_clear (ShCodecTable *table)
{
  for (guint i = 0; i < table->schema.n_fields; i++)
    {
      SimhostField *row = &table->rows[i];

      for (guint j = 0; j < row->n_values; j++)
        g_free ((char *) row->values[j].name);
      g_free ((SimhostValue *) row->values);
      g_free ((char *) row->name);
      sh_type_unref (table->types[i]);
    }
  g_free (table->rows);
  g_free (table->types);
  g_free ((char *) table->schema.name);
}

const SimhostField *
sh_codec_table_find (const ShCodecTable *table, const char *name)
{
  for (guint i = 0; i < table->schema.n_fields; i++)
    if (strcmp (table->rows[i].name, name) == 0)
      return &table->rows[i];
  return NULL;
}
