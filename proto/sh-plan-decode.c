/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reads a message into a struct. Fields usually come in the order of their
 * numbers, so the next operation is tried before one is searched for.
 */

#include "sh-plan-private.h"

#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"

typedef struct
{
  ShPlan *plan;
  const guint8 *p, *end;
  guint8 *values;
  GError **error;
} Reader;

static gboolean
fail_malformed (const Reader *reader)
{
  g_set_error (reader->error, SH_ERROR, SH_ERROR_PROTOCOL,
               "%s: the bytes of %s are no message of the engine's schema %s",
               reader->plan->owner, reader->plan->table->name,
               reader->plan->schema->name);
  return FALSE;
}

/* NULL when the plan has no such field. */
static const ShOp *
find_op (const ShPlan *plan, guint32 number)
{
  guint low = 0, high = plan->n_ops;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;
      guint32 here = plan->ops[middle].key >> 3;

      if (here == number)
        return &plan->ops[middle];
      if (here < number)
        low = middle + 1;
      else
        high = middle;
    }
  return NULL;
}

/* A number of the wire type that `op` expects, as a value. */
static gboolean
read_number (Reader *reader, const ShOp *op, ShValue *value)
{
  guint64 bits = 0;
  float single;
  guint32 half;

  switch (sh_plan_wire_type ((ShWireType) op->wire))
    {
    case SH_WIRE_VARINT:
      if (!sh_wire_read_varint (&reader->p, reader->end, &bits))
        return FALSE;
      break;
    case SH_WIRE_32BIT:
      if (reader->end - reader->p < 4)
        return FALSE;
      bits = sh_wire_load32 (reader->p);
      reader->p += 4;
      break;
    default:
      if (reader->end - reader->p < 8)
        return FALSE;
      bits = sh_wire_load64 (reader->p);
      reader->p += 8;
      break;
    }
  half = (guint32) bits;

  switch ((ShWireType) op->wire)
    {
    case SH_WIRE_DOUBLE:
      value->kind = SH_VALUE_DOUBLE;
      memcpy (&value->number, &bits, sizeof value->number);
      return TRUE;
    case SH_WIRE_FLOAT:
      value->kind = SH_VALUE_FLOAT;
      memcpy (&single, &half, sizeof single);
      value->number = single;
      return TRUE;
    case SH_WIRE_BOOL:
      value->kind = SH_VALUE_BOOL;
      value->unsigned_integer = bits != 0;
      return TRUE;
    case SH_WIRE_UINT32:
    case SH_WIRE_FIXED32:
      value->kind = SH_VALUE_UINT;
      value->unsigned_integer = half;
      return TRUE;
    case SH_WIRE_UINT64:
    case SH_WIRE_FIXED64:
      value->kind = SH_VALUE_UINT;
      value->unsigned_integer = bits;
      return TRUE;
    case SH_WIRE_INT64:
    case SH_WIRE_SFIXED64:
      value->kind = SH_VALUE_INT;
      value->integer = (gint64) bits;
      return TRUE;
    case SH_WIRE_SINT32:
      value->kind = SH_VALUE_INT;
      value->integer = sh_wire_unzigzag (half);
      return TRUE;
    case SH_WIRE_SINT64:
      value->kind = SH_VALUE_INT;
      value->integer = sh_wire_unzigzag (bits);
      return TRUE;
    default: /* INT32, ENUM, SFIXED32 */
      value->kind = SH_VALUE_INT;
      value->integer = (gint32) half;
      return TRUE;
    }
}

static gboolean
read_text (Reader *reader, const ShOp *op, ShValue *value)
{
  const guint8 *data;
  guint32 size;

  if (!sh_wire_read_bytes (&reader->p, reader->end, &data, &size))
    return fail_malformed (reader);
  value->kind = SH_VALUE_TEXT;
  value->text = (const char *) data;
  value->length = size;
  if (!g_utf8_validate_len (value->text, size, NULL))
    return sh_plan_fail (reader->plan, op, SH_ERROR_PROTOCOL, reader->error,
                         "is not UTF-8 text without NUL");
  return TRUE;
}

static gboolean
fail_store (const Reader *reader, const ShOp *op, const ShValue *value)
{
  char buffer[SH_VALUE_TEXT_SIZE];
  gsize length;

  if (op->row->type != SIMHOST_TYPE_STRING)
    return sh_plan_fail_value (reader->plan, op,
                               sh_table_type_to_string (op->row->type), value,
                               reader->error);
  sh_value_to_text (value, buffer, &length);
  return sh_plan_fail (
      reader->plan, op, SH_ERROR_VALUE, reader->error,
      "expected text of at most %u bytes, found %" G_GSIZE_FORMAT " bytes",
      op->element_size - 1, length);
}

