/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Expressions in functions. What is known beforehand is worked out here, with
 * the same arithmetic as constants are.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

static gboolean
is_name (const ShExprNode *node, const char *text)
{
  return node->kind == SH_EXPR_NAME && strcmp (node->name.text, text) == 0;
}

static void
set_number (ShCompiler *self, double number, ShType *type, ShValue *value)
{
  *value = (ShValue){ .type = type,
                      .slot = sh_compiler_number (self->all, number),
                      .is_constant = TRUE,
                      .number = number + 0.0 };
}

ShType *
sh_compiler_generalise (ShCompiler *self, const ShValue *value)
{
  if (value->is_constant && value->type->n_values == 0 &&
      value->type != self->all->boolean)
    return self->all->number;
  return value->type;
}

gboolean
sh_compiler_number_value (ShCompiler *self,
                          const ShExprNode *node,
                          const char *what,
                          ShValue *value)
{
  g_autofree char *found = NULL;

  if (!sh_compiler_value (self, node, value))
    return FALSE;
  if (value->type->kind == SH_TYPE_NUMBER)
    return TRUE;
  found = sh_resolve_describe (value->type);
  sh_compiler_error (self, node->span, "%s is a number, not %s", what, found);
  return FALSE;
}

/* Names ------------------------------------------------------------------- */

static gboolean
refuse_name (ShCompiler *self, const ShName *name)
{
  ShScope *scope = self->all->scope;
  ShSuggestion suggestion;
  const char *near;

  self->self->has_error = TRUE;
  if (sh_scope_find (scope, name->text) != NULL)
    {
      sh_scope_refuse_variable (scope, name);
      return FALSE;
    }
  if (!sh_scope_misses (scope, name->text))
    return FALSE;
  sh_compiler_error (self, name->span, "there is no variable or constant '%s'",
                     name->text);
  if (!sh_diagnostics_wants_hint (scope->diagnostics))
    return FALSE;
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; i < self->self->variables->len; i++)
    sh_suggestion_offer (
        &suggestion,
        g_array_index (self->self->variables, ShVariable, i).name.text);
  near = sh_scope_find_near (scope, name->text, SH_ITEM_CONST);
  if (near != NULL)
    sh_suggestion_offer (&suggestion, near);
  if (suggestion.best != NULL)
    sh_compiler_hint (self, "did you mean '%s'?", suggestion.best);
  return FALSE;
}

/* What constants know how to work out. */
static gboolean
evaluate_constant (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  const ShConstant *constant = sh_constant_evaluate (self->all->scope, node);

  if (constant != NULL)
    return sh_compiler_constant (self, constant, node->span, value);
  self->self->has_error = TRUE;
  return FALSE;
}

static gboolean
evaluate_name (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  const ShSymbol *symbol;

  if (sh_compiler_find_variable (self, node->name.text) != NULL)
    return sh_compiler_place (self, node, value);
  if (is_name (node, "true") || is_name (node, "false"))
    {
      set_number (self, is_name (node, "true"), self->all->boolean, value);
      return TRUE;
    }
  symbol = sh_scope_find (self->all->scope, node->name.text);
  if (symbol == NULL || symbol->item->kind != SH_ITEM_CONST)
    return refuse_name (self, &node->name);
  return evaluate_constant (self, node, value);
}

static gboolean
evaluate_member (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  ShSymbol *symbol;

  if (!sh_compiler_is_place (self, node) && node->left->kind == SH_EXPR_NAME)
    {
      symbol = sh_scope_find (self->all->scope, node->left->name.text);
      if (symbol == NULL && !is_name (node->left, "Math") &&
          !is_name (node->left, "Goal") && !is_name (node->left, "Number"))
        return refuse_name (self, &node->left->name);
      if (symbol != NULL && symbol->item->kind == SH_ITEM_FUNCTION)
        return refuse_name (self, &node->left->name);
      if (!evaluate_constant (self, node, value))
        return FALSE;
      /* Type.Name is one of the type's. */
      if (symbol != NULL && symbol->item->kind == SH_ITEM_TYPE &&
          symbol->type != NULL)
        value->type = symbol->type;
      return TRUE;
    }
  return sh_compiler_place (self, node, value);
}

/* Calls ------------------------------------------------------------------- */

static guint
count_nodes (const ShExprNode *nodes)
{
  guint n = 0;

  for (; nodes != NULL; nodes = nodes->next)
    n++;
  return n;
}

