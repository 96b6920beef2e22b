/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling 1: algorithms and their parameters, and experiments.
 *
 *   algorithm NAME is ALGORITHM PARAMETER => VALUE, ... end
 *   using algorithm ALGORITHM-OR-NAME [PARAMETER => VALUE, ... end]
 *   experimental NAME => VALUE : "what for", ... end
 *
 * The first two become the `algorithm` record of the concept's curriculum. A
 * parameter that the learner here has not, or that is of another algorithm, has
 * no effect: a program is not refused for what was a hint.
 */

#include "sh-parser-first-private.h"

#include <string.h>

#define MAX_PARAMETERS 64u

/* A definition, or the use of one. */
struct ShFirstAlgorithm
{
  ShName name; /* of a definition */
  ShName base; /* the algorithm, or the definition; `text` is NULL: not said */
  ShMemberNode *parameters;
  const ShName *concept; /* of a use */
  gboolean is_used; /* of a definition */
  ShFirstAlgorithm *next;
};

/* The algorithms that there were; `is_here` when Inkling 2 has them as well. */
static const struct
{
  const char *name;
  gboolean is_here;
} algorithms[] = {
  { "APEX", TRUE },    { "DQN", TRUE },   { "PPO", TRUE },
  { "TRPO", TRUE },    { "DDPG", FALSE }, { "DiscreteDDPG", FALSE },
  { "QTable", FALSE },
};

/* What parameters are in Inkling 2. The names of their algorithms stand between
 * blanks; NULL: any. */
static const struct
{
  const char *name, *second, *owners;
  gboolean is_activation;
} parameters[] = {
  { "hidden_layer_size_descriptor", "HiddenLayers", NULL, FALSE },
  { "hidden_layer_descriptor", "HiddenLayers", NULL, FALSE },
  { "hidden_layer_size", "HiddenLayers", NULL, FALSE },
  { "hidden_layer_activation_descriptor", "HiddenLayers", NULL, TRUE },
  { "exploration_decay", "ExplorationDecay", " APEX DQN ", FALSE },
  { "q_learning_rate", "QLearningRate", " APEX DQN ", FALSE },
  { "policy_learning_rate", "PolicyLearningRate", " PPO TRPO ", FALSE },
};

/* Reading ----------------------------------------------------------------- */

/* A literal, a word or a list of these. */
static ShExprNode *
read_value (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShExprNode *node, **tail;
  guint open = parser->at;

  if (sh_parser_at (parser, SH_TOKEN_NAME) &&
      !sh_parser_at_word (parser, "end"))
    {
      node = NEW (self, ShExprNode);
      node->kind = SH_EXPR_STRING;
      if (!sh_parser_expect_name (parser, &node->name, "a value"))
        return NULL;
      node->span = node->name.span;
      return node;
    }
  if (!sh_parser_at (parser, SH_TOKEN_LEFT_BRACKET))
    return sh_parser_first_plain_literal (self);
  if (!sh_parser_enter (parser))
    return NULL;
  sh_parser_take (parser);
  node = NEW (self, ShExprNode);
  node->kind = SH_EXPR_ARRAY;
  tail = &node->items;
  while (!sh_parser_at (parser, SH_TOKEN_RIGHT_BRACKET))
    {
      if ((*tail = read_value (self)) == NULL)
        break;
      tail = &(*tail)->next;
      if (!sh_parser_accept (parser, SH_TOKEN_COMMA))
        break;
    }
  sh_parser_leave (parser);
  if (!sh_parser_expect_close (parser, SH_TOKEN_RIGHT_BRACKET, open))
    return NULL;
  node->span = sh_parser_span (parser, open);
  return node;
}

/* NAME => value, ... up to `end`; the commas may be left out. */
static gboolean
read_parameters (ShParserFirst *self, gboolean has_notes, ShMemberNode **tail)
{
  ShParser *parser = self->parser;

  for (guint n = 0; !sh_parser_at_word (parser, "end"); n++)
    {
      ShMemberNode *member = NEW (self, ShMemberNode);
      ShName note;

      if (n == MAX_PARAMETERS)
        {
          sh_diagnostics_error (parser->diagnostics,
                                sh_parser_peek (parser, 0)->span,
                                "more than %u parameters", MAX_PARAMETERS);
          return FALSE;
        }
      if (!sh_parser_expect_name (parser, &member->name,
                                  "a parameter's name or 'end'"))
        return FALSE;
      if (!sh_parser_at (parser, SH_TOKEN_ASSIGN) ||
          !sh_parser_is (parser, 1, SH_TOKEN_GREATER))
        {
          sh_parser_expected (parser, "'=>' after the parameter's name");
          return FALSE;
        }
      parser->at += 2;
      if ((member->value = read_value (self)) == NULL)
        return FALSE;
      if (has_notes && sh_parser_accept (parser, SH_TOKEN_COLON) &&
          !sh_parser_expect_string (parser, &note, "a text"))
        return FALSE;
      *tail = member;
      tail = &member->next;
      sh_parser_accept (parser, SH_TOKEN_COMMA);
    }
  return sh_parser_first_expect_word (self, "end");
}

