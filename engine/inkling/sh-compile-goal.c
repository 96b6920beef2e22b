/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Goals: what is looked at, where it should be, and what that counts.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-constant.h"
#include "sh-resolve.h"

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
  if (objective->size == 1 && objective->region != SH_REGION_SPHERE &&
      objective->region != (is_minimum ? SH_REGION_ABOVE : SH_REGION_BELOW))
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
  return sh_compile_region (scope, label, clause->parameters, node->target,
                            objective) &&
         check_extreme (scope, node, objective) && is_right;
}

static gboolean
check_parameter (ShScope *scope,
                 const ShFieldNode *node,
                 const ShType *source,
                 const ShCheckParties *parties)
{
  g_autoptr (ShType) type = sh_resolve_type (scope, node->type);

  if (type == NULL)
    return FALSE;
  if (type->kind != SH_TYPE_STRUCT)
    {
      sh_diagnostics_error (scope->diagnostics, node->type->span,
                            "the parameter is %s, a struct", parties->source);
      return FALSE;
    }
  return source == NULL ||
         sh_check_cast (scope, source, type, parties, node->type->span);
}

/* The parameters are the simulator's state and perhaps its action, or parts of
 * them. */
static gboolean
check_parameters (ShScope *scope,
                  const ShClauseNode *clause,
                  const ShConcept *concept)
{
  const ShFieldNode *node = clause->parameters;
  static const ShCheckParties state = { "the simulator's state",
                                        "the simulator's",
                                        "the goal's parameter",
                                        "that of the parameter" };
  static const ShCheckParties action = { "the simulator's action",
                                         "the simulator's",
                                         "the goal's parameter",
                                         "that of the parameter" };

  if (node == NULL || (node->next != NULL && node->next->next != NULL))
    {
      sh_diagnostics_error (
          scope->diagnostics, clause->span,
          "a goal takes the simulator's state and perhaps its "
          "action");
      sh_diagnostics_hint (scope->diagnostics,
                           "write it as in goal (state: State) { ... }");
      return FALSE;
    }
  return check_parameter (scope, node, concept->source.state, &state) &&
         (node->next == NULL ||
          check_parameter (scope, node->next, concept->source.action, &action));
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

  if (!check_parameters (scope, clause, concept))
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
