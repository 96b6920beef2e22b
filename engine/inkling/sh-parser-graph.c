/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Simulators, and the graph with its concepts, curricula and lessons. Their
 * bodies are lists of clauses, each begun by a word; one table says which word
 * is good where, and what follows it.
 */

#include "sh-parser-private.h"

#include "sh-suggestion.h"

#include <string.h>

/* Where a clause may stand. */
typedef enum
{
  IN_CONCEPT = 1 << 0,
  IN_CURRICULUM = 1 << 1,
  IN_LESSON = 1 << 2,
  IN_SELECT = 1 << 3
} Place;

/* What follows the word. */
typedef enum
{
  FORM_CLAUSES, /* { clauses } */
  FORM_NAMED_CLAUSES, /* NAME { clauses } */
  FORM_SELECT, /* NAME [ { clauses } ] */
  FORM_FUNCTION, /* NAME or a function */
  FORM_RECORD,
  FORM_SOURCE, /* NAME or a simulator */
  FORM_TYPE,
  FORM_GOAL
} Form;

static const struct
{
  const char *word;
  ShClauseKind kind;
  Form form;
  guint places;
  Place inside; /* the place that its clauses are in */
} clauses[] = {
  { "curriculum", SH_CLAUSE_CURRICULUM, FORM_CLAUSES, IN_CONCEPT,
    IN_CURRICULUM },
  { "programmed", SH_CLAUSE_PROGRAMMED, FORM_FUNCTION, IN_CONCEPT, 0 },
  { "import", SH_CLAUSE_IMPORT, FORM_RECORD, IN_CONCEPT, 0 },
  { "select", SH_CLAUSE_SELECT, FORM_SELECT, IN_CONCEPT, IN_SELECT },

  { "source", SH_CLAUSE_SOURCE, FORM_SOURCE, IN_CURRICULUM, 0 },
  { "reward", SH_CLAUSE_REWARD, FORM_FUNCTION, IN_CURRICULUM, 0 },
  { "terminal", SH_CLAUSE_TERMINAL, FORM_FUNCTION, IN_CURRICULUM, 0 },
  { "state", SH_CLAUSE_STATE, FORM_FUNCTION, IN_CURRICULUM, 0 },
  { "action", SH_CLAUSE_ACTION, FORM_FUNCTION, IN_CURRICULUM, 0 },
  { "mask", SH_CLAUSE_MASK, FORM_FUNCTION, IN_CURRICULUM | IN_SELECT, 0 },
  { "algorithm", SH_CLAUSE_ALGORITHM, FORM_RECORD, IN_CURRICULUM, 0 },
  { "training", SH_CLAUSE_TRAINING, FORM_RECORD, IN_CURRICULUM | IN_LESSON, 0 },
  { "goal", SH_CLAUSE_GOAL, FORM_GOAL, IN_CURRICULUM, 0 },
  { "lesson", SH_CLAUSE_LESSON, FORM_NAMED_CLAUSES, IN_CURRICULUM, IN_LESSON },
  { "scenario", SH_CLAUSE_SCENARIO, FORM_TYPE, IN_LESSON, 0 },
  { "constraint", SH_CLAUSE_SCENARIO, FORM_TYPE, IN_LESSON, 0 },
  { "experiment", SH_CLAUSE_EXPERIMENT, FORM_RECORD, IN_CONCEPT | IN_CURRICULUM,
    0 },
};

static void parse_clauses (ShParser *self, Place place, ShClauseNode **list);

gboolean
sh_parser_at_clause (const ShParser *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (clauses); i++)
    if (sh_parser_at_word (self, clauses[i].word))
      return TRUE;
  return sh_parser_at_word (self, "concept") ||
         sh_parser_at_word (self, "output") || sh_parser_at_objective (self);
}

/* Simulators -------------------------------------------------------------- */

