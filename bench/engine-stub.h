/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The cheapest engine that can be: a libsoup websocket server whose messages
 * are made beforehand, and which looks at the answers only to count steps. As
 * an echo it sends the same sizes and does not look at anything.
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

typedef struct EngineStub EngineStub;

/* Listens on a port of its own, in the default main context. */
EngineStub *engine_stub_new (GError **error);
void engine_stub_free (EngineStub *stub);
guint engine_stub_get_port (EngineStub *stub);

/* What it does with those who connect from now on: PREDICTIONs of so many
 * entries; or, `echo`, so many bytes of no meaning. */
void engine_stub_set_up (EngineStub *stub, guint size, gboolean echo);

/* Sessions that have answered once since the last set-up. */
guint engine_stub_get_n_sessions (EngineStub *stub);
/* Since the last call: simulated steps, and messages received. */
guint64 engine_stub_take_steps (EngineStub *stub, guint64 *messages);
/* Bytes of the message sent, and of the last one received. */
gsize engine_stub_get_sent_size (EngineStub *stub);
gsize engine_stub_get_received_size (EngineStub *stub);

/* Sends FINISHED to all, or closes an echo. */
void engine_stub_finish (EngineStub *stub);

G_END_DECLS
