/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The graph, and the declarations that nothing asked for: they are checked all
 * the same.
 */

#include "sh-compile.h"

#include "sh-resolve.h"

/* Declarations ------------------------------------------------------------ */

/* A simulator that no curriculum uses. */
static void
check_simulator (ShScope *scope, const ShSimulatorNode *node)
{
  ShSource source = { 0 };

  sh_compile_simulator (scope, node, &source);
  g_free (source.name);
  g_free (source.package);
  g_clear_pointer (&source.action, sh_type_unref);
  g_clear_pointer (&source.config, sh_type_unref);
  g_clear_pointer (&source.state, sh_type_unref);
}

static void
check_item (ShScope *scope, const ShItemNode *item)
{
  ShSymbol *symbol =
      item->name.text != NULL ? sh_scope_find (scope, item->name.text) : NULL;

  switch (item->kind)
    {
    case SH_ITEM_CONST:
      if (symbol != NULL && symbol->item == item)
        sh_constant_resolve (scope, symbol, item->name.span);
      break;
    case SH_ITEM_TYPE:
      if (symbol != NULL && symbol->item == item)
        sh_resolve_symbol (scope, symbol, item->name.span);
      break;
    case SH_ITEM_SIMULATOR:
      check_simulator (scope, item->simulator);
      break;
    case SH_ITEM_FUNCTION:
      if (symbol != NULL && symbol->item == item)
        sh_functions_compile (scope->functions, item->function,
                              item->name.text);
      break;
    case SH_ITEM_EXPERIMENT:
      sh_compile_experiment (scope, item->span);
      break;
    case SH_ITEM_USING:
    case SH_ITEM_GRAPH:
    case SH_ITEM_ALGORITHM:
    case SH_ITEM_BROKEN:
    default:
      break;
    }
}

const ShItemNode *
sh_compile_find_item (ShScope *scope, ShItemKind kind, const char *what)
{
  const ShItemNode *found = NULL;

  for (const ShItemNode *item = scope->items; item != NULL; item = item->next)
    {
      if (item->kind != kind)
        continue;
      if (found != NULL)
        sh_diagnostics_error (scope->diagnostics, item->span,
                              "there can be only one '%s'", what);
      else
        found = item;
    }
  return found;
}

void
sh_compile (ShScope *scope, ShProgram *program)
{
  const ShItemNode *graph =
      sh_compile_find_item (scope, SH_ITEM_GRAPH, "graph");

  /* What a function is used for has a say in what it may do. */
  scope->lacks_masks = graph != NULL || scope->lacks_parts;
  if (graph != NULL)
    sh_compile_graph (scope, graph->graph, program);
  for (const ShItemNode *item = scope->items;
       item != NULL && !sh_diagnostics_is_full (scope->diagnostics);
       item = item->next)
    check_item (scope, item);
  if (graph != NULL)
    return;
  if (scope->diagnostics->n_errors == 0)
    {
      ShSpan end = { .offset = scope->diagnostics->length };

      sh_diagnostics_error (scope->diagnostics, end,
                            "the program has no graph");
      sh_diagnostics_hint (scope->diagnostics,
                           "add graph (input: State): Action { ... }");
    }
}
