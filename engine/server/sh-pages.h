/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The JSON documents that a server answers with. Each is a new text; free it
 * with g_free.
 */

#pragma once

#include <glib.h>

#include "sh-served-brain.h"

G_BEGIN_DECLS

/* {"user", "brains": [{name, state, url, version, last_modified}],
 *  "datasets"}; `brains`: of ShServedBrain. */
char *sh_pages_user (const char *user, const GPtrArray *brains);

/* {"name", "user", "description", "versions": [{url, version}]}, the newest
 * version first; only versions that can be asked for predictions. */
char *sh_pages_brain (const char *user, const ShServedBrain *brain);

/* State, version, figures of the training, concepts, simulators. */
char *sh_pages_status (const char *user, const ShServedBrain *brain);

/* {"SIMULATOR": {"active": [{"sim_id"}], "inactive": []}}: the one that the
 * program names, connected or not, and those that are connected. `pushed`: the
 * one that a pushed program names; NULL: there is none. */
char *sh_pages_sims (const ShServedBrain *brain, const char *pushed);

/* {"error": {"code", "message"}} */
char *sh_pages_error (const char *code, const char *message);

G_END_DECLS
