/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One running simulation. Holds the table of legal states: a call out of order
 * is refused before the plugin sees it. Every call is announced in a call slot,
 * from which a watcher knows which simulator is in which function, and since
 * when it has not come back.
 *
 * One thread at a time.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>
#include <simhost/render.h>
#include <simhost/snapshot.h>

#include "sh-call-slot.h"
#include "sh-recording.h"

G_BEGIN_DECLS

typedef struct ShInstance ShInstance;

typedef enum
{
  SH_INSTANCE_NEW,
  SH_INSTANCE_READY,
  SH_INSTANCE_STARTED,
  SH_INSTANCE_OBSERVED,
  SH_INSTANCE_TERMINAL,
  SH_INSTANCE_STOPPED,
  SH_INSTANCE_LOST, /* a call within an episode failed: only stop is left */
  SH_INSTANCE_FAILED /* after SIMHOST_FATAL: nothing may be called */
} ShInstanceState;

/*
 * A simulator with a loop of its own is created and destroyed like others; in
 * between the thread on which its `run` is called has it: only what is said
 * below to be for that thread may be called.
 */

/*
 * `simulator` must be one of a ShPlugin, and outlive the instance; `slot` may
 * be NULL. Errors, here and below: SH_ERROR_SIMULATOR (a reset can recover) or
 * SH_ERROR_FATAL (the process must go): "simulator 'lift': advance failed:
 * cable broke". A call in a state in which it is not legal is a mistake of the
 * host: SH_ERROR_FAILED, and the simulator does not see it.
 */
ShInstance *sh_instance_new (const SimhostSimulator *simulator,
                             ShCallSlot *slot,
                             GError **error);
/* Stops an open episode and destroys. After SIMHOST_FATAL the plugin is left
 * alone, and with it its memory. */
void sh_instance_free (ShInstance *instance);

/*
 * Strict: after each call also look at every value of the state (finite, within
 * its range, one of its values), at the locale and the floating-point mode.
 * What is wrong is SH_ERROR_SIMULATOR. Off at first.
 */
void sh_instance_set_strict (ShInstance *instance, gboolean strict);

/* Where values go that the simulator puts on record itself; NULL, as at first:
 * nowhere. Not copied. */
void sh_instance_set_recording (ShInstance *instance, ShRecording *recording);

/* For simulators with a loop of their own. */
/* What create stored. Any thread. */
gpointer sh_instance_get_self (const ShInstance *instance);
/* Whether `record` counts just now: at first it does. The run's thread. */
void sh_instance_set_recordable (ShInstance *instance, gboolean recordable);
/* What `run` returned; FALSE unless it is good. The run's thread has ended. */
gboolean
sh_instance_judge_run (ShInstance *instance, gint32 status, GError **error);

/* Whether it is strict. */
gboolean sh_instance_is_strict (const ShInstance *instance);

/* Called within each sh_instance_observe, at its end; what it says that observe
 * says. */
typedef gboolean (*ShInstanceObserved) (ShInstance *instance,
                                        gpointer data,
                                        GError **error);
/* NULL, as at first: nobody. */
void sh_instance_set_observed (ShInstance *instance,
                               ShInstanceObserved observed,
                               gpointer data);

ShCallSlot *sh_instance_get_slot (const ShInstance *instance);
/* Whether the state last observed was the first one of its episode. */
gboolean sh_instance_is_first (const ShInstance *instance);

const SimhostSimulator *sh_instance_get_simulator (const ShInstance *instance);
ShInstanceState sh_instance_get_state_id (const ShInstance *instance);

/* `config`: a struct of the config schema; ignored if that has no fields. */
gboolean sh_instance_set_properties (ShInstance *instance,
                                     gconstpointer config,
                                     GError **error);
gboolean sh_instance_reset (ShInstance *instance, guint64 seed, GError **error);
/* A start that fails leaves nothing to stop. */
gboolean sh_instance_start (ShInstance *instance, GError **error);
/* SIMHOST_WARNING and SIMHOST_DISCARD are logged and count as done. */
gboolean sh_instance_advance (ShInstance *instance,
                              gconstpointer action,
                              GError **error);
/* Fills `state`, a struct of the state schema. A simulator that writes beyond
 * its struct is SH_ERROR_FATAL. What follows start is never terminal. */
gboolean sh_instance_observe (ShInstance *instance,
                              gpointer state,
                              gboolean *terminal,
                              GError **error);
/* `reward`: a row of the simulator, or NULL: 0. A reward that is not finite is SH_ERROR_SIMULATOR. */
gboolean sh_instance_evaluate (ShInstance *instance,
                               const SimhostReward *reward,
                               double *value,
                               GError **error);
gboolean sh_instance_stop (ShInstance *instance, GError **error);

/* Bytes that a frame's memory has beyond its last row, for the guard. */
#define SH_INSTANCE_FRAME_GUARD 64u

/* Draws the state last observed into a frame, which is cleared first, of a size
 * that `render` allows. One that writes beyond it is SH_ERROR_FATAL. */
gboolean sh_instance_render (ShInstance *instance,
                             const SimhostRender *render,
                             const SimhostFrame *frame,
                             GError **error);

/* For ShSnapshot, which see. */
GBytes *sh_instance_save (ShInstance *instance,
                          const SimhostSnapshot *table,
                          GError **error);
gboolean sh_instance_restore (ShInstance *instance,
                              const SimhostSnapshot *table,
                              GBytes *bytes,
                              gboolean first,
                              GError **error);

/* A reward of a simulator by name; "" is the default one, or *reward NULL when
 * there is none. Errors: SH_ERROR_NOT_FOUND listing the rewards it has. */
gboolean sh_simulator_find_reward (const SimhostSimulator *simulator,
                                   const char *name,
                                   const SimhostReward **reward,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShInstance, sh_instance_free)

G_END_DECLS
