/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * JSON from people, scripts and files, read strictly as RFC 8259 has it, into
 * json-glib's tree; and the other way round. json-glib's own parser recurses
 * without a limit, reads 18446744073709551615 as -1 and 010 as 8, and stops
 * looking after the first value; its generator writes 1e20 as 1e+20.0.
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Objects and arrays in one another. */
#define SH_JSON_TEXT_MAX_DEPTH 32u

/*
 * The object that the text holds, and nothing but it; the caller unrefs it.
 * Whole numbers that fit are gint64, all others double; of a name that comes
 * twice the last one counts. `text` need not end in NUL.
 * Errors: SH_ERROR_SYNTAX saying what is wrong in which column (from 1, in
 * bytes); SH_ERROR_LIMIT for what is nested too deeply.
 */
JsonObject *
sh_json_text_parse_object (const char *text, gsize length, GError **error);

/*
 * Parts of JSON text, appended. A string is quoted, all but ASCII as it is, and
 * what is not UTF-8 replaced. A number gets the fewest digits that read back as
 * the same double, or float; one that is not finite is null.
 */
void sh_json_text_append_string (GString *text, const char *string);
void sh_json_text_append_double (GString *text, double number);
void sh_json_text_append_float (GString *text, float number);

G_END_DECLS
