/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Graphs: concepts, what each is given, which of them is learned, and which one's
 * output is the brain's. Concepts that are programmed become a part of what
 * stands between the simulator and the one that is learned.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-resolve.h"
#include "sh-suggestion.h"
#include "sh-type-private.h"

#include <string.h>

/* Concepts of one graph. */
#define MAX_CONCEPTS 256u

/* No concept. */
#define NONE G_MAXUINT

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
} Concept;

typedef struct
{
  ShScope *scope;
  const ShGraphNode *node;
  ShType *input; /* NULL after an error */
  guint n;
  Concept *concepts;
  guint output, learned; /* or NONE */
} Graph;

static const char *
get_name (const Graph *self, guint index)
{
  return self->concepts[index].node->name.text;
}

/* Types ------------------------------------------------------------------- */

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

/* The type of the graph's output is that of one concept. */
static gboolean
check_graph_type (Graph *self, const ShConceptNode *node, ShType *type)
{
  g_autoptr (ShType) theirs = NULL;
  const ShTypeNode *place = node->type != NULL ? node->type : self->node->type;

  if (self->node->type == NULL || place == self->node->type)
    return TRUE;
  theirs = sh_resolve_type (self->scope, self->node->type);
  return theirs == NULL ||
         sh_check_equivalent (self->scope, type, "the concept's output", theirs,
                              "the graph's output", place->span);
}

/* The concept's own type, or the graph's where it says none. */
static ShType *
compile_output (Graph *self, const Concept *concept, gboolean is_output)
{
  ShScope *scope = self->scope;
  const ShConceptNode *node = concept->node;
  const ShTypeNode *place = node->type;
  ShSpan span = node->name.span;
  g_autoptr (ShType) type = NULL;

  if (place == NULL && is_output)
    place = self->node->type;
  if (place == NULL && concept->function == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, node->name.span,
                            "the concept '%s' has no output type",
                            node->name.text);
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in concept %s(input): Action",
                           node->name.text);
      return NULL;
    }
  if (place != NULL)
    span = place->span;
  type = place != NULL ? sh_resolve_type (scope, place)
                       : sh_type_ref (concept->function->result);
  if (type != NULL && (type->kind != SH_TYPE_STRUCT || type->n_fields == 0))
    {
      sh_diagnostics_error (scope->diagnostics, span,
                            "the concept's output is a struct with at least "
                            "one field");
      return NULL;
    }
  if (type != NULL && is_output && !check_graph_type (self, node, type))
    return NULL;
  return g_steal_pointer (&type);
}

/* Inputs ------------------------------------------------------------------ */

/* SH_GRAPH_INPUT or a concept's index; NONE - 1 after an error. */
static gboolean
find_source (Graph *self, const ShName *name, guint *source)
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
      if (strcmp (name->text, get_name (self, i)) == 0)
        {
          *source = i;
          return TRUE;
        }
      sh_suggestion_offer (&suggestion, get_name (self, i));
    }
  if (input == NULL)
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

static gboolean
takes (const Concept *concept, guint source)
{
  for (guint i = 0; i < concept->inputs->len; i++)
    if (g_array_index (concept->inputs, guint, i) == source)
      return TRUE;
  return FALSE;
}

static gboolean
selects (const Concept *concept, guint source)
{
  for (guint i = 0; i < concept->selected->len; i++)
    if (g_array_index (concept->selected, guint, i) == source)
      return TRUE;
  return FALSE;
}

static void
find_inputs (Graph *self, Concept *concept)
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
      if (takes (concept, source))
        sh_diagnostics_error (scope->diagnostics, input->span,
                              "'%s' is given twice", input->name.text);
      else
        g_array_append_val (concept->inputs, source);
    }
}

/* Bodies ------------------------------------------------------------------ */

