/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling 1: words and blocks that `end` closes. It is read into the tree of
 * Inkling 2, so that one compiler serves both:
 *
 *   schema        a type, a struct
 *   constant      a const
 *   concept       a concept of a graph whose input is what `input(...)` names
 *   simulator     a simulator
 *   curriculum    the curriculum of the concept that it trains
 *   lesson        a lesson; `configure` is its scenario, `until` its threshold
 *
 * A lesson's objective is the name of the simulator's reward.
 */

#include "sh-parser-first-private.h"

#include <string.h>

/* A curriculum, until the concept that it trains is known. */
typedef struct Training Training;

struct Training
{
  ShName concept;
  ShClauseNode *curriculum;
  Training *next;
};

static ShItemNode *
add_item (ShParserFirst *self, ShItemKind kind, ShSpan span)
{
  ShItemNode *item = NEW (self, ShItemNode);

  item->kind = kind;
  item->span = span;
  *self->tail = item;
  self->tail = &item->next;
  return item;
}

static gboolean
expect_word (ShParserFirst *self, const char *word)
{
  g_autofree char *what = NULL;

  if (sh_parser_accept_word (self->parser, word))
    return TRUE;
  what = g_strdup_printf ("'%s'", word);
  sh_parser_expected (self->parser, what);
  return FALSE;
}

/* Declarations ------------------------------------------------------------ */

static gboolean
parse_schema (ShParserFirst *self, ShSpan span)
{
  ShItemNode *item = add_item (self, SH_ITEM_TYPE, span);

  item->type = NEW (self, ShTypeNode);
  item->type->kind = SH_TYPE_NODE_STRUCT;
  item->type->span = span;
  return sh_parser_expect_name (self->parser, &item->name,
                                "the schema's name") &&
         sh_parser_first_fields (self, &item->type->fields) &&
         expect_word (self, "end");
}

static gboolean
parse_constant (ShParserFirst *self, ShSpan span)
{
  ShItemNode *item = add_item (self, SH_ITEM_CONST, span);

  item->type = sh_parser_first_type (self);
  if (item->type == NULL ||
      !sh_parser_expect_name (self->parser, &item->name,
                              "the constant's name") ||
      !sh_parser_expect (self->parser, SH_TOKEN_ASSIGN, "the constant's name"))
    return FALSE;
  item->value = sh_parser_first_literal (self);
  return item->value != NULL;
}

static gboolean
parse_simulator (ShParserFirst *self, ShSpan span)
{
  ShParser *parser = self->parser;
  ShItemNode *item = add_item (self, SH_ITEM_SIMULATOR, span);
  ShSimulatorNode *simulator = NEW (self, ShSimulatorNode);
  ShFieldNode *action = NEW (self, ShFieldNode);
  ShFieldNode *config = NEW (self, ShFieldNode);
  guint open;

  item->simulator = simulator;
  simulator->parameters = action;
  action->next = config;
  action->name.text = "action";
  config->name.text = "config";
  if (!sh_parser_expect_name (parser, &item->name, "the simulator's name"))
    return FALSE;
  simulator->name = item->name;
  simulator->span = item->name.span;
  open = parser->at;
  if (!sh_parser_at (parser, SH_TOKEN_LEFT_PAREN))
    {
      sh_parser_expected (parser, "'(' and the schema of the config");
      return FALSE;
    }
  if (sh_parser_is (parser, 1, SH_TOKEN_RIGHT_PAREN))
    {
      parser->at += 2;
      config->type = NEW (self, ShTypeNode);
      config->type->kind = SH_TYPE_NODE_STRUCT;
      config->type->span = sh_parser_span (parser, open);
    }
  else if ((config->type = sh_parser_first_schema (self)) == NULL)
    return FALSE;
  if (sh_parser_accept_word (parser, "action") &&
      (action->type = sh_parser_first_schema (self)) == NULL)
    return FALSE;
  if (sh_parser_accept_word (parser, "state") &&
      (simulator->state = sh_parser_first_schema (self)) == NULL)
    return FALSE;
  return expect_word (self, "end");
}

/* Concepts ---------------------------------------------------------------- */

