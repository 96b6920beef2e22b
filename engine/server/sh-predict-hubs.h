/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The hubs of all versions that are asked for actions now. A hub is made when it
 * is asked for and stays as long as it has connections. A version that is stored
 * anew gets a new hub beside the old one.
 *
 * One thread: that of the turn.
 */

#pragma once

#include "sh-predict-hub.h"
#include "sh-store.h"

G_BEGIN_DECLS

typedef struct ShPredictHubs ShPredictHubs;

/* Both are borrowed. */
ShPredictHubs *sh_predict_hubs_new (ShStore *store, ShTurn *turn);
/* Drops all connections. */
void sh_predict_hubs_free (ShPredictHubs *hubs);

/* The hub of a stored version. Errors: those of sh_store_load and
 * sh_predict_hub_new. */
ShPredictHub *sh_predict_hubs_get (ShPredictHubs *hubs,
                                   const ShBrainInfo *info,
                                   GError **error);

/* Simulators connected that ask brain `name` for actions. */
guint sh_predict_hubs_count_askers (ShPredictHubs *hubs, const char *name);

/* Actions that were asked for, of hubs that have gone, too. */
guint64 sh_predict_hubs_count_predictions (ShPredictHubs *hubs);

/* Those of all hubs: see sh-predict-hub.h. */
void sh_predict_hubs_dispatch (ShPredictHubs *hubs);
void sh_predict_hubs_tick (ShPredictHubs *hubs, gint64 now);
void sh_predict_hubs_finish (ShPredictHubs *hubs);
guint sh_predict_hubs_get_n_sessions (ShPredictHubs *hubs);

G_END_DECLS
