/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Constant evaluation: a walk over the expression. Constants are worked out
 * once; the depth of the walk is limited over all of them together.
 */

#include "sh-constant.h"

#include "sh-math.h"
#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <math.h>
#include <string.h>

/* Fields of a struct that is a value. */
#define MAX_FIELDS 1024u

static ShConstant *
new_value (ShScope *scope, ShConstantKind kind, ShSpan span)
{
  ShConstant *value = sh_pool_new_item (scope->pool, ShConstant);

  value->kind = kind;
  value->span = span;
  return value;
}

static const ShConstant *
new_number (ShScope *scope, double number, ShSpan span)
{
  ShConstant *value = new_value (scope, SH_CONSTANT_NUMBER, span);

  value->number = number + 0.0; /* not -0 */
  return value;
}

/* The same value, found at another place. */
static const ShConstant *
move_value (ShScope *scope, const ShConstant *value, ShSpan span)
{
  ShConstant *copy;

  if (value == NULL)
    return NULL;
  copy = new_value (scope, value->kind, span);
  *copy = *value;
  copy->span = span;
  return copy;
}

const ShConstant *
sh_constant_find (const ShConstant *value, const char *name)
{
  if (value->kind == SH_CONSTANT_STRUCT)
    for (guint i = 0; i < value->n_items; i++)
      if (strcmp (value->names[i].text, name) == 0)
        return value->items[i];
  return NULL;
}

const char *
sh_constant_describe (const ShConstant *value)
{
  switch (value->kind)
    {
    case SH_CONSTANT_NUMBER:
      return "a number";
    case SH_CONSTANT_TEXT:
      return "a text";
    case SH_CONSTANT_ARRAY:
      return "an array";
    case SH_CONSTANT_STRUCT:
    default:
      return "a struct";
    }
}

/* Whether the expression is this one name. */
static gboolean
is_name (const ShExprNode *node, const char *text)
{
  return node->kind == SH_EXPR_NAME && strcmp (node->name.text, text) == 0;
}

const ShConstant *
sh_constant_resolve (ShScope *scope, ShSymbol *symbol, ShSpan span)
{
  const ShItemNode *item = symbol->item;

  if (symbol->state == SH_SYMBOL_DONE)
    return symbol->value;
  if (!sh_scope_begin (scope, symbol, span))
    return NULL;
  symbol->value = sh_constant_evaluate (scope, item->value);
  if (item->type != NULL)
    {
      g_autoptr (ShType) type = sh_resolve_type (scope, item->type);

      if (type == NULL || symbol->value == NULL ||
          !sh_resolve_check_value (scope, type, symbol->value))
        symbol->value = NULL;
    }
  sh_scope_end (scope, symbol);
  return symbol->value;
}

static const ShConstant *
evaluate_name (ShScope *scope, const ShExprNode *node)
{
  ShSymbol *symbol;

  if (is_name (node, "true"))
    return new_number (scope, 1, node->span);
  if (is_name (node, "false"))
    return new_number (scope, 0, node->span);
  symbol = sh_scope_find (scope, node->name.text);
  if (symbol == NULL || symbol->item->kind != SH_ITEM_CONST)
    {
      sh_scope_refuse (scope, &node->name, SH_ITEM_CONST);
      return NULL;
    }
  return move_value (scope, sh_constant_resolve (scope, symbol, node->span),
                     node->span);
}

static void
refuse_math (ShScope *scope, const ShName *name)
{
  ShSuggestion suggestion;
  const char *known;

  sh_diagnostics_error (scope->diagnostics, name->span, "there is no 'Math.%s'",
                        name->text);
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; (known = sh_math_get_name (i)) != NULL; i++)
    sh_suggestion_offer (&suggestion, known);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean 'Math.%s'?",
                         suggestion.best);
}

