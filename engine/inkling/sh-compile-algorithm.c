/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whether the algorithm that is named can learn what a concept decides. What each
 * can is for the learners to say.
 */

#include "sh-compile.h"

#include "sh-component.h"
#include "sh-learner.h"

#include <string.h>

/* What `algorithm` needs of the first field that it cannot decide, *field; NULL:
 * it decides all of them. */
static const char *
find_unmet (const char *algorithm, const ShType *decided, const char **field)
{
  for (guint i = 0; i < decided->n_fields; i++)
    {
      const ShType *type = decided->fields[i].type;
      ShComponent component;
      const char *needs;

      /* Of others it is said elsewhere that they cannot be decided. */
      if (type->kind != SH_TYPE_NUMBER && type->kind != SH_TYPE_STRING)
        continue;
      sh_component_init (&component, type);
      needs = sh_learner_get_needs (algorithm, &component);
      if (needs == NULL)
        continue;
      *field = decided->fields[i].name;
      return needs;
    }
  return NULL;
}

static void
hint_others (ShScope *scope, const ShType *decided)
{
  g_autoptr (GString) list = g_string_new (NULL);
  const char *name, *field;

  for (guint i = 0; (name = sh_learner_get_algorithm (i)) != NULL; i++)
    if (find_unmet (name, decided, &field) == NULL)
      g_string_append_printf (list, "%s\"%s\"", list->len > 0 ? " or " : "",
                              name);
  sh_diagnostics_hint (scope->diagnostics, "write %s", list->str);
}

/* The value of 'Algorithm' in a record, if it has any. */
static const ShExprNode *
find_value (const ShExprNode *record)
{
  const ShExprNode *value = NULL;

  for (const ShMemberNode *member = record->members; member != NULL;
       member = member->next)
    if (strcmp (member->name.text, "Algorithm") == 0)
      value = member->value;
  return value;
}

void
sh_compile_check_algorithm (ShScope *scope,
                            const ShExprNode *record,
                            const ShExprNode *general,
                            const ShConcept *concept,
                            const ShType *decided,
                            gboolean is_choice)
{
  const ShExprNode *place = record != NULL ? find_value (record) : NULL;
  const char *field = NULL, *needs;

  if (place == NULL && general != NULL)
    place = find_value (general);
  if (place == NULL || concept->algorithm == NULL)
    return;
  needs = find_unmet (concept->algorithm, decided, &field);
  if (needs == NULL)
    return;
  if (is_choice)
    sh_diagnostics_error (scope->diagnostics, place->span,
                          "%s needs %s, which the choice of '%s' is not",
                          concept->algorithm, needs, concept->name);
  else
    sh_diagnostics_error (scope->diagnostics, place->span,
                          "%s needs %s, which '%s' of '%s' is not",
                          concept->algorithm, needs, field, concept->name);
  hint_others (scope, decided);
}