static gboolean
fold_math (ShCompiler *self,
           const ShMathFunction *function,
           const ShExprNode *node,
           const double *arguments,
           guint n,
           ShValue *value)
{
  double result;
  const char *wrong = sh_math_call (function, arguments, n, &result);

  if (wrong != NULL)
    {
      sh_compiler_error (self, node->span, "%s", wrong);
      return FALSE;
    }
  set_number (self, result, self->all->number, value);
  return TRUE;
}

static gboolean
call_math (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  const ShMathFunction *function =
      sh_math_find_function (node->left->name.text);
  guint n = count_nodes (node->items), i = 0;
  double *known = sh_pool_new_items (self->all->scope->pool, double, n);
  gboolean is_known = TRUE;
  guint32 arguments;

  if (function == NULL || n < function->n_arguments ||
      (n > function->n_arguments && !function->takes_more))
    return evaluate_constant (self, node, value); /* says what is wrong */
  arguments = sh_compiler_alloc (self, n);
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      ShValue argument;

      if (!sh_compiler_number_value (self, item, "an argument of Math",
                                     &argument))
        return FALSE;
      is_known = is_known && argument.is_constant;
      known[i] = argument.number;
      if (n == 1)
        arguments = argument.slot;
      else
        sh_compiler_copy (self, arguments + i, argument.slot, 1);
      i++;
    }
  /* The copies of what is known are left behind: they cost next to nothing. */
  if (is_known)
    return fold_math (self, function, node, known, n, value);
  *value = (ShValue){ .type = self->all->number,
                      .slot = sh_compiler_alloc (self, 1) };
  sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_MATH,
                                           .dst = value->slot,
                                           .a = arguments,
                                           .n = n,
                                           .c = sh_math_get_index (function) });
  return TRUE;
}

/* T(value) */
static gboolean
cast (ShCompiler *self, ShType *type, const ShExprNode *node, ShValue *value)
{
  ShValue from;
  guint32 slot;

  if (type == NULL)
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  if (count_nodes (node->items) != 1)
    {
      sh_compiler_error (self, node->span, "a conversion takes one value");
      return FALSE;
    }
  if (!sh_compiler_value (self, node->items, &from))
    return FALSE;
  slot = sh_compiler_alloc (self, sh_bytecode_count_slots (type));
  if (!sh_compiler_convert (self, &from, type, slot, TRUE, node->items->span))
    return FALSE;
  *value = (ShValue){ .type = type, .slot = slot };
  if (from.is_constant && type->kind == SH_TYPE_NUMBER)
    {
      ShConversion conversion = { .type = type };

      value->is_constant = TRUE;
      value->number = from.number;
      if (type->n_values == 0)
        sh_conversion_apply (&conversion, &value->number);
      value->slot = sh_compiler_number (self->all, value->number);
    }
  return TRUE;
}

static gboolean
call_function (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  const ShFunctionInfo *function =
      sh_functions_find (self->all, &node->left->name);
  guint n = count_nodes (node->items), n_slots = 0, i = 0;
  guint32 arguments;

  if (function == NULL)
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  if (n != function->n_parameters)
    {
      sh_compiler_error (self, node->span, "'%s' takes %u argument%s, not %u",
                         function->name, function->n_parameters,
                         function->n_parameters == 1 ? "" : "s", n);
      return FALSE;
    }
  for (guint j = 0; j < n; j++)
    n_slots += sh_bytecode_count_slots (function->types[j]);
  /* All arguments first: one of them may call the same function. */
  arguments = sh_compiler_alloc (self, n_slots);
  n_slots = 0;
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      if (!sh_compiler_value_to (self, item, function->types[i],
                                 arguments + n_slots))
        return FALSE;
      n_slots += sh_bytecode_count_slots (function->types[i++]);
    }
  sh_compiler_call (self, function, arguments, n_slots, value);
  return TRUE;
}

static gboolean
evaluate_call (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  const ShExprNode *callee = node->left;
  ShScope *scope = self->all->scope;
  ShSymbol *symbol;
  ShNumberKind kind;

  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Math"))
    return call_math (self, node, value);
  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Number") &&
      sh_number_kind_from_string (callee->name.text, &kind))
    return cast (self,
                 sh_compiler_keep (self->all, sh_resolve_number_kind (kind)),
                 node, value);
  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Goal"))
    return evaluate_constant (self, node, value); /* says what is wrong */
  if (callee->kind != SH_EXPR_NAME)
    {
      sh_compiler_error (self, callee->span,
                         "only functions and types can be called");
      return FALSE;
    }
  symbol = sh_scope_find (scope, callee->name.text);
  if (symbol != NULL && symbol->item->kind == SH_ITEM_TYPE)
    return cast (self, sh_resolve_symbol (scope, symbol, callee->span), node,
                 value);
  return call_function (self, node, value);
}

