/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a step amounts to for a learner: the one place where a simulator's state
 * and reward become an observation and a reward, wherever the simulator is.
 */

#pragma once

#include <glib.h>

#include "sh-codec.h"
#include "sh-program.h"

G_BEGIN_DECLS

/*
 * `state` is the codec's state struct, `reward` and `terminal` are the simulator's
 * own of the step that led to it; for the first state of an episode they are not
 * looked at. Fills observation [O], mask [sh_codec_get_mask_size], where all is
 * allowed once nothing more is to be chosen, and what the program makes of the step. Errors:
 * SH_ERROR_VALUE naming simulator and field, or the program's function, when
 * something cannot be learnt from.
 */
gboolean sh_step_read (ShEvaluator *evaluator,
                       const ShConcept *concept,
                       const ShCodec *codec,
                       gconstpointer state,
                       double reward,
                       gboolean terminal,
                       float *observation,
                       guint8 *mask,
                       ShEvaluation *evaluation,
                       GError **error);

G_END_DECLS
