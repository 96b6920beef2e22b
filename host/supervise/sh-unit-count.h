/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a unit's workers have done, as the page says that they share with this
 * process. A worker can write there what it likes: every value is copied, then
 * checked. Part of ShUnit.
 */

#pragma once

#include "sh-unit.h"

G_BEGIN_DECLS

/* Episodes that the mean return is of. */
#define SH_UNIT_COUNT_WINDOW 100u

typedef struct
{
  /* Of the workers that are gone. */
  guint64 iterations, episodes, losses;
  gboolean
      serving; /* the worker has loaded its plugin, and looks for engines */
  gboolean missing; /* an engine does not have the brain */
  /* At the last look, or at the worker's start: when (monotonic), and what the
   * rates are made from. */
  gint64 look;
  guint64 seen_iterations, seen_episodes;
  ShReportPosition position; /* in the worker's report */
  double returns[SH_UNIT_COUNT_WINDOW]; /* a ring of the last ones */
  guint64 n_returns; /* that were put there */
} ShUnitCount;

void sh_unit_count_clear (ShUnitCount *count, ShUnitStatus *status);

/* A worker has started: rates are counted from now on. */
void sh_unit_count_begin (ShUnitCount *count);

/* Reads the page into the status: numbers and rates. TRUE: something is new. */
gboolean sh_unit_count_look (ShUnitCount *count,
                             ShWorker *worker,
                             const ShPluginInfo *plugin,
                             const char *simulator,
                             ShUnitStatus *status);

/* Takes what the worker's report has new: the returns into the status, the
 * episodes, which are appended to an array of ShReportEpisode. */
void sh_unit_count_read_episodes (ShUnitCount *count,
                                  ShWorker *worker,
                                  GArray *episodes,
                                  guint64 *left_out,
                                  ShUnitStatus *status);

/* The worker is gone: the last look at its page. */
void
sh_unit_count_end (ShUnitCount *count, ShWorker *worker, ShUnitStatus *status);

/* `worker` may be NULL. The caller frees them. */
char **sh_unit_count_dup_sim_ids (ShWorker *worker);

/* Resident bytes; 0 when it cannot be read. */
guint64 sh_unit_count_read_memory (GPid pid);

G_END_DECLS
