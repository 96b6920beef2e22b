/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * `simhost run SIMULATOR`: serves an engine with a simulator. The work is done
 * in a worker; this process watches it.
 */

#include "cmd.h"

#include <glib-unix.h>
#include <stdio.h>

#include "sh-catalog.h"
#include "sh-config.h"
#include "sh-error.h"
#include "sh-log.h"
#include "sh-override.h"
#include "sh-supervisor.h"

typedef struct
{
  GMainLoop *loop;
  ShSupervisor *supervisor;
  GError *error;
} Run;

static char *
copy (const ShConfig *config, ShSettingId id)
{
  return g_strdup (sh_config_get (config, id));
}

static gint64
get_whole (const ShConfig *config, ShSettingId id)
{
  return sh_setting_get_whole (&config->settings[id]);
}

static void
fill_link (const ShConfig *config, ShLinkSettings *link)
{
  sh_link_settings_clear (link);
  *link = (ShLinkSettings){
    .url = copy (config, SH_SETTING_URL),
    .username = copy (config, SH_SETTING_USERNAME),
    .brain = copy (config, SH_SETTING_BRAIN),
    .access_key = copy (config, SH_SETTING_ACCESS_KEY),
    .proxy = copy (config, SH_SETTING_PROXY),
    .predict = sh_config_get (config, SH_SETTING_PREDICT) != NULL,
    .version = (guint) get_whole (config, SH_SETTING_PREDICT),
    .retry_timeout = (int) get_whole (config, SH_SETTING_RETRY_TIMEOUT),
    .network_timeout = (guint) get_whole (config, SH_SETTING_NETWORK_TIMEOUT),
  };
}

static gboolean
fill_options (const ShConfig *config,
              const char *simulator,
              ShWorkerOptions *options,
              GError **error)
{
  const ShSetting *seed = &config->settings[SH_SETTING_SEED];
  g_autoptr (GUri) uri = NULL;

  if (simulator == NULL)
    {
      const char *log = sh_config_get (config, SH_SETTING_LOG);

      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "which simulator? 'simhost list' shows those there are%s",
                   log != NULL ? "; write it before --log, which takes all "
                                 "words that follow"
                               : "");
      return FALSE;
    }
  fill_link (config, &options->link);
  options->name = copy (config, SH_SETTING_NAME);
  options->record = copy (config, SH_SETTING_RECORD);
  options->set = sh_setting_get_list (&config->settings[SH_SETTING_SET]);
  options->n_instances = (guint) get_whole (config, SH_SETTING_INSTANCES);
  options->strict = sh_config_get (config, SH_SETTING_STRICT) != NULL;
  options->seed =
      seed->value != NULL ? sh_setting_get_natural (seed) : g_random_int ();
  /* What is wrong with these is better said before a worker starts. */
  uri = sh_link_settings_build_uri (&options->link, error);
  return uri != NULL;
}

/* What the parent shows, the worker has to write. */
static void
set_up_log (const ShConfig *config, ShWorkerOptions *options)
{
  g_auto (GStrv) asked =
      sh_setting_get_list (&config->settings[SH_SETTING_LOG]);

  for (guint i = 0; asked[i] != NULL; i++)
    sh_log_enable (asked[i]);
  if (sh_config_get (config, SH_SETTING_VERBOSE) != NULL)
    sh_log_enable_all ();
  if (sh_config_get (config, SH_SETTING_MUTE) != NULL)
    sh_log_mute ();
  options->log = sh_log_get_enabled ();
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
  g_autoptr (ShOverrides) overrides = NULL;

  if (plugin == NULL)
    return FALSE;
  options->file = g_strdup (plugin->path);
  options->simulator = g_strdup (simulator->simulator.name);
  overrides = sh_overrides_new (&simulator->simulator,
                                (const char *const *) options->set, error);
  return overrides != NULL;
}

static void
tell_unknown (const ShFlags *flags)
{
  for (guint i = 0; i < flags->unknown->len; i++)
    g_message ("the %s '%s' is not known and is ignored",
               *(const char *) flags->unknown->pdata[i] == '-' ? "flag"
                                                               : "argument",
               (const char *) flags->unknown->pdata[i]);
}

static int
show (const ShFlags *flags, const ShConfig *config)
{
  g_autofree char *text =
      flags->json ? sh_config_to_json (config) : sh_config_to_text (config);

  printf ("%s%s", text, flags->json ? "\n" : "");
  return SH_EXIT_DONE;
}

int
sh_cmd_run (int argc, char **argv)
{
  g_auto (ShFlags) flags = { 0 };
  g_auto (ShConfig) config = { 0 };
  g_auto (ShWorkerOptions) options;
  g_autoptr (GError) error = NULL;

  sh_log_init_timed ();
  sh_worker_options_init (&options);
  if (!sh_flags_parse (&flags, argc, argv, &error))
    return sh_cmd_usage ("run", "%s", error->message);
  if (flags.help)
    {
      g_autofree char *text = sh_flags_get_help ();

      fputs (text, stdout);
      return SH_EXIT_DONE;
    }
  if (!sh_config_load (&config, &flags, &error))
    return g_error_matches (error, SH_ERROR, SH_ERROR_USAGE)
               ? sh_cmd_usage ("run", "%s", error->message)
               : sh_cmd_fail ("run", error);
  if (flags.show_config)
    return show (&flags, &config);
  set_up_log (&config, &options);
  tell_unknown (&flags);
  if (!fill_options (&config, flags.simulator, &options, &error))
    return sh_cmd_usage ("run", "%s", error->message);
  if (!find_simulator (flags.simulator, &options, &error) ||
      !run_worker (&options, (int) get_whole (&config, SH_SETTING_CALL_TIMEOUT),
                   &error))
    return sh_cmd_fail ("run", error);
  return SH_EXIT_DONE;
}
