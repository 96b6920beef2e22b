/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How the compiler makes types. Until a type is handed out it may be changed.
 */

#pragma once

#include "sh-type.h"

G_BEGIN_DECLS

ShType *sh_type_new (ShTypeKind kind);

/* Without a constraint; min and max are the limits of the kind. */
ShType *sh_type_new_number (ShNumberKind number);

/* A nameless copy of a number or string type. */
ShType *sh_type_copy_scalar (const ShType *type);

/* Copies `values` into a type that has none. */
void
sh_type_set_values (ShType *type, guint n_values, const ShEnumValue *values);

/* A name as it stands in a program, back-quoted when it must be; appended to
 * `out`. */
void sh_type_append_name (GString *out, const char *name);

G_END_DECLS
