/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A plan moves values between wire messages of one schema and C structs that
 * one table of fields describes. It is compiled once; after that encoding and
 * decoding allocate nothing (an image and a growing output buffer aside).
 *
 * Values convert as a wire type demands: integers from floats towards zero,
 * bool from any number not 0, text from numbers and numbers from text. What
 * cannot be converted (NaN to an integer, -1 to uint32, 300 to uint8, text
 * longer than its char[n]) is SH_ERROR_VALUE naming the simulator, the field,
 * the type expected and the value found.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-schema.h"
#include "sh-table.h"

G_BEGIN_DECLS

/* Immutable but for its scratch memory: one thread at a time. */
typedef struct ShPlan ShPlan;

/*
 * A plan for reading. Struct fields that the schema lacks keep the table's
 * defaults; schema fields that the table lacks are skipped, and their names
 * are stored in *ignored (NULL-terminated, owned by the caller; NULL if there
 * are none; `ignored` may be NULL). `owner` names the simulator in messages.
 * `table` must outlive the plan.
 */
ShPlan *sh_plan_new_decoder (ShSchema *schema,
                             const SimhostSchema *table,
                             const char *owner,
                             char ***ignored,
                             GError **error);

/*
 * A plan for writing. A schema field that the table lacks is SH_ERROR_SCHEMA
 * naming the field and listing those that the table has; further table fields
 * are not written. Wire types BYTES, ENUM and GROUP are left unset, as the
 * original library does.
 */
ShPlan *sh_plan_new_encoder (ShSchema *schema,
                             const SimhostSchema *table,
                             const char *owner,
                             GError **error);

void sh_plan_free (ShPlan *plan);

/*
 * Reads `size` bytes into `values`, a struct of the table's size. Fields that
 * the schema has and the message lacks read as 0, false, "" or an empty image;
 * unknown fields are skipped, the last of several wins. Pixels of images lie in
 * the plan until its next use. On error `values` is undefined.
 * The input is checked here; it need not have passed the guard.
 */
gboolean sh_plan_decode (ShPlan *plan,
                         const guint8 *data,
                         gsize size,
                         gpointer values,
                         GError **error);

/*
 * Appends the message for `values` to `out`. Fields that hold zero are written
 * too. On error `out` is as before.
 */
gboolean sh_plan_encode (ShPlan *plan,
                         gconstpointer values,
                         GByteArray *out,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPlan, sh_plan_free)

G_END_DECLS
