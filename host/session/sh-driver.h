/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays the events of a session on a simulator, of whatever kind that is. The
 * one place where an event is executed. The events for the connection are left
 * to the caller, so this does not know of any.
 *
 * The session stays on the caller's thread. Where a simulator runs on another
 * one (it is slow, or has a loop of its own) an event is handed over: until it
 * is answered nobody touches the session or the instance here, the driver is
 * busy, and `ready` tells when to go on.
 *
 *   kind of simulator   an event is
 *   ordinary            calls, made at once; of a large batch, in slices of time
 *                       between which other sessions have their turn
 *   slow                calls, made on the driver's thread
 *   event-driven        what next_event gives to the simulator's own thread
 *   external            matched with calls of the program's threads; such
 *                       drivers come from a ShExternal
 *
 * Of an ordinary simulator, begin is always: stop, if an episode is open;
 * set_properties, if they are new; reset; start; get_state.
 *
 * Thread: that of the thread-default main context in which it was made.
 */

#pragma once

#include "sh-call-slot.h"
#include "sh-instance.h"
#include "sh-report.h"
#include "sh-session.h"

G_BEGIN_DECLS

typedef struct ShDriver ShDriver;

typedef enum
{
  SH_DRIVER_FAILED,
  SH_DRIVER_DONE,
  SH_DRIVER_BUSY /* `ready` will be called, then ask again */
} ShDriverResult;

typedef void (*ShDriverReady) (gpointer user_data);

/*
 * The driver for an ordinary, a slow or an event-driven instance, which lives
 * longer. Iterations and episodes are counted in `slot`, which may be NULL and
 * is the one in which the instance announces its calls.
 */
ShDriver *sh_driver_new (ShInstance *instance, ShCallSlot *slot);
/* Waits for a call that is under way, and for a loop to return. */
void sh_driver_free (ShDriver *driver);

/* `ready` is called from the main context. */
void
sh_driver_set_ready (ShDriver *driver, ShDriverReady ready, gpointer user_data);

/* Episodes that end are told there, as those of instance number `instance`. NULL,
 * as at first: nowhere. */
void sh_driver_set_report (ShDriver *driver, ShReport *report, guint instance);

/* Starts its thread, if it has one. Once, before sh_driver_run. Errors:
 * SH_ERROR_FAILED. */
gboolean sh_driver_start (ShDriver *driver, GError **error);

/*
 * Goes on until there is an event for the connection (DONE): SEND, IDLE or
 * FINISHED, which is stored; or until the simulator is busy. *complete, if
 * given, is set to TRUE when an episode was played to its end. Errors: those of
 * ShSession and ShInstance.
 */
ShDriverResult sh_driver_run (ShDriver *driver,
                              ShSession *session,
                              ShEvent *event,
                              gboolean *complete,
                              GError **error);

/* Only takes over what the simulator has answered: DONE when no event is under
 * way any more. */
ShDriverResult sh_driver_settle (ShDriver *driver,
                                 ShSession *session,
                                 gboolean *complete,
                                 GError **error);

gboolean sh_driver_is_busy (const ShDriver *driver);

/* The connection is gone, and there may be another: who waits for the engine
 * need not do so any longer. */
void sh_driver_lose (ShDriver *driver);

/* The connection is another one. TRUE: the simulator has let go of the event
 * that was under way, if there was one; sh_session_connect may follow. FALSE:
 * it is still busy. */
gboolean sh_driver_abandon (ShDriver *driver);

/* No more events. DONE when its thread has ended; FAILED when it did so with an
 * error. No other function but free may follow. */
ShDriverResult sh_driver_finish (ShDriver *driver, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShDriver, sh_driver_free)

G_END_DECLS
