/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Between a concept's Inkling types and the two forms in which the engine needs
 * values: C structs described by a table of fields, which proto/ reads and
 * writes, and vectors of floats, which a learner reads and writes.
 *
 * In the structs each member has the C type of its Inkling kind, so that
 * sh_schema_new_from_table gives the wire types of the program; text is
 * char[64].
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-program.h"
#include "sh-space.h"

G_BEGIN_DECLS

typedef struct ShCodec ShCodec;

/* Errors: SH_ERROR_SCHEMA naming the field that cannot be learnt from or sent
 * (free text, arrays, structs in structs, images). */
ShCodec *sh_codec_new (const ShConcept *concept, GError **error);
void sh_codec_free (ShCodec *codec);

/* Tables over the structs; owned by the codec. */
const SimhostSchema *sh_codec_get_state_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_action_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_config_table (const ShCodec *codec);

const ShSpace *sh_codec_get_space (const ShCodec *codec);

/* State struct to observation. FALSE with SH_ERROR_VALUE naming the field when
 * a value is not finite, or is none of an enumeration's. */
gboolean sh_codec_observe (const ShCodec *codec,
                           gconstpointer state,
                           float *observation,
                           GError **error);

/* Action vector to action struct: choices become values, numbers are clipped to
 * their range and rounded for integer kinds. */
void sh_codec_act (const ShCodec *codec, const float *action, gpointer values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCodec, sh_codec_free)

G_END_DECLS
