/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost run SIMULATOR`: serves an engine with a simulator. The work is done
 * in a worker; this process watches it.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "sh-catalog.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-retry.h"
#include "sh-supervisor.h"
#include "sh-worker.h"

/* Seconds: a day. */
#define MAX_TIMEOUT 86400

/* As they were typed; NULL where they were not. */
typedef struct
{
  char *url, *username, *brain, *key, *name, *seed;
  int retry_timeout, network_timeout, call_timeout, n_instances;
  gboolean predict;
  guint version;
  gboolean help;
  const char *simulator;
  GPtrArray *secrets; /* arguments that were hidden; they stand in argv */
} Flags;

typedef struct
{
  GMainLoop *loop;
  ShSupervisor *supervisor;
  GError *error;
} Run;

static void
flags_clear (Flags *flags)
{
  g_free (flags->url);
  g_free (flags->username);
  g_free (flags->brain);
  g_free (flags->key);
  g_free (flags->name);
  g_free (flags->seed);
  g_clear_pointer (&flags->secrets, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Flags, flags_clear)

/*
 * --predict[=VERSION] is taken out before GOption sees it: GOption would take
 * the argument that follows a bare --predict for its value.
 */
static gboolean
take_predict (int *argc, char **argv, Flags *flags, GError **error)
{
  int n = 0;

  for (int i = 0; i < *argc; i++)
    {
      const char *value = g_str_has_prefix (argv[i], "--predict=")
                              ? argv[i] + strlen ("--predict=")
                              : NULL;
      guint64 version = 0;

      if (value == NULL && strcmp (argv[i], "--predict") != 0)
        {
          argv[n++] = argv[i];
          continue;
        }
      if (value != NULL && strcmp (value, "latest") != 0 &&
          !g_ascii_string_to_unsigned (value, 10, 0, G_MAXINT, &version, NULL))
        {
          g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                       "--predict=%s: a version is a number or 'latest'",
                       value);
          return FALSE;
        }
      flags->predict = TRUE;
      flags->version = (guint) version;
    }
  argv[n] = NULL;
  *argc = n;
  return TRUE;
}

/* Everybody can read the arguments of a process: the key's are replaced by
 * copies. */
static void
hide_key (int argc, char **argv, Flags *flags)
{
  flags->secrets = g_ptr_array_new_with_free_func (g_free);
  for (int i = 1; i < argc; i++)
    {
      if (!g_str_has_prefix (argv[i], "--accesskey") &&
          !g_str_has_prefix (argv[i], "--access-key"))
        continue;
      if (strchr (argv[i], '=') == NULL && ++i == argc)
        return;
      argv[i] = sh_take_secret (argv[i]);
      g_ptr_array_add (flags->secrets, argv[i]);
    }
}

/* What is left. Flags that are not known are let pass, as the original library
 * does: people share one set of flags between programs. */
static void
take_simulator (int argc, char **argv, Flags *flags)
{
  for (int i = 1; i < argc; i++)
    if (argv[i][0] != '-')
      {
        if (flags->simulator == NULL)
          flags->simulator = argv[i];
      }
    else if (strcmp (argv[i], "--") != 0)
      g_message ("the flag '%s' is not known and is ignored", argv[i]);
}

static gboolean
parse_flags (int argc, char **argv, Flags *flags, GError **error)
{
  const GOptionEntry entries[] = {
    { "url", 0, 0, G_OPTION_ARG_STRING, &flags->url,
      "The engine (default: " SH_LINK_DEFAULT_URL ")", "URL" },
    { "username", 0, 0, G_OPTION_ARG_STRING, &flags->username,
      "The user there (default: " SH_LINK_DEFAULT_USERNAME ")", "NAME" },
    { "accesskey", 0, 0, G_OPTION_ARG_STRING, &flags->key,
      "The user's key (default: $" SH_ACCESS_KEY_VARIABLE ")", "KEY" },
    { "access-key", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &flags->key,
      NULL, NULL },
    { "brain", 0, 0, G_OPTION_ARG_STRING, &flags->brain,
      "The brain to be trained or played", "NAME" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &flags->name,
      "Register under this name, not the simulator's", "NAME" },
    { "retry-timeout", 0, 0, G_OPTION_ARG_INT, &flags->retry_timeout,
      "How long to try to reconnect (default: 300; 0: not at all; "
      "-1: for ever)",
      "SECONDS" },
    { "network-timeout", 0, 0, G_OPTION_ARG_INT, &flags->network_timeout,
      "How long connecting may take (default: 60)", "SECONDS" },
    { "call-timeout", 0, 0, G_OPTION_ARG_INT, &flags->call_timeout,
      "How long one call of the simulator may take (default: 10)", "SECONDS" },
    { "instances", 0, 0, G_OPTION_ARG_INT, &flags->n_instances,
      "Simulations, each with a connection of its own (default: 1)", "COUNT" },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &flags->seed,
      "Of the episodes: the same seed repeats a run (default: at random)",
      "NUMBER" },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &flags->help, "Show this text", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("SIMULATOR");

  g_set_prgname ("simhost run");
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  g_option_context_set_summary (
      context, "Serves an engine with a simulator: to train a brain or, with\n"
               "--predict[=VERSION], to be played by one.");
  g_option_context_add_main_entries (context, entries, NULL);
  hide_key (argc, argv, flags);
  if (!take_predict (&argc, argv, flags, error) ||
      !g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (flags->help)
    {
      g_autofree char *text = g_option_context_get_help (context, TRUE, NULL);

      fputs (text, stdout);
      return TRUE;
    }
  take_simulator (argc, argv, flags);
  return TRUE;
}

static gboolean
check_flags (const Flags *flags, GError **error)
{
  if (flags->simulator == NULL)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                         "which simulator? 'simhost list' shows those there "
                         "are");
  else if (flags->retry_timeout < SH_RETRY_FOREVER)
    g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                         "--retry-timeout is a number of seconds, 0 (not at "
                         "all) or -1 (for ever)");
  else if (flags->network_timeout < 1 || flags->network_timeout > MAX_TIMEOUT)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "--network-timeout is a number of seconds from 1 to %d",
                 MAX_TIMEOUT);
  else if (flags->call_timeout < 1 || flags->call_timeout > MAX_TIMEOUT)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "--call-timeout is a number of seconds from 1 to %d",
                 MAX_TIMEOUT);
  else if (flags->n_instances < 1 ||
           flags->n_instances > (int) SH_WORKER_MAX_INSTANCES)
    g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                 "--instances is a number from 1 to %u",
                 SH_WORKER_MAX_INSTANCES);
  else
    return TRUE;
  return FALSE;
}

/* Takes what `flag` points to. */
static void
use (char **setting, char **flag)
{
  if (*flag == NULL)
    return;
  g_free (*setting);
  *setting = g_steal_pointer (flag);
}

static gboolean
use_flags (Flags *flags, ShWorkerOptions *options, GError **error)
{
  ShLinkSettings *link = &options->link;
  g_autoptr (GUri) uri = NULL;

  if (!check_flags (flags, error))
    return FALSE;
  if (!sh_cmd_read_seed (flags->seed, &options->seed, error))
    return FALSE;
  options->n_instances = (guint) flags->n_instances;
  use (&options->name, &flags->name);
  use (&link->url, &flags->url);
  use (&link->username, &flags->username);
  use (&link->brain, &flags->brain);
  use (&link->access_key, &flags->key);
  if (link->access_key == NULL)
    link->access_key = g_strdup (g_getenv (SH_ACCESS_KEY_VARIABLE));
  link->predict = flags->predict;
  link->version = flags->version;
  link->retry_timeout = flags->retry_timeout;
  link->network_timeout = (guint) flags->network_timeout;
  /* What is wrong with these is better said before a worker starts. */
  uri = sh_link_settings_build_uri (link, error);
  return uri != NULL;
}

static gboolean
on_signal (gpointer user_data)
{
  Run *run = user_data;

  sh_supervisor_stop (run->supervisor);
  return G_SOURCE_CONTINUE;
}

static void
on_ended (ShSupervisor *supervisor, const GError *error, gpointer user_data)
{
  Run *run = user_data;

  if (error != NULL)
    run->error = g_error_copy (error);
  g_main_loop_quit (run->loop);
}

static gboolean
run_worker (const ShWorkerOptions *options, int call_timeout, GError **error)
{
  Run run = { .loop = g_main_loop_new (NULL, FALSE) };
  guint sigterm = g_unix_signal_add (SIGTERM, on_signal, &run);
  guint sigint = g_unix_signal_add (SIGINT, on_signal, &run);

  run.supervisor =
      sh_supervisor_new (options, (guint) call_timeout * 1000, on_ended, &run);
  if (sh_supervisor_start (run.supervisor, &run.error))
    g_main_loop_run (run.loop);
  g_source_remove (sigterm);
  g_source_remove (sigint);
  sh_supervisor_free (run.supervisor);
  g_main_loop_unref (run.loop);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}

static gboolean
find_simulator (const char *name, ShWorkerOptions *options, GError **error)
{
  const ShSimulatorInfo *simulator;
  g_autoptr (ShPluginInfo) plugin = sh_catalog_find (name, &simulator, error);

  if (plugin == NULL)
    return FALSE;
  options->file = g_strdup (plugin->path);
  options->simulator = g_strdup (simulator->simulator.name);
  return TRUE;
}

int
sh_cmd_run (int argc, char **argv)
{
  g_auto (Flags) flags = {
    .retry_timeout = SH_LINK_DEFAULT_RETRY_TIMEOUT,
    .network_timeout = SH_LINK_DEFAULT_NETWORK_TIMEOUT,
    .call_timeout = SH_WORKER_CALL_DEADLINE,
    .n_instances = 1,
  };
  g_auto (ShWorkerOptions) options;
  g_autoptr (GError) error = NULL;

  sh_log_init ("simhost: run: ");
  sh_worker_options_init (&options);
  if (!parse_flags (argc, argv, &flags, &error))
    return sh_cmd_usage ("run", "%s", error->message);
  if (flags.help)
    return SH_EXIT_DONE;
  if (!use_flags (&flags, &options, &error))
    return sh_cmd_usage ("run", "%s", error->message);
  if (!find_simulator (flags.simulator, &options, &error) ||
      !run_worker (&options, flags.call_timeout, &error))
    return sh_cmd_fail ("run", error);
  return SH_EXIT_DONE;
}
