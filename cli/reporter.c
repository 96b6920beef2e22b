/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Reports on trainings, for people and for programs.
 */

#include "reporter.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "sh-algorithm.h"
#include "sh-json-text.h"
#include "status-line.h"

/* Microseconds between two plain lines of progress. */
#define PLAIN_INTERVAL G_USEC_PER_SEC

struct ShReporter
{
  gboolean json, many;
  gboolean terminal; /* lines can be written over */
  gboolean line_open; /* the terminal's cursor is behind a line of progress */
  GPtrArray *followed;
  guint (*count_muscles) (gpointer data); /* NULL: nobody says */
  gpointer count_data;
};

typedef struct
{
  ShReporter *reporter;
  ShKeeper *keeper;
  gint64 last_line; /* monotonic time of the last plain line */
  ShCurve curve;
} Followed;

/* JSON. */

static GString *
event_new (const Followed *followed, const char *event, gboolean name_brain)
{
  GString *text = g_string_new ("{\"event\":");

  sh_json_text_append_string (text, event);
  if (name_brain)
    {
      g_string_append (text, ",\"brain\":");
      sh_json_text_append_string (text, sh_keeper_get_brain (followed->keeper));
    }
  return text;
}

static void
add_text (GString *text, const char *name, const char *value)
{
  g_string_append_printf (text, ",\"%s\":", name);
  if (value != NULL)
    sh_json_text_append_string (text, value);
  else
    g_string_append (text, "null");
}

static void
add_count (GString *text, const char *name, guint64 value)
{
  g_string_append_printf (text, ",\"%s\":%" G_GUINT64_FORMAT, name, value);
}

static void
add_number (GString *text, const char *name, double value)
{
  g_string_append_printf (text, ",\"%s\":", name);
  sh_json_text_append_double (text, value);
}

/* Takes `text`. */
static void
print_event (GString *text)
{
  puts (g_string_append_c (text, '}')->str);
  fflush (stdout);
  g_string_free (text, TRUE);
}

static const ShConcept *
get_concept (const Followed *followed)
{
  return sh_run_get_concept (sh_keeper_get_run (followed->keeper));
}

static const ShProgram *
get_program (const Followed *followed)
{
  return sh_run_get_program (sh_keeper_get_run (followed->keeper));
}

/* Whether there is more than one concept to speak of. */
static gboolean
has_several (const Followed *followed)
{
  return get_program (followed)->n_concepts > 1;
}

/* Where there are several: of which one it is told. */
static void
add_concept (GString *text, const Followed *followed)
{
  if (has_several (followed))
    add_text (text, "concept", get_concept (followed)->name);
}

/* The names of the concepts of the program from `first` on. */
static void
add_concepts (GString *text,
              const char *name,
              const Followed *followed,
              guint first)
{
  const ShProgram *program = get_program (followed);

  g_string_append_printf (text, ",\"%s\":[", name);
  for (guint i = first; i < program->n_concepts; i++)
    {
      if (i > first)
        g_string_append_c (text, ',');
      sh_json_text_append_string (text, program->concepts[i].name);
    }
  g_string_append_c (text, ']');
}

/* Rounded: more digits than a person or a plot can use make long lines. */
static double
rounded (double value, double unit)
{
  return isfinite (value) ? round (value / unit) * unit : value;
}

/* Each objective of the goal, if there is one. */
static void
add_objectives (GString *text, const ShRunProgress *progress)
{
  if (progress->n_objectives == 0)
    return;
  g_string_append (text, ",\"objectives\":[");
  for (guint i = 0; i < progress->n_objectives; i++)
    {
      const ShObjectiveProgress *objective = &progress->objectives[i];

      g_string_append (text, i == 0 ? "{\"name\":" : ",{\"name\":");
      sh_json_text_append_string (text, objective->name);
      add_number (text, "success_rate", objective->success_rate);
      add_number (text, "satisfaction", objective->satisfaction);
      g_string_append_c (text, '}');
    }
  g_string_append_c (text, ']');
}

static void
print_progress_event (const Followed *followed, const ShRunProgress *progress)
{
  const ShReporter *reporter = followed->reporter;
  GString *text = event_new (followed, "progress", reporter->many);

  add_concept (text, followed);
  add_text (text, "lesson", progress->lesson);
  add_count (text, "iterations", progress->iterations);
  add_count (text, "episodes", progress->episodes);
  add_number (text, "mean_return", progress->mean_return);
  add_number (text, "success_rate", progress->success_rate);
  add_objectives (text, progress);
  add_number (text, "iterations_per_second",
              rounded (progress->iterations_per_second, 1));
  if (reporter->count_muscles != NULL)
    add_count (text, "muscles", reporter->count_muscles (reporter->count_data));
  add_number (text, "seconds", rounded (progress->seconds, 1. / 1024));
  print_event (text);
}