gboolean
sh_parser_first_algorithm (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShFirstAlgorithm *algorithm = NEW (self, ShFirstAlgorithm);

  if (!sh_parser_expect_name (parser, &algorithm->name,
                              "the algorithm's name") ||
      (sh_parser_accept_word (parser, "is") &&
       !sh_parser_expect_name (parser, &algorithm->base, "an algorithm")) ||
      !read_parameters (self, FALSE, &algorithm->parameters))
    return FALSE;
  algorithm->next = self->algorithms;
  self->algorithms = algorithm;
  return TRUE;
}

gboolean
sh_parser_first_using (ShParserFirst *self, const ShName *concept)
{
  ShParser *parser = self->parser;
  ShFirstAlgorithm *use = NEW (self, ShFirstAlgorithm);

  sh_parser_take (parser);
  if (sh_parser_accept_word (parser, "algorithm"))
    {
      if (!sh_parser_expect_name (parser, &use->base, "an algorithm") ||
          ((sh_parser_is (parser, 1, SH_TOKEN_ASSIGN) ||
            sh_parser_at_word (parser, "end")) &&
           !read_parameters (self, FALSE, &use->parameters)))
        return FALSE;
    }
  else if (!sh_parser_expect_name (parser, &use->base, "an algorithm"))
    return FALSE;
  use->concept = concept;
  *self->last_use = use;
  self->last_use = &use->next;
  return TRUE;
}

gboolean
sh_parser_first_experimental (ShParserFirst *self)
{
  ShMemberNode *members = NULL;
  ShSpan span = sh_parser_take (self->parser)->span;

  sh_diagnostics_warning (self->parser->diagnostics, span,
                          "'experimental' has no effect here");
  return read_parameters (self, TRUE, &members);
}

/* The record -------------------------------------------------------------- */

static void
add_member (ShParserFirst *self,
            ShMemberNode ***tail,
            const char *name,
            ShSpan span,
            ShExprNode *value)
{
  ShMemberNode *member = NEW (self, ShMemberNode);

  member->name = (ShName){ .text = name, .span = span };
  member->value = value;
  **tail = member;
  *tail = &member->next;
}

/* The words of a text, as in "32, 'relu'", each a number or a text. */
static ShExprNode *
split_text (ShParserFirst *self, const ShExprNode *node)
{
  ShExprNode *items = NULL, **tail = &items;

  for (const char *at = node->name.text; *at != '\0';)
    {
      const gsize length = strspn (at, G_CSET_A_2_Z G_CSET_a_2_z "0123456789.");
      g_autofree char *word = g_strndup (at, length);
      ShExprNode *item;
      char *rest;

      at += MAX (length, 1);
      if (length == 0)
        continue;
      item = NEW (self, ShExprNode);
      item->span = node->span;
      item->number = g_ascii_strtod (word, &rest);
      item->kind = *rest == '\0' ? SH_EXPR_NUMBER : SH_EXPR_STRING;
      item->name.text = sh_pool_strdup (self->parser->pool, word);
      *tail = item;
      tail = &item->next;
    }
  return items;
}

/* The elements of a list, which a text may be as well. */
static ShExprNode *
get_items (ShParserFirst *self, const ShExprNode *node)
{
  ShExprNode *copy;

  if (node == NULL || node->kind == SH_EXPR_ARRAY)
    return node != NULL ? node->items : NULL;
  if (node->kind == SH_EXPR_STRING)
    return split_text (self, node);
  copy = NEW (self, ShExprNode);
  *copy = *node;
  copy->next = NULL;
  return copy;
}

/* [{ Size: ..., Activation: ... }, ...]; NULL without a size. */
static ShExprNode *
make_layers (ShParserFirst *self,
             const ShExprNode *sizes,
             const ShExprNode *activations)
{
  ShExprNode *array = NEW (self, ShExprNode), **tail = &array->items;
  ShExprNode *activation = get_items (self, activations), *next;

  array->kind = SH_EXPR_ARRAY;
  for (ShExprNode *size = get_items (self, sizes); size != NULL; size = next)
    {
      ShExprNode *layer = NEW (self, ShExprNode);
      ShMemberNode **members = &layer->members;

      next = size->next;
      layer->kind = SH_EXPR_STRUCT;
      layer->span = size->span;
      add_member (self, &members, "Size", size->span, size);
      if (activation != NULL)
        add_member (self, &members, "Activation", activation->span, activation);
      activation = activation != NULL ? activation->next : NULL;
      *tail = layer;
      tail = &layer->next;
    }
  array->span = sizes->span;
  return array->items != NULL ? array : NULL;
}

/* Which row of `parameters` a parameter is, of this algorithm ("": one that is
 * not here; NULL: not said); -1: it has no effect. */
