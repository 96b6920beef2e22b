/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A graph while it is compiled, for the files that do: sh-compile-graph.c finds
 * out its shape, sh-compile-concept.c compiles its concepts.
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
  GArray *inputs; /* guint, as in ShGraphStep */
  GArray *selected; /* guint: concepts among which it chooses */
  ShType *type; /* of its output; NULL after an error */
  const ShFunctionInfo *function;
  gboolean is_visited, is_done, is_needed;
} ShGraphPart;

typedef struct
{
  ShScope *scope;
  const ShGraphNode *node;
  ShType *input; /* NULL after an error */
  guint n;
  ShGraphPart *concepts;
  guint output, learned; /* or SH_GRAPH_NONE */
} ShGraph;

const char *sh_graph_get_name (const ShGraph *self, guint index);
/* Whether a source is among its inputs, or the concepts that it selects. */
gboolean sh_graph_takes (const ShGraphPart *concept, guint source);
gboolean sh_graph_selects (const ShGraphPart *concept, guint source);

/* Output type and function of a concept, and of those that it takes before. */
void sh_graph_compile_types (ShGraph *self, guint index);
/* The concept that is learned, those that are programmed put around it. */
void sh_graph_compile_learned (ShGraph *self, ShConcept *concept);
/* Lists all concepts in the program. */
void sh_graph_describe (const ShGraph *self, ShProgram *program);

G_END_DECLS
