/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-handover.h"

void
sh_handover_init (ShHandover *handover, ShDriverReady ready, gpointer user_data)
{
  *handover = (ShHandover){ 0 };
  g_mutex_init (&handover->mutex);
  g_cond_init (&handover->due);
  handover->wake = sh_wake_new (ready, user_data);
}

void
sh_handover_clear (ShHandover *handover)
{
  sh_wake_free (handover->wake);
  g_clear_error (&handover->error);
  g_cond_clear (&handover->due);
  g_mutex_clear (&handover->mutex);
}

void
sh_handover_post (ShHandover *handover, const ShEvent *event)
{
  g_mutex_lock (&handover->mutex);
  handover->event = event;
  handover->taken = handover->answered = FALSE;
  g_cond_signal (&handover->due);
  g_mutex_unlock (&handover->mutex);
}

ShDriverResult
sh_handover_collect (ShHandover *handover, ShOutcome *outcome, GError **error)
{
  ShDriverResult result = SH_DRIVER_BUSY;

  g_mutex_lock (&handover->mutex);
  if (handover->event != NULL && handover->answered)
    {
      handover->event = NULL;
      *outcome = handover->outcome;
      result = handover->error == NULL ? SH_DRIVER_DONE : SH_DRIVER_FAILED;
      if (handover->error != NULL)
        g_propagate_error (error, g_steal_pointer (&handover->error));
    }
  g_mutex_unlock (&handover->mutex);
  return result;
}

void
sh_handover_close (ShHandover *handover)
{
  g_mutex_lock (&handover->mutex);
  handover->closed = TRUE;
  g_cond_signal (&handover->due);
  g_mutex_unlock (&handover->mutex);
}

static gboolean
is_due (const ShHandover *handover)
{
  return handover->closed || (handover->event != NULL && !handover->taken);
}

const ShEvent *
sh_handover_take (ShHandover *handover, gint64 timeout, gboolean *closed)
{
  gint64 until = timeout > 0 ? g_get_monotonic_time () + timeout : 0;
  const ShEvent *event = NULL;
  gboolean waits = timeout != 0;

  g_mutex_lock (&handover->mutex);
  while (!is_due (handover) && waits)
    if (timeout < 0)
      g_cond_wait (&handover->due, &handover->mutex);
    else
      waits = g_cond_wait_until (&handover->due, &handover->mutex, until);
  *closed = handover->closed;
  if (!handover->closed && is_due (handover))
    {
      event = handover->event;
      handover->taken = TRUE;
    }
  g_mutex_unlock (&handover->mutex);
  return event;
}

void
sh_handover_answer (ShHandover *handover,
                    const ShOutcome *outcome,
                    GError *error)
{
  g_mutex_lock (&handover->mutex);
  handover->outcome = *outcome;
  g_clear_error (&handover->error);
  handover->error = error;
  handover->answered = TRUE;
  g_mutex_unlock (&handover->mutex);
  sh_wake_up (handover->wake);
}
