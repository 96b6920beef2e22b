/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Graphs: concepts, what each is given, which of them are learned in which order,
 * and which one's output is the brain's.
 */

#include "sh-compile-graph-private.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

/* Concepts of one graph. */
#define MAX_CONCEPTS 256u

const char *
sh_graph_get_name (const ShGraph *self, guint index)
{
  return self->concepts[index].node->name.text;
}

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

/* Inputs ------------------------------------------------------------------ */

gboolean
sh_graph_takes (const ShGraphPart *concept, guint source)
{
  for (guint i = 0; i < concept->inputs->len; i++)
    if (g_array_index (concept->inputs, guint, i) == source)
      return TRUE;
  return FALSE;
}

gboolean
sh_graph_selects (const ShGraphPart *concept, guint source)
{
  for (guint i = 0; i < concept->selected->len; i++)
    if (g_array_index (concept->selected, guint, i) == source)
      return TRUE;
  return FALSE;
}

gboolean
sh_graph_sees (const ShGraphPart *concept, guint index)
{
  if (index >= concept->n_named)
    return FALSE;
  if (!sh_graph_selects (concept,
                         g_array_index (concept->inputs, guint, index)))
    return TRUE;
  for (guint i = 0; i < concept->n_named; i++)
    if (!sh_graph_selects (concept, g_array_index (concept->inputs, guint, i)))
      return FALSE;
  return TRUE;
}

/* Finds the graph's input, or a concept's index; FALSE after an error. */
static gboolean
find_source (ShGraph *self, const ShName *name, guint *source)
{
  ShScope *scope = self->scope;
  const ShFieldNode *input = self->node->parameters;
  ShSuggestion suggestion;

  sh_suggestion_init (&suggestion, name->text);
  if (input != NULL && strcmp (name->text, input->name.text) == 0)
    {
      *source = SH_GRAPH_INPUT;
      return TRUE;
    }
  if (input != NULL)
    sh_suggestion_offer (&suggestion, input->name.text);
  for (guint i = 0; i < self->n; i++)
    {
      if (strcmp (name->text, sh_graph_get_name (self, i)) == 0)
        {
          *source = i;
          return TRUE;
        }
      sh_suggestion_offer (&suggestion, sh_graph_get_name (self, i));
    }
  if (input == NULL || scope->lacks_parts)
    return FALSE;
  sh_diagnostics_error (scope->diagnostics, name->span,
                        self->n == 1 ? "the graph has no input '%s'"
                                     : "there is no input or concept '%s'",
                        name->text);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean '%s'?",
                         suggestion.best);
  else
    sh_diagnostics_hint (scope->diagnostics, "its input is '%s'",
                         input->name.text);
  return FALSE;
}

static void
find_inputs (ShGraph *self, ShGraphPart *concept)
{
  ShScope *scope = self->scope;
  const ShConceptNode *node = concept->node;

  if (node->inputs == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, node->name.span,
                            "the concept '%s' has no input", node->name.text);
      if (self->node->parameters != NULL)
        sh_diagnostics_hint (scope->diagnostics,
                             "write it as in concept %s(%s)", node->name.text,
                             self->node->parameters->name.text);
    }
  for (const ShExprNode *input = node->inputs; input != NULL;
       input = input->next)
    {
      guint source;

      if (input->kind != SH_EXPR_NAME)
        {
          sh_diagnostics_error (scope->diagnostics, input->span,
                                "a concept takes the graph's input and other "
                                "concepts, by name");
          continue;
        }
      if (!find_source (self, &input->name, &source))
        continue;
      if (sh_graph_takes (concept, source))
        sh_diagnostics_error (scope->diagnostics, input->span,
                              "'%s' is given twice", input->name.text);
      else
        g_array_append_val (concept->inputs, source);
    }
  concept->n_named = concept->inputs->len;
}

/* Bodies ------------------------------------------------------------------ */

static void
add_selected (ShGraph *self, ShGraphPart *concept, const ShClauseNode *clause)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;
  guint source;

  if (!find_source (self, &clause->name, &source))
    return;
  if (source == SH_GRAPH_INPUT)
    {
      sh_diagnostics_error (diagnostics, clause->name.span,
                            "'%s' is the graph's input", clause->name.text);
      sh_diagnostics_hint (diagnostics, "only concepts can be selected");
      return;
    }
  if (sh_graph_selects (concept, source))
    {
      sh_diagnostics_error (diagnostics, clause->name.span,
                            "'%s' is selected already", clause->name.text);
      return;
    }
  g_array_append_val (concept->selected, source);
  g_ptr_array_add (concept->selections, (gpointer) clause);
  if (!sh_graph_takes (concept, source))
    g_array_append_val (concept->inputs, source);
}

