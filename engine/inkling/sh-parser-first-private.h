/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the files that read Inkling 1 share.
 */

#pragma once

#include "sh-parser-private.h"

G_BEGIN_DECLS

/* A curriculum, until the concept that it trains is known. */
typedef struct ShFirstTraining ShFirstTraining;

/* (sh-parser-first-algorithm.c) */
typedef struct ShFirstAlgorithm ShFirstAlgorithm;

struct ShFirstTraining
{
  ShName concept;
  ShClauseNode *curriculum;
  ShFirstTraining *next;
};

/* That the output of a concept is an input of another. */
typedef struct
{
  const ShConceptNode *from;
  ShName to;
} ShFirstFeed;

typedef struct
{
  ShParser *parser;
  ShItemNode *items, **tail;
  ShGraphNode *graph;
  ShConceptNode **concepts;
  GArray *kinds; /* of the concepts: guint */
  GHashTable *names; /* of the concepts: ShConceptNode */
  GArray *feeds; /* ShFirstFeed */
  GPtrArray *inputs; /* ShTypeNode: each `input(...)` */
  ShFirstTraining *trainings, **last_training;
  ShFirstAlgorithm *algorithms;
  ShFirstAlgorithm *uses, **last_use;
  GHashTable *constants; /* name: the index of the token of its value */
} ShParserFirst;

#define NEW(self, type) sh_pool_new_item ((self)->parser->pool, type)

/* These return NULL or FALSE after an error. */

gboolean sh_parser_first_expect_word (ShParserFirst *self, const char *word);

/* Notes where the values of constants are, which may be used before they are
 * declared; to be called first. */
void sh_parser_first_find_constants (ShParserFirst *self);
/* A number with or without a sign, true or false, a text, or a constant. */
ShExprNode *sh_parser_first_literal (ShParserFirst *self);
/* The same, but no constant. */
ShExprNode *sh_parser_first_plain_literal (ShParserFirst *self);
/* TYPE [range] */
ShTypeNode *sh_parser_first_type (ShParserFirst *self);
/* TYPE NAME, ... up to `end` or a parenthesis. */
gboolean sh_parser_first_fields (ShParserFirst *self, ShFieldNode **fields);
/* (NAME), (fields) or, where it cannot be mistaken, NAME. */
ShTypeNode *sh_parser_first_schema (ShParserFirst *self);

/* What stands behind the word `curriculum`, at `span`; joins the trainings. */
gboolean sh_parser_first_curriculum (ShParserFirst *self, ShSpan span);

/* What stands behind the word `algorithm`. */
gboolean sh_parser_first_algorithm (ShParserFirst *self);
/* `using algorithm NAME`, or `using NAME`, and what follows. */
gboolean sh_parser_first_using (ShParserFirst *self, const ShName *concept);
/* `experimental` and its block, without effect. */
gboolean sh_parser_first_experimental (ShParserFirst *self);
/* Gives the curricula the algorithms that are used; to be called when all is
 * read and concepts have their curricula. */
void sh_parser_first_apply_algorithms (ShParserFirst *self);

G_END_DECLS