/* Operators --------------------------------------------------------------- */

static gboolean
evaluate_operand (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  *value = (ShValue){ 0 };
  if (sh_compiler_number_value (self, node, "the operand", value))
    return TRUE;
  if (value->type != NULL && value->type->kind == SH_TYPE_STRING)
    sh_compiler_hint (self, "texts are not compared; use named numbers, as in "
                            "number<Slow = 0, Fast = 1>");
  else if (value->type != NULL && value->type->kind == SH_TYPE_ARRAY)
    sh_compiler_hint (self, "name its elements one by one, as in a[0]");
  return FALSE;
}

static gboolean
evaluate_unary (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  ShType *type =
      node->op == SH_OPERATOR_NOT ? self->all->boolean : self->all->number;
  ShValue operand;

  if (!evaluate_operand (self, node->left, &operand))
    return FALSE;
  if (operand.is_constant)
    {
      set_number (self, sh_math_unary (node->op, operand.number), type, value);
      return TRUE;
    }
  *value = (ShValue){ .type = type, .slot = operand.slot };
  if (node->op == SH_OPERATOR_ADD)
    return TRUE;
  value->slot = sh_compiler_alloc (self, 1);
  sh_compiler_emit (self, (ShInstruction){ .op = node->op == SH_OPERATOR_NOT
                                                     ? SH_OP_NOT
                                                     : SH_OP_NEGATE,
                                           .dst = value->slot,
                                           .a = operand.slot });
  return TRUE;
}

/* `and`, `or`: one of the operands; the right one only when it decides. */
static gboolean
evaluate_choice (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  gboolean is_and = node->op == SH_OPERATOR_AND;
  ShType *boolean = self->all->boolean;
  ShValue left, right;
  guint32 slot, jump;

  if (!evaluate_operand (self, node->left, &left))
    return FALSE;
  slot = sh_compiler_alloc (self, 1);
  sh_compiler_emit (
      self,
      (ShInstruction){ .op = SH_OP_COPY, .dst = slot, .a = left.slot, .n = 1 });
  jump = sh_compiler_emit (
      self, (ShInstruction){ .op = is_and ? SH_OP_JUMP_UNLESS : SH_OP_JUMP_IF,
                             .a = slot });
  if (!evaluate_operand (self, node->right, &right))
    return FALSE;
  sh_compiler_emit (
      self, (ShInstruction){
                .op = SH_OP_COPY, .dst = slot, .a = right.slot, .n = 1 });
  sh_compiler_land (self, jump);
  if (left.is_constant && right.is_constant)
    {
      double number;

      sh_math_binary (node->op, left.number, right.number, &number);
      set_number (self, number,
                  left.type == right.type ? left.type : self->all->number,
                  value);
      return TRUE;
    }
  *value = (ShValue){ .type = sh_type_includes (boolean, left.type) &&
                                      sh_type_includes (boolean, right.type)
                                  ? boolean
                                  : self->all->number,
                      .slot = slot };
  return TRUE;
}

static ShOp
get_op (ShOperator op)
{
  switch (op)
    {
    case SH_OPERATOR_ADD:
      return SH_OP_ADD;
    case SH_OPERATOR_SUBTRACT:
      return SH_OP_SUBTRACT;
    case SH_OPERATOR_MULTIPLY:
      return SH_OP_MULTIPLY;
    case SH_OPERATOR_DIVIDE:
      return SH_OP_DIVIDE;
    case SH_OPERATOR_REMAINDER:
      return SH_OP_REMAINDER;
    case SH_OPERATOR_POWER:
      return SH_OP_POWER;
    case SH_OPERATOR_EQUAL:
      return SH_OP_EQUAL;
    case SH_OPERATOR_NOT_EQUAL:
      return SH_OP_NOT_EQUAL;
    case SH_OPERATOR_LESS:
    case SH_OPERATOR_GREATER:
      return SH_OP_LESS;
    case SH_OPERATOR_LESS_EQUAL:
    case SH_OPERATOR_GREATER_EQUAL:
    case SH_OPERATOR_AND:
    case SH_OPERATOR_OR:
    case SH_OPERATOR_NOT:
    default:
      return SH_OP_LESS_EQUAL;
    }
}