ShSimulatorNode *
sh_parser_simulator (ShParser *self, gboolean needs_name)
{
  ShSimulatorNode *simulator = sh_pool_new_item (self->pool, ShSimulatorNode);
  guint first = self->at, open;

  sh_parser_take (self);
  if (needs_name || sh_parser_at (self, SH_TOKEN_NAME))
    if (!sh_parser_expect_name (self, &simulator->name, "the simulator's name"))
      return NULL;
  if (!sh_parser_parameters (self, &simulator->parameters) ||
      !sh_parser_expect (self, SH_TOKEN_COLON, "the simulator's parameters"))
    return NULL;
  simulator->state = sh_parser_type (self);
  if (simulator->state == NULL)
    return NULL;
  simulator->span = sh_parser_span (self, first);

  open = self->at;
  if (!sh_parser_expect (self, SH_TOKEN_LEFT_BRACE, "the simulator's state"))
    return NULL;
  if (sh_parser_accept_word (self, "package") &&
      !sh_parser_expect_string (self, &simulator->package,
                                "the package's name in quotes"))
    return NULL;
  return sh_parser_expect_close (self, SH_TOKEN_RIGHT_BRACE, open) ? simulator
                                                                   : NULL;
}

/* Clauses ----------------------------------------------------------------- */

/* Whether the name that should stand here was forgotten: the next clause
 * begins. */
static gboolean
at_next_clause (const ShParser *self)
{
  return sh_parser_peek (self, 0)->is_first && sh_parser_at_clause (self) &&
         sh_parser_is (self, 1, SH_TOKEN_LEFT_BRACE);
}

/* The name of something that stands elsewhere. */
static gboolean
parse_reference (ShParser *self, ShName *name, const char *what)
{
  if (!at_next_clause (self))
    return sh_parser_expect_name (self, name, what);
  sh_parser_expected (self, what);
  return FALSE;
}

/* Whether the word begins a function or a simulator in place. */
static gboolean
at_inline (const ShParser *self, const char *word)
{
  return sh_parser_at_word (self, word) &&
         (sh_parser_is (self, 1, SH_TOKEN_LEFT_PAREN) ||
          (sh_parser_is (self, 1, SH_TOKEN_NAME) &&
           sh_parser_is (self, 2, SH_TOKEN_LEFT_PAREN)));
}

static gboolean
parse_body (ShParser *self, Place place, ShClauseNode *clause)
{
  if (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE))
    {
      sh_parser_expected (self, "'{'");
      return FALSE;
    }
  parse_clauses (self, place, &clause->clauses);
  return TRUE;
}

static gboolean
parse_lesson_name (ShParser *self, ShClauseNode *clause)
{
  if (!sh_parser_expect_name (self, &clause->name, "the lesson's name"))
    return FALSE;
  if (!sh_parser_at (self, SH_TOKEN_NAME))
    return TRUE;
  sh_parser_expected (self, "'{'");
  sh_diagnostics_hint (self->diagnostics,
                       "write a name of several words as in `Heavy Pole`");
  return FALSE;
}

static gboolean
parse_form (ShParser *self, Form form, Place inside, ShClauseNode *clause)
{
  switch (form)
    {
    case FORM_CLAUSES:
      return parse_body (self, inside, clause);
    case FORM_NAMED_CLAUSES:
      return parse_lesson_name (self, clause) &&
             parse_body (self, inside, clause);
    case FORM_SELECT:
      return sh_parser_expect_name (self, &clause->name, "a concept's name") &&
             (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE) ||
              parse_body (self, inside, clause));
    case FORM_FUNCTION:
      if (at_inline (self, "function"))
        return (clause->function = sh_parser_function (self, FALSE)) != NULL;
      return parse_reference (self, &clause->name,
                              "a function or the name of one");
    case FORM_RECORD:
      return (clause->record = sh_parser_record (self)) != NULL;
    case FORM_SOURCE:
      if (at_inline (self, "simulator"))
        return (clause->simulator = sh_parser_simulator (self, FALSE)) != NULL;
      return parse_reference (self, &clause->name,
                              "a simulator or the name of one");
    case FORM_TYPE:
      return (clause->type = sh_parser_type (self)) != NULL;
    case FORM_GOAL:
    default:
      return sh_parser_goal (self, clause);
    }
}

