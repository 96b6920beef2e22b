/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Resolved types: their life, the questions that one asks of a single type, and
 * the order among number types ("each value of this is a value of that").
 */

#include "sh-type.h"
#include "sh-type-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct
{
  const char *name;
  double min, max;
  gboolean integer;
} number_kinds[] = {
  [SH_NUMBER_FLOAT64] = { "Float64", -INFINITY, INFINITY, FALSE },
  [SH_NUMBER_FLOAT32] = { "Float32", -INFINITY, INFINITY, FALSE },
  [SH_NUMBER_INT8] = { "Int8", G_MININT8, G_MAXINT8, TRUE },
  [SH_NUMBER_INT16] = { "Int16", G_MININT16, G_MAXINT16, TRUE },
  [SH_NUMBER_INT32] = { "Int32", G_MININT32, G_MAXINT32, TRUE },
  /* The largest doubles that fit: 2^63 and 2^64 themselves don't. */
  [SH_NUMBER_INT64] = { "Int64", -0x1p63, 0x1.fffffffffffffp62, TRUE },
  [SH_NUMBER_UINT8] = { "UInt8", 0, G_MAXUINT8, TRUE },
  [SH_NUMBER_UINT16] = { "UInt16", 0, G_MAXUINT16, TRUE },
  [SH_NUMBER_UINT32] = { "UInt32", 0, G_MAXUINT32, TRUE },
  [SH_NUMBER_UINT64] = { "UInt64", 0, 0x1.fffffffffffffp63, TRUE },
  [SH_NUMBER_BOOL] = { "Bool", 0, 1, TRUE },
};

const char *
sh_number_kind_to_string (ShNumberKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (number_kinds), NULL);

  return number_kinds[kind].name;
}

gboolean
sh_number_kind_from_string (const char *text, ShNumberKind *kind)
{
  g_return_val_if_fail (text != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (number_kinds); i++)
    if (strcmp (number_kinds[i].name, text) == 0)
      {
        *kind = i;
        return TRUE;
      }
  return FALSE;
}

gboolean
sh_number_kind_is_integer (ShNumberKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (number_kinds), FALSE);

  return number_kinds[kind].integer;
}

double
sh_number_kind_get_min (ShNumberKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (number_kinds), NAN);

  return number_kinds[kind].min;
}

double
sh_number_kind_get_max (ShNumberKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (number_kinds), NAN);

  return number_kinds[kind].max;
}

ShType *
sh_type_new (ShTypeKind kind)
{
  ShType *type = g_new0 (ShType, 1);

  g_atomic_ref_count_init (&type->ref_count);
  type->kind = kind;
  type->size = kind == SH_TYPE_STRUCT ? 0 : 1;
  return type;
}

ShType *
sh_type_new_number (ShNumberKind number)
{
  ShType *type = sh_type_new (SH_TYPE_NUMBER);

  type->number = number;
  type->min = number_kinds[number].min;
  type->max = number_kinds[number].max;
  return type;
}

ShType *
sh_type_copy_scalar (const ShType *type)
{
  ShType *copy;

  g_assert (type->kind == SH_TYPE_NUMBER || type->kind == SH_TYPE_STRING);

  copy = sh_type_new (type->kind);
  copy->number = type->number;
  copy->constraint = type->constraint;
  copy->min = type->min;
  copy->max = type->max;
  copy->step = type->step;
  sh_type_set_values (copy, type->n_values, type->values);
  return copy;
}

void
sh_type_set_values (ShType *type, guint n_values, const ShEnumValue *values)
{
  g_assert (type->values == NULL);

  type->n_values = n_values;
  type->values = n_values > 0 ? g_new (ShEnumValue, n_values) : NULL;
  for (guint i = 0; i < n_values; i++)
    {
      type->values[i].name = g_strdup (values[i].name);
      type->values[i].value = values[i].value;
      type->values[i].text = g_strdup (values[i].text);
    }
}

