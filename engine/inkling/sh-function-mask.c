/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Masks: which values of an action's fields may be chosen now.
 *
 *   return constraint Action { gear: number<mask [1, 0, state.speed > 2]> }
 *   return constraint Action { gear: number<in [Gear.Low, Gear.High]> }
 *   return constraint Action { gear: number<in state.gears> }
 */

#include "sh-function-private.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

/* `mask [...]`: a number for each value. */
static gboolean
mask_by_number (ShCompiler *self,
                const ShExprNode *node,
                const ShType *type,
                guint32 slot)
{
  ShType *array =
      sh_resolve_make_array (self->all->scope, sh_type_ref (self->all->number),
                             type->n_values, node->span);

  return array != NULL &&
         sh_compiler_value_to (self, node, sh_compiler_keep (self->all, array),
                               slot);
}

/* Allows the value of `type` that is in the slot `value`, if it is one. */
static void
allow (ShCompiler *self,
       const ShType *type,
       guint32 value,
       guint32 equal,
       guint32 slot)
{
  for (guint i = 0; i < type->n_values; i++)
    {
      sh_compiler_emit (
          self, (ShInstruction){ .op = SH_OP_EQUAL,
                                 .dst = equal,
                                 .a = value,
                                 .b = sh_compiler_number (
                                     self->all, type->values[i].value) });
      sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_ADD,
                                               .dst = slot + i,
                                               .a = slot + i,
                                               .b = equal });
    }
}

/* `in` an array that is known when the function runs. What is none of the values,
 * as an array may be filled up with, allows nothing. */
static gboolean
mask_by_array (ShCompiler *self,
               const ShExprNode *node,
               const ShType *type,
               guint32 equal,
               guint32 slot)
{
  ShValue array;

  if (!sh_compiler_value (self, node, &array))
    return FALSE;
  if (array.type->kind != SH_TYPE_ARRAY ||
      array.type->element->kind != SH_TYPE_NUMBER)
    {
      sh_compiler_error (self, node->span,
                         "'in' is followed by a list of "
                         "values, as in in [1, 2]");
      return FALSE;
    }
  for (guint i = 0; i < array.type->length; i++)
    allow (self, type, array.slot + i, equal, slot);
  return TRUE;
}

/* `in [...]`: those values that are listed. */
static gboolean
mask_by_value (ShCompiler *self,
               const ShExprNode *node,
               ShType *type,
               guint32 slot)
{
  guint32 value = sh_compiler_alloc (self, 1);
  guint32 equal = sh_compiler_alloc (self, 1);

  for (guint i = 0; i < type->n_values; i++)
    sh_compiler_copy (self, slot + i, SH_SLOT_ZERO, 1);
  if (node->kind != SH_EXPR_ARRAY || node->items == NULL)
    return mask_by_array (self, node, type, equal, slot);
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      if (!sh_compiler_value_to (self, item, type, value))
        return FALSE;
      allow (self, type, value, equal, slot);
    }
  return TRUE;
}

static gboolean
mask_field (ShCompiler *self,
            const ShFieldNode *node,
            ShType *type,
            guint32 slot)
{
  const ShSuffixNode *suffix = node->type->suffixes;

  while (suffix != NULL && suffix->next != NULL)
    suffix = suffix->next;
  if (suffix == NULL ||
      (suffix->kind != SH_SUFFIX_MASK && suffix->kind != SH_SUFFIX_IN))
    {
      sh_compiler_error (self, node->type->span,
                         "a field of a constraint has a mask");
      sh_compiler_hint (self, "write it as in number<mask [1, 0]> or number<in "
                              "[1, 2]>");
      return FALSE;
    }
  return suffix->kind == SH_SUFFIX_MASK
             ? mask_by_number (self, suffix->value, type, slot)
             : mask_by_value (self, suffix->value, type, slot);
}

/* The field of the masked struct, and where its part of the result begins. */
static ShType *
find_field (ShCompiler *self, const ShName *name, guint32 *slot)
{
  const ShType *masked = self->self->masked;
  ShSuggestion suggestion;

  *slot = self->self->result_slot;
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; i < masked->n_fields; i++)
    {
      ShTypeField *field = &masked->fields[i];
      gboolean is_nominal = field->type->constraint == SH_CONSTRAINT_NOMINAL;

      if (strcmp (field->name, name->text) == 0 && is_nominal)
        return field->type;
      if (strcmp (field->name, name->text) == 0)
        {
          sh_compiler_error (self, name->span,
                             "only values with names can be masked, which '%s' "
                             "has not",
                             name->text);
          return NULL;
        }
      sh_suggestion_offer (&suggestion, field->name);
      *slot += is_nominal ? field->type->n_values : 0;
    }
  sh_compiler_error (self, name->span, "the concept's output has no field '%s'",
                     name->text);
  if (suggestion.best != NULL)
    sh_compiler_hint (self, "did you mean '%s'?", suggestion.best);
  return NULL;
}

/* The type named behind `constraint` is the output's. */
static gboolean
check_name (ShCompiler *self, const ShName *name)
{
  ShScope *scope = self->all->scope;
  ShSymbol *symbol = sh_scope_find (scope, name->text);
  const ShType *type;

  if (symbol == NULL || symbol->item->kind != SH_ITEM_TYPE)
    {
      sh_scope_refuse (scope, name, SH_ITEM_TYPE);
      return FALSE;
    }
  type = sh_resolve_symbol (scope, symbol, name->span);
  if (type == NULL)
    return FALSE;
  if (sh_type_equivalent (type, self->self->masked))
    return TRUE;
  sh_compiler_error (self, name->span, "'%s' is not the concept's output",
                     name->text);
  return FALSE;
}

gboolean
sh_compiler_mask (ShCompiler *self, const ShExprNode *node)
{
  ShFunction *function = self->self;
  guint n = sh_bytecode_count_slots (function->info.result);
  gboolean is_right = TRUE;

  if (node->kind != SH_EXPR_CONSTRAINT)
    {
      sh_compiler_error (self, node->span,
                         "a mask function returns a constraint");
      sh_compiler_hint (self, "write it as in return constraint Action { "
                              "command: number<mask [1, 0]> }");
      return FALSE;
    }
  if (!check_name (self, &node->name))
    {
      function->has_error = TRUE;
      return FALSE;
    }
  if (node->type->kind != SH_TYPE_NODE_STRUCT)
    {
      sh_compiler_error (self, node->type->span,
                         "a constraint is a struct with a mask for each field");
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    sh_compiler_copy (self, function->result_slot + i,
                      sh_compiler_number (self->all, 1), 1);
  for (const ShFieldNode *field = node->type->fields; field != NULL;
       field = field->next)
    {
      guint32 slot;
      ShType *type = find_field (self, &field->name, &slot);

      if (type == NULL || !mask_field (self, field, type, slot))
        is_right = FALSE;
    }
  function->has_error |= !is_right;
  return is_right;
}
