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

/* `builder`'s value in one line without a newline. The caller frees it. */
char *sh_json_to_line (JsonBuilder *builder);

G_END_DECLS
