/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table of field types.
 */

#include "sh-field-type.h"

#include <float.h>
#include <string.h>

#define ROW(CTYPE, NAME, INKLING, KIND, MIN, MAX)                              \
  {                                                                            \
    NAME, INKLING, KIND, sizeof (CTYPE), G_ALIGNOF (CTYPE), MIN, MAX           \
  }

static const ShFieldType types[] = {
  [SIMHOST_TYPE_DOUBLE] =
      ROW (double, "double", "number", SH_FIELD_FLOATING, -DBL_MAX, DBL_MAX),
  [SIMHOST_TYPE_FLOAT] = ROW (float,
                              "float",
                              "Number.Float32",
                              SH_FIELD_FLOATING,
                              -(double) FLT_MAX,
                              (double) FLT_MAX),
  [SIMHOST_TYPE_INT8] =
      ROW (gint8, "int8", "Number.Int8", SH_FIELD_SIGNED, G_MININT8, G_MAXINT8),
  [SIMHOST_TYPE_INT16] = ROW (gint16,
                              "int16",
                              "Number.Int16",
                              SH_FIELD_SIGNED,
                              G_MININT16,
                              G_MAXINT16),
  [SIMHOST_TYPE_INT32] = ROW (gint32,
                              "int32",
                              "Number.Int32",
                              SH_FIELD_SIGNED,
                              G_MININT32,
                              G_MAXINT32),
  [SIMHOST_TYPE_INT64] =
      ROW (gint64, "int64", "Number.Int64", SH_FIELD_SIGNED, -0x1p63, 0x1p63),
  [SIMHOST_TYPE_UINT8] =
      ROW (guint8, "uint8", "Number.UInt8", SH_FIELD_UNSIGNED, 0.0, G_MAXUINT8),
  [SIMHOST_TYPE_UINT16] = ROW (guint16,
                               "uint16",
                               "Number.UInt16",
                               SH_FIELD_UNSIGNED,
                               0.0,
                               G_MAXUINT16),
  [SIMHOST_TYPE_UINT32] = ROW (guint32,
                               "uint32",
                               "Number.UInt32",
                               SH_FIELD_UNSIGNED,
                               0.0,
                               G_MAXUINT32),
  [SIMHOST_TYPE_UINT64] =
      ROW (guint64, "uint64", "Number.UInt64", SH_FIELD_UNSIGNED, 0.0, 0x1p64),
  [SIMHOST_TYPE_BOOL] =
      ROW (guint8, "bool", "Number.Bool", SH_FIELD_UNSIGNED, 0.0, 1.0),
  [SIMHOST_TYPE_STRING] =
      ROW (char, "string", "string", SH_FIELD_TEXT, 0.0, 0.0),
  [SIMHOST_TYPE_LUMINANCE] =
      ROW (SimhostLuminance, "luminance", NULL, SH_FIELD_IMAGE, 0.0, 0.0),
};

const ShFieldType *
sh_field_type_get (guint32 type)
{
  return type < G_N_ELEMENTS (types) && types[type].name != NULL ? &types[type]
                                                                 : NULL;
}

guint32
sh_field_type_from_string (const char *name)
{
  for (guint32 i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_strcmp0 (types[i].name, name) == 0 && name != NULL)
      return i;
  return 0;
}

double
sh_field_read (const SimhostField *field, gconstpointer values, guint index)
{
  const ShFieldType *type = sh_field_type_get (field->type);
  const guint8 *place =
      (const guint8 *) values + field->offset + index * type->size;
  union
  {
    double d;
    float f;
    gint8 i8;
    gint16 i16;
    gint32 i32;
    gint64 i64;
    guint8 u8;
    guint16 u16;
    guint32 u32;
    guint64 u64;
  } value;

  memcpy (&value, place, MIN (type->size, sizeof value));
  switch (field->type)
    {
    case SIMHOST_TYPE_DOUBLE:
      return value.d;
    case SIMHOST_TYPE_FLOAT:
      return (double) value.f;
    case SIMHOST_TYPE_INT8:
      return value.i8;
    case SIMHOST_TYPE_INT16:
      return value.i16;
    case SIMHOST_TYPE_INT32:
      return value.i32;
    case SIMHOST_TYPE_INT64:
      return (double) value.i64;
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
      return value.u8;
    case SIMHOST_TYPE_UINT16:
      return value.u16;
    case SIMHOST_TYPE_UINT32:
      return value.u32;
    case SIMHOST_TYPE_UINT64:
      return (double) value.u64;
    default:
      return 0.0;
    }
}
