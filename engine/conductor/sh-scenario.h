/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a lesson's scenario says of an episode's config. Each field that it
 * names is drawn uniformly from its type: an interval, a stepped range, a set
 * of values; a single value is always itself. A field that it does not name is
 * drawn from the config type, if that has a constraint, and else not sent.
 *
 * Immutable; any thread.
 */

#pragma once

#include <glib.h>

#include "sh-codec.h"
#include "sh-program.h"
#include "sh-schema.h"

G_BEGIN_DECLS

typedef struct ShScenario ShScenario;

/* `scenario` is a lesson's, NULL when it has none. */
ShScenario *sh_scenario_new (const ShCodec *codec,
                             const ShType *config,
                             const ShType *scenario);
void sh_scenario_free (ShScenario *scenario);

/* The config schema with the fields that are drawn only, under the numbers that
 * they have in the whole one: what an encoder for this lesson is made of. */
ShSchema *sh_scenario_get_schema (const ShScenario *scenario);

/* Fills the codec's config struct for episode `number` of a run with `seed`:
 * equal arguments, equal config. Fields that are not drawn are 0. */
void sh_scenario_draw (const ShScenario *scenario,
                       guint64 seed,
                       guint64 number,
                       gpointer config);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShScenario, sh_scenario_free)

G_END_DECLS
