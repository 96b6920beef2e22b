/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a worker tells the process that watches it, besides its call slots:
 * episodes that have ended, and the last trouble with the engine. It lies in
 * the page that they share. Telling costs a few stores, an episode and not a
 * step at a time, and never waits; what nobody reads in time is overwritten, so
 * a worker that tells too much loses its own words and nothing else.
 *
 * One writer, a thread of the worker, and one reader, its parent. The reader
 * takes nothing for granted: it copies each value and checks it then, looks at a
 * bounded number of cells in one turn, and leaves out those that were
 * overwritten meanwhile.
 */

#pragma once

#include <glib.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* Episodes that are kept for the reader. */
#define SH_REPORT_MAX_EPISODES 256u
/* Bytes of a trouble; a longer one is cut. */
#define SH_REPORT_MAX_TROUBLE 256u

typedef enum
{
  SH_REPORT_TERMINAL, /* the simulator said that it is over */
  SH_REPORT_STOPPED, /* the engine ended it: a limit, or it had enough */
  SH_REPORT_CUT, /* its connection was lost; its return means nothing */
  SH_REPORT_N_ENDS
} ShReportEnd;

typedef struct
{
  guint64 number; /* 1 is the first of its instance in this worker */
  guint32 instance; /* 0 ... */
  guint32 length; /* iterations */
  double episode_return; /* the sum of its rewards */
  ShReportEnd end;
} ShReportEpisode;

/* Fixed layout, all zeros at first. For sh-report.c alone. */
typedef struct
{
  _Atomic guint64 number, return_bits;
  _Atomic guint32 instance, length, end, unused;
} ShReportCell;

typedef struct
{
  _Atomic guint64 n_episodes; /* that have been written */
  ShReportCell episodes[SH_REPORT_MAX_EPISODES];
  _Atomic guint64 n_troubles; /* odd while one is being written */
  _Atomic guint64 trouble[SH_REPORT_MAX_TROUBLE / sizeof (guint64)];
} ShReport;

/* ---- the worker ---- */

/* These do nothing for NULL. */
void sh_report_add_episode (ShReport *report, const ShReportEpisode *episode);
/* One line, UTF-8. */
void sh_report_set_trouble (ShReport *report, const char *text);

/* ---- its parent ---- */

/* How far it has read. Zeros at first, and when the report was cleared. */
typedef struct
{
  guint64 n_episodes, n_troubles;
} ShReportPosition;

void sh_report_clear (ShReport *report);

/* Appends those that are new, the oldest first, to an array of ShReportEpisode, and
 * adds to *left_out how many were overwritten before they could be read, or were
 * nonsense. */
void sh_report_read_episodes (const ShReport *report,
                              ShReportPosition *position,
                              GArray *episodes,
                              guint64 *left_out);

/* The trouble if there is a new one, one line of UTF-8 that the caller frees;
 * else NULL. */
char *sh_report_read_trouble (const ShReport *report,
                              ShReportPosition *position);

G_END_DECLS
