/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays the events of a session on an instance, for ordinary plugins: the host
 * calls, the plugin answers. The events for the connection are left to the
 * caller, so this does not know of any.
 *
 * Begin is always: stop, if an episode is open; set_properties, if they are
 * new; reset; start; get_state.
 */

#pragma once

#include "sh-call-slot.h"
#include "sh-instance.h"
#include "sh-session.h"

G_BEGIN_DECLS

/*
 * Makes the calls that are due, until there is an event for the connection:
 * SEND, IDLE or FINISHED, which is stored. Iterations and episodes are counted
 * in `slot`, which may be NULL; *complete, if given, is set to TRUE when an
 * episode was played to its end. Errors: those of ShSession and ShInstance.
 */
gboolean sh_driver_run (ShSession *session,
                        ShInstance *instance,
                        ShCallSlot *slot,
                        ShEvent *event,
                        gboolean *complete,
                        GError **error);

G_END_DECLS
