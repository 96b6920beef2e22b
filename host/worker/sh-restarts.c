/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-restarts.h"

#include <string.h>

#include "sh-error.h"

#define FIRST_DELAY (G_USEC_PER_SEC / 10)

void
sh_restarts_init (ShRestarts *restarts, const ShRetrySource *source)
{
  *restarts = (ShRestarts){ .source = source };
}

static void
forget_before (ShRestarts *restarts, gint64 time)
{
  guint n_old = 0;

  while (n_old < restarts->n_deaths && restarts->deaths[n_old] < time)
    n_old++;
  restarts->n_deaths -= n_old;
  memmove (restarts->deaths, restarts->deaths + n_old,
           restarts->n_deaths * sizeof *restarts->deaths);
}

gboolean
sh_restarts_died (ShRestarts *restarts, gint64 *delay)
{
  const ShRetrySource *source = restarts->source;
  gint64 now = source->now (source->user_data);
  double bound;

  forget_before (restarts, now - (gint64) SH_RESTARTS_WINDOW * G_USEC_PER_SEC);
  if (restarts->n_deaths + 1 == SH_RESTARTS_MAX_DEATHS)
    return FALSE;
  bound = (double) (FIRST_DELAY << restarts->n_deaths);
  restarts->deaths[restarts->n_deaths++] = now;
  *delay = (gint64) (bound * (0.5 + 0.5 * source->random (source->user_data)));
  return TRUE;
}

static gboolean
is_death (const GError *error)
{
  return g_error_matches (error, SH_ERROR, SH_ERROR_CRASHED) ||
         g_error_matches (error, SH_ERROR, SH_ERROR_HUNG) ||
         g_error_matches (error, SH_ERROR, SH_ERROR_KILLED);
}

GError *
sh_restarts_judge (ShRestarts *restarts,
                   const GError *error,
                   gboolean any,
                   gboolean stepped,
                   gint64 *delay)
{
  GError *end = g_error_copy (error);

  if (!any && !is_death (error))
    return end;
  if (!stepped)
    g_prefix_error (&end, "gave up before the first step: ");
  else if (!sh_restarts_died (restarts, delay))
    g_prefix_error (&end, "gave up after %u deaths within %u s; the last: ",
                    SH_RESTARTS_MAX_DEATHS, SH_RESTARTS_WINDOW);
  else
    g_clear_error (&end);
  return end;
}
