/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of an evaluator, for the files that make it: sh-evaluator.c runs
 * functions, sh-evaluator-goal.c judges by goals.
 */

#pragma once

#include "sh-evaluator.h"
#include "sh-goal.h"

G_BEGIN_DECLS

/* A member of a struct and the slot that stands for it. */
typedef struct
{
  guint32 slot, offset, simhost_type;
  const char *name;
  ShType *type; /* of a text its values; else what a number is made to fit */
  guint *texts; /* their numbers in the code */
} ShBinding;

typedef struct
{
  guint n;
  ShBinding *bindings;
} ShBindings;

/* A function with its parameters. */
typedef struct
{
  guint function; /* SH_NO_FUNCTION: there is none */
  ShBindings first, second; /* its parameters */
  double *taken; /* the second argument, known beforehand, by binding */
} ShCall;

/* An objective of the goal. */
typedef struct
{
  ShObjective objective; /* the concept's; a region that moves is its own */
  ShCall value; /* what it looks at */
  guint n_bounds;
  ShCall *bounds; /* arguments of a region that moves */
  gboolean reads_action; /* so that before the first step there is nothing */
  ShGoalTrack track;
} ShJudged;

/* A concept that is asked. */
typedef struct
{
  ShBindings input, output; /* slots count from those of the ask */
  gpointer input_struct, output_struct;
  guint n_inputs; /* slots, behind which its mask is */
  guint8 *mask; /* NULL: it may choose anything */
} ShAsked;

struct ShEvaluator
{
  const ShConcept *concept;
  const ShBytecode *code;
  double *slots;
  ShCall reward, terminal, to_input, to_action, mask;
  ShJudged *objectives; /* as the concept's */
  ShBindings input, action; /* results of to_input and to_action */
  gpointer input_struct, action_struct;
  ShAsked *asked; /* as the concept's */
  ShAsker asker;
  ShEvaluatorAsk ask; /* or NULL */
  gpointer ask_data;

  double total_weight;
  const ShLesson *lesson; /* of the episode; NULL before the first */
  guint64 iterations;
  gboolean is_begun; /* the first state was seen */
};

/* Functions: sh-evaluator.c. FALSE after an error. */

gboolean sh_evaluator_bind_call (ShEvaluator *self,
                                 ShCall *call,
                                 guint function,
                                 const SimhostSchema *first,
                                 const SimhostSchema *second,
                                 GError **error);
void sh_evaluator_clear_call (ShCall *call);
/* Runs a function on a struct, and on what was taken before. */
gboolean sh_evaluator_run (ShEvaluator *self,
                           const ShCall *call,
                           gconstpointer values,
                           GError **error);
/* Good until the next run. */
const double *sh_evaluator_get_result (const ShEvaluator *self,
                                       const ShCall *call);
/* Keeps the second argument of a function that runs later: another function may
 * run in its frame before it does. */
gboolean sh_evaluator_take (ShEvaluator *self,
                            ShCall *call,
                            gconstpointer values,
                            GError **error);

/* Goals: sh-evaluator-goal.c. FALSE after an error. */

gboolean sh_evaluator_bind_objective (ShEvaluator *self,
                                      ShJudged *out,
                                      const ShObjective *objective,
                                      const ShEvaluatorTables *tables,
                                      GError **error);
void sh_evaluator_clear_objective (ShJudged *objective);
/* Keeps the action for the objectives that look at it. */
gboolean sh_evaluator_take_objectives (ShEvaluator *self,
                                       gconstpointer action,
                                       GError **error);
/* The goals' reward of the step, and whether they end the episode. */
gboolean sh_evaluator_judge (ShEvaluator *self,
                             gconstpointer state,
                             ShEvaluation *evaluation,
                             GError **error);

G_END_DECLS
