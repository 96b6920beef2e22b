/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The hubs by which simulators reach stored brains: one for each save of a version
 * that somebody plays. A hub stays as long as it has connections, and a little
 * longer.
 *
 * One thread, but for the loading of brains.
 */

#pragma once

#include "sh-predict-hub.h"
#include "sh-store.h"

G_BEGIN_DECLS

typedef struct ShPredictHubs ShPredictHubs;

/* Both are borrowed. */
ShPredictHubs *sh_predict_hubs_new (ShStore *store, ShTurn *turn);
void sh_predict_hubs_free (ShPredictHubs *hubs);

/* That of a version as it was saved; NULL: the brain must be loaded first. */
ShPredictHub *sh_predict_hubs_find (ShPredictHubs *hubs,
                                    const ShBrainInfo *info);

/* Loads a version of a brain in a thread, and makes its hub. The hubs may be gone
 * when it is ready: then it is not to be finished. Errors: SH_ERROR_NOT_FOUND,
 * SH_ERROR_CORRUPT. */
void sh_predict_hubs_load_async (ShPredictHubs *hubs,
                                 const char *name,
                                 guint version,
                                 GAsyncReadyCallback callback,
                                 gpointer data);
ShPredictHub *sh_predict_hubs_load_finish (ShPredictHubs *hubs,
                                           GAsyncResult *result,
                                           GError **error);

/* All hubs. */
void sh_predict_hubs_dispatch (ShPredictHubs *hubs);
void sh_predict_hubs_tick (ShPredictHubs *hubs, gint64 now);
void sh_predict_hubs_finish (ShPredictHubs *hubs);

/* Simulators connected that ask brain `name`, or any if that is NULL, for
 * actions. */
guint sh_predict_hubs_get_n_sessions (ShPredictHubs *hubs, const char *name);

/* Actions that were asked for, of all brains that there have been. */
guint64 sh_predict_hubs_get_n_predictions (ShPredictHubs *hubs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShPredictHubs, sh_predict_hubs_free)

G_END_DECLS
