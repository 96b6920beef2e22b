/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Between a concept's Inkling types and the forms in which the engine needs
 * values: C structs described by a table of fields, which proto/ reads and
 * writes; vectors of floats, which a learner reads and writes; JSON objects,
 * which people and scripts do.
 *
 * In the structs each member has the C type of its Inkling kind, so that
 * sh_schema_new_from_table gives the wire types of the program; text is
 * char[SH_CODEC_TEXT_SIZE].
 *
 * The state is the simulator's; what the concept's input lacks of it is not
 * learnt from. As an observation a number is one float, as it is; a bool is 0
 * or 1; a nominal enumeration is one float for each of its values, 1 for the
 * one that it has. As an action a nominal, ordinal or stepped type is a choice,
 * a bool a choice of two, and any other number continuous within its range and
 * the limits of its kind.
 *
 * Immutable and reference-counted; any thread.
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <simhost/plugin.h>

#include "sh-program.h"
#include "sh-space.h"

G_BEGIN_DECLS

/* Bytes of a text member, its NUL included. */
#define SH_CODEC_TEXT_SIZE 64u
/* Floats in an observation. */
#define SH_CODEC_MAX_OBSERVATION 65536u
/* Choices of one action field. */
#define SH_CODEC_MAX_CHOICES 4096u

typedef struct ShCodec ShCodec;

/*
 * Errors: SH_ERROR_SCHEMA naming the field that cannot be learnt from or sent
 * (free text, arrays, structs in structs, images); SH_ERROR_LIMIT when an
 * observation or an enumeration is larger than the limits above.
 */
ShCodec *sh_codec_new (const ShConcept *concept, GError **error);
ShCodec *sh_codec_ref (ShCodec *codec);
void sh_codec_unref (ShCodec *codec);

/* Tables over the structs, with ranges and values; owned by the codec. State
 * fields that are of no use to the concept and cannot be sent are left out. */
const SimhostSchema *sh_codec_get_state_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_action_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_config_table (const ShCodec *codec);

const ShSpace *sh_codec_get_space (const ShCodec *codec);

/*
 * State struct to observation. FALSE with SH_ERROR_VALUE naming simulator and
 * field when a value is not finite, or is none of an enumeration's. A number
 * beyond the range of float becomes the largest one.
 */
gboolean sh_codec_observe (const ShCodec *codec,
                           gconstpointer state,
                           float *observation,
                           GError **error);

/* Action vector to action struct: choices become values, numbers are clipped to
 * their range and rounded for integer kinds. The struct is overwritten whole. */
void sh_codec_act (const ShCodec *codec, const float *action, gpointer values);

/*
 * Back again, for an action that somebody else chose: action struct to vector.
 * A number outside its range is clipped. Errors: SH_ERROR_VALUE naming
 * simulator and field for one that is not finite, or is none of the choices.
 */
gboolean sh_codec_read_action (const ShCodec *codec,
                               gconstpointer values,
                               float *action,
                               GError **error);

/*
 * JSON object to state struct. Numbers, true, false and text as the types
 * demand; a nominal number may be given by its value's name. Members that the
 * concept's input lacks are not looked at. Errors: SH_ERROR_VALUE naming the
 * field that is missing, of the wrong type, or out of its kind's limits.
 */
gboolean sh_codec_state_from_json (const ShCodec *codec,
                                   JsonObject *object,
                                   gpointer state,
                                   GError **error);

/* Action struct to JSON on one line, fields in the order of the type, numbers
 * as short as they read back the same; appended to `text`. */
void sh_codec_action_to_json (const ShCodec *codec,
                              gconstpointer values,
                              GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCodec, sh_codec_unref)

G_END_DECLS
