/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Regions of goals: known when the program is compiled, or to be worked out from
 * each state.
 */

#include "sh-compile.h"

#include "sh-constant.h"
#include "sh-goal.h"
#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

static const struct
{
  const char *name;
  guint n_arguments; /* 0: any number */
  const char *usage;
} forms[] = {
  [SH_REGION_RANGE] = { "Range", 2, "Goal.Range(min, max)" },
  [SH_REGION_ABOVE] = { "RangeAbove", 1, "Goal.RangeAbove(min)" },
  [SH_REGION_BELOW] = { "RangeBelow", 1, "Goal.RangeBelow(max)" },
  [SH_REGION_BOX] = { "Box", 0, "Goal.Box([[min, max], [min, max]])" },
  [SH_REGION_SPHERE] = { "Sphere", 2, "Goal.Sphere(centre, radius)" },
};

static void
refuse_region (ShScope *scope, const ShExprNode *node)
{
  gboolean is_goal = node->kind == SH_EXPR_CALL &&
                     node->left->kind == SH_EXPR_MEMBER &&
                     node->left->left->kind == SH_EXPR_NAME &&
                     strcmp (node->left->left->name.text, "Goal") == 0;
  ShSuggestion suggestion;

  if (!is_goal)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "a region is needed behind 'in'");
      sh_diagnostics_hint (scope->diagnostics,
                           "there are Goal.Range, Goal.RangeAbove, "
                           "Goal.RangeBelow, Goal.Box and Goal.Sphere");
      return;
    }
  sh_diagnostics_error (scope->diagnostics, node->left->name.span,
                        "there is no region 'Goal.%s'", node->left->name.text);
  sh_suggestion_init (&suggestion, node->left->name.text);
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    sh_suggestion_offer (&suggestion, forms[i].name);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean 'Goal.%s'?",
                         suggestion.best);
  else
    sh_diagnostics_hint (scope->diagnostics,
                         "there are Range, RangeAbove, RangeBelow, Box and "
                         "Sphere");
}

static gboolean
find_form (ShScope *scope, const ShExprNode *node, ShRegionKind *form)
{
  guint n = 0;

  if (node->kind == SH_EXPR_CALL && node->left->kind == SH_EXPR_MEMBER &&
      node->left->left->kind == SH_EXPR_NAME &&
      strcmp (node->left->left->name.text, "Goal") == 0)
    for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
      {
        if (strcmp (forms[i].name, node->left->name.text) != 0)
          continue;
        for (const ShExprNode *item = node->items; item != NULL;
             item = item->next)
          n++;
        *form = i;
        if (n == forms[i].n_arguments || (forms[i].n_arguments == 0 && n > 0))
          return TRUE;
        sh_diagnostics_error (scope->diagnostics, node->span,
                              "'Goal.%s' takes other arguments", forms[i].name);
        sh_diagnostics_hint (scope->diagnostics, "write it as in %s",
                             forms[i].usage);
        return FALSE;
      }
  refuse_region (scope, node);
  return FALSE;
}

static guint
count_arguments (const ShExprNode *node)
{
  guint n = 0;

  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    n++;
  return n;
}

static gboolean
refuse_size (ShScope *scope, guint found, guint wanted, ShSpan span)
{
  sh_diagnostics_error (scope->diagnostics, span,
                        "the region has %u dimension%s, what is to be in it "
                        "%u",
                        found, found == 1 ? "" : "s", wanted);
  return FALSE;
}

static gboolean
refuse_empty (ShScope *scope, ShSpan span)
{
  sh_diagnostics_error (scope->diagnostics, span,
                        "the region is empty: its end is below its start");
  return FALSE;
}

static void
refuse_pair (ShScope *scope, ShSpan span)
{
  sh_diagnostics_error (scope->diagnostics, span,
                        "each dimension of a box is a pair of numbers");
  sh_diagnostics_hint (scope->diagnostics, "write it as in %s",
                       forms[SH_REGION_BOX].usage);
}

static void
refuse_centre (ShScope *scope, ShSpan span)
{
  sh_diagnostics_error (scope->diagnostics, span,
                        "the centre is a number or an array of them");
}

/* Whether a constant is a pair of numbers. */
static gboolean
is_pair (const ShConstant *value)
{
  return value->kind == SH_CONSTANT_ARRAY && value->n_items == 2 &&
         value->items[0]->kind == SH_CONSTANT_NUMBER;
}

static gboolean
read_pair (ShScope *scope, const ShConstant *pair, double *numbers, ShSpan span)
{
  if (!is_pair (pair))
    {
      refuse_pair (scope, span);
      return FALSE;
    }
  numbers[0] = pair->items[0]->number;
  numbers[1] = pair->items[1]->number;
  return numbers[0] <= numbers[1] || refuse_empty (scope, span);
}

