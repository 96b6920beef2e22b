/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A plan moves values between wire messages of one schema and C structs that
 * one table of fields describes. It is compiled once; after that encoding and
 * decoding allocate nothing (images and a growing output buffer aside).
 *
 * Values convert as a wire type demands: integers from floats towards zero,
 * bool from any number not 0 and any text not empty, text from numbers and
 * numbers from text. What cannot be converted (NaN or "3.5" to an integer, -1
 * to uint32, 300 to uint8, text longer than its char[n]) is SH_ERROR_VALUE
 * naming the simulator, the field, the type expected and the value found.
 * A double beyond float's range becomes an infinity.
 *
 * An image travels as a Luminance and converts to nothing else; its pixels must
 * be exactly width * height floats. An array (count > 1) travels as a repeated
 * field: written one element at a time, read that way or packed. Either it has
 * all its elements or none, which reads as zeros. A repeated field and a single
 * member go together as an array of one.
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
 * A plan for reading. Schema fields that the table lacks are skipped, and their
 * names are stored in *ignored (NULL-terminated, owned by the caller; NULL if
 * there are none; `ignored` may be NULL). `owner` names the simulator in
 * messages. `table` must outlive the plan.
 *
 * Errors of both kinds of plan: SH_ERROR_SCHEMA when a field's two types can
 * never go together (an image with a number, an array with a single value),
 * SH_ERROR_PLUGIN for a row that describes no member of the struct,
 * SH_ERROR_LIMIT when the struct is larger than a message may be.
 */
ShPlan *sh_plan_new_decoder (ShSchema *schema,
                             const SimhostSchema *table,
                             const char *owner,
                             char ***ignored,
                             GError **error);

/*
 * A plan for writing. A schema field that the table lacks is SH_ERROR_SCHEMA
 * naming the field and listing those that the table has; further table fields
 * are not written. Wire types BYTES, ENUM, FIXED32, FIXED64, SFIXED32 and
 * SFIXED64 are left unset, as the original library does.
 */
ShPlan *sh_plan_new_encoder (ShSchema *schema,
                             const SimhostSchema *table,
                             const char *owner,
                             GError **error);

void sh_plan_free (ShPlan *plan);

/*
 * Reads `size` bytes into `values`, a struct of the table's size. Fields that
 * the message lacks have the table's defaults, or where it has none 0, false,
 * "" or an empty image. (An engine that leaves a config field out has no wish
 * for it; one that wishes for 0 says so.)
 * Unknown fields are skipped, and so are known ones whose wire type does not
 * fit, which is protobuf's rule; the last of several wins. All wire types can
 * be read: BYTES as text, ENUM as int32. Pixels of images lie in the plan until
 * its next use. On error `values` is undefined.
 *
 * The input is checked here; it need not have passed the guard. Errors:
 * SH_ERROR_PROTOCOL when the bytes are no message, hold a group, or text is not
 * UTF-8 or holds NUL; SH_ERROR_VALUE as above; SH_ERROR_LIMIT for more than
 * SH_MESSAGE_MAX_BYTES.
 */
gboolean sh_plan_decode (ShPlan *plan,
                         const guint8 *data,
                         gsize size,
                         gpointer values,
                         GError **error);

/*
 * Appends the message for `values` to `out`. Fields that hold zero are written
 * too. On error `out` is as before. Errors: SH_ERROR_VALUE as above, and for
 * text that is not UTF-8 or lacks its NUL, or an image without its pixels;
 * SH_ERROR_LIMIT for more than SH_MESSAGE_MAX_BYTES.
 */
gboolean sh_plan_encode (ShPlan *plan,
                         gconstpointer values,
                         GByteArray *out,
                         GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPlan, sh_plan_free)

G_END_DECLS
