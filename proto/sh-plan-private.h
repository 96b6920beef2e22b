/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a plan is made of: a list of operations, one a field, in the order in
 * which they are worked off. sh-plan.c compiles them, sh-plan-decode.c and
 * sh-plan-encode.c carry them out.
 */

#pragma once

#include "sh-plan.h"
#include "sh-value.h"
#include "sh-wire.h"

G_BEGIN_DECLS

/* Keys inside a Luminance: width and height are uint32, pixels the bytes of
 * width * height little-endian floats, row by row. */
#define SH_LUMINANCE_WIDTH (1 << 3 | SH_WIRE_VARINT)
#define SH_LUMINANCE_HEIGHT (2 << 3 | SH_WIRE_VARINT)
#define SH_LUMINANCE_PIXELS (3 << 3 | SH_WIRE_BYTES_LIKE)

typedef enum
{
  /* Wire and member are the same number: copied. */
  SH_OP_COPY32,
  SH_OP_COPY64,
  SH_OP_INT32,
  SH_OP_UINT32,
  SH_OP_VARINT64,
  SH_OP_BOOL,
  /* Converted by way of a ShValue. */
  SH_OP_CONVERT,
  SH_OP_IMAGE,
  /* Decoding only: repeated, of any kind but images. */
  SH_OP_ARRAY,
  /* Ends a decoder's list. Its key has a wire type that does not exist. */
  SH_OP_END
} ShOpCode;

typedef struct
{
  guint32 key; /* field number and wire type, as on the wire */
  guint8 code; /* ShOpCode */
  guint8 wire; /* ShWireType */
  guint8 key_size; /* bytes of key_bytes in use */
  guint32 offset; /* of the member */
  guint32 element_size;
  guint32 count;
  guint32 slot; /* decoder: the first of `count` images */
  guint64 key_bytes; /* the key as written, in memory order */
  const ShSchemaField *field;
  const SimhostField *row;
} ShOp;

/* An image of which the parts have been found in the message. */
typedef struct
{
  guint32 width, height;
  guint32 size; /* of pixels, in bytes */
  const guint8 *pixels;
} ShPlanImage;

struct ShPlan
{
  ShSchema *schema;
  const SimhostSchema *table;
  char *owner;

  /* A decoder's are in the order of their numbers, and SH_OP_END is behind
   * them; an encoder's are in the schema's order. */
  ShOp *ops;
  guint n_ops;

  gsize bound; /* encoder: bytes that a message without pixels can take */

  guint8 *blank; /* decoder: the struct before anything is read */
  gboolean has_repeated;
  guint32 *counters; /* for each operation: elements read, if repeated */
  ShPlanImage *images;
  guint n_images;
  guint8 *pixels; /* of the images decoded last */
  gsize pixels_size;
};

/* The wire type of a single value, SH_WIRE_VARINT and so on. */
guint sh_plan_wire_type (ShWireType type);

/* These set *error and return FALSE. */
gboolean sh_plan_fail (const ShPlan *plan,
                       const ShOp *op,
                       int code,
                       GError **error,
                       const char *format,
                       ...) G_GNUC_PRINTF (5, 6);
/* `expected` is a type's name. */
gboolean sh_plan_fail_value (const ShPlan *plan,
                             const ShOp *op,
                             const char *expected,
                             const ShValue *found,
                             GError **error);

G_END_DECLS
