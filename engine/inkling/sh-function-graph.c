/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Concepts that are functions, or have been learned before, joined to functions:
 * one from the simulator's state to what the learned concept sees, one from there
 * to what it may choose, and one from what it chooses to the simulator's action.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"

#include <string.h>

typedef struct
{
  ShCompiler compiler;
  const ShGraphPlan *plan;
  ShValue input; /* the graph's */
  ShValue *values; /* of steps; without a type until worked out */
} Composer;

static gboolean find_value (Composer *self, guint source, ShValue *value);

/* The input of a graph, made of a parameter that is a state. */
static gboolean
make_input (Composer *self, const ShVariable *parameter)
{
  ShCompiler *compiler = &self->compiler;
  const ShFunctionInfo *function = self->plan->state;
  ShType *type = self->plan->input;
  ShValue state = { .type = parameter->type, .slot = parameter->slot };
  ShValue result;

  self->input = state;
  if (function == NULL)
    return TRUE;
  sh_compiler_call (compiler, function, parameter->slot,
                    sh_bytecode_count_slots (parameter->type), &result);
  self->input = (ShValue){
    .type = type,
    .slot = sh_compiler_alloc (compiler, sh_bytecode_count_slots (type)),
  };
  return sh_compiler_convert (compiler, &result, type, self->input.slot, TRUE,
                              compiler->self->info.span);
}

/* Calls a function with these values as its arguments. */
static gboolean
call (Composer *self,
      const ShFunctionInfo *function,
      const guint *sources,
      ShType *type,
      ShValue *value)
{
  ShCompiler *compiler = &self->compiler;
  guint n = 0;
  guint32 arguments;
  ShValue result;

  for (guint i = 0; i < function->n_parameters; i++)
    n += sh_bytecode_count_slots (function->types[i]);
  arguments = sh_compiler_alloc (compiler, n);
  n = 0;
  for (guint i = 0; i < function->n_parameters; i++)
    {
      ShValue argument;

      if (!find_value (self, sources[i], &argument) ||
          !sh_compiler_convert (compiler, &argument, function->types[i],
                                arguments + n, TRUE, function->span))
        return FALSE;
      n += sh_bytecode_count_slots (function->types[i]);
    }
  sh_compiler_call (compiler, function, arguments, n, &result);
  *value = (ShValue){
    .type = type,
    .slot = sh_compiler_alloc (compiler, sh_bytecode_count_slots (type)),
  };
  return sh_compiler_convert (compiler, &result, type, value->slot, TRUE,
                              function->span);
}

/* Works out which choices a concept's masks allow, 1 or 0 for each. */
static gboolean
allow (Composer *self, const ShGraphStep *learned, guint32 slot)
{
  static const guint input = SH_GRAPH_INPUT;
  ShCompiler *compiler = &self->compiler;

  for (guint i = 0; i < learned->n_masked; i++)
    sh_compiler_copy (compiler, slot + i, sh_compiler_number (compiler->all, 1),
                      1);
  for (guint i = 0; i < learned->n_masks; i++)
    {
      const ShGraphMask *mask = &learned->masks[i];
      ShValue told;
      guint32 skip;

      if (!call (self, mask->function, &input, mask->function->result, &told))
        return FALSE;
      for (guint j = 0; j < sh_bytecode_count_slots (told.type); j++)
        {
          skip = sh_compiler_emit (
              compiler,
              (ShInstruction){ .op = SH_OP_JUMP_IF, .a = told.slot + j });
          sh_compiler_copy (compiler, slot + mask->place + j, SH_SLOT_ZERO, 1);
          sh_compiler_land (compiler, skip);
        }
    }
  return TRUE;
}

/* What a concept that is learned sees, one input behind the other. */
static gboolean
join_inputs (Composer *self, const ShGraphStep *learned, guint32 slot)
{
  for (guint i = 0; i < learned->n_inputs; i++)
    {
      ShValue value;
      guint n;

      if (!find_value (self, learned->inputs[i], &value))
        return FALSE;
      n = sh_bytecode_count_slots (value.type);
      sh_compiler_copy (&self->compiler, slot, value.slot, n);
      slot += n;
    }
  return TRUE;
}

