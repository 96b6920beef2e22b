/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When to try to connect again: the rules of the original simulator library,
 * kept exactly, because people tune their jobs by them.
 *
 *   - The first attempt, and the first one after a connection was lost, is made
 *     at once and starts no deadline.
 *   - Before attempt n > 1 the host waits a random time between 0 and
 *     min(0.05 s * 2^(n - 1), 60 s).
 *   - Attempt 2 starts the deadline, attempts from the third on look at it.
 *   - A successful connection clears both.
 *
 * One rule is ours: an engine that takes connections and drops each within a
 * second is not called more often than four times a second in the mean.
 *
 * Pure: the clock and the random source are given. One thread.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Values of `timeout` with a meaning of their own. */
#define SH_RETRY_NEVER 0
#define SH_RETRY_FOREVER (-1)

/* How many connections in a row may be short-lived before that costs a wait. */
#define SH_RETRY_SHORT_LIVED 3u

typedef struct
{
  /* Microseconds that only go up. */
  gint64 (*now) (gpointer user_data);
  /* Uniform in [0, 1). */
  double (*random) (gpointer user_data);
  gpointer user_data;
} ShRetrySource;

/* g_get_monotonic_time and g_random_double. */
extern const ShRetrySource sh_retry_system_source;

typedef struct
{
  const ShRetrySource *source;
  int timeout; /* seconds; SH_RETRY_NEVER, SH_RETRY_FOREVER */
  guint attempts; /* since the last success */
  guint short_lived; /* connections in a row that were lost within a second */
  gboolean tried; /* at all, ever */
  gboolean has_deadline;
  gint64 deadline;
  gint64 connected_at;
} ShRetry;

void sh_retry_init (ShRetry *retry, int timeout, const ShRetrySource *source);

/*
 * An attempt is due: stores in *delay how many microseconds to wait before it.
 * FALSE: there is to be none, and *expired says whether that is because the
 * deadline has passed or because retrying is switched off.
 */
gboolean sh_retry_next (ShRetry *retry, gint64 *delay, gboolean *expired);

/* The attempt succeeded. */
void sh_retry_connected (ShRetry *retry);

/* The connection that had succeeded is lost. */
void sh_retry_lost (ShRetry *retry);

G_END_DECLS