static gboolean
read_converted (Reader *reader, const ShOp *op, guint8 *member)
{
  ShValue value;

  if (op->wire == SH_WIRE_STRING || op->wire == SH_WIRE_BYTES)
    {
      if (!read_text (reader, op, &value))
        return FALSE;
    }
  else if (!read_number (reader, op, &value))
    {
      return fail_malformed (reader);
    }
  if (!sh_value_store (&value, op->row->type, op->element_size, member))
    return fail_store (reader, op, &value);
  return TRUE;
}

/*
 * The parts of one image. A message inside a message that comes twice is merged
 * by protobuf's rules, so what an earlier one left in `image` stays.
 */
static gboolean
read_image_parts (Reader *reader, ShPlanImage *image)
{
  const guint8 *data, *end;
  guint32 size, key;
  guint64 varint;

  if (!sh_wire_read_bytes (&reader->p, reader->end, &data, &size))
    return FALSE;
  for (end = data + size; data < end;)
    {
      if (!sh_wire_read_uint32 (&data, end, &key) || key >> 3 == 0)
        return FALSE;
      switch (key)
        {
        case SH_LUMINANCE_WIDTH:
        case SH_LUMINANCE_HEIGHT:
          if (!sh_wire_read_varint (&data, end, &varint))
            return FALSE;
          *(key == SH_LUMINANCE_WIDTH ? &image->width : &image->height) =
              (guint32) varint;
          break;
        case SH_LUMINANCE_PIXELS:
          if (!sh_wire_read_bytes (&data, end, &image->pixels, &image->size))
            return FALSE;
          break;
        default:
          if (!sh_wire_skip (&data, end, key & 7))
            return FALSE;
          break;
        }
    }
  return TRUE;
}

/* Counts one element of a repeated field. */
static gboolean
count_element (Reader *reader, const ShOp *op, guint32 *index)
{
  guint32 *counter = &reader->plan->counters[op - reader->plan->ops];

  *index = (*counter)++;
  if (*index < op->count)
    return TRUE;
  return sh_plan_fail (reader->plan, op, SH_ERROR_VALUE, reader->error,
                       "expected %u elements, found more", op->count);
}

static gboolean
read_image (Reader *reader, const ShOp *op)
{
  guint32 index = 0;

  if (op->field->repeated && !count_element (reader, op, &index))
    return FALSE;
  if (!read_image_parts (reader, &reader->plan->images[op->slot + index]))
    return fail_malformed (reader);
  return TRUE;
}

static gboolean
read_element (Reader *reader, const ShOp *op)
{
  guint32 index;

  return count_element (reader, op, &index) &&
         read_converted (reader, op,
                         reader->values + op->offset +
                             (gsize) index * op->element_size);
}

/* Many numbers behind one key. */
static gboolean
read_packed (Reader *reader, const ShOp *op)
{
  Reader inner = *reader;
  guint32 size;

  if (!sh_wire_read_bytes (&reader->p, reader->end, &inner.p, &size))
    return fail_malformed (reader);
  inner.end = inner.p + size;
  while (inner.p < inner.end)
    if (!read_element (&inner, op))
      return FALSE;
  return TRUE;
}

/* A field that is not the one expected next, or not in the plan at all. */
static gboolean
read_unexpected (Reader *reader, guint32 key, const ShOp **found)
{
  const ShOp *op = find_op (reader->plan, key >> 3);

  *found = NULL;
  if (key >> 3 == 0)
    return fail_malformed (reader);
  if (op != NULL && op->key == key)
    {
      *found = op;
      return TRUE;
    }
  if (op != NULL && op->code == SH_OP_ARRAY && (key & 7) == SH_WIRE_BYTES_LIKE)
    return read_packed (reader, op);
  /* A wire type that does not fit makes a field an unknown one. */
  if (!sh_wire_skip (&reader->p, reader->end, key & 7))
    return fail_malformed (reader);
  return TRUE;
}

static gboolean
read_op (Reader *reader, const ShOp *op)
{
  guint8 *member;
  guint64 bits64;
  guint32 bits32;

  if (G_UNLIKELY (op->code == SH_OP_END))
    return fail_malformed (reader);
  member = reader->values + op->offset;
  switch ((ShOpCode) op->code)
    {
    case SH_OP_COPY32:
      if (reader->end - reader->p < 4)
        return fail_malformed (reader);
      bits32 = sh_wire_load32 (reader->p);
      memcpy (member, &bits32, sizeof bits32);
      reader->p += 4;
      return TRUE;
    case SH_OP_COPY64:
      if (reader->end - reader->p < 8)
        return fail_malformed (reader);
      bits64 = sh_wire_load64 (reader->p);
      memcpy (member, &bits64, sizeof bits64);
      reader->p += 8;
      return TRUE;
    case SH_OP_INT32:
    case SH_OP_UINT32:
      if (!sh_wire_read_varint (&reader->p, reader->end, &bits64))
        return fail_malformed (reader);
      bits32 = (guint32) bits64;
      memcpy (member, &bits32, sizeof bits32);
      return TRUE;
    case SH_OP_VARINT64:
      if (!sh_wire_read_varint (&reader->p, reader->end, &bits64))
        return fail_malformed (reader);
      memcpy (member, &bits64, sizeof bits64);
      return TRUE;
    case SH_OP_BOOL:
      if (!sh_wire_read_varint (&reader->p, reader->end, &bits64))
        return fail_malformed (reader);
      *member = bits64 != 0;
      return TRUE;
    case SH_OP_IMAGE:
      return read_image (reader, op);
    case SH_OP_ARRAY:
      return read_element (reader, op);
    case SH_OP_CONVERT:
    case SH_OP_END:
    default:
      return read_converted (reader, op, member);
    }
}