ShType *
sh_type_ref (ShType *type)
{
  g_return_val_if_fail (type != NULL, NULL);

  g_atomic_ref_count_inc (&type->ref_count);
  return type;
}

void
sh_type_unref (ShType *type)
{
  g_return_if_fail (type != NULL);

  if (!g_atomic_ref_count_dec (&type->ref_count))
    return;

  for (guint i = 0; i < type->n_values; i++)
    {
      g_free (type->values[i].name);
      g_free (type->values[i].text);
    }
  g_free (type->values);
  for (guint i = 0; i < type->n_fields; i++)
    {
      g_free (type->fields[i].name);
      sh_type_unref (type->fields[i].type);
    }
  g_free (type->fields);
  g_clear_pointer (&type->element, sh_type_unref);
  g_free (type->name);
  g_free (type);
}

const ShTypeField *
sh_type_find_field (const ShType *type, const char *name)
{
  g_return_val_if_fail (type != NULL && name != NULL, NULL);

  for (guint i = 0; i < type->n_fields; i++)
    if (strcmp (type->fields[i].name, name) == 0)
      return &type->fields[i];
  return NULL;
}

/* How many values the steps hit. 1e-9 forgives what the division rounds. */
static double
count_steps (const ShType *type)
{
  return floor ((type->max - type->min) / type->step + 1e-9) + 1;
}

/* The last of them; rounding must not carry it beyond the limit. */
static double
last_step (const ShType *type)
{
  return fmin (type->min + (count_steps (type) - 1) * type->step, type->max);
}

static gboolean
is_on_step (const ShType *type, double value)
{
  double n = (value - type->min) / type->step;

  return fabs (n - round (n)) <= 1e-9 * fmax (1, fabs (n)) && n > -0.5 &&
         n < count_steps (type) - 0.5;
}

guint
sh_type_get_n_choices (const ShType *type)
{
  double n;

  g_return_val_if_fail (type != NULL, 0);

  switch (type->constraint)
    {
    case SH_CONSTRAINT_NONE:
      return type->kind == SH_TYPE_NUMBER && type->number == SH_NUMBER_BOOL ? 2
                                                                            : 0;
    case SH_CONSTRAINT_STEPS:
      n = count_steps (type);
      return n < G_MAXUINT ? (guint) n : G_MAXUINT;
    case SH_CONSTRAINT_ORDINAL:
    case SH_CONSTRAINT_NOMINAL:
      return type->n_values;
    case SH_CONSTRAINT_RANGE:
    default:
      return 0;
    }
}

double
sh_type_get_choice (const ShType *type, guint index)
{
  g_return_val_if_fail (type != NULL, NAN);
  g_return_val_if_fail (index < sh_type_get_n_choices (type), NAN);

  if (type->n_values > 0)
    return type->values[index].value;
  if (type->constraint == SH_CONSTRAINT_STEPS)
    return fmin (type->min + index * type->step, type->max);
  return index;
}

gboolean
sh_type_has_number (const ShType *type, double value)
{
  g_return_val_if_fail (type != NULL, FALSE);

  if (type->kind != SH_TYPE_NUMBER || !(value >= type->min) ||
      !(value <= type->max))
    return FALSE;
  if (number_kinds[type->number].integer && value != floor (value))
    return FALSE;
  switch (type->constraint)
    {
    case SH_CONSTRAINT_STEPS:
      return is_on_step (type, value);
    case SH_CONSTRAINT_ORDINAL:
    case SH_CONSTRAINT_NOMINAL:
      for (guint i = 0; i < type->n_values; i++)
        if (type->values[i].value == value)
          return TRUE;
      return FALSE;
    case SH_CONSTRAINT_NONE:
    case SH_CONSTRAINT_RANGE:
    default:
      return TRUE;
    }
}