static gboolean
evaluate_binary (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  gboolean is_turned =
      node->op == SH_OPERATOR_GREATER || node->op == SH_OPERATOR_GREATER_EQUAL;
  gboolean is_comparison =
      node->op >= SH_OPERATOR_EQUAL && node->op <= SH_OPERATOR_GREATER_EQUAL;
  ShType *type = is_comparison ? self->all->boolean : self->all->number;
  ShValue left, right;
  const char *wrong;
  double number;

  if (node->op == SH_OPERATOR_AND || node->op == SH_OPERATOR_OR)
    return evaluate_choice (self, node, value);
  if (!evaluate_operand (self, node->left, &left) ||
      !evaluate_operand (self, node->right, &right))
    return FALSE;
  if (left.is_constant && right.is_constant)
    {
      wrong = sh_math_binary (node->op, left.number, right.number, &number);
      if (wrong != NULL)
        sh_compiler_error (self, node->span, "%s", wrong);
      else
        set_number (self, number, type, value);
      return wrong == NULL;
    }
  *value = (ShValue){ .type = type, .slot = sh_compiler_alloc (self, 1) };
  sh_compiler_emit (self,
                    (ShInstruction){ .op = get_op (node->op),
                                     .dst = value->slot,
                                     .a = is_turned ? right.slot : left.slot,
                                     .b = is_turned ? left.slot : right.slot });
  return TRUE;
}

/* Literals ---------------------------------------------------------------- */

static gboolean
evaluate_array (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  guint n = count_nodes (node->items), i = 0, n_slots;
  ShValue *values = sh_pool_new_items (self->all->scope->pool, ShValue, n);
  ShType *element = NULL, *type;
  guint32 slot;

  if (n == 0)
    {
      sh_compiler_error (self, node->span, "an array has at least one element");
      return FALSE;
    }
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      if (!sh_compiler_value (self, item, &values[i]))
        return FALSE;
      type = sh_compiler_generalise (self, &values[i]);
      if (element == NULL)
        element = type;
      else if (element->kind == SH_TYPE_NUMBER &&
               type->kind == SH_TYPE_NUMBER &&
               !sh_type_equivalent (element, type))
        element = self->all->number;
      i++;
    }
  type = sh_resolve_make_array (self->all->scope, sh_type_ref (element), n,
                                node->span);
  if (type == NULL)
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  sh_compiler_keep (self->all, type);
  n_slots = sh_bytecode_count_slots (element);
  slot = sh_compiler_alloc (self, n * n_slots);
  i = 0;
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      if (!sh_compiler_convert (self, &values[i], element, slot + i * n_slots,
                                FALSE, item->span))
        return FALSE;
      i++;
    }
  *value = (ShValue){ .type = type, .slot = slot };
  return TRUE;
}

static gboolean
check_unique (ShCompiler *self, const ShExprNode *node)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    if (!g_hash_table_add (seen, (gpointer) member->name.text))
      {
        sh_compiler_error (self, member->name.span, "'%s' is given twice",
                           member->name.text);
        return FALSE;
      }
  return TRUE;
}

static guint
count_members (const ShExprNode *node)
{
  guint n = 0;

  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    n++;
  return n;
}

static gboolean
evaluate_struct (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  guint n = count_members (node), i = 0;
  ShValue *values = sh_pool_new_items (self->all->scope->pool, ShValue, n + 1);
  g_autoptr (GArray) fields = sh_resolve_new_fields ();
  ShType *type;
  guint32 slot;

  if (!check_unique (self, node) ||
      !sh_scope_count (self->all->scope, n, node->span))
    return FALSE;
  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    {
      if (!sh_compiler_value (self, member->value, &values[i]))
        return FALSE;
      type = sh_compiler_generalise (self, &values[i++]);
      sh_resolve_add_field (fields, member->name.text, sh_type_ref (type));
    }
  type = sh_resolve_make_struct (self->all->scope, fields, node->span);
  if (type == NULL)
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  sh_compiler_keep (self->all, type);
  slot = sh_compiler_alloc (self, sh_bytecode_count_slots (type));
  *value = (ShValue){ .type = type, .slot = slot };
  for (i = 0; i < n; i++)
    {
      if (!sh_compiler_convert (self, &values[i], type->fields[i].type, slot,
                                FALSE, node->span))
        return FALSE;
      slot += sh_bytecode_count_slots (type->fields[i].type);
    }
  return TRUE;
}

static const ShMemberNode *
find_member (const ShExprNode *node, const char *name)
{
  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    if (strcmp (member->name.text, name) == 0)
      return member;
  return NULL;
}

/* Fields that the type has not are left out, as they are where a struct becomes a
 * smaller one. They are an error where another field is missing: then one of them
 * is misspelled. */
