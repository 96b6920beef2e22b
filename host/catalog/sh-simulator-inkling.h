/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A first curriculum for a simulator, to train with as it is and to go on from.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

/*
 * An Inkling 2 program: types from the simulator's tables, one concept, one
 * lesson in which every config field has its default; the reward is the
 * simulator's own. State and config fields that an engine cannot learn from or
 * send (text, arrays, images) are left out, with a comment. Errors:
 * SH_ERROR_SCHEMA when an action has such a field, when no state field is left,
 * when there is no default reward. The caller frees the text. Any thread.
 */
char *sh_simulator_to_inkling (const SimhostSimulator *simulator,
                               GError **error);

G_END_DECLS
