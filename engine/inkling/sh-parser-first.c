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
 *   algorithm     the curriculum's algorithm
 *   lesson        a lesson; `configure` is its scenario, `until` its threshold
 *
 * A lesson's objective is the name of the simulator's reward.
 */

#include "sh-parser-first-private.h"

#include <string.h>

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

gboolean
sh_parser_first_expect_word (ShParserFirst *self, const char *word)
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
  if (!sh_parser_expect_name (self->parser, &item->name, "the schema's name") ||
      !sh_parser_first_fields (self, &item->type->fields))
    return FALSE;
  if (!sh_parser_at (self->parser, SH_TOKEN_END) &&
      !sh_parser_at_word (self->parser, "end"))
    {
      sh_parser_expected (self->parser, "',' or 'end'");
      return FALSE;
    }
  return sh_parser_first_expect_word (self, "end");
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
  item->value = sh_parser_first_plain_literal (self);
  return item->value != NULL;
}

/* A word and the schema that follows it, which is given only once. */
static gboolean
read_schema_once (ShParserFirst *self, ShTypeNode **type)
{
  ShParser *parser = self->parser;
  const ShToken *word = sh_parser_take (parser);

  if (*type == NULL)
    return (*type = sh_parser_first_schema (self)) != NULL;
  sh_diagnostics_error (
      parser->diagnostics, word->span, "there can be only one '%.*s' here",
      (int) word->span.length, parser->diagnostics->text + word->span.offset);
  return FALSE;
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
  while (!sh_parser_at_word (parser, "end"))
    {
      const gboolean is_action = sh_parser_at_word (parser, "action") ||
                                 sh_parser_at_word (parser, "control");

      if (!is_action && !sh_parser_at_word (parser, "state"))
        {
          sh_parser_expected (parser, "'action', 'state' or 'end'");
          return FALSE;
        }
      if (!read_schema_once (self,
                             is_action ? &action->type : &simulator->state))
        return FALSE;
    }
  return sh_parser_first_expect_word (self, "end");
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
          g_ptr_array_add (self->inputs, type);
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

/* `feeds output, Other` */
static gboolean
read_feeds (ShParserFirst *self, ShConceptNode *concept)
{
  ShParser *parser = self->parser;

  do
    {
      ShFirstFeed feed = { .from = concept };

      if (sh_parser_accept_word (parser, "output"))
        concept->is_output = TRUE;
      else if (sh_parser_expect_name (parser, &feed.to,
                                      "'output' or a concept's name"))
        g_array_append_val (self->feeds, feed);
      else
        return FALSE;
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
      gboolean is_right;

      if (sh_parser_at_word (parser, "predicts"))
        is_right = read_schema_once (self, &concept->type);
      else if (sh_parser_accept_word (parser, "follows"))
        is_right = read_follows (self, concept);
      else if (sh_parser_accept_word (parser, "feeds"))
        is_right = read_feeds (self, concept);
      else if (sh_parser_at_word (parser, "using"))
        is_right = sh_parser_first_using (self, &concept->name);
      else if (sh_parser_at_word (parser, "experimental"))
        is_right = sh_parser_first_experimental (self);
      else
        {
          sh_parser_expected (parser, "'predicts', 'follows', 'feeds', 'using' "
                                      "or 'end'");
          is_right = FALSE;
        }
      if (!is_right)
        return FALSE;
    }
  return sh_parser_first_expect_word (self, "end");
}

/* Notes whether it is a classifier (1), an estimator (2) or neither; whether what
 * it predicts suits that is checked when all schemas are read. */
static gboolean
parse_concept (ShParserFirst *self)
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
  g_array_append_val (self->kinds, kind);
  if (!g_hash_table_contains (self->names, concept->name.text))
    g_hash_table_insert (self->names, (gpointer) concept->name.text, concept);
  return TRUE;
}

/* Programs ---------------------------------------------------------------- */

