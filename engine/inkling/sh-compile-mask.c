/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Masks: what a learned concept may choose in a state. Those of a curriculum are
 * constraints of the concept's output; one that selects has them where it does,
 * and they say of one concept whether it may be selected. All are functions of
 * the graph's input, wherever in the graph the concept stands.
 */

#include "sh-compile-graph-private.h"

#include "sh-resolve.h"

/* Speaks of choices from `place` on, of `n` in all. */
static void
add_mask (ShGraph *self, const ShFunctionInfo *function, guint place, guint n)
{
  ShGraphPart *learned = &self->concepts[self->learned];
  const ShGraphMask mask = { function, place };

  if (function->n_parameters != 1)
    sh_diagnostics_error (self->scope->diagnostics, function->span,
                          "a mask function takes the graph's input");
  else if (sh_graph_check_parameter (self, SH_GRAPH_INPUT, function, 0))
    {
      g_array_append_val (learned->masks, mask);
      learned->n_masked = n;
    }
}

static void
compile_constraint (ShGraph *self, const ShClauseNode *clause)
{
  ShGraphPart *learned = &self->concepts[self->learned];
  ShFunctions *functions = self->scope->functions;
  const ShFunctionNode *node =
      clause->function != NULL
          ? clause->function
          : sh_functions_find_node (functions, &clause->name);
  const ShFunctionInfo *function;

  if (node == NULL || learned->type == NULL)
    {
      self->scope->lacks_masks = TRUE;
      return;
    }
  function = sh_functions_compile_mask (functions, node, learned->type);
  if (function != NULL)
    add_mask (self, function, 0, function->result->length);
}

static void
compile_selection (ShGraph *self, const ShClauseNode *clause, guint place)
{
  const ShFunctionInfo *function =
      sh_compile_function (self->scope, clause, "mask");
  g_autofree char *found = NULL;

  if (function == NULL)
    return;
  if (function->result->kind == SH_TYPE_NUMBER)
    {
      add_mask (self, function, place,
                self->concepts[self->learned].selected->len);
      return;
    }
  found = sh_resolve_describe (function->result);
  sh_diagnostics_error (self->scope->diagnostics, function->span,
                        "the mask of a selection is a number, not %s", found);
  sh_diagnostics_hint (self->scope->diagnostics,
                       "1 where the concept may be selected, else 0");
}

void
sh_graph_compile_masks (ShGraph *self)
{
  ShGraphPart *learned = &self->concepts[self->learned];
  const ShClauseNode *clause = sh_compile_find_clause (
      self->scope, learned->curriculum->clauses, SH_CLAUSE_MASK, "mask");

  if (clause != NULL && learned->selected->len == 0)
    compile_constraint (self, clause);
  else if (clause != NULL)
    {
      sh_diagnostics_error (self->scope->diagnostics, clause->span,
                            "'%s' selects: its masks are where it does",
                            learned->node->name.text);
      sh_diagnostics_hint (
          self->scope->diagnostics,
          "write them as in select %s { mask MyMask }",
          sh_graph_get_name (self,
                             g_array_index (learned->selected, guint, 0)));
    }
  for (guint i = 0; i < learned->selections->len; i++)
    {
      const ShClauseNode *selection = learned->selections->pdata[i];

      for (clause = selection->clauses; clause != NULL; clause = clause->next)
        compile_selection (self, clause, i);
    }
}