/* "'source', 'reward', ... or 'lesson'" */
static char *
list_words (Place place)
{
  GString *list = g_string_new (NULL);
  const char *last = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (clauses); i++)
    {
      if ((clauses[i].places & place) == 0)
        continue;
      if (last != NULL)
        g_string_append_printf (list, "%s'%s'", list->len > 0 ? ", " : "",
                                last);
      last = clauses[i].word;
    }
  g_string_append_printf (list, "%s'%s'", list->len > 0 ? " or " : "", last);
  return g_string_free (list, FALSE);
}

static const char *
get_place_name (guint places)
{
  return (places & IN_CURRICULUM) != 0 ? "a curriculum"
         : (places & IN_CONCEPT) != 0  ? "a concept"
                                       : "a lesson";
}

static void
refuse_word (ShParser *self, Place place)
{
  g_autofree char *words = list_words (place);
  ShSuggestion suggestion;
  ShName name;

  sh_parser_expected (self, words);
  if (!sh_diagnostics_wants_hint (self->diagnostics) ||
      !sh_parser_expect_name (self, &name, words))
    return;
  self->recovering = TRUE;
  sh_suggestion_init (&suggestion, name.text);
  for (guint i = 0; i < G_N_ELEMENTS (clauses); i++)
    {
      if ((clauses[i].places & place) != 0)
        sh_suggestion_offer (&suggestion, clauses[i].word);
      else if (strcmp (clauses[i].word, name.text) == 0)
        sh_diagnostics_hint (self->diagnostics,
                             "'%s' belongs in %s; perhaps a '}' is missing "
                             "before it, or is one too many",
                             name.text, get_place_name (clauses[i].places));
    }
  if (suggestion.best != NULL)
    sh_diagnostics_hint (self->diagnostics, "did you mean '%s'?",
                         suggestion.best);
}

static ShClauseNode *
parse_clause (ShParser *self, Place place)
{
  ShClauseNode *clause = sh_pool_new_item (self->pool, ShClauseNode);
  guint i = 0;

  while (i < G_N_ELEMENTS (clauses) &&
         ((clauses[i].places & place) == 0 ||
          !sh_parser_at_word (self, clauses[i].word)))
    i++;
  if (i == G_N_ELEMENTS (clauses))
    {
      refuse_word (self, place);
      return NULL;
    }
  clause->kind = clauses[i].kind;
  clause->span = sh_parser_take (self)->span;
  if (sh_parser_at (self, SH_TOKEN_COLON))
    {
      sh_diagnostics_error (self->diagnostics, sh_parser_peek (self, 0)->span,
                            "'%s' is followed by no ':'", clauses[i].word);
      sh_diagnostics_hint (self->diagnostics, "remove it");
      sh_parser_take (self);
    }
  return parse_form (self, clauses[i].form, clauses[i].inside, clause) ? clause
                                                                       : NULL;
}

/* Whether a clause is of use without those of its parts that are in error. */
static gboolean
is_list (const ShClauseNode *clause)
{
  return clause->clauses != NULL || clause->objectives != NULL ||
         clause->record != NULL || clause->kind == SH_CLAUSE_CURRICULUM ||
         clause->kind == SH_CLAUSE_GOAL;
}

static void
parse_clauses (ShParser *self, Place place, ShClauseNode **tail)
{
  ShClauseNode **last = tail;
  const guint open = self->at, n_errors = self->diagnostics->n_errors;

  sh_parser_take (self);
  while (sh_parser_is_inside (self))
    {
      const guint before = self->at, n_before = self->diagnostics->n_errors;
      const gboolean is_rest =
          !sh_parser_at_clause (self) && sh_parser_is_rest (self);
      ShClauseNode *clause = parse_clause (self, place);

      if (clause == NULL)
        {
          sh_parser_skip_from (self, SH_SKIP_CLAUSE, before);
          if (is_rest)
            tail = last;
          *tail = NULL;
        }
      else if (is_list (clause) || sh_parser_is_clean (self, before, n_before))
        {
          last = tail;
          *tail = clause;
          tail = &clause->next;
        }
    }
  sh_parser_close_list (self, open, n_errors);
}

/* Graphs ------------------------------------------------------------------ */

