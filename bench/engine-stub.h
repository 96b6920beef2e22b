/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The cheapest engine that can be: bare sockets, one read and one write a
 * message, messages made beforehand, and answers looked at only to count steps.
 * It knows the fields of a few simulators. As an echo it sends and expects the
 * same sizes and does not look at anything.
 *
 * A failure of its own ends the process.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct EngineStub EngineStub;

/* Listens on a port of its own. It does something while engine_stub_run. */
EngineStub *engine_stub_new (void);
void engine_stub_free (EngineStub *stub);
guint engine_stub_get_port (const EngineStub *stub);

/* What it does with those who connect from now on: PREDICTIONs of so many
 * entries for a simulator whose name begins with one in its table; or so many
 * bytes for so many bytes. */
void engine_stub_serve (EngineStub *stub, const char *simulator, guint batch);
void engine_stub_echo (EngineStub *stub, gsize sent, gsize received);

/* Serves for so long; gives the seconds it took. */
double engine_stub_run (EngineStub *stub, guint milliseconds);

/* Sessions in their first episode since the last set-up. */
guint engine_stub_get_n_sessions (const EngineStub *stub);
/* Since the last call: simulated steps, and messages received. */
guint64 engine_stub_take_steps (EngineStub *stub, guint64 *messages);
/* Bytes of the frame sent, and of the last one received. */
gsize engine_stub_get_sent_size (const EngineStub *stub);
gsize engine_stub_get_received_size (const EngineStub *stub);

/* Sends FINISHED to all, or drops an echo's. */
void engine_stub_finish (EngineStub *stub);

G_END_DECLS
