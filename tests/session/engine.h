/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What an engine sends, and how what it gets is read: by protobuf-c, so that
 * the session's own writer is checked by somebody else's reader.
 */

#pragma once

#include <glib.h>

#include "simulator.pb-c.h"

G_BEGIN_DECLS

typedef ShWire__ServerToSimulator__MessageType EngineType;
#define ENGINE(TYPE) SH_WIRE__SERVER_TO_SIMULATOR__MESSAGE_TYPE__##TYPE
#define SIMULATOR(TYPE) SH_WIRE__SIMULATOR_TO_SERVER__MESSAGE_TYPE__##TYPE

/* Schemas as text: "value:double step:int32". "" is a schema without fields,
 * NULL one that is left out. Field numbers count from 1; "@9" after a type
 * gives another. */
GBytes *engine_acknowledge (const char *config,
                            const char *state,
                            const char *action,
                            guint32 sim_id);
GBytes *engine_set_properties (gconstpointer config,
                               gsize config_size,
                               const char *reward,
                               const char *action);
/* START, STOP, RESET, FINISHED; or any number. */
GBytes *engine_plain (int type);
/* Actions are int32 fields of number 1. */
GBytes *engine_predict (guint n, ...);
GBytes *engine_predict_bytes (guint n, GBytes *const *actions);

/* From hexadecimal digits. */
GBytes *engine_from_hex (const char *hex);

/* Free with engine_free_reply. */
ShWire__SimulatorToServer *engine_read (GBytes *reply);
void engine_free_reply (ShWire__SimulatorToServer *reply);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShWire__SimulatorToServer, engine_free_reply)

G_END_DECLS
