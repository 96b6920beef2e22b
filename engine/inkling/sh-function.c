/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Functions and their statements: which variables there are, which have a value
 * where, and whether every path returns.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"
#include "sh-type-private.h"

#include <string.h>

/* The set of functions ---------------------------------------------------- */

static void
clear_variable (gpointer data)
{
  g_free (((ShVariable *) data)->is_read);
}

static void
free_function (gpointer data)
{
  ShFunction *function = data;

  if (function == NULL)
    return;
  g_free (function->label);
  g_array_unref (function->variables);
  g_array_unref (function->code);
  g_array_unref (function->offsets);
  g_ptr_array_unref (function->types);
  g_free (function);
}

ShFunctions *
sh_functions_new (ShScope *scope)
{
  ShFunctions *all = g_new0 (ShFunctions, 1);
  double zero = 0;

  g_return_val_if_fail (scope != NULL, NULL);

  all->scope = scope;
  all->initial = g_array_new (FALSE, FALSE, sizeof (double));
  g_array_append_val (all->initial, zero);
  all->numbers = g_hash_table_new (g_double_hash, g_double_equal);
  all->constants = g_hash_table_new (g_direct_hash, g_direct_equal);
  all->texts = g_hash_table_new (g_str_hash, g_str_equal);
  all->text_list = g_ptr_array_new ();
  all->conversions = g_array_new (FALSE, FALSE, sizeof (ShConversion));
  all->asks = g_array_new (FALSE, FALSE, sizeof (ShAsk));
  all->types = g_ptr_array_new_with_free_func ((GDestroyNotify) sh_type_unref);
  all->done = g_ptr_array_new ();
  all->known = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL,
                                      free_function);
  all->number = sh_compiler_keep (all, sh_type_new_number (SH_NUMBER_FLOAT64));
  all->boolean = sh_compiler_keep (all, sh_type_new_number (SH_NUMBER_BOOL));
  all->text = sh_compiler_keep (all, sh_type_new (SH_TYPE_STRING));
  return all;
}

void
sh_functions_free (ShFunctions *functions)
{
  ShFunctions *all = functions;

  if (all == NULL)
    return;
  g_hash_table_unref (all->known);
  g_ptr_array_unref (all->done);
  g_ptr_array_unref (all->types);
  g_array_unref (all->conversions);
  g_array_unref (all->asks);
  g_ptr_array_unref (all->text_list);
  g_hash_table_unref (all->texts);
  g_hash_table_unref (all->constants);
  g_hash_table_unref (all->numbers);
  g_array_unref (all->initial);
  g_free (all);
}

ShFunction *
sh_function_new (ShSpan span, const char *name, char *label)
{
  ShFunction *function = g_new0 (ShFunction, 1);

  function->info.span = span;
  function->info.name = name;
  function->label = label;
  function->variables = g_array_new (FALSE, TRUE, sizeof (ShVariable));
  g_array_set_clear_func (function->variables, clear_variable);
  function->code = g_array_new (FALSE, FALSE, sizeof (ShInstruction));
  function->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
  function->types = g_ptr_array_new ();
  function->label_at = G_MAXUINT32;
  return function;
}

/* Variables --------------------------------------------------------------- */

/* NULL after an error. */
static ShVariable *
add_variable (ShCompiler *self, const ShName *name, ShType *type)
{
  GArray *variables = self->self->variables;
  ShVariable variable = { .name = *name, .type = type };
  const ShVariable *other = sh_compiler_find_variable (self, name->text);

  if (other != NULL)
    {
      sh_compiler_error (self, name->span,
                         "'%s' is declared already, in line %u", name->text,
                         sh_diagnostics_get_line (self->all->scope->diagnostics,
                                                  other->name.span.offset));
      sh_compiler_hint (self, "a variable belongs to the whole function");
      return NULL;
    }
  if (variables->len >= SH_FUNCTION_MAX_VARIABLES)
    {
      sh_compiler_error (self, name->span, "more than %u variables",
                         SH_FUNCTION_MAX_VARIABLES);
      return NULL;
    }
  if (type != NULL)
    variable.slot =
        sh_compiler_alloc_variable (self, sh_bytecode_count_slots (type));
  g_array_append_val (variables, variable);
  return &g_array_index (variables, ShVariable, variables->len - 1);
}

