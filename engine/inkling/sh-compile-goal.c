/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Goals: what is looked at, where it should be, and what that counts.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-constant.h"
#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <math.h>
#include <string.h>

static const char *const kind_words[] = {
  [SH_OBJECTIVE_AVOID] = "avoid",       [SH_OBJECTIVE_REACH] = "reach",
  [SH_OBJECTIVE_DRIVE] = "drive",       [SH_OBJECTIVE_MINIMIZE] = "minimize",
  [SH_OBJECTIVE_MAXIMIZE] = "maximize",
};

const char *
sh_objective_kind_to_string (ShObjectiveKind kind)
{
  g_return_val_if_fail (kind < G_N_ELEMENTS (kind_words), NULL);

  return kind_words[kind];
}

/* Regions ----------------------------------------------------------------- */

typedef enum
{
  REGION_RANGE,
  REGION_ABOVE,
  REGION_BELOW,
  REGION_BOX,
  REGION_SPHERE
} RegionForm;

static const struct
{
  const char *name;
  guint n_arguments; /* 0: any number */
  const char *usage;
} forms[] = {
  [REGION_RANGE] = { "Range", 2, "Goal.Range(min, max)" },
  [REGION_ABOVE] = { "RangeAbove", 1, "Goal.RangeAbove(min)" },
  [REGION_BELOW] = { "RangeBelow", 1, "Goal.RangeBelow(max)" },
  [REGION_BOX] = { "Box", 0, "Goal.Box([[min, max], [min, max]])" },
  [REGION_SPHERE] = { "Sphere", 2, "Goal.Sphere(centre, radius)" },
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
find_form (ShScope *scope, const ShExprNode *node, RegionForm *form)
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

/* Whether a constant is a pair of numbers. */
static gboolean
is_pair (const ShConstant *value)
{
  return value->kind == SH_CONSTANT_ARRAY && value->n_items == 2 &&
         value->items[0]->kind == SH_CONSTANT_NUMBER;
}

static gboolean
read_pair (ShScope *scope,
           const ShConstant *pair,
           ShObjective *objective,
           guint i,
           ShSpan span)
{
  if (!is_pair (pair))
    {
      sh_diagnostics_error (scope->diagnostics, span,
                            "each dimension of a box is a pair of numbers");
      sh_diagnostics_hint (scope->diagnostics, "write it as in %s",
                           forms[REGION_BOX].usage);
      return FALSE;
    }
  objective->low[i] = pair->items[0]->number;
  objective->high[i] = pair->items[1]->number;
  return objective->low[i] <= objective->high[i] || refuse_empty (scope, span);
}

static gboolean
read_box (ShScope *scope, const ShExprNode *node, ShObjective *objective)
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
        if (!read_pair (scope, first->items[i], objective, i, node->span))
          return FALSE;
      return TRUE;
    }
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    n++;
  if (n != objective->size)
    return refuse_size (scope, n, objective->size, node->span);
  n = 0;
  for (const ShExprNode *item = node->items; item != NULL; item = item->next)
    {
      const ShConstant *pair =
          n == 0 ? first : sh_constant_evaluate (scope, item);

      if (pair == NULL || !read_pair (scope, pair, objective, n++, item->span))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_sphere (ShScope *scope, const ShExprNode *node, ShObjective *objective)
{
  const ShExprNode *radius = node->items->next;
  const ShConstant *centre = sh_constant_evaluate (scope, node->items);
  guint n;

  if (centre == NULL || !sh_constant_number (scope, radius, &objective->radius))
    return FALSE;
  objective->region = SH_REGION_SPHERE;
  n = centre->kind == SH_CONSTANT_ARRAY ? centre->n_items : 1;
  if (n != objective->size)
    return refuse_size (scope, n, objective->size, node->span);
  for (guint i = 0; i < n; i++)
    {
      const ShConstant *part =
          centre->kind == SH_CONSTANT_ARRAY ? centre->items[i] : centre;

      if (part->kind != SH_CONSTANT_NUMBER)
        {
          sh_diagnostics_error (scope->diagnostics, node->items->span,
                                "the centre is a number or an array of them");
          return FALSE;
        }
      objective->centre[i] = part->number;
    }
  if (objective->radius >= 0)
    return TRUE;
  sh_diagnostics_error (scope->diagnostics, radius->span,
                        "the radius is below 0");
  return FALSE;
}

static gboolean
read_range (ShScope *scope,
            const ShExprNode *node,
            RegionForm form,
            ShObjective *objective)
{
  const ShExprNode *low = form != REGION_BELOW ? node->items : NULL;
  const ShExprNode *high = form == REGION_ABOVE   ? NULL
                           : form == REGION_BELOW ? node->items
                                                  : node->items->next;

  if (objective->size != 1)
    return refuse_size (scope, 1, objective->size, node->span);
  if ((low != NULL && !sh_constant_number (scope, low, &objective->low[0])) ||
      (high != NULL && !sh_constant_number (scope, high, &objective->high[0])))
    return FALSE;
  return objective->low[0] <= objective->high[0] ||
         refuse_empty (scope, node->span);
}

/* What counts as a distance of 1: the region's own measures (docs/goals.md). */
static void
set_scale (ShObjective *objective)
{
  for (guint i = 0; i < objective->size; i++)
    {
      double low = objective->low[i], high = objective->high[i];
      double scale = high - low;

      if (objective->region == SH_REGION_SPHERE)
        scale = objective->radius;
      else if (!isfinite (scale))
        scale = isfinite (low) ? fabs (low) : fabs (high);
      else if (scale == 0)
        scale = fabs (low);
      objective->scale[i] = scale > 0 && isfinite (scale) ? scale : 1;
    }
}

static gboolean
read_region (ShScope *scope, const ShExprNode *node, ShObjective *objective)
{
  RegionForm form;
  gboolean is_right;

  objective->low = g_new (double, objective->size);
  objective->high = g_new (double, objective->size);
  objective->centre = g_new0 (double, objective->size);
  objective->scale = g_new0 (double, objective->size);
  for (guint i = 0; i < objective->size; i++)
    {
      objective->low[i] = -INFINITY;
      objective->high[i] = INFINITY;
    }
  if (!find_form (scope, node, &form))
    return FALSE;
  switch (form)
    {
    case REGION_BOX:
      is_right = read_box (scope, node, objective);
      break;
    case REGION_SPHERE:
      is_right = read_sphere (scope, node, objective);
      break;
    case REGION_RANGE:
    case REGION_ABOVE:
    case REGION_BELOW:
    default:
      is_right = read_range (scope, node, form, objective);
      break;
    }
  if (is_right)
    set_scale (objective);
  return is_right;
}

/* Objectives -------------------------------------------------------------- */

static gboolean
count_components (ShScope *scope,
                  const ShObjectiveNode *node,
                  const ShType *type,
                  ShObjective *objective)
{
  g_autofree char *found = NULL;

  objective->size = 1;
  if (type->kind == SH_TYPE_NUMBER)
    return TRUE;
  objective->size = type->length;
  if (type->kind == SH_TYPE_ARRAY && type->element->kind == SH_TYPE_NUMBER &&
      type->length <= SH_OBJECTIVE_MAX_SIZE)
    return TRUE;
  found = sh_resolve_describe (type);
  sh_diagnostics_error (scope->diagnostics, node->value->span,
                        "what an objective looks at is a number or an array "
                        "of at most %u, not %s",
                        SH_OBJECTIVE_MAX_SIZE, found);
  return FALSE;
}

/* What is to be small or large needs an end to be judged by. */
static gboolean
check_extreme (ShScope *scope,
               const ShObjectiveNode *node,
               const ShObjective *objective)
{
  gboolean is_minimum = node->kind == SH_OBJECTIVE_MINIMIZE;

  if (node->kind != SH_OBJECTIVE_MINIMIZE &&
      node->kind != SH_OBJECTIVE_MAXIMIZE)
    return TRUE;
  if (objective->size == 1 && objective->region == SH_REGION_BOX &&
      isfinite (is_minimum ? objective->high[0] : objective->low[0]))
    return TRUE;
  sh_diagnostics_error (
      scope->diagnostics, node->target->span, "'%s' needs a range with %s end",
      kind_words[node->kind], is_minimum ? "an upper" : "a lower");
  sh_diagnostics_hint (scope->diagnostics, is_minimum
                                               ? "use Goal.RangeBelow(max)"
                                               : "use Goal.RangeAbove(min)");
  return FALSE;
}

static gboolean
read_numbers (ShScope *scope,
              const ShObjectiveNode *node,
              ShObjective *objective)
{
  double within;

  objective->weight = 1;
  objective->within = G_MAXUINT64;
  if (node->weight != NULL &&
      !sh_constant_number (scope, node->weight, &objective->weight))
    return FALSE;
  if (objective->weight <= 0)
    {
      sh_diagnostics_error (scope->diagnostics, node->weight->span,
                            "a weight is above 0");
      return FALSE;
    }
  if (node->within == NULL)
    return TRUE;
  if (node->kind != SH_OBJECTIVE_REACH && node->kind != SH_OBJECTIVE_DRIVE)
    {
      sh_diagnostics_error (scope->diagnostics, node->within->span,
                            "'within' goes with 'reach' and 'drive', not with "
                            "'%s'",
                            kind_words[node->kind]);
      return FALSE;
    }
  if (!sh_constant_integer (scope, node->within, "the iterations of 'within'",
                            1, 1e15, &within))
    return FALSE;
  objective->within = (guint64) within;
  return TRUE;
}

static gboolean
compile_objective (ShScope *scope,
                   const ShClauseNode *clause,
                   const ShObjectiveNode *node,
                   ShObjective *objective)
{
  g_autofree char *label =
      g_strdup_printf ("in objective '%s'", node->name.text);
  const ShFunctionInfo *function = sh_functions_compile_expression (
      scope->functions, label, clause->parameters, node->value);
  gboolean is_right;

  objective->kind = node->kind;
  objective->name = g_strdup (node->name.text);
  is_right = read_numbers (scope, node, objective);
  if (function == NULL ||
      !count_components (scope, node, function->result, objective))
    return FALSE;
  objective->function = function->index;
  return read_region (scope, node->target, objective) &&
         check_extreme (scope, node, objective) && is_right;
}

/* The parameter is the simulator's state, or a part of it. */
static gboolean
check_parameter (ShScope *scope,
                 const ShClauseNode *clause,
                 const ShConcept *concept)
{
  const ShFieldNode *node = clause->parameters;
  static const ShCheckParties parties = { "the simulator's state",
                                          "the simulator's",
                                          "the goal's parameter",
                                          "that of the parameter" };
  g_autoptr (ShType) type = NULL;

  if (node == NULL || node->next != NULL)
    {
      sh_diagnostics_error (scope->diagnostics, clause->span,
                            "a goal takes the simulator's state");
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in goal (state: State) { ... }");
      return FALSE;
    }
  type = sh_resolve_type (scope, node->type);
  if (type == NULL)
    return FALSE;
  if (type->kind != SH_TYPE_STRUCT)
    {
      sh_diagnostics_error (scope->diagnostics, node->type->span,
                            "the parameter is the simulator's state, a struct");
      return FALSE;
    }
  return concept->source.state == NULL ||
         sh_check_cast (scope, concept->source.state, type, &parties,
                        node->type->span);
}

/* Objectives that can never go together with others. */
static void
warn_useless (ShScope *scope, const ShClauseNode *clause, guint n)
{
  if (n == 1 && clause->objectives->weight != NULL)
    sh_diagnostics_warning (scope->diagnostics,
                            clause->objectives->weight->span,
                            "the weight of the only objective has no effect");
}

void
sh_compile_goal (ShScope *scope, const ShClauseNode *clause, ShConcept *concept)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  if (!check_parameter (scope, clause, concept))
    return;
  for (const ShObjectiveNode *node = clause->objectives; node != NULL;
       node = node->next)
    if (++n > SH_GOAL_MAX_OBJECTIVES)
      {
        sh_diagnostics_error (scope->diagnostics, node->span,
                              "a goal has at most %u objectives",
                              SH_GOAL_MAX_OBJECTIVES);
        return;
      }
  if (n == 0 && scope->lacks_parts)
    return;
  if (n == 0)
    {
      sh_diagnostics_error (scope->diagnostics, clause->span,
                            "the goal has no objective");
      sh_diagnostics_hint (scope->diagnostics,
                           "add one, as in drive Centre: state.x in "
                           "Goal.Range(-1, 1)");
      return;
    }
  concept->objectives = g_new0 (ShObjective, n);
  for (const ShObjectiveNode *node = clause->objectives; node != NULL;
       node = node->next)
    {
      if (!g_hash_table_add (names, (gpointer) node->name.text))
        sh_diagnostics_error (scope->diagnostics, node->name.span,
                              "there are two objectives '%s'", node->name.text);
      compile_objective (scope, clause, node,
                         &concept->objectives[concept->n_objectives++]);
    }
  warn_useless (scope, clause, n);
}
