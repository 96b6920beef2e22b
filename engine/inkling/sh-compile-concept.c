/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The concepts of a graph whose shape is known: types of outputs, functions of
 * those that are programmed, curricula of those that are learned. While one is
 * learned the others become a part of what stands between the simulator and it:
 * those that are programmed, and those that have been learned before.
 */

#include "sh-compile-graph-private.h"

#include "sh-check.h"
#include "sh-resolve.h"
#include "sh-type-private.h"

#include <string.h>

/* Types ------------------------------------------------------------------- */

/* The type of the graph's output is that of one concept; which one is not known
 * where others could not be read, unless it says so. */
static gboolean
check_graph_type (ShGraph *self, const ShConceptNode *node, ShType *type)
{
  g_autoptr (ShType) theirs = NULL;
  const ShTypeNode *place = node->type != NULL ? node->type : self->node->type;

  if (self->node->type == NULL || place == self->node->type ||
      (self->scope->lacks_parts && !node->is_output))
    return TRUE;
  theirs = sh_resolve_type (self->scope, self->node->type);
  return theirs == NULL ||
         sh_check_equivalent (self->scope, type, "the concept's output", theirs,
                              "the graph's output", place->span);
}

/* The concept's own type, or the graph's where it says none. */
static ShType *
compile_output (ShGraph *self, const ShGraphPart *concept, gboolean is_output)
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
      if (scope->lacks_parts)
        return NULL;
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

/* Programmed concepts ----------------------------------------------------- */

gboolean
sh_graph_check_parameter (ShGraph *self,
                          guint source,
                          const ShFunctionInfo *function,
                          guint index)
{
  const ShFieldNode *parameter = function->parameters;
  ShType *type =
      source == SH_GRAPH_INPUT ? self->input : self->concepts[source].type;
  g_autofree char *whole =
      source == SH_GRAPH_INPUT
          ? g_strdup ("the graph's input")
          : g_strdup_printf ("the output of '%s'",
                             sh_graph_get_name (self, source));
  g_autofree char *target = NULL;

  for (guint i = 0; i < index; i++)
    parameter = parameter->next;
  target = g_strdup_printf ("the parameter '%s'", parameter->name.text);
  return type == NULL ||
         sh_check_cast (self->scope, type, function->types[index],
                        &(ShCheckParties){ whole,
                                           source == SH_GRAPH_INPUT
                                               ? "the graph's"
                                               : "the concept's",
                                           target, "that of the parameter" },
                        parameter->type->span);
}

static gboolean
check_result (ShGraph *self, const ShGraphPart *concept)
{
  const ShCheckParties parties = { "the function's result", "the function's",
                                   "the concept's output", "the concept's" };

  return sh_check_cast (self->scope, concept->function->result, concept->type,
                        &parties, concept->function->span);
}

static void
compile_programmed (ShGraph *self, ShGraphPart *concept)
{
  ShScope *scope = self->scope;
  const ShFunctionInfo *function =
      sh_compile_function (scope, concept->programmed, "programmed");

  if (function == NULL)
    return;
  if (function->n_parameters != concept->n_named)
    {
      if (scope->lacks_parts)
        return;
      sh_diagnostics_error (scope->diagnostics, function->span,
                            "the function takes %u argument%s, the concept "
                            "'%s' has %u input%s",
                            function->n_parameters,
                            function->n_parameters == 1 ? "" : "s",
                            concept->node->name.text, concept->n_named,
                            concept->n_named == 1 ? "" : "s");
      return;
    }
  for (guint i = 0; i < function->n_parameters; i++)
    if (!sh_graph_check_parameter (
            self, g_array_index (concept->inputs, guint, i), function, i))
      return;
  concept->function = function;
}

/* Outputs first of those whose outputs are inputs. */
void
sh_graph_compile_types (ShGraph *self, guint index)
{
  ShGraphPart *concept = &self->concepts[index];

  if (concept->type != NULL || concept->is_visited)
    return;
  concept->is_visited = TRUE;
  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);

      if (source != SH_GRAPH_INPUT)
        sh_graph_compile_types (self, source);
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