/* Which variables have a value; one byte each. */
static GByteArray *
get_assigned (ShCompiler *self)
{
  GByteArray *assigned = g_byte_array_new ();

  for (guint i = 0; i < self->self->variables->len; i++)
    {
      guint8 is_assigned =
          g_array_index (self->self->variables, ShVariable, i).is_assigned;

      g_byte_array_append (assigned, &is_assigned, 1);
    }
  return assigned;
}

/* Those that were declared since have none. */
static void
set_assigned (ShCompiler *self, const GByteArray *assigned)
{
  for (guint i = 0; i < self->self->variables->len; i++)
    g_array_index (self->self->variables, ShVariable, i).is_assigned =
        i < assigned->len && assigned->data[i] != 0;
}

/* What is assigned in both stays so. */
static void
join_assigned (GByteArray **joined, GByteArray *assigned)
{
  if (*joined == NULL)
    {
      *joined = assigned;
      return;
    }
  for (guint i = 0; i < (*joined)->len; i++)
    if (i >= assigned->len || assigned->data[i] == 0)
      (*joined)->data[i] = 0;
  g_byte_array_unref (assigned);
}

/* Statements -------------------------------------------------------------- */

static gboolean compile_block (ShCompiler *self, const ShStatementNode *body);

/* The type of a variable that declares none. */
static ShType *
infer_type (ShCompiler *self, const ShValue *value)
{
  ShType *type = sh_compiler_generalise (self, value);

  return type->kind == SH_TYPE_NUMBER && type->n_values == 0 &&
                 type->number != SH_NUMBER_BOOL
             ? self->all->number
             : type;
}

static void
compile_var (ShCompiler *self, const ShStatementNode *node)
{
  ShVariable *variable;
  ShType *type = NULL;
  ShValue value = { 0 };
  guint32 slot;

  if (node->type != NULL)
    type = sh_compiler_keep (self->all,
                             sh_resolve_type (self->all->scope, node->type));
  else if (node->value == NULL)
    {
      sh_compiler_error (self, node->name.span,
                         "'%s' has neither a type nor a value",
                         node->name.text);
      sh_compiler_hint (self, "write it as in var %s = 0", node->name.text);
    }
  else if (sh_compiler_value (self, node->value, &value))
    type = infer_type (self, &value);
  self->self->has_error |= type == NULL;

  if (type == NULL || node->type == NULL || node->value == NULL)
    {
      variable = add_variable (self, &node->name, type);
      if (variable == NULL)
        return;
      variable->is_assigned = node->value != NULL || type == NULL;
      if (value.type != NULL && type != NULL)
        sh_compiler_convert (self, &value, type, variable->slot, FALSE,
                             node->value->span);
      return;
    }
  /* The value cannot speak of the variable: that comes after. */
  slot = sh_compiler_alloc (self, sh_bytecode_count_slots (type));
  sh_compiler_value_to (self, node->value, type, slot);
  variable = add_variable (self, &node->name, type);
  if (variable == NULL)
    return;
  variable->is_assigned = TRUE;
  sh_compiler_copy (self, variable->slot, slot, sh_bytecode_count_slots (type));
}

static void
compile_return (ShCompiler *self, const ShStatementNode *node)
{
  ShFunction *function = self->self;
  ShValue value;

  if (function->masked != NULL)
    sh_compiler_mask (self, node->value);
  else if (function->info.result == NULL)
    {
      if (!sh_compiler_value (self, node->value, &value))
        return;
      function->info.result = sh_compiler_generalise (self, &value);
      /* A later return may be of any number. */
      if (function->info.result->kind == SH_TYPE_NUMBER &&
          function->info.result->n_values == 0 &&
          function->info.result->number != SH_NUMBER_BOOL)
        function->info.result = self->all->number;
      function->result_slot = sh_compiler_alloc_variable (
          self, sh_bytecode_count_slots (function->info.result));
      sh_compiler_convert (self, &value, function->info.result,
                           function->result_slot, FALSE, node->value->span);
    }
  else if (function->is_inferred &&
           function->info.result->kind == SH_TYPE_NUMBER)
    {
      if (!sh_compiler_number_value (self, node->value,
                                     "the result of this function", &value))
        return;
      if (!sh_type_equivalent (value.type, function->info.result))
        function->info.result = self->all->number;
      sh_compiler_copy (self, function->result_slot, value.slot, 1);
    }
  else
    sh_compiler_value_to (self, node->value, function->info.result,
                          function->result_slot);
  sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_RETURN });
}

