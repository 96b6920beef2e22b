/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Between the structs of a simulator and those of a concept's ShCodec, in one
 * process. Values go through the same plans as on the wire, so that a simulator
 * means the same to an engine wherever it is, and what does not fit is refused
 * in the same words.
 *
 * One thread.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "sh-codec.h"
#include "sh-schema.h"

G_BEGIN_DECLS

typedef struct ShBridge ShBridge;

/* `simulator` must outlive it. Errors: SH_ERROR_SCHEMA naming a field that the
 * program asks for and the simulator lacks, or cannot give. Fields of action
 * and config that the simulator lacks are ignored; `quiet`: without a word. */
ShBridge *sh_bridge_new (ShCodec *codec,
                         const SimhostSimulator *simulator,
                         gboolean quiet,
                         GError **error);
void sh_bridge_free (ShBridge *bridge);

/* From the simulator's state struct to the codec's. Errors: SH_ERROR_VALUE
 * naming simulator and field. */
gboolean sh_bridge_read_state (ShBridge *bridge,
                               gconstpointer given,
                               gpointer state,
                               GError **error);

/* From the codec's action struct to the simulator's. Errors: as above. */
gboolean sh_bridge_write_action (ShBridge *bridge,
                                 gconstpointer action,
                                 gpointer given,
                                 GError **error);

/*
 * From the codec's config struct to the simulator's: the fields of `schema`,
 * a part of the codec's config schema (sh_scenario_get_schema); all others have
 * the simulator's defaults. *changed: it differs from the last one that was
 * written for the same `last`, which holds what that was; empty at first.
 */
gboolean sh_bridge_write_config (ShBridge *bridge,
                                 ShSchema *schema,
                                 gconstpointer config,
                                 gpointer given,
                                 GByteArray *last,
                                 gboolean *changed,
                                 GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShBridge, sh_bridge_free)

G_END_DECLS
