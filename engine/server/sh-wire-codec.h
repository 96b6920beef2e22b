/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Between the messages of a simulator and the structs of a concept's ShCodec:
 * reads what a simulator sends, writes what it is sent. One for all sessions of
 * a brain; what a function returns lies in it until its next call.
 *
 * One thread.
 */

#pragma once

#include <glib.h>

#include "sh-codec.h"
#include "sh-schema.h"
#include "simulator.pb-c.h"

G_BEGIN_DECLS

typedef struct ShWireCodec ShWireCodec;

/* `simulator` names the simulator in messages. Errors: SH_ERROR_SCHEMA. */
ShWireCodec *
sh_wire_codec_new (ShCodec *codec, const char *simulator, GError **error);
void sh_wire_codec_free (ShWireCodec *self);

ShCodec *sh_wire_codec_get_codec (const ShWireCodec *self);

/* Reads a message from a simulator. Errors: SH_ERROR_PROTOCOL, SH_ERROR_LIMIT. */
const ShWire__SimulatorToServer *sh_wire_codec_read (ShWireCodec *self,
                                                     const guint8 *data,
                                                     gsize size,
                                                     GError **error);

/* The state struct of an entry, which the program can work with. Errors: SH_ERROR_VALUE naming simulator and field;
 * SH_ERROR_PROTOCOL for bytes that are no message. */
gconstpointer
sh_wire_codec_decode_state (ShWireCodec *self,
                            const ShWire__SimulationSourceData *entry,
                            GError **error);

/* TRUE if `taken`, as a simulator reports it, is the action whose bytes were
 * sent; other bytes for the same values count as the same. */
gboolean sh_wire_codec_is_same_action (ShWireCodec *self,
                                       const GByteArray *sent,
                                       const ProtobufCBinaryData *taken);

/* The action struct of what a simulator reports to have done. Errors:
 * SH_ERROR_VALUE, SH_ERROR_PROTOCOL. */
gconstpointer sh_wire_codec_decode_action (ShWireCodec *self,
                                           const ProtobufCBinaryData *taken,
                                           GError **error);

/* Messages to a simulator. */

/* START, STOP, RESET, FINISHED. */
const GByteArray *
sh_wire_codec_write (ShWireCodec *self,
                     ShWire__ServerToSimulator__MessageType type,
                     guint32 sim_id);

const GByteArray *sh_wire_codec_write_acknowledge (ShWireCodec *self,
                                                   guint32 sim_id);

/* `reward` names the simulator's reward that counts; NULL: its default. */
const GByteArray *sh_wire_codec_write_properties (ShWireCodec *self,
                                                  guint32 sim_id,
                                                  const GByteArray *properties,
                                                  const char *reward);

/* One prediction: `action` is an action struct, whose bytes alone are stored
 * in `sent`. Errors: SH_ERROR_VALUE. */
const GByteArray *sh_wire_codec_write_prediction (ShWireCodec *self,
                                                  guint32 sim_id,
                                                  gconstpointer action,
                                                  GByteArray *sent,
                                                  GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShWireCodec, sh_wire_codec_free)

G_END_DECLS
