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
  SH_CONSTANT_NUMBER,
  SH_CONSTANT_TEXT,
  SH_CONSTANT_ARRAY,
  SH_CONSTANT_STRUCT
} ShConstantKind;

/* Immutable, in a pool. */
struct ShConstant
{
  ShConstantKind kind;
  ShSpan span; /* where it was written */
  double number; /* finite */
  const char *text;
  guint n_items; /* elements, or fields */
  const ShConstant **items;
  const ShName *names; /* of the fields */
};

/* These return NULL or FALSE after having reported an error. */
const ShConstant *sh_constant_evaluate (ShScope *scope, const ShExprNode *node);
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
const ShConstant *
sh_constant_resolve (ShScope *scope, ShSymbol *symbol, ShSpan span);

/* The field of a struct, or NULL. */
const ShConstant *sh_constant_find (const ShConstant *value, const char *name);

/* "a number", for messages. */
const char *sh_constant_describe (const ShConstant *value);

G_END_DECLS