static const ShConstant *
evaluate_math_constant (ShScope *scope, const ShExprNode *node)
{
  double number;

  if (sh_math_find_constant (node->name.text, &number))
    return new_number (scope, number, node->span);
  if (sh_math_find_function (node->name.text) != NULL)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "'Math.%s' is a function", node->name.text);
      sh_diagnostics_hint (scope->diagnostics, "call it, as in Math.%s(1)",
                           node->name.text);
    }
  else
    refuse_math (scope, &node->name);
  return NULL;
}

/* Type.Name */
static const ShConstant *
evaluate_enum (ShScope *scope, ShSymbol *symbol, const ShExprNode *node)
{
  ShType *type = sh_resolve_symbol (scope, symbol, node->left->span);
  ShSuggestion suggestion;

  if (type == NULL)
    return NULL;
  sh_suggestion_init (&suggestion, node->name.text);
  for (guint i = 0; i < type->n_values; i++)
    {
      const ShEnumValue *value = &type->values[i];

      if (value->name == NULL)
        continue;
      if (strcmp (value->name, node->name.text) == 0)
        return new_number (scope, value->value, node->span);
      sh_suggestion_offer (&suggestion, value->name);
    }
  sh_diagnostics_error (scope->diagnostics, node->name.span,
                        "the type '%s' has no value named '%s'",
                        node->left->name.text, node->name.text);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean '%s.%s'?",
                         node->left->name.text, suggestion.best);
  else if (sh_type_find_field (type, node->name.text) != NULL)
    sh_diagnostics_hint (scope->diagnostics,
                         "give the field a type with a name, as in type Turn "
                         "number<Left = 0, Right = 1>, and write Turn.Left");
  return NULL;
}

static void
refuse_region (ShScope *scope, const ShExprNode *node)
{
  sh_diagnostics_error (scope->diagnostics, node->span,
                        "regions such as 'Goal.%s' belong in goals",
                        node->name.text);
}

static const ShConstant *
evaluate_member (ShScope *scope, const ShExprNode *node)
{
  const ShConstant *object, *field;

  if (node->left->kind == SH_EXPR_NAME)
    {
      ShSymbol *symbol = sh_scope_find (scope, node->left->name.text);

      if (symbol != NULL && symbol->item->kind == SH_ITEM_TYPE)
        return evaluate_enum (scope, symbol, node);
      if (is_name (node->left, "Math"))
        return evaluate_math_constant (scope, node);
      if (is_name (node->left, "Goal"))
        {
          refuse_region (scope, node);
          return NULL;
        }
    }
  object = sh_constant_evaluate (scope, node->left);
  if (object == NULL)
    return NULL;
  field = sh_constant_find (object, node->name.text);
  if (field == NULL)
    sh_diagnostics_error (
        scope->diagnostics, node->name.span, "%s has no field '%s'",
        object->kind == SH_CONSTANT_STRUCT ? "the struct"
                                           : sh_constant_describe (object),
        node->name.text);
  return move_value (scope, field, node->span);
}

static const ShConstant *
evaluate_index (ShScope *scope, const ShExprNode *node)
{
  const ShConstant *object = sh_constant_evaluate (scope, node->left);
  double index;

  if (object == NULL)
    return NULL;
  if (object->kind != SH_CONSTANT_ARRAY)
    {
      sh_diagnostics_error (scope->diagnostics, node->left->span,
                            "%s has no elements",
                            sh_constant_describe (object));
      return NULL;
    }
  if (!sh_constant_integer (scope, node->right, "the index", 0,
                            object->n_items - 1.0, &index))
    return NULL;
  return move_value (scope, object->items[(guint) index], node->span);
}

static guint
count_nodes (const ShExprNode *nodes)
{
  guint n = 0;

  for (; nodes != NULL; nodes = nodes->next)
    n++;
  return n;
}