static gboolean
check_members (ShCompiler *self, const ShExprNode *node, const ShType *type)
{
  const char *name = type->name != NULL ? type->name : "the struct";
  gboolean is_whole = TRUE;

  for (guint i = 0; i < type->n_fields; i++)
    is_whole = is_whole && find_member (node, type->fields[i].name) != NULL;
  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    {
      ShSuggestion suggestion;

      if (sh_type_find_field (type, member->name.text) != NULL)
        continue;
      if (is_whole)
        {
          sh_diagnostics_warning (
              self->all->scope->diagnostics, member->name.span,
              "%s has no field '%s': it is left out", name, member->name.text);
          continue;
        }
      sh_compiler_error (self, member->name.span, "%s has no field '%s'", name,
                         member->name.text);
      sh_suggestion_init (&suggestion, member->name.text);
      for (guint i = 0; i < type->n_fields; i++)
        sh_suggestion_offer (&suggestion, type->fields[i].name);
      if (suggestion.best != NULL)
        sh_compiler_hint (self, "did you mean '%s'?", suggestion.best);
      return FALSE;
    }
  return TRUE;
}

/* A struct literal where its type is known. */
static gboolean
struct_to (ShCompiler *self, const ShExprNode *node, ShType *type, guint32 slot)
{
  if (!check_unique (self, node) || !check_members (self, node, type))
    return FALSE;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const ShTypeField *field = &type->fields[i];
      const ShMemberNode *member = find_member (node, field->name);

      if (member == NULL)
        {
          sh_compiler_error (self, node->span, "the field '%s' is missing",
                             field->name);
          return FALSE;
        }
      if (!sh_compiler_value_to (self, member->value, field->type, slot))
        return FALSE;
      slot += sh_bytecode_count_slots (field->type);
    }
  return TRUE;
}

static gboolean
array_to (ShCompiler *self, const ShExprNode *node, ShType *type, guint32 slot)
{
  guint n = count_nodes (node->items);

  if (n != type->length)
    {
      sh_compiler_error (self, node->span,
                         "%u element%s where there must be %u", n,
                         n == 1 ? "" : "s", type->length);
      return FALSE;
    }
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      if (!sh_compiler_value_to (self, item, type->element, slot))
        return FALSE;
      slot += sh_bytecode_count_slots (type->element);
    }
  return TRUE;
}

static gboolean
evaluate_to (ShCompiler *self,
             const ShExprNode *node,
             ShType *type,
             guint32 slot)
{
  ShValue value;

  if (node->kind == SH_EXPR_STRUCT && type->kind == SH_TYPE_STRUCT)
    return struct_to (self, node, type, slot);
  if (node->kind == SH_EXPR_ARRAY && type->kind == SH_TYPE_ARRAY)
    return array_to (self, node, type, slot);
  return sh_compiler_value (self, node, &value) &&
         sh_compiler_convert (self, &value, type, slot, FALSE, node->span);
}

gboolean
sh_compiler_value_to (ShCompiler *self,
                      const ShExprNode *node,
                      ShType *type,
                      guint32 slot)
{
  gboolean is_right;

  if (!sh_scope_enter (self->all->scope, node->span))
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  is_right = evaluate_to (self, node, type, slot);
  sh_scope_leave (self->all->scope);
  return is_right;
}

static gboolean
evaluate (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  switch (node->kind)
    {
    case SH_EXPR_NUMBER:
      set_number (self, node->number, self->all->number, value);
      return TRUE;
    case SH_EXPR_NAME:
      return evaluate_name (self, node, value);
    case SH_EXPR_MEMBER:
      return evaluate_member (self, node, value);
    case SH_EXPR_INDEX:
      return sh_compiler_place (self, node, value);
    case SH_EXPR_CALL:
      return evaluate_call (self, node, value);
    case SH_EXPR_UNARY:
      return evaluate_unary (self, node, value);
    case SH_EXPR_BINARY:
      return evaluate_binary (self, node, value);
    case SH_EXPR_ARRAY:
      return evaluate_array (self, node, value);
    case SH_EXPR_STRUCT:
      return evaluate_struct (self, node, value);
    case SH_EXPR_STRING:
    case SH_EXPR_CONSTRAINT:
    default:
      return evaluate_constant (self, node, value);
    }
}

gboolean
sh_compiler_value (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  gboolean is_right;

  if (self->self->is_full || !sh_scope_enter (self->all->scope, node->span))
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  self->self->offset = node->span.offset;
  is_right = evaluate (self, node, value);
  sh_scope_leave (self->all->scope);
  self->self->has_error |= !is_right;
  return is_right;
}