/* `follows input(Schema), Other` */
static gboolean
read_follows (ShParserFirst *self, ShConceptNode *concept)
{
  ShParser *parser = self->parser;
  ShExprNode **tail = &concept->inputs;

  do
    {
      ShExprNode *input = NEW (self, ShExprNode);

      input->kind = SH_EXPR_NAME;
      if (!sh_parser_expect_name (parser, &input->name,
                                  "'input' or a concept's name"))
        return FALSE;
      input->span = input->name.span;
      *tail = input;
      tail = &input->next;
      if (strcmp (input->name.text, "input") == 0)
        {
          ShTypeNode *type = sh_parser_first_schema (self);

          if (type == NULL)
            return FALSE;
          if (self->graph->parameters == NULL)
            {
              self->graph->parameters = NEW (self, ShFieldNode);
              self->graph->parameters->name = input->name;
              self->graph->parameters->type = type;
            }
        }
    }
  while (sh_parser_accept (parser, SH_TOKEN_COMMA));
  return TRUE;
}

/* Whether each field of what is predicted suits a classifier, or an estimator;
 * a schema that is named is looked up when all is read. */
static gboolean
check_field (ShParserFirst *self,
             gboolean is_classifier,
             const ShFieldNode *field)
{
  const ShTypeNode *type = field->type;
  const ShSuffixNode *suffix = type->suffixes;
  gboolean is_float = type->kind == SH_TYPE_NODE_NUMBER &&
                      !sh_number_kind_is_integer (type->number);
  gboolean is_stepped = suffix != NULL && (suffix->kind == SH_SUFFIX_VALUES ||
                                           suffix->size != NULL);

  if (is_classifier && is_float && !is_stepped)
    sh_diagnostics_error (self->parser->diagnostics, type->span,
                          "what a classifier predicts needs a step, which '%s' "
                          "has not",
                          field->name.text);
  else if (!is_classifier && (!is_float || is_stepped))
    sh_diagnostics_error (self->parser->diagnostics, type->span,
                          "what an estimator predicts is a number with a point "
                          "and without a step, which '%s' is not",
                          field->name.text);
  else
    return TRUE;
  return FALSE;
}

static void
check_predicts (ShParserFirst *self,
                gboolean is_classifier,
                const ShTypeNode *type)
{
  const ShFieldNode *fields = type->fields;

  for (const ShItemNode *item = self->items;
       type->kind == SH_TYPE_NODE_NAMED && item != NULL; item = item->next)
    if (item->kind == SH_ITEM_TYPE && item->name.text != NULL &&
        strcmp (item->name.text, type->name.text) == 0)
      fields = item->type->fields;
  for (; fields != NULL; fields = fields->next)
    if (!check_field (self, is_classifier, fields))
      return;
}

static gboolean
read_concept_parts (ShParserFirst *self, ShConceptNode *concept)
{
  ShParser *parser = self->parser;

  while (!sh_parser_at_word (parser, "end"))
    {
      if (sh_parser_accept_word (parser, "predicts"))
        {
          if ((concept->type = sh_parser_first_schema (self)) == NULL)
            return FALSE;
        }
      else if (sh_parser_accept_word (parser, "follows"))
        {
          if (!read_follows (self, concept))
            return FALSE;
        }
      else if (sh_parser_accept_word (parser, "feeds"))
        {
          ShName name;

          if (sh_parser_accept_word (parser, "output"))
            concept->is_output = TRUE;
          else if (!sh_parser_expect_name (parser, &name,
                                           "'output' or a concept's name"))
            return FALSE;
        }
      else if (sh_parser_accept_word (parser, "using"))
        {
          ShName name;

          if (!sh_parser_expect_name (parser, &name, "an algorithm's name"))
            return FALSE;
          sh_diagnostics_warning (parser->diagnostics, name.span,
                                  "the algorithms of Inkling 1 have no effect "
                                  "here");
        }
      else
        {
          sh_parser_expected (parser, "'predicts', 'follows', 'feeds', 'using' "
                                      "or 'end'");
          return FALSE;
        }
    }
  return expect_word (self, "end");
}

/* Notes in `kinds` whether it is a classifier (1), an estimator (2) or neither;
 * whether what it predicts suits that is checked when all schemas are read. */
