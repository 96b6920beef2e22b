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

#include "sh-call-slot.h"

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
  SH_INSTANCE_FAILED /* after SIMHOST_FATAL: nothing may be called */
} ShInstanceState;

/* `slot` may be NULL. Errors, here and below: SH_ERROR_SIMULATOR (a reset can
 * recover) or SH_ERROR_FATAL: "simulator 'lift': advance failed: cable broke". */
ShInstance *sh_instance_new (const SimhostSimulator *simulator,
                             ShCallSlot *slot,
                             GError **error);
/* Stops an open episode and destroys. */
void sh_instance_free (ShInstance *instance);

const SimhostSimulator *sh_instance_get_simulator (const ShInstance *instance);
ShInstanceState sh_instance_get_state_id (const ShInstance *instance);

gboolean sh_instance_set_properties (ShInstance *instance,
                                     gconstpointer config,
                                     GError **error);
gboolean sh_instance_reset (ShInstance *instance, guint64 seed, GError **error);
gboolean sh_instance_start (ShInstance *instance, GError **error);
/* SIMHOST_WARNING and SIMHOST_DISCARD are logged and count as done. */
gboolean sh_instance_advance (ShInstance *instance,
                              gconstpointer action,
                              GError **error);
gboolean sh_instance_observe (ShInstance *instance,
                              gpointer state,
                              gboolean *terminal,
                              GError **error);
/* `reward` NULL: 0. A reward that is not finite is SH_ERROR_SIMULATOR. */
gboolean sh_instance_evaluate (ShInstance *instance,
                               const SimhostReward *reward,
                               double *value,
                               GError **error);
gboolean sh_instance_stop (ShInstance *instance, GError **error);

/* A reward of a simulator by name; "" is the default one, or *reward NULL when
 * there is none. Errors: SH_ERROR_NOT_FOUND listing the rewards it has. */
gboolean sh_simulator_find_reward (const SimhostSimulator *simulator,
                                   const char *name,
                                   const SimhostReward **reward,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShInstance, sh_instance_free)

G_END_DECLS