/* Of the concepts among which was chosen only one is asked. */
static gboolean
choose (Composer *self, const ShGraphStep *step, guint32 choice, ShValue *value)
{
  const ShGraphPlan *plan = self->plan;
  ShCompiler *compiler = &self->compiler;
  guint n = sh_bytecode_count_slots (step->type);
  g_autofree ShValue *before =
      g_memdup2 (self->values, plan->n_steps * sizeof (ShValue));
  guint32 equal = sh_compiler_alloc (compiler, 1), skip;

  *value =
      (ShValue){ .type = step->type, .slot = sh_compiler_alloc (compiler, n) };
  for (guint i = 0; i < step->n_choices; i++)
    {
      ShValue chosen;

      sh_compiler_emit (compiler,
                        (ShInstruction){
                            .op = SH_OP_EQUAL,
                            .dst = equal,
                            .a = choice,
                            .b = sh_compiler_number (compiler->all, i),
                        });
      skip = sh_compiler_emit (
          compiler, (ShInstruction){ .op = SH_OP_JUMP_UNLESS, .a = equal });
      if (!find_value (self, step->choices[i], &chosen) ||
          !sh_compiler_convert (compiler, &chosen, step->type, value->slot,
                                TRUE, compiler->self->info.span))
        return FALSE;
      sh_compiler_land (compiler, skip);
      /* What was worked out for one choice was not for the next. */
      memcpy (self->values, before, plan->n_steps * sizeof (ShValue));
    }
  return TRUE;
}

/* What a concept that was learned before answers. */
static gboolean
ask (Composer *self, const ShGraphStep *step, ShValue *value)
{
  ShCompiler *compiler = &self->compiler;
  const ShAsk *ask = &g_array_index (compiler->all->asks, ShAsk, step->ask);
  guint n = sh_bytecode_count_slots (ask->input);
  guint n_results = sh_bytecode_count_slots (ask->output);
  guint32 seen = sh_compiler_alloc (compiler, n + ask->n_masked);
  ShValue answer = { .type = ask->output,
                     .slot = sh_compiler_alloc (compiler, n_results) };

  if (!join_inputs (self, step, seen) || !allow (self, step, seen + n))
    return FALSE;
  sh_compiler_emit (compiler, (ShInstruction){ .op = SH_OP_ASK,
                                               .dst = answer.slot,
                                               .a = seen,
                                               .n = n + ask->n_masked,
                                               .b = n_results,
                                               .c = step->ask });
  *value = answer;
  return step->n_choices == 0 || choose (self, step, answer.slot, value);
}

static gboolean
find_value (Composer *self, guint source, ShValue *value)
{
  const ShGraphStep *step;
  ShValue found;

  if (source == SH_GRAPH_INPUT)
    {
      *value = self->input;
      return TRUE;
    }
  /* Choices of choices could go on for long. */
  if (self->compiler.self->is_full)
    return FALSE;
  step = &self->plan->steps[source];
  if (self->values[source].type == NULL)
    {
      g_assert (step->function != NULL || step->ask != SH_GRAPH_INPUT);
      if (step->function != NULL
              ? !call (self, step->function, step->inputs, step->type, &found)
              : !ask (self, step, &found))
        return FALSE;
      /* Not stored before it is whole: a choice may not need itself. */
      self->values[source] = found;
    }
  *value = self->values[source];
  return TRUE;
}

static ShVariable *
add_parameter (Composer *self, const char *name, ShType *type)
{
  ShFunction *function = self->compiler.self;
  ShVariable variable = {
    .name = { .text = name, .span = function->info.span },
    .type = type,
    .is_assigned = TRUE,
    .is_used = TRUE,
    .is_read = g_new0 (gboolean, MAX (type->n_fields, 1)),
    .slot = sh_compiler_alloc_variable (&self->compiler,
                                        sh_bytecode_count_slots (type)),
  };

  for (guint i = 0; i < MAX (type->n_fields, 1); i++)
    variable.is_read[i] = TRUE;
  g_array_append_val (function->variables, variable);
  g_ptr_array_add (function->types, type);
  function->info.n_parameters = function->types->len;
  function->info.types = (ShType *const *) function->types->pdata;
  return &g_array_index (function->variables, ShVariable,
                         function->variables->len - 1);
}

/* The simulator's state, of which is read what the state function reads. */
static ShVariable *
add_state (Composer *self)
{
  const ShFunctionInfo *function = self->plan->state;
  const ShFunction *callee;
  ShVariable *variable;

  if (function == NULL)
    return add_parameter (self, "state", self->plan->input);
  callee = self->compiler.all->done->pdata[function->index];
  variable = add_parameter (self, "state", function->types[0]);
  memcpy (variable->is_read,
          g_array_index (callee->variables, ShVariable, 0).is_read,
          MAX (variable->type->n_fields, 1) * sizeof (gboolean));
  return variable;
}

static void
set_result (Composer *self, ShType *type)
{
  ShFunction *function = self->compiler.self;

  function->info.result = type;
  function->result_slot = sh_compiler_alloc_variable (
      &self->compiler, sh_bytecode_count_slots (type));
}

