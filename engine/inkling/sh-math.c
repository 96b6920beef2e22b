/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tables of functions and constants, and the one place that says what is an
 * error.
 */

#include "sh-math.h"

#include <math.h>
#include <string.h>

static double
maximum (double a, double b)
{
  return a > b ? a : b;
}

static double
minimum (double a, double b)
{
  return a < b ? a : b;
}

static const ShMathFunction functions[] = {
  { "Abs", 1, FALSE, fabs, NULL },      { "ArcCos", 1, FALSE, acos, NULL },
  { "ArcSin", 1, FALSE, asin, NULL },   { "ArcTan", 1, FALSE, atan, NULL },
  { "ArcTan2", 2, FALSE, NULL, atan2 }, { "Ceil", 1, FALSE, ceil, NULL },
  { "Cos", 1, FALSE, cos, NULL },       { "Floor", 1, FALSE, floor, NULL },
  { "Hypot", 2, FALSE, NULL, hypot },   { "Log", 1, FALSE, log, NULL },
  { "Max", 2, TRUE, NULL, maximum },    { "Min", 2, TRUE, NULL, minimum },
  { "Sin", 1, FALSE, sin, NULL },       { "Sqrt", 1, FALSE, sqrt, NULL },
  { "Tan", 1, FALSE, tan, NULL },
};

static const struct
{
  const char *name;
  double value;
} constants[] = {
  { "E", G_E },
  { "Pi", G_PI },
};

const ShMathFunction *
sh_math_find_function (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].name, name) == 0)
      return &functions[i];
  return NULL;
}

const ShMathFunction *
sh_math_get_function (guint i)
{
  return i < G_N_ELEMENTS (functions) ? &functions[i] : NULL;
}

guint
sh_math_get_index (const ShMathFunction *function)
{
  g_return_val_if_fail (function != NULL, 0);

  return (guint) (function - functions);
}

gboolean
sh_math_find_constant (const char *name, double *value)
{
  g_return_val_if_fail (name != NULL && value != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (constants); i++)
    if (strcmp (constants[i].name, name) == 0)
      {
        *value = constants[i].value;
        return TRUE;
      }
  return FALSE;
}

const char *
sh_math_get_name (guint i)
{
  if (i < G_N_ELEMENTS (functions))
    return functions[i].name;
  i -= G_N_ELEMENTS (functions);
  return i < G_N_ELEMENTS (constants) ? constants[i].name : NULL;
}

static const char *
check_result (double result)
{
  if (isnan (result))
    return "the result is not a number";
  return isfinite (result) ? NULL : "the result is too large";
}

const char *
sh_math_call (const ShMathFunction *function,
              const double *arguments,
              guint n_arguments,
              double *result)
{
  g_return_val_if_fail (function != NULL && result != NULL, NULL);
  g_return_val_if_fail (n_arguments >= function->n_arguments, NULL);

  if (function->compute1 == log && arguments[0] <= 0)
    return "the logarithm of a number that is not positive";
  if (function->compute1 == sqrt && arguments[0] < 0)
    return "the square root of a negative number";
  if ((function->compute1 == acos || function->compute1 == asin) &&
      !(fabs (arguments[0]) <= 1))
    return "the arc of a number outside -1 .. 1";

  if (function->compute1 != NULL)
    *result = function->compute1 (arguments[0]);
  else
    {
      *result = arguments[0];
      for (guint i = 1; i < n_arguments; i++)
        *result = function->compute2 (*result, arguments[i]);
    }
  return check_result (*result);
}

const char *
sh_math_binary (ShOperator op, double a, double b, double *result)
{
  g_return_val_if_fail (result != NULL, NULL);

  switch (op)
    {
    case SH_OPERATOR_OR:
      *result = a != 0 ? a : b;
      return NULL;
    case SH_OPERATOR_AND:
      *result = a != 0 ? b : a;
      return NULL;
    case SH_OPERATOR_EQUAL:
      *result = a == b;
      return NULL;
    case SH_OPERATOR_NOT_EQUAL:
      *result = a != b;
      return NULL;
    case SH_OPERATOR_LESS:
      *result = a < b;
      return NULL;
    case SH_OPERATOR_LESS_EQUAL:
      *result = a <= b;
      return NULL;
    case SH_OPERATOR_GREATER:
      *result = a > b;
      return NULL;
    case SH_OPERATOR_GREATER_EQUAL:
      *result = a >= b;
      return NULL;
    case SH_OPERATOR_ADD:
      *result = a + b;
      break;
    case SH_OPERATOR_SUBTRACT:
      *result = a - b;
      break;
    case SH_OPERATOR_MULTIPLY:
      *result = a * b;
      break;
    case SH_OPERATOR_DIVIDE:
      if (b == 0)
        return "division by zero";
      *result = a / b;
      break;
    case SH_OPERATOR_REMAINDER:
      if (b == 0)
        return "division by zero";
      *result = fmod (a, b);
      break;
    case SH_OPERATOR_POWER:
      if (a == 0 && b < 0)
        return "division by zero";
      if (a < 0 && b != floor (b))
        return "a root of a negative number";
      *result = pow (a, b);
      break;
    case SH_OPERATOR_NOT:
    default:
      g_return_val_if_reached (NULL);
    }
  return check_result (*result);
}

double
sh_math_unary (ShOperator op, double a)
{
  if (op == SH_OPERATOR_NOT)
    return a == 0;
  return op == SH_OPERATOR_SUBTRACT ? -a : a;
}