static void
read_clause (ShGraph *self, ShGraphPart *concept, const ShClauseNode *clause)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;

  switch (clause->kind)
    {
    case SH_CLAUSE_EXPERIMENT:
      sh_compile_experiment (self->scope, clause->span);
      break;
    case SH_CLAUSE_CURRICULUM:
      if (concept->curriculum != NULL)
        sh_diagnostics_error (diagnostics, clause->span,
                              "a concept has only one curriculum");
      else
        concept->curriculum = clause;
      break;
    case SH_CLAUSE_PROGRAMMED:
      if (concept->programmed != NULL)
        sh_diagnostics_error (diagnostics, clause->span,
                              "a concept is only one function");
      else
        concept->programmed = clause;
      break;
    case SH_CLAUSE_SELECT:
      concept->n_selected++;
      add_selected (self, concept, clause);
      break;
    case SH_CLAUSE_IMPORT:
    default:
      sh_diagnostics_error (diagnostics, clause->span,
                            "imported models are not supported");
      sh_diagnostics_hint (diagnostics,
                           "write a concept with a curriculum, or a programmed "
                           "one");
      break;
    }
}

static gboolean
has_import (const ShGraphPart *concept)
{
  for (const ShClauseNode *clause = concept->node->clauses; clause != NULL;
       clause = clause->next)
    if (clause->kind == SH_CLAUSE_IMPORT)
      return TRUE;
  return FALSE;
}

static void
read_body (ShGraph *self, ShGraphPart *concept)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;
  const ShName *name = &concept->node->name;

  for (const ShClauseNode *clause = concept->node->clauses; clause != NULL;
       clause = clause->next)
    read_clause (self, concept, clause);
  if (concept->curriculum != NULL && concept->programmed != NULL)
    sh_diagnostics_error (diagnostics, concept->programmed->span,
                          "a concept is either learned or programmed");
  else if (concept->programmed != NULL && concept->n_selected > 0)
    sh_diagnostics_error (diagnostics, concept->programmed->span,
                          "a concept is either programmed or selects");
  else if (self->scope->lacks_parts)
    return;
  else if (concept->n_selected == 1)
    sh_diagnostics_error (diagnostics, name->span,
                          "'%s' has nothing to choose: it selects one concept",
                          name->text);
  else if (concept->curriculum == NULL && concept->programmed == NULL &&
           !has_import (concept))
    {
      sh_diagnostics_error (diagnostics, name->span,
                            "the concept '%s' has no curriculum", name->text);
      sh_diagnostics_hint (diagnostics,
                           "add curriculum { source MySimulator }");
    }
}

/* The shape --------------------------------------------------------------- */

static void
check_names (ShGraph *self)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;
  const ShFieldNode *input = self->node->parameters;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < self->n; i++)
    {
      const ShName *name = &self->concepts[i].node->name;

      if (!g_hash_table_add (seen, (gpointer) name->text))
        sh_diagnostics_error (diagnostics, name->span,
                              "there are two concepts '%s'", name->text);
      else if (input != NULL && strcmp (input->name.text, name->text) == 0)
        sh_diagnostics_error (diagnostics, name->span,
                              "'%s' is the graph's input already", name->text);
    }
}