static void
print_finished_event (const Followed *followed, const ShRunProgress *progress)
{
  ShKeeper *keeper = followed->keeper;
  const GError *error = sh_training_get_error (keeper);
  GString *text = event_new (followed, "finished", TRUE);

  if (sh_keeper_is_saved (keeper))
    add_count (text, "version", sh_keeper_get_version (keeper));
  else
    add_text (text, "version", NULL);
  add_text (text, "reason",
            error != NULL ? "failed"
                          : sh_run_reason_to_string (sh_run_get_reason (
                                sh_keeper_get_run (keeper))));
  add_count (text, "iterations", progress->iterations);
  add_count (text, "episodes", progress->episodes);
  add_number (text, "mean_return", progress->mean_return);
  add_number (text, "success_rate", progress->success_rate);
  add_objectives (text, progress);
  add_number (text, "seconds", rounded (progress->seconds, 1. / 1024));
  if (has_several (followed))
    {
      add_concept (text, followed);
      add_concepts (text, "untrained", followed,
                    get_concept (followed)->place + 1);
    }
  if (error != NULL)
    add_text (text, "message", error->message);
  print_event (text);
}

static void
print_started_event (const Followed *followed,
                     const char *event,
                     const char *simulator)
{
  ShKeeper *keeper = followed->keeper;
  const ShConcept *concept = get_concept (followed);
  GString *text = event_new (followed, event, TRUE);

  add_count (text, "version", sh_keeper_get_version (keeper));
  if (has_several (followed))
    {
      add_concept (text, followed);
      add_concepts (text, "concepts", followed, 0);
    }
  add_text (text, "simulator", simulator);
  add_text (text, "algorithm", sh_algorithm_get_name (concept));
  add_count (text, "seed", sh_keeper_get_seed (keeper));
  g_string_append (text, ",\"lessons\":[");
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      sh_json_text_append_string (text, concept->lessons[i].name);
    }
  g_string_append_c (text, ']');
  print_event (text);
}

/* Text. */

/* Ends the line that is being written over. */
static void
close_line (ShReporter *reporter)
{
  if (reporter->line_open)
    putchar ('\n');
  reporter->line_open = FALSE;
}

/* Over the one before. */
static void
print_status_line (Followed *followed, const ShRunProgress *progress)
{
  g_autofree char *line = NULL;
  ShStatusStyle style;

  sh_status_style_init (&style, STDOUT_FILENO);
  line = sh_status_line_new (progress, &followed->curve, &style);
  /* Back to the line's start, and clear it. */
  printf ("\r\033[K%s", line);
  followed->reporter->line_open = TRUE;
  fflush (stdout);
}

static void
print_plain_line (Followed *followed, const ShRunProgress *progress)
{
  gint64 now = g_get_monotonic_time ();

  if (now - followed->last_line < PLAIN_INTERVAL)
    return;
  followed->last_line = now;
  if (followed->reporter->many)
    printf ("%s: ", sh_keeper_get_brain (followed->keeper));
  printf ("%s: %" G_GUINT64_FORMAT " iterations, %" G_GUINT64_FORMAT
          " episodes, mean return %.2f, ",
          progress->lesson, progress->iterations, progress->episodes,
          progress->mean_return);
  if (progress->n_objectives > 0)
    printf ("%.0f%% successful, ", 100 * progress->success_rate);
  printf ("%.0f iterations/s, %.1f s\n", progress->iterations_per_second,
          progress->seconds);
  fflush (stdout);
}

static void
print_progress_line (Followed *followed, const ShRunProgress *progress)
{
  ShReporter *reporter = followed->reporter;

  /* Before the first episode is over there is nothing to tell. */
  if (isnan (progress->mean_return))
    return;
  sh_curve_add (&followed->curve, progress->mean_return);
  if (reporter->terminal && !reporter->many)
    print_status_line (followed, progress);
  else
    print_plain_line (followed, progress);
}

static void
print_finished_line (Followed *followed, const ShRunProgress *progress)
{
  const guint next = get_concept (followed)->place + 1;
  ShKeeper *keeper = followed->keeper;
  const GError *error = sh_training_get_error (keeper);
  const char *reason =
      sh_run_reason_to_string (sh_run_get_reason (sh_keeper_get_run (keeper)));

  close_line (followed->reporter);
  printf ("%s: %s after %" G_GUINT64_FORMAT " iterations, %" G_GUINT64_FORMAT
          " episodes and %.1f s",
          sh_keeper_get_brain (keeper), error != NULL ? "failed" : reason,
          progress->iterations, progress->episodes, progress->seconds);
  if (isfinite (progress->mean_return))
    printf (", mean return %.2f", progress->mean_return);
  if (progress->n_objectives > 0 && isfinite (progress->success_rate))
    printf (", %.0f%% successful", 100 * progress->success_rate);
  if (sh_keeper_is_saved (keeper))
    printf ("; saved as version %u", sh_keeper_get_version (keeper));
  else
    fputs ("; nothing was saved", stdout);
  if (error != NULL)
    printf (": %s", error->message);
  if (next < get_program (followed)->n_concepts && sh_keeper_is_saved (keeper))
    printf ("; it cannot act yet, as its concept %s has not been trained",
            get_program (followed)->concepts[next].name);
  putchar ('\n');
  fflush (stdout);
}

