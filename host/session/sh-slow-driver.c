/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For slow simulators: makes the calls on a thread of its own, so that the main
 * loop answers pings and signals meanwhile.
 */

#include "sh-driver-private.h"
#include "sh-handover.h"
#include "sh-run-thread.h"

typedef struct
{
  ShDriver driver; /* first: they are cast into each other */
  ShHandover handover;
  ShRunThread thread;
} SlowDriver;

static gint32
serve (gpointer data)
{
  SlowDriver *slow = data;
  const ShEvent *event;
  gboolean closed;

  while ((event = sh_handover_take (&slow->handover, -1, &closed)) != NULL)
    {
      ShOutcome outcome = { 0 };
      GError *error = NULL;

      sh_driver_execute (slow->driver.instance, event, &outcome, &error);
      sh_handover_answer (&slow->handover, &outcome, error);
    }
  return SIMHOST_OK;
}

static gboolean
start (ShDriver *driver, GError **error)
{
  SlowDriver *slow = (SlowDriver *) driver;

  return sh_run_thread_start (&slow->thread, driver->name, serve, slow,
                              slow->handover.wake, error);
}

static ShDriverResult
post (ShDriver *driver,
      const ShEvent *event,
      ShOutcome *outcome,
      GError **error)
{
  sh_handover_post (&((SlowDriver *) driver)->handover, event);
  return SH_DRIVER_BUSY;
}

static ShDriverResult
collect (ShDriver *driver,
         const ShEvent *event,
         ShOutcome *outcome,
         GError **error)
{
  return sh_handover_collect (&((SlowDriver *) driver)->handover, outcome,
                              error);
}

/* A plugin's function that ends the thread it is called on. */
static gboolean
check (ShDriver *driver, GError **error)
{
  SlowDriver *slow = (SlowDriver *) driver;

  return !sh_run_thread_has_ended (&slow->thread) ||
         sh_run_thread_judge (&slow->thread, driver->instance, error);
}

static ShDriverResult
finish (ShDriver *driver, GError **error)
{
  SlowDriver *slow = (SlowDriver *) driver;

  sh_handover_close (&slow->handover);
  if (!sh_run_thread_has_ended (&slow->thread))
    return SH_DRIVER_BUSY;
  return sh_run_thread_judge (&slow->thread, driver->instance, error)
             ? SH_DRIVER_DONE
             : SH_DRIVER_FAILED;
}

static void
slow_free (ShDriver *driver)
{
  SlowDriver *slow = (SlowDriver *) driver;

  sh_handover_close (&slow->handover);
  sh_run_thread_join (&slow->thread);
  sh_handover_clear (&slow->handover);
  g_free (slow);
}

static const ShDriverClass slow_class = {
  .start = start,
  .post = post,
  .collect = collect,
  .check = check,
  .finish = finish,
  .free = slow_free,
};

ShDriver *
sh_slow_driver_new (ShInstance *instance, ShCallSlot *slot)
{
  SlowDriver *slow = g_new0 (SlowDriver, 1);

  sh_driver_init (&slow->driver, &slow_class, instance, slot);
  sh_handover_init (&slow->handover, sh_driver_tell_ready, slow);
  return &slow->driver;
}
