/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The rules: a range is not empty, a step is positive; values in a list differ,
 * and increase when they have no names; all of them fit the kind of number; and
 * a constraint on a constrained type only ever takes values away.
 */

#include "sh-constraint.h"

#include "sh-constant.h"
#include "sh-resolve.h"
#include "sh-type-private.h"

#include <math.h>

/* Whether the kind of number has this value. */
static gboolean
check_kind (ShScope *scope, const ShType *type, double value, ShSpan span)
{
  g_autofree char *text = NULL, *min = NULL, *max = NULL;
  const char *kind = sh_number_kind_to_string (type->number);

  if (sh_number_kind_is_integer (type->number) && value != floor (value))
    {
      text = sh_number_to_string (value);
      sh_diagnostics_error (scope->diagnostics, span,
                            "%s is not whole, as Number.%s demands", text,
                            kind);
      return FALSE;
    }
  if (value >= sh_number_kind_get_min (type->number) &&
      value <= sh_number_kind_get_max (type->number))
    return TRUE;
  text = sh_number_to_string (value);
  min = sh_number_to_string (sh_number_kind_get_min (type->number));
  max = sh_number_to_string (sh_number_kind_get_max (type->number));
  sh_diagnostics_error (scope->diagnostics, span,
                        "%s is not a Number.%s, which goes from %s to %s", text,
                        kind, min, max);
  return FALSE;
}

static gboolean
evaluate_bound (ShScope *scope,
                const ShType *type,
                const ShExprNode *node,
                double *value)
{
  return sh_constant_number (scope, node, value) &&
         check_kind (scope, type, *value, node->span);
}

static gboolean
set_range (ShScope *scope, ShType *type, const ShSuffixNode *suffix)
{
  if (!evaluate_bound (scope, type, suffix->min, &type->min) ||
      !evaluate_bound (scope, type, suffix->max, &type->max))
    return FALSE;
  if (type->min > type->max)
    {
      g_autofree char *min = sh_number_to_string (type->min);
      g_autofree char *max = sh_number_to_string (type->max);

      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "the range is empty: %s is more than %s", min, max);
      return FALSE;
    }
  type->constraint = SH_CONSTRAINT_RANGE;
  if (suffix->size == NULL)
    return TRUE;

  if (!evaluate_bound (scope, type, suffix->size, &type->step))
    return FALSE;
  if (type->step <= 0)
    {
      sh_diagnostics_error (scope->diagnostics, suffix->size->span,
                            "a step must be more than 0");
      return FALSE;
    }
  if (!isfinite ((type->max - type->min) / type->step))
    {
      sh_diagnostics_error (scope->diagnostics, suffix->size->span,
                            "the step is too small for the range");
      return FALSE;
    }
  type->constraint = SH_CONSTRAINT_STEPS;
  return TRUE;
}

static gboolean
read_value (ShScope *scope,
            const ShType *type,
            const ShEnumNode *node,
            ShEnumValue *value)
{
  const ShConstant *constant = sh_constant_evaluate (scope, node->value);

  if (constant == NULL)
    {
      if (node->value->kind == SH_EXPR_NAME && node->name.text == NULL)
        sh_diagnostics_hint (scope->diagnostics,
                             "give each name a value, as in "
                             "number<Off = 0, On = 1>");
      return FALSE;
    }
  if (constant->kind !=
      (type->kind == SH_TYPE_STRING ? SH_CONSTANT_TEXT : SH_CONSTANT_NUMBER))
    {
      sh_diagnostics_error (scope->diagnostics, node->value->span,
                            "%s is no value of a %s",
                            sh_constant_describe (constant),
                            type->kind == SH_TYPE_STRING ? "string" : "number");
      if (type->kind == SH_TYPE_NUMBER && constant->kind == SH_CONSTANT_TEXT)
        sh_diagnostics_hint (scope->diagnostics,
                             "name numbers, as in number<Off = 0, On = 1>");
      return FALSE;
    }
  if (type->kind == SH_TYPE_STRING && node->name.text != NULL)
    {
      sh_diagnostics_error (scope->diagnostics, node->name.span,
                            "the values of a string have no names");
      return FALSE;
    }
  value->name = (char *) node->name.text;
  value->text = (char *) constant->text;
  value->value = constant->number;
  return type->kind == SH_TYPE_STRING ||
         check_kind (scope, type, value->value, node->value->span);
}

static gboolean
check_twins (ShScope *scope,
             GHashTable *seen,
             gconstpointer key,
             ShSpan span,
             const char *what)
{
  if (g_hash_table_add (seen, (gpointer) key))
    return TRUE;
  sh_diagnostics_error (scope->diagnostics, span, "the %s is there twice",
                        what);
  return FALSE;
}

