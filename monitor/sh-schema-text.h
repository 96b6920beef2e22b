/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The fields of a simulator's schemas as words, from the JSON in which the daemon
 * shows them. Needs no display.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Fields of each part that are shown. */
#define SH_SCHEMA_FIELDS_MAX 256u

typedef struct
{
  char *name;
  char *type; /* "float, −4.8 to 4.8 m", "left or right" */
  char *description; /* may be "" */
} ShSchemaField;

/* part: "config", "action" or "state". Elements are ShSchemaField and belong to the
 * array; empty if there are none, or the JSON is none. */
GPtrArray *sh_schema_fields_new (const char *schemas, const char *part);

G_END_DECLS
