/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Simulators with a loop of their own: what their extensions offer, and whether
 * a simulator has what it says, and nothing that contradicts it.
 */

#pragma once

#include <glib.h>
#include <simhost/event-driven.h>
#include <simhost/external.h>

#include "sh-call-slot.h"

G_BEGIN_DECLS

/* SimhostExternalProgram.max_concurrent, at most, and what 0 means. */
#define SH_EXTERNAL_MAX_CONCURRENT 100u

static inline gboolean
sh_simulator_is_event_driven (const SimhostSimulator *simulator)
{
  return (simulator->flags & SIMHOST_SIMULATOR_EVENT_DRIVEN) != 0;
}

static inline gboolean
sh_simulator_is_external (const SimhostSimulator *simulator)
{
  return (simulator->flags & SIMHOST_SIMULATOR_EXTERNAL) != 0;
}

static inline gboolean
sh_simulator_has_loop (const SimhostSimulator *simulator)
{
  return sh_simulator_is_event_driven (simulator) ||
         sh_simulator_is_external (simulator);
}

/*
 * Asks the simulator for its extension, and checks that the flags and it agree:
 * "simulator 'lift': has the flag SIMHOST_SIMULATOR_EXTERNAL, but gives nothing
 * for simhost.external/1". Calls get_extension. Errors: SH_ERROR_PLUGIN.
 */
gboolean sh_loop_check (const SimhostSimulator *simulator,
                        ShCallSlot *slot,
                        GError **error);

/* The extension; NULL when the simulator is of another kind. */
const SimhostEventDriven *
sh_loop_get_event_driven (const SimhostSimulator *simulator);
const SimhostExternalProgram *
sh_loop_get_external (const SimhostSimulator *simulator);

G_END_DECLS
