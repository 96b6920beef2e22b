/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simhost brain: looks at brains, makes, trains and deletes them, on this machine
 * or on a running engine.
 */

#include "cmd.h"

#include <signal.h>
#include <string.h>

#include "brain-actions.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-suggestion.h"

typedef struct
{
  const char *name;
  gboolean takes_version;
  guint min_arguments, max_arguments; /* the brain and files */
  ShBrainAction local; /* NULL: needs an engine */
  ShBrainAction remote;
} Action;

#define ANY_NUMBER 1000u

static const Action actions[] = {
  { "list", FALSE, 0, 1, sh_brain_list, sh_brain_remote_list },
  { "show", TRUE, 1, 1, sh_brain_show, sh_brain_remote_show },
  { "create", FALSE, 1, ANY_NUMBER, sh_brain_create, sh_brain_remote_create },
  { "push", FALSE, 2, ANY_NUMBER, sh_brain_push, sh_brain_remote_push },
  { "start", FALSE, 1, 1, NULL, sh_brain_remote_start },
  { "stop", TRUE, 1, 1, sh_brain_stop, sh_brain_remote_stop },
  { "muscles", TRUE, 1, 2, sh_brain_muscles, NULL },
  { "resume", TRUE, 1, 1, NULL, sh_brain_remote_resume },
  { "delete", TRUE, 1, 1, sh_brain_delete, sh_brain_remote_delete },
  { "export", TRUE, 2, 2, sh_brain_export, sh_brain_remote_export },
};

#define ACTIONS                                                                \
  "list, show, create, push, start, stop, muscles, resume, delete, export"

typedef struct
{
  char *url, *key, *description, *plot;
  char *secret; /* the copy of the key that stands in argv */
  char *negative; /* as take_negative; argv's */
  ShCmdNumber version;
  gboolean json;
} Flags;

static void
flags_clear (Flags *flags)
{
  g_free (flags->url);
  g_free (flags->key);
  g_free (flags->description);
  g_free (flags->plot);
  g_free (flags->secret);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

static const Action *
find_action (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (name, actions[i].name) == 0)
      return &actions[i];
  return NULL;
}

static int
refuse_action (const char *name)
{
  g_autoptr (GError) error = NULL;
  ShSuggestion suggestion;

  sh_suggestion_init (&suggestion, name);
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    sh_suggestion_offer (&suggestion, actions[i].name);
  if (suggestion.best == NULL)
    return sh_cmd_usage ("brain", "'%s' is not one of " ACTIONS, name);
  g_set_error (&error, SH_ERROR, SH_ERROR_USAGE,
               "there is no '%s'; did you mean '%s'?", name, suggestion.best);
  return sh_cmd_fail ("brain", error);
}

/* How it is used wrongly; NULL: not by these. */
static char *
find_fault_in_arguments (const Action *action, guint n)
{
  if (n == 0 && action->min_arguments > 0)
    return g_strdup_printf ("'%s' needs the name of a brain", action->name);
  if (n < action->min_arguments)
    return g_strdup_printf ("say which file to %s", action->name);
  if (n > action->max_arguments)
    return g_strdup_printf (
        action->min_arguments == 2   ? "'%s' takes a brain and a file"
        : action->max_arguments == 2 ? "'%s' takes a brain and a number"
                                     : "'%s' takes the name of one brain",
        action->name);
  return NULL;
}

static char *
find_fault_in_flags (const Action *action, const ShBrainRequest *request)
{
  if (!action->takes_version && request->version != 0)
    return g_strdup_printf ("'%s' takes no version", action->name);
  if (request->plot != NULL && strcmp (action->name, "show") != 0)
    return g_strdup ("--plot goes with 'show'");
  if (request->description != NULL && strcmp (action->name, "create") != 0)
    return g_strdup ("--description goes with 'create'");
  if (request->remote == NULL && action->local == NULL)
    return g_strdup_printf ("'%s' needs a running engine: give --url; on this "
                            "machine 'simhost train' trains",
                            action->name);
  if (request->remote != NULL && action->remote == NULL)
    return g_strdup_printf ("'%s' is for trainings of this machine",
                            action->name);
  if (request->remote != NULL && request->plot != NULL)
    return g_strdup ("--plot is for the brains of this machine");
  if (request->remote != NULL && request->version != 0 &&
      (strcmp (action->name, "show") == 0 ||
       strcmp (action->name, "stop") == 0 ||
       strcmp (action->name, "delete") == 0))
    return g_strdup_printf ("an engine cannot %s one version alone",
                            action->name);
  return NULL;
}

