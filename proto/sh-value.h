/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One value on its way between a wire type and a struct member of another kind.
 * Plans use this for pairs of types that are not equal; equal ones are copied.
 * The rules are those of the original library, which hands values through
 * Python's int (), float (), bool () and str ().
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_VALUE_INT,
  SH_VALUE_UINT,
  SH_VALUE_DOUBLE,
  SH_VALUE_FLOAT, /* in `number` too; written with fewer digits */
  SH_VALUE_BOOL, /* in `unsigned_integer` */
  SH_VALUE_TEXT
} ShValueKind;

typedef struct
{
  ShValueKind kind;
  union
  {
    gint64 integer;
    guint64 unsigned_integer;
    double number;
    const char *text; /* borrowed; UTF-8, need not end in NUL */
  };
  gsize length; /* of text, in bytes */
} ShValue;

/* Room for the text of any number, with its NUL. */
#define SH_VALUE_TEXT_SIZE 32

/*
 * Conversions; FALSE when the value cannot be converted. Fractions are cut
 * towards zero. Text converts to an integer when it is one ("3", not "3.5"),
 * and to a number when it is a decimal one, "inf" or "nan".
 */
gboolean
sh_value_to_int (const ShValue *value, gint64 min, gint64 max, gint64 *result);
gboolean sh_value_to_uint (const ShValue *value, guint64 max, guint64 *result);
gboolean sh_value_to_double (const ShValue *value, double *result);
/* Numbers are true when they are not 0, text when it is not empty. */
gboolean sh_value_to_bool (const ShValue *value);

/*
 * The value's text, as Python's str () writes it: "3", "0.1", "1e+16", "nan",
 * "True". It is either the value's own or in `buffer`.
 */
const char *sh_value_to_text (const ShValue *value,
                              char buffer[SH_VALUE_TEXT_SIZE],
                              gsize *length);

/* For messages to people: one line, text quoted and shortened. */
char *sh_value_describe (const ShValue *value);

/* Reads and writes a struct member: `type` is a SIMHOST_TYPE_* other than
 * LUMINANCE, `size` that of one element. */

/* FALSE when a char[n] has no NUL or is not UTF-8. */
gboolean
sh_value_load (ShValue *value, guint32 type, gsize size, gconstpointer member);
/* FALSE when the value does not convert to the type or does not fit. */
gboolean sh_value_store (const ShValue *value,
                         guint32 type,
                         gsize size,
                         gpointer member);

G_END_DECLS
