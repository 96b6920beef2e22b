/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The arithmetic of Inkling: its operators and its Math library, on doubles.
 * What has no finite result is an error, never a NaN or an infinity.
 */

#pragma once

#include "sh-syntax.h"

G_BEGIN_DECLS

typedef struct
{
  const char *name;
  guint n_arguments;
  gboolean takes_more; /* n_arguments is the least */
  double (*compute1) (double);
  double (*compute2) (double, double);
} ShMathFunction;

/* NULL when there is none of this name. */
const ShMathFunction *sh_math_find_function (const char *name);
/* By its place in the library; NULL beyond the last. */
const ShMathFunction *sh_math_get_function (guint i);
guint sh_math_get_index (const ShMathFunction *function);
gboolean sh_math_find_constant (const char *name, double *value);

/* The i-th name of the library, functions and constants, or NULL: for
 * suggestions. */
const char *sh_math_get_name (guint i);

/* NULL when all went well, else what was wrong, as in "division by zero". */
const char *sh_math_call (const ShMathFunction *function,
                          const double *arguments,
                          guint n_arguments,
                          double *result);
const char *sh_math_binary (ShOperator op, double a, double b, double *result);
double sh_math_unary (ShOperator op, double a);

G_END_DECLS