static void
add_selected (Graph *self, Concept *concept, const ShClauseNode *clause)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;
  guint source;

  if (clause->clauses != NULL)
    sh_diagnostics_error (diagnostics, clause->clauses->span,
                          "masks of a selection are not supported");
  if (!find_source (self, &clause->name, &source))
    return;
  if (source == SH_GRAPH_INPUT || !takes (concept, source))
    {
      sh_diagnostics_error (diagnostics, clause->name.span,
                            "'%s' is not among the inputs of '%s'",
                            clause->name.text, concept->node->name.text);
      sh_diagnostics_hint (diagnostics,
                           "only concepts that it takes can be selected");
    }
  else if (selects (concept, source))
    sh_diagnostics_error (diagnostics, clause->name.span,
                          "'%s' is selected already", clause->name.text);
  else
    g_array_append_val (concept->selected, source);
}

static void
read_clause (Graph *self, Concept *concept, const ShClauseNode *clause)
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
has_import (const Concept *concept)
{
  for (const ShClauseNode *clause = concept->node->clauses; clause != NULL;
       clause = clause->next)
    if (clause->kind == SH_CLAUSE_IMPORT)
      return TRUE;
  return FALSE;
}

static void
read_body (Graph *self, Concept *concept)
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
check_names (Graph *self)
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
find_output (Graph *self)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;

  for (guint i = 0; i < self->n; i++)
    {
      if (!self->concepts[i].node->is_output)
        continue;
      if (self->output == NONE)
        self->output = i;
      else
        sh_diagnostics_error (diagnostics, self->concepts[i].node->name.span,
                              "the graph has an output already, '%s'",
                              get_name (self, self->output));
    }
  for (const ShOutputNode *output = self->node->outputs; output != NULL;
       output = output->next)
    {
      ShSuggestion suggestion;
      guint found = NONE;

      sh_suggestion_init (&suggestion, output->name.text);
      for (guint i = 0; i < self->n; i++)
        {
          if (strcmp (get_name (self, i), output->name.text) == 0)
            found = i;
          sh_suggestion_offer (&suggestion, get_name (self, i));
        }
      if (found == NONE)
        {
          sh_diagnostics_error (diagnostics, output->name.span,
                                "there is no concept '%s'", output->name.text);
          if (suggestion.best != NULL)
            sh_diagnostics_hint (diagnostics, "did you mean '%s'?",
                                 suggestion.best);
        }
      else if (self->output != NONE)
        sh_diagnostics_error (diagnostics, output->name.span,
                              "the graph has an output already");
      else
        self->output = found;
    }
  if (self->output == NONE && self->n == 1)
    self->output = 0;
  if (self->output != NONE || self->node->outputs != NULL)
    return;
  sh_diagnostics_error (diagnostics, self->node->span,
                        "the graph has %u concepts and no output", self->n);
  sh_diagnostics_hint (diagnostics,
                       "write output before one of them, as in "
                       "output concept %s",
                       get_name (self, self->n - 1));
}