/* Whether control may come out at the end of an `if`. */
static gboolean
compile_if (ShCompiler *self, const ShStatementNode *node)
{
  g_autoptr (GArray) exits = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GByteArray) before = get_assigned (self);
  g_autoptr (GByteArray) after = NULL;
  gboolean goes_on = FALSE, comes_out;

  for (const ShBranchNode *branch = node->branches; branch != NULL;
       branch = branch->next)
    {
      gboolean is_last = branch->next == NULL && !node->has_otherwise;
      guint32 skip, leave;
      ShValue condition = { .slot = SH_SLOT_ZERO };

      self->self->top = 0;
      sh_compiler_number_value (self, branch->condition, "a condition",
                                &condition);
      skip = sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_JUMP_UNLESS,
                                                      .a = condition.slot });
      comes_out = compile_block (self, branch->body);
      if (comes_out)
        {
          goes_on = TRUE;
          join_assigned (&after, get_assigned (self));
          if (!is_last)
            {
              leave =
                  sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_JUMP });
              g_array_append_val (exits, leave);
            }
        }
      sh_compiler_land (self, skip);
      set_assigned (self, before);
    }
  if (node->has_otherwise)
    comes_out = compile_block (self, node->otherwise);
  else
    comes_out = TRUE;
  if (comes_out)
    join_assigned (&after, get_assigned (self));
  for (guint i = 0; i < exits->len; i++)
    sh_compiler_land (self, g_array_index (exits, guint32, i));
  if (after != NULL)
    set_assigned (self, after);
  return goes_on || comes_out;
}

/* Whether control may come out at the end. */
static gboolean
compile_block (ShCompiler *self, const ShStatementNode *body)
{
  gboolean goes_on = TRUE, is_told = FALSE;

  if (!sh_scope_enter (self->all->scope, self->self->info.span))
    {
      self->self->has_error = TRUE;
      return TRUE;
    }
  for (const ShStatementNode *node = body;
       node != NULL && !sh_diagnostics_is_full (self->all->scope->diagnostics);
       node = node->next)
    {
      if (!goes_on && !is_told)
        {
          sh_diagnostics_warning (self->all->scope->diagnostics, node->span,
                                  "this is never reached");
          is_told = TRUE;
        }
      self->self->top = 0;
      self->self->offset = node->span.offset;
      switch (node->kind)
        {
        case SH_STATEMENT_VAR:
          compile_var (self, node);
          break;
        case SH_STATEMENT_ASSIGN:
          if (!sh_compiler_assign (self, node->target, node->value))
            self->self->has_error = TRUE;
          break;
        case SH_STATEMENT_IF:
          goes_on = compile_if (self, node) && goes_on;
          break;
        case SH_STATEMENT_RETURN:
        default:
          compile_return (self, node);
          goes_on = FALSE;
          break;
        }
    }
  sh_scope_leave (self->all->scope);
  return goes_on;
}

/* Functions --------------------------------------------------------------- */

static void
compile_parameters (ShCompiler *self, const ShFieldNode *parameters)
{
  ShFunction *function = self->self;

  function->info.parameters = parameters;
  for (const ShFieldNode *node = parameters; node != NULL; node = node->next)
    {
      ShType *type = sh_compiler_keep (
          self->all, sh_resolve_type (self->all->scope, node->type));
      ShVariable *variable = add_variable (self, &node->name, type);

      function->has_error |= type == NULL;
      if (variable == NULL)
        continue;
      variable->is_assigned = TRUE;
      variable->is_used = TRUE;
      if (type != NULL)
        variable->is_read = g_new0 (gboolean, MAX (type->n_fields, 1));
      g_ptr_array_add (function->types, type);
    }
  function->info.n_parameters = function->types->len;
  function->info.types = (ShType *const *) function->types->pdata;
}

