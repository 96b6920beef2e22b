/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whether a plugin's tables make sense. Everything that a table of fields
 * promises is checked here once, so that the rest of the host can rely on it.
 *
 * The structs given must be as large as the host knows them (ShPlugin copies a
 * plugin's own into such).
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/* Bytes in a config, action or state struct. */
#define SH_PLUGIN_MAX_STRUCT (16u * 1024 * 1024)
#define SH_PLUGIN_MAX_SIMULATORS 1024u
#define SH_PLUGIN_MAX_REWARDS 1024u
/* Values of one enumerated field. */
#define SH_PLUGIN_MAX_VALUES 4096u
/* Bytes of a description and the like. */
#define SH_PLUGIN_MAX_TEXT 4096u

/* The plugin's own texts. Errors: SH_ERROR_PLUGIN. */
gboolean sh_plugin_check_texts (const SimhostPlugin *plugin, GError **error);

/*
 * Whether the tables of fields and rewards can be read at all: they are there,
 * and their rows are not shorter than the host's. Errors: SH_ERROR_PLUGIN.
 */
gboolean sh_plugin_check_extent (const SimhostSimulator *simulator,
                                 GError **error);

/*
 * One simulator, with its schemas and rewards; rows of tables must be as large
 * as the host knows them. `functions`: whether those it
 * must have are asked for; a description that came from another process has
 * none. Errors: SH_ERROR_PLUGIN, one line that names simulator, schema, field:
 * "simulator 'lift', action: field 'go': min 3 is above max 1".
 */
gboolean sh_plugin_check_simulator (const SimhostSimulator *simulator,
                                    gboolean functions,
                                    GError **error);

/*
 * The value of a number, in a struct of its field's schema, against what the
 * field declares. Returns NULL if it is allowed, or why not: "lies outside 0
 * .. 1"; the caller frees it.
 */
char *sh_plugin_check_value (const SimhostField *field, double value);

G_END_DECLS