static gint
find_parameter (const char *algorithm, const char *name)
{
  g_autofree char *owner = g_strconcat (" ", algorithm, " ", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (strcmp (parameters[i].name, name) == 0)
      return algorithm == NULL || parameters[i].owners == NULL ||
                     strstr (parameters[i].owners, owner) != NULL
                 ? (gint) i
                 : -1;
  return -1;
}

static gboolean
is_in (const ShMemberNode *list, const char *name)
{
  for (; list != NULL; list = list->next)
    if (strcmp (list->name.text, name) == 0)
      return TRUE;
  return FALSE;
}

/* The parameters of a use, before those of a definition that it says anew. */
static void
add_parameters (ShParserFirst *self,
                const char *algorithm,
                const ShMemberNode *own,
                const ShMemberNode *definition,
                ShMemberNode **tail)
{
  const ShMemberNode *lists[] = { own, definition };
  const ShMemberNode *sizes = NULL, *activations = NULL;
  ShExprNode *layers = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (const ShMemberNode *member = lists[i]; member != NULL;
         member = member->next)
      {
        const gint row = find_parameter (algorithm, member->name.text);
        const ShMemberNode **kept =
            row >= 0 && parameters[row].is_activation ? &activations : &sizes;

        if (i == 1 && is_in (own, member->name.text))
          continue;
        if (row < 0)
          sh_diagnostics_warning (self->parser->diagnostics, member->name.span,
                                  "'%s' has no effect here", member->name.text);
        else if (strcmp (parameters[row].second, "HiddenLayers") != 0)
          add_member (self, &tail, parameters[row].second, member->name.span,
                      member->value);
        else if (*kept == NULL)
          *kept = member;
      }
  if (sizes != NULL)
    layers = make_layers (self, sizes->value,
                          activations != NULL ? activations->value : NULL);
  if (layers != NULL)
    add_member (self, &tail, "HiddenLayers", sizes->name.span, layers);
}

/* The algorithm that is meant, noted in `tail` where it is here: as in
 * find_parameter. */
static const char *
add_algorithm (ShParserFirst *self, const ShName *name, ShMemberNode ***tail)
{
  ShDiagnostics *diagnostics = self->parser->diagnostics;
  ShExprNode *text;

  for (guint i = 0; name->text != NULL && i < G_N_ELEMENTS (algorithms); i++)
    if (strcmp (algorithms[i].name, name->text) == 0 && algorithms[i].is_here)
      {
        text = NEW (self, ShExprNode);
        text->kind = SH_EXPR_STRING;
        text->name = *name;
        text->span = name->span;
        add_member (self, tail, "Algorithm", name->span, text);
        return name->text;
      }
    else if (strcmp (algorithms[i].name, name->text) == 0)
      {
        sh_diagnostics_warning (
            diagnostics, name->span,
            "%s is not here: the action decides what learns", name->text);
        return "";
      }
  if (name->text != NULL)
    {
      sh_diagnostics_error (diagnostics, name->span,
                            "there is no algorithm '%s'", name->text);
      sh_diagnostics_hint (diagnostics,
                           "there are APEX, DQN, PPO and TRPO, and those that "
                           "the program defines");
    }
  return NULL;
}

static void
apply_use (ShParserFirst *self, const ShFirstAlgorithm *use)
{
  ShFirstAlgorithm *definition = self->algorithms;
  const ShConceptNode *concept =
      g_hash_table_lookup (self->names, use->concept->text);
  ShClauseNode *curriculum, *clause;
  ShMemberNode **tail;
  const char *name;

  curriculum = concept != NULL ? concept->clauses : NULL;
  if (curriculum == NULL)
    return;
  while (definition != NULL &&
         strcmp (definition->name.text, use->base.text) != 0)
    definition = definition->next;
  if (definition != NULL)
    definition->is_used = TRUE;
  clause = NEW (self, ShClauseNode);
  clause->kind = SH_CLAUSE_ALGORITHM;
  clause->span = use->base.span;
  clause->record = NEW (self, ShExprNode);
  clause->record->kind = SH_EXPR_STRUCT;
  clause->record->span = use->base.span;
  tail = &clause->record->members;
  name = add_algorithm (
      self, definition != NULL ? &definition->base : &use->base, &tail);
  add_parameters (self, name, use->parameters,
                  definition != NULL ? definition->parameters : NULL, tail);
  clause->next = curriculum->clauses;
  curriculum->clauses = clause;
}

void
sh_parser_first_apply_algorithms (ShParserFirst *self)
{
  for (const ShFirstAlgorithm *use = self->uses; use != NULL; use = use->next)
    apply_use (self, use);
  for (const ShFirstAlgorithm *definition = self->algorithms;
       definition != NULL; definition = definition->next)
    if (!definition->is_used)
      sh_diagnostics_warning (self->parser->diagnostics, definition->name.span,
                              "the algorithm '%s' is never used",
                              definition->name.text);
}
