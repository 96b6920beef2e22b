/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * An assessment of a stored brain, with its report.
 */

#include "play.h"

#include <errno.h>
#include <glib-unix.h>
#include <math.h>
#include <stdio.h>

#include "local-engine.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-run.h"

typedef struct
{
  guint64 seed;
  gboolean json;
  ShPictures *pictures; /* may be NULL */
  guint64 n_episodes; /* so far */
  gboolean has_goal;
  guint64 n_successes;
  double mean, squares; /* of returns; squares of distances from the mean */
} Play;

static void
add_number (GString *text, const char *name, double value)
{
  g_string_append_printf (text, ",\"%s\":", name);
  sh_json_text_append_double (text, value);
}

/* Takes `text`. */
static gboolean
print_line (GString *text, GError **error)
{
  gboolean done = puts (text->str) >= 0 && fflush (stdout) == 0;
  int code = errno;

  g_string_free (text, TRUE);
  if (!done)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
                 "cannot write what came of the episode: %s",
                 g_strerror (code));
  return done;
}

static void
on_pictures_failed (const GError *error, gpointer run)
{
  sh_run_stop (run, SH_RUN_REASON_FAILED, error);
}

static void
on_episode (ShRun *run, const ShEpisode *episode, Play *play)
{
  guint64 seed = play->seed + episode->number;
  double distance = episode->episode_return - play->mean;
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  /* Welford's method. */
  play->mean += distance / (double) ++play->n_episodes;
  play->squares += distance * (episode->episode_return - play->mean);

  play->n_successes += episode->success;
  if (play->json)
    {
      g_string_printf (
          text, "{\"event\":\"episode\",\"seed\":%" G_GUINT64_FORMAT, seed);
      add_number (text, "return", episode->episode_return);
      g_string_append_printf (
          text, ",\"length\":%" G_GUINT64_FORMAT ",\"terminal\":%s",
          episode->length, episode->terminal ? "true" : "false");
      if (play->has_goal)
        g_string_append_printf (text, ",\"success\":%s",
                                episode->success ? "true" : "false");
      g_string_append_c (text, '}');
    }
  else
    {
      g_string_printf (
          text,
          "episode %-4" G_GUINT64_FORMAT " return %10.2f  %6" G_GUINT64_FORMAT
          " steps, %s%s (seed %" G_GUINT64_FORMAT ")",
          play->n_episodes, episode->episode_return, episode->length,
          episode->terminal ? "terminal" : "ended at the limit",
          !play->has_goal    ? ""
          : episode->success ? ", successful"
                             : ", not successful",
          seed);
    }
  /* Whoever reads this may have left, or the disk be full. */
  if (!print_line (text, &error))
    sh_run_stop (run, SH_RUN_REASON_FAILED, error);
  if (play->pictures != NULL)
    sh_pictures_end_episode (play->pictures);
}

static gboolean
print_summary (const Play *play, GError **error)
{
  double deviation = sqrt (play->squares / (double) play->n_episodes);
  GString *text = g_string_new (NULL);

  if (play->json)
    {
      g_string_printf (text,
                       "{\"event\":\"summary\",\"episodes\":%" G_GUINT64_FORMAT,
                       play->n_episodes);
      add_number (text, "mean_return", play->mean);
      add_number (text, "std_return", deviation);
      if (play->has_goal)
        add_number (text, "success_rate",
                    (double) play->n_successes / (double) play->n_episodes);
      g_string_append_c (text, '}');
    }
  else
    {
      g_string_printf (text,
                       "%" G_GUINT64_FORMAT " episode%s: mean return %.2f, "
                       "standard deviation %.2f",
                       play->n_episodes, play->n_episodes == 1 ? "" : "s",
                       play->mean, deviation);
      if (play->has_goal)
        g_string_append_printf (text, ", %" G_GUINT64_FORMAT " successful",
                                play->n_successes);
    }
  return print_line (text, error);
}

static gboolean
finish (ShRun *run, const Play *play, GError **error)
{
  const GError *failure = sh_run_get_error (run);
  g_autoptr (GError) unwritten = NULL;

  if (play->n_episodes > 0)
    print_summary (play, &unwritten);
  if (failure != NULL)
    g_propagate_error (error, g_error_copy (failure));
  else if (unwritten != NULL)
    g_propagate_error (error, g_steal_pointer (&unwritten));
  else if (sh_run_get_reason (run) != SH_RUN_REASON_ASSESSED)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_FAILED,
                         "interrupted before all episodes were played");
  else
    return play->pictures == NULL || sh_pictures_finish (play->pictures, error);
  return FALSE;
}

static gboolean
on_signal (gpointer run)
{
  sh_run_stop (run, SH_RUN_REASON_INTERRUPTED, NULL);
  return G_SOURCE_CONTINUE;
}

gboolean
sh_play (ShStore *store,
         ShBrain *brain,
         const char *simulator,
         guint n_episodes,
         guint64 seed,
         gboolean json,
         ShPictures *pictures,
         GError **error)
{
  Play play = { .seed = seed,
                .json = json,
                .pictures = pictures,
                .has_goal = brain->concept->n_objectives > 0 };
  g_autoptr (ShRun) run =
      sh_run_new_assessment (brain->program, brain->concept, brain->codec,
                             brain->policy, n_episodes, seed);
  /* Also for what comes while the engine is made. */
  const guint sigterm = g_unix_signal_add (SIGTERM, on_signal, run);
  const guint sigint = g_unix_signal_add (SIGINT, on_signal, run);
  g_autoptr (ShLocalEngine) engine = sh_local_engine_new (
      &(ShLocalEngineOptions){
          .store = store,
          .brain = brain->info->name,
          .version = brain->info->version,
          .run = run,
          .simulator = simulator,
          .n_instances = 1,
          .seed = seed,
          .pictures = pictures,
      },
      error);

  if (engine != NULL)
    {
      g_signal_connect (run, "episode", G_CALLBACK (on_episode), &play);
      if (pictures != NULL)
        sh_pictures_set_failed (pictures, on_pictures_failed, run);
      sh_local_engine_run (engine);
      if (pictures != NULL)
        sh_pictures_set_failed (pictures, NULL, NULL);
      g_signal_handlers_disconnect_by_data (run, &play);
    }
  g_source_remove (sigterm);
  g_source_remove (sigint);
  return engine != NULL && finish (run, &play, error);
}
