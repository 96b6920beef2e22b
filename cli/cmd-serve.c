/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost serve [FILE.ink...]`: the engine for simulators elsewhere. Trains
 * the given curricula, and serves all stored brains for predictions.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#include "listening.h"
#include "reporter.h"
#include "sh-conductor.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-server.h"
#include "sh-worker-options.h"
#include "training.h"

typedef struct
{
  char *listen, *key, *seed_text;
  char *secret; /* the copy of the key that stands in argv */
  char **brains;
  gboolean json;
  ShCmdNumber n_muscles;
  guint64 seed;
} Flags;

typedef struct
{
  GMainLoop *loop;
  ShStore *store;
  ShServer *server;
  ShReporter *reporter;
  GPtrArray *jobs;
  guint n_running; /* jobs that are not finished */
  guint advance; /* an idle source, when one goes on with its next concept */
  gboolean stopping;
} Serve;

static void
flags_clear (Flags *flags)
{
  g_free (flags->listen);
  g_free (flags->key);
  g_free (flags->seed_text);
  g_free (flags->secret);
  g_strfreev (flags->brains);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static void
on_server_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  Serve *serve = data;

  sh_server_stop_finish (serve->server, result);
  g_main_loop_quit (serve->loop);
}

static void
stop_server_when_done (Serve *serve)
{
  if (serve->stopping && serve->n_running == 0)
    sh_server_stop_async (serve->server, on_server_stopped, serve);
}

/* The first signal lets every run save its brain; a second one does not wait
 * for simulators any more. */
static gboolean
on_signal (gpointer data)
{
  Serve *serve = data;

  if (serve->stopping)
    {
      g_main_loop_quit (serve->loop);
      return G_SOURCE_CONTINUE;
    }
  serve->stopping = TRUE;
  /* Held until all runs are told, so that the server is stopped once. */
  serve->n_running++;
  for (guint i = 0; i < serve->jobs->len; i++)
    sh_run_stop (sh_training_job_get_run (serve->jobs->pdata[i]),
                 SH_RUN_REASON_INTERRUPTED, NULL);
  serve->n_running--;
  stop_server_when_done (serve);
  return G_SOURCE_CONTINUE;
}

static void on_finished (ShRun *run, Serve *serve);

static void
follow_job (Serve *serve, ShTrainingJob *job)
{
  sh_reporter_follow (serve->reporter, sh_training_job_get_keeper (job),
                      sh_training_job_get_simulator (job));
  g_signal_connect (sh_training_job_get_run (job), "finished",
                    G_CALLBACK (on_finished), serve);
}

static gboolean
add_training (Serve *serve, ShTrainingJob *job, GError **error)
{
  return sh_server_add_training (serve->server, sh_training_job_get_brain (job),
                                 sh_training_job_get_version (job),
                                 sh_training_job_get_run (job), error);
}

/* The next concept of those jobs whose last one is learned. */
static gboolean
on_advance (gpointer data)
{
  Serve *serve = data;

  serve->advance = 0;
  for (guint i = 0; i < serve->jobs->len; i++)
    {
      ShTrainingJob *job = serve->jobs->pdata[i];
      g_autoptr (GError) error = NULL;

      if (!sh_training_job_has_next (job))
        continue;
      if (!sh_training_job_advance (job, &error) ||
          !add_training (serve, job, &error))
        {
          g_warning ("the training of brain '%s' cannot go on with its next "
                     "concept: %s",
                     sh_training_job_get_brain (job), error->message);
          serve->n_running--;
          continue;
        }
      follow_job (serve, job);
      if (serve->stopping)
        sh_run_stop (sh_training_job_get_run (job), SH_RUN_REASON_INTERRUPTED,
                     NULL);
    }
  stop_server_when_done (serve);
  return G_SOURCE_REMOVE;
}

/* Whether the job of that run goes on with another one. */
static gboolean
goes_on (const Serve *serve, const ShRun *run)
{
  for (guint i = 0; i < serve->jobs->len; i++)
    if (sh_training_job_get_run (serve->jobs->pdata[i]) == run)
      return sh_training_job_has_next (serve->jobs->pdata[i]);
  return FALSE;
}

static void
on_finished (ShRun *run, Serve *serve)
{
  if (goes_on (serve, run))
    {
      if (serve->advance == 0)
        serve->advance = g_idle_add (on_advance, serve);
      return;
    }
  serve->n_running--;
  stop_server_when_done (serve);
}

static gboolean
check_flags (Flags *flags, guint n_files, GError **error)
{
  guint n_brains = flags->brains != NULL ? g_strv_length (flags->brains) : 0;

  if (!sh_cmd_read_seed (flags->seed_text, &flags->seed, error))
    return FALSE;
  if (n_brains > n_files)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "there are more --brain than files; each names the "
                           "brain of one file, in order");
      return FALSE;
    }
  return TRUE;
}

static void
tell_key (const Serve *serve, const char *key)
{
  const ShTrainingJob *job =
      serve->jobs->len > 0 ? serve->jobs->pdata[0] : NULL;

  sh_listening_tell_key (key, sh_server_get_url (serve->server),
                         job != NULL ? sh_training_job_get_simulator (job)
                                     : NULL,
                         job != NULL ? sh_training_job_get_brain (job) : NULL);
}

static gboolean
open_server (Serve *serve, const Flags *flags, GError **error)
{
  gboolean generated;
  g_autofree char *key =
      sh_listening_choose_key (flags->key, &generated, error);

  if (key == NULL || !sh_server_add_key (serve->server, key, error) ||
      !sh_server_listen (serve->server,
                         flags->listen != NULL ? flags->listen
                                               : SH_SERVER_DEFAULT_ADDRESS,
                         error))
    return FALSE;
  if (generated)
    tell_key (serve, key);
  sh_reporter_listening (serve->reporter, sh_server_get_url (serve->server));
  return TRUE;
}

static gboolean
prepare_jobs (Serve *serve,
              const Flags *flags,
              char **files,
              guint n_files,
              GError **error)
{
  guint n_brains = flags->brains != NULL ? g_strv_length (flags->brains) : 0;

  for (guint i = 0; i < n_files; i++)
    {
      const ShTrainingJobOptions options = {
        .brain = i < n_brains ? flags->brains[i] : NULL,
        .seed = flags->seed,
        .background = TRUE,
      };
      ShTrainingJob *job =
          sh_training_job_new (serve->store, files[i], &options, error);

      if (job == NULL)
        return FALSE;
      g_ptr_array_add (serve->jobs, job);
      if (!add_training (serve, job, error))
        return FALSE;
    }
  return TRUE;
}

/* Of a client. */
static void
on_training (ShKeeper *keeper, gpointer data)
{
  Serve *serve = data;

  sh_reporter_follow (
      serve->reporter, keeper,
      sh_run_get_concept (sh_keeper_get_run (keeper))->source.name);
}

static void
start_jobs (Serve *serve)
{
  for (guint i = 0; i < serve->jobs->len; i++)
    {
      follow_job (serve, serve->jobs->pdata[i]);
      serve->n_running++;
    }
}

static void
serve_clear (Serve *serve)
{
  for (guint i = 0; i < serve->jobs->len; i++)
    g_signal_handlers_disconnect_by_data (
        sh_training_job_get_run (serve->jobs->pdata[i]), serve);
  g_clear_handle_id (&serve->advance, g_source_remove);
  sh_reporter_free (serve->reporter);
  sh_server_free (serve->server);
  g_ptr_array_unref (serve->jobs);
  sh_store_free (serve->store);
  g_main_loop_unref (serve->loop);
}

static gboolean
serve_until_stopped (const Flags *flags,
                     char **files,
                     guint n_files,
                     GError **error)
{
  Serve serve = { .loop = g_main_loop_new (NULL, FALSE) };
  gboolean done = FALSE;

  serve.store = sh_store_new (NULL);
  serve.server = sh_server_new (serve.store);
  sh_server_set_seed (serve.server, flags->seed);
  sh_server_set_muscles (serve.server, (guint) flags->n_muscles.value);
  serve.reporter = sh_reporter_new (flags->json, flags->json || n_files > 1);
  /* People read the log. */
  if (flags->json)
    sh_server_set_training_func (serve.server, on_training, &serve);
  serve.jobs =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_training_job_free);
  /* They stay until the process ends: a late signal is no reason to die of
   * it. */
  g_unix_signal_add (SIGTERM, on_signal, &serve);
  g_unix_signal_add (SIGINT, on_signal, &serve);
  if (prepare_jobs (&serve, flags, files, n_files, error) &&
      open_server (&serve, flags, error))
    {
      start_jobs (&serve);
      sh_server_resume (serve.server);
      g_main_loop_run (serve.loop);
      done = TRUE;
    }
  serve_clear (&serve);
  return done;
}

int
sh_cmd_serve (int argc, char **argv)
{
  g_auto (Flags)
      flags = { .n_muscles = SH_CMD_NUMBER (0, SH_CONDUCTOR_MAX_MUSCLES, 0) };
  const GOptionEntry entries[] = {
    { "listen", 0, 0, G_OPTION_ARG_STRING, &flags.listen,
      "Where to listen (default: " SH_SERVER_DEFAULT_ADDRESS
      "; port 0: any that is free)",
      "HOST:PORT" },
    { "accesskey", 0, 0, G_OPTION_ARG_STRING, &flags.key,
      "The key that simulators must have (default: $" SH_ACCESS_KEY_VARIABLE
      ", else a new one is made and shown)",
      "KEY" },
    { "access-key", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &flags.key,
      NULL, NULL },
    { "brain", 0, 0, G_OPTION_ARG_STRING_ARRAY, &flags.brains,
      "Name of the brain of the first file, and so on (default: the file's)",
      "NAME" },
    { "muscles", 0, 0, G_OPTION_ARG_INT, &flags.n_muscles,
      "Processes that play simulators which are installed here, for each "
      "training (default: none)",
      "COUNT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &flags.seed_text,
      "Of the trainings (default: at random)", "NUMBER" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Tell what happens as one JSON object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  int status;

  sh_log_init ("simhost: serve: ");
  flags.secret = sh_cmd_hide_key (argc, argv);
  if (!sh_cmd_parse (&argc, &argv, entries, "[FILE.ink...]",
                     "The engine for simulators elsewhere: trains the given "
                     "curricula with those\nthat connect, and lets them play "
                     "all stored brains. Until SIGINT or SIGTERM.",
                     &status))
    return status;
  if (!check_flags (&flags, (guint) argc - 1, &error))
    return sh_cmd_usage ("serve", "%s", error->message);

  /* Whoever reads the reports may leave. */
  signal (SIGPIPE, SIG_IGN);
  /* A file that may not grow is an error of writing, as on a full disk. */
  signal (SIGXFSZ, SIG_IGN);
  sh_listening_raise_limit ();
  if (!serve_until_stopped (&flags, argv + 1, (guint) argc - 1, &error))
    return sh_cmd_fail ("serve", error);
  return SH_EXIT_DONE;
}
