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
 * After each SH_RUN_PASS_INTERVAL training episodes a test pass is due. When there
 * is one for each muscle all play at the same time, between two rounds and on
 * simulations that are there for this alone: what is learnt is the same as it would
 * be without. Long ones are played in parts: rounds wait for no more steps than they
 * have themselves.
 *
 * Muscles may be added and taken away meanwhile (sh_conductor_set_n_muscles). One
 * that joins brings simulations of its own, as many as those that were there at
 * the start have at most; its episodes have seeds of their own. From then on what
 * is learnt depends on when it joined, too.
 *
 * Others may take part in the run at the same time (sh_run_add_actor), such as
 * simulators elsewhere: rounds do not wait for them, and what they have played
 * when a round is over is learnt from with it.
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
/* Milliseconds that a muscle which is to leave has to end its episodes. */
#define SH_CONDUCTOR_LEAVE_DEADLINE 5000u

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
  guint leave_deadline; /* milliseconds; 0: SH_CONDUCTOR_LEAVE_DEADLINE */
  gboolean may_rest; /* all muscles may leave: simulations elsewhere go on */
} ShConductorOptions;

typedef enum
{
  SH_CONDUCTOR_MUSCLE_JOINING, /* it is being set up */
  SH_CONDUCTOR_MUSCLE_PLAYING,
  SH_CONDUCTOR_MUSCLE_LEAVING, /* it ends its episodes */
  SH_CONDUCTOR_MUSCLE_GOING /* its process is about to end */
} ShConductorMuscleState;

typedef struct
{
  guint number; /* from 1; never given twice in a run */
  GPid pid; /* 0: down */
  ShConductorMuscleState state;
  guint n_instances;
} ShConductorMuscle;

/* "joining", "playing", "leaving", "going" */
const char *sh_conductor_muscle_state_to_string (ShConductorMuscleState state);

/* Once, from the main loop: the run is over and all muscles are gone. May not free
 * the conductor. */
typedef void (*ShConductorEnded) (ShConductor *conductor, gpointer data);

/* A muscle has joined or is gone; or, with an error, could not be set up, and the
 * run goes on without it. May not free the conductor. */
typedef void (*ShConductorChanged) (ShConductor *conductor,
                                    const GError *error,
                                    gpointer data);

/* Starts the muscles. Strings are copied. Errors: those of sh_muscle_new. */
ShConductor *sh_conductor_new (const ShConductorOptions *options,
                               ShConductorEnded ended,
                               gpointer data,
                               GError **error);

/* Kills what still runs. */
void sh_conductor_free (ShConductor *conductor);

/*
 * Makes it `n` muscles. Those that are missing are started, and join at the start
 * of a round; of those that are too many the last ones end their episodes, or are
 * cut off after SH_CONDUCTOR_LEAVE_DEADLINE or before a test, and go. Returns at
 * once: see sh_conductor_is_settled. Errors: SH_ERROR_USAGE for a number that
 * cannot be, SH_ERROR_REFUSED when the run is ending, SH_ERROR_LIMIT, and those of
 * sh_muscle_new.
 */
gboolean
sh_conductor_set_n_muscles (ShConductor *conductor, guint n, GError **error);

/* Those that play or join. */
guint sh_conductor_get_n_staying (const ShConductor *conductor);

/* Whether all muscles play: nobody joins or leaves. */
gboolean sh_conductor_is_settled (const ShConductor *conductor);

void sh_conductor_set_changed (ShConductor *conductor,
                               ShConductorChanged changed,
                               gpointer data);

/* All muscles that there are now, whatever they do, in order. */
guint sh_conductor_get_n_muscles (const ShConductor *conductor);
void sh_conductor_get_muscle (const ShConductor *conductor,
                              guint muscle,
                              ShConductorMuscle *info);
GPid sh_conductor_get_pid (const ShConductor *conductor, guint muscle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShConductor, sh_conductor_free)

G_END_DECLS