/* FALSE when a concept is given what depends on it. */
static gboolean
check_cycles (Graph *self, guint index)
{
  Concept *concept = &self->concepts[index];

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
mark_needed (Graph *self, guint index)
{
  Concept *concept = &self->concepts[index];

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

/* Every concept has a part in the output, and one is learned. */
static void
check_parts (Graph *self)
{
  ShDiagnostics *diagnostics = self->scope->diagnostics;

  mark_needed (self, self->output);
  for (guint i = 0; i < self->n; i++)
    {
      const Concept *concept = &self->concepts[i];
      const ShName *name = &concept->node->name;

      if (!concept->is_needed)
        sh_diagnostics_error (diagnostics, name->span,
                              "the output of the graph does not depend on the "
                              "concept '%s'",
                              name->text);
      if (concept->curriculum == NULL)
        continue;
      if (self->learned == NONE)
        {
          self->learned = i;
          continue;
        }
      sh_diagnostics_error (diagnostics, name->span,
                            "several learned concepts in a graph are not "
                            "supported");
      sh_diagnostics_hint (diagnostics,
                           "keep one curriculum; '%s' is the first, make the "
                           "others programmed",
                           get_name (self, self->learned));
    }
  if (self->learned != NONE)
    return;
  sh_diagnostics_error (diagnostics, self->node->span,
                        "nothing is learned: no concept has a curriculum");
}

/* Programmed concepts ----------------------------------------------------- */

static gboolean
check_argument (Graph *self,
                const Concept *concept,
                guint index,
                const ShFieldNode *parameter)
{
  guint source = g_array_index (concept->inputs, guint, index);
  ShType *type =
      source == SH_GRAPH_INPUT ? self->input : self->concepts[source].type;
  g_autofree char *whole =
      source == SH_GRAPH_INPUT
          ? g_strdup ("the graph's input")
          : g_strdup_printf ("the output of '%s'", get_name (self, source));
  g_autofree char *target =
      g_strdup_printf ("the parameter '%s'", parameter->name.text);
  const ShCheckParties parties = { whole, "the concept's", target,
                                   "that of the parameter" };
  ShType *wanted = concept->function->types[index];

  return type == NULL || sh_check_cast (self->scope, type, wanted, &parties,
                                        parameter->type->span);
}

static gboolean
check_result (Graph *self, const Concept *concept)
{
  const ShCheckParties parties = { "the function's result", "the function's",
                                   "the concept's output", "the concept's" };

  return sh_check_cast (self->scope, concept->function->result, concept->type,
                        &parties, concept->function->span);
}

static void
compile_programmed (Graph *self, Concept *concept)
{
  ShScope *scope = self->scope;
  const ShClauseNode *clause = concept->programmed;
  const ShFunctionInfo *function =
      clause->function != NULL
          ? sh_functions_compile (scope->functions, clause->function,
                                  "programmed")
          : sh_functions_find (scope->functions, &clause->name);
  const ShFieldNode *parameter;

  if (function == NULL)
    return;
  if (function->n_parameters != concept->inputs->len)
    {
      sh_diagnostics_error (scope->diagnostics, function->span,
                            "the function takes %u argument%s, the concept "
                            "'%s' has %u input%s",
                            function->n_parameters,
                            function->n_parameters == 1 ? "" : "s",
                            concept->node->name.text, concept->inputs->len,
                            concept->inputs->len == 1 ? "" : "s");
      return;
    }
  concept->function = function;
  parameter = function->parameters;
  for (guint i = 0; i < function->n_parameters; i++)
    {
      if (!check_argument (self, concept, i, parameter))
        concept->function = NULL;
      if (concept->function == NULL)
        return;
      parameter = parameter->next;
    }
}

/* Outputs first of those whose outputs are inputs. */
static void
compile_types (Graph *self, guint index)
{
  Concept *concept = &self->concepts[index];

  if (concept->type != NULL || concept->is_visited)
    return;
  concept->is_visited = TRUE;
  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);

      if (source != SH_GRAPH_INPUT)
        compile_types (self, source);
    }
  if (concept->programmed != NULL)
    compile_programmed (self, concept);
  if (concept->programmed != NULL && concept->function == NULL &&
      concept->node->type == NULL)
    return;
  concept->type = compile_output (self, concept, index == self->output);
  if (concept->type != NULL && concept->function != NULL &&
      !check_result (self, concept))
    concept->function = NULL;
}

/* The learned concept ----------------------------------------------------- */

/* The types of its inputs, of those that it does not select: one as it is,
 * several side by side. */
static ShType *
join_inputs (Graph *self, const Concept *concept)
{
  g_autoptr (GArray) fields = sh_resolve_new_fields ();
  ShType *only = NULL;
  guint n = 0;

  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);
      const char *name = source == SH_GRAPH_INPUT
                             ? self->node->parameters->name.text
                             : get_name (self, source);
      ShType *type =
          source == SH_GRAPH_INPUT ? self->input : self->concepts[source].type;

      if (source != SH_GRAPH_INPUT && selects (concept, source))
        continue;
      if (type == NULL)
        return NULL;
      only = type;
      n++;
      for (guint j = 0; j < type->n_fields; j++)
        {
          g_autofree char *field =
              g_strconcat (name, ".", type->fields[j].name, NULL);

          sh_resolve_add_field (fields, field,
                                sh_type_ref (type->fields[j].type));
        }
    }
  if (n == 1)
    return sh_type_ref (only);
  if (n > 1)
    return sh_resolve_make_struct (self->scope, fields,
                                   concept->node->name.span);
  sh_diagnostics_error (self->scope->diagnostics, concept->node->name.span,
                        "the concept '%s' sees nothing but what it selects",
                        concept->node->name.text);
  sh_diagnostics_hint (self->scope->diagnostics, "give it the graph's input, "
                                                 "too");
  return NULL;
}

