/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A run whose simulations are on this machine, in one of two ways. By muscles,
 * which is fast: processes that play with a copy of the policy. Or by an engine
 * on a loopback socket and a worker whose instances connect to it as they would
 * from anywhere: for assessments, and for simulators that muscles are not for:
 * slow ones, whose steps would keep the others waiting. In either way simulators
 * elsewhere may take part, if it listens for them.
 *
 * While a training goes on there is a door to it (sh-control.h).
 *
 * One thread: that of the run.
 */

#pragma once

#include <glib.h>

#include "pictures.h"
#include "sh-run.h"
#include "sh-store.h"

G_BEGIN_DECLS

typedef struct
{
  ShStore *store;
  const char *brain; /* its name, and the version that the run makes or plays */
  guint version;
  ShRun *run;
  const char *simulator; /* as sh_catalog_find takes it; NULL: the program's */
  guint n_instances;
  gboolean by_muscles; /* if the simulator is one for muscles */
  guint n_muscles; /* as in ShConductorOptions */
  const char *listen, *key; /* for simulators elsewhere; NULL: there are none */
  guint64 seed; /* of the simulations: episode k has seed + k */
  ShPictures *pictures; /* takes the frames of one instance; NULL: none */
} ShLocalEngineOptions;

typedef struct ShLocalEngine ShLocalEngine;

/*
 * Finds the simulator, and starts the muscles or opens the socket; what
 * `options` points to must outlive the engine. Errors: SH_ERROR_USAGE when
 * nobody says which simulator, SH_ERROR_NOT_FOUND when there are to be pictures
 * and it draws none, those of sh_catalog_find, of sh_conductor_new and of
 * sh_server_listen.
 */
ShLocalEngine *sh_local_engine_new (const ShLocalEngineOptions *options,
                                    GError **error);
void sh_local_engine_free (ShLocalEngine *self);

/* By which this machine reaches it; NULL: it does not listen for others. */
const char *sh_local_engine_get_url (ShLocalEngine *self);

/* Those that play, or are about to; 0 where there are none. */
guint sh_local_engine_count_muscles (ShLocalEngine *self);

/*
 * Runs the main loop until the run is over and all processes are gone. A process
 * that cannot go on fails it. How it ended is to be asked of the run.
 */
void sh_local_engine_run (ShLocalEngine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShLocalEngine, sh_local_engine_free)

G_END_DECLS