static void
composer_init (Composer *self,
               ShFunctions *functions,
               const ShGraphPlan *plan,
               const char *label)
{
  ShFunction *function = sh_function_new (plan->span, NULL, g_strdup (label));

  *self = (Composer){
    .compiler = { .all = functions, .self = function },
    .plan = plan,
    .values = g_new0 (ShValue, plan->n_steps + 1),
  };
  /* The place is unlike any in the text: nothing else is known by it. */
  g_hash_table_insert (functions->known, function, function);
}

static const ShFunctionInfo *
composer_finish (Composer *self, gboolean is_right)
{
  ShFunction *function = self->compiler.self;

  sh_compiler_emit (&self->compiler, (ShInstruction){ .op = SH_OP_RETURN });
  g_free (self->values);
  function->has_error |= !is_right;
  return sh_function_finish (&self->compiler) ? &function->info : NULL;
}

const ShFunctionInfo *
sh_functions_compose_input (ShFunctions *functions,
                            const ShGraphPlan *plan,
                            ShType *result)
{
  Composer self;
  gboolean is_right;

  g_return_val_if_fail (functions != NULL && plan != NULL, NULL);
  g_return_val_if_fail (result != NULL, NULL);

  composer_init (&self, functions, plan, SH_GRAPH_LABEL);
  add_state (&self);
  set_result (&self, result);
  is_right = make_input (&self, &g_array_index (self.compiler.self->variables,
                                                ShVariable, 0)) &&
             join_inputs (&self, &plan->steps[plan->learned],
                          self.compiler.self->result_slot);
  return composer_finish (&self, is_right);
}

const ShFunctionInfo *
sh_functions_compose_output (ShFunctions *functions,
                             const ShGraphPlan *plan,
                             ShType *choice)
{
  const ShFunctionInfo *action;
  const ShGraphStep *output, *learned;
  ShValue chosen, value;
  gboolean is_right;
  Composer self;

  g_return_val_if_fail (functions != NULL && plan != NULL, NULL);
  g_return_val_if_fail (choice != NULL, NULL);

  action = plan->action;
  output = &plan->steps[plan->output];
  composer_init (&self, functions, plan, SH_GRAPH_LABEL);
  chosen = (ShValue){ .type = choice,
                      .slot = add_parameter (&self, "output", choice)->slot };
  add_state (&self);
  set_result (&self, action != NULL ? action->result : output->type);
  is_right = make_input (
      &self, &g_array_index (self.compiler.self->variables, ShVariable, 1));
  learned = &plan->steps[plan->learned];
  if (is_right && learned->n_choices > 0)
    {
      /* Not stored before it is whole: a choice may not need itself. */
      ShValue selected;

      is_right = choose (&self, learned, chosen.slot, &selected);
      chosen = selected;
    }
  self.values[plan->learned] = chosen;
  is_right = is_right && find_value (&self, plan->output, &value);
  if (is_right && action != NULL)
    is_right = call (&self, action, &plan->output, action->result, &value);
  if (is_right)
    sh_compiler_copy (&self.compiler, self.compiler.self->result_slot,
                      value.slot, sh_bytecode_count_slots (value.type));
  return composer_finish (&self, is_right);
}

const ShFunctionInfo *
sh_functions_compose_mask (ShFunctions *functions, const ShGraphPlan *plan)
{
  const ShGraphStep *learned;
  gboolean is_right;
  Composer self;

  g_return_val_if_fail (functions != NULL && plan != NULL, NULL);

  learned = &plan->steps[plan->learned];
  composer_init (&self, functions, plan, SH_GRAPH_LABEL);
  add_state (&self);
  set_result (&self,
              sh_compiler_keep (functions, sh_resolve_make_array (
                                               functions->scope,
                                               sh_type_ref (functions->number),
                                               learned->n_masked, plan->span)));
  is_right = make_input (&self, &g_array_index (self.compiler.self->variables,
                                                ShVariable, 0)) &&
             allow (&self, learned, self.compiler.self->result_slot);
  return composer_finish (&self, is_right);
}

guint
sh_functions_add_ask (ShFunctions *functions,
                      ShType *input,
                      ShType *output,
                      guint n_masked)
{
  const ShAsk ask = { input, output, n_masked };

  g_return_val_if_fail (functions != NULL, 0);
  g_return_val_if_fail (input != NULL && output != NULL, 0);

  g_array_append_val (functions->asks, ask);
  return functions->asks->len - 1;
}

const ShFunctionInfo *
sh_functions_get (const ShFunctions *functions, guint index)
{
  g_return_val_if_fail (index < functions->done->len, NULL);

  return &((const ShFunction *) functions->done->pdata[index])->info;
}
