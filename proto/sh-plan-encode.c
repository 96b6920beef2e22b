/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writes a struct as a message. Room for the largest message is made once, so
 * that nothing below has to look for the end.
 */

#include "sh-plan-private.h"

#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"

static gboolean
fail_too_large (const ShPlan *plan, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
               "%s: a %s is larger than the %u bytes allowed in a message",
               plan->owner, plan->table->name, SH_MESSAGE_MAX_BYTES);
  return FALSE;
}

static SimhostLuminance
load_image (const ShOp *op, const guint8 *values, guint index)
{
  SimhostLuminance image;

  memcpy (&image, values + op->offset + (gsize) index * op->element_size,
          sizeof image);
  return image;
}

/* Checks the images and adds their pixels to *size. */
static gboolean
measure_images (const ShPlan *plan,
                const guint8 *values,
                gsize *size,
                GError **error)
{
  for (guint i = 0; i < plan->n_ops; i++)
    {
      const ShOp *op = &plan->ops[i];

      for (guint j = 0; op->code == SH_OP_IMAGE && j < op->count; j++)
        {
          SimhostLuminance image = load_image (op, values, j);
          guint64 n_pixels = (guint64) image.width * image.height;

          if (n_pixels > 0 && image.pixels == NULL)
            return sh_plan_fail (plan, op, SH_ERROR_VALUE, error,
                                 "an image of %u x %u has no pixels",
                                 image.width, image.height);
          if (n_pixels > (SH_MESSAGE_MAX_BYTES - *size) / 4)
            return fail_too_large (plan, error);
          *size += n_pixels * 4;
        }
    }
  return TRUE;
}

static gsize
varint_size (guint32 value)
{
  guint8 buffer[SH_WIRE_MAX_VARINT];

  return (gsize) (sh_wire_write_varint (buffer, value) - buffer);
}

/* As protobuf writes a Luminance: without what is 0. */
static guint8 *
write_image (guint8 *p, const SimhostLuminance *image)
{
  guint32 n_pixels = image->width * image->height;
  gsize size = 0;

  if (image->width != 0)
    size += 1 + varint_size (image->width);
  if (image->height != 0)
    size += 1 + varint_size (image->height);
  if (n_pixels != 0)
    size += 1 + varint_size (n_pixels * 4) + n_pixels * 4;

  p = sh_wire_write_varint (p, size);
  if (image->width != 0)
    {
      *p++ = SH_LUMINANCE_WIDTH;
      p = sh_wire_write_varint (p, image->width);
    }
  if (image->height != 0)
    {
      *p++ = SH_LUMINANCE_HEIGHT;
      p = sh_wire_write_varint (p, image->height);
    }
  if (n_pixels != 0)
    {
      *p++ = SH_LUMINANCE_PIXELS;
      p = sh_wire_write_varint (p, n_pixels * 4);
      for (guint32 i = 0; i < n_pixels; i++)
        {
          guint32 bits;

          memcpy (&bits, &image->pixels[i], sizeof bits);
          p = sh_wire_write32 (p, bits);
        }
    }
  return p;
}

static guint8 *
write_text (guint8 *p, const ShValue *value)
{
  char buffer[SH_VALUE_TEXT_SIZE];
  gsize length;
  const char *text = sh_value_to_text (value, buffer, &length);

  p = sh_wire_write_varint (p, length);
  memcpy (p, text, length);
  return p + length;
}

/* NULL when the value does not convert. */
static guint8 *
write_whole (guint8 *p, ShWireType wire, const ShValue *value)
{
  guint64 bits;
  gint64 integer;

  switch (wire)
    {
    case SH_WIRE_UINT32:
    case SH_WIRE_UINT64:
      if (!sh_value_to_uint (
              value, wire == SH_WIRE_UINT32 ? G_MAXUINT32 : G_MAXUINT64, &bits))
        return NULL;
      break;
    case SH_WIRE_INT64:
    case SH_WIRE_SINT64:
      if (!sh_value_to_int (value, G_MININT64, G_MAXINT64, &integer))
        return NULL;
      bits =
          wire == SH_WIRE_SINT64 ? sh_wire_zigzag (integer) : (guint64) integer;
      break;
    default:
      if (!sh_value_to_int (value, G_MININT32, G_MAXINT32, &integer))
        return NULL;
      bits =
          wire == SH_WIRE_SINT32 ? sh_wire_zigzag (integer) : (guint64) integer;
      break;
    }
  return sh_wire_write_varint (p, bits);
}

