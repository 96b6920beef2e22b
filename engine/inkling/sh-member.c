/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Members of structs as numbers.
 */

#include "sh-member.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* What is to be known of a number's C type; indexed by SIMHOST_TYPE. */
typedef struct
{
  guint32 size;
  gboolean integer;
  double low, high; /* 64-bit ends are the nearest doubles inside the range */
} Number;

static const Number numbers[] = {
  [SIMHOST_TYPE_DOUBLE] = { 8, FALSE, -DBL_MAX, DBL_MAX },
  [SIMHOST_TYPE_FLOAT] = { 4, FALSE, -FLT_MAX, FLT_MAX },
  [SIMHOST_TYPE_INT8] = { 1, TRUE, G_MININT8, G_MAXINT8 },
  [SIMHOST_TYPE_INT16] = { 2, TRUE, G_MININT16, G_MAXINT16 },
  [SIMHOST_TYPE_INT32] = { 4, TRUE, G_MININT32, G_MAXINT32 },
  [SIMHOST_TYPE_INT64] = { 8, TRUE, -0x1p63, 0x1.fffffffffffffp62 },
  [SIMHOST_TYPE_UINT8] = { 1, TRUE, 0, G_MAXUINT8 },
  [SIMHOST_TYPE_UINT16] = { 2, TRUE, 0, G_MAXUINT16 },
  [SIMHOST_TYPE_UINT32] = { 4, TRUE, 0, G_MAXUINT32 },
  [SIMHOST_TYPE_UINT64] = { 8, TRUE, 0, 0x1.fffffffffffffp63 },
  [SIMHOST_TYPE_BOOL] = { 1, TRUE, 0, 1 },
};

static const guint32 kinds[] = {
  [SH_NUMBER_FLOAT64] = SIMHOST_TYPE_DOUBLE,
  [SH_NUMBER_FLOAT32] = SIMHOST_TYPE_FLOAT,
  [SH_NUMBER_INT8] = SIMHOST_TYPE_INT8,
  [SH_NUMBER_INT16] = SIMHOST_TYPE_INT16,
  [SH_NUMBER_INT32] = SIMHOST_TYPE_INT32,
  [SH_NUMBER_INT64] = SIMHOST_TYPE_INT64,
  [SH_NUMBER_UINT8] = SIMHOST_TYPE_UINT8,
  [SH_NUMBER_UINT16] = SIMHOST_TYPE_UINT16,
  [SH_NUMBER_UINT32] = SIMHOST_TYPE_UINT32,
  [SH_NUMBER_UINT64] = SIMHOST_TYPE_UINT64,
  [SH_NUMBER_BOOL] = SIMHOST_TYPE_BOOL,
};

guint32
sh_member_type_for (const ShType *type)
{
  g_return_val_if_fail (type != NULL, 0);

  switch (type->kind)
    {
    case SH_TYPE_NUMBER:
      return kinds[type->number];
    case SH_TYPE_STRING:
      return SIMHOST_TYPE_STRING;
    case SH_TYPE_IMAGE:
    case SH_TYPE_ARRAY:
    case SH_TYPE_STRUCT:
    default:
      return 0;
    }
}

guint32
sh_member_get_size (guint32 simhost_type)
{
  return simhost_type == SIMHOST_TYPE_STRING ? SH_MEMBER_TEXT_SIZE
                                             : numbers[simhost_type].size;
}

gboolean
sh_member_is_integer (guint32 simhost_type)
{
  return numbers[simhost_type].integer;
}

void
sh_member_get_limits (guint32 simhost_type, double *low, double *high)
{
  *low = numbers[simhost_type].low;
  *high = numbers[simhost_type].high;
}

#define LOAD(CTYPE)                                                            \
  {                                                                            \
    CTYPE value;                                                               \
    memcpy (&value, member, sizeof value);                                     \
    return (double) value;                                                     \
  }

double
sh_member_load (guint32 simhost_type, gconstpointer member)
{
  switch (simhost_type)
    {
    case SIMHOST_TYPE_DOUBLE:
      LOAD (double)
    case SIMHOST_TYPE_FLOAT:
      LOAD (float)
    case SIMHOST_TYPE_INT8:
      LOAD (gint8)
    case SIMHOST_TYPE_INT16:
      LOAD (gint16)
    case SIMHOST_TYPE_INT32:
      LOAD (gint32)
    case SIMHOST_TYPE_INT64:
      LOAD (gint64)
    case SIMHOST_TYPE_UINT16:
      LOAD (guint16)
    case SIMHOST_TYPE_UINT32:
      LOAD (guint32)
    case SIMHOST_TYPE_UINT64:
      LOAD (guint64)
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
    default:
      LOAD (guint8)
    }
}

#define STORE(CTYPE)                                                           \
  {                                                                            \
    CTYPE number = (CTYPE) value;                                              \
    memcpy (member, &number, sizeof number);                                   \
    break;                                                                     \
  }

void
sh_member_store (guint32 simhost_type, gpointer member, double value)
{
  const Number *number_type = &numbers[simhost_type];

  if (isnan (value))
    value = 0;
  value = CLAMP (value, number_type->low, number_type->high);
  if (number_type->integer)
    value = round (value);

  switch (simhost_type)
    {
    case SIMHOST_TYPE_DOUBLE:
      STORE (double)
    case SIMHOST_TYPE_FLOAT:
      STORE (float)
    case SIMHOST_TYPE_INT8:
      STORE (gint8)
    case SIMHOST_TYPE_INT16:
      STORE (gint16)
    case SIMHOST_TYPE_INT32:
      STORE (gint32)
    case SIMHOST_TYPE_INT64:
      STORE (gint64)
    case SIMHOST_TYPE_UINT16:
      STORE (guint16)
    case SIMHOST_TYPE_UINT32:
      STORE (guint32)
    case SIMHOST_TYPE_UINT64:
      STORE (guint64)
    case SIMHOST_TYPE_UINT8:
    case SIMHOST_TYPE_BOOL:
    default:
      STORE (guint8)
    }
}
