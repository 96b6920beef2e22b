/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShHistoryWriter: between a run and the database.
 */

#include "sh-history-writer.h"

#include <string.h>

#include "sh-error.h"
#include "sh-series.h"

/* Microseconds between two writes. */
#define FLUSH_INTERVAL G_USEC_PER_SEC
/* Iterations between two points of SH_METRIC_ITERATIONS, at least. */
#define ITERATIONS_APART 100u
/* Milliseconds until the end, which another process kept from being written, is
 * tried again. */
#define RETRY_INTERVAL 100u

typedef struct
{
  guint number;
  const char *name, *reason; /* interned; reason: "" until its end */
  guint64 first, last; /* iterations */
  gboolean written;
} Lesson;

struct ShHistoryWriter
{
  ShHistory *history;
  gint64 id;
  ShRun *run; /* followed; or NULL */
  ShSeries series[SH_N_METRICS];
  GArray *lessons; /* Lesson: of this process, and the last one before */
  guint n_lessons;
  const char *lesson; /* interned; NULL: none has begun */
  guint64 episodes, iterations;
  guint64 before_episodes, before_iterations; /* of earlier processes */
  gint64 flushed_at;
  gint64 ended; /* seconds since 1970; 0: not yet */
  const char *reason; /* interned, of the end */
  guint retry; /* timer, once the end could not be written */
  gboolean complained;
};

/* Beginning. */

static gboolean
begin_anew (ShHistoryWriter *self, const ShHistoryStart *start, GError **error)
{
  g_autofree char *key = g_ascii_strdown (start->brain, -1);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, start->seed);
  ShDatabase *database = sh_history_get_database (self->history);

  if (!sh_database_run (database, error,
                        "DELETE FROM run WHERE version = ? AND brain = "
                        "(SELECT id FROM brain WHERE key = ?)",
                        "it", (gint64) start->version, key))
    return FALSE;
  if (!sh_database_run (
          database, error,
          "INSERT INTO run (brain, version, concept, algorithm, simulator, "
          "seed, started, served) VALUES ((SELECT id FROM brain WHERE key = "
          "?), ?, ?, ?, ?, ?, ?, ?)",
          "titttti"
          "i",
          key, (gint64) start->version, start->concept, start->algorithm,
          start->simulator != NULL ? start->simulator : "", seed,
          g_get_real_time () / G_USEC_PER_SEC, (gint64) start->served))
    return FALSE;
  self->id = sh_database_get_last_id (database);
  return TRUE;
}

/* The process before may have told more than it saved. */
static gboolean
forget_after (ShDatabase *database,
              gint64 id,
              guint64 iterations,
              GError **error)
{
  const gint64 last = (gint64) iterations;

  return sh_database_run (database, error,
                          "DELETE FROM point WHERE run = ? AND iteration > ?",
                          "ii", id, last) &&
         sh_database_run (
             database, error,
             "DELETE FROM lesson WHERE run = ? AND first_iteration > ?", "ii",
             id, last) &&
         sh_database_run (database, error,
                          "UPDATE lesson SET last_iteration = ?, reason = '' "
                          "WHERE run = ? AND last_iteration > ?",
                          "iii", last, id, last);
}

static gboolean
go_on (ShHistoryWriter *self,
       const ShHistoryRun *run,
       const ShHistoryStart *start,
       GError **error)
{
  ShDatabase *database = sh_history_get_database (self->history);
  g_autoptr (GPtrArray) lessons = NULL;

  self->id = run->id;
  self->episodes = self->before_episodes = start->episodes;
  self->iterations = self->before_iterations = start->iterations;
  if (!forget_after (database, run->id, start->iterations, error))
    return FALSE;
  for (guint m = 0; m < SH_N_METRICS; m++)
    if (!sh_series_load (&self->series[m], self->history, run->id, (ShMetric) m,
                         error))
      return FALSE;
  lessons = sh_history_get_lessons (self->history, run->id, error);
  if (lessons == NULL)
    return FALSE;
  self->n_lessons = lessons->len;
  if (lessons->len > 0)
    {
      const ShHistoryLesson *last = lessons->pdata[lessons->len - 1];

      const Lesson lesson = {
        .number = lessons->len - 1,
        .name = g_intern_string (last->name),
        .reason = g_intern_string (last->reason),
        .first = last->first_iteration,
        .last = last->last_iteration,
        .written = TRUE,
      };

      g_array_append_val (self->lessons, lesson);
      if (last->reason[0] == '\0')
        self->lesson = lesson.name;
    }
  return sh_database_run (database, error,
                          "UPDATE run SET ended = 0, reason = 'none', served = "
                          "?, episodes = ?, iterations = ? WHERE id = ?",
                          "iiii", (gint64) start->served,
                          (gint64) start->episodes, (gint64) start->iterations,
                          run->id);
}

