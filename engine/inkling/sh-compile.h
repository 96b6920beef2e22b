/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Syntax tree to program: the rules about graphs, concepts and curricula, and
 * the model that the rest of the engine works with.
 */

#pragma once

#include "sh-function.h"
#include "sh-program.h"
#include "sh-scope.h"

G_BEGIN_DECLS

/* Lessons of one curriculum. */
#define SH_COMPILE_MAX_LESSONS 256u

/* Fills the concepts of `program`, which is to be thrown away if errors were
 * reported. */
void sh_compile (ShScope *scope, ShProgram *program);

/* The parts of it; errors are reported to the scope. */

void
sh_compile_graph (ShScope *scope, const ShGraphNode *graph, ShProgram *program);
/* The only declaration of a kind; NULL when there is none. */
const ShItemNode *
sh_compile_find_item (ShScope *scope, ShItemKind kind, const char *what);

/* Overwrites what the record gives. */
void sh_compile_training (ShScope *scope,
                          const ShExprNode *record,
                          gboolean has_goal,
                          ShTraining *training);
void sh_compile_algorithm (ShScope *scope,
                           const ShExprNode *record,
                           ShConcept *concept);
/* Whether the algorithm that `record`, or else the program's own, `general`,
 * names can learn to decide a struct `decided`; either may be NULL. `is_choice`:
 * which concept to ask. */
void sh_compile_check_algorithm (ShScope *scope,
                                 const ShExprNode *record,
                                 const ShExprNode *general,
                                 const ShConcept *concept,
                                 const ShType *decided,
                                 gboolean is_choice);
/* FALSE when the types could not be made out. */
gboolean sh_compile_simulator (ShScope *scope,
                               const ShSimulatorNode *node,
                               ShSource *source);
/* Source, algorithm and lessons of a concept whose input and output are known,
 * or NULL after an error in them. */
void sh_compile_curriculum (ShScope *scope,
                            const ShClauseNode *curriculum,
                            ShConcept *concept);
/* The function that a clause has in place or by name; NULL after an error. */
const ShFunctionInfo *sh_compile_function (ShScope *scope,
                                           const ShClauseNode *clause,
                                           const char *what);
/* Reward, terminal, state and action functions, and the goal, of a concept whose
 * source is known. */
void sh_compile_functions (ShScope *scope,
                           const ShClauseNode *curriculum,
                           ShConcept *concept);
void sh_compile_goal (ShScope *scope,
                      const ShClauseNode *clause,
                      ShConcept *concept);
/* What is to be in the region, or not, has `size` components. `label` names the
 * objective in messages of functions, which have these parameters. FALSE after an
 * error. */
gboolean sh_compile_region (ShScope *scope,
                            const char *label,
                            const ShFieldNode *parameters,
                            const ShExprNode *node,
                            ShObjective *objective);
/* The only clause of a kind; NULL when there is none. Each further one is an
 * error. */
const ShClauseNode *sh_compile_find_clause (ShScope *scope,
                                            const ShClauseNode *clauses,
                                            ShClauseKind kind,
                                            const char *what);
/* Warns that an `experiment` has no effect here. */
void sh_compile_experiment (ShScope *scope, ShSpan span);

G_END_DECLS