/* Values differ, names differ, and there are names for all or for none. */
static gboolean
check_values (ShScope *scope,
              const ShSuffixNode *suffix,
              const ShEnumValue *values)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) texts = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) numbers =
      g_hash_table_new (g_double_hash, g_double_equal);
  guint i = 0;

  for (const ShEnumNode *node = suffix->values; node != NULL;
       node = node->next, i++)
    {
      ShSpan span = node->value->span;

      if ((values[i].name == NULL) != (values[0].name == NULL))
        {
          sh_diagnostics_error (scope->diagnostics, span,
                                "either all values have names, or none");
          return FALSE;
        }
      if (values[i].name != NULL &&
          !check_twins (scope, names, values[i].name, node->name.span, "name"))
        return FALSE;
      if (values[i].text != NULL
              ? !check_twins (scope, texts, values[i].text, span, "value")
              : !check_twins (scope, numbers, &values[i].value, span, "value"))
        return FALSE;
      if (values[i].text == NULL && values[i].name == NULL && i > 0 &&
          values[i].value < values[i - 1].value)
        {
          sh_diagnostics_error (scope->diagnostics, span,
                                "values without names must increase");
          sh_diagnostics_hint (scope->diagnostics,
                               "order them, or give them names, as in "
                               "<Low=1, High=2>");
          return FALSE;
        }
    }
  return TRUE;
}

static guint
count_values (ShScope *scope, const ShSuffixNode *suffix)
{
  guint n = 0;

  for (const ShEnumNode *node = suffix->values; node != NULL; node = node->next)
    n++;
  if (n > SH_TYPE_MAX_VALUES)
    {
      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "more than %u values in a list",
                            SH_TYPE_MAX_VALUES);
      sh_diagnostics_hint (scope->diagnostics,
                           "use a range with a step, as in <0 .. 10 step 1>");
      return 0;
    }
  return sh_scope_count (scope, n, suffix->span) ? n : 0;
}

static gboolean
set_values (ShScope *scope, ShType *type, const ShSuffixNode *suffix)
{
  guint n = count_values (scope, suffix), i = 0;
  g_autofree ShEnumValue *values = g_new0 (ShEnumValue, MAX (n, 1));

  if (n == 0)
    return FALSE;
  type->min = INFINITY;
  type->max = -INFINITY;
  for (const ShEnumNode *node = suffix->values; node != NULL;
       node = node->next, i++)
    {
      if (!read_value (scope, type, node, &values[i]))
        return FALSE;
      /* One zero, so that equal numbers have equal bits. */
      values[i].value += 0.0;
      type->min = fmin (type->min, values[i].value);
      type->max = fmax (type->max, values[i].value);
    }
  if (!check_values (scope, suffix, values))
    return FALSE;
  if (type->kind == SH_TYPE_STRING)
    type->min = type->max = 0;
  type->constraint =
      values[0].name != NULL ? SH_CONSTRAINT_NOMINAL : SH_CONSTRAINT_ORDINAL;
  sh_type_set_values (type, n, values);
  return TRUE;
}

static gboolean
set_constraint (ShScope *scope, ShType *type, const ShSuffixNode *suffix)
{
  switch (suffix->kind)
    {
    case SH_SUFFIX_RANGE:
      if (type->kind == SH_TYPE_NUMBER)
        return set_range (scope, type, suffix);
      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "a string has no range");
      sh_diagnostics_hint (scope->diagnostics,
                           "list its values, as in string<\"low\", \"high\">");
      return FALSE;
    case SH_SUFFIX_VALUES:
      return set_values (scope, type, suffix);
    case SH_SUFFIX_MASK:
    case SH_SUFFIX_IN:
    case SH_SUFFIX_ARRAY:
    default:
      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "'%s' belongs in a mask function",
                            suffix->kind == SH_SUFFIX_MASK ? "mask" : "in");
      return FALSE;
    }
}

/* A narrowed enumeration with names keeps those of the values it keeps. */
static void
keep_names (ShType *type, const ShType *base)
{
  if (base->constraint != SH_CONSTRAINT_NOMINAL ||
      type->constraint != SH_CONSTRAINT_ORDINAL)
    return;
  type->constraint = SH_CONSTRAINT_NOMINAL;
  for (guint i = 0; i < type->n_values; i++)
    for (guint j = 0; j < base->n_values; j++)
      if (base->values[j].value == type->values[i].value)
        type->values[i].name = g_strdup (base->values[j].name);
}

ShType *
sh_constraint_apply (ShScope *scope,
                     const ShType *base,
                     const ShSuffixNode *suffix)
{
  g_autoptr (ShType) type = NULL;

  if (base->kind != SH_TYPE_NUMBER && base->kind != SH_TYPE_STRING)
    {
      g_autofree char *text = sh_resolve_describe (base);

      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "a constraint fits a number or a string, not %s",
                            text);
      if (base->kind == SH_TYPE_ARRAY)
        sh_diagnostics_hint (scope->diagnostics,
                             "write it before the size, as in "
                             "number<0 .. 1>[3]");
      return NULL;
    }
  type = base->kind == SH_TYPE_NUMBER ? sh_type_new_number (base->number)
                                      : sh_type_new (SH_TYPE_STRING);
  if (!set_constraint (scope, type, suffix))
    return NULL;
  if (!sh_type_includes (base, type))
    {
      g_autofree char *narrow = sh_resolve_describe (type);
      g_autofree char *wide = sh_resolve_describe (base);

      sh_diagnostics_error (scope->diagnostics, suffix->span,
                            "%s has values that %s has not", narrow, wide);
      sh_diagnostics_hint (scope->diagnostics,
                           "a constraint can only take values away");
      return NULL;
    }
  keep_names (type, base);
  return g_steal_pointer (&type);
}
