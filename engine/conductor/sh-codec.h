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
 * State, action and config are the simulator's. The concept's input and output
 * are those structs, too, unless the program has a state or an action function:
 * then they have structs of their own, between which and the simulator's an
 * evaluator stands. What the concept's input lacks of a state is not learnt from.
 * As an observation a number is one float, as it is; a bool is 0
 * or 1; a nominal enumeration is one float for each of its values, 1 for the
 * one that it has. As an action a nominal, ordinal or stepped type is a choice,
 * a bool a choice of two, and any other number continuous within its range and
 * the limits of its kind.
 *
 * A program may have concepts that were learned before the codec's, and that its
 * functions ask (`asked` of ShConcept): their policies belong to the codec.
 *
 * Immutable and reference-counted; any thread, but that evaluators of a codec with
 * policies may be used by one thread at a time, all of them.
 */

#pragma once

#include <glib.h>
#include <json-glib/json-glib.h>
#include <simhost/plugin.h>

#include "sh-evaluator.h"
#include "sh-member.h"
#include "sh-policy.h"
#include "sh-program.h"
#include "sh-space.h"

G_BEGIN_DECLS

/* Bytes of a text member, its NUL included. */
#define SH_CODEC_TEXT_SIZE SH_MEMBER_TEXT_SIZE
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

/* The same with the policies, ShPolicy, of the concepts before it in the program,
 * in their order, of which a reference is taken; NULL: there are none, and
 * evaluators fail where they would be asked. They act greedily. */
ShCodec *sh_codec_new_for_graph (const ShConcept *concept,
                                 GPtrArray *policies,
                                 GError **error);
/* Those that it was made with. */
GPtrArray *sh_codec_get_policies (const ShCodec *codec);
ShCodec *sh_codec_ref (ShCodec *codec);
void sh_codec_unref (ShCodec *codec);

/* Tables over the structs, with ranges and values; owned by the codec. State
 * fields that are of no use to the program and cannot be sent are left out. */
const SimhostSchema *sh_codec_get_state_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_action_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_config_table (const ShCodec *codec);
/* The concept's: those of state and action when no function stands between. */
const SimhostSchema *sh_codec_get_input_table (const ShCodec *codec);
const SimhostSchema *sh_codec_get_output_table (const ShCodec *codec);

/* An evaluator over the codec's structs, for the concept that the codec was made
 * for, which must outlive it, as the codec must. */
ShEvaluator *sh_codec_new_evaluator (const ShCodec *codec,
                                     const ShConcept *concept);

const ShSpace *sh_codec_get_space (const ShCodec *codec);

/* Bytes of a mask: the choices of all discrete components of the space, if the
 * program has a mask function, else 0. */
guint sh_codec_get_mask_size (const ShCodec *codec);

/*
 * Which choices the mask function allows in the simulator's state `state`: a
 * byte for each, 1 or 0, as sh_policy_act_masked takes them. Choices that it
 * does not speak of are allowed. `mask` is not touched when there is no mask
 * function, and may be NULL then. Errors: those of sh_evaluator_mask.
 */
gboolean sh_codec_mask (const ShCodec *codec,
                        ShEvaluator *evaluator,
                        gconstpointer state,
                        guint8 *mask,
                        GError **error);

/*
 * Whether a simulator's state can be worked with: FALSE with SH_ERROR_VALUE
 * naming simulator and field when a value that the program uses is not finite,
 * or is none of an enumeration's.
 */
gboolean sh_codec_check_state (const ShCodec *codec,
                               gconstpointer state,
                               GError **error);

/*
 * Input struct to observation. FALSE with SH_ERROR_VALUE naming simulator and
 * field when a value is not finite, or is none of an enumeration's. A number
 * beyond the range of float becomes the largest one.
 */
gboolean sh_codec_observe (const ShCodec *codec,
                           gconstpointer input,
                           float *observation,
                           GError **error);

/* Action vector to output struct: choices become values, numbers are clipped to
 * their range and rounded for integer kinds. The struct is overwritten whole. */
void sh_codec_act (const ShCodec *codec, const float *action, gpointer values);

/*
 * Back again, for an action that somebody else chose: the simulator's action
 * struct to vector. A number outside its range is clipped. Errors:
 * SH_ERROR_VALUE naming simulator and field for one that is not finite, or is
 * none of the choices; SH_ERROR_SCHEMA when an action function stands between,
 * which has no way back.
 */
gboolean sh_codec_read_action (const ShCodec *codec,
                               gconstpointer values,
                               float *action,
                               GError **error);

/*
 * JSON object to state struct. Numbers, true, false and text as the types
 * demand; a nominal number may be given by its value's name. Members that the
 * concept does not see are not looked at. Errors: SH_ERROR_VALUE naming the
 * field that is missing, of the wrong type, or out of its kind's limits.
 */
gboolean sh_codec_state_from_json (const ShCodec *codec,
                                   JsonObject *object,
                                   gpointer state,
                                   GError **error);

/* The simulator's action struct to JSON on one line, fields in the order of the type, numbers
 * as short as they read back the same; appended to `text`. */
void sh_codec_action_to_json (const ShCodec *codec,
                              gconstpointer values,
                              GString *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCodec, sh_codec_unref)

G_END_DECLS