/* What one that selects learns to give: the place of a concept. */
static ShType *
make_choice (Graph *self, const Concept *concept)
{
  g_autofree ShEnumValue *values = g_new0 (ShEnumValue, concept->selected->len);
  g_autoptr (GArray) fields = sh_resolve_new_fields ();
  ShType *type = sh_type_new_number (SH_NUMBER_INT32);

  for (guint i = 0; i < concept->selected->len; i++)
    {
      values[i].name =
          (char *) get_name (self, g_array_index (concept->selected, guint, i));
      values[i].value = i;
    }
  type->constraint = SH_CONSTRAINT_NOMINAL;
  type->min = 0;
  type->max = concept->selected->len - 1.0;
  sh_type_set_values (type, concept->selected->len, values);
  sh_resolve_add_field (fields, "concept", type);
  return sh_resolve_make_struct (self->scope, fields, concept->node->name.span);
}

/* Whether the learned concept sees the graph's input as it is. */
static gboolean
sees_input (const Concept *concept)
{
  return concept->inputs->len == concept->selected->len + 1 &&
         takes (concept, SH_GRAPH_INPUT);
}

static void
fill_plan (Graph *self, const ShConcept *concept, ShGraphPlan *plan)
{
  const Concept *learned = &self->concepts[self->learned];
  const ShFunctions *functions = self->scope->functions;

  *plan = (ShGraphPlan){
    .span = self->node->span,
    .input = self->input,
    .n_steps = self->n,
    .steps = sh_pool_new_items (self->scope->pool, ShGraphStep, self->n),
    .learned = self->learned,
    .output = self->output,
    .n_choices = learned->selected->len,
    .choices = (guint *) learned->selected->data,
  };
  if (concept->state != SH_NO_FUNCTION)
    plan->state = sh_functions_get (functions, concept->state);
  if (concept->action != SH_NO_FUNCTION)
    plan->action = sh_functions_get (functions, concept->action);
  for (guint i = 0; i < self->n; i++)
    {
      const Concept *step = &self->concepts[i];
      ShGraphStep *out = &plan->steps[i];

      out->function = step->function;
      out->type = step->type;
      out->inputs = sh_pool_new_items (self->scope->pool, guint,
                                       MAX (step->inputs->len, 1));
      for (guint j = 0; j < step->inputs->len; j++)
        {
          guint source = g_array_index (step->inputs, guint, j);

          /* What is selected is not seen. */
          if (source == SH_GRAPH_INPUT || !selects (step, source))
            out->inputs[out->n_inputs++] = source;
        }
    }
}

/* Puts the programmed concepts around the learned one. */
static void
compose (Graph *self, ShConcept *concept)
{
  const Concept *learned = &self->concepts[self->learned];
  ShFunctions *functions = self->scope->functions;
  const ShFunctionInfo *function;
  ShGraphPlan plan;
  ShType *input, *output;

  fill_plan (self, concept, &plan);
  input = join_inputs (self, learned);
  output = learned->selected->len > 0 ? make_choice (self, learned)
                                      : sh_type_ref (learned->type);
  if (input != NULL && output != NULL)
    {
      if (!sees_input (learned))
        {
          function = sh_functions_compose_input (functions, &plan, input);
          concept->state = function != NULL ? function->index : SH_NO_FUNCTION;
        }
      if (self->learned != self->output || learned->selected->len > 0)
        {
          function = sh_functions_compose_output (functions, &plan, output);
          concept->action = function != NULL ? function->index : SH_NO_FUNCTION;
        }
    }
  g_clear_pointer (&concept->input, sh_type_unref);
  g_clear_pointer (&concept->output, sh_type_unref);
  concept->input = input;
  concept->output = output;
}