static gboolean
begin (ShHistoryWriter *self, const ShHistoryStart *start, GError **error)
{
  g_autofree char *key = g_ascii_strdown (start->brain, -1);
  const gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  ShDatabase *database = sh_history_get_database (self->history);
  g_autoptr (ShHistoryRun) last = NULL;
  g_autoptr (GError) own_error = NULL;

  /* Whoever trains a brain of a deleted one's name has it again. */
  if (!sh_database_run (database, error,
                        "INSERT INTO brain (key, name, created, modified) "
                        "VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                        "deleted = 0, loaded = 0",
                        "ttii", key, start->brain, now, now))
    return FALSE;
  if (start->resumed)
    last = sh_history_get_run (self->history, start->brain, start->version,
                               &own_error);
  if (own_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  return last != NULL ? go_on (self, last, start, error)
                      : begin_anew (self, start, error);
}

ShHistoryWriter *
sh_history_writer_new (ShHistory *history,
                       const ShHistoryStart *start,
                       GError **error)
{
  g_autoptr (ShHistoryWriter) self = NULL;
  ShDatabase *database;

  g_return_val_if_fail (history != NULL && start != NULL, NULL);

  self = g_new0 (ShHistoryWriter, 1);
  self->history = history;
  self->lessons = g_array_new (FALSE, FALSE, sizeof (Lesson));
  for (guint m = 0; m < SH_N_METRICS; m++)
    sh_series_init (&self->series[m]);
  database = sh_history_get_database (history);
  if (!sh_database_begin (database, error))
    return NULL;
  if (!begin (self, start, error))
    {
      sh_database_rollback (database);
      return NULL;
    }
  if (!sh_database_commit (database, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Writing. */

/* Says once that something could not be written. */
static void
complain (ShHistoryWriter *self, const GError *error)
{
  if (!self->complained)
    g_warning ("the history of this training is not whole: %s", error->message);
  self->complained = TRUE;
}

static gboolean
write_lesson (const Lesson *lesson,
              ShDatabase *database,
              gint64 id,
              GError **error)
{
  return lesson->written ||
         sh_database_run (database, error,
                          "INSERT OR REPLACE INTO lesson (run, number, name, "
                          "first_iteration, last_iteration, reason) VALUES (?, "
                          "?, ?, ?, ?, ?)",
                          "iitiit", id, (gint64) lesson->number, lesson->name,
                          (gint64) lesson->first, (gint64) lesson->last,
                          lesson->reason);
}

static gboolean
write_all (ShHistoryWriter *self, ShDatabase *database, GError **error)
{
  for (guint m = 0; m < SH_N_METRICS; m++)
    if (!sh_series_write (&self->series[m], database, self->id, (ShMetric) m,
                          error))
      return FALSE;
  for (guint i = 0; i < self->lessons->len; i++)
    if (!write_lesson (&g_array_index (self->lessons, Lesson, i), database,
                       self->id, error))
      return FALSE;
  if (!sh_database_run (
          database, error,
          "UPDATE run SET episodes = ?, iterations = ? WHERE id = ?", "iii",
          (gint64) self->episodes, (gint64) self->iterations, self->id))
    return FALSE;
  return self->ended == 0 ||
         sh_database_run (database, error,
                          "UPDATE run SET ended = ?, reason = ? WHERE id = ?",
                          "iti", self->ended, self->reason, self->id);
}

static void
note_written (ShHistoryWriter *self)
{
  for (guint m = 0; m < SH_N_METRICS; m++)
    sh_series_note_written (&self->series[m]);
  for (guint i = 0; i < self->lessons->len; i++)
    g_array_index (self->lessons, Lesson, i).written = TRUE;
}

/* Waits for other processes for so many milliseconds; 0: what they keep busy is
 * tried again another time, and nothing is said. */
static gboolean
write_what_waits (ShHistoryWriter *self, guint patience)
{
  ShDatabase *database = sh_history_get_database (self->history);
  const guint before = sh_database_get_patience (database);
  g_autoptr (GError) error = NULL;
  gboolean done;

  self->flushed_at = g_get_monotonic_time ();
  sh_database_set_patience (database, patience);
  done = sh_database_begin (database, &error);
  if (done && !write_all (self, database, &error))
    {
      sh_database_rollback (database);
      done = FALSE;
    }
  done = done && sh_database_commit (database, &error);
  sh_database_set_patience (database, before);
  if (done)
    note_written (self);
  else if (patience > 0 || !g_error_matches (error, SH_ERROR, SH_ERROR_TIMEOUT))
    complain (self, error);
  return done;
}

/* Where it waits. */
static guint
get_patience (const ShHistoryWriter *self)
{
  return sh_database_get_patience (sh_history_get_database (self->history));
}

void
sh_history_writer_free (ShHistoryWriter *self)
{
  if (self == NULL)
    return;
  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  /* The last chance: now it waits for others. */
  if (self->retry != 0)
    write_what_waits (self, get_patience (self));
  g_clear_handle_id (&self->retry, g_source_remove);
  for (guint m = 0; m < SH_N_METRICS; m++)
    sh_series_clear (&self->series[m]);
  g_array_unref (self->lessons);
  g_free (self);
}

/* Recording. */

void
sh_history_writer_add (ShHistoryWriter *self,
                       ShMetric metric,
                       guint64 episode,
                       guint64 iteration,
                       double value)
{
  const ShHistoryPoint point = {
    .episode = episode,
    .iteration = iteration,
    .value = value,
    .time = g_get_real_time () / G_USEC_PER_SEC,
    .lesson = self->lesson != NULL ? self->lesson : "",
  };

  g_return_if_fail (self != NULL && metric < SH_N_METRICS);

  sh_series_add (&self->series[metric], &point, metric != SH_METRIC_ITERATIONS);
}

void
sh_history_writer_begin_lesson (ShHistoryWriter *self,
                                const char *name,
                                guint64 iteration)
{
  Lesson lesson;

  g_return_if_fail (self != NULL && name != NULL);

  lesson = (Lesson){
    .number = self->n_lessons++,
    .name = g_intern_string (name),
    .reason = "",
    .first = iteration,
    .last = iteration,
  };
  g_array_append_val (self->lessons, lesson);
  self->lesson = lesson.name;
  sh_history_writer_flush (self);
}

void
sh_history_writer_end_lesson (ShHistoryWriter *self,
                              const char *reason,
                              guint64 iteration)
{
  Lesson *lesson;

  g_return_if_fail (self != NULL && reason != NULL);

  self->lesson = NULL;
  if (self->lessons->len == 0)
    return;
  lesson = &g_array_index (self->lessons, Lesson, self->lessons->len - 1);
  lesson->reason = g_intern_string (reason);
  lesson->last = iteration;
  lesson->written = FALSE;
  sh_history_writer_flush (self);
}

gboolean
sh_history_writer_flush (ShHistoryWriter *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return write_what_waits (self, 0);
}

static gboolean
on_retry (gpointer data)
{
  ShHistoryWriter *self = data;

  if (!write_what_waits (self, 0))
    return G_SOURCE_CONTINUE;
  self->retry = 0;
  return G_SOURCE_REMOVE;
}

void
sh_history_writer_end (ShHistoryWriter *self,
                       const char *reason,
                       guint64 episodes,
                       guint64 iterations)
{
  g_return_if_fail (self != NULL && reason != NULL);

  self->episodes = episodes;
  self->iterations = iterations;
  self->ended = g_get_real_time () / G_USEC_PER_SEC;
  self->reason = g_intern_string (reason);
  if (!sh_history_writer_flush (self) && self->retry == 0)
    self->retry = g_timeout_add (RETRY_INTERVAL, on_retry, self);
}

/* Following a run. */

static void
take_counts (ShHistoryWriter *self, const ShRunProgress *progress)
{
  self->episodes = self->before_episodes + progress->episodes;
  self->iterations = self->before_iterations + progress->iterations;
}

/* Where there are several concepts lessons have the concept's name in front. */
static char *
name_lesson (ShRun *run, const char *lesson)
{
  if (sh_run_get_program (run)->n_concepts == 1)
    return g_strdup (lesson);
  return g_strdup_printf ("%s: %s", sh_run_get_concept (run)->name, lesson);
}

static void
begin_lesson (ShHistoryWriter *self, ShRun *run, const char *lesson)
{
  g_autofree char *name = name_lesson (run, lesson);

  sh_history_writer_begin_lesson (self, name, self->iterations);
}

static void
on_episode (ShRun *run, const ShEpisode *episode, ShHistoryWriter *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  take_counts (self, &progress);
  sh_history_writer_add (self, SH_METRIC_EPISODE_VALUE, self->episodes,
                         self->iterations, episode->episode_return);
  if (sh_run_get_concept (run)->n_objectives > 0)
    sh_history_writer_add (self, SH_METRIC_EPISODE_SUCCESS, self->episodes,
                           self->iterations, episode->success ? 1 : 0);
}

static void
on_progress (ShRun *run, const ShRunProgress *progress, ShHistoryWriter *self)
{
  const ShHistoryPoint *last =
      sh_series_get_last (&self->series[SH_METRIC_ITERATIONS]);

  take_counts (self, progress);
  if (self->iterations >=
      (last != NULL ? last->iteration : 0) + ITERATIONS_APART)
    sh_history_writer_add (self, SH_METRIC_ITERATIONS, self->episodes,
                           self->iterations, (double) self->iterations);
  if (g_get_monotonic_time () - self->flushed_at >= FLUSH_INTERVAL)
    sh_history_writer_flush (self);
}

static void
on_lesson (ShRun *run,
           const char *name,
           const char *reason,
           ShHistoryWriter *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  take_counts (self, &progress);
  sh_history_writer_end_lesson (self, reason, self->iterations);
  if (progress.lesson != NULL && strcmp (progress.lesson, name) != 0)
    begin_lesson (self, run, progress.lesson);
}

static void
on_test (ShRun *run, double mean_return, ShHistoryWriter *self)
{
  ShRunProgress progress;

  sh_run_get_progress (run, &progress);
  take_counts (self, &progress);
  sh_history_writer_add (self, SH_METRIC_TEST_PASS_VALUE, self->episodes,
                         self->iterations, mean_return);
}

void
sh_history_writer_end_run (ShHistoryWriter *self)
{
  ShRunProgress progress;

  g_return_if_fail (self != NULL);

  if (self->run == NULL)
    return;
  sh_run_get_progress (self->run, &progress);
  sh_history_writer_end (
      self, sh_run_reason_to_string (sh_run_get_reason (self->run)),
      self->before_episodes + progress.episodes,
      self->before_iterations + progress.iterations);
}

static void
on_stopping (ShRun *run, ShHistoryWriter *self)
{
  if (!sh_run_is_held (run))
    sh_history_writer_end_run (self);
}

void
sh_history_writer_leave_run (ShHistoryWriter *self)
{
  ShRunProgress progress;

  g_return_if_fail (self != NULL);

  if (self->run == NULL)
    return;
  sh_run_get_progress (self->run, &progress);
  take_counts (self, &progress);
  self->before_episodes = self->episodes;
  self->before_iterations = self->iterations;
  g_signal_handlers_disconnect_by_data (self->run, self);
  self->run = NULL;
  sh_history_writer_flush (self);
}

void
sh_history_writer_suspend (ShHistoryWriter *self)
{
  g_return_if_fail (self != NULL);

  if (self->run != NULL)
    g_signal_handlers_disconnect_by_data (self->run, self);
  self->run = NULL;
  write_what_waits (self, get_patience (self));
}

void
sh_history_writer_follow (ShHistoryWriter *self, ShRun *run)
{
  ShRunProgress progress;

  g_return_if_fail (self != NULL && self->run == NULL);

  self->run = run;
  sh_run_get_progress (run, &progress);
  if (progress.lesson != NULL)
    {
      g_autofree char *name = name_lesson (run, progress.lesson);

      if (self->lesson == NULL || strcmp (self->lesson, name) != 0)
        sh_history_writer_begin_lesson (self, name, self->iterations);
    }
  g_signal_connect (run, "episode", G_CALLBACK (on_episode), self);
  g_signal_connect (run, "progress", G_CALLBACK (on_progress), self);
  g_signal_connect (run, "lesson", G_CALLBACK (on_lesson), self);
  g_signal_connect (run, "test", G_CALLBACK (on_test), self);
  /* What ended must have been saved. */
  g_signal_connect_after (run, "stopping", G_CALLBACK (on_stopping), self);
}