static int
run (const Action *action, ShBrainRequest *request, guint n_arguments)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *fault = find_fault_in_arguments (action, n_arguments);
  ShBrainAction function =
      request->remote != NULL ? action->remote : action->local;

  if (fault == NULL)
    fault = find_fault_in_flags (action, request);
  if (fault != NULL)
    return sh_cmd_usage ("brain", "%s", fault);
  if (!function (request, &error))
    return sh_cmd_fail ("brain", error);
  return SH_EXIT_DONE;
}

static int
run_arguments (const Flags *flags, int argc, char **argv)
{
  g_autoptr (ShStore) store = sh_store_new (NULL);
  g_autoptr (ShRemote) remote = NULL;
  g_autoptr (GError) error = NULL;
  const Action *action = find_action (argv[1]);
  ShBrainRequest request = {
    .store = store,
    .version = (guint) flags->version.value,
    .files = argv + 3,
    .n_files = argc > 3 ? (guint) argc - 3 : 0,
    .description = flags->description,
    .plot = flags->plot,
    .json = flags->json,
  };
  char *negative[] = { flags->negative, NULL };
  guint n_arguments = (guint) argc - 2;
  int status;

  if (flags->negative != NULL)
    {
      n_arguments++;
      request.files = negative;
      request.n_files++;
    }
  if (action == NULL)
    return refuse_action (argv[1]);
  if (flags->url == NULL && flags->key != NULL)
    return sh_cmd_usage ("brain", "--accesskey goes with --url");
  if (flags->url != NULL)
    {
      remote = sh_remote_new (flags->url, flags->key, &error);
      if (remote == NULL)
        return sh_cmd_fail ("brain", error);
      request.remote = remote;
    }
  if (argc > 2 &&
      !sh_cmd_read_brain (argv[2], &request.name, &request.version, &error))
    return sh_cmd_usage ("brain", "%s", error->message);
  status = run (action, &request, n_arguments);
  g_free (request.name);
  return status;
}

/* "-2" after "muscles" is how many are to go, and no flag: it is taken out of
 * the arguments. NULL: there is none. */
static char *
take_negative (int *argc, char **argv)
{
  gboolean is_number = FALSE;

  for (int i = 1; i < *argc; i++)
    {
      char *text = argv[i];

      if (is_number && text[0] == '-' && g_ascii_isdigit (text[1]))
        {
          memmove (argv + i, argv + i + 1, (gsize) (*argc - i) * sizeof *argv);
          --*argc;
          return text;
        }
      is_number |= strcmp (text, "muscles") == 0;
    }
  return NULL;
}

int
sh_cmd_brain (int argc, char **argv)
{
  g_auto (Flags) flags = { .version = SH_CMD_NUMBER (1, G_MAXINT, 0) };
  const GOptionEntry entries[] = {
    { "version", 0, 0, G_OPTION_ARG_INT, &flags.version,
      "Version to show, resume, export or delete (default: the highest; with "
      "delete all)",
      "N" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &flags.plot,
      "With show: draw the learning curve", "FILE.svg|FILE.png" },
    { "description", 0, 0, G_OPTION_ARG_STRING, &flags.description,
      "With create: what the brain is for", "TEXT" },
    { "url", 0, 0, G_OPTION_ARG_STRING, &flags.url,
      "The brains of this engine (default: those of this machine)", "URL" },
    { "accesskey", 0, 0, G_OPTION_ARG_STRING, &flags.key,
      "The engine's key (default: $SIMHOST_ACCESS_KEY)", "KEY" },
    { "access-key", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &flags.key,
      NULL, NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json,
      "Print JSON, an object a line", NULL },
    G_OPTION_ENTRY_NULL,
  };
  int status;

  sh_log_init ("simhost: brain: ");
  flags.secret = sh_cmd_hide_key (argc, argv);
  flags.negative = take_negative (&argc, argv);
  if (!sh_cmd_parse (&argc, &argv, entries,
                     "list [BRAIN] | show BRAIN | create BRAIN [FILE...] | "
                     "push BRAIN FILE... | start BRAIN | stop BRAIN | muscles "
                     "BRAIN [COUNT|+N|-N] | resume BRAIN | delete BRAIN | "
                     "export BRAIN FILE.onnx",
                     "Shows, makes, trains, deletes and exports brains, on "
                     "this machine or on a running\nengine. BRAIN is NAME or "
                     "NAME:VERSION.",
                     &status))
    return status;
  if (argc < 2)
    return sh_cmd_usage ("brain", "say what to do: " ACTIONS);

  /* Whoever reads the output may leave. */
  signal (SIGPIPE, SIG_IGN);
  return run_arguments (&flags, argc, argv);
}