/* The types of the inputs that it sees: one as it is, several side by side. */
static ShType *
join_inputs (ShGraph *self, const ShGraphPart *concept)
{
  g_autoptr (GArray) fields = sh_resolve_new_fields ();
  ShType *only = NULL;
  guint n = 0;

  for (guint i = 0; i < concept->inputs->len; i++)
    {
      guint source = g_array_index (concept->inputs, guint, i);
      const char *name = source == SH_GRAPH_INPUT
                             ? self->node->parameters->name.text
                             : sh_graph_get_name (self, source);
      ShType *type =
          source == SH_GRAPH_INPUT ? self->input : self->concepts[source].type;

      if (!sh_graph_sees (concept, i))
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
  return sh_resolve_make_struct (self->scope, fields, concept->node->name.span);
}

/* What one that selects learns to give: the place of a concept. */
static ShType *
make_choice (ShGraph *self, const ShGraphPart *concept)
{
  g_autofree ShEnumValue *values = g_new0 (ShEnumValue, concept->selected->len);
  g_autoptr (GArray) fields = sh_resolve_new_fields ();
  ShType *type = sh_type_new_number (SH_NUMBER_INT32);

  for (guint i = 0; i < concept->selected->len; i++)
    {
      values[i].name = (char *) sh_graph_get_name (
          self, g_array_index (concept->selected, guint, i));
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
sees_input (const ShGraphPart *concept)
{
  for (guint i = 0; i < concept->n_named; i++)
    if (sh_graph_sees (concept, i) !=
        (g_array_index (concept->inputs, guint, i) == SH_GRAPH_INPUT))
      return FALSE;
  return sh_graph_takes (concept, SH_GRAPH_INPUT);
}

static void
fill_plan (ShGraph *self, const ShConcept *concept, ShGraphPlan *plan)
{
  const ShFunctions *functions = self->scope->functions;

  *plan = (ShGraphPlan){
    .span = self->node->span,
    .input = self->input,
    .n_steps = self->n,
    .steps = sh_pool_new_items (self->scope->pool, ShGraphStep, self->n),
    .learned = self->learned,
    .output = self->driven,
  };
  if (concept->state != SH_NO_FUNCTION)
    plan->state = sh_functions_get (functions, concept->state);
  if (concept->action != SH_NO_FUNCTION)
    plan->action = sh_functions_get (functions, concept->action);
  for (guint i = 0; i < self->n; i++)
    {
      const ShGraphPart *step = &self->concepts[i];
      ShGraphStep *out = &plan->steps[i];

      out->function = step->function;
      out->type = step->type;
      out->ask = step->ask;
      out->n_choices = step->selected->len;
      out->choices = (guint *) step->selected->data;
      out->n_masked = step->n_masked;
      out->n_masks = step->masks->len;
      out->masks = (const ShGraphMask *) step->masks->data;
      out->inputs = sh_pool_new_items (self->scope->pool, guint,
                                       MAX (step->inputs->len, 1));
      for (guint j = 0; j < step->inputs->len; j++)
        if (sh_graph_sees (step, j))
          out->inputs[out->n_inputs++] = g_array_index (step->inputs, guint, j);
    }
}

/* Masks speak of the graph's input. Where that is the state as it is, and there is
 * but one, there is nothing to put around it. */
static void
compose_mask (ShGraph *self, const ShGraphPlan *plan, ShConcept *concept)
{
  const ShGraphPart *learned = &self->concepts[self->learned];
  const ShFunctionInfo *function;

  if (learned->masks->len == 0)
    return;
  function = g_array_index (learned->masks, ShGraphMask, 0).function;
  if (learned->selected->len > 0 || plan->state != NULL)
    function = sh_functions_compose_mask (self->scope->functions, plan);
  concept->mask = function != NULL ? function->index : SH_NO_FUNCTION;
}

/* Puts the other concepts around the learned one. */
static void
compose (ShGraph *self, const ShGraphPlan *plan, ShConcept *concept)
{
  ShGraphPart *learned = &self->concepts[self->learned];
  ShFunctions *functions = self->scope->functions;
  const ShFunctionInfo *function;

  learned->seen = join_inputs (self, learned);
  if (learned->seen != NULL && learned->decided != NULL)
    {
      if (!sees_input (learned))
        {
          function =
              sh_functions_compose_input (functions, plan, learned->seen);
          concept->state = function != NULL ? function->index : SH_NO_FUNCTION;
        }
      if (self->learned != self->driven || learned->selected->len > 0)
        {
          function =
              sh_functions_compose_output (functions, plan, learned->decided);
          concept->action = function != NULL ? function->index : SH_NO_FUNCTION;
        }
      if (self->order->len > 1)
        learned->ask = sh_functions_add_ask (
            functions, learned->seen, learned->decided, learned->n_masked);
    }
  g_clear_pointer (&concept->input, sh_type_unref);
  g_clear_pointer (&concept->output, sh_type_unref);
  if (learned->seen != NULL)
    concept->input = sh_type_ref (learned->seen);
  if (learned->decided != NULL)
    concept->output = sh_type_ref (learned->decided);
}

static void
check_algorithm (ShGraph *self,
                 const ShItemNode *general,
                 const ShConcept *concept)
{
  const ShGraphPart *learned = &self->concepts[self->learned];
  const ShClauseNode *clause = learned->curriculum->clauses;

  while (clause != NULL && clause->kind != SH_CLAUSE_ALGORITHM)
    clause = clause->next;
  if (learned->decided != NULL)
    sh_compile_check_algorithm (
        self->scope, clause != NULL ? clause->record : NULL,
        general != NULL ? general->value : NULL, concept, learned->decided,
        learned->selected->len > 0);
}

/* Whether the concept that is trained last has an action function that takes what
 * the concept gives rather than what the graph does. */
static gboolean
has_own_action (ShGraph *self)
{
  const ShGraphPart *learned = &self->concepts[self->learned];
  const ShType *driven = self->concepts[self->driven].type;
  const ShFunctionInfo *function = NULL;

  if (driven == NULL || learned->type == NULL ||
      sh_type_equivalent (driven, learned->type))
    return FALSE;
  for (const ShClauseNode *clause = learned->curriculum->clauses;
       clause != NULL && function == NULL; clause = clause->next)
    if (clause->kind == SH_CLAUSE_ACTION)
      function = sh_compile_function (self->scope, clause, "action");
  return function != NULL && function->n_parameters > 0 &&
         sh_type_equivalent (function->types[0], learned->type);
}

/* The whole graph gives the simulator its action, so that a function that made one
 * of the concept's own output has nothing to do. */
static void
drop_action (ShGraph *self, ShConcept *concept)
{
  const ShGraphPart *driven = &self->concepts[self->driven];

  sh_diagnostics_warning (self->scope->diagnostics,
                          self->concepts[self->learned].node->name.span,
                          "'%s' is trained last, with the whole graph: its "
                          "action function is not used",
                          concept->name);
  concept->action = SH_NO_FUNCTION;
  if (concept->source.action != NULL)
    sh_check_equivalent (self->scope, driven->type, "the graph's output",
                         concept->source.action, "the simulator's action",
                         driven->node->name.span);
}

void
sh_graph_compile_learned (ShGraph *self,
                          const ShItemNode *algorithm,
                          ShConcept *concept)
{
  ShGraphPart *learned = &self->concepts[self->learned];
  ShScope *scope = self->scope;
  const gboolean has_own = has_own_action (self);
  ShType *output = has_own ? learned->type : self->concepts[self->driven].type;
  ShGraphPlan plan;

  concept->name = g_strdup (learned->node->name.text);
  concept->reward = concept->terminal = SH_NO_FUNCTION;
  concept->state = concept->action = concept->mask = SH_NO_FUNCTION;
  /* The curriculum speaks of the graph up to what is driven: what the simulator
   * gives to it, and what it gives to the simulator. */
  if (self->input != NULL)
    concept->input = sh_type_ref (self->input);
  if (output != NULL)
    concept->output = sh_type_ref (output);
  if (algorithm != NULL)
    sh_compile_algorithm (scope, algorithm->value, concept);
  sh_compile_curriculum (scope, learned->curriculum, concept);
  if (has_own)
    drop_action (self, concept);
  if (learned->selected->len > 0)
    learned->decided = make_choice (self, learned);
  else if (learned->type != NULL)
    learned->decided = sh_type_ref (learned->type);
  sh_graph_compile_masks (self);
  check_algorithm (self, algorithm, concept);
  if (scope->diagnostics->n_errors > 0)
    return;
  fill_plan (self, concept, &plan);
  compose_mask (self, &plan, concept);
  if (self->n > 1)
    compose (self, &plan, concept);
}

/* For people -------------------------------------------------------------- */

static char **
list_names (const ShGraph *self, const GArray *sources, guint n)
{
  GPtrArray *names = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      guint source = g_array_index (sources, guint, i);

      g_ptr_array_add (names,
                       g_strdup (source == SH_GRAPH_INPUT
                                     ? self->node->parameters->name.text
                                     : sh_graph_get_name (self, source)));
    }
  g_ptr_array_add (names, NULL);
  return (char **) g_ptr_array_free (names, FALSE);
}

static char **
list_masked (const ShGraph *self, const ShGraphPart *concept)
{
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < concept->selected->len; i++)
    {
      const ShClauseNode *selection = concept->selections->pdata[i];

      if (selection->clauses != NULL)
        g_array_append_val (sources,
                            g_array_index (concept->selected, guint, i));
    }
  return list_names (self, sources, sources->len);
}

void
sh_graph_describe (const ShGraph *self, ShProgram *program)
{
  program->n_graph = self->n;
  program->graph = g_new0 (ShGraphConcept, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      const ShGraphPart *concept = &self->concepts[i];
      ShGraphConcept *out = &program->graph[i];

      out->name = g_strdup (concept->node->name.text);
      out->kind = concept->programmed != NULL  ? SH_CONCEPT_PROGRAMMED
                  : concept->selected->len > 0 ? SH_CONCEPT_SELECTS
                                               : SH_CONCEPT_LEARNED;
      for (guint j = 0; j < self->order->len; j++)
        if (g_array_index (self->order, guint, j) == i)
          out->order = j + 1;
      out->inputs = list_names (self, concept->inputs, concept->n_named);
      if (concept->selected->len > 0)
        {
          out->choices =
              list_names (self, concept->selected, concept->selected->len);
          out->masked = list_masked (self, concept);
        }
      if (concept->function != NULL)
        out->function = g_strdup (concept->function->name);
      if (concept->type != NULL)
        out->output = sh_type_ref (concept->type);
    }
}