static gboolean
parse_concept (ShParserFirst *self, GArray *kinds)
{
  ShParser *parser = self->parser;
  ShConceptNode *concept = NEW (self, ShConceptNode);
  guint kind = 0;

  if (!sh_parser_expect_name (parser, &concept->name, "the concept's name"))
    return FALSE;
  if (sh_parser_accept_word (parser, "is"))
    {
      if (sh_parser_accept_word (parser, "classifier"))
        kind = 1;
      else if (sh_parser_accept_word (parser, "estimator"))
        kind = 2;
      else
        {
          sh_parser_expected (parser, "'classifier' or 'estimator'");
          return FALSE;
        }
    }
  if (!read_concept_parts (self, concept))
    return FALSE;
  *self->concepts = concept;
  self->concepts = &concept->next;
  g_array_append_val (kinds, kind);
  return TRUE;
}

/* Curricula --------------------------------------------------------------- */

static ShClauseNode *
add_clause (ShParserFirst *self,
            ShClauseNode ***tail,
            ShClauseKind kind,
            ShSpan span)
{
  ShClauseNode *clause = NEW (self, ShClauseNode);

  clause->kind = kind;
  clause->span = span;
  **tail = clause;
  *tail = &clause->next;
  return clause;
}

/* `constrain FIELD with TYPE range, ...` */
static gboolean
read_constraints (ShParserFirst *self, ShClauseNode ***tail)
{
  ShParser *parser = self->parser;
  ShClauseNode *scenario = add_clause (self, tail, SH_CLAUSE_SCENARIO,
                                       sh_parser_peek (parser, 0)->span);
  guint first = parser->at;
  ShFieldNode **fields;

  scenario->type = NEW (self, ShTypeNode);
  scenario->type->kind = SH_TYPE_NODE_STRUCT;
  fields = &scenario->type->fields;
  do
    {
      ShFieldNode *field = NEW (self, ShFieldNode);

      sh_parser_accept_word (parser, "constrain");
      if (!sh_parser_expect_name (parser, &field->name, "a field's name") ||
          !expect_word (self, "with") ||
          (field->type = sh_parser_first_type (self)) == NULL)
        return FALSE;
      *fields = field;
      fields = &field->next;
    }
  while (sh_parser_accept (parser, SH_TOKEN_COMMA) ||
         sh_parser_at_word (parser, "constrain"));
  scenario->type->span = sh_parser_span (parser, first);
  return TRUE;
}

/* A number, or a constant; negated where less is better. */
static ShExprNode *
read_threshold (ShParserFirst *self, gboolean is_minimum)
{
  ShExprNode *node = NEW (self, ShExprNode), *negated;

  if (sh_parser_at (self->parser, SH_TOKEN_NAME) &&
      !sh_parser_at_word (self->parser, "true") &&
      !sh_parser_at_word (self->parser, "false"))
    {
      node->kind = SH_EXPR_NAME;
      if (!sh_parser_expect_name (self->parser, &node->name, "a constant"))
        return NULL;
      node->span = node->name.span;
    }
  else if ((node = sh_parser_first_literal (self)) == NULL)
    return NULL;
  if (!is_minimum)
    return node;
  negated = NEW (self, ShExprNode);
  negated->kind = SH_EXPR_UNARY;
  negated->op = SH_OPERATOR_SUBTRACT;
  negated->left = node;
  negated->span = node->span;
  return negated;
}

static void
set_threshold (ShParserFirst *self, ShClauseNode ***tail, ShExprNode *threshold)
{
  ShSpan span = threshold->span;
  ShClauseNode *training = add_clause (self, tail, SH_CLAUSE_TRAINING, span);
  ShMemberNode *member = NEW (self, ShMemberNode);

  training->record = NEW (self, ShExprNode);
  training->record->kind = SH_EXPR_STRUCT;
  training->record->span = span;
  training->record->members = member;
  member->name = (ShName){ .text = "LessonRewardThreshold", .span = span };
  member->value = threshold;
}

/* maximize OBJECTIVE | minimize OBJECTIVE | OBJECTIVE < number */
static gboolean
read_goal (ShParserFirst *self, ShClauseNode ***tail)
{
  ShParser *parser = self->parser;
  ShClauseNode *reward =
      add_clause (self, tail, SH_CLAUSE_OBJECTIVE, (ShSpan){ 0 });
  gboolean is_open = TRUE;
  ShExprNode *threshold;

  if (sh_parser_accept_word (parser, "minimize"))
    reward->is_minimum = TRUE;
  else if (!sh_parser_accept_word (parser, "maximize"))
    is_open = FALSE;
  if (!sh_parser_expect_name (parser, &reward->name,
                              "'maximize', 'minimize' or an objective"))
    return FALSE;
  reward->span = reward->name.span;
  if (is_open)
    return TRUE;
  if (sh_parser_at (parser, SH_TOKEN_LESS) ||
      sh_parser_at (parser, SH_TOKEN_LESS_EQUAL))
    reward->is_minimum = TRUE;
  else if (!sh_parser_at (parser, SH_TOKEN_GREATER) &&
           !sh_parser_at (parser, SH_TOKEN_GREATER_EQUAL))
    {
      sh_parser_expected (parser, "'<', '<=', '>' or '>='");
      return FALSE;
    }
  sh_parser_take (parser);
  threshold = read_threshold (self, reward->is_minimum);
  if (threshold == NULL)
    return FALSE;
  set_threshold (self, tail, threshold);
  return TRUE;
}

