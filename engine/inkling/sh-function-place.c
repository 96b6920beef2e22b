/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Names, members and elements: where in the slots they are. An index that is
 * only known when the function runs gives an offset, which is worked out and
 * checked there.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <math.h>
#include <string.h>

/* Where a value is. */
typedef struct
{
  ShVariable *variable; /* NULL: something else */
  guint field; /* of the variable: which of its fields */
  gboolean is_whole; /* not a part of the variable */
  ShType *type;
  guint32 slot;
  gboolean is_dynamic;
  guint32 offset; /* then: the slot that holds how far behind `slot` it is */
  guint32 n_slots; /* then: how many slots there are behind `slot` */
} Place;

static gboolean
find_place (ShCompiler *self, const ShExprNode *node, Place *place);

ShVariable *
sh_compiler_find_variable (ShCompiler *self, const char *name)
{
  GArray *variables = self->self->variables;

  for (guint i = 0; i < variables->len; i++)
    {
      ShVariable *variable = &g_array_index (variables, ShVariable, i);

      if (strcmp (variable->name.text, name) == 0)
        return variable;
    }
  return NULL;
}

gboolean
sh_compiler_is_place (ShCompiler *self, const ShExprNode *node)
{
  while (node->kind == SH_EXPR_MEMBER || node->kind == SH_EXPR_INDEX)
    node = node->left;
  return node->kind == SH_EXPR_NAME &&
         sh_compiler_find_variable (self, node->name.text) != NULL;
}

static void
refuse_field (ShCompiler *self, const ShType *type, const ShName *name)
{
  ShSuggestion suggestion;
  g_autofree char *found = sh_resolve_describe (type);

  if (type->kind != SH_TYPE_STRUCT)
    sh_compiler_error (self, name->span, "%s has no field '%s'", found,
                       name->text);
  else
    sh_compiler_error (self, name->span, "%s%s has no field '%s'",
                       type->name != NULL ? "" : "the struct",
                       type->name != NULL ? type->name : "", name->text);
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; i < type->n_fields; i++)
    sh_suggestion_offer (&suggestion, type->fields[i].name);
  if (suggestion.best != NULL)
    sh_compiler_hint (self, "did you mean '%s'?", suggestion.best);
}

/* Goes `n` slots further in. */
static void
move (Place *place, guint n)
{
  place->slot += n;
  if (place->is_dynamic)
    place->n_slots -= n;
}

static gboolean
find_member (ShCompiler *self, const ShExprNode *node, Place *place)
{
  const ShType *type;
  guint n = 0;

  if (!find_place (self, node->left, place))
    return FALSE;
  type = place->type;
  for (guint i = 0; i < type->n_fields; i++)
    {
      const ShTypeField *field = &type->fields[i];

      if (strcmp (field->name, node->name.text) == 0)
        {
          move (place, n);
          place->type = field->type;
          if (place->is_whole)
            place->field = i;
          place->is_whole = FALSE;
          return TRUE;
        }
      n += sh_bytecode_count_slots (field->type);
    }
  refuse_field (self, type, &node->name);
  return FALSE;
}

static gboolean
check_index (ShCompiler *self, const ShType *type, double index, ShSpan span)
{
  g_autofree char *text = NULL;

  if (index >= 0 && index < type->length && index == floor (index))
    return TRUE;
  text = sh_number_to_string (index);
  sh_compiler_error (self, span,
                     "the index %s is not a whole number from 0 to %u", text,
                     type->length - 1);
  return FALSE;
}

static gboolean
find_element (ShCompiler *self, const ShExprNode *node, Place *place)
{
  ShValue index;
  ShType *type;
  guint stride;

  if (!find_place (self, node->left, place))
    return FALSE;
  type = place->type;
  if (type->kind != SH_TYPE_ARRAY)
    {
      g_autofree char *found = sh_resolve_describe (type);

      sh_compiler_error (self, node->left->span, "%s has no elements", found);
      return FALSE;
    }
  if (!sh_compiler_number_value (self, node->right, "an index", &index))
    return FALSE;
  stride = sh_bytecode_count_slots (type->element);
  place->type = type->element;
  place->is_whole = FALSE;
  if (index.is_constant)
    {
      if (!check_index (self, type, index.number, node->right->span))
        return FALSE;
      move (place, (guint) index.number * stride);
      return TRUE;
    }
  if (!place->is_dynamic)
    place->n_slots = type->length * stride;
  {
    guint32 offset = sh_compiler_alloc (self, 1);

    sh_compiler_emit (
        self,
        (ShInstruction){ .op = SH_OP_OFFSET,
                         .dst = offset,
                         .a = index.slot,
                         .b = place->is_dynamic ? place->offset : SH_SLOT_ZERO,
                         .n = stride,
                         .c = type->length });
    place->offset = offset;
  }
  place->is_dynamic = TRUE;
  return TRUE;
}

static gboolean
find_place (ShCompiler *self, const ShExprNode *node, Place *place)
{
  ShVariable *variable;
  ShValue value;

  if (node->kind == SH_EXPR_NAME &&
      (variable = sh_compiler_find_variable (self, node->name.text)) != NULL)
    {
      *place = (Place){ .variable = variable,
                        .is_whole = TRUE,
                        .type = variable->type,
                        .slot = variable->slot };
      /* There was an error already. */
      self->self->has_error |= variable->type == NULL;
      return variable->type != NULL;
    }
  if (sh_compiler_is_place (self, node))
    return node->kind == SH_EXPR_MEMBER ? find_member (self, node, place)
                                        : find_element (self, node, place);
  if (node->kind == SH_EXPR_INDEX)
    return find_element (self, node, place);
  if (node->kind == SH_EXPR_MEMBER && node->left->kind != SH_EXPR_NAME)
    return find_member (self, node, place);
  if (!sh_compiler_value (self, node, &value))
    return FALSE;
  *place = (Place){ .is_whole = TRUE, .type = value.type, .slot = value.slot };
  return TRUE;
}

