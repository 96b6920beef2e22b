/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The graph and its concept, and the declarations that nothing asked for: they
 * are checked all the same.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

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
    default:
      break;
    }
}

/* The only declaration of a kind; NULL when there is none. */
static const ShItemNode *
find_item (ShScope *scope, ShItemKind kind, const char *what)
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

/* Graph ------------------------------------------------------------------- */

/* A reference to the graph's input struct, or NULL after an error. */
static ShType *
compile_input (ShScope *scope, const ShGraphNode *graph)
{
  const ShFieldNode *input = graph->parameters;
  g_autoptr (ShType) type = NULL;

  if (input == NULL || input->next != NULL)
    {
      sh_diagnostics_error (scope->diagnostics, graph->span,
                            "a graph takes one input");
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in graph (input: State): Action");
      return NULL;
    }
  type = sh_resolve_type (scope, input->type);
  if (type != NULL && (type->kind != SH_TYPE_STRUCT || type->n_fields == 0))
    {
      sh_diagnostics_error (scope->diagnostics, input->type->span,
                            "the graph's input is a struct with at least one "
                            "field");
      return NULL;
    }
  return g_steal_pointer (&type);
}

/* The concept's own type, or the graph's where it says none. */
static ShType *
compile_output (ShScope *scope,
                const ShGraphNode *graph,
                const ShConceptNode *node)
{
  g_autoptr (ShType) theirs = NULL, type = NULL;
  const ShTypeNode *place = node->type != NULL ? node->type : graph->type;

  if (place == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, node->name.span,
                            "the concept '%s' has no output type",
                            node->name.text);
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in concept %s(input): Action",
                           node->name.text);
      return NULL;
    }
  type = sh_resolve_type (scope, place);
  if (type != NULL && (type->kind != SH_TYPE_STRUCT || type->n_fields == 0))
    {
      sh_diagnostics_error (scope->diagnostics, place->span,
                            "the concept's output is a struct with at least "
                            "one field");
      return NULL;
    }
  if (graph->type != NULL && place != graph->type)
    {
      theirs = sh_resolve_type (scope, graph->type);
      if (theirs != NULL && type != NULL &&
          !sh_check_equivalent (scope, type, "the concept's output", theirs,
                                "the graph's output", place->span))
        return NULL;
    }
  return g_steal_pointer (&type);
}

static void
check_inputs (ShScope *scope,
              const ShGraphNode *graph,
              const ShConceptNode *concept)
{
  const ShExprNode *input = concept->inputs;
  ShSuggestion suggestion;

  if (input == NULL || input->next != NULL || input->kind != SH_EXPR_NAME)
    {
      sh_diagnostics_error (scope->diagnostics,
                            input != NULL ? input->span : concept->name.span,
                            "a learned concept takes the graph's input");
      if (graph->parameters != NULL)
        sh_diagnostics_hint (scope->diagnostics,
                             "write it as in concept %s(%s)",
                             concept->name.text, graph->parameters->name.text);
      return;
    }
  if (graph->parameters == NULL ||
      strcmp (input->name.text, graph->parameters->name.text) == 0)
    return;
  sh_diagnostics_error (scope->diagnostics, input->span,
                        "the graph has no input '%s'", input->name.text);
  sh_suggestion_init (&suggestion, input->name.text);
  sh_suggestion_offer (&suggestion, graph->parameters->name.text);
  sh_diagnostics_hint (scope->diagnostics,
                       suggestion.best != NULL ? "did you mean '%s'?"
                                               : "its input is '%s'",
                       graph->parameters->name.text);
}

