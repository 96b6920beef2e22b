/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling 1: curricula and their lessons.
 *
 *   curriculum NAME
 *     train CONCEPT
 *     [using algorithm ...]
 *     with simulator SIMULATOR objective OBJECTIVE
 *     [using SIMULATOR] LESSON... [end]
 *   end
 *
 *   lesson NAME [follows LESSON, ...]
 *     [configure [SIMULATOR] constrain FIELD with TYPE, ...]
 *     [train from FRAME in SIMULATOR select FRAME send FRAME] [test ...]
 *     until GOAL
 */

#include "sh-parser-first-private.h"

#include <string.h>

#define MAX_FOLLOWS 8u

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
          !sh_parser_first_expect_word (self, "with") ||
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

/* Lessons ----------------------------------------------------------------- */

/* The name of the simulator that the curriculum trains with, said again. */
static gboolean
read_simulator (ShParserFirst *self, const ShName *simulator)
{
  ShName name;

  if (!sh_parser_expect_name (self->parser, &name, "the simulator's name"))
    return FALSE;
  if (strcmp (name.text, simulator->text) == 0)
    return TRUE;
  sh_diagnostics_error (self->parser->diagnostics, name.span,
                        "the curriculum trains with the simulator '%s'",
                        simulator->text);
  return FALSE;
}

/* from FRAME in SIMULATOR select FRAME send FRAME: what happens anyway. */
static gboolean
read_stream (ShParserFirst *self, const ShName *simulator)
{
  ShParser *parser = self->parser;
  ShName frame, selected, sent;

  if (!sh_parser_first_expect_word (self, "from") ||
      !sh_parser_expect_name (parser, &frame, "a name") ||
      !sh_parser_first_expect_word (self, "in") ||
      !read_simulator (self, simulator) ||
      !sh_parser_first_expect_word (self, "select") ||
      !sh_parser_expect_name (parser, &selected, "a name") ||
      !sh_parser_first_expect_word (self, "send") ||
      !sh_parser_expect_name (parser, &sent, "a name"))
    return FALSE;
  if (strcmp (selected.text, frame.text) == 0 &&
      strcmp (sent.text, frame.text) == 0 &&
      !sh_parser_at (parser, SH_TOKEN_DOT) &&
      !sh_parser_at_word (parser, "expect"))
    return TRUE;
  sh_diagnostics_error (parser->diagnostics, sent.span,
                        "a lesson sends what its simulator says as a whole");
  sh_diagnostics_hint (parser->diagnostics,
                       "leave 'train' and 'test' out, or write 'select %s send "
                       "%s'",
                       frame.text, frame.text);
  return FALSE;
}

static gboolean
read_configure (ShParserFirst *self,
                const ShName *simulator,
                ShClauseNode ***tail)
{
  const ShParser *parser = self->parser;

  return (sh_parser_at_word (parser, "constrain") ||
          !sh_parser_is_word (parser, 1, "constrain") ||
          read_simulator (self, simulator)) &&
         read_constraints (self, tail);
}

/* Its clauses stand in any order. */
static gboolean
read_lesson (ShParserFirst *self,
             const ShName *simulator,
             ShClauseNode *lesson,
             GArray *follows)
{
  ShParser *parser = self->parser;
  ShClauseNode **tail = &lesson->clauses;
  gboolean has_goal = FALSE, is_right = TRUE;
  ShName name;

  if (!sh_parser_expect_name (parser, &lesson->name, "the lesson's name"))
    return FALSE;
  if (sh_parser_accept_word (parser, "follows"))
    do
      {
        if (!sh_parser_expect_name (parser, &name, "a lesson's name"))
          return FALSE;
        if (follows->len == MAX_FOLLOWS)
          {
            sh_diagnostics_error (parser->diagnostics, name.span,
                                  "a lesson follows no more than %u others",
                                  MAX_FOLLOWS);
            return FALSE;
          }
        g_array_append_val (follows, name);
      }
    while (sh_parser_accept (parser, SH_TOKEN_COMMA));
  while (is_right)
    if (sh_parser_accept_word (parser, "configure"))
      is_right = read_configure (self, simulator, &tail);
    else if (sh_parser_accept_word (parser, "train") ||
             sh_parser_accept_word (parser, "test"))
      is_right = read_stream (self, simulator);
    else if (!has_goal && sh_parser_accept_word (parser, "until"))
      is_right = has_goal = read_goal (self, &tail);
    else
      break;
  return is_right && (has_goal || sh_parser_first_expect_word (self, "until"));
}