static gboolean
parse_inputs (ShParser *self, ShExprNode **tail)
{
  guint open = self->at;

  if (!sh_parser_expect (self, SH_TOKEN_LEFT_PAREN, "the concept's name"))
    return FALSE;
  for (gboolean is_first = TRUE;
       sh_parser_more (self, SH_TOKEN_RIGHT_PAREN, is_first); is_first = FALSE)
    {
      ShExprNode *input = sh_parser_expression (self);

      if (input == NULL)
        return FALSE;
      *tail = input;
      tail = &input->next;
    }
  return sh_parser_expect_close (self, SH_TOKEN_RIGHT_PAREN, open);
}

/* Whether its head is_clean; NULL: it ends before its body. */
static ShConceptNode *
parse_concept (ShParser *self, gboolean *is_clean)
{
  ShConceptNode *concept = sh_pool_new_item (self->pool, ShConceptNode);
  const guint first = self->at, n_errors = self->diagnostics->n_errors;

  *is_clean = FALSE;
  concept->is_output = sh_parser_accept_word (self, "output");
  sh_parser_take (self);
  if (!sh_parser_expect_name (self, &concept->name, "the concept's name") ||
      !parse_inputs (self, &concept->inputs))
    return NULL;
  if (sh_parser_accept (self, SH_TOKEN_COLON) &&
      (concept->type = sh_parser_type (self)) == NULL)
    return NULL;
  if (!sh_parser_at (self, SH_TOKEN_LEFT_BRACE))
    {
      sh_parser_expected (self, "'{'");
      return NULL;
    }
  *is_clean = sh_parser_is_clean (self, first, n_errors);
  parse_clauses (self, IN_CONCEPT, &concept->clauses);
  return concept;
}

static gboolean
parse_graph_item (ShParser *self,
                  ShConceptNode ***concepts,
                  ShOutputNode ***outputs)
{
  gboolean is_output = sh_parser_at_word (self, "output");

  if (sh_parser_is_word (self, is_output ? 1 : 0, "concept") &&
      sh_parser_is (self, is_output ? 2 : 1, SH_TOKEN_NAME))
    {
      gboolean is_clean;
      ShConceptNode *concept = parse_concept (self, &is_clean);

      if (concept == NULL)
        return FALSE;
      if (!is_clean)
        return TRUE;
      **concepts = concept;
      *concepts = &concept->next;
      return TRUE;
    }
  if (is_output)
    {
      ShOutputNode *output = sh_pool_new_item (self->pool, ShOutputNode);

      sh_parser_take (self);
      if (!sh_parser_expect_name (self, &output->name, "a concept's name"))
        return FALSE;
      **outputs = output;
      *outputs = &output->next;
      return TRUE;
    }
  sh_parser_expected (self, "'concept' or 'output'");
  return FALSE;
}

static gboolean
parse_graph_body (ShParser *self, ShGraphNode *graph)
{
  ShConceptNode **concepts = &graph->concepts;
  ShOutputNode **outputs = &graph->outputs;
  const guint open = self->at, n_errors = self->diagnostics->n_errors;

  if (!sh_parser_expect (self, SH_TOKEN_LEFT_BRACE, "the graph's head"))
    return FALSE;
  while (sh_parser_is_inside (self))
    {
      guint before = self->at;

      if (!parse_graph_item (self, &concepts, &outputs))
        sh_parser_skip_from (self, SH_SKIP_CLAUSE, before);
    }
  /* With its braces in disorder nothing is known to be where it belongs. */
  return sh_parser_close_list (self, open, n_errors);
}

ShGraphNode *
sh_parser_graph (ShParser *self)
{
  ShGraphNode *graph = sh_pool_new_item (self->pool, ShGraphNode);
  const guint first = self->at, n_errors = self->diagnostics->n_errors;
  gboolean is_clean;

  sh_parser_take (self);
  if (!sh_parser_parameters (self, &graph->parameters))
    return NULL;
  if (sh_parser_accept (self, SH_TOKEN_COLON) &&
      (graph->type = sh_parser_type (self)) == NULL)
    return NULL;
  graph->span = sh_parser_span (self, first);
  is_clean = sh_parser_is_clean (self, first, n_errors);
  return parse_graph_body (self, graph) && is_clean ? graph : NULL;
}
