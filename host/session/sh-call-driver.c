/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For ordinary simulators: makes the calls at once, on the caller's thread.
 *
 * A message may ask for tens of thousands of steps, and other sessions share the
 * thread: after a slice of time the next step waits for the main loop's next
 * turn. The clock is looked at now and then only, as a step may cost less.
 */

#include "sh-driver-private.h"
#include "sh-wake.h"

/* Milliseconds between two turns of the other sessions. */
#define SLICE 5
/* Events between two looks at the clock. */
#define UNTIMED 8u

typedef struct
{
  ShDriver driver; /* first: they are cast into each other */
  ShWake *wake;
  gint64 slice_end; /* monotonic time */
  guint n_events; /* in this slice */
} CallDriver;

static void
begin_slice (CallDriver *self)
{
  self->n_events = 0;
  self->slice_end = g_get_monotonic_time () + SLICE * G_TIME_SPAN_MILLISECOND;
}

/* A message has come, or another slice begins. */
static gboolean
check (ShDriver *driver, GError **error)
{
  begin_slice ((CallDriver *) driver);
  return TRUE;
}

static ShDriverResult
collect (ShDriver *driver,
         const ShEvent *event,
         ShOutcome *outcome,
         GError **error)
{
  return sh_driver_execute (driver->instance, event, outcome, error)
             ? SH_DRIVER_DONE
             : SH_DRIVER_FAILED;
}

static ShDriverResult
post (ShDriver *driver,
      const ShEvent *event,
      ShOutcome *outcome,
      GError **error)
{
  CallDriver *self = (CallDriver *) driver;

  if (++self->n_events % UNTIMED == 0 &&
      g_get_monotonic_time () >= self->slice_end)
    {
      sh_wake_up (self->wake);
      return SH_DRIVER_BUSY;
    }
  return collect (driver, event, outcome, error);
}

/* What waits for its slice has not begun. */
static void
abandon (ShDriver *driver)
{
}

static void
call_free (ShDriver *driver)
{
  sh_wake_free (((CallDriver *) driver)->wake);
  g_free (driver);
}

static const ShDriverClass call_class = {
  .post = post,
  .collect = collect,
  .check = check,
  .abandon = abandon,
  .free = call_free,
};

ShDriver *
sh_call_driver_new (ShInstance *instance, ShCallSlot *slot)
{
  CallDriver *self = g_new0 (CallDriver, 1);

  sh_driver_init (&self->driver, &call_class, instance, slot);
  self->wake = sh_wake_new (sh_driver_tell_ready, self);
  return &self->driver;
}
