/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-handover.h"

void
sh_handover_init (ShHandover *handover, ShDriverReady ready, gpointer user_data)
{
  *handover = (ShHandover){ 0 };
  sh_monitor_init (&handover->monitor);
  handover->wake = sh_wake_new (ready, user_data);
}

void
sh_handover_clear (ShHandover *handover)
{
  sh_wake_free (handover->wake);
  g_clear_error (&handover->error);
  sh_monitor_clear (&handover->monitor);
}

void
sh_handover_post (ShHandover *handover, const ShEvent *event)
{
  sh_monitor_enter (&handover->monitor);
  handover->event = event;
  handover->taken = handover->answered = FALSE;
  sh_monitor_notify (&handover->monitor);
  sh_monitor_leave (&handover->monitor);
}

ShDriverResult
sh_handover_collect (ShHandover *handover, ShOutcome *outcome, GError **error)
{
  ShDriverResult result = SH_DRIVER_BUSY;

  sh_monitor_enter (&handover->monitor);
  if (handover->event != NULL && handover->answered)
    {
      handover->event = NULL;
      *outcome = handover->outcome;
      result = handover->error == NULL ? SH_DRIVER_DONE : SH_DRIVER_FAILED;
      if (handover->error != NULL)
        g_propagate_error (error, g_steal_pointer (&handover->error));
    }
  sh_monitor_leave (&handover->monitor);
  return result;
}

void
sh_handover_close (ShHandover *handover)
{
  sh_monitor_enter (&handover->monitor);
  handover->closed = TRUE;
  sh_monitor_notify (&handover->monitor);
  sh_monitor_leave (&handover->monitor);
}

static gboolean
is_due (const ShHandover *handover)
{
  return handover->closed || (handover->event != NULL && !handover->taken);
}

const ShEvent *
sh_handover_take (ShHandover *handover, gint64 timeout, gboolean *closed)
{
  gint64 until = timeout > 0 ? g_get_monotonic_time () + timeout : -1;
  const ShEvent *event = NULL;
  gboolean waits = timeout != 0;

  sh_monitor_enter (&handover->monitor);
  while (!is_due (handover) && waits)
    waits = sh_monitor_wait (&handover->monitor, until);
  *closed = handover->closed;
  if (!handover->closed && is_due (handover))
    {
      event = handover->event;
      handover->taken = TRUE;
    }
  sh_monitor_leave (&handover->monitor);
  return event;
}

void
sh_handover_answer (ShHandover *handover,
                    const ShOutcome *outcome,
                    GError *error)
{
  sh_monitor_enter (&handover->monitor);
  handover->outcome = *outcome;
  g_clear_error (&handover->error);
  handover->error = error;
  handover->answered = TRUE;
  sh_monitor_leave (&handover->monitor);
  sh_wake_up (handover->wake);
}
