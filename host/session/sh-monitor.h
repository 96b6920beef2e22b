/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A mutex, and a condition that something under it has changed. With pthreads,
 * not GMutex: ThreadSanitizer knows these, and finds what is not under it.
 */

#pragma once

#include <glib.h>
#include <pthread.h>

G_BEGIN_DECLS

typedef struct
{
  pthread_mutex_t mutex;
  pthread_cond_t changed;
} ShMonitor;

static inline void
sh_monitor_init (ShMonitor *monitor)
{
  pthread_condattr_t attributes;

  pthread_mutex_init (&monitor->mutex, NULL);
  pthread_condattr_init (&attributes);
  pthread_condattr_setclock (&attributes, CLOCK_MONOTONIC);
  pthread_cond_init (&monitor->changed, &attributes);
  pthread_condattr_destroy (&attributes);
}

static inline void
sh_monitor_clear (ShMonitor *monitor)
{
  pthread_cond_destroy (&monitor->changed);
  pthread_mutex_destroy (&monitor->mutex);
}

static inline void
sh_monitor_enter (ShMonitor *monitor)
{
  pthread_mutex_lock (&monitor->mutex);
}

static inline void
sh_monitor_leave (ShMonitor *monitor)
{
  pthread_mutex_unlock (&monitor->mutex);
}

/* Wakes all who wait. */
static inline void
sh_monitor_notify (ShMonitor *monitor)
{
  pthread_cond_broadcast (&monitor->changed);
}

/* Waits for a change, until a monotonic time in microseconds; -1: without end.
 * FALSE: it is past that time. */
static inline gboolean
sh_monitor_wait (ShMonitor *monitor, gint64 until)
{
  const struct timespec time = { .tv_sec = until / G_USEC_PER_SEC,
                                 .tv_nsec = until % G_USEC_PER_SEC * 1000 };

  return until < 0 ? pthread_cond_wait (&monitor->changed, &monitor->mutex) == 0
                   : pthread_cond_timedwait (&monitor->changed, &monitor->mutex,
                                             &time) == 0;
}

G_END_DECLS