static gboolean
read_box (ShScope *scope,
          const ShExprNode *node,
          const ShObjective *objective,
          double *numbers)
{
  const ShConstant *first = sh_constant_evaluate (scope, node->items);
  guint n = 0;

  if (first == NULL)
    return FALSE;
  if (node->items->next == NULL && first->kind == SH_CONSTANT_ARRAY &&
      !is_pair (first))
    {
      if (first->n_items != objective->size)
        return refuse_size (scope, first->n_items, objective->size, node->span);
      for (guint i = 0; i < first->n_items; i++)
        if (!read_pair (scope, first->items[i], numbers + 2 * i, node->span))
          return FALSE;
      return TRUE;
    }
  n = count_arguments (node);
  if (n != objective->size)
    return refuse_size (scope, n, objective->size, node->span);
  n = 0;
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      const ShConstant *pair =
          n == 0 ? first : sh_constant_evaluate (scope, item);

      if (pair == NULL ||
          !read_pair (scope, pair, numbers + 2 * n++, item->span))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_sphere (ShScope *scope,
             const ShExprNode *node,
             const ShObjective *objective,
             double *numbers)
{
  const ShExprNode *radius = node->items->next;
  const ShConstant *centre = sh_constant_evaluate (scope, node->items);
  guint n;

  if (centre == NULL ||
      !sh_constant_number (scope, radius, &numbers[objective->size]))
    return FALSE;
  n = centre->kind == SH_CONSTANT_ARRAY ? centre->n_items : 1;
  if (n != objective->size)
    return refuse_size (scope, n, objective->size, node->span);
  for (guint i = 0; i < n; i++)
    {
      const ShConstant *part =
          centre->kind == SH_CONSTANT_ARRAY ? centre->items[i] : centre;

      if (part->kind != SH_CONSTANT_NUMBER)
        {
          refuse_centre (scope, node->items->span);
          return FALSE;
        }
      numbers[i] = part->number;
    }
  if (numbers[n] >= 0)
    return TRUE;
  sh_diagnostics_error (scope->diagnostics, radius->span,
                        "the radius is below 0");
  return FALSE;
}

static gboolean
read_range (ShScope *scope,
            const ShExprNode *node,
            const ShObjective *objective,
            double *numbers)
{
  guint n = 0;

  if (objective->size != 1)
    return refuse_size (scope, 1, objective->size, node->span);
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    if (!sh_constant_number (scope, item, &numbers[n++]))
      return FALSE;
  return n < 2 || numbers[0] <= numbers[1] || refuse_empty (scope, node->span);
}

/* A region that is known. */
static gboolean
read_region (ShScope *scope, const ShExprNode *node, ShObjective *objective)
{
  double numbers[2 * SH_OBJECTIVE_MAX_SIZE] = { 0 };
  gboolean is_right;

  switch (objective->region)
    {
    case SH_REGION_BOX:
      is_right = read_box (scope, node, objective, numbers);
      break;
    case SH_REGION_SPHERE:
      is_right = read_sphere (scope, node, objective, numbers);
      break;
    case SH_REGION_RANGE:
    case SH_REGION_ABOVE:
    case SH_REGION_BELOW:
    default:
      is_right = read_range (scope, node, objective, numbers);
      break;
    }
  if (is_right)
    sh_objective_set_region (objective, numbers);
  return is_right;
}

/* Regions that depend on the state ---------------------------------------- */

/* Whether an expression can only be worked out while an episode is played: it
 * speaks of a parameter, or calls a function of the program. */
static gboolean
is_moving (const ShScope *scope,
           const ShFieldNode *parameters,
           const ShExprNode *node,
           guint depth)
{
  if (node == NULL || depth == 0)
    return FALSE;
  if (node->kind == SH_EXPR_NAME)
    for (const ShFieldNode *at = parameters; at != NULL; at = at->next)
      if (strcmp (at->name.text, node->name.text) == 0)
        return TRUE;
  if (node->kind == SH_EXPR_CALL && node->left->kind == SH_EXPR_NAME)
    {
      const ShSymbol *symbol = sh_scope_find (scope, node->left->name.text);

      if (symbol != NULL && symbol->item->kind == SH_ITEM_FUNCTION)
        return TRUE;
    }
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    if (is_moving (scope, parameters, item, depth - 1))
      return TRUE;
  for (const ShMemberNode *at = node->members; at != NULL; at = at->next)
    if (is_moving (scope, parameters, at->value, depth - 1))
      return TRUE;
  return is_moving (scope, parameters, node->left, depth - 1) ||
         is_moving (scope, parameters, node->right, depth - 1);
}

/* How many numbers a type is an array of; 0: it is none. */
static guint
count_numbers (const ShType *type)
{
  return type->kind == SH_TYPE_ARRAY && type->element->kind == SH_TYPE_NUMBER
             ? type->length
             : 0;
}

static gboolean
check_number (ShScope *scope,
              const char *what,
              const ShType *type,
              const ShExprNode *item)
{
  g_autofree char *found = NULL;

  if (type->kind == SH_TYPE_NUMBER)
    return TRUE;
  found = sh_resolve_describe (type);
  sh_diagnostics_error (scope->diagnostics, item->span,
                        "%s of a region is a number, not %s", what, found);
  return FALSE;
}

static gboolean
check_centre (ShScope *scope,
              const ShObjective *objective,
              const ShType *type,
              const ShExprNode *item)
{
  guint n = type->kind == SH_TYPE_NUMBER ? 1 : count_numbers (type);

  if (n == 0)
    {
      refuse_centre (scope, item->span);
      return FALSE;
    }
  return n == objective->size ||
         refuse_size (scope, n, objective->size, item->span);
}

/* A pair of a box; or, when it is the only argument, all of them. */
static gboolean
check_pairs (ShScope *scope,
             const ShObjective *objective,
             gboolean is_only,
             const ShType *type,
             const ShExprNode *item)
{
  if (count_numbers (type) == 2)
    return !is_only || objective->size == 1 ||
           refuse_size (scope, 1, objective->size, item->span);
  if (is_only && type->kind == SH_TYPE_ARRAY &&
      count_numbers (type->element) == 2)
    return type->length == objective->size ||
           refuse_size (scope, type->length, objective->size, item->span);
  refuse_pair (scope, item->span);
  return FALSE;
}

static gboolean
check_bound (ShScope *scope,
             const ShObjective *objective,
             guint n,
             const ShType *type,
             const ShExprNode *item)
{
  switch (objective->region)
    {
    case SH_REGION_BOX:
      return check_pairs (scope, objective, n == 1, type, item);
    case SH_REGION_SPHERE:
      return item->next != NULL
                 ? check_centre (scope, objective, type, item)
                 : check_number (scope, "the radius", type, item);
    case SH_REGION_RANGE:
    case SH_REGION_ABOVE:
    case SH_REGION_BELOW:
    default:
      return check_number (scope, "a bound", type, item);
    }
}

/* A part of the program in one line, without its comments. */
static char *
copy_text (const ShScope *scope, ShSpan span)
{
  const char *at = scope->diagnostics->text + span.offset;
  const char *end = at + span.length;
  GString *out = g_string_new (NULL);
  gboolean is_blank = FALSE;
  char quote = 0; /* that of the text or name which `at` is in */

  for (; at < end; at++)
    {
      if (quote == 0 && *at == '#')
        while (at + 1 < end && *at != '\n')
          at++;
      if (quote == 0 && g_ascii_isspace (*at))
        {
          is_blank = TRUE;
          continue;
        }
      if (is_blank)
        g_string_append_c (out, ' ');
      is_blank = FALSE;
      if (quote == 0 && (*at == '"' || *at == '`'))
        quote = *at;
      else if (quote != 0 && *at == '\\' && at + 1 < end)
        g_string_append_c (out, *at++);
      else if (*at == quote)
        quote = 0;
      g_string_append_c (out, *at);
    }
  return g_string_free (out, FALSE);
}

static gboolean
compile_bounds (ShScope *scope,
                const char *label,
                const ShFieldNode *parameters,
                const ShExprNode *node,
                ShObjective *objective)
{
  guint n = count_arguments (node);

  if (objective->region == SH_REGION_BOX)
    {
      if (n != 1 && n != objective->size)
        return refuse_size (scope, n, objective->size, node->span);
    }
  else if (objective->region != SH_REGION_SPHERE && objective->size != 1)
    return refuse_size (scope, 1, objective->size, node->span);
  objective->bounds = g_new (guint, n);
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      const ShFunctionInfo *function = sh_functions_compile_expression (
          scope->functions, label, parameters, item);

      if (function == NULL ||
          !check_bound (scope, objective, n, function->result, item))
        return FALSE;
      objective->bounds[objective->n_bounds++] = function->index;
    }
  objective->region_text = copy_text (scope, node->span);
  return TRUE;
}

gboolean
sh_compile_region (ShScope *scope,
                   const char *label,
                   const ShFieldNode *parameters,
                   const ShExprNode *node,
                   ShObjective *objective)
{
  objective->low = g_new0 (double, objective->size);
  objective->high = g_new0 (double, objective->size);
  objective->centre = g_new0 (double, objective->size);
  objective->scale = g_new0 (double, objective->size);
  if (!find_form (scope, node, &objective->region))
    return FALSE;
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    if (is_moving (scope, parameters, item, SH_SCOPE_MAX_DEPTH))
      return compile_bounds (scope, label, parameters, node, objective);
  return read_region (scope, node, objective);
}