static gboolean
read_lesson (ShParserFirst *self, ShClauseNode *lesson, ShName *follows)
{
  ShParser *parser = self->parser;
  ShClauseNode **tail = &lesson->clauses;

  if (!sh_parser_expect_name (parser, &lesson->name, "the lesson's name"))
    return FALSE;
  if (sh_parser_accept_word (parser, "follows") &&
      !sh_parser_expect_name (parser, follows, "a lesson's name"))
    return FALSE;
  if (sh_parser_accept_word (parser, "configure") &&
      !read_constraints (self, &tail))
    return FALSE;
  return expect_word (self, "until") && read_goal (self, &tail);
}

/* A lesson comes after the one that it follows; the last one to follow it is
 * next. */
static gboolean
place_lesson (ShParserFirst *self,
              ShClauseNode **lessons,
              ShClauseNode *lesson,
              const ShName *follows)
{
  ShClauseNode **place = lessons;

  if (follows->text == NULL)
    {
      while (*place != NULL)
        place = &(*place)->next;
      *place = lesson;
      return TRUE;
    }
  for (; *place != NULL; place = &(*place)->next)
    if ((*place)->kind == SH_CLAUSE_LESSON &&
        strcmp ((*place)->name.text, follows->text) == 0)
      {
        lesson->next = (*place)->next;
        (*place)->next = lesson;
        return TRUE;
      }
  sh_diagnostics_error (self->parser->diagnostics, follows->span,
                        "there is no lesson '%s' before this one",
                        follows->text);
  return FALSE;
}

static gboolean
parse_curriculum (ShParserFirst *self, Training ***tail, ShSpan span)
{
  ShParser *parser = self->parser;
  Training *training = NEW (self, Training);
  ShClauseNode *curriculum = NEW (self, ShClauseNode);
  ShClauseNode **clauses = &curriculum->clauses, *source;
  gboolean has_lesson = FALSE;
  ShName name, objective;

  curriculum->kind = SH_CLAUSE_CURRICULUM;
  curriculum->span = span;
  training->curriculum = curriculum;
  if (!sh_parser_expect_name (parser, &name, "the curriculum's name") ||
      !expect_word (self, "train") ||
      !sh_parser_expect_name (parser, &training->concept,
                              "the name of a concept") ||
      !expect_word (self, "with") || !expect_word (self, "simulator"))
    return FALSE;
  source = add_clause (self, &clauses, SH_CLAUSE_SOURCE, span);
  if (!sh_parser_expect_name (parser, &source->name,
                              "the name of a simulator") ||
      !expect_word (self, "objective") ||
      !sh_parser_expect_name (parser, &objective, "an objective"))
    return FALSE;
  while (sh_parser_at_word (parser, "lesson"))
    {
      ShClauseNode *lesson = NEW (self, ShClauseNode);
      ShName follows = { 0 };

      lesson->kind = SH_CLAUSE_LESSON;
      lesson->span = sh_parser_take (parser)->span;
      if (!read_lesson (self, lesson, &follows))
        return FALSE;
      place_lesson (self, clauses, lesson, &follows);
      has_lesson = TRUE;
    }
  if (!has_lesson)
    {
      sh_parser_expected (parser, "a lesson");
      return FALSE;
    }
  **tail = training;
  *tail = &training->next;
  return expect_word (self, "end");
}

/* Programs ---------------------------------------------------------------- */

/* Past the `end` of what is not read. */
static void
skip_block (ShParserFirst *self)
{
  ShParser *parser = self->parser;

  while (!sh_parser_at (parser, SH_TOKEN_END) &&
         !sh_parser_at_word (parser, "end"))
    parser->at++;
  sh_parser_accept_word (parser, "end");
  parser->recovering = FALSE;
}