static void
find_output (ShGraph *self)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;

  for (guint i = 0; i < self->n; i++)
    {
      if (!self->concepts[i].node->is_output)
        continue;
      if (self->output == SH_GRAPH_NONE)
        self->output = i;
      else
        sh_diagnostics_error (diagnostics, self->concepts[i].node->name.span,
                              "the graph has an output already, '%s'",
                              sh_graph_get_name (self, self->output));
    }
  for (const ShOutputNode *output = self->node->outputs; output != NULL;
       output = output->next)
    {
      ShSuggestion suggestion;
      guint found = SH_GRAPH_NONE;

      sh_suggestion_init (&suggestion, output->name.text);
      for (guint i = 0; i < self->n; i++)
        {
          if (strcmp (sh_graph_get_name (self, i), output->name.text) == 0)
            found = i;
          sh_suggestion_offer (&suggestion, sh_graph_get_name (self, i));
        }
      if (found == SH_GRAPH_NONE && self->scope->lacks_parts)
        continue;
      if (found == SH_GRAPH_NONE)
        {
          sh_diagnostics_error (diagnostics, output->name.span,
                                "there is no concept '%s'", output->name.text);
          if (suggestion.best != NULL)
            sh_diagnostics_hint (diagnostics, "did you mean '%s'?",
                                 suggestion.best);
        }
      else if (self->output != SH_GRAPH_NONE)
        sh_diagnostics_error (diagnostics, output->name.span,
                              "the graph has an output already");
      else
        self->output = found;
    }
  if (self->output == SH_GRAPH_NONE && self->n == 1)
    self->output = 0;
  if (self->output != SH_GRAPH_NONE || self->node->outputs != NULL ||
      self->scope->lacks_parts)
    return;
  sh_diagnostics_error (diagnostics, self->node->span,
                        "the graph has %u concepts and no output", self->n);
  sh_diagnostics_hint (diagnostics,
                       "write output before one of them, as in "
                       "output concept %s",
                       sh_graph_get_name (self, self->n - 1));
}

/* FALSE when a concept is given what depends on it. */
static gboolean
check_cycles (ShGraph *self, guint index)
{
  ShGraphPart *concept = &self->concepts[index];

  if (concept->is_done)
    return TRUE;
  if (concept->is_visited)
    {
      sh_diagnostics_error (self->scope->diagnostics, concept->node->name.span,
                            "the concept '%s' depends on itself",
                            concept->node->name.text);
      return FALSE;
    }
  concept->is_visited = TRUE;
  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);

      if (source != SH_GRAPH_INPUT && !check_cycles (self, source))
        return FALSE;
    }
  concept->is_done = TRUE;
  return TRUE;
}

static void
mark_needed (ShGraph *self, guint index)
{
  ShGraphPart *concept = &self->concepts[index];

  if (concept->is_needed)
    return;
  concept->is_needed = TRUE;
  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);

      if (source != SH_GRAPH_INPUT)
        mark_needed (self, source);
    }
}

/* Whether a concept depends on one that is learned and not in the order yet. */
static gboolean
has_to_wait (ShGraph *self, guint index)
{
  ShGraphPart *concept = &self->concepts[index];

  if (concept->is_visited)
    return FALSE;
  concept->is_visited = TRUE;
  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);

      if (source == SH_GRAPH_INPUT)
        continue;
      if (self->concepts[source].curriculum != NULL &&
          !self->concepts[source].is_ordered)
        return TRUE;
      if (has_to_wait (self, source))
        return TRUE;
    }
  return FALSE;
}

/* Puts the first concept into the order of which all are that it depends on;
 * FALSE: all are in it. */
static gboolean
order_next (ShGraph *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      ShGraphPart *concept = &self->concepts[i];

      if (concept->curriculum == NULL || concept->is_ordered)
        continue;
      for (guint j = 0; j < self->n; j++)
        self->concepts[j].is_visited = FALSE;
      if (has_to_wait (self, i))
        continue;
      concept->is_ordered = TRUE;
      g_array_append_val (self->order, i);
      return TRUE;
    }
  return FALSE;
}

/* Every concept has a part in the output, and some are learned. */
static void
check_parts (ShGraph *self)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;

  mark_needed (self, self->output);
  for (guint i = 0; i < self->n; i++)
    {
      const ShGraphPart *concept = &self->concepts[i];
      const ShName *name = &concept->node->name;

      if (!concept->is_needed && !self->scope->lacks_parts)
        sh_diagnostics_error (diagnostics, name->span,
                              "the output of the graph does not depend on the "
                              "concept '%s'",
                              name->text);
    }
  while (order_next (self))
    ;
  if (self->order->len > SH_PROGRAM_MAX_LEARNED)
    sh_diagnostics_error (diagnostics,
                          self->concepts[g_array_index (self->order, guint,
                                                        SH_PROGRAM_MAX_LEARNED)]
                              .node->name.span,
                          "more than %u learned concepts",
                          SH_PROGRAM_MAX_LEARNED);
  if (self->order->len > 0 || self->scope->lacks_parts)
    return;
  sh_diagnostics_error (diagnostics, self->node->span,
                        "nothing is learned: no concept has a curriculum");
}