static gboolean
is_at_declaration (const ShParser *parser)
{
  static const char *const words[] = { "schema",      "constant",   "simulator",
                                       "concept",     "curriculum", "algorithm",
                                       "experimental" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (sh_parser_at_word (parser, words[i]))
      return TRUE;
  return FALSE;
}

/* Past the `end` of what is not read: not that of a block within it. */
static void
skip_block (ShParserFirst *self)
{
  ShParser *parser = self->parser;

  while (!sh_parser_at (parser, SH_TOKEN_END))
    {
      if (sh_parser_peek (parser, 0)->at_margin && is_at_declaration (parser))
        break;
      if (sh_parser_at_word (parser, "end") &&
          !sh_parser_is_word (parser, 1, "end") &&
          !sh_parser_is_word (parser, 1, "with"))
        {
          parser->at++;
          break;
        }
      parser->at++;
    }
  parser->recovering = FALSE;
}

static gboolean
parse_declaration (ShParserFirst *self)
{
  ShParser *parser = self->parser;
  ShSpan span = sh_parser_peek (parser, 0)->span;
  gboolean is_data;
  ShName name;

  if (sh_parser_accept_word (parser, "schema"))
    return parse_schema (self, span);
  if (sh_parser_accept_word (parser, "constant"))
    return parse_constant (self, span);
  if (sh_parser_accept_word (parser, "simulator"))
    return parse_simulator (self, span);
  if (sh_parser_accept_word (parser, "concept"))
    return parse_concept (self);
  if (sh_parser_accept_word (parser, "curriculum"))
    return sh_parser_first_curriculum (self, span);
  if (sh_parser_accept_word (parser, "algorithm"))
    return sh_parser_first_algorithm (self);
  if (sh_parser_at_word (parser, "experimental"))
    return sh_parser_first_experimental (self);
  if (sh_parser_accept_word (parser, "using"))
    return sh_parser_expect_name (parser, &name, "a name");
  is_data = sh_parser_at_word (parser, "generator") ||
            sh_parser_at_word (parser, "datastore");
  sh_parser_expected (parser, "'schema', 'constant', 'simulator', 'concept' or "
                              "'curriculum'");
  if (is_data)
    sh_diagnostics_hint (parser->diagnostics,
                         "concepts learn from simulators only");
  return FALSE;
}

/* Concepts that are fed take what feeds them, unless they say so themselves. */
static void
join_feeds (ShParserFirst *self)
{
  for (guint i = 0; i < self->feeds->len; i++)
    {
      const ShFirstFeed *feed = &g_array_index (self->feeds, ShFirstFeed, i);
      ShConceptNode *to = g_hash_table_lookup (self->names, feed->to.text);
      ShExprNode **input;

      if (to == NULL)
        {
          sh_diagnostics_error (self->parser->diagnostics, feed->to.span,
                                "there is no concept '%s'", feed->to.text);
          continue;
        }
      for (input = &to->inputs; *input != NULL; input = &(*input)->next)
        if (strcmp ((*input)->name.text, feed->from->name.text) == 0)
          break;
      if (*input != NULL)
        continue;
      *input = NEW (self, ShExprNode);
      (*input)->kind = SH_EXPR_NAME;
      (*input)->name =
          (ShName){ .text = feed->from->name.text, .span = feed->to.span };
      (*input)->span = feed->to.span;
    }
}

/* Gives each concept its curriculum, and the simulator what it leaves out. */
static void
join (ShParserFirst *self)
{
  ShDiagnostics *diagnostics = self->parser->diagnostics;
  guint i = 0;

  for (ShConceptNode *concept = self->graph->concepts; concept != NULL;
       concept = concept->next, i++)
    if (concept->type != NULL && g_array_index (self->kinds, guint, i) != 0)
      check_predicts (self, g_array_index (self->kinds, guint, i) == 1,
                      concept->type);
  for (const ShFirstTraining *training = self->trainings; training != NULL;
       training = training->next)
    {
      ShConceptNode *concept =
          g_hash_table_lookup (self->names, training->concept.text);

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

/* The fields of a schema, which may be named. */
static const ShFieldNode *
get_fields (ShParserFirst *self, const ShTypeNode *type)
{
  if (type->kind != SH_TYPE_NODE_NAMED)
    return type->fields;
  for (const ShItemNode *item = self->items; item != NULL; item = item->next)
    if (item->kind == SH_ITEM_TYPE && item->name.text != NULL &&
        strcmp (item->name.text, type->name.text) == 0)
      return item->type->fields;
  return NULL;
}

static gboolean
is_same_field (const ShFieldNode *a, const ShFieldNode *b)
{
  const ShEnumNode *first = a->type->image, *second = b->type->image;

  if (strcmp (a->name.text, b->name.text) != 0 ||
      a->type->kind != b->type->kind || a->type->number != b->type->number)
    return FALSE;
  for (; first != NULL && second != NULL;
       first = first->next, second = second->next)
    if (first->value->number != second->value->number)
      return FALSE;
  return first == NULL && second == NULL;
}

/* There is one input: wherever it is named, its fields are the same. */
static void
check_inputs (ShParserFirst *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  const ShFieldNode *first = NULL;

  for (guint i = 0; i < self->inputs->len; i++)
    {
      const ShTypeNode *type = g_ptr_array_index (self->inputs, i);
      const ShFieldNode *fields = NULL, *other;

      if (type->kind == SH_TYPE_NODE_NAMED &&
          !g_hash_table_add (seen, (gpointer) type->name.text))
        continue;
      fields = get_fields (self, type);
      if (i == 0)
        first = fields;
      for (other = first; fields != NULL && other != NULL;
           fields = fields->next, other = other->next)
        if (!is_same_field (fields, other))
          break;
      if (fields != NULL || other != NULL)
        sh_diagnostics_error (self->parser->diagnostics, type->span,
                              "the input has other fields here than where a "
                              "concept follows it first");
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
  g_autoptr (GArray) feeds = g_array_new (FALSE, FALSE, sizeof (ShFirstFeed));
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) constants = g_hash_table_new (g_str_hash, g_str_equal);
  ShParserFirst self = {
    .parser = parser,
    .kinds = kinds,
    .feeds = feeds,
    .inputs = inputs,
    .names = names,
    .constants = constants,
  };
  ShItemNode *item;

  self.tail = &self.items;
  self.last_training = &self.trainings;
  self.last_use = &self.uses;
  self.graph = NEW (&self, ShGraphNode);
  self.concepts = &self.graph->concepts;
  self.graph->span = sh_parser_peek (parser, 0)->span;
  sh_parser_first_find_constants (&self);
  while (!sh_parser_at (parser, SH_TOKEN_END) &&
         !sh_diagnostics_is_full (parser->diagnostics))
    if (!parse_declaration (&self))
      skip_block (&self);
  if (parser->diagnostics->n_errors > 0)
    return NULL;
  join_feeds (&self);
  join (&self);
  sh_parser_first_apply_algorithms (&self);
  check_inputs (&self);
  check_simulators (&self);
  if (parser->diagnostics->n_errors > 0)
    return NULL;
  item = add_item (&self, SH_ITEM_GRAPH, self.graph->span);
  item->graph = self.graph;
  return self.items;
}