gboolean
sh_type_has_text (const ShType *type, const char *text)
{
  g_return_val_if_fail (type != NULL && text != NULL, FALSE);

  if (type->kind != SH_TYPE_STRING)
    return FALSE;
  if (type->constraint == SH_CONSTRAINT_NONE)
    return TRUE;
  for (guint i = 0; i < type->n_values; i++)
    if (strcmp (type->values[i].text, text) == 0)
      return TRUE;
  return FALSE;
}

/* Whether all values of a number type are whole. */
static gboolean
is_whole (const ShType *type)
{
  if (number_kinds[type->number].integer)
    return TRUE;
  if (type->min == type->max)
    return type->min == floor (type->min);
  if (type->constraint == SH_CONSTRAINT_STEPS)
    return type->min == floor (type->min) && type->step == floor (type->step);
  for (guint i = 0; i < type->n_values; i++)
    if (type->values[i].value != floor (type->values[i].value))
      return FALSE;
  return type->n_values > 0;
}

static gint
compare_values (gconstpointer a, gconstpointer b)
{
  const ShEnumValue *const *first = a, *const *second = b;

  if ((*first)->value != (*second)->value)
    return (*first)->value < (*second)->value ? -1 : 1;
  return g_strcmp0 ((*first)->text, (*second)->text);
}

/* Values in an order that two types share, whatever the declared one. */
static const ShEnumValue **
sort_values (const ShType *type)
{
  const ShEnumValue **sorted = g_new (const ShEnumValue *, type->n_values);

  for (guint i = 0; i < type->n_values; i++)
    sorted[i] = &type->values[i];
  if (type->n_values > 1)
    qsort (sorted, type->n_values, sizeof *sorted, compare_values);
  return sorted;
}

/* Up to here sorting both lists costs more than going through one. */
#define FEW_VALUES 8u

static gboolean
has_value (const ShType *type, const ShEnumValue *value)
{
  return value->text != NULL ? sh_type_has_text (type, value->text)
                             : sh_type_has_number (type, value->value);
}

/* Whether the values of `inner` are among those of `outer`. */
static gboolean
values_include (const ShType *outer, const ShType *inner)
{
  g_autofree const ShEnumValue **all = NULL, **some = NULL;
  guint at = 0;

  if (inner->n_values <= FEW_VALUES)
    {
      for (guint i = 0; i < inner->n_values; i++)
        if (!has_value (outer, &inner->values[i]))
          return FALSE;
      return TRUE;
    }
  all = sort_values (outer);
  some = sort_values (inner);
  for (guint i = 0; i < inner->n_values; i++)
    {
      while (at < outer->n_values && compare_values (&all[at], &some[i]) < 0)
        at++;
      if (at == outer->n_values || compare_values (&all[at], &some[i]) != 0)
        return FALSE;
    }
  return TRUE;
}

/* The choices of a type without listed values, one by one. */
static gboolean
choices_included (const ShType *outer, const ShType *inner)
{
  guint n = sh_type_get_n_choices (inner);

  if (outer->n_values > 0 && n > outer->n_values)
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!sh_type_has_number (outer, sh_type_get_choice (inner, i)))
      return FALSE;
  return TRUE;
}

/* A range without steps over listed values: only of whole numbers, all listed. */
static gboolean
whole_included (const ShType *outer, const ShType *inner)
{
  if (!is_whole (inner) || inner->max - inner->min >= outer->n_values)
    return inner->min == inner->max && sh_type_has_number (outer, inner->min);
  for (double value = inner->min; value <= inner->max; value++)
    if (!sh_type_has_number (outer, value))
      return FALSE;
  return TRUE;
}

static gboolean
steps_include (const ShType *outer, const ShType *inner)
{
  guint n = sh_type_get_n_choices (inner);

  if (inner->constraint == SH_CONSTRAINT_STEPS)
    return is_on_step (outer, inner->min) &&
           (n == 1 || is_on_step (outer, inner->min + inner->step)) &&
           is_on_step (outer, last_step (inner));
  if (n > 0)
    return choices_included (outer, inner);
  /* A range: of one value, or of whole numbers all of which are hit. */
  return is_on_step (outer, inner->min) && is_on_step (outer, inner->max) &&
         (inner->min == inner->max ||
          (is_whole (inner) && is_on_step (outer, inner->min + 1)));
}

