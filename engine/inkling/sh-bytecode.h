/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the functions of a program are compiled to: instructions over one block
 * of doubles, the slots. Constants, variables and intermediate results all have
 * fixed slots: functions cannot recurse, so that each has its frame to itself,
 * for good. A value of a type takes one slot for each number or text in it, in
 * the order of fields and elements; a text is the number of an interned one; an
 * image takes none, for functions cannot read any.
 *
 * All operands are checked when the code is linked, and jumps go forward only:
 * a run reads and writes nothing but the slots, and ends. Only what depends on
 * values is checked while it runs: the index of an array, the domain of a
 * function, and that every result is finite.
 *
 * Immutable once linked; any thread.
 */

#pragma once

#include <glib.h>

#include "sh-type.h"

G_BEGIN_DECLS

/* Slots of one program: constants and the frames of all functions. */
#define SH_BYTECODE_MAX_SLOTS 65536u
/* Instructions of one program. */
#define SH_BYTECODE_MAX_INSTRUCTIONS 262144u
/* Calls in one another. */
#define SH_BYTECODE_MAX_CALLS 64u
/* Instructions that one run may take; known beforehand, there are no loops. */
#define SH_BYTECODE_MAX_STEPS 1000000u
/* What an ASK counts for among them: it runs a network. */
#define SH_BYTECODE_ASK_STEPS 1000u

typedef enum
{
  SH_OP_COPY, /* dst = a, `n` slots */
  SH_OP_ADD, /* dst = a + b; so on */
  SH_OP_SUBTRACT,
  SH_OP_MULTIPLY,
  SH_OP_DIVIDE,
  SH_OP_REMAINDER,
  SH_OP_POWER,
  SH_OP_EQUAL,
  SH_OP_NOT_EQUAL,
  SH_OP_LESS,
  SH_OP_LESS_EQUAL,
  SH_OP_NEGATE, /* dst = -a */
  SH_OP_NOT,
  SH_OP_MATH, /* dst = function `c` of the library, of `n` slots from a on */
  SH_OP_CONVERT, /* dst = a as conversion `c` has it */
  SH_OP_OFFSET, /* dst = b + a * n, if a is an index below c */
  SH_OP_LOAD, /* dst = what is b slots behind a, `n` of c slots */
  SH_OP_STORE, /* what is b slots behind dst = a, `n` of c slots */
  SH_OP_JUMP, /* to instruction c */
  SH_OP_JUMP_UNLESS, /* the same if a is 0 */
  SH_OP_JUMP_IF, /* the same if a is not 0 */
  SH_OP_CALL, /* function c */
  SH_OP_RETURN,
  /* `b` slots from dst on = what policy `c` makes of a, `n` slots: what it sees,
   * then 1 or 0 for each of its choices that are masked. */
  SH_OP_ASK,
  SH_N_OPS
} ShOp;

typedef struct
{
  guint32 op, dst, a, b, n, c;
} ShInstruction;

/* How a number becomes one of a type. */
typedef struct
{
  ShType *type;
  gboolean is_strict; /* no clipping: what is none of its values is a fault */
} ShConversion;

/* The label of a function that is made of a graph's concepts. */
#define SH_GRAPH_LABEL "in the graph"

typedef struct
{
  ShType *type;
  guint32 slot;
  /* Of a struct: which of its fields are read. Of other types one element. */
  gboolean *is_read;
} ShParameter;

/* A function that can be run: parameters into their slots, run, result out. */
typedef struct
{
  char *name; /* as declared; NULL: inline */
  char *label; /* "in function 'Reward'", for messages */
  guint32 start; /* its first instruction */
  guint32 n_instructions;
  guint n_parameters;
  ShParameter *parameters;
  ShType *result;
  guint32 result_slot;
} ShCodeFunction;

/* A policy that functions ask: what they hand over, and what they get. */
typedef struct
{
  ShType *input, *output; /* structs */
  guint n_masked; /* choices of which is said whether they are allowed */
} ShAsk;

/* Where an instruction comes from. */
typedef struct
{
  guint32 line, function;
} ShCodePlace;

typedef struct
{
  char *file; /* for messages */
  guint32 n_slots;
  double *initial; /* what the slots hold before anything has run */
  guint32 n_instructions;
  ShInstruction *instructions;
  ShCodePlace *places; /* as many */
  guint n_functions;
  ShCodeFunction *functions;
  guint n_texts;
  char **texts;
  guint n_conversions;
  ShConversion *conversions;
  guint n_asks;
  ShAsk *asks;
} ShBytecode;

void sh_bytecode_free (ShBytecode *code);

/* How many slots a value of `type` takes. */
guint sh_bytecode_count_slots (const ShType *type);

/* Whether every operand, jump and call is within its limits, every call's
 * function ends, and none calls itself. */
gboolean sh_bytecode_verify (const ShBytecode *code);

/* A run that failed. */
typedef struct
{
  guint32 instruction;
  char message[256];
} ShFault;

/* Answers ASK: `input` and `output` are slots of the ask's types; what it writes
 * is finite. FALSE with an error of one line. */
typedef struct
{
  gboolean (*ask) (gpointer data,
                   guint ask,
                   const double *input,
                   double *output,
                   GError **error);
  gpointer data;
} ShAsker;

/* Runs a function over `slots`, n_slots of them, initialised from `initial`
 * once. `asker` NULL: an ASK fails. FALSE: it failed as `fault` says. */
gboolean sh_bytecode_run (const ShBytecode *code,
                          guint function,
                          const ShAsker *asker,
                          double *slots,
                          ShFault *fault);

/* "cartpole.ink:12: in function 'Reward': division by zero" */
void sh_bytecode_set_error (const ShBytecode *code,
                            const ShFault *fault,
                            GError **error);

/* A number that a conversion was made of: clipped, rounded, the nearest step.
 * FALSE: strict, and `value` is none of the type's. */
gboolean sh_conversion_apply (const ShConversion *conversion, double *value);

/* "ADD 7 3 4", an instruction a line, for tests and people; g_free. */
char *sh_bytecode_dump (const ShBytecode *code);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBytecode, sh_bytecode_free)

G_END_DECLS
