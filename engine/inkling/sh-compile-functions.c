/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The functions of a curriculum: what each is given and must give.
 */

#include "sh-compile.h"

#include "sh-check.h"
#include "sh-resolve.h"

/* What a function takes and gives. */
typedef enum
{
  ROLE_STATE, /* the simulator's state */
  ROLE_ACTION, /* the simulator's action */
  ROLE_INPUT, /* the concept's input */
  ROLE_OUTPUT, /* the concept's output */
  ROLE_NUMBER,
  ROLE_NONE
} Role;

typedef struct
{
  ShClauseKind kind;
  const char *word;
  Role first, second, result; /* the second parameter may be left out */
  gsize offset; /* in ShConcept */
  const char *usage;
} Usage;

static const Usage usages[] = {
  { SH_CLAUSE_REWARD, "reward", ROLE_STATE, ROLE_ACTION, ROLE_NUMBER,
    G_STRUCT_OFFSET (ShConcept, reward),
    "the simulator's state and perhaps its action" },
  { SH_CLAUSE_TERMINAL, "terminal", ROLE_STATE, ROLE_ACTION, ROLE_NUMBER,
    G_STRUCT_OFFSET (ShConcept, terminal),
    "the simulator's state and perhaps its action" },
  { SH_CLAUSE_STATE, "state", ROLE_STATE, ROLE_NONE, ROLE_INPUT,
    G_STRUCT_OFFSET (ShConcept, state), "the simulator's state" },
  { SH_CLAUSE_ACTION, "action", ROLE_OUTPUT, ROLE_NONE, ROLE_ACTION,
    G_STRUCT_OFFSET (ShConcept, action), "the concept's output" },
};

static const struct
{
  const char *whole, *possessive;
} roles[] = {
  [ROLE_STATE] = { "the simulator's state", "the simulator's" },
  [ROLE_ACTION] = { "the simulator's action", "the simulator's" },
  [ROLE_INPUT] = { "the concept's input", "the concept's" },
  [ROLE_OUTPUT] = { "the concept's output", "the concept's" },
};

/* NULL where an error keeps it unknown. */
static const ShType *
get_type (const ShConcept *concept, Role role)
{
  switch (role)
    {
    case ROLE_STATE:
      return concept->source.state;
    case ROLE_ACTION:
      return concept->source.action;
    case ROLE_INPUT:
      return concept->input;
    case ROLE_OUTPUT:
      return concept->output;
    case ROLE_NUMBER:
    case ROLE_NONE:
    default:
      return NULL;
    }
}

static gboolean
check_parameter (ShScope *scope,
                 const ShConcept *concept,
                 Role role,
                 const ShFieldNode *node,
                 const ShType *type)
{
  const ShType *source = get_type (concept, role);
  g_autofree char *target =
      g_strdup_printf ("the parameter '%s'", node->name.text);
  const ShCheckParties parties = { roles[role].whole, roles[role].possessive,
                                   target, "that of the parameter" };

  if (source == NULL)
    return TRUE;
  if (type->kind != SH_TYPE_STRUCT)
    {
      g_autofree char *found = sh_resolve_describe (type);

      sh_diagnostics_error (scope->diagnostics, node->type->span,
                            "the parameter is %s, a struct, not %s",
                            roles[role].whole, found);
      return FALSE;
    }
  return sh_check_cast (scope, source, type, &parties, node->type->span);
}

static gboolean
check_result (ShScope *scope,
              const ShConcept *concept,
              const Usage *usage,
              const ShFunctionInfo *function)
{
  g_autofree char *whole =
      g_strdup_printf ("the result of the %s function", usage->word);
  g_autofree char *possessive =
      g_strdup_printf ("the %s function's", usage->word);
  const ShType *target = get_type (concept, usage->result);
  ShCheckParties parties = { .source = whole, .source_s = possessive };
  g_autofree char *found = NULL;

  if (usage->result == ROLE_NUMBER)
    {
      if (function->result->kind == SH_TYPE_NUMBER)
        return TRUE;
      found = sh_resolve_describe (function->result);
      sh_diagnostics_error (scope->diagnostics, function->span,
                            "%s is a number, not %s", whole, found);
      return FALSE;
    }
  if (target == NULL)
    return TRUE;
  parties.target = roles[usage->result].whole;
  parties.target_s = roles[usage->result].possessive;
  if (function->result->kind != SH_TYPE_STRUCT)
    {
      found = sh_resolve_describe (function->result);
      sh_diagnostics_error (scope->diagnostics, function->span,
                            "%s is %s, a struct, not %s", whole, parties.target,
                            found);
      return FALSE;
    }
  return sh_check_cast (scope, function->result, target, &parties,
                        function->span);
}

static gboolean
check_parameters (ShScope *scope,
                  const ShConcept *concept,
                  const Usage *usage,
                  const ShFunctionInfo *function)
{
  const ShFieldNode *node = function->parameters;
  guint most = usage->second != ROLE_NONE ? 2 : 1;

  if (function->n_parameters < 1 || function->n_parameters > most)
    {
      sh_diagnostics_error (scope->diagnostics, function->span,
                            "%s %s function takes %s",
                            usage->kind == SH_CLAUSE_ACTION ? "an" : "a",
                            usage->word, usage->usage);
      return FALSE;
    }
  if (!check_parameter (scope, concept, usage->first, node, function->types[0]))
    return FALSE;
  return function->n_parameters == 1 ||
         check_parameter (scope, concept, usage->second, node->next,
                          function->types[1]);
}

const ShFunctionInfo *
sh_compile_function (ShScope *scope,
                     const ShClauseNode *clause,
                     const char *what)
{
  return clause->function != NULL
             ? sh_functions_compile (scope->functions, clause->function, what)
             : sh_functions_find (scope->functions, &clause->name);
}

static void
compile_function (ShScope *scope,
                  const Usage *usage,
                  const ShClauseNode *clause,
                  ShConcept *concept)
{
  const ShFunctionInfo *function =
      sh_compile_function (scope, clause, usage->word);

  if (function != NULL && check_parameters (scope, concept, usage, function) &&
      check_result (scope, concept, usage, function))
    G_STRUCT_MEMBER (guint, concept, usage->offset) = function->index;
}

static gboolean
check_goal (ShScope *scope, const ShClauseNode *clause, const Usage *usage)
{
  if (usage->kind != SH_CLAUSE_REWARD && usage->kind != SH_CLAUSE_TERMINAL)
    return TRUE;
  sh_diagnostics_error (scope->diagnostics, clause->span,
                        "a '%s' function cannot be used together with a goal",
                        usage->word);
  sh_diagnostics_hint (scope->diagnostics, "keep one of them");
  return FALSE;
}

void
sh_compile_functions (ShScope *scope,
                      const ShClauseNode *curriculum,
                      ShConcept *concept)
{
  const ShClauseNode *goal = sh_compile_find_clause (scope, curriculum->clauses,
                                                     SH_CLAUSE_GOAL, "goal");

  for (guint i = 0; i < G_N_ELEMENTS (usages); i++)
    {
      const ShClauseNode *clause = sh_compile_find_clause (
          scope, curriculum->clauses, usages[i].kind, usages[i].word);

      if (clause != NULL &&
          (goal == NULL || check_goal (scope, clause, &usages[i])))
        compile_function (scope, &usages[i], clause, concept);
    }
  if (goal != NULL)
    sh_compile_goal (scope, goal, concept);
}
