/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From the `algorithm` record of a curriculum to a learner.
 */

#pragma once

#include <glib.h>

#include "sh-learner.h"
#include "sh-program.h"

G_BEGIN_DECLS

/* The name of the algorithm that a concept is trained with: "PPO", "APEX" or
 * "SAC". */
const char *sh_algorithm_get_name (const ShConcept *concept);

/*
 * Learner options for `concept`: the defaults for `space`, and what the
 * record's settings say. Errors: SH_ERROR_SCHEMA naming a setting that is not
 * supported, or whose value is not what it may be. Activations "default" are the
 * learner's own choice.
 */
gboolean sh_algorithm_get_options (const ShConcept *concept,
                                   const ShSpace *space,
                                   ShLearnerOptions *options,
                                   GError **error);

/* A new learner for `concept`. Errors: as above, also for an algorithm that cannot
 * act in `space`. */
ShLearner *sh_algorithm_new_learner (const ShConcept *concept,
                                     const ShSpace *space,
                                     guint64 seed,
                                     GError **error);

G_END_DECLS
