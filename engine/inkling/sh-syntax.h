/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The syntax tree of an Inkling 2 program: the whole grammar, as written. What
 * a name stands for, and what is supported, is for later stages to say.
 *
 * Nodes live in a pool. Lists are chains of `next`; an empty one is NULL.
 */

#pragma once

#include "sh-pool.h"
#include "sh-diagnostics.h"
#include "sh-type.h"

G_BEGIN_DECLS

typedef struct ShExprNode ShExprNode;
typedef struct ShMemberNode ShMemberNode;
typedef struct ShTypeNode ShTypeNode;
typedef struct ShFieldNode ShFieldNode;
typedef struct ShSuffixNode ShSuffixNode;
typedef struct ShEnumNode ShEnumNode;
typedef struct ShStatementNode ShStatementNode;
typedef struct ShBranchNode ShBranchNode;
typedef struct ShFunctionNode ShFunctionNode;
typedef struct ShSimulatorNode ShSimulatorNode;
typedef struct ShObjectiveNode ShObjectiveNode;
typedef struct ShLessonNode ShLessonNode;
typedef struct ShClauseNode ShClauseNode;
typedef struct ShConceptNode ShConceptNode;
typedef struct ShOutputNode ShOutputNode;
typedef struct ShGraphNode ShGraphNode;
typedef struct ShItemNode ShItemNode;

/* A name and its place; `text` is NULL where none was given. */
typedef struct
{
  const char *text;
  ShSpan span;
} ShName;

/* Expressions ------------------------------------------------------------- */

typedef enum
{
  SH_EXPR_NUMBER,
  SH_EXPR_STRING,
  SH_EXPR_NAME, /* `true` and `false` are names too */
  SH_EXPR_MEMBER, /* object.name */
  SH_EXPR_INDEX, /* object[index] */
  SH_EXPR_CALL, /* object(items) */
  SH_EXPR_UNARY,
  SH_EXPR_BINARY,
  SH_EXPR_ARRAY, /* [items] */
  SH_EXPR_STRUCT, /* { members }, also a record */
  SH_EXPR_CONSTRAINT /* constraint NAME type */
} ShExprKind;

typedef enum
{
  SH_OPERATOR_OR,
  SH_OPERATOR_AND,
  SH_OPERATOR_EQUAL,
  SH_OPERATOR_NOT_EQUAL,
  SH_OPERATOR_LESS,
  SH_OPERATOR_LESS_EQUAL,
  SH_OPERATOR_GREATER,
  SH_OPERATOR_GREATER_EQUAL,
  SH_OPERATOR_ADD, /* also the unary + */
  SH_OPERATOR_SUBTRACT, /* also the unary - */
  SH_OPERATOR_MULTIPLY,
  SH_OPERATOR_DIVIDE,
  SH_OPERATOR_REMAINDER,
  SH_OPERATOR_POWER,
  SH_OPERATOR_NOT
} ShOperator;

struct ShExprNode
{
  ShExprKind kind;
  ShOperator op; /* unary, binary */
  ShSpan span;
  ShExprNode *next;
  double number;
  ShName name; /* name, member, constraint; its text is that of a string */
  ShExprNode *left; /* also the operand, the object */
  ShExprNode *right; /* also the index */
  ShExprNode *items;
  ShMemberNode *members;
  ShTypeNode *type;
};

/* NAME: value */
struct ShMemberNode
{
  ShName name;
  ShExprNode *value;
  ShMemberNode *next;
};

/* Types ------------------------------------------------------------------- */

typedef enum
{
  SH_TYPE_NODE_NUMBER,
  SH_TYPE_NODE_STRING,
  SH_TYPE_NODE_IMAGE,
  SH_TYPE_NODE_NAMED, /* a type; or a constant, then it is a value */
  SH_TYPE_NODE_STRUCT,
  SH_TYPE_NODE_VALUE /* an expression that is the only value */
} ShTypeNodeKind;

struct ShTypeNode
{
  ShTypeNodeKind kind;
  ShSpan span;
  ShNumberKind number;
  ShName name;
  ShFieldNode *fields;
  ShExprNode *value;
  ShEnumNode *image; /* width and height */
  ShSuffixNode *suffixes;
};

/* A field of a struct, or a parameter. */
struct ShFieldNode
{
  ShName name;
  ShTypeNode *type;
  ShFieldNode *next;
};

typedef enum
{
  SH_SUFFIX_ARRAY, /* [size] */
  SH_SUFFIX_RANGE, /* <min .. max step size> */
  SH_SUFFIX_VALUES, /* <values> */
  SH_SUFFIX_MASK, /* <mask value> */
  SH_SUFFIX_IN /* <in value> */
} ShSuffixKind;

struct ShSuffixNode
{
  ShSuffixKind kind;
  ShSpan span;
  ShExprNode *size; /* of an array, of a step; NULL: no step */
  ShExprNode *min, *max;
  ShEnumNode *values;
  ShExprNode *value;
  ShSuffixNode *next;
};

/* [NAME =] value */
struct ShEnumNode
{
  ShName name;
  ShExprNode *value;
  ShEnumNode *next;
};

/* Functions --------------------------------------------------------------- */