static gboolean
number_includes (const ShType *outer, const ShType *inner)
{
  double inner_max = inner->max;

  if (inner->constraint == SH_CONSTRAINT_STEPS)
    inner_max = last_step (inner);
  if (inner->min < outer->min || inner_max > outer->max)
    return FALSE;
  if (number_kinds[outer->number].integer && !is_whole (inner))
    return FALSE;

  switch (outer->constraint)
    {
    case SH_CONSTRAINT_STEPS:
      return steps_include (outer, inner);
    case SH_CONSTRAINT_ORDINAL:
    case SH_CONSTRAINT_NOMINAL:
      if (inner->n_values > 0)
        return values_include (outer, inner);
      if (sh_type_get_n_choices (inner) > 0)
        return choices_included (outer, inner);
      return whole_included (outer, inner);
    case SH_CONSTRAINT_NONE:
    case SH_CONSTRAINT_RANGE:
    default:
      return TRUE;
    }
}

static gboolean
text_includes (const ShType *outer, const ShType *inner)
{
  if (outer->constraint == SH_CONSTRAINT_NONE)
    return TRUE;
  return inner->constraint != SH_CONSTRAINT_NONE &&
         values_include (outer, inner);
}

static gboolean
fields_match (const ShType *a,
              const ShType *b,
              gboolean (*match) (const ShType *, const ShType *))
{
  if (a->n_fields != b->n_fields)
    return FALSE;
  for (guint i = 0; i < a->n_fields; i++)
    if (strcmp (a->fields[i].name, b->fields[i].name) != 0 ||
        !match (a->fields[i].type, b->fields[i].type))
      return FALSE;
  return TRUE;
}

gboolean
sh_type_includes (const ShType *outer, const ShType *inner)
{
  g_return_val_if_fail (outer != NULL && inner != NULL, FALSE);

  if (outer == inner)
    return TRUE;
  if (outer->kind != inner->kind)
    return FALSE;
  switch (outer->kind)
    {
    case SH_TYPE_NUMBER:
      return number_includes (outer, inner);
    case SH_TYPE_STRING:
      return text_includes (outer, inner);
    case SH_TYPE_IMAGE:
      return outer->width == inner->width && outer->height == inner->height;
    case SH_TYPE_ARRAY:
      return outer->length == inner->length &&
             sh_type_includes (outer->element, inner->element);
    case SH_TYPE_STRUCT:
    default:
      return fields_match (outer, inner, sh_type_includes);
    }
}

static gboolean
scalar_equivalent (const ShType *a, const ShType *b)
{
  g_autofree const ShEnumValue **first = NULL, **second = NULL;

  if (a->number != b->number || a->constraint != b->constraint ||
      a->min != b->min || a->max != b->max || a->step != b->step ||
      a->n_values != b->n_values)
    return FALSE;
  /* Named values are a set: their order is of no account. */
  first = sort_values (a);
  second = sort_values (b);
  for (guint i = 0; i < a->n_values; i++)
    if (compare_values (&first[i], &second[i]) != 0 ||
        g_strcmp0 (first[i]->name, second[i]->name) != 0)
      return FALSE;
  return TRUE;
}

gboolean
sh_type_equivalent (const ShType *a, const ShType *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a == b)
    return TRUE;
  if (a->kind != b->kind)
    return FALSE;
  switch (a->kind)
    {
    case SH_TYPE_NUMBER:
    case SH_TYPE_STRING:
      return scalar_equivalent (a, b);
    case SH_TYPE_IMAGE:
      return a->width == b->width && a->height == b->height;
    case SH_TYPE_ARRAY:
      return a->length == b->length &&
             sh_type_equivalent (a->element, b->element);
    case SH_TYPE_STRUCT:
    default:
      return fields_match (a, b, sh_type_equivalent);
    }
}
