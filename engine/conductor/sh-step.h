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
 * `state` is the codec's state struct, `reward` that of the step that led to it,
 * 0 for the first state of an episode. Fills observation [O]. Errors:
 * SH_ERROR_VALUE naming simulator and field when either cannot be learnt from.
 */
gboolean sh_step_read (const ShConcept *concept,
                       const ShCodec *codec,
                       gconstpointer state,
                       double reward,
                       float *observation,
                       GError **error);

G_END_DECLS