static const ShConstant *
evaluate_math_call (ShScope *scope, const ShExprNode *node)
{
  const ShMathFunction *function =
      sh_math_find_function (node->left->name.text);
  guint n = count_nodes (node->items), i = 0;
  double *arguments = sh_pool_new_items (scope->pool, double, n);
  double result;
  const char *wrong;

  if (function == NULL)
    {
      refuse_math (scope, &node->left->name);
      return NULL;
    }
  if (n < function->n_arguments ||
      (n > function->n_arguments && !function->takes_more))
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "'Math.%s' takes %u argument%s, not %u",
                            function->name, function->n_arguments,
                            function->n_arguments == 1 ? "" : "s", n);
      return NULL;
    }
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    if (!sh_constant_number (scope, item, &arguments[i++]))
      return NULL;
  wrong = sh_math_call (function, arguments, n, &result);
  if (wrong == NULL)
    return new_number (scope, result, node->span);
  sh_diagnostics_error (scope->diagnostics, node->span, "%s", wrong);
  return NULL;
}

/* T(value): the value, if it is one of T's. */
static const ShConstant *
evaluate_cast (ShScope *scope, ShType *type, const ShExprNode *node)
{
  const ShConstant *value;

  if (type == NULL)
    return NULL;
  if (count_nodes (node->items) != 1)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "a conversion takes one value");
      return NULL;
    }
  value = sh_constant_evaluate (scope, node->items);
  if (value == NULL || !sh_resolve_check_value (scope, type, value))
    return NULL;
  return move_value (scope, value, node->span);
}

static const ShConstant *
evaluate_call (ShScope *scope, const ShExprNode *node)
{
  const ShExprNode *callee = node->left;
  ShSymbol *symbol;
  ShNumberKind kind;

  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Math"))
    return evaluate_math_call (scope, node);
  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Number") &&
      sh_number_kind_from_string (callee->name.text, &kind))
    {
      g_autoptr (ShType) type = sh_resolve_number_kind (kind);

      return evaluate_cast (scope, type, node);
    }
  if (callee->kind == SH_EXPR_MEMBER && is_name (callee->left, "Goal"))
    {
      refuse_region (scope, callee);
      return NULL;
    }
  if (callee->kind == SH_EXPR_NAME)
    {
      symbol = sh_scope_find (scope, callee->name.text);
      if (symbol != NULL && symbol->item->kind == SH_ITEM_TYPE)
        return evaluate_cast (
            scope, sh_resolve_symbol (scope, symbol, callee->span), node);
      if (symbol == NULL || symbol->item->kind != SH_ITEM_FUNCTION)
        {
          sh_scope_refuse (scope, &callee->name, SH_ITEM_FUNCTION);
          return NULL;
        }
    }
  sh_diagnostics_error (scope->diagnostics, node->span,
                        "only functions of Math and types can be called in a "
                        "constant");
  return NULL;
}

static const ShConstant *
evaluate_unary (ShScope *scope, const ShExprNode *node)
{
  double a;

  if (!sh_constant_number (scope, node->left, &a))
    return NULL;
  return new_number (scope, sh_math_unary (node->op, a), node->span);
}

static const ShConstant *
evaluate_binary (ShScope *scope, const ShExprNode *node)
{
  double a, b, result;
  const char *wrong;

  if (!sh_constant_number (scope, node->left, &a) ||
      !sh_constant_number (scope, node->right, &b))
    return NULL;
  wrong = sh_math_binary (node->op, a, b, &result);
  if (wrong == NULL)
    return new_number (scope, result, node->span);
  sh_diagnostics_error (scope->diagnostics, node->span, "%s", wrong);
  return NULL;
}

static const ShConstant *
evaluate_array (ShScope *scope, const ShExprNode *node)
{
  ShConstant *value = new_value (scope, SH_CONSTANT_ARRAY, node->span);
  guint i = 0;

  value->n_items = count_nodes (node->items);
  if (value->n_items == 0)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "an array has at least one element");
      return NULL;
    }
  value->items =
      sh_pool_new_items (scope->pool, const ShConstant *, value->n_items);
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      value->items[i] = sh_constant_evaluate (scope, item);
      if (value->items[i] == NULL)
        return NULL;
      if (value->items[i]->kind != value->items[0]->kind)
        {
          sh_diagnostics_error (scope->diagnostics, item->span,
                                "%s among elements of which the first is %s",
                                sh_constant_describe (value->items[i]),
                                sh_constant_describe (value->items[0]));
          return NULL;
        }
      i++;
    }
  return value;
}

