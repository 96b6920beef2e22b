/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whether and when to start a process again that has died. The waits double
 * with each death within a minute, and are drawn at random so that several
 * processes that died of one cause do not come back as one.
 *
 * Pure: the clock and the random source are given.
 */

#pragma once

#include "sh-retry.h"

G_BEGIN_DECLS

/* So many deaths within so many seconds are too many. */
#define SH_RESTARTS_MAX_DEATHS 5u
#define SH_RESTARTS_WINDOW 60u

typedef struct
{
  const ShRetrySource *source;
  gint64 deaths[SH_RESTARTS_MAX_DEATHS]; /* the last ones, oldest first */
  guint n_deaths;
} ShRestarts;

void sh_restarts_init (ShRestarts *restarts, const ShRetrySource *source);

/* The process has died. FALSE: too often, it is not to be started again. Else
 * *delay is how many microseconds to wait: between a half and the whole of
 * 0.1 s * 2^(deaths within the window - 1). */
gboolean sh_restarts_died (ShRestarts *restarts, gint64 *delay);

/*
 * What is to be done about a process that ended with `error`; `any`: whatever
 * the error is, not only if it is a death; `stepped`: one of its kind has
 * completed a step. NULL: it is to be started again after *delay microseconds.
 * Else the error, with more said, with which to give up: it was no death, or one
 * before the first step, or one of too many.
 */
GError *sh_restarts_judge (ShRestarts *restarts,
                           const GError *error,
                           gboolean any,
                           gboolean stepped,
                           gint64 *delay);

G_END_DECLS
