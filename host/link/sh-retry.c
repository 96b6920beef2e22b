/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-retry.h"

#include <math.h>

#define FIRST_BOUND (0.05 * G_USEC_PER_SEC)
#define LONGEST_BOUND (60.0 * G_USEC_PER_SEC)
/* The bound for an engine that drops every connection at once. */
#define SHORT_LIVED_BOUND (0.5 * G_USEC_PER_SEC)

static gint64
system_now (gpointer user_data)
{
  return g_get_monotonic_time ();
}

static double
system_random (gpointer user_data)
{
  return g_random_double ();
}

const ShRetrySource sh_retry_system_source = { system_now, system_random,
                                               NULL };

void
sh_retry_init (ShRetry *retry, int timeout, const ShRetrySource *source)
{
  *retry = (ShRetry){ .source = source, .timeout = timeout };
}

static gint64
random_below (const ShRetry *retry, double bound)
{
  return (gint64) (retry->source->random (retry->source->user_data) * bound);
}

gboolean
sh_retry_next (ShRetry *retry, gint64 *delay, gboolean *expired)
{
  gint64 now = retry->source->now (retry->source->user_data);

  *delay = 0;
  *expired = FALSE;
  if (retry->timeout == SH_RETRY_NEVER && retry->tried)
    return FALSE;
  retry->tried = TRUE;

  if (++retry->attempts == 1)
    {
      if (retry->short_lived > SH_RETRY_SHORT_LIVED)
        *delay = random_below (retry, SHORT_LIVED_BOUND);
      return TRUE;
    }

  if (retry->has_deadline && now > retry->deadline)
    {
      *expired = TRUE;
      return FALSE;
    }
  if (retry->timeout > 0 && !retry->has_deadline)
    {
      retry->has_deadline = TRUE;
      retry->deadline = now + (gint64) retry->timeout * G_USEC_PER_SEC;
    }
  /* 2^32 is far beyond the longest bound. */
  *delay = random_below (
      retry, MIN (ldexp (FIRST_BOUND, (int) MIN (retry->attempts - 1, 32)),
                  LONGEST_BOUND));
  return TRUE;
}

void
sh_retry_connected (ShRetry *retry)
{
  retry->attempts = 0;
  retry->has_deadline = FALSE;
  retry->connected_at = retry->source->now (retry->source->user_data);
}

void
sh_retry_lost (ShRetry *retry)
{
  gint64 now = retry->source->now (retry->source->user_data);

  if (now - retry->connected_at < G_USEC_PER_SEC)
    retry->short_lived++;
  else
    retry->short_lived = 0;
}