/* An array is all there or not there at all; then it is all zero. */
static gboolean
check_counts (const Reader *reader)
{
  const ShPlan *plan = reader->plan;

  for (guint i = 0; i < plan->n_ops; i++)
    if (plan->counters[i] != 0 && plan->counters[i] != plan->ops[i].count)
      return sh_plan_fail (plan, &plan->ops[i], SH_ERROR_VALUE, reader->error,
                           "expected %u elements, found %u", plan->ops[i].count,
                           plan->counters[i]);
  return TRUE;
}

static gboolean
store_image (Reader *reader,
             const ShOp *op,
             const ShPlanImage *image,
             gsize *used,
             guint8 *member)
{
  SimhostLuminance luminance = { image->width, image->height, NULL };
  guint64 n_pixels = (guint64) image->width * image->height;
  guint8 *pixels = reader->plan->pixels + *used;

  if (image->size % 4 != 0 || image->size / 4 != n_pixels)
    return sh_plan_fail (reader->plan, op, SH_ERROR_VALUE, reader->error,
                         "an image of %u x %u has 4 bytes a pixel, found %u "
                         "bytes",
                         image->width, image->height, image->size);
  for (gsize i = 0; i < image->size; i += 4)
    {
      guint32 pixel = sh_wire_load32 (image->pixels + i);

      memcpy (pixels + i, &pixel, sizeof pixel);
    }
  *used += image->size;
  if (image->size > 0)
    luminance.pixels = (const float *) (const void *) pixels;
  memcpy (member, &luminance, sizeof luminance);
  return TRUE;
}

static gboolean
store_images (Reader *reader, gsize message_size)
{
  ShPlan *plan = reader->plan;
  gsize used = 0;

  /* All pixels come from the message, each byte once. */
  if (plan->pixels == NULL || plan->pixels_size < message_size)
    {
      g_free (plan->pixels);
      plan->pixels = g_malloc (MAX (message_size, 1));
      plan->pixels_size = message_size;
    }
  for (guint i = 0; i < plan->n_ops; i++)
    {
      const ShOp *op = &plan->ops[i];

      for (guint j = 0; op->code == SH_OP_IMAGE && j < op->count; j++)
        if (!store_image (reader, op, &plan->images[op->slot + j], &used,
                          reader->values + op->offset + j * op->element_size))
          return FALSE;
    }
  return TRUE;
}

gboolean
sh_plan_decode (ShPlan *plan,
                const guint8 *data,
                gsize size,
                gpointer values,
                GError **error)
{
  Reader reader = { plan, data, data, values, error };
  const ShOp *next;

  g_return_val_if_fail (plan != NULL && plan->counters != NULL, FALSE);
  g_return_val_if_fail (data != NULL || size == 0, FALSE);
  g_return_val_if_fail (values != NULL || plan->table->size == 0, FALSE);

  if (size > SH_MESSAGE_MAX_BYTES)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "%s: a %s of %" G_GSIZE_FORMAT
                   " bytes is larger than the %u allowed",
                   plan->owner, plan->table->name, size, SH_MESSAGE_MAX_BYTES);
      return FALSE;
    }
  if (plan->table->size > 0)
    memcpy (values, plan->blank, plan->table->size);
  if (plan->has_repeated)
    memset (plan->counters, 0, plan->n_ops * sizeof plan->counters[0]);
  if (plan->n_images > 0)
    memset (plan->images, 0, plan->n_images * sizeof plan->images[0]);

  if (size > 0)
    reader.end = data + size;
  next = plan->ops;
  while (reader.p < reader.end)
    {
      guint32 key;

      if (!sh_wire_read_uint32 (&reader.p, reader.end, &key))
        return fail_malformed (&reader);
      if (G_UNLIKELY (key != next->key))
        {
          const ShOp *found;

          if (!read_unexpected (&reader, key, &found))
            return FALSE;
          if (found == NULL)
            continue;
          next = found;
        }
      if (!read_op (&reader, next))
        return FALSE;
      next += !next->field->repeated;
    }
  return (!plan->has_repeated || check_counts (&reader)) &&
         (plan->n_images == 0 || store_images (&reader, size));
}
