/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the tests of codec, run and store share: programs from text, and a
 * learner that learns nothing but keeps what it was given.
 */

#pragma once

#include "sh-codec.h"
#include "sh-learner.h"
#include "sh-program.h"

G_BEGIN_DECLS

/* Compiles; a program that does not compile fails the test with its error. */
ShProgram *fixture_compile (const char *text);

/* The same for a program with these type bodies, "{ x: number }", and the
 * clauses of its curriculum after `source`. */
ShProgram *fixture_program (const char *state,
                            const char *action,
                            const char *config,
                            const char *curriculum);

const ShConcept *fixture_concept (const ShProgram *program);

/* A member of a struct, by the name of its field. */
gpointer
fixture_member (const SimhostSchema *table, gpointer values, const char *name);

/* The field's row. */
const SimhostField *fixture_row (const SimhostSchema *table, const char *name);

/* A learner with a random policy. */
ShLearner *
fixture_learner_new (const ShSpace *space, guint batch_size, guint64 seed);

/* The fragments of each sh_learner_learn: an array of arrays of ShFragment.
 * Belongs to the learner. */
GPtrArray *fixture_learner_get_batches (ShLearner *learner);

G_END_DECLS
