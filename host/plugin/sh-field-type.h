/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the host knows of each type of field: its name, its size in a plugin's
 * struct, the numbers it can hold, and how to read and write one.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

typedef enum
{
  SH_FIELD_FLOATING,
  SH_FIELD_SIGNED,
  SH_FIELD_UNSIGNED, /* BOOL too */
  SH_FIELD_TEXT,
  SH_FIELD_IMAGE
} ShFieldKind;

typedef struct
{
  const char *name; /* "int32" */
  const char *inkling; /* "Number.Int32"; NULL for an image */
  ShFieldKind kind;
  gsize size, alignment; /* of one element; of text: 1 */
  double min, max; /* of a number; those of 64-bit integers are rounded */
} ShFieldType;

/* NULL when there is no such SIMHOST_TYPE_*. */
const ShFieldType *sh_field_type_get (guint32 type);

/* The SIMHOST_TYPE_* of that name, or 0. */
guint32 sh_field_type_from_string (const char *name);

static inline gboolean
sh_field_type_is_number (const ShFieldType *type)
{
  return type->kind <= SH_FIELD_UNSIGNED;
}

/* The i-th element of a number field in `values`, a struct of the field's
 * schema. Integers beyond 2^53 are rounded. */
double
sh_field_read (const SimhostField *field, gconstpointer values, guint index);

G_END_DECLS
