/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the files that read Inkling 1 share.
 */

#pragma once

#include "sh-parser-private.h"

G_BEGIN_DECLS

typedef struct
{
  ShParser *parser;
  ShItemNode *items, **tail;
  ShGraphNode *graph;
  ShConceptNode **concepts;
} ShParserFirst;

#define NEW(self, type) sh_pool_new_item ((self)->parser->pool, type)

/* These return NULL or FALSE after an error. */

/* A number with or without a sign, true or false, or a text. */
ShExprNode *sh_parser_first_literal (ShParserFirst *self);
/* TYPE [range] */
ShTypeNode *sh_parser_first_type (ShParserFirst *self);
/* TYPE NAME, ... up to `end` or a parenthesis. */
gboolean sh_parser_first_fields (ShParserFirst *self, ShFieldNode **fields);
/* (NAME), (fields) or, where it cannot be mistaken, NAME. */
ShTypeNode *sh_parser_first_schema (ShParserFirst *self);

G_END_DECLS
