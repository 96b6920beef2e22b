/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Values that are known when a program is compiled: constants, and all that is
 * computed from them.
 */

#pragma once

#include "sh-scope.h"

G_BEGIN_DECLS

typedef enum
{
  SH_VALUE_NUMBER,
  SH_VALUE_TEXT,
  SH_VALUE_ARRAY,
  SH_VALUE_STRUCT
} ShValueKind;

/* Immutable, in the arena. */
struct ShValue
{
  ShValueKind kind;
  ShSpan span; /* where it was written */
  double number; /* finite */
  const char *text;
  guint n_items; /* elements, or fields */
  const ShValue **items;
  const ShName *names; /* of the fields */
};

/* These return NULL or FALSE after having reported an error. */
const ShValue *sh_constant_evaluate (ShScope *scope, const ShExprNode *node);
gboolean
sh_constant_number (ShScope *scope, const ShExprNode *node, double *number);
/* A whole number within limits; `what` names it, as in "the array's size". */
gboolean sh_constant_integer (ShScope *scope,
                              const ShExprNode *node,
                              const char *what,
                              double min,
                              double max,
                              double *number);

/* Works out a declared constant; NULL when that failed, now or before. */
const ShValue *
sh_constant_resolve (ShScope *scope, ShSymbol *symbol, ShSpan span);

/* The field of a struct, or NULL. */
const ShValue *sh_value_find (const ShValue *value, const char *name);

/* "a number", for messages. */
const char *sh_constant_describe (const ShValue *value);

G_END_DECLS