/* Notes what is read, and that it may be. */
static gboolean
read_variable (ShCompiler *self, const Place *place, ShSpan span)
{
  ShVariable *variable = place->variable;

  if (variable == NULL)
    return TRUE;
  variable->is_used = TRUE;
  if (!variable->is_assigned)
    {
      sh_compiler_error (self, span, "'%s' may not have a value here",
                         variable->name.text);
      sh_compiler_hint (self, "give it one where it is declared, or on every "
                              "path to here");
      return FALSE;
    }
  if (variable->is_read == NULL)
    return TRUE;
  if (!place->is_whole)
    variable
        ->is_read[variable->type->kind == SH_TYPE_STRUCT ? place->field : 0] =
        TRUE;
  else
    for (guint i = 0; i < MAX (variable->type->n_fields, 1); i++)
      variable->is_read[i] = TRUE;
  return TRUE;
}

/* Whether a value of the type has an image in it. */
static gboolean
has_image (const ShType *type)
{
  switch (type->kind)
    {
    case SH_TYPE_IMAGE:
      return TRUE;
    case SH_TYPE_ARRAY:
      return has_image (type->element);
    case SH_TYPE_STRUCT:
      for (guint i = 0; i < type->n_fields; i++)
        if (has_image (type->fields[i].type))
          return TRUE;
      return FALSE;
    case SH_TYPE_NUMBER:
    case SH_TYPE_STRING:
    default:
      return FALSE;
    }
}

gboolean
sh_compiler_place (ShCompiler *self, const ShExprNode *node, ShValue *value)
{
  Place place;
  guint n;

  if (!find_place (self, node, &place) ||
      !read_variable (self, &place, node->span))
    return FALSE;
  if (has_image (place.type))
    {
      sh_compiler_error (self, node->span, "functions cannot read images");
      sh_compiler_hint (self, "name the other fields one by one");
      return FALSE;
    }
  *value = (ShValue){ .type = place.type, .slot = place.slot };
  if (place.is_dynamic)
    {
      n = sh_bytecode_count_slots (place.type);
      value->slot = sh_compiler_alloc (self, n);
      sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_LOAD,
                                               .dst = value->slot,
                                               .a = place.slot,
                                               .b = place.offset,
                                               .n = n,
                                               .c = place.n_slots });
    }
  else if (place.variable == NULL && place.type->kind == SH_TYPE_NUMBER &&
           (place.slot & (SH_LOCAL | SH_TEMPORARY)) == 0)
    {
      value->is_constant = TRUE;
      value->number = g_array_index (self->all->initial, double, place.slot);
    }
  return TRUE;
}

/* Assignment -------------------------------------------------------------- */

static gboolean
refuse_target (ShCompiler *self, const ShExprNode *target)
{
  const ShExprNode *root = target;

  while (root->kind == SH_EXPR_MEMBER || root->kind == SH_EXPR_INDEX)
    root = root->left;
  if (root->kind != SH_EXPR_NAME)
    sh_compiler_error (self, target->span,
                       "only a variable can be assigned to");
  else if (sh_scope_find (self->all->scope, root->name.text) != NULL)
    sh_scope_refuse_variable (self->all->scope, &root->name);
  else if (sh_scope_misses (self->all->scope, root->name.text))
    {
      ShSuggestion suggestion;

      sh_compiler_error (self, root->span, "there is no variable '%s'",
                         root->name.text);
      sh_suggestion_init (&suggestion, root->name.text);
      for (guint i = 0; i < self->self->variables->len; i++)
        sh_suggestion_offer (
            &suggestion,
            g_array_index (self->self->variables, ShVariable, i).name.text);
      if (suggestion.best != NULL)
        sh_compiler_hint (self, "did you mean '%s'?", suggestion.best);
      else
        sh_compiler_hint (self, "declare it, as in var %s = 0",
                          root->name.text);
    }
  self->self->has_error = TRUE;
  return FALSE;
}

static void
store (ShCompiler *self, const Place *place, guint32 slot)
{
  guint n = sh_bytecode_count_slots (place->type);

  if (place->is_dynamic)
    sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_STORE,
                                             .dst = place->slot,
                                             .a = slot,
                                             .b = place->offset,
                                             .n = n,
                                             .c = place->n_slots });
  else
    sh_compiler_copy (self, place->slot, slot, n);
}

gboolean
sh_compiler_assign (ShCompiler *self,
                    const ShExprNode *target,
                    const ShExprNode *node)
{
  Place place;
  guint32 slot;
  gboolean is_right;

  if (!sh_compiler_is_place (self, target))
    return refuse_target (self, target);
  if (!find_place (self, target, &place))
    return FALSE;
  if (!place.is_whole && !place.variable->is_assigned)
    {
      sh_compiler_error (self, target->span,
                         "'%s' may not have a value here, and a part of it "
                         "cannot be given one first",
                         place.variable->name.text);
      return FALSE;
    }
  /* The value may read what it is assigned to. */
  slot = sh_compiler_alloc (self, sh_bytecode_count_slots (place.type));
  is_right = sh_compiler_value_to (self, node, place.type, slot);
  if (is_right)
    store (self, &place, slot);
  /* That it has no value otherwise would be a consequence. */
  if (place.is_whole)
    place.variable->is_assigned = TRUE;
  return is_right;
}