static void
warn_unused (ShCompiler *self)
{
  for (guint i = 0; i < self->self->variables->len; i++)
    {
      const ShVariable *variable =
          &g_array_index (self->self->variables, ShVariable, i);

      if (!variable->is_used && variable->type != NULL)
        sh_diagnostics_warning (
            self->all->scope->diagnostics, variable->name.span,
            "the variable '%s' is never used", variable->name.text);
    }
}

gboolean
sh_function_finish (ShCompiler *self)
{
  ShFunction *function = self->self;

  /* Too many errors elsewhere end a function early. */
  function->has_error |= function->info.result == NULL;
  if (function->has_error)
    return FALSE;
  if (function->n_steps > SH_BYTECODE_MAX_STEPS)
    sh_compiler_error (self, function->info.span,
                       "the function takes more than %u steps with those that "
                       "it calls",
                       SH_BYTECODE_MAX_STEPS);
  else if (function->n_calls > SH_BYTECODE_MAX_CALLS)
    sh_compiler_error (self, function->info.span,
                       "more than %u functions call one another here",
                       SH_BYTECODE_MAX_CALLS);
  if (function->has_error)
    return FALSE;
  warn_unused (self);
  function->info.index = self->all->done->len;
  g_ptr_array_add (self->all->done, function);
  return TRUE;
}

/* What stands for a function that is being compiled, or in which there was an
 * error. */
static const ShFunctionInfo *
get_known (ShFunctions *all, gconstpointer node, gboolean *is_known)
{
  gpointer found;
  const ShFunction *function;

  *is_known = g_hash_table_lookup_extended (all->known, node, NULL, &found);
  function = *is_known ? found : NULL;
  return function != NULL && !function->has_error ? &function->info : NULL;
}

/* How many values there are to be masked in all. */
static guint
count_masked (const ShType *type)
{
  guint n = 0;

  for (guint i = 0; i < type->n_fields; i++)
    if (type->fields[i].type->constraint == SH_CONSTRAINT_NOMINAL)
      n += type->fields[i].type->n_values;
  return n;
}

/* What a mask function declares is what it constrains. */
static ShType *
resolve_mask (ShCompiler *self, const ShFunctionNode *node)
{
  ShFunction *function = self->self;
  ShScope *scope = self->all->scope;
  guint n = count_masked (function->masked);

  if (node->result != NULL)
    {
      ShType *declared =
          sh_compiler_keep (self->all, sh_resolve_type (scope, node->result));

      if (declared == NULL)
        return NULL;
      if (!sh_type_equivalent (declared, function->masked))
        {
          sh_compiler_error (self, node->result->span,
                             "a mask function constrains the concept's output");
          return NULL;
        }
    }
  if (n == 0)
    {
      sh_compiler_error (self, node->span,
                         "the concept's output has no field with named values "
                         "to mask");
      sh_compiler_hint (self, "name them, as in number<Left = 0, Right = 1>");
      return NULL;
    }
  return sh_compiler_keep (
      self->all, sh_resolve_make_array (scope, sh_type_ref (self->all->number),
                                        n, node->span));
}

static void
compile_body (ShCompiler *self, const ShFunctionNode *node)
{
  ShFunction *function = self->self;

  compile_parameters (self, node->parameters);
  function->is_inferred = node->result == NULL && function->masked == NULL;
  if (node->is_dynamic && function->masked == NULL)
    {
      /* A curriculum in error may be what makes it one. */
      if (!self->all->scope->lacks_masks)
        sh_compiler_error (self, node->result->span,
                           "'Type.DynamicType' is what a mask function "
                           "returns");
    }
  else if (function->masked != NULL)
    function->info.result = resolve_mask (self, node);
  else if (node->result != NULL)
    function->info.result = sh_compiler_keep (
        self->all, sh_resolve_type (self->all->scope, node->result));
  if (function->info.result != NULL)
    function->result_slot = sh_compiler_alloc_variable (
        self, sh_bytecode_count_slots (function->info.result));
  else if (!function->is_inferred)
    function->has_error = TRUE;
  /* Its errors would only follow from those of the head. */
  if (function->has_error)
    return;
  if (compile_block (self, node->body) && !function->has_error)
    {
      sh_compiler_error (self, node->end,
                         "the function may end here without a result");
      sh_compiler_hint (self, "every path ends with 'return'");
    }
}

