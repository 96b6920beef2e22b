/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Types as written to types as they are: names looked up, expressions worked
 * out, constraints checked.
 */

#pragma once

#include "sh-constant.h"
#include "sh-scope.h"

G_BEGIN_DECLS

/* A new reference, or NULL after an error. */
ShType *sh_resolve_type (ShScope *scope, const ShTypeNode *node);
ShType *sh_resolve_number_kind (ShNumberKind kind);

/* Works out a declared type; borrowed; NULL when that failed, now or before. */
ShType *sh_resolve_symbol (ShScope *scope, ShSymbol *symbol, ShSpan span);

/* The type that has this value only. */
ShType *sh_resolve_value (ShScope *scope, const ShConstant *value);

/* Whether `value` is one of the type's; if not, an error at the value's place
 * says so. */
gboolean sh_resolve_check_value (ShScope *scope,
                                 const ShType *type,
                                 const ShConstant *value);

/* An array of `length` elements, whose type it takes over; NULL after an error. */
ShType *sh_resolve_make_array (ShScope *scope,
                               ShType *element,
                               guint length,
                               ShSpan span);

/* A struct of ShTypeField, each with a reference of its own; empties the array
 * of sh_resolve_new_fields. NULL after an error. */
GArray *sh_resolve_new_fields (void);
void sh_resolve_add_field (GArray *fields, const char *name, ShType *type);
ShType *sh_resolve_make_struct (ShScope *scope, GArray *fields, ShSpan span);

/* The type for messages, "a struct" when it is one; free with g_free. */
char *sh_resolve_describe (const ShType *type);

G_END_DECLS
