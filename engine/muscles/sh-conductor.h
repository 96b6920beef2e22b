/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Drives a training run by muscles: processes on this machine that load the
 * plugin, and play with a copy of the policy.
 *
 * A run goes in rounds. In each, every muscle gets the weights and plays the
 * same number of steps with each of its simulations; when the last one is done
 * their steps are replayed into the run in one order, by step and then by
 * simulation, and the run learns. So what is learnt depends on the seed and the
 * numbers of muscles and simulations, and not on who was faster. Muscles wait
 * while the run learns, and the other way round: the processors are there for
 * one of the two.
 *
 * When the threshold of a lesson is met the muscles play the test
 * (sh_run_set_tested). Episodes of training that are open then are given up.
 *
 * A muscle that dies is started again and plays its part of the round anew; its
 * unfinished episodes are dropped. When they die too often, or a simulator
 * fails for good, the run fails.
 *
 * Thread: the main context in which it was made, the run's.
 */

#pragma once

#include <glib.h>

#include "sh-run.h"

G_BEGIN_DECLS

#define SH_CONDUCTOR_MAX_MUSCLES 64u
#define SH_CONDUCTOR_MAX_INSTANCES 1024u

typedef struct ShConductor ShConductor;

typedef struct
{
  ShRun *run; /* a training */
  const char *file, *simulator; /* the plugin, and one of its simulators */
  /* No more are started than there are simulations. 0: one for each processor,
   * and fewer where a round is of so few steps that it is not worth it. */
  guint n_muscles;
  guint n_instances; /* simulations, of all muscles */
  guint64 seed; /* of the simulations: episode k has seed + k */
  guint call_deadline; /* milliseconds that one call into the plugin may take */
} ShConductorOptions;

/* Once, from the main loop: the run is over and all muscles are gone. */
typedef void (*ShConductorEnded) (ShConductor *conductor, gpointer data);

/* Starts the muscles. Strings are copied. Errors: those of sh_muscle_new. */
ShConductor *sh_conductor_new (const ShConductorOptions *options,
                               ShConductorEnded ended,
                               gpointer data,
                               GError **error);

/* Kills what still runs. */
void sh_conductor_free (ShConductor *conductor);

/* The processes, for tests: 0 for one that is down. */
guint sh_conductor_get_n_muscles (const ShConductor *conductor);
GPid sh_conductor_get_pid (const ShConductor *conductor, guint muscle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConductor, sh_conductor_free)

G_END_DECLS
