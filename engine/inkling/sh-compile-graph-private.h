/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A graph while it is compiled, for the files that do: sh-compile-graph.c finds
 * out its shape, sh-compile-concept.c compiles its concepts, sh-compile-mask.c
 * what they may choose.
 */

#pragma once

#include "sh-compile.h"

G_BEGIN_DECLS

/* No concept. */
#define SH_GRAPH_NONE G_MAXUINT

typedef struct
{
  const ShConceptNode *node;
  const ShClauseNode *curriculum, *programmed; /* one of them, or neither */
  guint n_selected;
  GArray *inputs; /* guint, SH_GRAPH_INPUT or a concept */
  guint n_named; /* of them, in its head; those behind it selects only */
  GArray *selected; /* guint: concepts among which it chooses */
  GPtrArray *selections; /* ShClauseNode: where it says so */
  ShType *type; /* of its output; NULL after an error */
  /* Of one that is learned, once its curriculum is compiled: what it sees, and
   * what it decides, its output or a choice. NULL after an error. */
  ShType *seen, *decided;
  /* So, too: what says which of how many choices it may take; as in ShGraphStep. */
  guint n_masked;
  GArray *masks; /* ShGraphMask */
  guint ask; /* by which others ask it; SH_GRAPH_INPUT: not yet */
  const ShFunctionInfo *function;
  gboolean is_visited, is_done, is_needed, is_ordered;
} ShGraphPart;

typedef struct
{
  ShScope *scope;
  const ShGraphNode *node;
  ShType *input; /* NULL after an error */
  guint n;
  ShGraphPart *concepts;
  guint output; /* or SH_GRAPH_NONE */
  GArray *order; /* guint: those that are learned, in the order of training */
  guint learned; /* the one of them that is being compiled */
  guint driven; /* whose output it drives: the graph's, or its own */
} ShGraph;

const char *sh_graph_get_name (const ShGraph *self, guint index);
/* Whether a source is among its inputs, or the concepts that it selects. */
gboolean sh_graph_takes (const ShGraphPart *concept, guint source);
gboolean sh_graph_selects (const ShGraphPart *concept, guint source);

/*
 * Whether it sees its input `index`, or only has a use for it when it chooses it.
 * What is selected is not seen, but where there is nothing else to see.
 */
gboolean sh_graph_sees (const ShGraphPart *concept, guint index);

/* Whether parameter `index` of a function can be given a concept's output, or the
 * graph's input. */
gboolean sh_graph_check_parameter (ShGraph *self,
                                   guint source,
                                   const ShFunctionInfo *function,
                                   guint index);

/* Output type and function of a concept, and of those that it takes before. */
void sh_graph_compile_types (ShGraph *self, guint index);
/*
 * The concept `learned`, the others put around it: those that are programmed, and
 * those that are learned before it. `algorithm`: for all concepts that name none;
 * or NULL.
 */
void sh_graph_compile_learned (ShGraph *self,
                               const ShItemNode *algorithm,
                               ShConcept *concept);
/* The masks of the concept `learned`, those of its curriculum or of what it
 * selects. */
void sh_graph_compile_masks (ShGraph *self);
/* Lists all concepts in the program. */
void sh_graph_describe (const ShGraph *self, ShProgram *program);

G_END_DECLS