static void
print_started_line (const Followed *followed, const char *simulator)
{
  ShKeeper *keeper = followed->keeper;

  if (has_several (followed))
    {
      const ShConcept *concept = get_concept (followed);

      close_line (followed->reporter);
      printf ("%s: concept %s, %u of %u\n", sh_keeper_get_brain (keeper),
              concept->name, concept->place + 1,
              get_program (followed)->n_concepts);
    }
  printf (
      "%s: training version %u with %s on simulator %s, seed "
      "%" G_GUINT64_FORMAT "\n",
      sh_keeper_get_brain (keeper), sh_keeper_get_version (keeper),
      sh_algorithm_get_name (sh_run_get_concept (sh_keeper_get_run (keeper))),
      simulator != NULL ? simulator : "(any)", sh_keeper_get_seed (keeper));
  fflush (stdout);
}

/* What the runs tell. */

static void
on_progress (ShRun *run, ShRunProgress *own, Followed *followed)
{
  g_autofree char *lesson = NULL;
  ShRunProgress progress;

  sh_keeper_get_progress (followed->keeper, &progress);
  if (followed->reporter->json)
    {
      print_progress_event (followed, &progress);
      return;
    }
  if (has_several (followed))
    {
      lesson = g_strdup_printf ("%s, %s", get_concept (followed)->name,
                                progress.lesson);
      progress.lesson = lesson;
    }
  print_progress_line (followed, &progress);
}

static void
on_lesson (ShRun *run,
           const char *lesson,
           const char *reason,
           Followed *followed)
{
  if (followed->reporter->json)
    {
      GString *text = event_new (followed, "lesson", followed->reporter->many);

      add_concept (text, followed);
      add_text (text, "lesson", lesson);
      add_text (text, "reason", reason);
      print_event (text);
      return;
    }
  close_line (followed->reporter);
  printf ("%s: lesson %s is over: %s\n", sh_keeper_get_brain (followed->keeper),
          lesson, reason);
  fflush (stdout);
}

static void
on_finished (ShRun *run, Followed *followed)
{
  ShRunProgress progress;

  sh_keeper_get_progress (followed->keeper, &progress);
  if (sh_keeper_has_next (followed->keeper))
    ; /* The next concept is followed soon. */
  else if (followed->reporter->json)
    print_finished_event (followed, &progress);
  else
    print_finished_line (followed, &progress);
  /* Its keeper may go from now on. */
  g_ptr_array_remove_fast (followed->reporter->followed, followed);
}

static void
followed_free (gpointer data)
{
  Followed *followed = data;

  g_signal_handlers_disconnect_by_data (sh_keeper_get_run (followed->keeper),
                                        followed);
  g_free (followed);
}

ShReporter *
sh_reporter_new (gboolean json, gboolean many)
{
  ShReporter *reporter = g_new0 (ShReporter, 1);

  reporter->json = json;
  reporter->many = many;
  reporter->terminal = sh_status_can_write_over (STDOUT_FILENO);
  reporter->followed = g_ptr_array_new_with_free_func (followed_free);
  return reporter;
}

void
sh_reporter_free (ShReporter *reporter)
{
  if (reporter == NULL)
    return;
  close_line (reporter);
  fflush (stdout);
  g_ptr_array_unref (reporter->followed);
  g_free (reporter);
}

void
sh_reporter_set_muscles (ShReporter *reporter,
                         guint (*count) (gpointer data),
                         gpointer data)
{
  reporter->count_muscles = count;
  reporter->count_data = data;
}

void
sh_reporter_follow (ShReporter *reporter,
                    ShKeeper *keeper,
                    const char *simulator)
{
  ShRun *run = sh_keeper_get_run (keeper);
  Followed *followed = g_new0 (Followed, 1);

  if (simulator == NULL)
    simulator = sh_run_get_concept (run)->source.name;
  followed->reporter = reporter;
  followed->keeper = keeper;
  g_ptr_array_add (reporter->followed, followed);
  g_signal_connect (run, "progress", G_CALLBACK (on_progress), followed);
  g_signal_connect (run, "lesson", G_CALLBACK (on_lesson), followed);
  g_signal_connect (run, "finished", G_CALLBACK (on_finished), followed);
  if (reporter->json)
    print_started_event (followed,
                         sh_keeper_is_next (keeper) ? "concept" : "started",
                         simulator);
  else
    print_started_line (followed, simulator);
}

void
sh_reporter_listening (ShReporter *reporter, const char *url)
{
  if (reporter->json)
    {
      GString *text = event_new (NULL, "listening", FALSE);

      add_text (text, "url", url);
      print_event (text);
      return;
    }
  printf ("listening on %s\n", url);
  fflush (stdout);
}