/* NULL when the value does not convert. */
static guint8 *
write_value (guint8 *p, ShWireType wire, const ShValue *value)
{
  double number;
  float single;
  guint64 bits;
  guint32 half;

  switch (wire)
    {
    case SH_WIRE_DOUBLE:
      if (!sh_value_to_double (value, &number))
        return NULL;
      memcpy (&bits, &number, sizeof bits);
      return sh_wire_write64 (p, bits);
    case SH_WIRE_FLOAT:
      if (!sh_value_to_double (value, &number))
        return NULL;
      single = (float) number;
      memcpy (&half, &single, sizeof half);
      return sh_wire_write32 (p, half);
    case SH_WIRE_BOOL:
      *p = sh_value_to_bool (value);
      return p + 1;
    case SH_WIRE_STRING:
      return write_text (p, value);
    default:
      return write_whole (p, wire, value);
    }
}

static guint8 *
write_converted (const ShPlan *plan,
                 const ShOp *op,
                 const guint8 *member,
                 guint8 *p,
                 GError **error)
{
  ShValue value;

  if (!sh_value_load (&value, op->row->type, op->element_size, member))
    {
      sh_plan_fail (plan, op, SH_ERROR_VALUE, error,
                    "the simulator's text is not UTF-8 or lacks its NUL");
      return NULL;
    }
  p = write_value (p, (ShWireType) op->wire, &value);
  if (p == NULL)
    sh_plan_fail_value (plan, op,
                        sh_wire_type_to_string ((ShWireType) op->wire), &value,
                        error);
  return p;
}

static guint8 *
write_op (const ShPlan *plan,
          const ShOp *op,
          const guint8 *member,
          guint8 *p,
          GError **error)
{
  SimhostLuminance image;
  guint64 bits64;
  guint32 bits32;
  gint32 integer;

  memcpy (p, &op->key_bytes, sizeof op->key_bytes);
  p += op->key_size;
  switch ((ShOpCode) op->code)
    {
    case SH_OP_COPY32:
      memcpy (&bits32, member, sizeof bits32);
      return sh_wire_write32 (p, bits32);
    case SH_OP_COPY64:
      memcpy (&bits64, member, sizeof bits64);
      return sh_wire_write64 (p, bits64);
    case SH_OP_INT32:
      memcpy (&integer, member, sizeof integer);
      return sh_wire_write_varint (p, (guint64) (gint64) integer);
    case SH_OP_UINT32:
      memcpy (&bits32, member, sizeof bits32);
      return sh_wire_write_varint (p, bits32);
    case SH_OP_VARINT64:
      memcpy (&bits64, member, sizeof bits64);
      return sh_wire_write_varint (p, bits64);
    case SH_OP_BOOL:
      *p = *member != 0;
      return p + 1;
    case SH_OP_IMAGE:
      memcpy (&image, member, sizeof image);
      return write_image (p, &image);
    case SH_OP_ARRAY:
    case SH_OP_END:
    case SH_OP_CONVERT:
    default:
      return write_converted (plan, op, member, p, error);
    }
}

gboolean
sh_plan_encode (ShPlan *plan,
                gconstpointer values,
                GByteArray *out,
                GError **error)
{
  guint old_length;
  gsize room, length;
  guint8 *p;

  g_return_val_if_fail (plan != NULL && plan->bound > 0, FALSE);
  g_return_val_if_fail (out != NULL, FALSE);
  g_return_val_if_fail (values != NULL || plan->table->size == 0, FALSE);

  room = 0;
  if (plan->n_images > 0 && !measure_images (plan, values, &room, error))
    return FALSE;
  room += plan->bound;
  old_length = out->len;
  g_byte_array_set_size (out, old_length + (guint) room);

  p = out->data + old_length;
  for (guint i = 0; i < plan->n_ops; i++)
    {
      const ShOp *op = &plan->ops[i];
      const guint8 *member = (const guint8 *) values + op->offset;

      for (guint32 j = 0; j < op->count && p != NULL; j++)
        p = write_op (plan, op, member + (gsize) j * op->element_size, p,
                      error);
      if (p == NULL)
        {
          g_byte_array_set_size (out, old_length);
          return FALSE;
        }
    }
  length = (gsize) (p - out->data) - old_length;
  if (length > SH_MESSAGE_MAX_BYTES)
    {
      g_byte_array_set_size (out, old_length);
      return fail_too_large (plan, error);
    }
  g_byte_array_set_size (out, old_length + (guint) length);
  return TRUE;
}
