/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A unit of supervision: instances of one simulator that serve an engine, in a
 * worker process that is started, watched, started again and stopped as its
 * settings say. (People call it a session, and so does D-Bus; in the code a
 * session is one instance's dialogue with an engine.)
 *
 * A unit is wanted or not. One that is wanted, and whose simulator is there, has
 * a worker, unless it has finished or failed. It does not know where plugins
 * come from: its owner tells it which one has its simulator, whenever that may
 * have changed.
 *
 *   what happens                   the state becomes
 *   start, no such simulator,      waiting
 *     or no engine is known
 *   start                          starting, connecting, running
 *   the engine lacks the brain     waiting; the worker asks again every few
 *                                  seconds
 *   the worker dies                restarting, or failed (ShRestartPolicy)
 *   the engine has no more to do   finished, or restarting
 *   the plugin's file is replaced  restarting, at an episode's end; so does a
 *                                  unit that had failed, or finished
 *   the plugin goes away           failed, at an episode's end; when it comes
 *                                  back the unit starts
 *   stop                           stopping, stopped
 *
 * Loads nothing into this process. Nothing blocks. Thread: the main context in
 * which it was made.
 */

#pragma once

#include "sh-catalog.h"
#include "sh-report.h"
#include "sh-retry.h"
#include "sh-unit-log.h"
#include "sh-unit-settings.h"

G_BEGIN_DECLS

/* Milliseconds between two looks that an owner should let pass. */
#define SH_UNIT_LOOK_INTERVAL 250u
/* Seconds that a worker has to come to an episode's end when another is to take
 * its place. */
#define SH_UNIT_LEAVE_DEADLINE 10u
/* Episodes that one look tells of; of more, the last ones. */
#define SH_UNIT_MAX_EPISODES 25u

typedef struct ShUnit ShUnit;

typedef enum
{
  SH_UNIT_STOPPED, /* not wanted */
  SH_UNIT_WAITING, /* wanted, but its simulator, an engine or, there, its brain
                      is not there */
  SH_UNIT_STARTING, /* the worker comes up */
  SH_UNIT_CONNECTING, /* it looks for the engine */
  SH_UNIT_RUNNING, /* at least one instance is connected */
  SH_UNIT_RESTARTING, /* the worker died or is to go, and another follows */
  SH_UNIT_STOPPING, /* the worker was told to end */
  SH_UNIT_FINISHED, /* the engine had no more to do */
  SH_UNIT_FAILED, /* given up; the error says why */
  SH_UNIT_N_STATES
} ShUnitState;

/* "stopped" ... */
const char *sh_unit_state_to_string (ShUnitState state);

/* As of the last look, or of the last change of the state. Belongs to the unit;
 * valid until the main loop goes on. */
typedef struct
{
  ShUnitState state;
  gboolean wanted;
  const char *engine; /* URL that is used, or would be */
  const char *brain;
  GPid pid; /* of the worker; 0: none */
  gint64 start_time; /* of the worker, microseconds since 1970; 0: none */
  /* Workers that were started after the first, since the unit was started. */
  guint64 n_restarts;
  const char *error; /* the last thing that went wrong, one line; "" */
  gint64 error_time; /* microseconds since 1970; 0: nothing did */
  guint n_connected; /* instances that the engine has registered */
  const char *objective; /* the reward that the engine asked for; "" */
  /* Of all workers since the unit was started. */
  guint64 n_iterations, n_episodes, n_reconnects;
  double iteration_rate, episode_rate; /* a second, smoothed over about 2 s */
  double last_return; /* of the last episode that ended so; NaN: none yet */
  /* Of the last 100 at most, those that were cut off left out; NaN. */
  double mean_return;
} ShUnitStatus;

typedef struct
{
  /* The status is new: state, pid, error at once; numbers by a look that found
   * others. The unit must not be freed in it. */
  void (*changed) (ShUnit *unit, gpointer user_data);
  /* A line was added to the log. May be NULL. */
  void (*logged) (ShUnit *unit, const ShUnitLine *line, gpointer user_data);
  /* Episodes that have ended since the last look, and how many more there were
   * that nothing is known of. May be NULL. */
  void (*episodes) (ShUnit *unit,
                    const ShReportEpisode *episodes,
                    guint n_episodes,
                    guint64 left_out,
                    gpointer user_data);
  /* No other worker follows: they died too often, or one gave up. The state is
   * "failed". May be NULL. */
  void (*gave_up) (ShUnit *unit, gpointer user_data);
} ShUnitFuncs;

/* Settings, checked before, are copied; `funcs` and `source`, the clock and
 * chance of restarts, are not. It is not wanted yet. */
ShUnit *sh_unit_new (const ShUnitSettings *settings,
                     const ShRetrySource *source,
                     const ShUnitFuncs *funcs,
                     gpointer user_data);
/* A worker that still runs is killed. */
void sh_unit_free (ShUnit *unit);

const ShUnitSettings *sh_unit_get_settings (const ShUnit *unit);
/* The name stays. What runs by other settings is restarted gently. */
void sh_unit_set_settings (ShUnit *unit, const ShUnitSettings *settings);

/* The engine for settings without one; NULL: there is none, as at first. What
 * runs with another one is restarted at once. */
void sh_unit_set_engine (ShUnit *unit, const char *url, const char *access_key);

/*
 * The usable plugin that has the simulator; NULL: there is none, because of
 * `reason` (NULL: there is no such simulator). To be called whenever it may have
 * changed; what is the same file as before, unchanged, has no effect.
 */
void
sh_unit_set_plugin (ShUnit *unit, ShPluginInfo *plugin, const char *reason);

/* Wanted from now on. One that failed or finished begins anew; one that runs
 * goes on. */
void sh_unit_start (ShUnit *unit);
/* No more wanted. The worker gets SIGTERM, and SIGKILL after
 * SH_WORKER_STOP_DEADLINE; then the state is "stopped". */
void sh_unit_stop (ShUnit *unit);
/* Another worker takes the place of the one that runs: at an episode's end, or
 * after SH_UNIT_LEAVE_DEADLINE; `now`: at once. Without one it is as start. */
void sh_unit_restart (ShUnit *unit, gboolean now);

/* Whether there is a worker, dying ones included. */
gboolean sh_unit_has_worker (const ShUnit *unit);

/* Reads what the worker reports. To be called every SH_UNIT_LOOK_INTERVAL
 * or so while there is a worker. */
void sh_unit_look (ShUnit *unit);

const ShUnitStatus *sh_unit_get_status (const ShUnit *unit);
/* What the engine calls the instances that it has registered; NULL-terminated,
 * freed by the caller. */
char **sh_unit_get_sim_ids (const ShUnit *unit);
/* Resident bytes of the worker, 0 without one. Read from /proc, at most once a
 * second. */
guint64 sh_unit_get_memory (ShUnit *unit);
const ShUnitLog *sh_unit_get_log (const ShUnit *unit);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShUnit, sh_unit_free)

G_END_DECLS
