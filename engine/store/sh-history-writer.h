/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Writes a training into the history while it goes on.
 *
 * A metric has at most SH_HISTORY_MAX_POINTS points (sh-series.h): where it has more
 * values a point stands for several episodes. Its value is the mean over those, its
 * episode and iteration those of the last of them.
 *
 * Points are kept in memory and written about once a second, so that a training
 * is not slowed down; what cannot be written is tried again the next time, and
 * said once on the log. Nobody waits for another process that keeps the database
 * busy, but at the beginning, and at last in sh_history_writer_free when the end
 * is still to be written. One thread: that of the history, with its main loop.
 */

#pragma once

#include "sh-history.h"
#include "sh-run.h"

G_BEGIN_DECLS

typedef struct ShHistoryWriter ShHistoryWriter;

typedef struct
{
  const char *brain; /* made if there is none */
  guint version;
  const char *concept, *algorithm, *simulator; /* simulator: may be NULL */
  guint64 seed;
  gboolean served;
  gboolean resumed; /* goes on with the version's training */
  guint64 episodes, iterations; /* when that was saved */
} ShHistoryStart;

/*
 * A training begins, and what is known of another one of that version is
 * forgotten; or one goes on: what is known up to when it was saved is read and
 * continued, what came after that has been lost and is forgotten. `history` must
 * outlive the writer.
 */
ShHistoryWriter *sh_history_writer_new (ShHistory *history,
                                        const ShHistoryStart *start,
                                        GError **error);
/* What was not ended stays open, as if the process had died. */
void sh_history_writer_free (ShHistoryWriter *writer);

/* Records all that the run tells from now on, until it is over; `run` must
 * outlive the writer or be disconnected by sh_history_writer_free. The end is
 * recorded when the run stops or, if it is held then (sh_run_hold), when
 * sh_history_writer_end_run says so: what ended must have been saved. */
void sh_history_writer_follow (ShHistoryWriter *writer, ShRun *run);
void sh_history_writer_end_run (ShHistoryWriter *writer);

/* Does not follow the run any more, which is over: the training goes on with
 * another one, which is to be followed next. */
void sh_history_writer_leave_run (ShHistoryWriter *writer);

/* Writes what is waiting and does not follow the run any more: the training
 * stays open, for another process to go on with. */
void sh_history_writer_suspend (ShHistoryWriter *writer);

/* What a follower does, for other sources. Counts are those of the whole
 * training. */
void sh_history_writer_add (ShHistoryWriter *writer,
                            ShMetric metric,
                            guint64 episode,
                            guint64 iteration,
                            double value);
void sh_history_writer_begin_lesson (ShHistoryWriter *writer,
                                     const char *name,
                                     guint64 iteration);
void sh_history_writer_end_lesson (ShHistoryWriter *writer,
                                   const char *reason,
                                   guint64 iteration);

/* Writes what is waiting. FALSE when it could not be. */
gboolean sh_history_writer_flush (ShHistoryWriter *writer);

/* Closes the training; also written. `interrupted` trainings can be gone on
 * with. */
void sh_history_writer_end (ShHistoryWriter *writer,
                            const char *reason,
                            guint64 episodes,
                            guint64 iterations);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShHistoryWriter, sh_history_writer_free)

G_END_DECLS