/* Graphs ------------------------------------------------------------------ */

static void
graph_init (ShGraph *self, ShScope *scope, const ShGraphNode *node)
{
  const ShConceptNode *concept = node->concepts;

  *self = (ShGraph){ .scope = scope,
                     .node = node,
                     .output = SH_GRAPH_NONE,
                     .learned = SH_GRAPH_NONE,
                     .driven = SH_GRAPH_NONE,
                     .order = g_array_new (FALSE, FALSE, sizeof (guint)) };
  for (; concept != NULL && self->n < MAX_CONCEPTS; concept = concept->next)
    self->n++;
  if (concept != NULL)
    sh_diagnostics_error (scope->diagnostics, concept->name.span,
                          "more than %u concepts", MAX_CONCEPTS);
  self->concepts = g_new0 (ShGraphPart, self->n);
  concept = node->concepts;
  for (guint i = 0; i < self->n; i++, concept = concept->next)
    self->concepts[i] = (ShGraphPart){
      .node = concept,
      .inputs = g_array_new (FALSE, FALSE, sizeof (guint)),
      .selected = g_array_new (FALSE, FALSE, sizeof (guint)),
      .selections = g_ptr_array_new (),
      .masks = g_array_new (FALSE, FALSE, sizeof (ShGraphMask)),
      .ask = SH_GRAPH_INPUT,
    };
}

static void
graph_clear (ShGraph *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_array_unref (self->concepts[i].inputs);
      g_array_unref (self->concepts[i].selected);
      g_ptr_array_unref (self->concepts[i].selections);
      g_array_unref (self->concepts[i].masks);
      g_clear_pointer (&self->concepts[i].type, sh_type_unref);
      g_clear_pointer (&self->concepts[i].seen, sh_type_unref);
      g_clear_pointer (&self->concepts[i].decided, sh_type_unref);
    }
  g_array_unref (self->order);
  g_free (self->concepts);
  g_clear_pointer (&self->input, sh_type_unref);
}

/* Whether what is known of the graph's shape is worth going on with. */
static gboolean
compile_shape (ShGraph *self)
{
  guint n_errors = self->scope->diagnostics->n_errors;

  check_names (self);
  for (guint i = 0; i < self->n; i++)
    {
      find_inputs (self, &self->concepts[i]);
      read_body (self, &self->concepts[i]);
    }
  find_output (self);
  for (guint i = 0; i < self->n; i++)
    if (!check_cycles (self, i))
      return FALSE;
  if (self->output == SH_GRAPH_NONE)
    return FALSE;
  if (self->n > 1 || self->concepts[0].curriculum != NULL ||
      self->scope->diagnostics->n_errors == n_errors)
    check_parts (self);
  return self->order->len > 0 && self->order->len <= SH_PROGRAM_MAX_LEARNED;
}

/* The one that is trained last is the brain's: all others have their part in the
 * graph's output by then. */
static void
compile_learned (ShGraph *self, ShProgram *program)
{
  const ShItemNode *algorithm =
      sh_compile_find_item (self->scope, SH_ITEM_ALGORITHM, "algorithm");
  const guint n = self->order->len;

  program->concepts = g_new0 (ShConcept, n);
  program->output = n - 1;
  for (guint i = 0; i < n; i++)
    {
      self->learned = g_array_index (self->order, guint, i);
      self->driven = i == program->output ? self->output : self->learned;
      program->n_concepts++;
      sh_graph_compile_learned (self, algorithm, &program->concepts[i]);
    }
}

void
sh_compile_graph (ShScope *scope, const ShGraphNode *graph, ShProgram *program)
{
  ShGraph self;

  if (graph->concepts == NULL)
    {
      if (!scope->lacks_parts)
        sh_diagnostics_error (scope->diagnostics, graph->span,
                              "the graph has no concept");
      return;
    }
  graph_init (&self, scope, graph);
  self.input = compile_input (scope, graph);
  if (compile_shape (&self))
    {
      for (guint i = 0; i < self.n; i++)
        self.concepts[i].is_visited = FALSE;
      for (guint i = 0; i < self.n; i++)
        sh_graph_compile_types (&self, i);
      scope->lacks_masks = scope->lacks_parts;
      compile_learned (&self, program);
      if (self.n > 1)
        sh_graph_describe (&self, program);
    }
  graph_clear (&self);
}
