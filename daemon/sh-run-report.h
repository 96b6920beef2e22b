/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is known of a training in another process, by the lines of JSON that it
 * tells (`simhost train --json`, simhost-train(1)). Pure: neither clock nor files.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Points of the curve that are kept: when there are more, every second one goes,
 * and of the next ones only each second is taken, or each fourth, and so on. */
#define SH_RUN_REPORT_MAX_POINTS 1000u
/* Lessons of which the name is kept, and whose end is. */
#define SH_RUN_REPORT_MAX_LESSONS 1000u

typedef struct
{
  guint64 iterations;
  double mean_return, success_rate; /* NaN: not known */
} ShRunPoint;

typedef struct
{
  guint64 iterations; /* as far as they were told before it ended */
  char *name;
} ShRunLesson;

typedef struct
{
  char *brain, *simulator, *algorithm; /* "" until it has started */
  guint version;
  guint64 seed;
  GPtrArray
      *names; /* of all its lessons, in order; none until it has started */
  GPtrArray *concepts; /* names, where it has several; `names` are of one */
  char *concept; /* that is trained, of several; else "" */
  char *lesson; /* that is being learnt; "" */
  guint64 iterations, episodes;
  guint64 muscles;
  double iteration_rate; /* a second */
  double mean_return, success_rate; /* NaN: not known */
  char *reason, *message; /* "" until it has finished */
  gboolean started, finished, saved;
  GArray *curve; /* of ShRunPoint */
  guint stride; /* progress that makes one point */
  guint n_skipped;
  GPtrArray *lessons; /* of ShRunLesson, that are over */
} ShRunReport;

void sh_run_report_init (ShRunReport *report);
void sh_run_report_clear (ShRunReport *report);

/* Takes what one line tells. FALSE: it is of no use here, as it is no JSON, of
 * another kind, or of other types. */
gboolean sh_run_report_take (ShRunReport *report, const char *line);

/* The brain that a line is about, which the caller frees; NULL: it is of no use
 * here. *started: it tells of a training that begins. */
char *sh_run_report_read_brain (const char *line, gboolean *started);

/* Lessons that are over, of all: 0 to 1; NaN: not known. */
double sh_run_report_get_progress (const ShRunReport *report);

/* (a(tdd)a(td)a(ts)) as GetCurve answers it, floating; tests are not told. The
 * last point is where it is now. */
GVariant *sh_run_report_get_curve (const ShRunReport *report);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ShRunReport, sh_run_report_clear)

G_END_DECLS