static const ShFunctionInfo *
compile_function (ShFunctions *all,
                  const ShFunctionNode *node,
                  ShType *masked,
                  const char *what)
{
  const ShFunctionInfo *info;
  ShFunction *function;
  ShCompiler self;
  gboolean is_known;
  guint depth;

  info = get_known (all, node, &is_known);
  if (is_known)
    return info;
  if (!sh_scope_enter (all->scope, node->span))
    return NULL;
  g_hash_table_insert (all->known, (gpointer) node, NULL);
  function = sh_function_new (
      node->span, node->name.text,
      node->name.text != NULL
          ? g_strdup_printf ("in function '%s'", node->name.text)
          : g_strdup_printf ("in the %s function", what));
  function->masked = masked;
  self = (ShCompiler){ .all = all, .self = function };
  depth = all->scope->depth;
  compile_body (&self, node);
  g_assert (all->scope->depth == depth);
  sh_scope_leave (all->scope);
  g_hash_table_insert (all->known, (gpointer) node, function);
  return sh_function_finish (&self) ? &function->info : NULL;
}

const ShFunctionInfo *
sh_functions_compile (ShFunctions *functions,
                      const ShFunctionNode *node,
                      const char *what)
{
  g_return_val_if_fail (functions != NULL && node != NULL, NULL);

  return compile_function (functions, node, NULL, what);
}

const ShFunctionInfo *
sh_functions_compile_mask (ShFunctions *functions,
                           const ShFunctionNode *node,
                           ShType *output)
{
  const ShFunctionInfo *info;
  const ShFunction *function;

  g_return_val_if_fail (functions != NULL && node != NULL, NULL);
  g_return_val_if_fail (output != NULL, NULL);

  info = compile_function (functions, node, output, "mask");
  if (info == NULL)
    return NULL;
  /* It may be known by another use. */
  function = functions->done->pdata[info->index];
  if (function->masked != NULL && sh_type_equivalent (function->masked, output))
    return info;
  sh_diagnostics_error (functions->scope->diagnostics, info->span,
                        "a mask function returns a constraint of the concept's "
                        "output, and has no other use");
  return NULL;
}

const ShFunctionNode *
sh_functions_find_node (ShFunctions *functions, const ShName *name)
{
  ShScope *scope = functions->scope;
  const ShSymbol *symbol = sh_scope_find (scope, name->text);
  gpointer found;

  if (symbol == NULL || symbol->item->kind != SH_ITEM_FUNCTION)
    {
      sh_scope_refuse (scope, name, SH_ITEM_FUNCTION);
      return NULL;
    }
  if (g_hash_table_lookup_extended (functions->known, symbol->item->function,
                                    NULL, &found) &&
      found == NULL)
    {
      sh_diagnostics_error (scope->diagnostics, name->span,
                            "the function '%s' calls itself", name->text);
      sh_diagnostics_hint (scope->diagnostics, "Inkling has no recursion");
      return NULL;
    }
  return symbol->item->function;
}

const ShFunctionInfo *
sh_functions_find (ShFunctions *functions, const ShName *name)
{
  const ShFunctionNode *node = sh_functions_find_node (functions, name);

  return node != NULL ? compile_function (functions, node, NULL, name->text)
                      : NULL;
}

const ShFunctionInfo *
sh_functions_compile_expression (ShFunctions *functions,
                                 const char *name,
                                 const ShFieldNode *parameters,
                                 const ShExprNode *value)
{
  ShFunctions *all = functions;
  ShFunction *function = sh_function_new (value->span, NULL, g_strdup (name));
  ShCompiler self = { .all = all, .self = function };
  ShStatementNode statement = { .kind = SH_STATEMENT_RETURN,
                                .span = value->span,
                                .value = (ShExprNode *) value };

  g_hash_table_insert (all->known, (gpointer) value, function);
  function->is_inferred = TRUE;
  compile_parameters (&self, parameters);
  if (!function->has_error)
    compile_block (&self, &statement);
  return sh_function_finish (&self) ? &function->info : NULL;
}