static gboolean
is_behind (const ShClauseNode *lesson, const ShClauseNode *other)
{
  while (other != NULL && other != lesson)
    other = other->next;
  return other != NULL;
}

/* A lesson comes after those that it follows; the last one to follow them is
 * next. */
static gboolean
place_lesson (ShParserFirst *self,
              ShClauseNode **lessons,
              ShClauseNode *lesson,
              const GArray *follows)
{
  ShClauseNode **place = lessons, *last = NULL;

  for (guint i = 0; i < follows->len; i++)
    {
      const ShName *name = &g_array_index (follows, ShName, i);
      ShClauseNode *other = *lessons;

      while (other != NULL && strcmp (other->name.text, name->text) != 0)
        other = other->next;
      if (other == NULL)
        {
          sh_diagnostics_error (self->parser->diagnostics, name->span,
                                "there is no lesson '%s' before this one",
                                name->text);
          return FALSE;
        }
      if (last == NULL || is_behind (other, last))
        last = other;
    }
  if (last != NULL)
    place = &last->next;
  while (last == NULL && *place != NULL)
    place = &(*place)->next;
  lesson->next = *place;
  *place = lesson;
  return TRUE;
}

/* One or more. */
static gboolean
read_lessons (ShParserFirst *self,
              const ShName *simulator,
              ShClauseNode **lessons)
{
  ShParser *parser = self->parser;

  if (!sh_parser_at_word (parser, "lesson"))
    {
      sh_parser_expected (parser, "a lesson");
      return FALSE;
    }
  while (sh_parser_at_word (parser, "lesson"))
    {
      g_autoptr (GArray) follows = g_array_new (FALSE, FALSE, sizeof (ShName));
      ShClauseNode *lesson = NEW (self, ShClauseNode);

      lesson->kind = SH_CLAUSE_LESSON;
      lesson->span = sh_parser_take (parser)->span;
      if (!read_lesson (self, simulator, lesson, follows))
        return FALSE;
      place_lesson (self, lessons, lesson, follows);
    }
  return TRUE;
}

/* Curricula --------------------------------------------------------------- */

/* with simulator NAME objective OBJECTIVE */
static gboolean
read_source (ShParserFirst *self, ShClauseNode *source)
{
  ShParser *parser = self->parser;
  ShName objective;

  if (!sh_parser_first_expect_word (self, "with"))
    return FALSE;
  if (sh_parser_at_word (parser, "data") ||
      sh_parser_at_word (parser, "generator"))
    {
      sh_parser_expected (parser, "'simulator'");
      sh_diagnostics_hint (parser->diagnostics,
                           "concepts learn from simulators only");
      return FALSE;
    }
  if (!sh_parser_first_expect_word (self, "simulator") ||
      !sh_parser_expect_name (parser, &source->name,
                              "the name of a simulator") ||
      !sh_parser_first_expect_word (self, "objective") ||
      !sh_parser_expect_name (parser, &objective, "an objective"))
    return FALSE;
  if (!sh_parser_at_word (parser, "with"))
    return TRUE;
  sh_diagnostics_error (parser->diagnostics, sh_parser_peek (parser, 0)->span,
                        "a curriculum trains with one simulator");
  return FALSE;
}

gboolean
sh_parser_first_curriculum (ShParserFirst *self, ShSpan span)
{
  ShParser *parser = self->parser;
  ShFirstTraining *training = NEW (self, ShFirstTraining);
  ShClauseNode *curriculum = NEW (self, ShClauseNode);
  ShClauseNode **clauses = &curriculum->clauses, *source;
  ShName name;

  curriculum->kind = SH_CLAUSE_CURRICULUM;
  curriculum->span = span;
  training->curriculum = curriculum;
  if (!sh_parser_expect_name (parser, &name, "the curriculum's name") ||
      !sh_parser_first_expect_word (self, "train") ||
      !sh_parser_expect_name (parser, &training->concept,
                              "the name of a concept") ||
      (sh_parser_at_word (parser, "using") &&
       !sh_parser_first_using (self, &training->concept)))
    return FALSE;
  source = add_clause (self, &clauses, SH_CLAUSE_SOURCE, span);
  if (!read_source (self, source))
    return FALSE;
  if (sh_parser_accept_word (parser, "using"))
    {
      sh_parser_accept_word (parser, "simulator");
      if (!read_simulator (self, &source->name) ||
          !read_lessons (self, &source->name, clauses) ||
          !sh_parser_first_expect_word (self, "end"))
        return FALSE;
    }
  else if (!read_lessons (self, &source->name, clauses))
    return FALSE;
  *self->last_training = training;
  self->last_training = &training->next;
  return sh_parser_first_expect_word (self, "end");
}
