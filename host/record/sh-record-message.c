/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-record-message.h"

#include "sh-wire.h"

/* How a type travels, and what a value of it is. */
static const struct
{
  guint wire;
  ShValueKind kind;
} types[] = {
  [SH_WIRE_DOUBLE] = { SH_WIRE_64BIT, SH_VALUE_DOUBLE },
  [SH_WIRE_FLOAT] = { SH_WIRE_32BIT, SH_VALUE_FLOAT },
  [SH_WIRE_INT64] = { SH_WIRE_VARINT, SH_VALUE_INT },
  [SH_WIRE_UINT64] = { SH_WIRE_VARINT, SH_VALUE_UINT },
  [SH_WIRE_INT32] = { SH_WIRE_VARINT, SH_VALUE_INT },
  [SH_WIRE_FIXED64] = { SH_WIRE_64BIT, SH_VALUE_UINT },
  [SH_WIRE_FIXED32] = { SH_WIRE_32BIT, SH_VALUE_UINT },
  [SH_WIRE_BOOL] = { SH_WIRE_VARINT, SH_VALUE_BOOL },
  [SH_WIRE_STRING] = { SH_WIRE_BYTES_LIKE, SH_VALUE_TEXT },
  [SH_WIRE_UINT32] = { SH_WIRE_VARINT, SH_VALUE_UINT },
  [SH_WIRE_ENUM] = { SH_WIRE_VARINT, SH_VALUE_INT },
  [SH_WIRE_SFIXED32] = { SH_WIRE_32BIT, SH_VALUE_INT },
  [SH_WIRE_SFIXED64] = { SH_WIRE_64BIT, SH_VALUE_INT },
  [SH_WIRE_SINT32] = { SH_WIRE_VARINT, SH_VALUE_INT },
  [SH_WIRE_SINT64] = { SH_WIRE_VARINT, SH_VALUE_INT },
};

static gboolean
is_shown (const ShSchemaField *field)
{
  return !field->repeated && field->type != SH_WIRE_MESSAGE &&
         field->type != SH_WIRE_BYTES && field->type != SH_WIRE_GROUP;
}

static void
set_default (const ShSchemaField *field, ShRecordCell *cell)
{
  *cell = (ShRecordCell){ .kind = SH_RECORD_NOTHING };
  if (!is_shown (field))
    return;
  cell->kind = SH_RECORD_VALUE;
  cell->value.kind = types[field->type].kind;
  if (cell->value.kind == SH_VALUE_TEXT)
    cell->value.text = "";
  else if (cell->value.kind == SH_VALUE_DOUBLE ||
           cell->value.kind == SH_VALUE_FLOAT)
    cell->value.number = 0.0;
}

static void
set_number (ShWireType type, guint64 bits, ShValue *value)
{
  guint32 half = (guint32) bits;
  float single;

  switch (type)
    {
    case SH_WIRE_DOUBLE:
      memcpy (&value->number, &bits, sizeof value->number);
      break;
    case SH_WIRE_FLOAT:
      memcpy (&single, &half, sizeof single);
      value->number = single;
      break;
    case SH_WIRE_BOOL:
      value->unsigned_integer = bits != 0;
      break;
    case SH_WIRE_UINT32:
      value->unsigned_integer = half;
      break;
    case SH_WIRE_INT32:
    case SH_WIRE_ENUM:
    case SH_WIRE_SFIXED32:
      value->integer = (gint32) half;
      break;
    case SH_WIRE_SINT32:
      value->integer = sh_wire_unzigzag (half);
      break;
    case SH_WIRE_SINT64:
      value->integer = sh_wire_unzigzag (bits);
      break;
    default:
      value->unsigned_integer = bits;
      break;
    }
}

/* FALSE: the message breaks off. */
static gboolean
read_value (const guint8 **p,
            const guint8 *end,
            ShWireType type,
            ShRecordCell *cell)
{
  const guint8 *data;
  guint64 bits = 0;
  guint32 size;

  switch (types[type].wire)
    {
    case SH_WIRE_VARINT:
      if (!sh_wire_read_varint (p, end, &bits))
        return FALSE;
      break;
    case SH_WIRE_BYTES_LIKE:
      if (!sh_wire_read_bytes (p, end, &data, &size))
        return FALSE;
      cell->value.text = (const char *) data;
      cell->value.length = size;
      if (!g_utf8_validate_len (cell->value.text, size, NULL))
        cell->kind = SH_RECORD_NOTHING;
      return TRUE;
    case SH_WIRE_32BIT:
      if (end - *p < 4)
        return FALSE;
      bits = sh_wire_load32 (*p);
      *p += 4;
      break;
    default:
      if (end - *p < 8)
        return FALSE;
      bits = sh_wire_load64 (*p);
      *p += 8;
      break;
    }
  set_number (type, bits, &cell->value);
  return TRUE;
}

void
sh_record_read_message (const ShSchema *schema,
                        const guint8 *data,
                        gsize size,
                        ShRecordCell *cells)
{
  const guint8 *p = data, *end = data + size;
  guint32 key;

  for (guint i = 0; i < schema->n_fields; i++)
    set_default (&schema->fields[i], &cells[i]);
  while (p < end && sh_wire_read_uint32 (&p, end, &key))
    {
      guint i = 0;

      while (i < schema->n_fields && schema->fields[i].number != key >> 3)
        i++;
      if (i == schema->n_fields || !is_shown (&schema->fields[i]) ||
          (key & 7) != types[schema->fields[i].type].wire)
        {
          if (!sh_wire_skip (&p, end, key & 7))
            return;
        }
      else if (!read_value (&p, end, schema->fields[i].type, &cells[i]))
        return;
    }
}
