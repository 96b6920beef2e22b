/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a program makes of an episode while it is played: the state, action,
 * reward and terminal functions of its curriculum, or its goals. One evaluator
 * goes with each simulation; what it was compiled from is shared and immutable.
 *
 *                 simulator's state ─► observe ─► concept's input, reward,
 *                                                 terminal, over
 *   concept's output ─► act ─► simulator's action
 *
 *   begin  observe ( act  observe )*  finish
 *
 * States and actions are C structs described by tables. A program without
 * functions and goals passes through whatever it is given, without a copy.
 *
 * Nothing is allocated between new and free, but for errors. One thread at a
 * time for one evaluator; any number of evaluators of one concept at once.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-program.h"

G_BEGIN_DECLS

/* Input and output struct of a concept that is asked. */
typedef struct
{
  const SimhostSchema *input, *output;
} ShEvaluatorAsked;

/* The C structs that an evaluator reads and writes. A table may lack fields
 * that the concept does not use (sh_concept_reads_state). */
typedef struct
{
  const SimhostSchema *state; /* the simulator's */
  const SimhostSchema *action; /* the simulator's */
  const SimhostSchema
      *input; /* of the concept; `state` without a state function */
  const SimhostSchema
      *output; /* of the concept; `action` without an action function */
  /* The input and output structs of the concepts that it asks, as `asked` of the
   * concept has them; may be NULL when it asks none. */
  const ShEvaluatorAsked *asked;
} ShEvaluatorTables;

/* What the policy of the concept asked[k] decides greedily: `input` and `output`
 * are structs of its tables, `mask` says as sh_evaluator_mask does what it may
 * choose; NULL: anything. FALSE with an error of one line. */
typedef gboolean (*ShEvaluatorAsk) (gpointer data,
                                    guint k,
                                    gconstpointer input,
                                    const guint8 *mask,
                                    gpointer output,
                                    GError **error);

/* What one observed state amounts to. */
typedef struct
{
  /* The concept's input: `state` as given when there is no state function, else
   * a struct of the evaluator's, good until its next call. */
  gconstpointer input;
  double reward; /* of the step that led here; 0 for an episode's first state */
  /* What returns are summed up from: the reward, of a goal without the shaping,
   * which says how things go rather than what they are worth. */
  double earned;
  /* Nothing of worth follows: the program, or the simulator where the program
   * has no terminal function, says that the episode is at its end. */
  gboolean terminal;
  /* The episode ends here, terminal or not: a simulator that has ended an
   * episode cannot go on with it, even if the program looks away. */
  gboolean over;
} ShEvaluation;

/* How one objective of a goal came out in an episode. */
typedef struct
{
  gboolean success;
  double satisfaction; /* 0 .. 1: how much of it was met (docs/goals.md) */
} ShOutcome;

typedef struct ShEvaluator ShEvaluator;

/* `concept` and the tables must outlive it. Errors: SH_ERROR_SCHEMA naming a
 * field that the concept uses and a table lacks. */
ShEvaluator *sh_evaluator_new (const ShConcept *concept,
                               const ShEvaluatorTables *tables,
                               GError **error);
void sh_evaluator_free (ShEvaluator *self);

/* Who answers for the concepts that it asks; until then they give an error.
 * `data` must outlive it. */
void
sh_evaluator_set_ask (ShEvaluator *self, ShEvaluatorAsk ask, gpointer data);

/* An episode of `lesson` begins, which must outlive it. */
void sh_evaluator_begin (ShEvaluator *self, const ShLesson *lesson);

/*
 * The state after the episode's start, when `reward` and `terminal` are not
 * looked at, or after a step. `state` is the simulator's struct, `reward` and
 * `terminal` are the simulator's own. Errors: SH_ERROR_VALUE with a message
 * that names file, line and function ("cartpole.ink:12: in function 'Reward':
 * division by zero"), or the state's field that is not a finite number.
 */
gboolean sh_evaluator_observe (ShEvaluator *self,
                               gconstpointer state,
                               double reward,
                               gboolean terminal,
                               ShEvaluation *evaluation,
                               GError **error);

/*
 * A state outside of an episode, where only an action is asked for: the
 * concept's input as in ShEvaluation, or NULL with an error as above.
 */
gconstpointer
sh_evaluator_see (ShEvaluator *self, gconstpointer state, GError **error);

/*
 * The concept's output to the simulator's action: `output` itself when there is
 * no action function, else a struct of the evaluator's, good until the next
 * act. The action is remembered for the reward of the step. NULL with
 * SH_ERROR_VALUE as above.
 */
gconstpointer
sh_evaluator_act (ShEvaluator *self, gconstpointer output, GError **error);

/* The simulator took another action than it was given, a struct as that. FALSE
 * with SH_ERROR_VALUE naming a field that is not finite. */
gboolean
sh_evaluator_took (ShEvaluator *self, gconstpointer action, GError **error);

/* Values that the mask function speaks of: those of all fields of the concept's
 * output that have named values. 0 without a mask function. */
guint sh_evaluator_get_n_masked (const ShEvaluator *self);

/*
 * Which of them may be chosen in a state: `mask` has a byte for each, in the order
 * of fields and values, 1 if it may, else 0. Errors: SH_ERROR_VALUE as above, and
 * when a field is left without a value.
 */
gboolean sh_evaluator_mask (ShEvaluator *self,
                            gconstpointer state,
                            guint8 *mask,
                            GError **error);

/*
 * The episode is over, for whatever reason: how each of the concept's
 * objectives came out, `outcomes` having room for n_objectives of them (may be
 * NULL). Returns whether all succeeded; FALSE without goals.
 */
gboolean sh_evaluator_finish (ShEvaluator *self, ShOutcome *outcomes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShEvaluator, sh_evaluator_free)

G_END_DECLS