static gboolean
parse_declaration (ShParserFirst *self, Training ***trainings, GArray *kinds)
{
  ShParser *parser = self->parser;
  ShSpan span = sh_parser_peek (parser, 0)->span;
  ShName name;

  if (sh_parser_accept_word (parser, "schema"))
    return parse_schema (self, span);
  if (sh_parser_accept_word (parser, "constant"))
    return parse_constant (self, span);
  if (sh_parser_accept_word (parser, "simulator"))
    return parse_simulator (self, span);
  if (sh_parser_accept_word (parser, "concept"))
    return parse_concept (self, kinds);
  if (sh_parser_accept_word (parser, "curriculum"))
    return parse_curriculum (self, trainings, span);
  if (sh_parser_accept_word (parser, "algorithm"))
    {
      sh_diagnostics_warning (
          parser->diagnostics, span,
          "the algorithms of Inkling 1 have no effect here");
      skip_block (self);
      return TRUE;
    }
  if (sh_parser_accept_word (parser, "using"))
    return sh_parser_expect_name (parser, &name, "a name");
  sh_parser_expected (parser, "'schema', 'constant', 'simulator', 'concept' or "
                              "'curriculum'");
  return FALSE;
}

/* Gives each concept its curriculum, and the simulator what it leaves out. */
static void
join (ShParserFirst *self, const Training *trainings, const GArray *kinds)
{
  ShDiagnostics *diagnostics = self->parser->diagnostics;
  guint i = 0;

  for (ShConceptNode *concept = self->graph->concepts; concept != NULL;
       concept = concept->next, i++)
    if (concept->type != NULL && g_array_index (kinds, guint, i) != 0)
      check_predicts (self, g_array_index (kinds, guint, i) == 1,
                      concept->type);
  for (const Training *training = trainings; training != NULL;
       training = training->next)
    {
      ShConceptNode *concept = self->graph->concepts;

      while (concept != NULL &&
             strcmp (concept->name.text, training->concept.text) != 0)
        concept = concept->next;
      if (concept == NULL)
        {
          sh_diagnostics_error (diagnostics, training->concept.span,
                                "there is no concept '%s'",
                                training->concept.text);
          continue;
        }
      training->curriculum->next = concept->clauses;
      concept->clauses = training->curriculum;
      for (ShItemNode *item = self->items; item != NULL; item = item->next)
        {
          if (item->kind != SH_ITEM_SIMULATOR || item->simulator == NULL)
            continue;
          if (item->simulator->parameters->type == NULL)
            item->simulator->parameters->type = concept->type;
          if (item->simulator->state == NULL && self->graph->parameters != NULL)
            item->simulator->state = self->graph->parameters->type;
        }
    }
}

/* What is left without a type would be taken for more than it is. */
static void
check_simulators (ShParserFirst *self)
{
  for (ShItemNode *item = self->items; item != NULL; item = item->next)
    if (item->kind == SH_ITEM_SIMULATOR && item->simulator != NULL &&
        (item->simulator->parameters->type == NULL ||
         item->simulator->state == NULL))
      sh_diagnostics_error (
          self->parser->diagnostics, item->simulator->span,
          "the simulator '%s' has no %s, and there is no "
          "concept to take it from",
          item->name.text, item->simulator->state == NULL ? "state" : "action");
}

ShItemNode *
sh_parser_first (ShParser *parser)
{
  g_autoptr (GArray) kinds = g_array_new (FALSE, FALSE, sizeof (guint));
  ShParserFirst self = { .parser = parser };
  Training *trainings = NULL, **tail = &trainings;
  ShItemNode *item;

  self.tail = &self.items;
  self.graph = NEW (&self, ShGraphNode);
  self.concepts = &self.graph->concepts;
  self.graph->span = sh_parser_peek (parser, 0)->span;
  while (!sh_parser_at (parser, SH_TOKEN_END) &&
         !sh_diagnostics_is_full (parser->diagnostics))
    if (!parse_declaration (&self, &tail, kinds))
      skip_block (&self);
  if (parser->diagnostics->n_errors > 0)
    return NULL;
  join (&self, trainings, kinds);
  check_simulators (&self);
  if (parser->diagnostics->n_errors > 0)
    return NULL;
  item = add_item (&self, SH_ITEM_GRAPH, self.graph->span);
  item->graph = self.graph;
  return self.items;
}
