/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a plugin and its simulators are, as JSON: the answer of a probe, an
 * entry of the cache, and what `simhost list` and `inspect` print.
 *
 *   {"id":"org.example.lift","name":"Lift","version":"1.0.0","vendor":null,
 *    "license":"MIT","homepage":null,"simulators":[
 *      {"name":"lift","description":"...","flags":["slow"],
 *       "extensions":["simhost.render/1"],
 *       "config":{"name":"LiftConfig","size":8,"fields":[
 *         {"name":"floors","type":"int32","offset":0,"size":4,"count":1,
 *          "min":2,"max":40,"step":1,"values":[{"name":"few","value":2}],
 *          "unit":"","description":"...","default":5}]},
 *       "action":{...},"state":{...},
 *       "rewards":[{"name":"wait","flags":["default"],"description":"..."}]}]}
 *
 * min, max, step, values and default stand only where there are any. A default
 * is a number, a truth value, a text, or a list of such for an array; a whole
 * number beyond 2^63 is a text. A plugin that cannot be used is
 * {"failure":"...","output":["..."]}, with the last lines that it printed.
 */

#pragma once

#include <json-glib/json-glib.h>

#include "sh-catalog.h"
#include "sh-json.h"

G_BEGIN_DECLS

/* Names of flags, from bit 0 on; NULL-terminated. */
extern const char *const sh_simulator_flag_names[];
extern const char *const sh_reward_flag_names[];

/* The members of one simulator's object. `extensions`: SH_EXTENSION_*. */
void sh_simulator_add_json (const SimhostSimulator *simulator,
                            guint32 extensions,
                            GString *json);

/* The same, and the members "file" and "plugin". */
void sh_simulator_info_add_json (const ShSimulatorInfo *simulator,
                                 GString *json);

/* The plugin's own members: id to homepage. */
void sh_plugin_add_json (const SimhostPlugin *plugin, GString *json);

/* {"failure":...}, in one line. `output`: NULL for none. The caller frees
 * it. */
char *sh_failure_to_json (const char *failure, const char *const *output);

/*
 * From the object above, looked at as if a stranger had sent it. `path` is the
 * plugin's file. Errors: SH_ERROR_CORRUPT naming the member; SH_ERROR_PLUGIN
 * for tables that make no sense.
 */
ShPluginInfo *
sh_plugin_info_new_from_json (const char *path, JsonNode *node, GError **error);

/* `output`: NULL for none; copied. */
ShPluginInfo *sh_plugin_info_new_failed (const char *path,
                                         const char *failure,
                                         const char *const *output);

G_END_DECLS
