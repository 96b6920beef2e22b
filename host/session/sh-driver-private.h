/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a kind of driver is made of. For the files that implement one.
 */

#pragma once

#include "sh-driver.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean (*start) (ShDriver *driver,
                     GError **error); /* NULL: nothing to do */
  /* Executes an event, DONE with its outcome filled, or hands it over: BUSY.
   * `event` stays as it is until it is collected or abandoned. */
  ShDriverResult (*post) (ShDriver *driver,
                          const ShEvent *event,
                          ShOutcome *outcome,
                          GError **error);
  /* What came of the event that was handed over; BUSY: not yet. What the
   * outcome points to is valid until the next post. */
  ShDriverResult (*collect) (ShDriver *driver,
                             const ShEvent *event,
                             ShOutcome *outcome,
                             GError **error);
  /* Whether it can go on at all. NULL: it can. */
  gboolean (*check) (ShDriver *driver, GError **error);
  /* Takes back what was posted, or, where nothing was, tells the simulator that
   * the episode is lost. NULL: it cannot be taken back. */
  void (*abandon) (ShDriver *driver);
  /* Takes back what was posted, and tells who waits for the engine that its
   * connection is gone. NULL: nobody waits for it. */
  void (*lose) (ShDriver *driver);
  /* NULL: there is nothing to end. */
  ShDriverResult (*finish) (ShDriver *driver, GError **error);
  void (*free) (ShDriver *driver);
} ShDriverClass;

struct ShDriver
{
  const ShDriverClass *klass;
  ShInstance *instance;
  ShCallSlot *slot; /* may be NULL */
  const char *name; /* the simulator's */
  ShDriverReady ready;
  gpointer user_data;
  ShReport *report; /* may be NULL */
  ShReportEpisode episode; /* so far */
  gboolean busy; /* `event` was posted and not collected */
  ShEvent event;
};

void sh_driver_init (ShDriver *driver,
                     const ShDriverClass *klass,
                     ShInstance *instance,
                     ShCallSlot *slot);

/* Calls `ready`. */
void sh_driver_tell_ready (gpointer driver);

/* The kinds that sh_driver_new chooses from. */
ShDriver *sh_call_driver_new (ShInstance *instance, ShCallSlot *slot);
ShDriver *sh_slow_driver_new (ShInstance *instance, ShCallSlot *slot);
ShDriver *sh_event_driver_new (ShInstance *instance, ShCallSlot *slot);

/* Makes the calls of an ordinary simulator that an event stands for. Any
 * thread. */
gboolean sh_driver_execute (ShInstance *instance,
                            const ShEvent *event,
                            ShOutcome *outcome,
                            GError **error);

/* Puts a state that was kept where the event wants it, and looks at it if the
 * instance is strict. Errors: SH_ERROR_SIMULATOR. */
gboolean sh_driver_put_state (const ShDriver *driver,
                              const ShEvent *event,
                              gconstpointer state,
                              GError **error);

G_END_DECLS
