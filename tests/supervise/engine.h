/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An engine on a thread of its own, for tests of what runs against one: the
 * stub of the benchmarks.
 */

#pragma once

#include <glib.h>

typedef struct Engine Engine;

/* For a simulator of the stub's table; PREDICTIONs have one entry. */
Engine *engine_new (const char *simulator);
void engine_free (Engine *engine);

/* "http://127.0.0.1:PORT"; belongs to it. */
const char *engine_get_url (const Engine *engine);

/* It has no more to do for those that are connected. */
void engine_finish (Engine *engine);

/* Steps that simulators have sent. */
guint engine_count_steps (const Engine *engine);
