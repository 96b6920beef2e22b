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
  gboolean json;
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
  sh_server_stop_async (serve->server, on_server_stopped, serve);
  return G_SOURCE_CONTINUE;
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

/* The training of a file. */
static ShKeeper *
begin_training (Serve *serve,
                const Flags *flags,
                const char *file,
                const char *wanted,
                GError **error)
{
  g_autofree char *brain = NULL;
  g_autoptr (ShProgram) program =
      sh_training_read (file, wanted, &brain, error);
  ShKeeper *keeper;

  if (program == NULL)
    return NULL;
  keeper = sh_server_train (serve->server, brain, program, flags->seed, error);
  if (keeper == NULL)
    g_prefix_error (error, "%s: ", file);
  return keeper;
}

static gboolean
begin_trainings (Serve *serve,
                 const Flags *flags,
                 char **files,
                 guint n_files,
                 GPtrArray *keepers,
                 GError **error)
{
  guint n_brains = flags->brains != NULL ? g_strv_length (flags->brains) : 0;

  for (guint i = 0; i < n_files; i++)
    {
      ShKeeper *keeper =
          begin_training (serve, flags, files[i],
                          i < n_brains ? flags->brains[i] : NULL, error);

      if (keeper == NULL)
        return FALSE;
      g_ptr_array_add (keepers, keeper);
    }
  return TRUE;
}

static void
tell_key (const Serve *serve, const char *key, ShKeeper *first)
{
  sh_listening_tell_key (
      key, sh_server_get_url (serve->server),
      first != NULL
          ? sh_run_get_concept (sh_keeper_get_run (first))->source.name
          : NULL,
      first != NULL ? sh_keeper_get_brain (first) : NULL);
}

/* `first`: of those that are trained; NULL: there are none. */
static gboolean
open_server (Serve *serve, const Flags *flags, ShKeeper *first, GError **error)
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
    tell_key (serve, key, first);
  sh_reporter_listening (serve->reporter, sh_server_get_url (serve->server));
  return TRUE;
}

/* What clients begin people read on the log. */
static void
on_training (ShKeeper *keeper, gpointer data)
{
  Serve *serve = data;

  if (serve->json || !sh_keeper_is_served (keeper))
    sh_reporter_follow (serve->reporter, keeper, NULL);
}

static gboolean
start (Serve *serve,
       const Flags *flags,
       char **files,
       guint n_files,
       GError **error)
{
  g_autoptr (GPtrArray) keepers = g_ptr_array_new ();

  if (!begin_trainings (serve, flags, files, n_files, keepers, error) ||
      !open_server (serve, flags, n_files > 0 ? keepers->pdata[0] : NULL,
                    error))
    return FALSE;
  for (guint i = 0; i < n_files; i++)
    on_training (keepers->pdata[i], serve);
  sh_server_set_training_func (serve->server, on_training, serve);
  sh_server_resume (serve->server);
  return TRUE;
}

static void
serve_clear (Serve *serve)
{
  sh_reporter_free (serve->reporter);
  sh_server_free (serve->server);
  sh_store_free (serve->store);
  g_main_loop_unref (serve->loop);
}

static gboolean
serve_until_stopped (const Flags *flags,
                     char **files,
                     guint n_files,
                     GError **error)
{
  Serve serve = { .loop = g_main_loop_new (NULL, FALSE), .json = flags->json };
  gboolean done;

  serve.store = sh_store_new (NULL);
  serve.server = sh_server_new (serve.store);
  sh_server_set_seed (serve.server, flags->seed);
  sh_server_set_muscles (serve.server, (guint) flags->n_muscles.value);
  serve.reporter = sh_reporter_new (flags->json, flags->json || n_files > 1);
  /* They stay until the process ends: a late signal is no reason to die of
   * it. */
  g_unix_signal_add (SIGTERM, on_signal, &serve);
  g_unix_signal_add (SIGINT, on_signal, &serve);
  done = start (&serve, flags, files, n_files, error);
  if (done)
    g_main_loop_run (serve.loop);
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
