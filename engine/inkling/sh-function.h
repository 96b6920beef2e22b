/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Functions: from their syntax to bytecode. A function is compiled when it is
 * first asked for, so that declarations may come in any order; one that is asked
 * for while it is being compiled calls itself, which is an error.
 *
 * What this compiler decides where the language's documents are silent:
 *
 *  - `and` and `or` don't work out their right side when the left one decides.
 *  - Parameters can be assigned to; the caller's value stays as it is.
 *  - Without a declared type a result has the type of its value, and so has a
 *    variable, but for numbers in a range or of whole kinds: it is a `number`.
 *    What a comparison or a `not` gives is a Number.Bool.
 *  - A number that goes where the type is tighter is clipped, rounded to the
 *    nearest, put on the nearest step, with a warning. T(x) does the same
 *    without one. No number becomes one of an enumeration's by itself; T(x)
 *    makes it one, and fails while running if it is none of the values.
 */

#pragma once

#include "sh-bytecode.h"
#include "sh-scope.h"

G_BEGIN_DECLS

/* Variables of one function, its parameters counted in. */
#define SH_FUNCTION_MAX_VARIABLES 1024u

/* A compiled function. */
typedef struct
{
  guint index; /* in the bytecode */
  ShSpan span; /* of its head */
  const char *name; /* NULL: inline */
  guint n_parameters;
  const ShFieldNode *parameters; /* as written */
  ShType *const *types; /* of the parameters */
  ShType *result;
} ShFunctionInfo;

ShFunctions *sh_functions_new (ShScope *scope);
void sh_functions_free (ShFunctions *functions);

/* NULL after an error, now or before. `what` names an inline function in
 * messages, as in "reward". */
const ShFunctionInfo *sh_functions_compile (ShFunctions *functions,
                                            const ShFunctionNode *node,
                                            const char *what);

/*
 * A mask function, which returns `constraint T { ... }` for the struct `output`.
 * Its result is an array with a number for each value of each of the struct's
 * fields that has named values, in their order: not 0 where it may be chosen.
 */
const ShFunctionInfo *sh_functions_compile_mask (ShFunctions *functions,
                                                 const ShFunctionNode *node,
                                                 ShType *output);

/* The declared function of this name as it stands in the program; NULL after an
 * error. */
const ShFunctionNode *sh_functions_find_node (ShFunctions *functions,
                                              const ShName *name);

/* The declared function of this name; NULL after an error. */
const ShFunctionInfo *sh_functions_find (ShFunctions *functions,
                                         const ShName *name);

/* An expression over parameters as a function; `name` as in "in objective
 * 'Centre'". NULL after an error. */
const ShFunctionInfo *
sh_functions_compile_expression (ShFunctions *functions,
                                 const char *name,
                                 const ShFieldNode *parameters,
                                 const ShExprNode *value);

/* One of those that were compiled. */
const ShFunctionInfo *sh_functions_get (const ShFunctions *functions,
                                        guint index);

/* The graph's own input, as the source of a step. */
#define SH_GRAPH_INPUT G_MAXUINT

/* A mask of a concept that is learned: a function of the graph's input. */
typedef struct
{
  const ShFunctionInfo *function;
  guint place; /* of the first choice of which its result speaks */
} ShGraphMask;

/* One concept of a graph. */
typedef struct
{
  const ShFunctionInfo *function; /* NULL: it is learned */
  guint n_inputs; /* those that it sees, or takes as arguments */
  guint *inputs; /* SH_GRAPH_INPUT, or the index of a step */
  ShType *type; /* of its output */
  /* Of one that is learned. */
  guint n_choices; /* 0: it gives its output itself */
  guint *choices; /* else: the steps among which it chooses */
  guint n_masked; /* 0: it may choose anything at any time */
  guint n_masks;
  const ShGraphMask *masks; /* what all of them allow of n_masked choices */
  guint ask; /* SH_GRAPH_INPUT: it has not been learned yet */
} ShGraphStep;

/* A graph without cycles, in which one concept is learned; others may have been
 * before. */
typedef struct
{
  ShSpan span; /* of its head */
  ShType *input;
  guint n_steps;
  ShGraphStep *steps;
  guint learned, output; /* indices of steps */
  const ShFunctionInfo *state, *action; /* the curriculum's; NULL: none */
} ShGraphPlan;

/*
 * The simulator's state to what the learned concept sees: its inputs in their
 * order, `result` being a struct of them. The parameter is that of the state
 * function, or the graph's input where there is none. NULL after an error.
 */
const ShFunctionInfo *sh_functions_compose_input (ShFunctions *functions,
                                                  const ShGraphPlan *plan,
                                                  ShType *result);

/*
 * What the learned concept chooses, a struct `choice`, and the state as above, to
 * the simulator's action. Where it chooses among concepts, `choice` is a struct
 * of one number, the place of that concept in `choices`.
 */
const ShFunctionInfo *sh_functions_compose_output (ShFunctions *functions,
                                                   const ShGraphPlan *plan,
                                                   ShType *choice);

/*
 * The state as above to what the learned concept may choose: an array with a
 * number, 1 or 0, for each of its n_masked choices.
 */
const ShFunctionInfo *sh_functions_compose_mask (ShFunctions *functions,
                                                 const ShGraphPlan *plan);

/*
 * A policy that functions composed from now on can ask: for what it sees, its
 * inputs one behind the other, and what it may choose of n_masked choices it
 * gives its output, or where it chooses among concepts its choice, as above.
 * Returns its number, from 0. The types must live as long as `functions`.
 */
guint sh_functions_add_ask (ShFunctions *functions,
                            ShType *input,
                            ShType *output,
                            guint n_masked);

/* All that was compiled, ready to run; NULL when there is nothing. To be called
 * when no error was reported. `file` is for messages. */
ShBytecode *sh_functions_link (ShFunctions *functions, const char *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFunctions, sh_functions_free)

G_END_DECLS
