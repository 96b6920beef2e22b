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

/* That it listens, and with which key if nobody gave one. */
static void
tell_listening (ShLocalEngine *engine,
                ShReporter *reporter,
                const ShTrainingJob *job,
                const char *new_key)
{
  const char *url = sh_local_engine_get_url (engine);

  if (url == NULL)
    return;
  if (new_key != NULL)
    sh_listening_tell_key (new_key, url, sh_training_job_get_simulator (job),
                           sh_training_job_get_brain (job));
  sh_reporter_listening (reporter, url);
}

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
  ShTrainingJob *job;
  ShReporter *reporter;
  char *listen; /* the same for all, once a port was found; or NULL */
  const char *key;
  gboolean generated; /* the key */
  gboolean is_told; /* where it listens */
  gboolean interrupted;
} Training;

/* Also where no run listens for it: between two concepts. */
static gboolean
on_signal (gpointer data)
{
  Training *self = data;

  self->interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static ShLocalEngine *
make_engine (Training *self, GError **error)
{
  const Flags *flags = self->flags;

  return sh_local_engine_new (
      &(ShLocalEngineOptions){
          .store = self->store,
          .brain = sh_training_job_get_brain (self->job),
          .version = sh_training_job_get_version (self->job),
          .run = sh_training_job_get_run (self->job),
          .simulator = flags->simulator,
          .n_instances = (guint) flags->n_instances.value,
          .by_muscles = TRUE,
          .n_muscles = (guint) flags->n_muscles.value,
          .listen = self->listen,
          .key = self->key,
          .seed = sh_run_get_seed (sh_training_job_get_run (self->job)),
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
  ShKeeper *keeper = sh_training_job_get_keeper (self->job);
  const GError *failure;

  if (engine == NULL)
    return FALSE;
  sh_reporter_set_muscles (self->reporter, count_muscles, engine);
  if (!self->is_told)
    tell_listening (engine, self->reporter, self->job,
                    self->generated ? self->key : NULL);
  self->is_told = TRUE;
  keep_port (self, sh_local_engine_get_url (engine));
  sh_reporter_follow (self->reporter, keeper,
                      sh_training_job_get_simulator (self->job));
  if (self->interrupted)
    sh_run_stop (sh_keeper_get_run (keeper), SH_RUN_REASON_INTERRUPTED, NULL);
  sh_local_engine_run (engine);
  sh_reporter_set_muscles (self->reporter, NULL, NULL);
  failure = sh_training_get_error (keeper);
  if (failure == NULL)
    return TRUE;
  g_propagate_error (error, g_error_copy (failure));
  return FALSE;
}

static gboolean
train (const Flags *flags, const char *file, guint64 seed, GError **error)
{
  gboolean generated = FALSE, done;
  g_autofree char *key =
      flags->listen != NULL
          ? sh_listening_choose_key (flags->key, &generated, error)
          : NULL;
  g_autoptr (ShStore) store = sh_store_new (NULL);
  g_autoptr (ShTrainingJob) job =
      sh_training_job_new (store, file,
                           &(ShTrainingJobOptions){
                               .brain = flags->brain,
                               .seed = seed,
                               .background = flags->listen != NULL,
                               .resume = flags->resume,
                               .from = flags->from,
                               .simulator = flags->simulator,
                           },
                           error);
  g_autoptr (ShReporter) reporter = sh_reporter_new (flags->json, FALSE);
  Training self = { .flags = flags,
                    .store = store,
                    .job = job,
                    .reporter = reporter,
                    .key = key,
                    .generated = generated };
  guint sigterm, sigint;

  if (job == NULL || (flags->listen != NULL && key == NULL))
    return FALSE;
  self.listen = g_strdup (flags->listen);
  sigterm = g_unix_signal_add (SIGTERM, on_signal, &self);
  sigint = g_unix_signal_add (SIGINT, on_signal, &self);
  done = train_concept (&self, error);
  while (done && sh_training_job_has_next (job))
    done = sh_training_job_advance (job, error) && train_concept (&self, error);
  g_source_remove (sigterm);
  g_source_remove (sigint);
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
