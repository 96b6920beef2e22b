/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost train FILE.ink`: trains a brain with the built-in engine on a
 * simulator of this machine.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <signal.h>
#include <string.h>

#include "listening.h"
#include "local-engine.h"
#include "reporter.h"
#include "sh-conductor-installed.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-worker-options.h"
#include "training.h"

typedef struct
{
  char *brain, *simulator, *seed_text;
  ShCmdNumber n_instances, n_muscles;
  char *from, *listen, *key;
  char *secret; /* the copy of the key that stands in argv */
  gboolean resume, json;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->brain);
  g_free (flags->from);
  g_free (flags->listen);
  g_free (flags->key);
  g_free (flags->secret);
  g_free (flags->simulator);
  g_free (flags->seed_text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static guint
count_muscles (gpointer data)
{
  return sh_local_engine_count_muscles (data);
}

/* A training, which has a run for each concept, one after another. */
typedef struct
{
  const Flags *flags;
  ShStore *store;
  ShHistory *history; /* NULL: it could not be opened */
  ShKeeper *keeper; /* of the concept that is trained */
  ShReporter *reporter;
  char *listen; /* the same for all, once a port was found; or NULL */
  const char *key;
  gboolean generated; /* the key */
  gboolean is_told; /* where it listens */
  gboolean interrupted;
} Training;

/* That it listens, and with which key if nobody gave one. */
static void
tell_listening (const Training *self, ShLocalEngine *engine)
{
  const char *url = sh_local_engine_get_url (engine);
  const ShConcept *concept =
      sh_run_get_concept (sh_keeper_get_run (self->keeper));

  if (url == NULL)
    return;
  if (self->generated)
    sh_listening_tell_key (self->key, url,
                           self->flags->simulator != NULL
                               ? self->flags->simulator
                               : concept->source.name,
                           sh_keeper_get_brain (self->keeper));
  sh_reporter_listening (self->reporter, url);
}

/* Between two concepts as well: the next run is not there yet. */
static gboolean
on_signal (gpointer data)
{
  Training *self = data;

  self->interrupted = TRUE;
  sh_run_stop (sh_keeper_get_run (self->keeper), SH_RUN_REASON_INTERRUPTED,
               NULL);
  return G_SOURCE_CONTINUE;
}

static ShLocalEngine *
make_engine (Training *self, GError **error)
{
  const Flags *flags = self->flags;
  ShRun *run = sh_keeper_get_run (self->keeper);

  return sh_local_engine_new (
      &(ShLocalEngineOptions){
          .store = self->store,
          .brain = sh_keeper_get_brain (self->keeper),
          .version = sh_keeper_get_version (self->keeper),
          .run = run,
          .simulator = flags->simulator,
          .n_instances = (guint) flags->n_instances.value,
          .by_muscles = TRUE,
          .n_muscles = (guint) flags->n_muscles.value,
          .listen = self->listen,
          .key = self->key,
          .seed = sh_run_get_seed (run),
      },
      error);
}

/* The port that was found free is that of all runs. */
static void
keep_port (Training *self, const char *url)
{
  const char *port = url != NULL ? strrchr (url, ':') : NULL;
  const char *asked = self->listen != NULL ? strrchr (self->listen, ':') : NULL;
  char *kept;

  if (port == NULL || asked == NULL)
    return;
  kept = g_strdup_printf ("%.*s%s", (int) (asked - self->listen), self->listen,
                          port);
  g_free (self->listen);
  self->listen = kept;
}

/* The run of one concept. */
static gboolean
train_concept (Training *self, GError **error)
{
  g_autoptr (ShLocalEngine) engine = make_engine (self, error);
  const GError *failure;

  if (engine == NULL)
    return FALSE;
  sh_reporter_set_muscles (self->reporter, count_muscles, engine);
  if (!self->is_told)
    tell_listening (self, engine);
  self->is_told = TRUE;
  keep_port (self, sh_local_engine_get_url (engine));
  sh_reporter_follow (self->reporter, self->keeper, self->flags->simulator);
  if (self->interrupted)
    sh_run_stop (sh_keeper_get_run (self->keeper), SH_RUN_REASON_INTERRUPTED,
                 NULL);
  sh_local_engine_run (engine);
  sh_reporter_set_muscles (self->reporter, NULL, NULL);
  failure = sh_training_get_error (self->keeper);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (failure));
  return FALSE;
}

/* The brain is gone on with as it was: not with another program. */
static gboolean
check_same_program (ShStore *store,
                    const char *file,
                    const char *brain,
                    const ShProgram *program,
                    GError **error)
{
  g_autoptr (ShBrain) stored = sh_store_load (store, brain, 0, error);

  if (stored == NULL)
    return FALSE;
  if (strcmp (stored->program->text, program->text) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "%s is not the program that brain '%s' was trained with; to "
               "train a new version that starts from what it knows, use --from "
               "%s",
               file, brain, brain);
  return FALSE;
}

/* With its first concept, or the one that it was at. */
static gboolean
begin (Training *self, const char *file, guint64 seed, GError **error)
{
  const Flags *flags = self->flags;
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) no_history = NULL;
  g_autofree char *brain = NULL, *from = NULL;
  ShKeeperOptions options = { .seed = seed,
                              .background = flags->listen != NULL };

  if (flags->from != NULL &&
      !sh_cmd_read_brain (flags->from, &from, &options.from_version, error))
    return FALSE;
  program = sh_training_read (file, flags->brain, &brain, error);
  if (program == NULL ||
      (flags->resume &&
       !check_same_program (self->store, file, brain, program, error)))
    return FALSE;
  options.brain = brain;
  options.from = from;
  /* A training needs none. */
  self->history = sh_history_open (self->store, TRUE, &no_history);
  if (flags->resume)
    self->keeper =
        sh_keeper_resume (self->store, self->history, 0, &options, error);
  else
    self->keeper =
        sh_keeper_new (self->store, self->history, program, &options, error);
  if (self->keeper == NULL && !flags->resume)
    g_prefix_error (error, "%s: ", file);
  else if (self->keeper != NULL && no_history != NULL)
    g_warning ("the learning curve is not kept: %s", no_history->message);
  return self->keeper != NULL;
}

/* One concept after the other. */
static gboolean
train_all (Training *self, GError **error)
{
  while (train_concept (self, error))
    {
      ShKeeper *next;

      if (!sh_keeper_has_next (self->keeper))
        return TRUE;
      next = sh_keeper_next (self->keeper, error);
      if (next == NULL)
        return FALSE;
      sh_keeper_free (self->keeper);
      self->keeper = next;
    }
  return FALSE;
}

static gboolean
train (const Flags *flags, const char *file, guint64 seed, GError **error)
{
  Training self = { .flags = flags };
  g_autofree char *key = NULL;
  gboolean done = FALSE;

  if (flags->listen != NULL)
    {
      key = sh_listening_choose_key (flags->key, &self.generated, error);
      if (key == NULL)
        return FALSE;
    }
  self.key = key;
  self.listen = g_strdup (flags->listen);
  self.store = sh_store_new (NULL);
  self.reporter = sh_reporter_new (flags->json, FALSE);
  if (begin (&self, file, seed, error))
    {
      /* They stay until the process ends: a late signal is no reason to die of
       * it. */
      g_unix_signal_add (SIGTERM, on_signal, &self);
      g_unix_signal_add (SIGINT, on_signal, &self);
      done = train_all (&self, error);
    }
  sh_reporter_free (self.reporter);
  g_clear_pointer (&self.keeper, sh_keeper_free);
  sh_history_free (self.history);
  sh_store_free (self.store);
  g_free (self.listen);
  return done;
}

int
sh_cmd_train (int argc, char **argv)
{
  g_auto (Flags) flags = {
    .n_instances = SH_CMD_NUMBER (1, SH_WORKER_MAX_INSTANCES,
                                  SH_CONDUCTOR_DEFAULT_INSTANCES),
    .n_muscles = SH_CMD_NUMBER (1, SH_CONDUCTOR_MAX_MUSCLES, 0),
  };
  const GOptionEntry entries[] = {
    { "brain", 0, 0, G_OPTION_ARG_STRING, &flags.brain,
      "Name of the brain (default: the file's)", "NAME" },
    { "simulator", 0, 0, G_OPTION_ARG_STRING, &flags.simulator,
      "Train on this simulator or file (default: the one that the program "
      "names)",
      "NAME|FILE.so" },
    { "instances", 0, 0, G_OPTION_ARG_INT, &flags.n_instances,
      "Simulations at a time, in all (default: 16)", "COUNT" },
    { "muscles", 0, 0, G_OPTION_ARG_INT, &flags.n_muscles,
      "Processes that they run in (default: one for each processor)", "COUNT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &flags.seed_text,
      "Of weights, scenarios and episodes (default: at random)", "NUMBER" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &flags.resume,
      "Go on with the brain's last version from where it was saved", NULL },
    { "from", 0, 0, G_OPTION_ARG_STRING, &flags.from,
      "Train a new version that starts from what this brain knows",
      "BRAIN[:VERSION]" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &flags.listen,
      "Let simulators elsewhere take part (port 0: any that is free)",
      "HOST:PORT" },
    { "accesskey", 0, 0, G_OPTION_ARG_STRING, &flags.key,
      "With --listen: the key that they must have (default: "
      "$" SH_ACCESS_KEY_VARIABLE ", else a new one is made and shown)",
      "KEY" },
    { "access-key", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &flags.key,
      NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Tell what happens as one JSON object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError) error = NULL;
  guint64 seed = 0;
  int status;

  sh_log_init ("simhost: train: ");
  flags.secret = sh_cmd_hide_key (argc, argv);
  if (!sh_cmd_parse (&argc, &argv, entries, "FILE.ink",
                     "Trains a brain until its curriculum is met. Ctrl-C ends "
                     "it early and keeps\nwhat was learnt.",
                     &status))
    return status;
  if (argc > 2)
    return sh_cmd_usage ("train", "'%s' is too much: give one Inkling file",
                         argv[2]);
  if (argc < 2)
    return sh_cmd_usage ("train", "give one Inkling file");
  if (flags.resume && flags.from != NULL)
    return sh_cmd_usage ("train", "give --resume or --from, not both");
  if (flags.key != NULL && flags.listen == NULL)
    return sh_cmd_usage ("train", "--accesskey goes with --listen");
  if (flags.resume && flags.seed_text != NULL)
    return sh_cmd_usage ("train", "--resume goes on with the seed that the "
                                  "training has");
  if (!sh_cmd_read_seed (flags.seed_text, &seed, &error))
    return sh_cmd_usage ("train", "%s", error->message);

  if (flags.listen != NULL)
    sh_listening_raise_limit ();
  /* Whoever reads the reports may leave. */
  signal (SIGPIPE, SIG_IGN);
  /* A file that may not grow is an error of writing, as on a full disk. */
  signal (SIGXFSZ, SIG_IGN);
  if (!train (&flags, argv[1], seed, &error))
    return sh_cmd_fail ("train", error);
  return SH_EXIT_DONE;
}