static gboolean
check_unique (ShScope *scope, GHashTable *seen, const ShName *name)
{
  if (g_hash_table_add (seen, (gpointer) name->text))
    return TRUE;
  sh_diagnostics_error (scope->diagnostics, name->span, "'%s' is given twice",
                        name->text);
  return FALSE;
}

static const ShConstant *
evaluate_struct (ShScope *scope, const ShExprNode *node)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  ShConstant *value = new_value (scope, SH_CONSTANT_STRUCT, node->span);
  guint n = 0;
  ShName *names;

  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    n++;
  if (n > MAX_FIELDS)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "more than %u fields", MAX_FIELDS);
      return NULL;
    }
  names = sh_pool_new_items (scope->pool, ShName, n);
  value->names = names;
  value->items = sh_pool_new_items (scope->pool, const ShConstant *, n);
  for (const ShMemberNode *member = node->members; member != NULL;
       member = member->next)
    {
      const ShConstant *item = sh_constant_evaluate (scope, member->value);

      if (item == NULL || !check_unique (scope, seen, &member->name))
        return NULL;
      names[value->n_items] = member->name;
      value->items[value->n_items++] = item;
    }
  return value;
}

static const ShConstant *
evaluate (ShScope *scope, const ShExprNode *node)
{
  ShConstant *value;

  switch (node->kind)
    {
    case SH_EXPR_NUMBER:
      return new_number (scope, node->number, node->span);
    case SH_EXPR_STRING:
      value = new_value (scope, SH_CONSTANT_TEXT, node->span);
      value->text = node->name.text;
      return value;
    case SH_EXPR_NAME:
      return evaluate_name (scope, node);
    case SH_EXPR_MEMBER:
      return evaluate_member (scope, node);
    case SH_EXPR_INDEX:
      return evaluate_index (scope, node);
    case SH_EXPR_CALL:
      return evaluate_call (scope, node);
    case SH_EXPR_UNARY:
      return evaluate_unary (scope, node);
    case SH_EXPR_BINARY:
      return evaluate_binary (scope, node);
    case SH_EXPR_ARRAY:
      return evaluate_array (scope, node);
    case SH_EXPR_STRUCT:
      return evaluate_struct (scope, node);
    case SH_EXPR_CONSTRAINT:
    default:
      /* A curriculum in error may be what makes it one. */
      if (!scope->lacks_masks)
        sh_diagnostics_error (
            scope->diagnostics, node->span,
            "'constraint' belongs in a curriculum's mask function");
      return NULL;
    }
}

const ShConstant *
sh_constant_evaluate (ShScope *scope, const ShExprNode *node)
{
  const ShConstant *value;

  if (!sh_scope_enter (scope, node->span))
    return NULL;
  value = evaluate (scope, node);
  sh_scope_leave (scope);
  return value;
}

gboolean
sh_constant_number (ShScope *scope, const ShExprNode *node, double *number)
{
  const ShConstant *value = sh_constant_evaluate (scope, node);

  if (value == NULL)
    return FALSE;
  if (value->kind != SH_CONSTANT_NUMBER)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "a number is needed here, not %s",
                            sh_constant_describe (value));
      return FALSE;
    }
  *number = value->number;
  return TRUE;
}

gboolean
sh_constant_integer (ShScope *scope,
                     const ShExprNode *node,
                     const char *what,
                     double min,
                     double max,
                     double *number)
{
  if (!sh_constant_number (scope, node, number))
    return FALSE;
  if (*number < min || *number > max || *number != floor (*number))
    {
      g_autofree char *low = sh_number_to_string (min);
      g_autofree char *high = sh_number_to_string (max);
      g_autofree char *found = sh_number_to_string (*number);

      sh_diagnostics_error (scope->diagnostics, node->span,
                            "%s must be a whole number from %s to %s, not %s",
                            what, low, high, found);
      return FALSE;
    }
  return TRUE;
}
