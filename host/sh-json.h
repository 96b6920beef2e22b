/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * JSON in and out of single lines.
 */

#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Levels of arrays and objects. */
#define SH_JSON_MAX_DEPTH 16u

/*
 * Parses `size` bytes (-1: up to the NUL), never deeper than the limit. The
 * caller frees the node. Errors: SH_ERROR_SYNTAX, SH_ERROR_LIMIT.
 */
JsonNode *sh_json_parse (const char *text, gssize size, GError **error);

/*
 * Writing: each call appends to `json`, with a comma before it where one is
 * due. (json-glib writes 1e30 as "1e+30.0", which no parser takes.)
 */
void sh_json_open (GString *json, char bracket); /* '{' or '[' */
void sh_json_close (GString *json, char bracket); /* '}' or ']' */
void sh_json_member (GString *json, const char *name);
void sh_json_bool (GString *json, gboolean value);
void sh_json_int (GString *json, gint64 value);
/* Finite; in the shortest form that reads back as the same. */
void sh_json_number (GString *json, double value);
/* NULL: null. What is not UTF-8 is replaced. */
void sh_json_string (GString *json, const char *text);

G_END_DECLS
