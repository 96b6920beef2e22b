/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A type of the Inkling language, resolved: no names to look up, no
 * expressions to work out. Immutable, reference-counted; any thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values of one enumeration. */
#define SH_TYPE_MAX_VALUES 1024u
/* Structs and arrays in one another. */
#define SH_TYPE_MAX_DEPTH 32u
/* Fields of a type, those of the structs in it counted in. */
#define SH_TYPE_MAX_FIELDS 4096u
/* Numbers and texts in a type, elements and pixels counted in. */
#define SH_TYPE_MAX_SIZE (16u * 1024 * 1024)

typedef enum
{
  SH_TYPE_NUMBER,
  SH_TYPE_STRING,
  SH_TYPE_IMAGE,
  SH_TYPE_ARRAY,
  SH_TYPE_STRUCT
} ShTypeKind;

typedef enum
{
  SH_NUMBER_FLOAT64, /* also the unqualified `number` */
  SH_NUMBER_FLOAT32,
  SH_NUMBER_INT8,
  SH_NUMBER_INT16,
  SH_NUMBER_INT32,
  SH_NUMBER_INT64,
  SH_NUMBER_UINT8,
  SH_NUMBER_UINT16,
  SH_NUMBER_UINT32,
  SH_NUMBER_UINT64,
  SH_NUMBER_BOOL
} ShNumberKind;

typedef enum
{
  SH_CONSTRAINT_NONE,
  SH_CONSTRAINT_RANGE, /* min to max, both included */
  SH_CONSTRAINT_STEPS, /* min, min + step, ... not beyond max */
  SH_CONSTRAINT_ORDINAL, /* values, increasing */
  SH_CONSTRAINT_NOMINAL /* values with names, without order */
} ShConstraintKind;

typedef struct
{
  char *name; /* NULL when ordinal */
  double value; /* of a number */
  char *text; /* of a string, else NULL */
} ShEnumValue;

typedef struct ShType ShType;

typedef struct
{
  char *name;
  ShType *type;
} ShTypeField;

struct ShType
{
  gatomicrefcount ref_count;
  ShTypeKind kind;
  char *name; /* as declared; NULL when anonymous */
  guint depth; /* of structs and arrays in one another; 0: neither */
  guint n_all_fields; /* of structs, those of structs in it too */
  guint size; /* how many numbers and texts a value is made of */

  /* SH_TYPE_NUMBER, SH_TYPE_STRING (enumerations only) */
  ShNumberKind number;
  ShConstraintKind constraint;
  /* The smallest and the largest value, whatever the constraint; without one
   * the limits of the kind, infinite for those with a point. With steps `max`
   * is the limit that was declared, which need not be a value. */
  double min, max, step;
  guint n_values;
  ShEnumValue *values;

  /* SH_TYPE_ARRAY */
  ShType *element;
  guint length;

  /* SH_TYPE_IMAGE */
  guint width, height;

  /* SH_TYPE_STRUCT */
  guint n_fields;
  ShTypeField *fields;
};

ShType *sh_type_ref (ShType *type);
void sh_type_unref (ShType *type);

/* The field of a struct, or NULL. */
const ShTypeField *sh_type_find_field (const ShType *type, const char *name);

/* Same kind, constraints, fields, names and order. Names of types don't count. */
gboolean sh_type_equivalent (const ShType *a, const ShType *b);

/* How many discrete values the type has; 0 when it is not discrete, which a
 * range without steps is not, even of a whole-number kind. G_MAXUINT when there
 * are as many or more. */
guint sh_type_get_n_choices (const ShType *type);

/* The i-th of them. */
double sh_type_get_choice (const ShType *type, guint index);

/* Whether a number or a text is one of the type's values; exact, but for steps,
 * where a relative error of 1e-9 counts as none. */
gboolean sh_type_has_number (const ShType *type, double value);
gboolean sh_type_has_text (const ShType *type, const char *text);

/* Whether each value of `inner` is a value of `outer`: both of the same kind,
 * each field, element and size the same. Names of types and of enumerated
 * values don't count. */
gboolean sh_type_includes (const ShType *outer, const ShType *inner);

/* "Int8", and the limits of such a number. */
const char *sh_number_kind_to_string (ShNumberKind kind);
gboolean sh_number_kind_from_string (const char *text, ShNumberKind *kind);
gboolean sh_number_kind_is_integer (ShNumberKind kind);
double sh_number_kind_get_min (ShNumberKind kind);
double sh_number_kind_get_max (ShNumberKind kind);

/* The shortest text that reads back as `value`; free with g_free. */
char *sh_number_to_string (double value);

/* The type as it would stand in a program, "number<0 .. 1>"; free with g_free. */
char *sh_type_to_string (const ShType *type);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShType, sh_type_unref)

G_END_DECLS