typedef enum
{
  SH_STATEMENT_VAR,
  SH_STATEMENT_ASSIGN,
  SH_STATEMENT_IF,
  SH_STATEMENT_RETURN
} ShStatementKind;

struct ShStatementNode
{
  ShStatementKind kind;
  ShSpan span;
  ShName name; /* var */
  ShTypeNode *type; /* var; NULL: not said */
  ShExprNode *target; /* assignment: a name, or members and elements of one */
  ShExprNode *value; /* var (NULL: none), assignment, return */
  ShBranchNode *branches; /* if, and each else if */
  ShStatementNode *otherwise; /* the body of else */
  gboolean has_otherwise;
  ShStatementNode *next;
};

struct ShBranchNode
{
  ShExprNode *condition;
  ShStatementNode *body;
  ShBranchNode *next;
};

struct ShFunctionNode
{
  ShSpan span; /* of its head */
  ShName name; /* without text when inline */
  ShFieldNode *parameters;
  ShTypeNode *result; /* NULL: not said */
  gboolean is_dynamic; /* the result is a Type.DynamicType<result> */
  ShStatementNode *body;
  ShSpan end; /* of the closing brace */
};

/* Simulators and graphs --------------------------------------------------- */

struct ShSimulatorNode
{
  ShSpan span; /* of its head */
  ShName name;
  ShFieldNode *parameters;
  ShTypeNode *state;
  ShName package;
};

struct ShObjectiveNode
{
  ShObjectiveKind kind;
  ShSpan span; /* of its head */
  ShName name;
  ShExprNode *weight; /* NULL: not said */
  ShExprNode *value, *target;
  ShExprNode *within; /* NULL: not said */
  ShObjectiveNode *next;
};

struct ShLessonNode
{
  ShName name;
  ShClauseNode *clauses; /* scenario, training */
};

/* What stands in the body of a concept, a curriculum or a lesson. */
typedef enum
{
  SH_CLAUSE_CURRICULUM, /* clauses */
  SH_CLAUSE_PROGRAMMED, /* name or function */
  SH_CLAUSE_IMPORT, /* record */
  SH_CLAUSE_SELECT, /* name, clauses: mask */
  SH_CLAUSE_EXPERIMENT, /* record */
  SH_CLAUSE_SOURCE, /* name or simulator */
  SH_CLAUSE_REWARD, /* these: name or function */
  SH_CLAUSE_TERMINAL,
  SH_CLAUSE_STATE,
  SH_CLAUSE_ACTION,
  SH_CLAUSE_MASK,
  SH_CLAUSE_ALGORITHM, /* record */
  SH_CLAUSE_TRAINING, /* record */
  SH_CLAUSE_GOAL, /* parameters, objectives */
  SH_CLAUSE_LESSON, /* name, clauses */
  SH_CLAUSE_SCENARIO, /* type */
  SH_CLAUSE_OBJECTIVE /* of Inkling 1: name, is_minimum */
} ShClauseKind;

struct ShClauseNode
{
  ShClauseKind kind;
  ShSpan span; /* of the word that begins it */
  ShName name;
  ShFunctionNode *function;
  ShSimulatorNode *simulator;
  ShExprNode *record;
  ShTypeNode *type;
  ShFieldNode *parameters;
  ShObjectiveNode *objectives;
  ShClauseNode *clauses;
  gboolean is_minimum;
  ShClauseNode *next;
};

struct ShConceptNode
{
  ShName name;
  gboolean is_output;
  ShExprNode *inputs;
  ShTypeNode *type; /* NULL: not said */
  ShClauseNode *clauses;
  ShConceptNode *next;
};

/* output NAME */
struct ShOutputNode
{
  ShName name;
  ShOutputNode *next;
};

struct ShGraphNode
{
  ShSpan span;
  ShFieldNode *parameters;
  ShTypeNode *type; /* NULL: not said */
  ShConceptNode *concepts;
  ShOutputNode *outputs;
};

/* Programs ---------------------------------------------------------------- */

typedef enum
{
  SH_ITEM_USING, /* name */
  SH_ITEM_CONST, /* name, type or NULL, value */
  SH_ITEM_TYPE, /* name, base or NULL, type */
  SH_ITEM_FUNCTION,
  SH_ITEM_SIMULATOR,
  SH_ITEM_GRAPH,
  SH_ITEM_EXPERIMENT, /* value: a record */
  SH_ITEM_ALGORITHM, /* value: a record */
  SH_ITEM_BROKEN /* name or none: declared, but nobody knows as what */
} ShItemKind;

struct ShItemNode
{
  ShItemKind kind;
  ShSpan span; /* of the word that begins it */
  ShName name;
  ShTypeNode *base; /* what it extends */
  ShTypeNode *type;
  ShExprNode *value;
  ShFunctionNode *function;
  ShSimulatorNode *simulator;
  ShGraphNode *graph;
  ShItemNode *next;
};

/* What was read of a text. After errors something may be lacking: whatever is
 * not there then must not be called missing. */
typedef struct
{
  ShItemNode *items;
  gboolean lacks_names; /* declarations whose names are not known */
  gboolean lacks_parts; /* parts of the graph */
} ShProgramNode;

G_END_DECLS
