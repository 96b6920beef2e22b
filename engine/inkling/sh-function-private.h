/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of the compiler of functions: what is common to its statements,
 * expressions and conversions.
 */

#pragma once

#include "sh-bytecode-private.h"
#include "sh-constant.h"
#include "sh-function.h"

G_BEGIN_DECLS

/* A slot of a variable, and one of an intermediate result, until linking gives
 * it its place in the function's frame; others are constants. */
#define SH_LOCAL 0x80000000u
#define SH_TEMPORARY 0x40000000u
/* The zero that every program has. */
#define SH_SLOT_ZERO 0u

typedef struct
{
  ShName name;
  ShType *type; /* NULL: there was an error */
  guint32 slot;
  gboolean is_assigned; /* on every path to here */
  gboolean is_used;
  gboolean *is_read; /* of a parameter: its fields, or one; else NULL */
} ShVariable;

typedef struct
{
  ShFunctionInfo info;
  char *label; /* "in function 'Reward'" */
  GArray *variables; /* ShVariable; parameters first */
  GArray *code; /* ShInstruction */
  GArray *offsets; /* of the text, guint32, one for each instruction */
  GPtrArray *types; /* of parameters */
  guint32 n_slots; /* of variables */
  guint32 n_temporaries; /* at most, at a time */
  guint32 top; /* intermediate results in use */
  guint32 label_at; /* where the last jump that is known leads to */
  guint32 offset; /* of the text that is being compiled */
  guint32 result_slot;
  gboolean has_error, is_full;
  gboolean is_inferred; /* the result's type */
  ShType *masked; /* of a mask function: the struct whose fields it masks */
  guint64 n_steps; /* of a run, at most */
  guint n_calls; /* in one another, its own counted in */
} ShFunction;

struct ShFunctions
{
  ShScope *scope;
  GArray *initial; /* double: the constants */
  GHashTable *numbers; /* double to its slot */
  GHashTable *constants; /* parts of a ShConstant to its ShValue */
  GHashTable *texts; /* text to its number */
  GPtrArray *text_list; /* char, owned by the pool */
  GArray *conversions; /* ShConversion */
  GArray *asks; /* ShAsk, types borrowed */
  GPtrArray *types; /* kept alive */
  GPtrArray *done; /* ShFunction, callees first */
  GHashTable *known; /* ShFunctionNode to ShFunction; NULL: being compiled */
  ShType *number, *boolean, *text;
};

/* A value that was worked out, or is to be when the function runs. */
typedef struct
{
  ShType *type; /* borrowed from `types` or a declared type */
  guint32 slot;
  gboolean is_constant; /* a number that is known */
  double number;
} ShValue;

/* The state of the code that is being compiled. */
typedef struct
{
  ShFunctions *all;
  ShFunction *self;
} ShCompiler;

/* Functions: sh-function.c. */

/* Takes the label. */
ShFunction *sh_function_new (ShSpan span, const char *name, char *label);
/* What can only be told at the end: FALSE after an error in it, else it is one
 * of those that are done. */
gboolean sh_function_finish (ShCompiler *self);

/* Code: sh-function-code.c. */

/* Keeps a type alive as long as the compiler; returns it. */
ShType *sh_compiler_keep (ShFunctions *all, ShType *type);

/* Slots for a variable, and for what is needed until the end of the statement. */
guint32 sh_compiler_alloc_variable (ShCompiler *self, guint n);
guint32 sh_compiler_alloc (ShCompiler *self, guint n);
guint32 sh_compiler_emit (ShCompiler *self, ShInstruction instruction);
/* Copies a value; saves the copy when it was just worked out. */
void sh_compiler_copy (ShCompiler *self, guint32 dst, guint32 source, guint n);
/* Runs another function on `arguments`, n slots; its result is in new slots. */
void sh_compiler_call (ShCompiler *self,
                       const ShFunctionInfo *function,
                       guint32 arguments,
                       guint n,
                       ShValue *value);
/* The jump at `at` leads to what comes next. */
void sh_compiler_land (ShCompiler *self, guint32 at);

guint32 sh_compiler_number (ShFunctions *all, double number);
guint32 sh_compiler_text (ShFunctions *all, const char *text);
guint32
sh_compiler_conversion (ShFunctions *all, ShType *type, gboolean strict);
/* FALSE after an error. */
gboolean sh_compiler_constant (ShCompiler *self,
                               const ShConstant *constant,
                               ShSpan span,
                               ShValue *value);

G_GNUC_PRINTF (3, 4)
void sh_compiler_error (ShCompiler *self, ShSpan span, const char *format, ...);
#define sh_compiler_hint(self, ...)                                            \
  sh_diagnostics_hint ((self)->all->scope->diagnostics, __VA_ARGS__)

/* Expressions: sh-function-expression.c, sh-function-place.c. FALSE after an
 * error. */

gboolean
sh_compiler_value (ShCompiler *self, const ShExprNode *node, ShValue *value);
/* A number, for a condition or an operand; `what` as in "the condition". */
gboolean sh_compiler_number_value (ShCompiler *self,
                                   const ShExprNode *node,
                                   const char *what,
                                   ShValue *value);
/* Worked out into `slot` as a value of `type`. */
gboolean sh_compiler_value_to (ShCompiler *self,
                               const ShExprNode *node,
                               ShType *type,
                               guint32 slot);
/* The type of what is inferred from a value. */
ShType *sh_compiler_generalise (ShCompiler *self, const ShValue *value);

/* `constraint T { ... }` into the result of a mask function. */
gboolean sh_compiler_mask (ShCompiler *self, const ShExprNode *node);

/* A name, member or element that can be assigned to. */
gboolean sh_compiler_assign (ShCompiler *self,
                             const ShExprNode *target,
                             const ShExprNode *node);
/* Reads a name, member or element. */
gboolean
sh_compiler_place (ShCompiler *self, const ShExprNode *node, ShValue *value);
/* Whether `node` begins with the name of a variable. */
gboolean sh_compiler_is_place (ShCompiler *self, const ShExprNode *node);

ShVariable *sh_compiler_find_variable (ShCompiler *self, const char *name);

/* Conversions: sh-function-convert.c. FALSE after an error. */
gboolean sh_compiler_convert (ShCompiler *self,
                              const ShValue *value,
                              ShType *type,
                              guint32 slot,
                              gboolean is_cast,
                              ShSpan span);

G_END_DECLS
