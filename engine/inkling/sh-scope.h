/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The names that a program declares, and how far each has been worked out. Types,
 * constants, functions and simulators share one set of names. What a name means
 * is worked out when it is first asked for, so that declarations may come in any
 * order; a name that is asked for while it is being worked out depends on
 * itself. One whose declaration could not be read stands for nothing, and nothing
 * is said of it.
 */

#pragma once

#include "sh-syntax.h"

G_BEGIN_DECLS

/* How deep expressions and declarations may rest on one another. */
#define SH_SCOPE_MAX_DEPTH 1000u
/* Fields of structs, and values of enumerations, in a whole program. */
#define SH_SCOPE_MAX_ELEMENTS 262144u

typedef enum
{
  SH_SYMBOL_NEW,
  SH_SYMBOL_BUSY, /* being worked out */
  SH_SYMBOL_DONE /* type and value are there, or there was an error */
} ShSymbolState;

typedef struct ShConstant ShConstant;
typedef struct ShFunctions ShFunctions;

typedef struct
{
  const ShItemNode *item;
  ShSymbolState state;
  ShType *type; /* of a type; owned */
  const ShConstant *value; /* of a constant; in a pool */
} ShSymbol;

typedef struct
{
  const ShItemNode *items;
  gboolean lacks_names, lacks_parts; /* as in ShProgramNode */
  gboolean lacks_masks; /* a mask function may not have been known as one */
  ShDiagnostics *diagnostics;
  ShPool *pool;
  GHashTable *symbols; /* name to ShSymbol */
  ShFunctions *functions; /* those compiled so far; not the scope's */
  guint depth;
  guint n_elements;
} ShScope;

/* Takes in the declarations; reports names that are declared twice. */
void sh_scope_init (ShScope *self,
                    const ShProgramNode *program,
                    ShDiagnostics *diagnostics,
                    ShPool *pool);
void sh_scope_clear (ShScope *self);

/* The declared name of this kind that is nearest to `word`; NULL when none is
 * near. */
const char *
sh_scope_find_near (ShScope *self, const char *word, ShItemKind kind);

ShSymbol *sh_scope_find (const ShScope *self, const char *name);

/* Whether to report that a name is not declared. */
gboolean sh_scope_misses (const ShScope *self, const char *name);

/* Reports that `name` is not one of the declared things of this kind, whatever
 * else it may be; "a type", "a constant" and so on. */
void sh_scope_refuse (ShScope *self, const ShName *name, ShItemKind kind);

/* Reports that a name that is declared stands for no value. */
void sh_scope_refuse_variable (ShScope *self, const ShName *name);

/* Marks a symbol as being worked out; FALSE, with an error at `span`, when it is
 * already. */
gboolean sh_scope_begin (ShScope *self, ShSymbol *symbol, ShSpan span);
void sh_scope_end (ShScope *self, ShSymbol *symbol);

/* Limits: FALSE with an error at `span` when one is reached. */
gboolean sh_scope_enter (ShScope *self, ShSpan span);
void sh_scope_leave (ShScope *self);
gboolean sh_scope_count (ShScope *self, guint n_elements, ShSpan span);

G_END_DECLS