static void
compile_learned (Graph *self, ShConcept *concept)
{
  const Concept *learned = &self->concepts[self->learned];
  ShScope *scope = self->scope;
  const ShItemNode *algorithm =
      sh_compile_find_item (scope, SH_ITEM_ALGORITHM, "algorithm");
  guint n_errors;

  concept->name = g_strdup (learned->node->name.text);
  concept->reward = concept->terminal = SH_NO_FUNCTION;
  concept->state = concept->action = concept->mask = SH_NO_FUNCTION;
  /* The curriculum speaks of the whole graph: what the simulator gives to it,
   * and what it gives to the simulator. */
  if (self->input != NULL)
    concept->input = sh_type_ref (self->input);
  if (self->concepts[self->output].type != NULL)
    concept->output = sh_type_ref (self->concepts[self->output].type);
  if (algorithm != NULL)
    sh_compile_algorithm (scope, algorithm->value, concept);
  sh_compile_curriculum (scope, learned->curriculum, concept);
  n_errors = scope->diagnostics->n_errors;
  if (self->n == 1 || n_errors > 0)
    return;
  if (concept->mask != SH_NO_FUNCTION &&
      (self->learned != self->output || learned->selected->len > 0))
    sh_diagnostics_error (scope->diagnostics, learned->node->name.span,
                          "a mask needs the learned concept to be the graph's "
                          "output");
  compose (self, concept);
}

/* For people -------------------------------------------------------------- */

static char **
list_names (const Graph *self, const GArray *sources)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < sources->len; i++)
    {
      guint source = g_array_index (sources, guint, i);

      g_ptr_array_add (names, g_strdup (source == SH_GRAPH_INPUT
                                            ? self->node->parameters->name.text
                                            : get_name (self, source)));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static void
describe (const Graph *self, ShProgram *program)
{
  program->n_graph = self->n;
  program->graph = g_new0 (ShGraphConcept, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      const Concept *concept = &self->concepts[i];
      ShGraphConcept *out = &program->graph[i];

      out->name = g_strdup (concept->node->name.text);
      out->kind = concept->programmed != NULL  ? SH_CONCEPT_PROGRAMMED
                  : concept->selected->len > 0 ? SH_CONCEPT_SELECTS
                                               : SH_CONCEPT_LEARNED;
      out->inputs = list_names (self, concept->inputs);
      if (concept->selected->len > 0)
        out->choices = list_names (self, concept->selected);
      if (concept->function != NULL)
        out->function = g_strdup (concept->function->name);
      if (concept->type != NULL)
        out->output = sh_type_ref (concept->type);
    }
}

/* Graphs ------------------------------------------------------------------ */

static void
graph_init (Graph *self, ShScope *scope, const ShGraphNode *node)
{
  const ShConceptNode *concept = node->concepts;

  *self =
      (Graph){ .scope = scope, .node = node, .output = NONE, .learned = NONE };
  for (; concept != NULL && self->n < MAX_CONCEPTS; concept = concept->next)
    self->n++;
  if (concept != NULL)
    sh_diagnostics_error (scope->diagnostics, concept->name.span,
                          "more than %u concepts", MAX_CONCEPTS);
  self->concepts = g_new0 (Concept, self->n);
  concept = node->concepts;
  for (guint i = 0; i < self->n; i++, concept = concept->next)
    self->concepts[i] = (Concept){
      .node = concept,
      .inputs = g_array_new (FALSE, FALSE, sizeof (guint)),
      .selected = g_array_new (FALSE, FALSE, sizeof (guint)),
    };
}

static void
graph_clear (Graph *self)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_array_unref (self->concepts[i].inputs);
      g_array_unref (self->concepts[i].selected);
      g_clear_pointer (&self->concepts[i].type, sh_type_unref);
    }
  g_free (self->concepts);
  g_clear_pointer (&self->input, sh_type_unref);
}

/* Whether what is known of the graph's shape is worth going on with. */
static gboolean
compile_shape (Graph *self)
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
  if (self->output == NONE)
    return FALSE;
  if (self->n > 1 || self->concepts[0].curriculum != NULL ||
      self->scope->diagnostics->n_errors == n_errors)
    check_parts (self);
  return self->learned != NONE;
}

void
sh_compile_graph (ShScope *scope, const ShGraphNode *graph, ShProgram *program)
{
  Graph self;

  if (graph->concepts == NULL)
    {
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
        compile_types (&self, i);
      program->n_concepts = 1;
      program->concepts = g_new0 (ShConcept, 1);
      compile_learned (&self, &program->concepts[0]);
      if (self.n > 1)
        describe (&self, program);
    }
  graph_clear (&self);
}
