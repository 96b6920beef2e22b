/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Hands one event at a time to another thread, and what came of it back.
 *
 *   this side        the other
 *   post
 *                    take
 *                    answer
 *   (wake) collect
 */

#pragma once

#include "sh-driver.h"
#include "sh-monitor.h"
#include "sh-wake.h"

G_BEGIN_DECLS

typedef struct
{
  ShMonitor monitor;
  const ShEvent *event; /* NULL: none is under way */
  gboolean taken, answered, closed;
  ShOutcome outcome;
  GError *error;
  ShWake *wake;
} ShHandover;

/* `ready` is called in this thread's default main context. */
void sh_handover_init (ShHandover *handover,
                       ShDriverReady ready,
                       gpointer user_data);
/* The other thread has ended. */
void sh_handover_clear (ShHandover *handover);

/* This side. */

/* `event` stays as it is until it was collected. */
void sh_handover_post (ShHandover *handover, const ShEvent *event);
ShDriverResult
sh_handover_collect (ShHandover *handover, ShOutcome *outcome, GError **error);
/* There will be no more events: `take` gives NULL from now on. */
void sh_handover_close (ShHandover *handover);

/* The other side. */

/* Waits for at most `timeout` microseconds; -1: without end. NULL: there was
 * none, or *closed. */
const ShEvent *
sh_handover_take (ShHandover *handover, gint64 timeout, gboolean *closed);
/* What came of the event that was taken: the outcome or an error, which it
 * takes over. */
void sh_handover_answer (ShHandover *handover,
                         const ShOutcome *outcome,
                         GError *error);

G_END_DECLS