/* The curriculum of a learned concept; NULL after an error. */
static const ShClauseNode *
find_curriculum (ShScope *scope, const ShConceptNode *concept)
{
  static const struct
  {
    ShClauseKind kind;
    const char *word;
  } others[] = {
    { SH_CLAUSE_PROGRAMMED, "programmed" },
    { SH_CLAUSE_IMPORT, "import" },
    { SH_CLAUSE_SELECT, "select" },
  };
  const ShClauseNode *found = NULL;
  gboolean is_other = FALSE;

  for (const ShClauseNode *clause = concept->clauses; clause != NULL;
       clause = clause->next)
    {
      if (clause->kind == SH_CLAUSE_EXPERIMENT)
        sh_compile_experiment (scope, clause->span);
      else if (clause->kind == SH_CLAUSE_CURRICULUM && found == NULL)
        found = clause;
      else if (clause->kind == SH_CLAUSE_CURRICULUM)
        sh_diagnostics_error (scope->diagnostics, clause->span,
                              "a concept has only one curriculum");
      for (guint i = 0; i < G_N_ELEMENTS (others); i++)
        if (clause->kind == others[i].kind)
          {
            is_other = TRUE;
            sh_diagnostics_error (scope->diagnostics, clause->span,
                                  "'%s' concepts are not supported",
                                  others[i].word);
            sh_diagnostics_hint (scope->diagnostics,
                                 "write one concept with a curriculum");
          }
    }
  if (found == NULL && !is_other)
    {
      sh_diagnostics_error (scope->diagnostics, concept->name.span,
                            "the concept '%s' has no curriculum",
                            concept->name.text);
      sh_diagnostics_hint (scope->diagnostics,
                           "add curriculum { source MySimulator }");
    }
  return found;
}

static void
check_outputs (ShScope *scope, const ShGraphNode *graph)
{
  const ShConceptNode *concept = graph->concepts;
  ShSuggestion suggestion;

  for (const ShOutputNode *output = graph->outputs; output != NULL;
       output = output->next)
    {
      if (strcmp (output->name.text, concept->name.text) != 0)
        {
          sh_diagnostics_error (scope->diagnostics, output->name.span,
                                "there is no concept '%s'", output->name.text);
          sh_suggestion_init (&suggestion, output->name.text);
          sh_suggestion_offer (&suggestion, concept->name.text);
          if (suggestion.best != NULL)
            sh_diagnostics_hint (scope->diagnostics, "did you mean '%s'?",
                                 suggestion.best);
        }
      else if (concept->is_output || output != graph->outputs)
        sh_diagnostics_error (scope->diagnostics, output->name.span,
                              "the graph has an output already");
    }
}

static void
compile_concept (ShScope *scope,
                 const ShGraphNode *graph,
                 const ShConceptNode *node,
                 ShConcept *concept)
{
  const ShItemNode *algorithm =
      find_item (scope, SH_ITEM_ALGORITHM, "algorithm");
  const ShClauseNode *curriculum = find_curriculum (scope, node);

  concept->name = g_strdup (node->name.text);
  concept->reward = concept->terminal = SH_NO_FUNCTION;
  concept->state = concept->action = concept->mask = SH_NO_FUNCTION;
  concept->input = compile_input (scope, graph);
  concept->output = compile_output (scope, graph, node);
  check_inputs (scope, graph, node);
  if (algorithm != NULL)
    sh_compile_algorithm (scope, algorithm->value, concept);
  if (curriculum != NULL)
    sh_compile_curriculum (scope, curriculum, concept);
}

static void
compile_graph (ShScope *scope, const ShGraphNode *graph, ShProgram *program)
{
  if (graph->concepts == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, graph->span,
                            "the graph has no concept");
      return;
    }
  for (const ShConceptNode *other = graph->concepts->next; other != NULL;
       other = other->next)
    {
      sh_diagnostics_error (scope->diagnostics, other->name.span,
                            "several concepts in a graph are not supported");
      sh_diagnostics_hint (scope->diagnostics, "keep one; '%s' is the first",
                           graph->concepts->name.text);
    }
  program->n_concepts = 1;
  program->concepts = g_new0 (ShConcept, 1);
  if (graph->concepts->next == NULL)
    check_outputs (scope, graph);
  compile_concept (scope, graph, graph->concepts, &program->concepts[0]);
}

void
sh_compile (ShScope *scope, ShProgram *program)
{
  const ShItemNode *graph = find_item (scope, SH_ITEM_GRAPH, "graph");

  /* What a function is used for has a say in what it may do. */
  if (graph != NULL)
    compile_graph (scope, graph->graph, program);
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
